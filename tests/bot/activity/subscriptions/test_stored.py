"""What databases hold: rows of every version read as the subscription they were."""

import json
from dataclasses import replace
from typing import Any, Final

import pytest

from bot.activity.news import NewsKind
from bot.activity.subscriptions.daily_hours import DailyHours
from bot.activity.subscriptions.filters import (
    CountryFilter,
    HoursFilter,
    InternalFilter,
    LabelFilter,
    LineHoursFilter,
    LongerFilter,
    NumberFilter,
    PlaceFilter,
    QueueFilter,
    QuietHoursFilter,
)
from bot.activity.subscriptions.stored import from_json, to_json
from bot.activity.subscriptions.subscription import EscalationPolicy, Subscription
from bot.basics.person import PersonKey
from bot.basics.stored_json import UnreadableJson

OWNER: Final = PersonKey("T1", "U1")
SMALLEST_ROW: Final = """
{"kinds": ["missed", "sms", "voicemail"],
 "only": {"places": {}, "numbers": [], "labels": [], "internal": null},
 "but": {"places": {}, "numbers": [], "labels": [], "internal": null},
 "longer": 0, "hours": null, "line_hours": "", "quiet": null, "queue": 3, "zone": "UTC", "keep": "", "topic": false,
 "digest_at": 480, "digest_day": 0,
 "policy": {"claim": 0, "handle": 120, "on_duty": true, "group": "", "person": "", "supervisor": "", "last": ""}}
"""
"""As it was written before filters were classes."""
LARGEST_ROW: Final = """
{"kinds": ["handover", "missed", "queue", "weekly"],
 "only": {"places": {"callcenter:11": "Support", "user:101": "Ana Ferreira"}, "numbers": ["+1415", "+44"],
          "labels": ["vip", "on hold"], "internal": false},
 "but": {"places": {"office:1": "HQ"}, "numbers": ["+14155550150"], "labels": ["spam"], "internal": true},
 "longer": 30, "hours": [480, 1080, [0, 1, 2, 3, 4]], "line_hours": "open", "quiet": [1320, 420, []], "queue": 5,
 "zone": "America/Los_Angeles", "keep": "S0ONCALL1", "topic": true, "digest_at": 1065, "digest_day": 4,
 "policy": {"claim": 10, "handle": 30, "on_duty": false, "group": "S0ONCALL1", "person": "U2", "supervisor": "U3",
            "last": "sms"}}
"""
SMALLEST: Final = Subscription("w1", OWNER, "C1")
LARGEST: Final = Subscription(
    "w1",
    OWNER,
    "C1",
    kinds=frozenset({NewsKind.MISSED, NewsKind.QUEUE, NewsKind.WEEKLY, NewsKind.HANDOVER}),
    included=(
        PlaceFilter("callcenter:11", "Support"),
        PlaceFilter("user:101", "Ana Ferreira"),
        NumberFilter("+1415"),
        NumberFilter("+44"),
        LabelFilter("vip"),
        LabelFilter("on hold"),
        InternalFilter(False),
        LongerFilter(30),
        LineHoursFilter("open"),
        HoursFilter(DailyHours(480, 1080, (0, 1, 2, 3, 4))),
        QuietHoursFilter(DailyHours(1320, 420)),
        QueueFilter(5),
    ),
    excluded=(PlaceFilter("office:1", "HQ"), NumberFilter("+14155550150"), LabelFilter("spam"), InternalFilter(True)),
    zone="America/Los_Angeles",
    policy=EscalationPolicy(10, 30, False, "S0ONCALL1", "U2", "U3", "sms"),
    digest_at=1065,
    digest_day=4,
    keep="S0ONCALL1",
    topic=True,
)


def read(row: dict[str, Any]) -> Subscription:
    return from_json("w1", OWNER, "C1", row)


@pytest.mark.parametrize(("row", "meant"), [(SMALLEST_ROW, SMALLEST), (LARGEST_ROW, LARGEST)])
def test_a_row_from_before_filters_were_classes_is_read(row: str, meant: Subscription) -> None:
    assert read(json.loads(row)) == meant


@pytest.mark.parametrize("row", [SMALLEST_ROW, LARGEST_ROW])
def test_what_is_written_is_what_the_version_before_wrote(row: str) -> None:
    assert json.loads(json.dumps(to_json(read(json.loads(row))))) == json.loads(row)


def test_a_filter_that_came_later_is_written_where_it_is_set_only() -> None:
    written = to_json(replace(SMALLEST, included=(CountryFilter("CA"),)))

    assert written["only"]["countries"] == ["CA"]
    assert "countries" not in written["but"]
    assert read(written).included == (CountryFilter("CA"),)


def test_hours_of_rows_from_before_they_had_weekdays_are_read() -> None:
    found = read({"hours": [480, 1080], "quiet": [1320, 420]})

    assert found.included == (HoursFilter(DailyHours(480, 1080)), QuietHoursFilter(DailyHours(1320, 420)))


def test_a_queue_of_nobody_is_not_taken_for_none() -> None:
    assert read({**json.loads(SMALLEST_ROW), "queue": 0}).queue == QueueFilter(0)


def test_what_a_later_version_keeps_is_left_out() -> None:
    later = {"kinds": ["missed", "pigeon"], "only": {"moods": ["angry"], "labels": ["vip"]}, "colour": "red"}

    assert read(later) == replace(SMALLEST, kinds=frozenset({NewsKind.MISSED}), included=(LabelFilter("vip"),))


def test_excluded_hours_are_kept() -> None:
    lunch = replace(SMALLEST, excluded=(LineHoursFilter("closed"), HoursFilter(DailyHours(720, 780))))

    assert read(json.loads(json.dumps(to_json(lunch)))) == lunch


def test_what_cannot_be_read_is_told_without_its_values() -> None:
    with pytest.raises(UnreadableJson, match="LongerFilter cannot be read") as told:
        read({"longer": "secret"})

    assert "secret" not in str(told.value)
