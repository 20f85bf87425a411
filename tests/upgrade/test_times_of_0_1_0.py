"""What version 0.1.0 had put off: it comes at its time, and not before."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Final

import pytest
import pytest_asyncio

from bot.sandbox.cast import ANA, PRIYA, SAM, SUPPORT, Person
from tests.upgrade.in_postgres import WHERE, opened_where
from tests.upgrade.opened import Opened, read_written, texts_in

pytestmark = pytest.mark.asyncio(loop_scope="module")

VERSION: Final = "version_0_1_0"
CALLERS: Final = read_written(VERSION)["callers"]
MOMENTS: Final = {"at once": 0, "in 9 minutes": 9, "in 3 hours": 180, "on Saturday": 4 * 24 * 60}
"""In minutes from the moment at which the old bot was killed."""


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=WHERE)
async def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator["Told"]:
    """What had been said at each of ``MOMENTS``."""
    async with opened_where(request, VERSION, tmp_path_factory.mktemp("old")) as old:
        seen, passed = Told(), 0
        await old.hands(PRIYA).person.invite_app("#sales")
        for name, minutes in MOMENTS.items():
            old.demo.clock.forward(timedelta(minutes=minutes - passed))
            passed = minutes
            await old.until_done()
            await seen.look(name, old)
        seen.problems = [problem for (problem,) in old.ask("SELECT DISTINCT problem FROM watches")]
        yield seen


class Told:
    """By moment."""

    def __init__(self) -> None:
        self.read: dict[tuple[str, str | Person], str] = {}
        self.problems: list[str] = []
        self.state: dict[tuple[str, Person], tuple[bool, bool, bool, str]] = {}

    async def look(self, moment: str, old: Opened) -> None:
        for channel in ("#support", "#phones", "#sales"):
            self.read[moment, channel] = _readable(old.hands(PRIYA).person.messages(channel))
        for who in (ANA, SAM, PRIYA):
            hands = old.hands(who)
            self.read[moment, who] = _readable(hands.from_app)
            account = hands.account
            in_group = account.group_dnd.get(SUPPORT.id, False)
            self.state[moment, who] = (account.do_not_disturb, in_group, account.on_duty, account.status_message)


def _readable(messages: list[dict[str, object]]) -> str:
    """What is seen, each thing once: the text beside the blocks is for notifications."""
    return "\n".join(" ".join(texts_in(one.get("blocks"))) or str(one.get("text")) for one in messages)


@pytest.mark.parametrize(
    ("words", "where", "first"),
    [
        ("<!subteam^S0ONCALL1> Nobody has claimed this call", "#support", "in 9 minutes"),
        ("Claimed 2 hours ago and still open", "#support", "in 3 hours"),
        (CALLERS["held"][5:8] + "-" + CALLERS["held"][8:], "#phones", "in 3 hours"),
        ("Weekly digest for", "#phones", "on Saturday"),
        ("Friday 6 March", "#support", "on Saturday"),
        ("so it is open again", "#support", "on Saturday"),
        ("Nobody has taken over for you yet", ANA, "in 3 hours"),
        ("do not disturb is off again", ANA, "in 3 hours"),
        ("do not disturb in Support is off again", ANA, "in 3 hours"),
        ("“*At the workbench*” was cleared", ANA, "in 3 hours"),
        ("on duty again", SAM, "in 3 hours"),
    ],
)
async def test_it_is_told_once_and_at_its_time(told: Told, words: str, where: str | Person, first: str) -> None:
    count = [told.read[moment, where].count(words) for moment in MOMENTS]
    due = list(MOMENTS).index(first)
    assert (count[due - 1], count[due]) == (count[0], count[0] + 1)


async def test_what_was_set_for_a_while_holds_until_then(told: Told) -> None:
    assert told.state["in 9 minutes", ANA] == (True, True, True, "At the workbench")
    assert told.state["in 9 minutes", SAM] == (False, False, False, "")
    assert told.state["in 3 hours", ANA] == (False, False, True, "")
    assert told.state["in 3 hours", SAM] == (False, False, True, "")


async def test_where_the_app_was_not_in_the_channel_it_is_posted_once_it_is(told: Told) -> None:
    assert told.read["in 3 hours", "#sales"].count("Missed call") == 1
    assert told.problems == [""]
