"""What readiness knows, on a real store."""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import structlog
from sqlalchemy import insert, text, update
from sqlalchemy.exc import OperationalError

from bot import readiness
from bot.basics.person import PersonKey
from bot.readiness import LATE, STUCK, UNTRIED, Probe, Readiness, Standing, StoreProbes, Trouble, is_ready, probe_said
from bot.store.inbox import inbox
from bot.store.keys import generate_key, parse_keys
from bot.store.postings import postings
from bot.store.store import Store
from tests.bot.store.clock import Clock

A_MOMENT = timedelta(seconds=1)


@dataclass
class Place:
    store: Store
    clock: Clock
    dialpad: str | None = None
    seconds: float = 0.0
    readiness: Readiness = field(init=False)

    def __post_init__(self) -> None:
        probes = StoreProbes(self.store, lambda: self.dialpad).all()
        self.readiness = Readiness(probes, self.clock, lambda: self.seconds)

    async def look(self) -> dict[str, Standing]:
        self.seconds += 60
        return {standing.name: standing for standing in await self.readiness.look()}

    async def level(self, name: str) -> str:
        return str((await self.look())[name].as_json()["level"])

    async def is_ready(self) -> bool:
        return is_ready(list((await self.look()).values()))

    async def receive(self, key: str) -> None:
        await self.store.events.receive(key, hook_id="h1", kind="call", body=b"{}", timed=True)

    async def post_due(self, **values: datetime) -> None:
        row: dict[str, Any] = {
            "id": "p1", "card_id": "c1", "team_id": "T1", "company": "61", "channel": "C1", "subscription_id": "w1",
            "shown": 0, "tries": 0, "doubtful": False, "step": 0, "created_at": self.clock(), **values,
        }  # fmt: skip
        await self.store.database.write(lambda connection: connection.execute(insert(postings).values(row)))


@pytest.fixture(autouse=True)
def logs() -> Iterator[list[Any]]:
    with structlog.testing.capture_logs() as lines:
        yield lines


@pytest.fixture
async def place(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Place]:
    monkeypatch.setattr(readiness, "FREE_TO_WARN", 0)  # whatever the tests' own disk has
    clock = Clock()
    store = await Store.open(database_url, parse_keys(generate_key()), clock)
    await store.migrate()
    yield Place(store, clock)
    await store.aclose()


async def test_with_nothing_wrong_everything_is_content(place: Place) -> None:
    found = await place.look()

    assert list(found) == ["database", "disk", "events", "posts", "due work", "requests"]
    assert {standing.trouble for standing in found.values()} == {None}


async def test_an_event_nobody_tries_is_said_and_later_takes_the_bot_out_of_service(place: Place) -> None:
    await place.receive("call:1:missed:1")
    assert await place.level("events") == "ok"

    place.clock.pass_(seconds=(LATE + A_MOMENT).total_seconds())
    assert await place.level("events") == "warns"
    place.clock.pass_(seconds=UNTRIED.total_seconds())
    assert await place.level("events") == "fails"

    await place.store.events.done(["h1:call:1:missed:1"])
    assert await place.level("events") == "ok"


async def test_an_event_that_is_tried_again_and_again_is_only_said(place: Place) -> None:
    await place.receive("call:1:missed:1")
    await place.store.events.failed("h1:call:1:missed:1", tries=3, wait_s=60)
    place.clock.pass_(hours=1)

    assert await place.level("events") == "warns"
    assert await place.is_ready()


async def test_an_event_that_was_set_aside_is_said_with_the_command(place: Place) -> None:
    await place.receive("call:1:missed:1")
    await place.store.events.park("h1:call:1:missed:1", tries=12)
    trouble = (await place.look())["events"].trouble

    assert trouble is not None
    assert "events list" in trouble.todo
    assert not trouble.blocks


@pytest.mark.parametrize(("column", "check"), [("due_at", "posts"), ("escalate_at", "due work")])
async def test_what_is_due_and_not_done_is_said_and_later_takes_the_bot_out_of_service(
    place: Place, column: str, check: str
) -> None:
    await place.post_due(**{column: place.clock()})
    levels = []
    for wait in (timedelta(0), LATE + A_MOMENT, STUCK):
        place.clock.pass_(seconds=wait.total_seconds())
        levels.append(await place.level(check))

    assert levels == ["ok", "warns", "fails"]


async def test_what_is_not_due_yet_is_not_late(place: Place) -> None:
    await place.post_due(due_at=place.clock() + timedelta(days=1), escalate_at=place.clock() + timedelta(days=1))

    assert await place.is_ready()


