"""Whose rights a changed subscription acts with."""

from dataclasses import replace

import pytest

from bot.activity.news import NewsKind
from bot.activity.subscriptions.changes import asks_more, shows_more, with_actors
from bot.activity.subscriptions.daily_hours import DailyHours
from bot.activity.subscriptions.filters import InternalFilter, LabelFilter, PlaceFilter, QueueFilter, QuietHoursFilter
from bot.activity.subscriptions.stored import from_json, to_json
from bot.activity.subscriptions.subscription import Actors, EscalationPolicy, Subscription
from bot.basics.person import PersonKey

PRIYA, ANA = PersonKey("T", "U1PRIYA"), PersonKey("T", "U2ANA")
SUPPORT, SALES = PlaceFilter("callcenter:1", "Support"), PlaceFilter("callcenter:2", "Sales")
TEXTS = EscalationPolicy(5, on_duty=False, supervisor="U3SAM", last="sms")
BASE = Subscription("w1", PRIYA, "C1", frozenset({NewsKind.MISSED, NewsKind.SMS}), (SUPPORT, LabelFilter("vip")))
QUIET = QuietHoursFilter(DailyHours(1320, 420))


@pytest.mark.parametrize(
    "after",
    [
        BASE,
        replace(BASE, kinds=frozenset({NewsKind.MISSED})),
        replace(BASE, excluded=(LabelFilter("spam"),)),
        replace(BASE, included=(*BASE.included, InternalFilter(True), QUIET)),
        replace(BASE, included=(PlaceFilter("callcenter:1", "Support, renamed"), LabelFilter("vip"))),
        replace(BASE, digest_at=600, paused=True),
    ],
)
def test_less_is_not_more(after: Subscription) -> None:
    assert not shows_more(BASE, after)


@pytest.mark.parametrize(
    "after",
    [
        replace(BASE, kinds=BASE.kinds | {NewsKind.VOICEMAIL}),
        replace(BASE, included=(LabelFilter("vip"),)),
        replace(BASE, included=(SUPPORT,)),
        replace(BASE, included=(SUPPORT, SALES, LabelFilter("vip"))),
        replace(BASE, included=(SALES, LabelFilter("vip"))),
        replace(BASE, included=(SUPPORT, LabelFilter("vip"), LabelFilter("spam"))),
        replace(BASE, included=(*BASE.included, QueueFilter(1))),
    ],
)
def test_more_is_more(after: Subscription) -> None:
    assert shows_more(BASE, after)


def test_what_was_left_out_and_is_not_any_more_is_more() -> None:
    assert shows_more(replace(BASE, excluded=(LabelFilter("spam"),)), BASE)


@pytest.mark.parametrize(
    ("after", "more"),
    [
        (TEXTS, False),
        (replace(TEXTS, claim=10), False),
        (replace(TEXTS, claim=0), False),
        (replace(TEXTS, last=""), False),
        (replace(TEXTS, supervisor=""), False),
        (replace(TEXTS, claim=1), True),
        (replace(TEXTS, last="call"), True),
        (replace(TEXTS, supervisor="U4NOOR"), True),
        (replace(TEXTS, group="S1"), True),
        (replace(TEXTS, on_duty=True), True),
    ],
)
def test_whom_an_escalation_asks_more(after: EscalationPolicy, more: bool) -> None:
    assert asks_more(TEXTS, after) is more


def test_an_escalation_that_is_turned_on_asks_all_it_names() -> None:
    assert asks_more(replace(TEXTS, claim=0), TEXTS)


def test_more_calls_for_an_escalation_are_asked_about_with_the_account_of_who_added_them() -> None:
    before = replace(BASE, policy=TEXTS)
    after = with_actors(before, replace(before, kinds=before.kinds | {NewsKind.VOICEMAIL}), ANA.user_id)
    assert (after.shown_as, after.escalates_as, after.follows_as) == (ANA, ANA, PRIYA)


def test_a_roster_that_somebody_else_shows_is_read_with_their_account() -> None:
    after = with_actors(BASE, replace(BASE, topic=True), ANA.user_id)
    assert (after.shown_as, after.escalates_as, after.follows_as) == (PRIYA, PRIYA, ANA)
    assert with_actors(after, replace(after, topic=False), PRIYA.user_id).actors == Actors()


def test_the_owner_takes_over_what_they_make_it_do_more() -> None:
    anas = with_actors(BASE, replace(BASE, policy=TEXTS), ANA.user_id)
    narrowed = with_actors(anas, replace(anas, kinds=frozenset({NewsKind.MISSED})), PRIYA.user_id)
    assert narrowed.escalates_as == ANA
    assert (
        with_actors(narrowed, replace(narrowed, policy=replace(TEXTS, last="call")), PRIYA.user_id).actors == Actors()
    )


def test_who_paused_it_is_remembered_until_it_is_resumed() -> None:
    paused = with_actors(BASE, replace(BASE, paused=True), ANA.user_id)
    assert paused.paused_by == ANA.user_id
    assert with_actors(paused, replace(paused, paused=True), PRIYA.user_id).paused_by == ANA.user_id
    resumed = with_actors(paused, replace(paused, paused=False), "U3SAM")
    assert resumed == BASE


def test_it_is_stored_and_a_row_that_nobody_else_changed_is_stored_as_before() -> None:
    changed = replace(BASE, actors=Actors(escalation="U2ANA"), paused=True, paused_by="U2ANA")
    assert from_json("w1", PRIYA, "C1", to_json(changed), paused=True) == changed
    assert not {"actors", "paused_by"} & to_json(BASE).keys()
