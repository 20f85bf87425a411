"""What the app posts to ``#support``, and what makes it post there."""

from functools import partial
from typing import Any

from bot.basics.company import CompanyKey
from bot.cards.announcement import MARK
from bot.sandbox.cast import COMPANY_ID, CUSTOMERS, SUPPORT, TEAM_ID
from bot.sandbox.demo import Demo
from bot.sandbox.dialpad.model import Call
from bot.store.postings import ask_at
from tests.flows.hands import Hands, Json, said
from tests.flows.stage import inside

JORDAN = CUSTOMERS[0]
NORTHLIGHT = CompanyKey(TEAM_ID, str(COMPANY_ID))


def board(hands: Hands) -> list[Json]:
    """The app's own messages in the channel, oldest first, but for those that tell who set notifications up."""
    return [one for one in app_messages(hands) if not one["text"].startswith(MARK.strip())]


def announcements(hands: Hands) -> list[Json]:
    """What the channel was told of its own notifications."""
    return [one for one in app_messages(hands) if one["text"].startswith(MARK.strip())]


def app_messages(hands: Hands) -> list[Json]:
    app = hands.demo.slack.workspace.app["user_id"]
    return [one for one in hands.person.messages("#support") if one.get("user") == app]


async def shown(hands: Hands, *words: str) -> Json:
    """The newest of them that says all of this, once it does."""

    def look() -> Json | None:
        return next((one for one in reversed(board(hands)) if all(word in said(one) for word in words)), None)

    try:
        found: Json = await hands.person.until(look)
    except TimeoutError:
        raise AssertionError(f"{words} not in {[said(one) for one in board(hands)]}") from None
    return found


async def in_thread(hands: Hands, *words: str) -> Json:
    """The reply in a thread that says all of this, once it is there: the card at its head shows the last texts too."""

    def look() -> Json | None:
        replies = [one for one in board(hands) if one.get("thread_ts", one["ts"]) != one["ts"]]
        return next((one for one in reversed(replies) if all(word in said(one) for word in words)), None)

    found: Json = await hands.person.until(look)
    return found


def miss_a_call(demo: Demo) -> Call:
    call = demo.dialpad.phone.ring(JORDAN.phone, SUPPORT.phone)
    return demo.dialpad.phone.hang_up(call.id)


async def make_due(demo: Demo, card: dict[str, Any]) -> None:
    """The next step of the call that this message shows is due now."""
    await demo.bot.poster.settle()
    found = await demo.bot.store.cards.at(NORTHLIGHT, "C0SUPPORT", card["ts"])
    assert found is not None
    (posting,) = [one for one in await demo.bot.store.postings.of_card(NORTHLIGHT, found.id) if one.ts == card["ts"]]
    now, since = demo.bot.store.now(), posting.episode or posting.created_at
    due_at = partial(ask_at, step=posting.step, episode=since)
    await demo.bot.store.database.write(lambda connection: due_at(connection, NORTHLIGHT, posting.id, now))
    await inside(demo).wake()