@pytest.mark.parametrize(("dialpad", "level"), [(None, "fails"), ("Dialpad has not answered.", "warns")])
async def test_what_was_set_for_a_time_is_stuck_unless_dialpad_is_down(
    place: Place, dialpad: str | None, level: str
) -> None:
    await place.store.kept.put("k", PersonKey("T1", "U1"), place.clock(), "dnd.off", {}, {})
    place.clock.pass_(seconds=(STUCK + A_MOMENT).total_seconds())
    place.dialpad = dialpad

    assert await place.level("due work") == level


async def test_what_was_asked_for_and_not_done_is_said(place: Place) -> None:
    await place.store.inbox.receive("trigger:1", "command", {"command": "/dp"})
    await place.store.inbox.receive("trigger:2", "command", None)
    place.clock.pass_(hours=1)
    assert await place.level("requests") == "warns"

    done = update(inbox).where(inbox.c.key == "trigger:1").values(done_at=place.clock())
    await place.store.database.write(lambda connection: connection.execute(done))
    assert await place.level("requests") == "ok"


async def test_a_database_that_takes_no_writes_is_not_ready_though_it_answers(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: Any) -> None:
        raise OperationalError("INSERT", {}, sqlite3.OperationalError("database or disk is full"))

    monkeypatch.setattr(type(place.store.database), "write", full)
    trouble = (await place.look())["database"].trouble

    assert trouble is not None
    assert trouble.said == "The database takes no writes: database or disk is full."
    assert trouble.blocks


async def test_looking_leaves_nothing_in_the_database(place: Place) -> None:
    await place.look()

    counted = text("SELECT count(*) FROM request_turns")
    assert await place.store.database.read(lambda held: held.execute(counted).scalar_one()) == 0


@pytest.mark.parametrize(("free", "level"), [(1, "fails"), (32 * 1024 * 1024, "warns"), (10**12, "ok")])
async def test_a_disk_that_is_nearly_full_is_said_before_it_is(
    place: Place, monkeypatch: pytest.MonkeyPatch, free: int, level: str
) -> None:
    if place.store.database.url.get_backend_name() != "sqlite":
        assert await readiness.free_bytes(place.store) is None
        return
    monkeypatch.undo()
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=free))

    assert await place.level("disk") == level


# Without a store


def probe(trouble: list[Trouble | None]) -> Probe:
    async def look() -> Trouble | None:
        return trouble[0]

    return Probe("database", look)


async def test_since_when_is_remembered_and_each_change_is_one_line(logs: list[Any]) -> None:
    clock, seconds, state = Clock(), [0.0], [Trouble("It is down.", "Start it.")]
    looking = Readiness([probe(list[Trouble | None](state))], clock, lambda: seconds[0])
    began = clock()
    found: list[Standing] = []
    for _ in range(50):
        clock.pass_(seconds=5)
        seconds[0] += 5
        found += await looking.look()

    assert {standing.since for standing in found} == {began + timedelta(seconds=5)}
    assert [line["event"] for line in logs] == ["not well"]


async def test_what_is_well_again_is_said_once(logs: list[Any]) -> None:
    state: list[Trouble | None] = [Trouble("It is down.", "Start it.")]
    seconds = [0.0]
    looking = Readiness([probe(state)], Clock(), lambda: seconds[0])
    await looking.look()
    state[0] = None
    for _ in range(3):
        seconds[0] += 5
        await looking.look()

    assert [line["event"] for line in logs] == ["not well", "well again"]


async def test_it_is_looked_at_once_a_second_however_many_ask() -> None:
    looked = []

    async def look() -> None:
        looked.append(1)

    seconds = [0.0]
    looking = Readiness([Probe("database", look)], Clock(), lambda: seconds[0])
    for _ in range(20):
        await looking.look()
    assert len(looked) == 1
    seconds[0] = 1.0
    await looking.look()
    assert len(looked) == 2


async def test_what_a_part_says_about_itself_is_a_check() -> None:
    said: list[str | None] = ["Socket Mode is not connected."]
    check = probe_said("slack socket", lambda: said[0], "Wait.", blocks=True)

    assert await check.look() == Trouble("Socket Mode is not connected.", "Wait.")
    said[0] = None
    assert await check.look() is None


async def test_what_cannot_be_looked_at_is_not_known_and_blocks_nothing(logs: list[Any]) -> None:
    async def look() -> Trouble | None:
        raise LookupError

    (found,) = await Readiness([Probe("events", look)], Clock()).look()

    assert found.trouble == Trouble("It is not known (LookupError).", "See what else is wrong.", False, False)
    assert logs == []
