"""Dialpad's lists, by kind, and how an item becomes an entry to choose.

What Dialpad shows of ``SHARED_KINDS`` is the same for all of a company whom it shows any of it, as far as is known. Of
every other kind, such as numbers or webhooks, people with other rights see others; and local contacts are one person's
own.
"""

from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from time import time
from typing import Any, Final, Literal, TypeAlias

from bot.basics.errors import DialpadError, NotAllowed
from bot.basics.opening_hours import read_hours
from bot.dialpad.accounts import Account
from bot.dialpad.action import Action, Entity, Page, Response
from bot.dialpad.actions import ALL
from bot.dialpad.actions.callcenters import ListCallCenters
from bot.dialpad.actions.contacts import ContactCard, ListContacts
from bot.dialpad.actions.customivrs import ListIvrs
from bot.dialpad.actions.departments import ListDepartments
from bot.dialpad.actions.meetings import ListScheduledMeetings
from bot.dialpad.actions.numbers import ListNumbers
from bot.dialpad.actions.offices import ListOffices, Office
from bot.dialpad.actions.people import AssignedNumber, GroupDetails, User
from bot.dialpad.actions.users import ListUsers
from bot.dialpad.entries import Entry
from bot.dialpad.events import ContactEvent


def _of_user(user: User) -> Entry:
    email, extension = next(iter(user.emails), ""), _digits(user.extension)
    return Entry(user.id or "", user.name, email, Entity.USER, user.phone_numbers, extension=extension)


def _digits(extension: object) -> str:
    """Return an extension that can be typed, "" for none. Dialpad's document has them for people and contacts only."""
    said = str(extension or "").strip()
    return said if said.isascii() and said.isdigit() else ""


def _of_group(entity: Entity) -> Callable[[GroupDetails | Office], Entry]:
    def build(group: GroupDetails | Office) -> Entry:
        known = group.model_dump(mode="json", by_alias=True)
        return Entry(
            group.id or "", group.name or "(no name)", next(iter(group.phone_numbers), ""), entity, group.phone_numbers,
            read_hours(known), _digits(known.get("extension")),
        )  # fmt: skip

    return build


def _of_contact(contact: ContactCard) -> Entry:
    detail = contact.company_name or contact.primary_phone or contact.primary_email or ""
    phones = contact.phones or ((contact.primary_phone,) if contact.primary_phone else ())
    return Entry(contact.id or "", contact.name, detail, Entity.CONTACT, phones)


def _of_number(number: AssignedNumber) -> Entry:
    value = number.number or ""
    return Entry(value, value, number.status or "", Entity.NUMBER, (value,) if value else ())


def _of_anything(entity: Entity, *named: str) -> Callable[[Response], Entry]:
    """Build an entry from an item without a model of its own: the first of ``named`` that is there is its name."""

    def build(answer: Response) -> Entry:
        known = answer.model_dump(mode="json", by_alias=True)
        said = [str(known[name]) for name in (*named, "display_name", "name") if known.get(name)]
        entry_id = str(known.get("id") or known.get("call_id") or "")
        phones = known.get("phone_numbers") or ()
        return Entry(
            entry_id, said[0] if said else entry_id, said[1] if len(said) > 1 else "", entity,
            tuple(str(phone) for phone in phones if isinstance(phone, str)),
            extension=_digits(known.get("extension")) if entity is Entity.ROOM else "",
        )  # fmt: skip

    return build


def _of_bulk_text(answer: Response) -> Entry:
    known = answer.model_dump(mode="json", by_alias=True)
    said = str(known.get("title") or known.get("text") or "Bulk text")
    count = known.get("num_recipients") or 0
    return Entry(str(known.get("bulk_message_id") or ""), said[:80], str(count), Entity.BULK_TEXT)


def _of_scheduled_text(answer: Response) -> Entry:
    known = answer.model_dump(mode="json", by_alias=True)
    at = _moment((known.get("scheduled_time") or 0) * 1000)
    said = str(known.get("text") or "Scheduled text")
    return Entry(str(known.get("schedule_id") or ""), said[:80], _stamp(at), Entity.SCHEDULED_TEXT)


def _moment(ms: object) -> datetime | None:
    """Read a moment in epoch ms; None if it is none."""
    try:
        return datetime.fromtimestamp(float(str(ms)) / 1000, UTC) if ms else None
    except (ValueError, OverflowError, OSError):
        return None


def _stamp(moment: datetime | None) -> str:
    """Write a moment for whoever shows it to read: each reader has a clock of their own."""
    return f"{moment:%Y-%m-%dT%H:%MZ}" if moment else ""


