"""What bulk and scheduled texts have in common: whose they are, from which number, to whom, and pages of them."""

import secrets
from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar

from pydantic import Field

from bot.sandbox.dialpad.access import require_may_act_for
from bot.sandbox.dialpad.fields import E164, Body, Id, Text
from bot.sandbox.dialpad.model import Json, User
from bot.sandbox.dialpad.paging import cut_page
from bot.sandbox.dialpad.refusals import bad_request, forbidden, not_found
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.wire import Answer

MOST_RECIPIENTS = 50
LONGEST_TEXT = 1500
USUAL_PAGE, LARGEST_PAGE = 20, 100

OwnT = TypeVar("OwnT")


class Whose(Body):
    user_id: Id | None = None


class WhichPage(Whose):
    cursor: Text | None = None
    limit: Annotated[Id, Field(ge=1, le=LARGEST_PAGE)] | None = None


def new_key() -> str:
    """Return an id as these resources have it: a text, not a number."""
    return f"ag9z{secrets.token_urlsafe(18)}"


def find_sender(ctx: RequestContext, user_id: int | None) -> User:
    """Return the person meant: the caller, or whom they may act for. A company key has to name somebody."""
    if user_id is None:
        if ctx.caller.user_id is None:
            raise bad_request("user_id is needed with a company key")
        return ctx.me
    user = ctx.state.user(user_id)
    require_may_act_for(ctx.state, ctx.caller, user.id)
    return user


def find_own(
    ctx: RequestContext, shelf: dict[str, OwnT], owner_of: Callable[[OwnT], int], user: User, what: str
) -> OwnT:
    """Return the text in the path. Raises a 404 when there is none, or it is somebody else's."""
    found = shelf.get(ctx.path["id"])
    if found is None or owner_of(found) != user.id:
        raise not_found(what)
    return found


def check_from(user: User, number: str) -> str:
    if number not in user.phone_numbers:
        raise forbidden("from_number: must be a number of the user")
    return number


def check_recipients(numbers: Sequence[E164]) -> list[str]:
    found = list(dict.fromkeys(numbers))
    if len(found) > MOST_RECIPIENTS:
        raise bad_request(f"to_numbers: at most {MOST_RECIPIENTS} recipients")
    return found


def check_text(text: str | None) -> str:
    if len(text or "") > LONGEST_TEXT:
        raise bad_request(f"text: must be at most {LONGEST_TEXT} characters")
    return text or ""


def answer_page(
    ctx: RequestContext, body: WhichPage, name: str, items: Sequence[OwnT], render: Callable[[OwnT], Json],
    key_of: Callable[[OwnT], str],
) -> Answer:  # fmt: skip
    size = min(body.limit or USUAL_PAGE, ctx.state.page_size)
    page, cursor = cut_page(items, list_name=ctx.route_name, cursor=body.cursor, size=size, id_of=key_of)
    return Answer({name: [render(item) for item in page], "cursor": cursor, "has_more": cursor is not None})
