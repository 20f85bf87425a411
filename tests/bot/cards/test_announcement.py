from dataclasses import replace

import pytest

from bot.activity.news import NewsKind
from bot.activity.registers import State, join
from bot.activity.subscriptions.daily_hours import DailyHours
from bot.activity.subscriptions.filters import LabelFilter, PlaceFilter, QuietHoursFilter
from bot.activity.subscriptions.subscription import EscalationPolicy, Subscription
from bot.basics.person import PersonKey
from bot.cards.announcement import acts_between, announcement
from tests.handlers.harness import plain

SUPPORT = PlaceFilter("callcenter:1", "Support")
ONE = Subscription("one", PersonKey("T1", "U1"), "C1", kinds=frozenset({NewsKind.MISSED}), included=(SUPPORT,))
QUIET = replace(ONE, included=(SUPPORT, QuietHoursFilter(DailyHours(1320, 420))))
TWO = replace(ONE, id="two", kinds=frozenset({NewsKind.SMS}))


def told(*acts: State) -> tuple[str, list[str]]:
    state: State = {}
    for act in acts:
        state = join(state, act)
    shown = announcement(state)
    return plain(shown.text), [button.label for button in shown.buttons]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (None, ONE, "📣 U1 added: missed calls for Support."),
        (ONE, QUIET, "📣 U1 changed quiet hours of: missed calls for Support."),
        (ONE, replace(ONE, paused=True), "📣 U1 paused: missed calls for Support."),
        (replace(ONE, paused=True), ONE, "📣 U1 resumed: missed calls for Support."),
        (ONE, None, "📣 U1 removed: missed calls for Support."),
    ],
)
def test_one_act_is_told_in_a_line(before: Subscription | None, after: Subscription | None, said: str) -> None:
    text, buttons = told(acts_between(before, after, "U1", 1))

    assert text == said
    assert buttons == (["Settings"] if after else [])


def test_what_is_not_seen_by_anybody_is_not_told() -> None:
    assert acts_between(ONE, replace(ONE, problem="is_archived"), "U1", 1) == {}
    assert acts_between(ONE, replace(ONE, policy=EscalationPolicy(supervisor="U2")), "U1", 1) == {}


def test_filters_may_hold_numbers_and_are_not_told() -> None:
    text, _ = told(acts_between(None, replace(ONE, excluded=(LabelFilter("secret"),)), "U1", 1))

    assert "secret" not in text


def test_what_follows_is_folded_into_one_line_for_each_subscription() -> None:
    acts = [
        acts_between(None, ONE, "U1", 1),
        acts_between(ONE, QUIET, "U1", 2),
        acts_between(None, TWO, "U1", 3),
        acts_between(QUIET, replace(QUIET, policy=EscalationPolicy(claim=5)), "U2", 4),
        acts_between(QUIET, replace(QUIET, paused=True), "U2", 5),
        acts_between(replace(QUIET, paused=True), QUIET, "U2", 6),
        acts_between(TWO, None, "U1", 7),
    ]
    expected = (
        "📣 U1 added and U2 changed escalation of and resumed: missed calls for Support.\n"
        "📣 U1 added and removed: texts for Support."
    )

    assert told(*acts)[0] == told(*reversed(acts), *acts)[0] == expected


def test_several_that_are_left_are_listed_on_request() -> None:
    assert told(acts_between(None, ONE, "U1", 1), acts_between(None, TWO, "U1", 2))[1] == ["Show them"]
