"""Type-ahead over a large company's people and contacts, on either database.

A made-up Dialpad gives out its lists in pages of a hundred. Counted are its requests while the lists are read for the
first time and while they are read again; measured are how long an answer takes, its CPU time in this process, and
how much of it the event loop's thread spent in one go: so long nothing else happened there. What is promised is held
against CPU time, since others use the machine too.
"""

import asyncio
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from pydantic import SecretStr

from bot.basics.person import PersonKey
from bot.dialpad.accounts import Account, Accounts
from bot.dialpad.action import Entity
from bot.dialpad.client import DialpadClient
from bot.dialpad.connection import DialpadConnection
from bot.dialpad.directory import Directory
from bot.store.keys import generate_key, parse_keys
from bot.store.store import Store
from tests.bench.passing import NOW, Passing
from tests.bench.rows import Goal, Row, quantile
from tests.postgres import NoPostgres, start_postgres

PAGE: Final = 100
_SYLLABLES: Final = tuple(first + second for first in "bcdfgklmnprst" for second in ("a", "e", "i", "o"))
ALL: Final = "all"
_KINDS: Final = ("beginning", "whole name", "initials", "misspelt", "inside", "number", "nobody")


@dataclass
class MadeUp(httpx.AsyncBaseTransport):
    """A Dialpad with so many contacts and people, whose names share their words as real ones do."""

    contacts: int
    people: int
    asked: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        chance = random.Random(7)  # noqa: S311  names, not secrets
        self._first = [_word(chance, 2) for _ in range(600)]
        self._last = [_word(chance, 3) for _ in range(20_000)]
        self._firms = [f"{_word(chance, 3)} {_word(chance, 2)}" for _ in range(15_000)]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        kind = request.url.path.rpartition("/")[2]
        self.asked[kind] += 1
        if "owner_id" in request.url.params:
            return httpx.Response(200, json={})
        count = {"contacts": self.contacts, "users": self.people}.get(kind, 0)
        start = int(request.url.params.get("cursor") or 0)
        end = min(count, start + PAGE)
        build = self.contact if kind == "contacts" else self.person
        more = {"cursor": str(end)} if end < count else {}
        return httpx.Response(200, json={"items": [build(number) for number in range(start, end)], **more})

    def contact(self, number: int) -> dict[str, Any]:
        chance = random.Random(number)  # noqa: S311
        phone = f"+1{chance.randrange(2_000_000_000, 9_999_999_999)}"
        name = f"{self._pick(chance, self._first)} {self._pick(chance, self._last)}"
        firm = self._pick(chance, self._firms)
        return {"id": str(number), "type": "shared", "display_name": name, "company_name": firm, "phones": [phone]}

    def person(self, number: int) -> dict[str, Any]:
        chance = random.Random(-number - 1)  # noqa: S311
        name = f"{self._pick(chance, self._first)} {self._pick(chance, self._last)}"
        mail = f"{name.replace(' ', '.').lower()}{number}@northlight.example"
        return {"id": str(number), "display_name": name, "emails": [mail], "phone_numbers": [f"+1415{number:07d}"]}

    @staticmethod
    def _pick(chance: random.Random, words: Sequence[str]) -> str:
        """Some names are much more frequent than others."""
        return words[int(len(words) * chance.random() ** 3)]


def _word(chance: random.Random, syllables: int) -> str:
    return "".join(chance.choice(_SYLLABLES) for _ in range(syllables)).capitalize()


@dataclass
class OneLink:
    """Everybody's connection."""

    async def get(self, key: PersonKey) -> DialpadConnection | None:
        return DialpadConnection(
            kind="api_key", access_token=SecretStr(key.user_id), refresh_token=None, expires_at=None, scopes=(),
            dialpad_user_id=key.user_id, dialpad_name="", company_id="61", is_company_key=False, broken=False,
            connected_at=NOW,
        )  # fmt: skip

    async def save(self, key: PersonKey, link: DialpadConnection) -> None:
        raise AssertionError(key)

    async def mark_broken(self, key: PersonKey) -> bool:
        raise AssertionError(key)

    async def delete(self, key: PersonKey) -> None:
        raise AssertionError(key)


