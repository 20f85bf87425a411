"""``views.*``."""

from bot.sandbox.slack import views
from bot.sandbox.slack.core import Core
from bot.sandbox.slack.methods.args import Args
from bot.sandbox.slack.refusal import Refused, missing
from bot.sandbox.slack.workspace import Json


def open_(core: Core, args: Args) -> Json:
    return {"view": views.view_as_sent(views.open_modal(core, args.required("trigger_id"), args.document("view")))}


def push(core: Core, args: Args) -> Json:
    return {"view": views.view_as_sent(views.push_modal(core, args.required("trigger_id"), args.document("view")))}


def update(core: Core, args: Args) -> Json:
    view_id, external_id = args.text("view_id") or None, args.text("external_id") or None
    if view_id is None and external_id is None:
        raise missing("view_id")
    expected = args.text("hash") or None
    view = views.update_modal(core, args.document("view"), view_id=view_id, external_id=external_id, expected=expected)
    return {"view": views.view_as_sent(view)}


def publish(core: Core, args: Args) -> Json:
    user = args.required("user_id")
    if user not in core.space.users:
        raise Refused("user_not_found")
    if not core.space.app["home_tab"]:
        raise Refused("not_enabled")
    view = views.publish_home(core, user, args.document("view"), args.text("hash") or None)
    return {"view": views.view_as_sent(view)}
