"""Stories of two processes, whichever way Slack reaches them: what somebody presses arrives at another process than the
one that drew it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import pairwise

import pytest_asyncio

from bot.sandbox.cast import ANA
from bot.sandbox.demo import Demo
from tests.flows.channel import board, miss_a_call, shown
from tests.flows.hands import Hands, labels, said
from tests.flows.stage import freshen, office_hours
from tests.flows.two import DemoOfTwo, demo_of_two
from tests.prepared import Lending


@asynccontextmanager
async def two_on_loan(lending: Lending, *, over_http: bool) -> AsyncIterator[DemoOfTwo]:
    """A demo of two processes on a database that goes back when they have ended."""
    url = lending.lend()
    async with demo_of_two(url, over_http=over_http, clock=office_hours()) as started:
        yield started
    lending.take_back(url)


@pytest_asyncio.fixture(loop_scope="module")
async def demo(running: DemoOfTwo, provoked: set[str]) -> AsyncIterator[Demo]:
    """As if just started. Slack accepts whatever the processes ask, and each hears every second thing it says."""
    await freshen(running)
    running.heard.clear()
    yield running
    await running.bot.dispatcher.idle()
    refused = [call for call in running.slack.calls if call.error not in {None, *provoked}]
    assert not refused, refused
    assert running.heard
    assert all(one != next_ for one, next_ in pairwise(running.heard)), running.heard


async def test_a_call_is_claimed_handed_back_and_handled(priya: Hands, ana: Hands, sam: Hands, demo: Demo) -> None:
    await priya.subscribe('missed for "Support"')
    miss_a_call(demo)
    await ana.press(await shown(ana, "Missed call"), "Claim")
    await ana.press(await shown(ana, "Claimed by", str(ANA.slack_id)), "Give back")
    await sam.person.until(lambda: "Claim" in labels(board(sam)[-1]))
    await sam.press(board(sam)[-1], "Claim")
    await sam.press(await shown(sam, "Claimed by", f"<@{sam.key.user_id}>"), "Done")
    assert "Reopen" in labels(await shown(ana, "Done by", f"<@{sam.key.user_id}>"))


async def test_a_token_that_both_find_ended_is_renewed_once(ana: Hands, demo: Demo) -> None:
    await end_token(ana)
    slow = demo.dialpad.faults.add("POST /oauth2/token", kind="slow")
    for _ in range(2):
        await ana.person.command("#support", "/dp whoami")
    await slow.entered.wait()
    slow.release.set()
    await ana.settled()

    assert len(ana.sent("POST", "/oauth2/token")) == 1
    answers = [said(one) for one in ana.person.ephemerals("#support")]
    assert [("You are Ana Ferreira" in one) for one in answers] == [True, True]


async def end_token(hands: Hands) -> None:
    """Let this person's token have ended a moment ago."""
    connections = hands.demo.bot.store.connections
    link = await connections.get(hands.key)
    assert link is not None
    await connections.save(hands.key, replace(link, expires_at=hands.demo.bot.store.now()))