@dataclass(frozen=True)
class Answered:
    """Milliseconds of one answer: by the clock, of CPU, and the most of that in one go of the event loop."""

    wall: float
    cpu: float
    loop: float


@dataclass(frozen=True)
class Outcome:
    """What came out on one database. Memory in MB; ``again_s``: how long reading all of it again takes; ``share``: of
    Dialpad's requests that it needs meanwhile."""

    database: str
    spent: Mapping[str, Sequence[Answered]]
    first: Mapping[str, int]
    first_s: float
    again: Mapping[str, int]
    share: float
    second_person: int
    memory: tuple[float, float, float]
    on_disk: float


def questions(dialpad: MadeUp, count: int) -> Iterator[tuple[str, Entity, str]]:
    """Kind, list and text of what people type, from the first letter on."""
    chance = random.Random(3)  # noqa: S311
    for number in range(count):
        of = Entity.CONTACT if chance.random() < 0.7 else Entity.USER
        at = chance.randrange(dialpad.contacts if of is Entity.CONTACT else dialpad.people)
        known = dialpad.contact(at) if of is Entity.CONTACT else dialpad.person(at)
        first, last = known["display_name"].split()
        letters = list(last)
        place = chance.randrange(len(letters) - 1)
        mistake = chance.randrange(3)
        if mistake == 0:
            letters[place], letters[place + 1] = letters[place + 1], letters[place]
        elif mistake == 1:
            letters[place] = chance.choice("xzwvy")
        else:
            del letters[place]
        phone = (known.get("phones") or known["phone_numbers"])[0]
        kind = _KINDS[number % len(_KINDS)]
        text = {
            "beginning": last[: 1 + number % 5],
            "whole name": f"{first} {last}",
            "initials": f"{first[0]} {last[:4]}",
            "misspelt": "".join(letters),
            "inside": last[1:],
            "number": phone[2 : 2 + 3 + number % 8],
            "nobody": f"{last[:2]}qxz{last[-2:]}w",
        }[kind]
        yield kind, of, text


async def ask(
    directory: Directory, account: Account, asked: Sequence[tuple[str, Entity, str]]
) -> dict[str, list[Answered]]:
    spent: dict[str, list[Answered]] = {}
    with _timed_callbacks() as goes:
        for kind, entity, text in asked:
            goes.clear()
            before = (time.perf_counter(), time.process_time())
            await asyncio.create_task(directory.search(account, entity, text))
            wall, cpu = (time.perf_counter() - before[0]) * 1000, (time.process_time() - before[1]) * 1000
            spent.setdefault(kind, []).append(Answered(wall, cpu, max(goes)))
    return spent


@contextmanager
def _timed_callbacks() -> Iterator[list[float]]:
    """Note the CPU time in ms of everything that event loops run."""
    goes: list[float] = []
    run_callback = asyncio.Handle._run

    def timed(handle: asyncio.Handle) -> None:
        started = time.thread_time()
        run_callback(handle)
        goes.append((time.thread_time() - started) * 1000)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(asyncio.Handle, "_run", timed)
        yield goes


async def run(url: str, dialpad: MadeUp, asked: int, size: Callable[[Store], Any]) -> Outcome:
    """Read everything, ask, and read everything again."""
    passing = Passing()
    store = await Store.open(url, parse_keys(generate_key()), passing.now)
    await store.migrate()
    client = DialpadClient("https://d.example", transport=dialpad, clock=passing, sleep=passing.sleep)
    accounts = Accounts(client, OneLink(), clock=lambda: NOW)
    directory = Directory(store.directory, accounts, first_load=0.0)
    ana, sam = (accounts.of(PersonKey("T", name)) for name in ("1", "2"))
    try:
        before = _memory()
        first_s = await _read(directory, ana, passing)
        first = dict(dialpad.asked)
        loaded = _memory()
        dialpad.asked.clear()
        for entity in (Entity.CONTACT, Entity.USER):
            await directory.search(sam, entity, "")
        await directory.reading.idle()
        second = sum(dialpad.asked.values())
        spent = await ask(directory, ana, list(questions(dialpad, asked)))
        after = _memory()
        passing.seconds += timedelta(hours=12).total_seconds()
        dialpad.asked.clear()
        again_s = await _read(directory, ana, passing)
        share = sum(dialpad.asked.values()) / (20 * again_s)
        memory = (before, loaded, after)
        on_disk = await store.database.read(size(store))
        name = store.database.url.get_backend_name()
        return Outcome(name, spent, first, first_s, dict(dialpad.asked), share, second, memory, on_disk)
    finally:
        await directory.aclose()
        await client.aclose()
        await store.aclose()


