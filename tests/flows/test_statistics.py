"""Statistics: prepared by Dialpad where it shows them, else counted from what was heard here; again and again."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from bot.sandbox.cast import CUSTOMERS, SUPPORT
from bot.sandbox.demo import Demo
from tests.flows.channel import JORDAN, miss_a_call, shown
from tests.flows.hands import Hands, Json, labels, said
from tests.flows.stage import OneDemo

pytestmark = pytest.mark.asyncio(loop_scope="module")

OTHER = CUSTOMERS[1]
SOON = timedelta(seconds=10)


@pytest_asyncio.fixture(loop_scope="module")
async def demo(one_demo: OneDemo) -> Demo:
    return await one_demo.fresh()


def newest(hands: Hands) -> Json:
    shown_here = hands.person.ephemerals("#support")
    return shown_here[-1] if shown_here else {}


async def delivered(hands: Hands, line: str) -> Json:
    """Type a line and let Dialpad prepare the numbers; the card."""
    assert "Preparing" in said(await hands.type(line))
    hands.demo.clock.forward(SOON)
    await hands.person.until(lambda: "📊" in said(newest(hands)))
    await hands.settled()
    return newest(hands)


def table_of(card: Json) -> dict[str, list[str]]:
    (table,) = [block for block in card["blocks"] if block["type"] == "table"]
    return {row[0]["text"]: [cell["text"] for cell in row[1:]] for row in table["rows"]}


def history(demo: Demo, days: int) -> Iterable[Any]:
    """Support's calls of so many days up to yesterday, as the embedded Dialpad knows them."""
    zone = ZoneInfo("America/Los_Angeles")
    today = demo.dialpad.state.now().astimezone(zone).date()
    return [
        call
        for call in demo.dialpad.state.calls.values()
        if call.target.id == SUPPORT.id and 1 <= (today - call.started.astimezone(zone).date()).days <= days
    ]


async def test_a_supervisor_gets_their_lines_calls_to_the_unit(sam: Hands) -> None:
    card = await delivered(sam, "/dp stats Support last 7 days")
    known = list(history(sam.demo, 7))
    answered = [call for call in known if call.connected is not None]
    assert f"{len(known)} calls came in: {len(answered)} answered" in said(card)
    assert table_of(card)["Came in"][0] == str(len(known))
    assert table_of(card)["… answered"][0] == str(len(answered))
    assert table_of(card)["Came in"][1] == str(len(list(history(sam.demo, 14))) - len(known))
    assert "From Dialpad's statistics" in said(card) or "From Dialpad's statistics" in str(card["blocks"])
    (file,) = [file for one in sam.from_app for file in one.get("files", [])]
    assert file["name"].startswith("calls-")


async def test_the_other_view_and_the_days_before_are_a_press_away(sam: Hands) -> None:
    card = await delivered(sam, "/dp stats Support yesterday")
    assert {"Answer time", "The days before", "Change…"} <= set(labels(card))
    before = len(sam.sent("POST", "/stats"))
    await sam.press(card, "Answer time")
    sam.demo.clock.forward(SOON)
    await sam.person.until(lambda: "Answer time: Support" in said(newest(sam)))
    assert len(sam.sent("POST", "/stats")) == before + 1


async def test_today_is_asked_for_by_itself(sam: Hands) -> None:
    await sam.type("/dp stats Support this week")
    bodies = [one.body for one in sam.sent("POST", "/stats")]
    assert [body.get("is_today") for body in bodies] == [None, True]
    assert bodies[0]["days_ago_start"] == 1


async def test_in_a_channel_of_one_line_that_line_is_meant(sam: Hands, priya: Hands) -> None:
    assert "your calls, today" in said(await sam.type("/dp stats"))
    await priya.subscribe('missed for "Support"')
    assert "the calls of Support, today" in said(await sam.type("/dp stats"))
    assert "your calls, today" in said(await sam.type("/dp stats me"))


