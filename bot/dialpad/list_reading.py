"""Reads Dialpad's lists into the directory: what is missing at once, what is old slowly, each list by one process.

A list that a whole company sees is read once for all of them. A person sees it only after Dialpad has shown them the
same first page as to whoever reads it, which is asked again every day; who is shown something else has a list of their
own. Whoever reads it stays the same; without their access it is given up and read by somebody else from the start.

A page and the place where reading goes on are stored together, so that a killed process costs nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

import structlog

from bot.basics.company import CompanyKey
from bot.basics.errors import BadRequest, ChatopsError, DialpadError, NotAllowed, NotConnected, TokenRefused, UserError
from bot.basics.person import PersonKey
from bot.basics.stored_directory import SHARED, DirectoryBook, StoredList, View, Viewer
from bot.dialpad.accounts import Account, Accounts
from bot.dialpad.action import Entity
from bot.dialpad.entries import to_store
from bot.dialpad.lists import SHARED_KINDS, Extent, read_first_page, read_parts

_log = structlog.get_logger(__name__)

FIRST_LOAD: Final = 2.0
"""Seconds a first question waits for a list; then it gets what has come so far."""
FRESH_FOR: Final = timedelta(seconds=300)
FRESH_FOR_A_PAGE: Final = timedelta(seconds=10)
"""A list counts as fresh for so long a page: 2,000 pages are read again after five and a half hours."""
RETRY_AFTER: Final = timedelta(seconds=3)
"""How long after a failed reading until the next: people keep typing into an empty type-ahead."""
RIGHT_FOR: Final = timedelta(days=1)
"""How long what Dialpad has shown somebody counts. Then it is asked again, while the old answer still holds."""
RIGHT_AT_MOST: Final = timedelta(days=7)
_LOOK_EVERY_S: Final = 0.2
_HAS_NO_ACCESS: Final = (NotConnected, NotAllowed, TokenRefused)

Job: TypeAlias = tuple[CompanyKey, str, str]
"""Whose list (a viewer, or ``SHARED``) of which kind is seen to."""


@dataclass
class _UnderWay:
    task: "asyncio.Task[None]"
    since: float
    reader: str
    first_page: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True)
class Failure:
    at: datetime
    error: ChatopsError


@dataclass(frozen=True)
class Asker:
    """Who asks, with the account to ask Dialpad with. ``own_id``: their Dialpad user, "" when nobody knows it;
    ``sees_all``: a key of the whole company."""

    viewer: Viewer
    account: Account
    own_id: str
    sees_all: bool

    def job(self, entity: Entity) -> Job:
        return self.viewer.company, self.viewer.user_id, entity.value

    def has_own(self, entity: Entity, *, sees_shared: bool) -> bool:
        """Tell whether this person has a list of their own of this kind."""
        return entity not in SHARED_KINDS or not sees_shared or (entity is Entity.CONTACT and bool(self.own_id))


class ListReading:
    """Sees to it that lists are read. ``first_load``: seconds that a question waits at most."""

    def __init__(
        self,
        book: DirectoryBook,
        accounts: Accounts,
        *,
        first_load: float = FIRST_LOAD,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._book = book
        self._accounts = accounts
        self._sleep = sleep
        self.first_load = first_load
        self.under_way: dict[Job, _UnderWay] = {}
        self.failures: dict[Job, Failure] = {}

    async def see_to(self, asker: Asker, entity: Entity, view: View) -> bool:
        """Begin to read what is missing or old, and wait a moment for what is missing. True when it is worth looking
        again."""
        now = self._book.now()
        waits = self._see_to_person(asker, entity, view, now)
        shared = view.shared
        if shared is not None and view.own is not None and view.own.sees_shared and _is_due(shared, now):
            if self._may_start((asker.viewer.company, SHARED, entity.value), now):
                self._read_shared_by(self._reader_of(shared), entity)
            waits = waits or shared.complete_at is None
        if not waits:
            return False
        for job in (asker.job(entity), (asker.viewer.company, SHARED, entity.value)):
            if (reading := self.under_way.get(job)) is not None:
                left = reading.since + self.first_load - asyncio.get_running_loop().time()
                await asyncio.wait({reading.task}, timeout=max(0.0, left))
        return True

    def failure(self, asker: Asker, entity: Entity, view: View) -> ChatopsError | None:
        """Return why there is nothing to show; None when there is, or may soon be."""
        if any(one.pages or one.complete_at for one in view.visible):
            return None
        known = (self.failures.get(job) for job in (asker.job(entity), (asker.viewer.company, SHARED, entity.value)))
        return next((one.error for one in known if one is not None), None)

    def start(self, job: Job, reader: str, work: Coroutine[Any, Any, None]) -> _UnderWay:
        """Run something about a list in the background, unless it is under way."""
        if (known := self.under_way.get(job)) is not None:
            work.close()
            return known
        task = asyncio.create_task(self._run(job, work))
        reading = _UnderWay(task, asyncio.get_running_loop().time(), reader)
        self.under_way[job] = reading

        def ended(_: object) -> None:
            del self.under_way[job]
            work.close()  # it was never begun when its task was cancelled before its first step

        task.add_done_callback(ended)
        return reading

    async def resume(self) -> None:
        """Go on with the shared lists that somebody stopped reading half-way."""
        for known in await self._book.interrupted():
            if known.viewer == SHARED:
                self._read_shared_by(self._reader_of(known), Entity(known.entity))

    def account_of(self, shared: StoredList) -> Account:
        """Return the account of whoever read a shared list last."""
        return self._accounts.of(PersonKey(shared.company.team_id, shared.reader), within=shared.company)

    async def idle(self) -> None:
        """Return when nothing is being read."""
        while self.under_way:
            await asyncio.wait([one.task for one in self.under_way.values()])

    async def aclose(self) -> None:
        """Stop reading; the next process goes on."""
        tasks = [one.task for one in self.under_way.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, job: Job, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
            self.failures.pop(job, None)
        except (DialpadError, UserError) as failure:
            now = self._book.now()
            self.failures = {one: known for one, known in self.failures.items() if now - known.at < FRESH_FOR}
            self.failures[job] = Failure(now, failure)
            _log.warning("list not read", entity=job[2], failure=type(failure).__name__)

    def _may_start(self, job: Job, now: datetime) -> bool:
        failed = self.failures.get(job)
        return job not in self.under_way and (failed is None or now - failed.at > RETRY_AFTER)

    # A person: what they see, and what they have alone

    def _see_to_person(self, asker: Asker, entity: Entity, view: View, now: datetime) -> bool:
        """Begin what there is to do; True when the question should wait for it."""
        own = view.own
        age = None if own is None or own.checked_at is None else now - own.checked_at
        unsure = entity in SHARED_KINDS and (age is None or age > RIGHT_FOR or (view.shared is None and _sees(own)))
        lone = own is None or (asker.has_own(entity, sees_shared=own.sees_shared) and _is_due(own, now))
        if not unsure and not lone:
            return False
        job = asker.job(entity)
        if self._may_start(job, now):
            self.start(job, asker.viewer.user_id, self._settle(asker, entity))
        if own is None or (entity in SHARED_KINDS and (age is None or age > RIGHT_AT_MOST or view.shared is None)):
            return True
        return lone and own.complete_at is None

    async def _settle(self, asker: Asker, entity: Entity) -> None:
        """Find out whether a person sees the company's list, and read what they have alone."""
        own = await self._book.open_own(asker.viewer, entity.value)
        sees = await self._sees_shared(asker, entity, own) if entity in SHARED_KINDS else False
        if sees is None or not asker.has_own(entity, sees_shared=sees):
            return
        if sees != own.sees_shared or _is_due(own, self._book.now()):
            extent = Extent("own", asker.own_id) if sees else Extent("all")
            try:
                await self._read(asker.account, own, entity, extent)
            except NotAllowed:
                if not sees:
                    raise
                await self._book.finish(own, FRESH_FOR, FRESH_FOR_A_PAGE, whole=True)  # the company's will do

    async def _sees_shared(self, asker: Asker, entity: Entity, own: StoredList) -> bool | None:
        """Tell whether a person sees the company's list; None when that cannot be told yet."""
        shared = (await self._book.view(asker.viewer, entity.value)).shared
        age = None if own.checked_at is None else self._book.now() - own.checked_at
        if shared is not None and shared.pages:
            if age is not None and age <= RIGHT_FOR:
                return own.sees_shared
            return await self._check(asker, entity, own, shared)
        reading = self._read_shared_by(asker, entity)
        await self._first_page(reading)
        if reading.reader == asker.viewer.user_id:
            if reading.first_page.is_set():  # with this very person's access
                await self._book.note_right(own, sees_shared=True)
                return True
            if (failed := self.failures.get((asker.viewer.company, SHARED, entity.value))) is not None:
                raise failed.error
        shared = (await self._book.view(asker.viewer, entity.value)).shared
        return await self._check(asker, entity, own, shared) if shared is not None and shared.pages else None

    async def _check(self, asker: Asker, entity: Entity, own: StoredList, shared: StoredList) -> bool:
        again = own.checked_at is not None
        try:
            sees = asker.sees_all or await self._is_shown_the_same(asker, entity, shared, refresh=again)
        except NotAllowed:
            await self._book.note_right(own, sees_shared=False)
            raise
        await self._book.note_right(own, sees_shared=sees)
        return sees

    @staticmethod
    async def _first_page(reading: _UnderWay) -> None:
        waiting = asyncio.ensure_future(reading.first_page.wait())
        await asyncio.wait({waiting, reading.task}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()

    async def _is_shown_the_same(self, asker: Asker, entity: Entity, shared: StoredList, *, refresh: bool) -> bool:
        """Compare the first page of this person with that of whoever reads the list, now."""
        mine = {entry.id for entry in (await read_first_page(asker.account, entity, refresh=refresh)).entries}
        if mine == set(shared.first):
            return True
        try:
            page = await read_first_page(self.account_of(shared), entity, refresh=refresh)
        except _HAS_NO_ACCESS:
            await self._book.abandon(shared)
            reading = self._read_shared_by(asker, entity)
            await self._first_page(reading)
            return reading.reader == asker.viewer.user_id and reading.first_page.is_set()
        theirs = {entry.id for entry in page.entries}
        if theirs != set(shared.first):
            self._read_shared_by(self._reader_of(shared), entity)
        return mine == theirs

    # Reading

    def _read_shared_by(self, asker: Asker, entity: Entity) -> _UnderWay:
        job = (asker.viewer.company, SHARED, entity.value)
        return self.start(job, asker.viewer.user_id, self._read_shared(asker, entity))

    def _reader_of(self, shared: StoredList) -> Asker:
        """Return whoever reads a shared list: always the same person, so that it does not show what others see."""
        return Asker(Viewer(shared.company, shared.reader, ""), self.account_of(shared), "", sees_all=False)

    async def _read_shared(self, asker: Asker, entity: Entity) -> None:
        known = await self._book.open_shared(asker.viewer, entity.value)
        try:
            await self._read(asker.account, known, entity, Extent("shared"))
        except _HAS_NO_ACCESS:
            await self._book.abandon(known)  # the next one who asks reads it, and everybody is checked again
            raise

    async def _read(self, account: Account, known: StoredList, entity: Entity, extent: Extent) -> None:
        """Read a list to its end, from where somebody stopped. While another process reads it, wait a moment."""
        give_up = asyncio.get_running_loop().time() + self.first_load
        while not await self._book.may_read(known):
            if asyncio.get_running_loop().time() >= give_up:
                return
            await self._sleep(_LOOK_EVERY_S)
            now = await self._book.reread(known)
            if now is None or (now.complete_at is not None and now.cursor is None):
                return
        try:
            await self._read_pages(account, known, entity, extent)
        finally:
            await asyncio.shield(self._book.has_read(known))

    async def _read_pages(self, account: Account, known: StoredList, entity: Entity, extent: Extent) -> None:
        cursor, refresh = known.cursor, known.complete_at is not None
        pages = 0
        whole = True
        if cursor is None:
            await self._book.begin(known)
        try:
            async for part in read_parts(account, entity, extent, cursor=cursor, refresh=refresh):
                entries = [to_store(entry) for entry in part.entries]
                await self._book.add_page(known, entries, part.cursor, first=cursor is None and not pages)
                pages += 1
                reading = self.under_way.get((known.company, known.viewer, known.entity))
                if reading is not None:
                    reading.first_page.set()
        except BadRequest:
            if not pages and cursor is not None:  # somebody else's place in the list, or too old
                await self._book.begin(known)
                if (fresh := await self._book.reread(known)) is not None:
                    await self._read_pages(account, fresh, entity, extent)
                return
            if not pages:
                raise
            whole = False  # a known fault of Dialpad's contact lists: what came is valid, the rest stays as it was
            _log.warning("dialpad refused its own cursor", entity=entity.value, pages=pages)
        await self._book.finish(known, FRESH_FOR, FRESH_FOR_A_PAGE, whole=whole)


def _sees(own: StoredList | None) -> bool:
    return own is not None and own.sees_shared


def _is_due(known: StoredList, now: datetime) -> bool:
    """Tell whether a list is to be read, or to be read on."""
    if known.complete_at is None or known.cursor is not None:
        return True
    return known.fresh_until is None or known.fresh_until <= now
