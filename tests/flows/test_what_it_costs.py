"""What a request, and an hour in which nothing happens, cost the database: counts, never times."""

import asyncio
from typing import Final

import pytest

from bot.notifications.poster import LOOK_EVERY_S
from bot.sandbox.demo import Demo
from tests.counting import Commit, counting
from tests.flows.hands import Hands
from tests.flows.stage import quick_demo

PATIENT_S: Final = 60.0
FEW: Final = 14

pytestmark = pytest.mark.asyncio(loop_scope="module")


OURS: Final = ("inbox", "kept")


async def costs(ana: Hands, typed: str) -> list[Commit]:
    with counting() as counted:
        await ana.type(typed)
        await ana.demo.bot.dispatcher.idle()
    return counted.into(*OURS)


@pytest.mark.parametrize("typed", ["/dp dnd on", "/dp status At lunch", "/dp duty off"])
async def test_a_change_waits_twice_for_the_disk_the_audit_included(ana: Hands, typed: str) -> None:
    assert await costs(ana, typed) == [
        Commit(frozenset({"inbox"}), synced=True),
        Commit(frozenset({"inbox"}), synced=False),
        Commit(frozenset({"inbox", "audit"}), synced=True),
    ]


async def test_what_is_for_a_while_is_one_row_more(ana: Hands) -> None:
    written = await costs(ana, "/dp dnd on for 30m")
    assert [one.synced for one in written] == [True, False, True, True]
    assert written[2].tables == {"kept"}


async def test_what_only_reads_writes_nothing(ana: Hands) -> None:
    assert await costs(ana, "/dp whoami") == []


async def test_a_name_is_looked_up_in_all_lists_with_few_statements(ana: Hands) -> None:
    await ana.type("/dp who Jordan Lee")
    with counting() as counted:
        await ana.type("/dp who Jordan Lee")
        await ana.demo.bot.dispatcher.idle()
    asked = [one for one in counted.statements if "directory_" in one or "FROM links" in one or "preferences" in one]
    assert len(asked) <= 24


async def test_who_has_nothing_to_do_asks_little_and_sleeps_long() -> None:
    async with quick_demo() as demo, asyncio.timeout(PATIENT_S):
        await demo.bot.dispatcher.idle()
        await demo.bot.poster.settle()
        while not await asks_little_and_sleeps(demo):
            pass  # on a busy machine what a start begins is not over yet


async def asks_little_and_sleeps(demo: Demo) -> bool:
    """What is done after a sleep by each of those who wait for something to come due: few questions, nothing written,
    and another sleep."""
    poster, later, intake = demo.bot.poster, demo.bot.later, demo.bot.intake
    with counting() as counted:
        await poster.look()
        waits = await asyncio.gather(poster._wait_s(), later._begin_due())
        taken = await intake._take_free()
    return min(waits) >= LOOK_EVERY_S and not taken and not counted.commits and len(counted.statements) <= FEW
