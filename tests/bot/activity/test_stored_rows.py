"""Rows as earlier versions wrote them, word for word: what is in people's databases stays readable."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.activity import digest as digests
from bot.activity import roster as rosters
from bot.activity.cover import Cover, read_cover, view_cover
from bot.activity.digest import Digest, Tally
from bot.activity.digest_times import DigestPeriod
from bot.activity.news import NewsKind
from bot.activity.registers import fragment
from bot.activity.roster import Agent, Roster
from bot.activity.work_tally import Settler, StillOpen, WorkTally
from bot.basics.stored_json import UnreadableJson

NOON = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
MONDAY = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
NO_CALLS = [0, 0]

WITHOUT_WORK: dict[str, Any] = {
    "work": None,
    "work_before": None,
    "still_open": None,
    "made": "",
    "target_min": 0,
    "in_hours": False,
}
"""What a digest of an earlier version does not say."""
ROSTER_ROW: dict[str, Any] = {
    "name": "Support",
    "agents": [
        {
            "id": "5",
            "name": "Ana Ríos",
            "email": "ana@x.example",
            "on_duty": True,
            "status": "occupied",
            "reason": "",
            "since": "2026-11-23T20:00:00+00:00",
        },
        {"id": "6", "name": "Sam", "email": "", "on_duty": False, "status": "", "reason": "", "since": None},
    ],
}
ROSTER = Roster(
    "11",
    "Support",
    NOON,
    (
        Agent("5", "Ana Ríos", "ana@x.example", on_duty=True, status="occupied", since=NOON),
        Agent("6", "Sam", "", False),
    ),
)
TALLY_ROW: dict[str, Any] = {
    "answered": 1,
    "missed": 1,
    "voicemails": 0,
    "abandoned": 0,
    "open": 1,
    "texts": 3,
    "waits": 1,
    "median_wait_s": 12.5,
    "talks": 1,
    "average_talk_s": 200.0,
    "hours": [*[NO_CALLS] * 18, [1, 1], *[NO_CALLS] * 5],
    "days": [NO_CALLS, [1, 1], *[NO_CALLS] * 5],
}
EMPTY_TALLY_ROW: dict[str, Any] = {
    "answered": 0,
    "missed": 0,
    "voicemails": 0,
    "abandoned": 0,
    "open": 0,
    "texts": 0,
    "waits": 0,
    "median_wait_s": None,
    "talks": 0,
    "average_talk_s": None,
    "hours": [NO_CALLS] * 24,
    "days": [NO_CALLS] * 7,
}
DIGEST_ROW: dict[str, Any] = {
    "zone": "America/Los_Angeles",
    "lines": "for Support",
    "conditions": ["only calls from outside"],
    "kind": "weekly",
    "begin": 1794816000000,
    "end": 1795420800000,
    "so_far": False,
    "tally": TALLY_ROW,
    "before": None,
    "silences": [[1794988800000, 1794994200250]],
}
DIGEST = Digest(
    period=DigestPeriod(NewsKind.WEEKLY, MONDAY, MONDAY + timedelta(days=7)),
    zone="America/Los_Angeles",
    lines="for Support",
    conditions=("only calls from outside",),
    tally=Tally(
        answered=1,
        missed=1,
        open=1,
        texts=3,
        waits=1,
        median_wait_s=12.5,
        talks=1,
        average_talk_s=200.0,
        hours=(*((0, 0),) * 18, (1, 1), *((0, 0),) * 5),
        days=((0, 0), (1, 1), *((0, 0),) * 5),
    ),
    silences=((MONDAY + timedelta(days=2), MONDAY + timedelta(days=2, minutes=90, milliseconds=250)),),
)
COVER_STATE = {
    "asker": (0, 0, "U1"),
    "lines": (0, 0, {"callcenter:5527": "Support"}),
    "name": (0, 0, "Ana"),
    "note": (0, 0, ""),
    "until": (0, 0, "2026-11-23T20:00:00+00:00"),
}
COVER = Cover("U1", "Ana", NOON, {"callcenter:5527": "Support"})


def test_a_roster_is_written_and_read_as_ever() -> None:
    assert rosters.to_json(ROSTER) == ROSTER_ROW
    assert rosters.from_json("11", NOON, ROSTER_ROW) == ROSTER


def test_a_rosters_fields_that_are_absent_or_of_a_later_version_do_no_harm() -> None:
    row = {"name": "Support", "later": 1, "agents": [{"id": "5", "name": "Ana", "email": "", "on_duty": True, "x": {}}]}
    assert rosters.from_json("11", NOON, row).agents == (Agent("5", "Ana", "", on_duty=True),)


def without_dispositions(row: dict[str, Any]) -> dict[str, Any]:
    """A digest's row as it was before its tallies counted dispositions."""
    tallies = {name: row[name] for name in ("tally", "before") if row[name] is not None}
    return row | {name: {k: v for k, v in one.items() if k != "dispositions"} for name, one in tallies.items()}