async def test_an_agent_gets_their_own(ana: Hands) -> None:
    assert "Answer time: You" in said(await delivered(ana, "/dp stats me last week answer time"))


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("texts Support last 7 days", "Texts: Support"),
        ("duty of Support", "Duty: Support"),
        ("Support csat last week", "Satisfaction: Support"),
        ("dispositions last 7 days for Support", "Dispositions: Support"),
        ("recordings ana last 7 days", "Recordings: Ana Ferreira"),
        ("company last month", "Calls: Your company, last month"),
        ("voicemails company last 7 days", "Voicemails: Your company"),
    ],
)
async def test_whatever_dialpad_counts(priya: Hands, line: str, title: str) -> None:
    assert title in said(await delivered(priya, f"/dp stats {line}"))


async def test_what_is_only_counted_for_a_line_says_so(ana: Hands) -> None:
    assert "Name one of them" in said(await ana.type("/dp stats csat"))


async def test_whom_dialpad_refuses_gets_what_was_heard(priya: Hands, ana: Hands) -> None:
    assert "No calls are heard here yet" in said(await ana.type("/dp stats Support"))
    await priya.subscribe("missed ended")
    miss_a_call(priya.demo)
    await shown(ana, "Missed call", JORDAN.name)
    card = await ana.type("/dp stats Support")
    assert "1 call came in: 0 answered (0%) and 1 missed" in said(card)
    assert "supervisors and admins only" in str(card["blocks"])
    assert "Counted from the calls heard here" in str(card["blocks"])
    assert "You do not belong to Billing" in said(await ana.type("/dp stats Billing"))


async def test_when_dialpad_is_down_what_was_heard_is_counted(priya: Hands) -> None:
    await priya.subscribe("missed ended")
    miss_a_call(priya.demo)
    await shown(priya, "Missed call", JORDAN.name)
    priya.demo.dialpad.faults.add("POST /api/v2/stats", status=503, times=None)
    card = await priya.type("/dp stats Support")
    assert "1 call came in" in said(card)
    assert "Dialpad does not answer now" in str(card["blocks"])


async def test_what_dialpad_cannot_calculate_is_said(sam: Hands) -> None:
    await sam.type("/dp stats Support")
    sam.demo.dialpad.faults.add("GET /api/v2/stats/", status=200, body={"status": "failed"})
    sam.demo.clock.forward(SOON)
    await sam.person.until(lambda: "could not calculate" in said(newest(sam)))


async def test_they_come_again_and_again_until_stopped(sam: Hands) -> None:
    answer = await sam.type("/dp stats Support every monday at 9")
    assert "You get *the calls of Support* (last 7 days) in a direct message every Monday at 9:00 AM" in said(answer)
    (kept,) = await sam.pending()
    await sam.let_time_pass()
    await sam.person.until(lambda: sam.from_app)
    due = [one for one in await sam.pending() if one.route == "stats.scheduled"]
    assert [one.key for one in due] == [kept.key]
    sam.demo.clock.forward(SOON)
    await sam.person.until(lambda: any("📊 Calls: Support, last 7 days" in said(one) for one in sam.from_app))
    await sam.press(answer, "Stop")
    assert not [one for one in await sam.pending() if one.route == "stats.scheduled"]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("/dp stats Support yesterday", "📊"),
        ("/dp run DIALPAD_RETRIEVE_COACHING_STATS_V2 stat_type=calls export_type=stats", "are ready"),
    ],
)
async def test_what_was_looked_at_by_hand_does_not_come_once_more(priya: Hands, line: str, found: str) -> None:
    asked = await priya.type(line)
    assert "It appears here by itself" in said(asked)
    priya.demo.clock.forward(timedelta(seconds=3.5))  # it is ready, and nobody has looked
    pressed = said(await priya.press(asked, "Check now"))
    assert found in pressed or "You have these statistics already" in pressed  # where the clock was quicker
    assert not [one for one in await priya.pending() if one.route.endswith("ready")]
    await priya.person.until(lambda: any(found in said(one) for one in priya.person.ephemerals("#support")))
    priya.demo.clock.forward(SOON)
    await priya.settled()
    assert sum(found in said(one) for one in priya.person.ephemerals("#support")) == 1
