"""Home under Slack's limits, with 1, 100 and 10,000 things behind each part."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.activity.alerts import Thresholds
from bot.activity.board import BoardView
from bot.activity.news import NewsKind
from bot.activity.roster import Agent
from bot.activity.subscriptions.filters import PlaceFilter
from bot.activity.subscriptions.subscription import Subscription
from bot.basics.person import PersonKey
from bot.cards.alert import alert_card
from bot.cards.home import MOST_LINES, action_rows, line_rows, notification_rows, phone_toggles
from bot.cards.presence import standing_rows
from bot.contract.reply import Listing, Row
from bot.dialpad.actions import ALL
from bot.dialpad.actions.people import User
from bot.sandbox.slack.blockkit.documents import check_message_blocks, check_view
from bot.slack.blockkit.blocks import Reader
from bot.slack.blockkit.render import render_home, render_message

NOON = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
SIZES = pytest.mark.parametrize("count", [1, 100, 10_000])
LONG = "Maximilian-Alexander von der Osten-Sacken " * 2
ME = PersonKey("T1", "UME")


def agents(count: int) -> tuple[Agent, ...]:
    return tuple(
        Agent(str(one), f"{LONG}{one}", "x@x.example", on_duty=bool(one % 2), reason="Lunch & more", since=NOON)
        for one in range(count)
    )


def line(count: int, number: int = 0) -> BoardView:
    waiting = tuple(NOON - timedelta(seconds=one) for one in range(count, 0, -1))
    return BoardView(
        f"{LONG}{number}", f"callcenter:55270000000{number:05}", NOON, agents(count), NOON, waiting,
        open_items=count, unclaimed=count, oldest=NOON, heard_since=NOON, midnight=NOON,
    )  # fmt: skip


def home(*parts: list[Row]) -> Listing:
    return Listing("Home", tuple(row for part in parts for row in part))


def in_words(listing: Listing) -> str:
    return str(render_home(listing, Reader()))


@SIZES
def test_all_of_it_at_once_fits(count: int) -> None:
    subscription = Subscription("s1", ME, "C1", frozenset(NewsKind), (PlaceFilter("callcenter:5", LONG),))
    theirs = replace(subscription, owner=PersonKey("T1", "UOTHER"))
    favourites = [{"slug": ALL[one % len(ALL)].slug, "args": {"id": LONG}} for one in range(count)]
    lines = [line(count, number) for number in range(min(count, MOST_LINES))]
    me = User(id="1", is_on_duty=True, on_duty_status="available", status_message=LONG * 3)
    shown = home(
        list(standing_rows(me, [], (), phone_toggles(me, silent=False))),
        line_rows(lines, NOON, max(0, count - MOST_LINES), answers=True),
        action_rows(favourites, [one.slug for one in ALL]),
        notification_rows([subscription] * count + [theirs] * count, "UME", is_admin=True),
    )
    check_view(render_home(shown, Reader()), "home")


@SIZES
def test_what_is_left_out_is_counted(count: int) -> None:
    lines = [line(1, number) for number in range(min(count, MOST_LINES))]
    said = in_words(home(line_rows(lines, NOON, max(0, count - MOST_LINES), answers=True)))
    assert ("… and" in said) is (count > MOST_LINES)
    assert ("All call centers" in said) is (count > MOST_LINES)


def test_while_dialpad_does_not_answer_nothing_there_is_offered() -> None:
    rows = line_rows([line(3)], NOON, 0, answers=False)
    assert all(row.button is None and not row.more for row in rows)


def test_nothing_chosen_and_nothing_run_takes_no_room() -> None:
    assert action_rows([], []) == []
    assert notification_rows([], "UME") == []


@pytest.mark.parametrize("more", [{}, {"lasted_s": 360.0}, {"snoozed_until": NOON.isoformat(), "snoozed_by": "U1"}])
def test_an_alert_fits_however_long_its_words_are(more: dict[str, object]) -> None:
    said = {"name": LONG * 3, "what": LONG * 3, "raised_at": NOON.isoformat(), "times": 1_000, "place": "callcenter:5"}
    seen = {"seen_at": NOON.isoformat(), "seen_by": "U2", "seen_note": "n" * 150}
    check_message_blocks(render_message(alert_card(said | seen | more, "card", "subscription"), Reader()).blocks)


def test_thresholds_say_what_they_are() -> None:
    assert Thresholds().words == "3 callers wait, somebody waits 3 min or nobody is on duty"
    assert Thresholds(0, 0, nobody=False, off=45).words == "somebody is off duty for 45 min"
