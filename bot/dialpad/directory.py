"""A copy in memory of who and what there is at Dialpad, for type-ahead and for turning ids into names.

Slack gives a type-ahead three seconds; Dialpad has pages. So answers come from the copy, at once, and a copy that is
too old is renewed behind the answer. Each owner of a token has a copy of their own: what one person may see is never
shown to another.
"""

import asyncio
import time
import unicodedata
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from typing import Any, Final, Literal, TypeAlias

import structlog
from rapidfuzz import fuzz, process

from bot.dialpad.accounts import Account
from bot.dialpad.action import Action, Answer, Entity, Page
from bot.dialpad.actions import ALL
from bot.dialpad.actions.callcenters import ListCallCenters
from bot.dialpad.actions.contacts import ContactCard, ListContacts
from bot.dialpad.actions.customivrs import ListIvrs
from bot.dialpad.actions.departments import ListDepartments
from bot.dialpad.actions.numbers import ListNumbers
from bot.dialpad.actions.offices import ListOffices, Office
from bot.dialpad.actions.people import AssignedNumber, Group, User
from bot.dialpad.actions.users import ListUsers
from bot.dialpad.link import Link
from bot.errors import DialpadError, NotAllowed, UserError

_log = structlog.get_logger(__name__)

FRESH_FOR: Final = 300.0
OUTDATED_AFTER: Final = 30.0
"""The same for a copy of which Dialpad said that it changed: an import changes a thousand contacts in a minute."""
FIRST_LOAD: Final = 2.0
"""Seconds a first question waits for the copy; then it gets what has come so far."""
RETRY_AFTER: Final = 3.0
"""Seconds after a load that failed; who types into an empty type-ahead goes on typing."""
MOST_ENTRIES: Final = 20_000
"""Per list. Beyond that a type-ahead is no use and memory is."""
MOST_COPIES: Final = 500

_CLOSE: Final = 72.0
"""rapidfuzz score from which a name counts as meant with a slip of the finger."""


@dataclass(frozen=True)
class Entry:
    """One thing to choose. ``detail`` tells it from its namesakes; ``phones`` are E.164."""

    id: str
    name: str
    detail: str
    entity: Entity
    phones: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """What a name may mean: ``one`` is set when there is no doubt; else ``several``, best first, as "did you mean"."""

    one: Entry | None = None
    several: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Who:
    """Whose a number is. ``sure`` is ``line`` (the company's own), ``contact``, or ``several`` entries share it."""

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
    """The copies. ``clock`` is monotonic seconds."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic, first_load: float = FIRST_LOAD) -> None:
        self._clock = clock
        self._first_load = first_load
        self._copies: dict[tuple[str, Entity], _Copy] = {}

    async def search(self, account: Account, entity: Entity, query: str, limit: int = 20) -> list[Entry]:
        """Entries whose name, detail or number goes with ``query``, best first; all by name for an empty one.

        Raises ``UserError`` or ``DialpadError`` only when nothing could be loaded at all.
        """
        copy = await self._copy(account, entity)
        return _rank(copy, query)[:limit]

    async def find(self, account: Account, entity: Entity, text: str) -> Found:
        """What ``text``, a typed name, number, e-mail address or id, means."""
        copy = await self._copy(account, entity)
        wanted = fold(text)
        if not wanted:
            return Found()
        if text.strip() in copy.entries:
            return Found(one=copy.entries[text.strip()])
        ids = list(copy.entries)
        for matches in (
            [i for i in ids if fold(copy.entries[i].name) == wanted or _number_is(copy.entries[i], text)],
            [i for i in ids if wanted == fold(copy.entries[i].detail)],
            [i for i in ids if wanted in copy.folded[i].split()],
            [i for i in ids if copy.folded[i].startswith(wanted)],
        ):
            if matches:
                entries = tuple(copy.entries[i] for i in matches)
                return Found(one=entries[0]) if len(entries) == 1 else Found(several=entries[:10])
        return Found(several=tuple(_rank(copy, text)[:5]))

    async def name_of(self, account: Account, entity: Entity, entry_id: str) -> str | None:
        """The name behind an id, None when the copy does not have it."""
        try:
            entry = (await self._copy(account, entity)).entries.get(entry_id)
        except (DialpadError, UserError):
            return None
        return entry.name if entry else None

    async def by_number(self, account: Account, e164: str) -> Who | None:
        """Whose number this is: a person or line of the company first, then a contact."""
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
        """Drop the owner's copies, so that the next question sees what is new."""
        owner = _owner_of(await account.link())
        for key in [key for key in self._copies if key[0] == owner]:
            self._stop(self._copies.pop(key))

    async def expire(self, account: Account) -> None:
        """Renew the owner's copies behind the next questions, which are still answered from what is there."""
        owner = _owner_of(await account.link())
        for (of, _), copy in self._copies.items():
            if of == owner:
                copy.loaded_at = copy.tried_at = float("-inf")

    def outdate(self, company: str, entity: Entity) -> None:
        """Something in this list of the company's has changed: whoever asks next has it renewed behind the answer."""
        for (_, of), copy in self._copies.items():
            if of is entity and copy.company == company:
                copy.outdated = True

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
        copy = self._copies.pop(key, None) or _Copy(link.company_id or "")
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
            async for entry in _read(account, entity):
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


