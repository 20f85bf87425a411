"""Home's call centers: how each stands now, whoever looks at it, with one look at Dialpad for all of them."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

import structlog

from bot.activity.board import BoardView
from bot.activity.subscriptions.subscription import Subscription
from bot.basics.company import CompanyKey
from bot.basics.errors import ChatopsError
from bot.basics.person import PersonKey
from bot.cards.roster import read_roster
from bot.dialpad.accounts import Accounts
from bot.dialpad.actions.callcenters import ListCallCenterOperators
from bot.dialpad.actions.people import User
from bot.notifications.boards import Boards, ShownLine
from bot.store.store import Store

LOOK_EVERY_S: Final = 15.0
"""How old the list of people of a line may be that somebody looks at."""
WAIT_S: Final = 1.5
"""How long Home waits for that list; what comes later is drawn in a moment."""
KNOWN_FOR: Final = timedelta(minutes=2)
"""For how long Home is drawn anew without asking Dialpad about the person, when it is not they who did something."""
AT_MOST: Final = 2_000
"""People of whom something is kept."""

_Line: TypeAlias = tuple[CompanyKey, str]
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Known:
    """What Dialpad said of a person, and when."""

    user: User
    at: datetime


@dataclass(frozen=True)
class _Watched:
    """The lines that are on somebody's Home, names by their places, and the clock that their days go by."""

    company: CompanyKey
    lines: Mapping[str, str]
    clock: ZoneInfo


class LineCockpit:
    """``bot.contract.cockpit.Cockpit`` on the store; what it keeps of people is in memory and no more than a copy."""

    def __init__(self, store: Store, accounts: Accounts, boards: Boards) -> None:
        self._store = store
        self._accounts = accounts
        self._boards = boards
        self._people: dict[PersonKey, _Known] = {}
        self._watched: dict[PersonKey, _Watched] = {}
        self._looked_at: dict[_Line, datetime] = {}
        self._looking: dict[_Line, asyncio.Task[None]] = {}

    def known(self, person: PersonKey, *, fresh: bool) -> User | None:
        found = self._people.get(person)
        if found is None or (fresh and self._store.now() - found.at > KNOWN_FOR):
            return None
        return found.user

    def know(self, person: PersonKey, user: User) -> None:
        self._people.pop(person, None)
        self._people[person] = _Known(user, self._store.now())
        while len(self._people) > AT_MOST:
            self._forget(next(iter(self._people)))

    def _forget(self, person: PersonKey) -> None:
        self._people.pop(person, None)
        self._watched.pop(person, None)

    async def last_actions(self, person: PersonKey, chosen: Collection[str], most: int) -> list[str]:
        return await self._store.audit.last_actions(person, chosen, most)

    async def concerning(self, person: PersonKey, places: Collection[str], *, every: bool) -> list[Subscription]:
        owned = await self._store.subscriptions.owned(person)
        company = await self._store.connections.company(person)
        if company is None or not (places or every):
            return owned
        others = await self._store.subscriptions.about(company, places, every=every)
        return [*owned, *(one for one in others if one.owner != person)]

    async def lines(self, person: PersonKey, lines: Mapping[str, str], clock: ZoneInfo) -> list[BoardView]:
        company = await self._store.connections.company(person)
        if company is None or not lines:
            self._watched.pop(person, None)
            return []
        self._watched[person] = _Watched(company, dict(lines), clock)
        tasks = [task for one in lines if (task := self._look(person, company, one, lines[one])) is not None]
        if tasks:
            await asyncio.wait(tasks, timeout=WAIT_S)
        return [await self._boards.of_line(ShownLine(company, one, lines[one], clock, person)) for one in lines]

    def _look(self, person: PersonKey, company: CompanyKey, place: str, name: str) -> "asyncio.Task[None] | None":
        """Ask for a line's people, unless that was done moments ago; the task that does."""
        line, now = (company, place), self._store.now()
        if line in self._looking:
            return self._looking[line]
        before = self._looked_at.get(line)
        if before is not None and timedelta(0) <= now - before < timedelta(seconds=LOOK_EVERY_S):
            return None
        self._looked_at[line] = now
        task = asyncio.create_task(self._ask(person, company, place.partition(":")[2], name))
        self._looking[line] = task
        task.add_done_callback(partial(self._looked, line))
        return task

    def _looked(self, line: _Line, _: "asyncio.Task[None]") -> None:
        self._looking.pop(line, None)

    async def _ask(self, person: PersonKey, company: CompanyKey, call_center: str, name: str) -> None:
        try:
            if not await self._store.rosters.take_look(company, call_center, LOOK_EVERY_S):
                return
            account = self._accounts.of(person, within=company)
            found = await account.send(ListCallCenterOperators(id=call_center), background=True)
            roster = read_roster(call_center, name, found.users, self._store.now())
            await self._store.rosters.note(company, roster)
        except ChatopsError as problem:
            _log.info("a line's people are looked at later", error=type(problem).__name__)
        except Exception:  # noqa: BLE001  the database is away: what is known is shown
            _log.exception("a line's people could not be looked at")

    async def marks(self, people: Collection[PersonKey]) -> dict[PersonKey, object]:
        """Return for each of these people, who have their Home open, what is another one once it looks different: the
        open work of their company, and how their lines stand."""
        companies = {person: await self._store.connections.company(person) for person in people}
        work = {one: await self._store.histories.mark_of_open(one) for one in set(companies.values()) if one}
        views: dict[tuple[CompanyKey, str, str], object] = {}
        marks: dict[PersonKey, object] = {}
        for person, company in companies.items():
            watched = self._watched.get(person)
            stand: list[object] = []
            if watched is not None and watched.company == company:
                for place, name in watched.lines.items():
                    self._look(person, company, place, name)
                    which = (company, place, watched.clock.key)
                    if which not in views:
                        line = ShownLine(company, place, name, watched.clock, person)
                        views[which] = _mark_of(await self._boards.of_line(line))
                    stand.append(views[which])
            marks[person] = (work.get(company) if company else None, tuple(stand))
        return marks

    async def aclose(self) -> None:
        """Ask for nothing more."""
        tasks = list(self._looking.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _mark_of(view: BoardView) -> Sequence[object]:
    """Return what changes only when a line looks different; the time of day alone does not change it."""
    return view.agents, view.waiting, view.ringing, view.talking, view.today, view.troubles