def test_what_agents_chose_is_written_and_read() -> None:
    digest = replace(DIGEST, tally=replace(DIGEST.tally, dispositions=(("Resolved", 2), ("Ticket", 1))))
    assert digests.from_json(json.loads(json.dumps(digests.to_json(digest)))) == digest


def test_a_digest_is_written_and_read_as_ever() -> None:
    assert without_dispositions(digests.to_json(DIGEST)) == {**DIGEST_ROW, **WITHOUT_WORK}
    assert digests.from_json(DIGEST_ROW) == DIGEST


def test_a_digests_open_work_is_written_and_read() -> None:
    settlers = (Settler("user:5", 2), Settler("Sam", 1))
    work = WorkTally(items=4, answers=3, median_answer_s=540.0, due=4, within=2, open=1, settlers=settlers)
    digest = replace(DIGEST, work=work, work_before=WorkTally(), still_open=StillOpen(2, 1, NOON), target_min=15)
    row = digests.to_json(digest)
    assert row["still_open"] == {"items": 2, "unclaimed": 1, "oldest": int(NOON.timestamp() * 1000)}
    assert digests.from_json(json.loads(json.dumps(row))) == digest


def test_a_digest_of_a_day_that_goes_on_is_written_and_read_as_ever() -> None:
    digest = replace(DIGEST, period=replace(DIGEST.period, so_far=True), before=Tally(), silences=())
    row = {**DIGEST_ROW, "so_far": True, "before": EMPTY_TALLY_ROW, "silences": []}
    assert without_dispositions(digests.to_json(digest)) == {**row, **WITHOUT_WORK}
    assert digests.from_json(row) == digest


def test_a_digests_fields_that_are_absent_or_of_a_later_version_do_no_harm() -> None:
    absent = {"so_far", "before", "silences"}
    row = {name: value for name, value in DIGEST_ROW.items() if name not in absent} | {"later": 1}
    assert digests.from_json({**row, "tally": {"answered": 2, "later": 1}}) == replace(
        DIGEST, tally=Tally(answered=2), silences=()
    )


def test_a_cover_is_written_and_read_as_ever() -> None:
    assert read_cover(COVER) == COVER_STATE
    assert view_cover(COVER_STATE) == COVER


def test_a_cover_of_which_little_is_known_is_read() -> None:
    assert view_cover({}) == Cover("", "", datetime(1970, 1, 1, tzinfo=UTC), {})
    assert view_cover(fragment(1, 0, {"name": "Ana", "taken": "U2"})).name == "Ana"


def test_what_cannot_be_read_is_told_without_what_is_there() -> None:
    with pytest.raises(UnreadableJson, match=r"^Roster cannot be read \(agents\.0\.email: string_type\)$"):
        rosters.from_json("11", NOON, {"name": "S", "agents": [{**ROSTER_ROW["agents"][0], "email": 5550100}]})
