"""/numbers/tags: marks on a customer's number, for everybody in the company."""

from bot.sandbox.dialpad.fields import E164, Body, Flag
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.wire import Answer

TAGS = "number tags"


class UpdateTags(Body):
    phone: E164
    do_not_call: Flag | None = None
    do_not_text: Flag | None = None


def update_tags(ctx: RequestContext) -> Answer:
    body = ctx.body(UpdateTags)
    documents = ctx.state.documents
    tags = next((one for one in documents.all(TAGS) if one["phone"] == body.phone), None)
    if tags is None:
        tags = documents.add(TAGS, {"phone": body.phone, "do_not_call": False, "do_not_text": False})
    tags.update(body.sent())
    return Answer({name: tags[name] for name in ("phone", "do_not_call", "do_not_text")})


ROUTES = (Route("PATCH", "/numbers/tags", update_tags, admin=True),)
