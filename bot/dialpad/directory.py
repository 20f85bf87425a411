"""An in-memory copy of Dialpad's people, lines and other lists, for type-ahead and for turning ids into names.

Slack gives a type-ahead three seconds; Dialpad has pages. So answers come from the copy, at once, and an outdated copy
is renewed in the background. Each owner of a token has a copy of their own: what one person may see is never shown to
another.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final, Literal

import structlog

from bot.basics.errors import DialpadError, UserError
from bot.dialpad.accounts import Account
from bot.dialpad.action import Entity
from bot.dialpad.connection import DialpadConnection
from bot.dialpad.entries import Entry, fold, number_is, ranked
from bot.dialpad.lists import lists, read_list

_log = structlog.get_logger(__name__)

FRESH_FOR: Final = 300.0
OUTDATED_AFTER: Final = 30.0
"""Seconds after which a copy is renewed that Dialpad said has changed: an import changes a thousand contacts in a
minute."""
FIRST_LOAD: Final = 2.0
"""Seconds a first question waits for the copy; then it gets what has come so far."""
RETRY_AFTER: Final = 3.0
"""Seconds after a failed load until the next: people keep typing into an empty type-ahead."""
MOST_ENTRIES: Final = 20_000
"""Entries per list at most. Beyond that a type-ahead is of no use and costs memory."""
MOST_COPIES: Final = 500


@dataclass(frozen=True)
class NameMatch:
    """What a typed name may mean: ``one`` when it is unambiguous; else ``several``, best first, as "did you mean"."""

    one: Entry | None = None
    several: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Who:
    """The owner of a number. ``sure`` is ``line`` (the company's own), ``contact``, or ``several`` entries share it."""

    entry: Entry
    sure: Literal["line", "contact", "several"]


@dataclass
class _Copy:
    """One list of one owner, who belongs to the company with this id."""

    company: str = ""

    entries: dict[str, Entry] = field(default_factory=dict)
    folded: dict[str, str] = field(default_factory=dict)
    loaded_at: float = float("-inf")
    tried_at: float = float("-inf")
    complete: bool = False
    outdated: bool = False
    loading: asyncio.Task[None] | None = None
    failure: BaseException | None = None


class Directory:
    """In-memory copies of Dialpad's lists, per owner of a token. ``clock`` is monotonic seconds. ``tell_others`` passes
    on to other processes what is outdated, which comes in there by ``heard``."""

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        first_load: float = FIRST_LOAD,
        tell_others: Callable[[str, str], Awaitable[None]] | None = None,
    ) -> None:
        self._tell_others = tell_others
        self._clock = clock
        self._first_load = first_load
        self._copies: dict[tuple[str, Entity], _Copy] = {}

    async def search(self, account: Account, entity: Entity, query: str, limit: int = 20) -> list[Entry]:
        """Find entries whose name, detail or number matches ``query``, best first; all by name for an empty one.

        Raises ``UserError`` or ``DialpadError`` only when nothing could be loaded at all.
        """
        copy = await self._copy(account, entity)
        return ranked(copy.entries, copy.folded, query)[:limit]

    async def find(self, account: Account, entity: Entity, text: str) -> NameMatch:
        """Find what ``text``, a typed name, number, e-mail address or id, means."""
        copy = await self._copy(account, entity)
        wanted = fold(text)
        if not wanted:
            return NameMatch()
        if text.strip() in copy.entries:
            return NameMatch(one=copy.entries[text.strip()])
        ids = list(copy.entries)
        for matches in (
            [i for i in ids if fold(copy.entries[i].name) == wanted or number_is(copy.entries[i], text)],
            [i for i in ids if wanted == fold(copy.entries[i].detail)],
            [i for i in ids if wanted in copy.folded[i].split()],
            [i for i in ids if copy.folded[i].startswith(wanted)],
        ):
            if matches:
                entries = tuple(copy.entries[i] for i in matches)
                return NameMatch(one=entries[0]) if len(entries) == 1 else NameMatch(several=entries[:10])
        return NameMatch(several=tuple(ranked(copy.entries, copy.folded, text)[:5]))

    async def name_of(self, account: Account, entity: Entity, entry_id: str) -> str | None:
        """Return the name behind an id, None when the copy does not have it."""
        try:
            entry = (await self._copy(account, entity)).entries.get(entry_id)
        except (DialpadError, UserError):
            return None
        return entry.name if entry else None

    async def by_number(self, account: Account, e164: str) -> Who | None:
        """Find the owner of a number: a person or line of the company first, then a contact."""
        lines = (Entity.USER, Entity.CALL_CENTER, Entity.DEPARTMENT, Entity.OFFICE)
        kinds: tuple[tuple[Literal["line", "contact"], tuple[Entity, ...]], ...] = (
            ("line", lines),
            ("contact", (Entity.CONTACT,)),
        )
        wanted = (*lines, Entity.CONTACT)
        loaded = await asyncio.gather(*(self._copy(account, entity) for entity in wanted), return_exceptions=True)
        copies = {entity: copy for entity, copy in zip(wanted, loaded, strict=True) if isinstance(copy, _Copy)}
        for sure, entities in kinds:
            known = (entry for entity in entities if entity in copies for entry in copies[entity].entries.values())
            hits = [entry for entry in known if e164 in entry.phones]
            if hits:
                return Who(hits[0], sure if len(hits) == 1 else "several")
        return None

    async def forget(self, account: Account) -> None:
        """Drop the owner's copies, so that the next question loads them anew."""
        owner = _owner_of(await account.link())
        for key in [key for key in self._copies if key[0] == owner]:
            self._stop(self._copies.pop(key))
        await self._tell(owner, "")

    async def expire(self, account: Account) -> None:
        """Renew the owner's copies in the background of the next questions, which are still answered from the old
        ones."""
        owner = _owner_of(await account.link())
        self.heard(_scope(owner), "")
        await self._tell(owner, "")

    async def outdate(self, company: str, entity: Entity) -> None:
        """Mark a list of the company's as changed: the next question renews it in the background."""
        self.heard(_scope(company), entity)
        await self._tell(company, entity)

    def heard(self, scope: str, entity: str) -> None:
        """Take in that a list is outdated: a company's with ``entity``, else everything that one owner has."""
        for (owner, of), copy in self._copies.items():
            if entity and of == entity and _scope(copy.company) == scope:
                copy.outdated = True
            elif not entity and _scope(owner) == scope:
                copy.loaded_at = copy.tried_at = float("-inf")

    async def _tell(self, whose: str, entity: str) -> None:
        if self._tell_others is not None:
            await self._tell_others(_scope(whose), entity)

    async def loaded(self) -> None:
        """Return when nothing is being loaded."""
        while loading := [copy.loading for copy in self._copies.values() if copy.loading is not None]:
            await asyncio.wait(loading)

    async def aclose(self) -> None:
        """Stop loading."""
        for copy in self._copies.values():
            self._stop(copy)
        self._copies.clear()

    def _stop(self, copy: _Copy) -> None:
        if copy.loading is not None:
            copy.loading.cancel()

    async def _copy(self, account: Account, entity: Entity) -> _Copy:
        if not lists(entity):
            raise LookupError(f"there is no list of {entity}")
        link = await account.link()
        key = (_owner_of(link), entity)
        copy = self._copies.pop(key, None) or _Copy(link.company_of(account.person).company)
        self._copies[key] = copy  # last in the order: recently used
        while len(self._copies) > MOST_COPIES:
            self._stop(self._copies.pop(next(iter(self._copies))))
        now = self._clock()
        fresh_for = OUTDATED_AFTER if copy.outdated else FRESH_FOR
        if copy.loading is None and now - copy.loaded_at > fresh_for and now - copy.tried_at > RETRY_AFTER:
            copy.tried_at, copy.outdated = now, False
            copy.loading = asyncio.create_task(self._load(copy, account, entity))
        if not copy.complete and copy.loading is not None:
            await asyncio.wait({copy.loading}, timeout=max(0.0, copy.tried_at + self._first_load - now))
        if not copy.entries and copy.failure is not None and not copy.complete:
            raise copy.failure
        return copy

    async def _load(self, copy: _Copy, account: Account, entity: Entity) -> None:
        fresh: dict[str, Entry] = {}
        folded: dict[str, str] = {}
        try:
            async for entry in read_list(account, entity):
                fresh[entry.id] = entry
                folded[entry.id] = fold(f"{entry.name} {entry.detail}")
                if not copy.complete and len(fresh) >= len(copy.entries):
                    copy.entries, copy.folded = fresh, folded  # the first load is searched while it grows
                if len(fresh) >= MOST_ENTRIES:
                    break
        except (DialpadError, UserError) as failure:
            copy.failure = failure
            _log.warning("directory not loaded", entity=entity.value, failure=type(failure).__name__)
        else:
            copy.entries, copy.folded = fresh, folded
            copy.complete, copy.failure, copy.loaded_at = True, None, self._clock()
        finally:
            copy.loading = None


def _scope(whose: str) -> str:
    """Return a name under which others may read what is outdated: it says nothing of whose it is."""
    return sha256(whose.encode()).hexdigest()[:32]


def _owner_of(link: DialpadConnection) -> str:
    """Return whose access a copy was read with. A company key sees the same for everybody who pasted it."""
    if link.is_company_key or link.dialpad_user_id is None:
        key = sha256(link.access_token.get_secret_value().encode()).hexdigest()
        return f"{link.kind}:company:{link.company_id}:{key}"
    return f"{link.kind}:{link.company_id}:{link.dialpad_user_id}"