def fold(text: str) -> str:
    """Lower case, without accents, white space made single: how names are compared."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())


def _owner_of(link: Link) -> str:
    """Whose eyes a copy was read with. A company key sees the same for everybody who pasted it."""
    if link.is_company_key or link.dialpad_user_id is None:
        key = sha256(link.access_token.get_secret_value().encode()).hexdigest()
        return f"{link.kind}:company:{link.company_id}:{key}"
    return f"{link.kind}:{link.company_id}:{link.dialpad_user_id}"


def from_ms(ms: object) -> datetime | None:
    """A moment in epoch ms; None for what is none."""
    try:
        return datetime.fromtimestamp(float(str(ms)) / 1000, UTC) if ms else None
    except (ValueError, OverflowError, OSError):
        return None


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def _number_is(entry: Entry, text: str) -> bool:
    digits = _digits(text)
    return len(digits) >= 7 and any(_digits(phone) == digits for phone in entry.phones)


def _rank(copy: _Copy, query: str) -> list[Entry]:
    wanted = fold(query)
    if not wanted:
        return sorted(copy.entries.values(), key=lambda entry: fold(entry.name))
    digits = _digits(query)
    scored: list[tuple[int, str, Entry]] = []
    for entry_id, text in copy.folded.items():
        entry = copy.entries[entry_id]
        rank = _rank_of(text, wanted)
        if rank is None and len(digits) >= 3 and any(digits in _digits(phone) for phone in entry.phones):
            rank = 3
        if rank is not None:
            scored.append((rank, text, entry))
    if scored:
        return [entry for _, _, entry in sorted(scored, key=lambda item: item[:2])]
    close = process.extract(wanted, copy.folded, scorer=fuzz.WRatio, limit=10, score_cutoff=_CLOSE)
    return [copy.entries[entry_id] for _, _, entry_id in close]


def _rank_of(text: str, wanted: str) -> int | None:
    if text.startswith(wanted):
        return 0
    if f" {wanted}" in text:
        return 1
    words = text.split()
    if all(any(word.startswith(part) for word in words) for part in wanted.split()):
        return 1
    return 2 if wanted in text else None


def _of_user(user: User) -> Entry:
    return Entry(user.id or "", user.name, next(iter(user.emails), ""), Entity.USER, user.phone_numbers)


def _of_group(entity: Entity) -> Callable[[Group | Office], Entry]:
    def build(group: Group | Office) -> Entry:
        return Entry(
            group.id or "", group.name or "(no name)", next(iter(group.phone_numbers), ""), entity, group.phone_numbers
        )

    return build


def _of_contact(contact: ContactCard) -> Entry:
    detail = contact.company_name or contact.primary_phone or contact.primary_email or ""
    phones = contact.phones or ((contact.primary_phone,) if contact.primary_phone else ())
    return Entry(contact.id or "", contact.name, detail, Entity.CONTACT, phones)


def _of_number(number: AssignedNumber) -> Entry:
    value = number.number or ""
    return Entry(value, value, number.status or "", Entity.NUMBER, (value,) if value else ())


def _of_anything(entity: Entity, *named: str) -> Callable[[Answer], Entry]:
    """An entry of a list that has no model worth naming: the first of ``named`` that is there is its name."""

    def build(answer: Answer) -> Entry:
        known = answer.model_dump(mode="json", by_alias=True)
        said = [str(known[name]) for name in (*named, "display_name", "name") if known.get(name)]
        entry_id = str(known.get("id") or known.get("call_id") or "")
        phones = known.get("phone_numbers") or ()
        return Entry(
            entry_id, said[0] if said else entry_id, said[1] if len(said) > 1 else "", entity,
            tuple(str(phone) for phone in phones if isinstance(phone, str)),
        )  # fmt: skip

    return build


def _of_call(answer: Answer) -> Entry:
    known = answer.model_dump(mode="json", by_alias=True)
    contact = known.get("contact")
    other: dict[str, Any] = contact if isinstance(contact, dict) else {}
    number = str(known.get("external_number") or "")
    name = str(other.get("name") or number or "Call")
    began = from_ms(known.get("date_started"))
    when = f"{began:%d %b %H:%M} UTC" if began else ""
    detail = " ".join(part for part in (str(known.get("direction") or ""), when) if part)
    return Entry(str(known.get("call_id") or ""), name, detail, Entity.CALL, (number,) if number else ())


def _of_subscription(kind: str) -> Callable[[Answer], Entry]:
    def build(answer: Answer) -> Entry:
        known = answer.model_dump(mode="json", by_alias=True)
        about = known.get("target_type") or known.get("contact_type") or "the whole company"
        state = "" if known.get("enabled", True) else ", off"
        return Entry(str(known.get("id") or ""), f"{kind} events of {about}{state}", kind, Entity.SUBSCRIPTION)

    return build


_Build: TypeAlias = Callable[[Any], Entry]
_Source: TypeAlias = tuple[Callable[[], Action[Any]], _Build]

_KNOWN: Final[dict[Entity, _Source]] = {
    Entity.USER: (ListUsers, _of_user),
    Entity.OFFICE: (ListOffices, _of_group(Entity.OFFICE)),
    Entity.DEPARTMENT: (ListDepartments, _of_group(Entity.DEPARTMENT)),
    Entity.CALL_CENTER: (ListCallCenters, _of_group(Entity.CALL_CENTER)),
    Entity.CONTACT: (lambda: ListContacts(include_local=True), _of_contact),
    Entity.NUMBER: (ListNumbers, _of_number),
    Entity.IVR: (lambda: ListIvrs(target_type="office", target_id=""), _of_anything(Entity.IVR)),  # line by line
}
_BY_PATH: Final[dict[Entity, tuple[tuple[str, _Build], ...]]] = {
    Entity.ROOM: (("/api/v2/rooms", _of_anything(Entity.ROOM)),),
    Entity.CHANNEL: (("/api/v2/channels", _of_anything(Entity.CHANNEL)),),
    Entity.COACHING_TEAM: (("/api/v2/coachingteams", _of_anything(Entity.COACHING_TEAM)),),
    Entity.CALL_ROUTER: (("/api/v2/callrouters", _of_anything(Entity.CALL_ROUTER)),),
    Entity.POLICY: (("/api/v2/accesscontrolpolicies", _of_anything(Entity.POLICY, "name", "description")),),
    Entity.WEBHOOK: (("/api/v2/webhooks", _of_anything(Entity.WEBHOOK, "hook_url")),),
    Entity.WEBSOCKET: (("/api/v2/websockets", _of_anything(Entity.WEBSOCKET)),),
    Entity.REPORT: (("/api/v2/schedulereports", _of_anything(Entity.REPORT, "name", "report_type")),),
    Entity.DEVICE: (("/api/v2/userdevices", _of_anything(Entity.DEVICE, "display_name", "name", "type")),),
    Entity.CALL: (("/api/v2/call", _of_call),),
    Entity.SUBSCRIPTION: tuple(
        (f"/api/v2/subscriptions/{kind}", _of_subscription(kind))
        for kind in ("call", "sms", "agent_status", "contact", "changelog")
    ),
    Entity.COMPANY: (("/api/v2/company", _of_anything(Entity.COMPANY)),),
}
"""Lists by the path of their action."""
_MOST_LINES: Final = 40
"""Lines whose announcements are read."""
_FIRST_PAGES: Final = {Entity.CALL: 2}
"""Lists of which only the beginning, the newest, is worth a type-ahead."""


@cache
def lists(entity: Entity) -> tuple[_Source, ...]:
    """Where the entries of a kind come from; empty for what Dialpad lists nowhere."""
    if entity in _KNOWN:
        return (_KNOWN[entity],)
    gets = {action.request.path: action for action in ALL if action.request.method == "GET"}
    return tuple((gets[path], build) for path, build in _BY_PATH.get(entity, ()) if path in gets)


async def _read(account: Account, entity: Entity) -> AsyncIterator[Entry]:
    if entity is Entity.IVR:
        async for entry in _read_ivrs(account):
            yield entry
        return
    failure: DialpadError | None = None
    sources = lists(entity)
    for build_action, build_entry in sources:
        try:
            async for answers in _answers(account, build_action(), _FIRST_PAGES.get(entity)):
                for entry in _kept(map(build_entry, answers)):
                    yield entry
        except DialpadError as problem:
            if len(sources) == 1:
                raise
            failure = problem  # one of several lists that this person may not see leaves the others
    if failure is not None and not isinstance(failure, NotAllowed):
        raise failure


async def _read_ivrs(account: Account) -> AsyncIterator[Entry]:
    """Announcements are listed line by line."""
    kinds = {"callcenter": ListCallCenters, "department": ListDepartments, "office": ListOffices}
    lines = 0
    for kind, list_them in kinds.items():
        async for page in account.pages(list_them(), background=True):
            for line in page.items:
                lines += 1
                if lines > _MOST_LINES or not line.id:
                    return
                found = await account.send(
                    ListIvrs.model_validate({"target_type": kind, "target_id": line.id}), background=True
                )
                for known in _ivrs_in(found):
                    yield Entry(known[0], f"{known[1]} ({line.name})", known[2], Entity.IVR)


def _ivrs_in(answer: Answer) -> Iterable[tuple[str, str, str]]:
    """Id, name and kind of every announcement in a line's list."""
    for sort in answer.model_dump(mode="json", by_alias=True).get("items") or ():
        for one in sort.get("ivrs") or ():
            if one.get("id"):
                kind = str(sort.get("ivr_type") or "").replace("_", " ").casefold()
                yield str(one["id"]), str(one.get("name") or kind or one["id"]), kind


async def _answers(account: Account, action: Action[Any], most: int | None) -> AsyncIterator[Iterable[Any]]:
    if not issubclass(type(action).answer_type(), Page):
        yield items_of(await account.send(action, background=True))
        return
    count = 0
    async for page in account.pages(action, background=True):
        yield page.items
        count += 1
        if most is not None and count >= most:
            return


def items_of(answer: Answer) -> tuple[Answer, ...]:
    """The things in an answer that is no page: its one list of objects, else the answer itself."""
    for value in dict(answer).values():
        if isinstance(value, list | tuple) and value and all(isinstance(item, Answer) for item in value):
            return tuple(value)
    listed = answer.model_extra.get("items") if answer.model_extra else None
    if isinstance(listed, list):
        return tuple(Answer.model_validate(item) for item in listed if isinstance(item, dict))
    return (answer,)


def _kept(entries: Iterable[Entry]) -> Iterable[Entry]:
    return (entry for entry in entries if entry.id)
