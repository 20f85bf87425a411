"""/call/{id}/ai_recap: what Dialpad Ai wrote about a call."""

from bot.sandbox.dialpad.limits import PER_MINUTE_12
from bot.sandbox.dialpad.model import Json, Recap
from bot.sandbox.dialpad.refusals import forbidden, not_found
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.resources.call_rights import call_to_see
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.times import epoch_ms
from bot.sandbox.dialpad.wire import Answer

FORMATS = ("bullet", "long", "medium", "short")


def shaped(summary: str, wanted: str | None) -> str:
    """Return the summary in the format that was asked for: bullets, or only its first sentence."""
    sentences = [sentence.strip(" .") for sentence in summary.split(". ")]
    if wanted == "bullet":
        return "\n".join(f"- {sentence}." for sentence in sentences)
    return f"{sentences[0]}." if wanted == "short" else summary


def part(call_id: int, place: int, content: str, **more: str) -> Json:
    return {"id": f"{call_id}-{place}", "content": content, "edited": False, "format": "text", **more}


def render_recap(call_id: int, recap: Recap, wanted: str | None, *, internal: bool) -> Json:
    return {
        "call_id": call_id,
        "summary": {**part(call_id, 0, shaped(recap.summary, wanted)), "format": wanted or "medium"},
        "action_items": [part(call_id, 10 + place, item) for place, item in enumerate(recap.action_items)],
        "purposes": [
            part(call_id, 20 + place, one, category="Customer request") for place, one in enumerate(recap.purposes)
        ],
        "disposition": part(call_id, 30, recap.outcome) if recap.outcome else None,
        "is_internal_call": internal,
        "date_created": epoch_ms(recap.written),
        "date_modified": epoch_ms(recap.written),
        "source": "dialpad-gpt",
    }


def get_recap(ctx: RequestContext) -> Answer:
    """Return the recap of a call or, for the leg of a group, of the person who answered it."""
    wanted = ctx.query_choice("summary_format", FORMATS)
    call = call_to_see(ctx)
    if not ctx.state.has_ai:
        raise forbidden("Dialpad Ai is not enabled for this company.")
    if call.recap is None and call.operator_call_id is not None:
        call = ctx.state.call(call.operator_call_id)
    if call.recap is None:
        raise not_found("ai recap")
    internal = ctx.state.target_of_number(call.external_number) is not None
    return Answer(render_recap(call.id, call.recap, wanted, internal=internal))


ROUTES = (Route("GET", "/call/{id}/ai_recap", get_recap, limit=PER_MINUTE_12, scope="ai_recap"),)
