"""Statistics: asked for, waited for, and fetched as CSV."""

import csv
import io
from typing import Any

import httpx
import pytest

from bot.sandbox.cast import ANA, OFFICE, SUPPORT
from bot.sandbox.dialpad import DialpadSandbox
from tests.bot.sandbox.dialpad.conftest import Clock, Connect
from tests.bot.sandbox.dialpad.known import Known

SUPPORT_TARGET = {"target_type": "callcenter", "target_id": SUPPORT.id}
ALL_TIME = {"days_ago_start": 0, "days_ago_end": 30}
STAT_TYPES = ("calls", "csat", "dispositions", "onduty", "recordings", "screenshare", "texts", "voicemails")


async def export(client: httpx.AsyncClient, clock: Clock, **body: Any) -> list[dict[str, str]]:
    started = (await client.post("stats", json={"export_type": "records", **ALL_TIME, **body})).json()
    clock.forward(seconds=3)
    done = (await client.get(f"stats/{started['request_id']}")).json()
    del client.headers["authorization"]
    sheet = (await client.get(done["download_url"])).text
    return list(csv.DictReader(io.StringIO(sheet)))


async def test_a_request_is_processed_and_then_complete(priya: httpx.AsyncClient, clock: Clock) -> None:
    body = {"export_type": "stats", "stat_type": "calls"}
    first = (await priya.post("stats", json=body)).json()
    assert (await priya.post("stats", json=body)).json() == {**first, "already_started": True}
    path = f"stats/{first['request_id']}"
    assert (await priya.get(path)).json() == {"status": "processing"}
    clock.forward(seconds=3)
    done = (await priya.get(path)).json()
    assert (done["status"], done["file_type"]) == ("complete", "csv")
    assert (await priya.post("stats", json=body)).json()["request_id"] != first["request_id"]


async def test_the_download_takes_no_token_and_does_not_live_long(
    priya: httpx.AsyncClient, nobody: httpx.AsyncClient, clock: Clock
) -> None:
    started = (await priya.post("stats", json={"export_type": "records", "stat_type": "texts"})).json()
    clock.forward(seconds=3)
    url = (await priya.get(f"stats/{started['request_id']}")).json()["download_url"]
    assert url.startswith("http://dialpad.test/")
    fetched = await nobody.get(url)
    assert (fetched.status_code, fetched.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert (await priya.get(url)).status_code == 400
    assert (await nobody.get(url.replace(".csv", "x.csv"))).status_code == 403
    clock.forward(minutes=31)
    assert (await nobody.get(url)).status_code == 403


@pytest.mark.parametrize("stat_type", STAT_TYPES)
async def test_every_kind_gives_a_sheet_with_headings(
    stat_type: str, sandbox: DialpadSandbox, priya: httpx.AsyncClient, clock: Clock
) -> None:
    rows = await export(priya, clock, stat_type=stat_type, **SUPPORT_TARGET)
    assert bool(rows) == (stat_type != "screenshare")
    assert not rows or {"name", "target_type", "timezone"} <= set(rows[0])
    assert "/api/v2/exports/" in sandbox.requests[-1].path


async def test_records_of_the_company_count_each_call_once(
    priya: httpx.AsyncClient, clock: Clock, sandbox: DialpadSandbox
) -> None:
    rows = await export(priya, clock, stat_type="calls")
    calls = [call for call in sandbox.state.calls.values() if call.entry_point_call_id is None]
    assert sorted(row["call_id"] for row in rows) == sorted(str(call.id) for call in calls)


async def test_records_of_calls_have_the_columns_of_real_exports(priya: httpx.AsyncClient, clock: Clock) -> None:
    rows = await export(priya, clock, stat_type="calls", **SUPPORT_TARGET)
    assert list(rows[0])[:6] == [
        "date_started", "call_id", "category", "direction", "external_number", "internal_number"
    ]  # fmt: skip
    assert len(rows[0]) == 54
    talked = [row for row in rows if row["category"] == "incoming"]
    assert talked
    assert all(float(row["talk_duration"]) <= float(row["time_in_system"]) for row in talked)
    assert all(row["external_number"].isdigit() for row in rows)


async def test_statistics_of_calls_are_by_person_and_day(priya: httpx.AsyncClient, clock: Clock) -> None:
    rows = await export(priya, clock, stat_type="calls", export_type="stats")
    mine = [row for row in rows if row["name"] == ANA.name]
    assert {row["target_type"] for row in rows} == {"user"}
    assert len({row["date"] for row in mine}) == len(mine) > 1
    assert sum(int(row["outbound_calls"]) for row in mine) == 3


@pytest.mark.parametrize(("group_by", "heading"), [("date", "date"), ("group", "id")])
async def test_statistics_of_calls_are_also_by_day_or_group(
    group_by: str, heading: str, priya: httpx.AsyncClient, clock: Clock
) -> None:
    rows = await export(priya, clock, stat_type="calls", export_type="stats", group_by=group_by)
    keys = [row[heading] for row in rows]
    assert next(iter(rows[0])) == heading
    assert sorted(set(keys)) == sorted(keys)


async def test_days_are_those_of_the_time_zone_asked_for(priya: httpx.AsyncClient, clock: Clock) -> None:
    zone = {"timezone": "America/Los_Angeles"}
    rows = await export(priya, clock, stat_type="calls", is_today=True, **zone, **SUPPORT_TARGET)
    assert {row["date_started"][:10] for row in rows} == {"2026-11-23"}
    assert {row["timezone"] for row in rows} == {"America/Los_Angeles"}


async def test_a_coaching_teams_statistics_are_its_trainees(
    sam: httpx.AsyncClient, clock: Clock, sandbox: DialpadSandbox
) -> None:
    target = {"target_type": "coachingteam", "target_id": Known(sandbox).team, "coaching_team": True}
    rows = await export(sam, clock, stat_type="calls", **target)
    assert {row["name"] for row in rows} == {"Noor Haddad", "Mei Tanaka"}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"stat_type": "calls", "target_type": "user", "target_id": ANA.dialpad_id}, 200),
        ({"stat_type": "calls"}, 403),
        ({"stat_type": "calls", "office_id": OFFICE.id}, 403),
        ({"stat_type": "calls", **SUPPORT_TARGET}, 403),
        ({"stat_type": "calls", "target_id": 7}, 400),
        ({"stat_type": "calls", "target_type": "user", "target_id": 7}, 404),
        ({"stat_type": "csat"}, 400),
        ({"stat_type": "faxes"}, 400),
        ({"stat_type": "calls", "timezone": "Nowhere"}, 400),
        ({"stat_type": "calls", "target_type": "user", "target_id": ANA.dialpad_id, "days_ago_start": 40}, 400),
    ],
)
async def test_what_an_agent_may_ask(body: dict[str, Any], status: int, ana: httpx.AsyncClient) -> None:
    assert (await ana.post("stats", json={"export_type": "records", **body})).status_code == status


async def test_somebody_elses_request_is_not_found(priya: httpx.AsyncClient, connect: Connect) -> None:
    started = (await priya.post("stats", json={"export_type": "records", "stat_type": "calls"})).json()
    assert (await connect(ANA.token).get(f"stats/{started['request_id']}")).status_code == 404
    assert (await priya.get("stats/abc")).status_code == 404
