"""Dialpad's people, lines, contacts and other lists, for type-ahead and for turning ids into names.

Slack gives a type-ahead three seconds; Dialpad has pages. So answers come from what is stored, at once, and what is old
is read again in the background. Who sees what:

* People, call centers, departments, offices and shared contacts: one copy for a company, for those to whom Dialpad
  shows the same list. Whoever is shown another has a copy of their own (``bot.dialpad.list_reading``).
* Local contacts, and all other kinds (numbers, devices, webhooks …): each person's own copy, for them alone.

Every query names the person, and looks in nothing that they may not see (``bot.store.directory_search``).
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final, Literal

from bot.basics.company import CompanyKey
from bot.basics.errors import ChatopsError, DialpadError, NotFound, UserError
from bot.basics.opening_hours import OpeningHours
from bot.basics.phone import join_regions, readings_of, region_of, written_forms
from bot.basics.stored_directory import DirectoryBook, FoundEntries, Viewer
from bot.dialpad.accounts import Account, Accounts
from bot.dialpad.action import Action, Entity, Response, entity_of
from bot.dialpad.actions.contacts import ContactCard
from bot.dialpad.actions.users import GetUser
from bot.dialpad.connection import DialpadConnection
from bot.dialpad.entries import Entry, from_store, to_store
from bot.dialpad.events import ChangeEvent, ContactEvent
from bot.dialpad.list_reading import FIRST_LOAD, Asker, ListReading
from bot.dialpad.lists import entry_of, entry_of_event, lists

REGION_FOR: Final = timedelta(minutes=1)
"""How long the countries of a company's offices are taken as known."""
_MOST_REGIONS: Final = 4
OUTDATED_AFTER: Final = timedelta(seconds=30)
"""After so long a list is read again of which Dialpad said that something has changed, but not what."""
_SEVERAL: Final = 10
_LINES: Final = (Entity.USER, Entity.CALL_CENTER, Entity.DEPARTMENT, Entity.OFFICE)
_CHANGED: Final = {
    "user": Entity.USER,
    "callcenter": Entity.CALL_CENTER,
    "call_center": Entity.CALL_CENTER,
    "department": Entity.DEPARTMENT,
    "office": Entity.OFFICE,
}
"""Kinds by what events and places call them."""


@dataclass(frozen=True)
class NameMatch:
    """What a typed name may mean: ``one`` when it is unambiguous; else ``several``, best first, as "did you mean"."""

    one: Entry | None = None
    several: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Meant:
    """Who or what a typed text means, of several kinds. ``near``: what it may mean, where it surely means nothing."""

    sure: tuple[Entry, ...]
    near: tuple[Entry, ...]


@dataclass(frozen=True)
class Who:
    """The owner of a number. ``sure`` is ``line`` (the company's own), ``contact``, or ``several`` entries share it."""

    entry: Entry
    sure: Literal["line", "contact", "several"]