def _of_call(answer: Response) -> Entry:
    known = answer.model_dump(mode="json", by_alias=True)
    contact = known.get("contact")
    other: dict[str, Any] = contact if isinstance(contact, dict) else {}
    number = str(known.get("external_number") or "")
    name = str(other.get("name") or number or "Call")
    began = _moment(known.get("date_started"))
    detail = " ".join(part for part in (str(known.get("direction") or ""), _stamp(began)) if part)
    return Entry(str(known.get("call_id") or ""), name, detail, Entity.CALL, (number,) if number else ())


def _of_meeting(answer: Response) -> Entry:
    known = answer.model_dump(mode="json", by_alias=True)
    title, begins = str(known.get("title") or "(no title)"), str(known.get("start_datetime") or "")
    return Entry(str(known.get("id") or ""), title, begins, Entity.MEETING)


def _of_subscription(kind: str) -> Callable[[Response], Entry]:
    def build(answer: Response) -> Entry:
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
    Entity.CONTACT: (ListContacts, _of_contact),
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
        for kind in ("call", "sms", "agent_status", "contact", "changelog", "channel", "fax")
    ),
    Entity.DISPOSITION: (("/api/v2/dispositions", _of_anything(Entity.DISPOSITION)),),
    Entity.BULK_TEXT: (("/api/v2/message/bulk", _of_bulk_text),),
    Entity.SCHEDULED_TEXT: (("/api/v2/message/schedule", _of_scheduled_text),),
    Entity.SCORECARD: (("/api/v2/scorecards", _of_anything(Entity.SCORECARD)),),
    Entity.MEETING: (("/api/v2/meetings", _of_meeting),),
    Entity.COMPANY: (("/api/v2/company", _of_anything(Entity.COMPANY)),),
}
"""Lists by the path of their action."""
SHARED_KINDS: Final = (Entity.USER, Entity.CALL_CENTER, Entity.DEPARTMENT, Entity.OFFICE, Entity.CONTACT)
_MEETINGS_BACK: Final = 30 * 24 * 3600
"""Seconds since when a person's planned meetings are read."""
_MOST_LINES: Final = 40
"""Number of lines whose announcements are read."""
_FIRST_PAGES: Final = {Entity.CALL: 2}
"""Pages to read of lists of which only the newest entries are useful in a type-ahead."""


@cache
def lists(entity: Entity) -> tuple[_Source, ...]:
    """Return the sources of the entries of a kind; empty for what Dialpad lists nowhere."""
    if entity in _KNOWN:
        return (_KNOWN[entity],)
    gets = {action.request.path: action for action in ALL if action.request.method == "GET"}
    return tuple((gets[path], build) for path, build in _BY_PATH.get(entity, ()) if path in gets)


@dataclass(frozen=True)
class ListPart:
    """Some entries of a list, in its order. ``cursor`` is where reading can go on behind them; None at the end, and for
    lists that are only read as a whole."""

    entries: tuple[Entry, ...]
    cursor: str | None = None


@dataclass(frozen=True)
class Extent:
    """Which entries of a kind are meant: all that an account may see, only the company's, or with ``owner`` (a Dialpad
    user's id) only that person's own. It makes a difference for contacts."""

    what: Literal["all", "shared", "own"] = "all"
    owner: str = ""


async def read_parts(
    account: Account, entity: Entity, extent: Extent, *, cursor: str | None = None, refresh: bool = False
) -> AsyncIterator[ListPart]:
    """Yield the entries of a list that this account may see, from ``cursor`` on. Raises DialpadError."""
    sources = lists(entity)
    if entity in {Entity.IVR, Entity.MEETING} or entity in _FIRST_PAGES or len(sources) != 1:
        async for part in _read_whole(account, entity, refresh):
            yield part
        return
    build_entry = sources[0][1]
    seen: set[str] = set()
    while True:
        answer = await account.send(_first_action(entity, extent, cursor), background=True, refresh=refresh)
        if not isinstance(answer, Page):
            yield ListPart(tuple(_kept(map(build_entry, items_of(answer)))))
            return
        cursor = answer.cursor if answer.cursor and answer.cursor not in seen else None
        yield ListPart(tuple(_kept(map(build_entry, answer.items))), cursor)
        if cursor is None:
            return
        seen.add(cursor)


async def read_first_page(account: Account, entity: Entity, *, refresh: bool) -> ListPart:
    """Read the first page of the company's list of a kind as this account sees it; before any background work, unless
    it is a ``refresh``."""
    page = await account.send(_first_action(entity, Extent("shared"), None), background=refresh, refresh=refresh)
    return ListPart(tuple(_kept(map(lists(entity)[0][1], page.items))), page.cursor or None)


