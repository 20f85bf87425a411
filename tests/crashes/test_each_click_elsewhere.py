"""Two processes share one team: what somebody presses arrives at another process than the one that drew it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.cast import ANA, CUSTOMERS, PRIYA, SAM, SUPPORT, Person
from tests.crashes.several import WAIT_S, Several, several
from tests.flows.hands import find_button, said

pytestmark = pytest.mark.postgres

JORDAN = CUSTOMERS[0]
CHANNEL = "#support"


@pytest.fixture(params=["http", "socket mode"])
async def place(request: pytest.FixtureRequest, tmp_path: Path, postgres_url: str) -> AsyncIterator[Several]:
    async with several(tmp_path, postgres_url, over_http=request.param == "http") as made:
        for _ in range(2):
            await made.start()
        yield made


class Somebody:
    """One person in the channel."""

    def __init__(self, place: Several, who: Person) -> None:
        self.place = place
        self.slack = place.slack.person(str(who.slack_id))

    async def see(self, look: Callable[[], Any]) -> Any:
        """What there is, once it is there."""
        async with asyncio.timeout(WAIT_S):
            while not (found := look()):  # noqa: ASYNC110  another process does it and tells nobody here
                await asyncio.sleep(0)
        return found

    async def type(self, line: str, *words: str) -> Any:
        """Type a command and wait for an answer with these words."""
        await self.slack.command(CHANNEL, line)
        return await self.hear(*words)

    async def hear(self, *words: str) -> Any:
        return await self.see(lambda: _with(self.slack.ephemerals(CHANNEL), words))

    async def card(self, *words: str) -> Any:
        app = self.place.slack.workspace.app["user_id"]
        return await self.see(
            lambda: _with([one for one in self.slack.messages(CHANNEL) if one.get("user") == app], words)
        )

    async def press(self, label: str, *words: str) -> None:
        """Press a button of the card that says these words, once it has it."""
        where = await self.card(f'"text": "{label}"', *words)
        button, block_id = find_button(where, label)
        await self.slack.press(where, button["action_id"], button.get("value"), block_id=block_id)


def _with(found: list[Any], words: tuple[str, ...]) -> Any:
    return next((one for one in reversed(found) if all(word in said(one) for word in words)), None)


async def test_a_call_is_missed_claimed_handed_back_and_handled(place: Several) -> None:
    ana, sam, priya = (Somebody(place, who) for who in (ANA, SAM, PRIYA))
    await priya.type('/dp notify missed for "Support"', "Notifies about")

    call = place.dialpad.phone.ring(JORDAN.phone, SUPPORT.phone)
    place.dialpad.phone.hang_up(call.id)

    await ana.press("Claim", "Missed call from Jordan Lee")
    await ana.press("Release", "Claimed by", str(ANA.slack_id))
    await sam.press("Claim", "Missed call from Jordan Lee")
    await sam.press("Mark handled", "Claimed by", str(SAM.slack_id))
    await ana.card("Handled by", str(SAM.slack_id))


async def test_a_text_is_seen_before_it_leaves_once(place: Several) -> None:
    ana = Somebody(place, ANA)
    await ana.slack.command(CHANNEL, "/dp sms Jordan Lee Running ten minutes late")
    preview = await ana.see(
        lambda: ana.slack.modal and "Running ten minutes late" in said(ana.slack.modal) and ana.slack.modal
    )

    await ana.slack.submit(preview)

    sent = await ana.see(lambda: [one for one in place.dialpad.requests if one.path.endswith("/v2/sms")])
    await ana.hear("on its way")
    assert len(sent) == 1
    assert sent[0].body["text"] == "Running ten minutes late"


async def test_what_is_set_for_a_while_is_ended_by_somebody_else_than_who_set_it(place: Several) -> None:
    ana = Somebody(place, ANA)
    await ana.type("/dp dnd on for 30m", "off → on")
    await ana.type("/dp dnd off", "on → off")
    me = place.dialpad.state.users[int(ANA.dialpad_id or 0)]
    assert not me.do_not_disturb
