"""A store, accounts and connections that remember what they were asked, and refuse as the real ones do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from types import SimpleNamespace
from typing import Any, Unpack

from bot.basics.errors import NotConfirmed, NotConnected
from bot.basics.person import PersonKey
from bot.store.audit import Audit, AuditEntry, AuditLine
from bot.store.confirmations import Confirmations, Confirmed
from bot.store.inbox import Delivery, Inbox
from bot.store.requests_before_connecting import RequestsBeforeConnecting


class Clock:
    """Wall clock and stopwatch in one, moved by hand."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def seconds(self) -> float:
        return self.at.timestamp()

    def forward(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


def delivery(key: str, kind: str, payload: Mapping[str, Any], *, started: bool = False) -> Delivery:
    """A delivery that was on disk when the process ended."""
    return Delivery(key, kind, dict(payload), Clock().now(), started)


class FakeInbox(Inbox):
    def __init__(self) -> None:
        self.rows: dict[str, Delivery] = {}
        self.closed: set[str] = set()
        self.given_up: list[Delivery] = []
        self.broken = False
        self.lost_answers = 0
        """How many changes are made without anybody hearing that they were."""
        self.away = 0
        """How many changes are refused."""

    async def receive(
        self, key: str, kind: str, payload: Mapping[str, Any] | None, person: PersonKey | None = None
    ) -> bool:
        if self.broken:
            raise OSError("disk full")
        if key in self.rows:
            return False
        self.rows[key] = replace(delivery(key, kind, payload or {}), person=person)
        self._lose_the_answer()
        return True

    def _lose_the_answer(self) -> None:
        if self.lost_answers:
            self.lost_answers -= 1
            raise OSError("the connection was lost")

    def _may_be_away(self) -> None:
        if self.away:
            self.away -= 1
            raise OSError("nobody is there")

    async def withdraw(self, key: str) -> None:
        self._may_be_away()
        if not self.rows[key].started:
            del self.rows[key]

    async def started(self, key: str) -> bool:
        self._may_be_away()
        self.rows[key] = replace(self.rows[key], started=True)
        return True

    async def done(self, key: str, audit: Sequence[AuditLine] = ()) -> None:
        self._may_be_away()
        self.closed.add(key)

    async def unfinished(self) -> list[Delivery]:
        return [row for key, row in self.rows.items() if key not in self.closed]

    async def take_given_up(self) -> list[Delivery]:
        given_up, self.given_up = self.given_up, []
        return given_up


@dataclass
class Pending:
    person: PersonKey
    confirmed: Confirmed
    used: bool = False


class FakeConfirmations(Confirmations):
    def __init__(self) -> None:
        self.pending: dict[str, Pending] = {}
        self._ids = count(1)

    async def create(
        self, person: PersonKey, route: str, args: Mapping[str, Any], place: Mapping[str, Any] | None = None
    ) -> str:
        name = f"confirmation-{next(self._ids)}"
        self.pending[name] = Pending(person, Confirmed(route, args, place or {}))
        return name

    async def take(self, name: str, person: PersonKey) -> Confirmed:
        pending = self.pending.get(name)
        if pending is None:
            raise NotConfirmed("unknown")
        if pending.person != person:
            raise NotConfirmed("foreign")
        if pending.used:
            raise NotConfirmed("used")
        pending.used = True
        return pending.confirmed


class FakeRemembered(RequestsBeforeConnecting):
    def __init__(self) -> None:
        self.kept: list[tuple[PersonKey, dict[str, Any]]] = []

    async def save(self, person: PersonKey, request: Mapping[str, Any]) -> None:
        self.kept.append((person, dict(request)))

    async def take_all(self, person: PersonKey) -> list[dict[str, Any] | None]:
        mine: list[dict[str, Any] | None] = [request for owner, request in self.kept if owner == person]
        self.kept = [one for one in self.kept if one[0] != person]
        return mine


class FakeAudit(Audit):
    def __init__(self) -> None:
        self.entries: list[AuditLine] = []

    def build_line(self, person: PersonKey, **entry: Unpack[AuditEntry]) -> AuditLine:
        line = {name: entry.get(name, "") for name in ("action", "route", "outcome", "origin")}
        self.entries.append(line)
        return line

    async def write(self, lines: Sequence[AuditLine], *, at_once: bool = True) -> None:
        """They are remembered as soon as they are made."""


class FakeAccounts:
    """Everybody is connected but ``strangers``."""

    def __init__(self) -> None:
        self.strangers: set[str] = set()

    def of(self, person: PersonKey) -> Any:
        async def link() -> object:
            if person.user_id in self.strangers:
                raise NotConnected
            return object()

        return SimpleNamespace(person=person, link=link, used=None)


class FakeConnections:
    offers_oauth = True

    async def start(self, key: PersonKey) -> str:
        return f"http://localhost:3000/connect/{key.user_id}"


class FakePreferences:
    async def get(self, key: PersonKey) -> Mapping[str, Any]:
        return {}