def entry_of(answer: Response) -> Entry | None:
    """Return the entry of a single contact or person. None for what is not that, or says too little."""
    match answer:
        case ContactCard(id=str()):
            return _of_contact(answer)
        case User(id=str(), emails=(_, *_)):
            return _of_user(answer)
        case _:
            return None


def entry_of_event(event: ContactEvent) -> Entry | None:
    """Return a contact as its event describes it. None when it says too little."""
    known = event.contact
    if known is None or not known.id or not (known.name or known.first_name or known.last_name):
        return None
    card = ContactCard(
        id=known.id, display_name=known.name, first_name=known.first_name, last_name=known.last_name,
        company_name=known.company_name, phones=known.phones, primary_email=next(iter(known.emails), None),
        primary_phone=next(iter(known.phones), None),
    )  # fmt: skip
    return _of_contact(card)


def _first_action(entity: Entity, extent: Extent, cursor: str | None) -> Action[Any]:
    action = lists(entity)[0][0]()
    if entity is Entity.CONTACT and extent.what == "own":
        action = ListContacts(owner_id=extent.owner)
    elif entity is Entity.CONTACT and extent.what == "all":
        action = ListContacts(include_local=True)
    return action if cursor is None else action.model_copy(update={"cursor": cursor})


async def _read_whole(account: Account, entity: Entity, refresh: bool) -> AsyncIterator[ListPart]:
    """Read a list that has several sources, or of which only the beginning is of use."""
    if entity is Entity.IVR:
        async for entry in _read_ivrs(account, refresh):
            yield ListPart((entry,))
        return
    if entity is Entity.MEETING:
        since = round(time()) - _MEETINGS_BACK
        mine = ListScheduledMeetings(user_id=await account.user_id(), start_datetime=since)
        async for meetings in _answers(account, mine, None, refresh):
            yield ListPart(tuple(_kept(map(_of_meeting, meetings))))
        return
    failure: DialpadError | None = None
    sources = lists(entity)
    for build_action, build_entry in sources:
        try:
            async for answers in _answers(account, build_action(), _FIRST_PAGES.get(entity), refresh):
                yield ListPart(tuple(_kept(map(build_entry, answers))))
        except DialpadError as problem:
            if len(sources) == 1:
                raise
            failure = problem  # one of several lists that this person may not see leaves the others
    if failure is not None and not isinstance(failure, NotAllowed):
        raise failure


async def _read_ivrs(account: Account, refresh: bool) -> AsyncIterator[Entry]:
    """Yield announcements, which are listed line by line."""
    kinds = {"callcenter": ListCallCenters, "department": ListDepartments, "office": ListOffices}
    lines = 0
    for kind, list_them in kinds.items():
        async for page in account.pages(list_them(), background=True, refresh=refresh):
            for line in page.items:
                lines += 1
                if lines > _MOST_LINES or not line.id:
                    return
                announcements = ListIvrs.model_validate({"target_type": kind, "target_id": line.id})
                found = await account.send(announcements, background=True, refresh=refresh)
                for known in _ivrs_in(found):
                    yield Entry(known[0], f"{known[1]} ({line.name})", known[2], Entity.IVR)


def _ivrs_in(answer: Response) -> Iterable[tuple[str, str, str]]:
    """Yield id, name and kind of every announcement in a line's list."""
    for sort in answer.model_dump(mode="json", by_alias=True).get("items") or ():
        for one in sort.get("ivrs") or ():
            if one.get("id"):
                kind = str(sort.get("ivr_type") or "").replace("_", " ").casefold()
                yield str(one["id"]), str(one.get("name") or kind or one["id"]), kind


async def _answers(
    account: Account, action: Action[Any], most: int | None, refresh: bool
) -> AsyncIterator[Iterable[Any]]:
    if not issubclass(type(action).answer_type(), Page):
        yield items_of(await account.send(action, background=True, refresh=refresh))
        return
    count = 0
    async for page in account.pages(action, background=True, refresh=refresh):
        yield page.items
        count += 1
        if most is not None and count >= most:
            return


def items_of(answer: Response) -> tuple[Response, ...]:
    """Return the items of an answer that is no page: its one list of objects, else the answer itself."""
    for value in dict(answer).values():
        if isinstance(value, list | tuple) and value and all(isinstance(item, Response) for item in value):
            return tuple(value)
    listed = answer.model_extra.get("items") if answer.model_extra else None
    if isinstance(listed, list):
        return tuple(Response.model_validate(item) for item in listed if isinstance(item, dict))
    return (answer,)


def _kept(entries: Iterable[Entry]) -> Iterable[Entry]:
    return (entry for entry in entries if entry.id)