async def _read(directory: Directory, account: Account, passing: Passing) -> float:
    began = passing.seconds
    for entity in (Entity.CONTACT, Entity.USER):
        await directory.search(account, entity, "")
    await directory.reading.idle()
    return passing.seconds - began


def _memory() -> float:
    """MB that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def size_on_sqlite(store: Store) -> Any:
    file = Path(str(store.database.url.database))
    return lambda _: file.stat().st_size / 1e6


def size_on_postgres(_store: Store) -> Any:
    return lambda connection: (
        connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one() / 1e6
    )


def _times(one: Outcome, kind: str) -> tuple[list[float], list[float], list[float]]:
    spent = [part for name, parts in one.spent.items() if kind in {name, ALL} for part in parts]
    return [part.wall for part in spent], [part.cpu for part in spent], [part.loop for part in spent]


@contextmanager
def databases(wanted: Sequence[str]) -> Iterator[list[tuple[str, Callable[[Store], Any]]]]:
    with ExitStack() as stack:
        found: list[tuple[str, Callable[[Store], Any]]] = []
        if "sqlite" in wanted:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="chatops-bench-"))
            found.append((f"sqlite:///{Path(folder) / 'bench.db'}", size_on_sqlite))
        if "postgres" in wanted:
            try:
                found.append((stack.enter_context(start_postgres()).create(), size_on_postgres))
            except NoPostgres as reason:
                sys.stderr.write(f"without Postgres: {reason}\n")
        yield found


def measure(*, quick: bool) -> list[Row]:
    """Answers and reading on both databases, or on those that are there."""
    dialpad = MadeUp(300, 200) if quick else MadeUp(200_000, 10_000)
    rows: list[Row] = []
    with databases(["sqlite"] if quick else ["sqlite", "postgres"]) as urls:
        for url, size in urls:
            dialpad.asked.clear()
            rows += _rows(asyncio.run(run(url, dialpad, len(_KINDS) * (2 if quick else 300), size)))
    return rows


def _rows(one: Outcome) -> Iterator[Row]:
    on = {"sqlite": "SQLite", "postgresql": "Postgres"}[one.database]
    wall, cpu, loop = _times(one, ALL)
    slowest = {f"CPU p99 {kind}, ms": quantile(_times(one, kind)[1], 0.99) for kind in _KINDS}
    yield Row(
        "directory", f"type-ahead on {on}, CPU of an answer at p99", "ms", quantile(cpu, 0.99),
        goal=Goal(10, of="ours"), more={"p50, ms": quantile(wall, 0.5), "CPU p50, ms": quantile(cpu, 0.5), **slowest},
    )  # fmt: skip
    yield Row(
        "directory", f"type-ahead on {on}, of that in one go of the event loop, p99", "ms", quantile(loop, 0.99),
        goal=Goal(5, of="ours"), more={"longest, ms": max(loop)},
    )  # fmt: skip
    yield Row(
        "directory", f"reading it again on {on}, share of Dialpad's requests", "%", one.share * 100,
        goal=Goal(2, of="ours"), more={"requests": sum(one.again.values())},
    )  # fmt: skip
    before, loaded, after = one.memory
    yield Row(
        "directory", f"first reading on {on}", "requests", sum(one.first.values()),
        more={
            "s at Dialpad's pace": one.first_s, "for a second person": one.second_person, "MB before": before,
            "MB when all was read": loaded, "MB after the questions": after, "MB on disk": one.on_disk,
        },
    )  # fmt: skip