class Directory:
    """Dialpad's lists as they are stored in ``book``, which all processes share. ``first_load``: seconds a first
    question waits for a list. ``region``: where numbers without their country code are from when the company's offices
    do not tell; with ``region_first`` it counts before theirs, because somebody chose it."""

    def __init__(
        self,
        book: DirectoryBook,
        accounts: Accounts,
        *,
        first_load: float = FIRST_LOAD,
        region: str = "US",
        region_first: bool = False,
    ) -> None:
        self._book = book
        self._region = region
        self._region_first = region_first
        self._regions: dict[CompanyKey, tuple[datetime, str]] = {}
        self.reading = ListReading(book, accounts, first_load=first_load)

    async def search(self, account: Account, entity: Entity, query: str, limit: int = 20) -> list[Entry]:
        """Find entries whose name, detail or number matches ``query``, best first; all by name for an empty one.

        Raises ``UserError`` or ``DialpadError`` only when nothing could be read at all.
        """
        region = await self.region(account)

        async def look(viewer: Viewer) -> FoundEntries:
            found = await self._book.search(viewer, entity.value, query, limit)
            whose = [
                entry
                for number in readings_of(query, region)
                for entry in (await self._book.by_number(viewer, [entity.value], written_forms(number, region))).entries
            ]
            both = {entry.id: entry for entry in (*whose, *found.entries)}
            return replace(found, entries=tuple(both.values())[:limit])

        found = await self._ask(account, (entity,), look)
        return [from_store(entry, region) for entry in found.entries]

    async def find(self, account: Account, entity: Entity, text: str) -> NameMatch:
        """Find what ``text``, a typed name, number, e-mail address or id, means."""
        found = await self.find_among(account, (entity,), text)
        if len(found.sure) == 1:
            return NameMatch(one=found.sure[0])
        return NameMatch(several=(found.sure or found.near)[:_SEVERAL])

    async def find_among(self, account: Account, entities: Sequence[Entity], text: str) -> Meant:
        """Find what ``text`` means among these kinds, in one look."""
        kinds = [entity.value for entity in entities]
        found = await self._ask(account, entities, lambda viewer: self._book.find(viewer, kinds, text))
        region = await self.region(account)
        sure, near = ([from_store(entry, region) for entry in some] for some in (found.sure, found.entries))
        return Meant(tuple(sure), tuple(near))

    async def name_of(self, account: Account, entity: Entity, entry_id: str) -> str | None:
        """Return the name behind an id, None when it is not known."""
        try:
            found = await self._ask(account, (entity,), lambda viewer: self._book.get(viewer, entity.value, entry_id))
        except (DialpadError, UserError):
            return None
        return found.entries[0].name if found.entries else None

    async def hours_of(self, account: Account, place: str) -> OpeningHours | None:
        """Return the opening hours of a line, given as ``callcenter:5527``; None when they are not known, or there are
        none."""
        kind, _, entry_id = place.partition(":")
        entity = entity_of_place(kind)
        if entity is None or entity is Entity.USER:
            return None
        try:
            found = await self._ask(account, (entity,), lambda viewer: self._book.get(viewer, entity.value, entry_id))
        except (DialpadError, UserError):
            return None
        return from_store(found.entries[0]).hours if found.entries else None

    async def by_number(self, account: Account, e164: str) -> Who | None:
        """Find the owner of a number: a person or line of the company first, then a contact."""
        wanted = (*_LINES, Entity.CONTACT)
        kinds = [entity.value for entity in wanted]
        region = await self.region(account)
        forms = written_forms(e164, region)
        found = await self._look(account, wanted, lambda viewer: self._book.by_number(viewer, kinds, forms))
        entries = [entry for one in found.entries if e164 in (entry := from_store(one, region)).phones]
        of_ours = [entry for entry in entries if entry.entity in _LINES]
        hits = of_ours or entries
        if not hits:
            return None
        return Who(hits[0], "several" if len(hits) > 1 else "line" if of_ours else "contact")

    async def by_extension(self, account: Account, digits: str) -> list[Entry]:
        """Find the people, rooms and lines of the company that colleagues reach by these digits. What this person may
        not list is left out."""
        wanted = (*_LINES, Entity.ROOM)
        kinds = [entity.value for entity in wanted]
        found = await self._look(account, wanted, lambda viewer: self._book.by_extension(viewer, kinds, digits))
        region = await self.region(account)
        return [from_store(entry, region) for entry in found.entries]

    async def region(self, account: Account) -> str:
        """Return where numbers without their country code are from in this person's company, as ``bot.basics.phone``
        reads regions: the countries of its offices, as their numbers tell, and what was set for all."""
        try:
            company = (await account.link()).company_of(account.person)
        except ChatopsError:
            return self._region
        looked_at, known = self._regions.get(company, (None, ""))
        now = self._book.now()
        if looked_at is None or not timedelta(0) <= now - looked_at < REGION_FOR:
            phones = await self._book.phones_of_kind(company, Entity.OFFICE.value)
            offices = list(dict.fromkeys(filter(None, map(region_of, phones))))[:_MOST_REGIONS]
            known = join_regions((self._region, *offices) if self._region_first or not offices else offices)
            if offices:
                self._regions[company] = (now, known)
        return known

    async def is_cut_short(self, account: Account) -> bool:
        """Tell whether Dialpad gave only a part of the contacts that this person sees, so that one who is not found may
        be there all the same."""
        try:
            asker = await self._asker(account)
        except ChatopsError:
            return False
        view = await self._book.view(asker.viewer, Entity.CONTACT.value)
        return any(one.cut_short for one in view.visible)

    async def forget(self, account: Account) -> None:
        """Let a person's lists, and the company's short ones, be read anew with the next question."""
        await self._book.forget((await self._asker(account)).viewer)

    async def changed(self, account: Account, action: Action[Any], answer: Response) -> None:
        """Take in what this person has just changed at Dialpad. What the answer does not say is read again in the
        background of the next questions."""
        asker = await self._asker(account)
        await self._take_in(asker, action, answer)
        await self._book.outdate_short(asker.viewer, self._book.now())

    async def heard(self, company: CompanyKey, event: ContactEvent | ChangeEvent) -> None:
        """Take in what Dialpad said has changed."""
        if isinstance(event, ContactEvent):
            await self._heard_of_contact(company, event)
            return
        kind = _CHANGED.get(event.target.type or "") if event.target is not None else None
        if kind is Entity.USER and event.target is not None and event.target.id:
            entry_id = str(event.target.id)
            self.reading.start((company, "", f"user {entry_id}"), "", self._read_person(company, entry_id))
        elif kind is not None:
            await self._book.outdate(company, kind.value, self._book.now() + OUTDATED_AFTER)

    async def resume(self) -> None:
        """Go on with what a process that ended was reading."""
        await self.reading.resume()

    async def aclose(self) -> None:
        """Stop reading."""
        await self.reading.aclose()

    async def _ask(
        self, account: Account, entities: Sequence[Entity], look: Callable[[Viewer], Awaitable[FoundEntries]]
    ) -> FoundEntries:
        """Look as ``_look`` does. Raises the error of the first kind of which nothing could be read."""
        for entity in entities:
            if not lists(entity):
                raise LookupError(f"there is no list of {entity}")
        asker = await self._asker(account)
        found = await self._look_as(asker, entities, look)
        for entity in entities:
            if (failure := self.reading.failure(asker, entity, found.views[entity.value])) is not None:
                raise failure
        return found

    async def _look(
        self, account: Account, entities: Sequence[Entity], look: Callable[[Viewer], Awaitable[FoundEntries]]
    ) -> FoundEntries:
        return await self._look_as(await self._asker(account), entities, look)

    async def _look_as(
        self, asker: Asker, entities: Sequence[Entity], look: Callable[[Viewer], Awaitable[FoundEntries]]
    ) -> FoundEntries:
        """Look, and once more when a list was missing that has come meanwhile."""
        found = await look(asker.viewer)
        sees = (self.reading.see_to(asker, entity, found.views[entity.value]) for entity in entities)
        return await look(asker.viewer) if any(await asyncio.gather(*sees)) else found

    async def _asker(self, account: Account) -> Asker:
        link = await account.link()
        viewer = Viewer(link.company_of(account.person), account.person.user_id, _access_of(link))
        return Asker(viewer, account, link.dialpad_user_id or "", sees_all=link.is_company_key)

    async def _take_in(self, asker: Asker, action: Action[Any], answer: Response) -> None:
        company = asker.viewer.company
        if action.request.method == "DELETE":
            field = type(action).model_fields.get("id")
            kind = entity_of(field) if field is not None else None
            if kind is not None:
                await self._book.drop(company, kind.value, str(getattr(action, "id", "")))
            return
        entry = entry_of(answer)
        if entry is None:
            return
        owner = answer.owner_id or answer.type == "local" if isinstance(answer, ContactCard) else None
        if not owner:
            await self._book.put_shared(company, to_store(entry))
        elif owner in {True, asker.own_id}:
            await self._book.put_own(asker.viewer, to_store(entry))

    async def _heard_of_contact(self, company: CompanyKey, event: ContactEvent) -> None:
        kind = Entity.CONTACT.value
        entry = entry_of_event(event)
        if event.change == "deleted" and event.contact is not None and event.contact.id:
            await self._book.drop(company, kind, str(event.contact.id))
        elif entry is None or event.contact is None:
            await self._book.outdate(company, kind, self._book.now() + OUTDATED_AFTER)
        elif event.contact.type != "local":
            await self._book.put_shared(company, to_store(entry))
        elif not await self._book.put_where_known(company, to_store(entry)):
            # Dialpad does not say whose it is.
            await self._book.outdate(company, kind, self._book.now() + OUTDATED_AFTER, own_only=True)

    async def _read_person(self, company: CompanyKey, user_id: str) -> None:
        """Read one person again, with the access of whoever read all of them."""
        shared = await self._book.shared(company, Entity.USER.value)
        if shared is None:
            return
        try:
            user = await self.reading.account_of(shared).send(GetUser(id=user_id), background=True, refresh=True)
        except NotFound:
            await self._book.drop(company, Entity.USER.value, user_id)
            return
        except ChatopsError:
            await self._book.outdate(company, Entity.USER.value, self._book.now())
            return
        entry = entry_of(user)
        if user.state not in {None, "active"}:
            await self._book.drop(company, Entity.USER.value, user_id)
        elif entry is not None:
            await self._book.put_shared(company, to_store(entry))


def entity_of_place(kind: str) -> Entity | None:
    """Return the kind of list that holds a line of this kind, as events and places call it; None for any other."""
    return _CHANGED.get(kind)


def _access_of(link: DialpadConnection) -> str:
    """Return what stands for the Dialpad account that somebody acts with; it says nothing of it."""
    said = link.dialpad_user_id
    if link.is_company_key or said is None:
        said = link.access_token.get_secret_value()
    return sha256(f"{link.kind}:{link.is_company_key}:{said}".encode()).hexdigest()[:32]
