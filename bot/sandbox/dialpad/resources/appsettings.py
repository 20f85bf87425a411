"""/app/settings: whether the app behind the token is on for a target, and its settings. Dialpad lets nobody change
them over the API; tests change them in ``state.documents``."""

from bot.sandbox.dialpad.model import Json
from bot.sandbox.dialpad.refusals import bad_request
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.resources.calls import TARGET_TYPES
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.wire import Answer

SETTINGS = "app settings"
DEFAULTS: Json = {
    "call_logging_enabled": True,
    "call_recording_logging_enabled": False,
    "sms_logging_enabled": True,
    "voicemail_logging_enabled": True,
}


def get_settings(ctx: RequestContext) -> Answer:
    """Return the settings of a target, or the company's if it has none of its own."""
    kind, target_id = ctx.query_choice("target_type", TARGET_TYPES), ctx.query_whole("target_id")
    if (kind is None) != (target_id is None):
        raise bad_request("target_type and target_id must be given together")
    if kind is not None and target_id is not None:
        ctx.require_exists(kind, target_id)
    company: Json = {"enabled": True, "is_preferred_service": False, "settings": dict(DEFAULTS)}
    for one in ctx.state.documents.all(SETTINGS):
        if (one["target_type"], one["target_id"]) in ((None, None), (kind, target_id)):
            company = {**one, "settings": {**company["settings"], **one["settings"]}}
    return Answer({key: company[key] for key in ("enabled", "is_preferred_service", "settings")})


ROUTES = (Route("GET", "/app/settings", get_settings),)
