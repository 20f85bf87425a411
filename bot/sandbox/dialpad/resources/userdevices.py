"""/userdevices: the apps and phones that ring when a person is called."""

from bot.sandbox.dialpad.access import require_may_act_for
from bot.sandbox.dialpad.refusals import not_found
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.resources.people import render_device
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.wire import Answer


def list_devices(ctx: RequestContext) -> Answer:
    owner = ctx.user_to_act_on(ctx.query_text("user_id") or "me")
    devices = [device for device in ctx.state.devices.values() if device.user_id == owner.id]
    return ctx.page(devices, render_device, id_of=lambda device: device.id)


def get_device(ctx: RequestContext) -> Answer:
    device = ctx.state.devices.get(ctx.path["id"])
    if device is None:
        raise not_found("device")
    require_may_act_for(ctx.state, ctx.caller, device.user_id)
    return Answer(render_device(device))


ROUTES = (
    Route("GET", "/userdevices", list_devices),
    Route("GET", "/userdevices/{id}", get_device),
)
