"""Events that Dialpad sends: calls, texts, duty, contacts, changed settings, faxes, messages in channels.

Events carry no type field; their keys tell what they are. The models are lenient on purpose: key sets grow and differ
between years and kinds of call, so unknown keys are kept, absent or misshapen ones are None, and what is no known kind
is an ``UnknownEvent``. ``document`` is always the event as it came.
"""

import json
import re
from collections.abc import Collection, Mapping
from copy import deepcopy
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Annotated, Any, ClassVar, Final, TypeAlias

from pydantic import AliasChoices, BeforeValidator, Field, PrivateAttr, ValidationError

from bot.dialpad.action import Id
from bot.dialpad.event_parts import (
    EPOCH,
    EventIds,
    EventMoment,
    EventPart,
    EventParty,
    EventRecording,
    EventSpan,
    EventText,
    EventTexts,
    EventWord,
    OptionalEventParty,
    none_if_empty,
)
from bot.dialpad.links import mark_in
from bot.dialpad.opt_out_words import asks_to_start, asks_to_stop
from bot.dialpad.reading import forget_field
from bot.dialpad.recordings import VOICEMAIL, Recorded, gather, recorded_at

RECORDING_STATES: Final = frozenset({"recording", "admin_recording"})
_VOICEMAIL_STATES: Final = frozenset({"voicemail_uploaded", "transcription"})

_LEAST_DIGITS: Final = 5
"""Fewer digits in common do not make two spellings of a number the same."""
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")
_DIALPADS = re.compile(r"https?://(?:[\w-]+\.)*dialpad(?:\.[a-z]+)+(?:[:/]|$)", re.IGNORECASE)
_PLAIN = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


class _Event(EventPart):
    kind: ClassVar[str]
    _document: dict[str, Any] = PrivateAttr(default_factory=dict)

    @property
    def document(self) -> Mapping[str, Any]:
        """Return the event as Dialpad sent it."""
        return self._document

    @property
    def at(self) -> datetime | None:
        """Return when it happened, aware UTC; None where Dialpad gives no time. Order by this, never by arrival."""
        return None

    @property
    def key(self) -> str:
        """Return a key that is the same for every delivery of the event through one hook, whatever its envelope.
        ASCII, short."""
        return f"{self.kind}:{self._content}"

    def __repr__(self) -> str:
        """Name the event in a way that is safe to log: no number, name or text."""
        return f"<{type(self).__name__} {self.key}>"

    __str__ = __repr__

    @property
    def _content(self) -> str:
        return _digest(json.dumps(self._document, sort_keys=True, default=str))

    def _key_of(self, *parts: str | None) -> str:
        if self.at is None or not all(parts):
            return f"{self.kind}:{self._content}"
        stamp = str((self.at - EPOCH) // timedelta(milliseconds=1))
        return ":".join((self.kind, *(_plain(part or "") for part in parts), stamp))


class CallEvent(_Event):
    """One leg of a call at one moment. Moments are aware UTC, spans timedeltas, numbers E.164.

    ``external`` and ``internal`` are None where the number is hidden. Talk and total time exist only after the end,
    and ``date_ended`` may be set before it: ``state`` says what happened.
    """

    kind: ClassVar[str] = "call"

    call_id: Id
    state: EventWord
    direction: EventWord | None = None
    event_timestamp: EventMoment = None
    date_started: EventMoment = None
    date_first_rang: EventMoment = None
    date_rang: EventMoment = None
    date_queued: EventMoment = None
    date_connected: EventMoment = None
    date_ended: EventMoment = None
    duration: EventSpan = None
    total_duration: EventSpan = None
    talk_time: EventSpan = None
    hold_time: EventSpan = None
    external_number: str | None = None
    internal_number: str | None = None
    contact: OptionalEventParty = None
    target: OptionalEventParty = None
    proxy_target: OptionalEventParty = None
    entry_point_target: OptionalEventParty = None
    transferred_from: OptionalEventParty = None
    group_id: str | None = None
    master_call_id: Id | None = None
    entry_point_call_id: Id | None = None
    operator_call_id: Id | None = None
    is_transferred: bool = False
    is_internal: bool | None = None
    was_recorded: bool = False
    labels: EventTexts = ()
    csat_score: str | float | None = None
    mos_score: float | None = None
    callback_requested: bool | None = None
    target_availability_status: EventWord | None = None
    """``open`` while the called line is within its opening hours."""
    voicemail_link: EventText = None
    voicemail_share_link: EventText = None
    """Dialpad's page for the voicemail; answers about calls have this instead."""
    voicemail_recording_id: Id | None = None
    public_call_review_share_link: EventText = None
    company_call_review_share_link: EventText = None
    transcription_text: EventText = None
    call_recording_ids: EventIds = ()
    recording_details: tuple[EventRecording, ...] = ()
    recording_url: EventTexts = ()
    admin_recording_urls: EventTexts = ()
    recap_summary: Any = None
    recap_outcome: Any = None
    recap_purposes: Any = None
    recap_action_items: Any = None
    dispositions: Any = None
    custom_data: str | None = None
    read_back: bool = False
    """True for an event made from Dialpad's list of ended calls after a gap, not sent by Dialpad."""

    @property
    def at(self) -> datetime | None:
        return self.event_timestamp

    @property
    def key(self) -> str:
        return self._key_of(self.call_id, self.state)

    @property
    def legs(self) -> frozenset[str]:
        """Return the ids of this leg and those it came from. One call, as people see it, is all legs joined by them,
        step by step: no single id stands on all its legs."""
        ids = (self.call_id, self.master_call_id, self.entry_point_call_id)
        return frozenset(one for one in ids if one)

    @property
    def inbound(self) -> bool:
        return self.direction == "inbound"

    @property
    def external(self) -> str | None:
        """Return the outside number, None when it is hidden."""
        return _number(self.external_number)

    @property
    def internal(self) -> str | None:
        """Return the company's number: the one dialled for an inbound call. None when it is hidden."""
        return _number(self.internal_number)

    @property
    def line(self) -> EventParty | None:
        """Return the line called: the call center, department or office that an agent's leg came through, else its
        own."""
        return self.entry_point_target or self.target

    @property
    def agent(self) -> EventParty | None:
        """Return the person on this leg, if it is a person's."""
        return self.target if self.target is not None and self.target.type == "user" else None

    @property
    def among_colleagues(self) -> bool:
        return bool(self.is_internal) or (self.contact is not None and self.contact.type == "user")

    @property
    def answered(self) -> bool:
        """Tell whether a person answered: a menu or a queue that picks up sets ``date_connected`` too."""
        if self.date_connected is None:
            return False
        return self.operator_call_id is not None or self.agent is not None

    @property
    def ended(self) -> bool:
        """Tell whether this leg is over."""
        return self.state in {"hangup", "missed"}

    @property
    def recordings(self) -> tuple[Recorded, ...]:
        """Return every recording that is named, voicemails too."""
        details = [
            Recorded(one.id or "", one.kind or "callrecording", one.url or "", _whole_ms(one.duration))
            for one in self.recording_details
        ]
        link = (self.voicemail_link or "") if self.left_voicemail else ""
        voicemail = Recorded(self.voicemail_recording_id or "", VOICEMAIL, link)
        addresses = (*self.recording_url, *self.admin_recording_urls, link)
        bare = [Recorded(one, "callrecording") for one in self.call_recording_ids]
        return gather([*details, voicemail, *map(recorded_at, addresses), *bare])

    @property
    def shared_marks(self) -> frozenset[str]:
        """Return what the links are known by that Dialpad made for sharing the call."""
        links = (self.public_call_review_share_link, self.company_call_review_share_link)
        return frozenset(map(mark_in, links)) - {""}

    @property
    def left_voicemail(self) -> bool:
        """Tell whether there is a voicemail. The state ``voicemail`` says only that the greeting was reached, and the
        link that comes with it may lead nowhere."""
        if self.state in _VOICEMAIL_STATES or self.transcription_text:
            return True
        recorded = any(one.kind == VOICEMAIL for one in self.recording_details)
        return recorded or self.voicemail_recording_id is not None or self.voicemail_share_link is not None

    @property
    def recording_ready(self) -> bool:
        """Tell whether a recording of the call can be fetched now. ``was_recorded`` alone says only that there will
        be one, and the addresses of a company's recordings are there before the recordings are."""
        if self.state in RECORDING_STATES or self.recording_url:
            return True
        there = any(one.kind != VOICEMAIL for one in self.recording_details)
        return there or (self.read_back and bool(self.admin_recording_urls))


class SmsEvent(_Event):
    """A text, or a change of its delivery under the same id. ``text`` is None where the connection that subscribed
    may not read texts; ``to_numbers`` are E.164. What was sent to several is looked at one by one: see ``each``."""

    kind: ClassVar[str] = "sms"

    id: Id
    direction: EventWord | None = None
    event_timestamp: EventMoment = None
    created_date: EventMoment = None
    target: OptionalEventParty = None
    contact: OptionalEventParty = None
    sender_id: Id | None = None
    from_number: str | None = None
    to_numbers: EventTexts = Field((), validation_alias=AliasChoices("to_number", "to_numbers"))
    mms: bool = False
    mms_urls: EventTexts = Field((), validation_alias="mms_url")
    is_internal: bool | None = None
    text: EventText = Field(None, validation_alias=AliasChoices("text", "text_content"))
    text_content: EventText = None
    message_status: EventWord | None = None
    message_delivery_result: EventWord | None = None
    recipients: int = 1
    """How many numbers the event was about before ``each``: its status is that of all of them together."""
    ours: str | None = None
    """Which of its numbers is the line's, where that was looked up."""

    def each(self) -> tuple["SmsEvent", ...]:
        """Return the event once for each number outside that it is about: a text of ours to three people is a part of
        three conversations."""
        numbers = tuple(dict.fromkeys(one for one in self.to_numbers if _number(one)))
        if self.inbound or len(numbers) < 2:
            return (self,)
        whose = _digits(self.contact.phone).lstrip("0") if self.contact is not None else ""
        told = [
            {"to_numbers": (one,), "recipients": len(numbers)}
            | ({} if len(whose) >= _LEAST_DIGITS and _digits(one).endswith(whose) else {"contact": None})
            for one in numbers
        ]
        return tuple(self.model_copy(update=one) for one in told)

    @property
    def at(self) -> datetime | None:
        return self.event_timestamp or self.created_date

    @property
    def key(self) -> str:
        return self._key_of(self.id, self.message_status or "none")

    @property
    def inbound(self) -> bool:
        return self.direction == "inbound"

    @property
    def customer(self) -> str | None:
        """Return the other side's number: with ``line`` it names the conversation."""
        numbers = (self.from_number,) if self.inbound else self.to_numbers
        return _number(numbers[0]) if numbers else None

    @property
    def line(self) -> str | None:
        """Return the company's number in this conversation. A text to a group names others' numbers too: ours is the
        one of the line that it came to."""
        if not self.inbound:
            return _number(self.from_number)
        return self.ours or next(iter(self._ours or self._reached), None)

    @property
    def _reached(self) -> list[str]:
        return [one for one in self.to_numbers if _number(one)]

    @property
    def _ours(self) -> list[str]:
        ours = _digits(self.target.phone).lstrip("0") if self.target is not None else ""
        return [one for one in self._reached if len(ours) >= _LEAST_DIGITS and _digits(one).endswith(ours)]

    @property
    def line_is_guessed(self) -> bool:
        """Tell whether it came to several numbers and Dialpad does not say which of them is ours."""
        return self.inbound and not self.ours and not self._ours and len(set(self._reached)) > 1

    def at_line(self, numbers: Collection[str]) -> "SmsEvent":
        """Return the event with the one of its numbers that is among the line's own."""
        known = {_digits(one) for one in numbers}
        found = next((one for one in self._reached if _digits(one) in known), None)
        return self if found is None else self.model_copy(update={"ours": found})

    @property
    def others(self) -> tuple[str, ...]:
        """Return the numbers that got an inbound text besides ours."""
        return tuple(one for one in self.to_numbers if self.inbound and one != self.line and _number(one))

    @property
    def media(self) -> tuple[str, ...]:
        """Return the addresses of its pictures. Some texts have them only in their body: Dialpad's own addresses, or
        what stands there alone. Any other is a link that the customer wrote."""
        if self.mms_urls or not self.mms:
            return self.mms_urls
        said = self.text or ""
        alone = not _ADDRESS.sub("", said).strip()
        return tuple(one for one in _ADDRESS.findall(said) if alone or _DIALPADS.match(one))

    @property
    def words(self) -> str | None:
        """Return the text without the addresses of its pictures; None where it may not be read."""
        said = [one for one in (self.text, self.text_content) if one is not None]
        if not said or not self.media:
            return self.text
        for address in self.media:
            said = [one.replace(address, "").strip() for one in said]
        return next((one for one in said if one), "")

    @property
    def asks_to_stop(self) -> bool:
        return self.inbound and asks_to_stop(self.text or "")

    @property
    def asks_to_start(self) -> bool:
        return self.inbound and asks_to_start(self.text or "")

    @property
    def tells_of_opt_out(self) -> bool:
        """Tell whether a text of ours was not sent because its only recipient has opted out."""
        return not self.inbound and self.message_delivery_result == "opted_out" and self.recipients == 1

    @property
    def text_withheld(self) -> bool:
        """Tell whether there was a text that the connection that subscribed may not read."""
        return self.text is None and not self.mms and not self.mms_urls


class AgentStatusEvent(_Event):
    """A change of an agent's duty. ``status``: available, unavailable, occupied, wrapup, busy."""

    kind: ClassVar[str] = "agent_status"

    status: EventWord | None = Field(None, validation_alias="on_duty_status")
    reason: EventText = Field(None, validation_alias="on_duty_status_reason")
    availability: EventWord | None = Field(None, validation_alias="availability_status")
    call_center_ids: EventIds = ()
    date: EventMoment = None
    event_timestamp: EventMoment = None
    target: OptionalEventParty = None

    @property
    def at(self) -> datetime | None:
        return self.event_timestamp or self.date

    @property
    def key(self) -> str:
        return self._key_of(self.target.id if self.target else None, self.status)

    @property
    def on_duty(self) -> bool | None:
        """Tell whether the agent is on duty; None for an unknown status."""
        if self.status == "unavailable":
            return False
        return True if self.status in {"available", "occupied", "wrapup", "busy"} else None


class ContactDetails(EventParty):
    """A contact as in its event."""

    first_name: EventText = None
    last_name: EventText = None
    name: EventText = Field(None, validation_alias=AliasChoices("display_name", "name"))
    phones: EventTexts = ()
    emails: EventTexts = ()
    company_name: EventText = None
    job_title: EventText = None


class ContactEvent(_Event):
    """A contact that was ``created``, ``updated`` or ``deleted``. Dialpad gives no time."""

    kind: ClassVar[str] = "contact"

    change: EventWord | None = Field(None, validation_alias="event")
    contact: Annotated[ContactDetails | None, BeforeValidator(none_if_empty)] = None


class ChangeEvent(_Event):
    """A changed setting. ``note`` and ``additional_data`` follow no standard."""

    kind: ClassVar[str] = "changelog"

    action: EventWord | None = None
    note: EventText = None
    date: EventMoment = None
    target: OptionalEventParty = None
    changed_by: OptionalEventParty = None
    additional_data: dict[str, Any] = Field(default_factory=dict)

    @property
    def at(self) -> datetime | None:
        return self.date

    @property
    def key(self) -> str:
        if self.at is None:
            return super().key
        # One act can change several things in the same millisecond.
        return self._key_of(self.action, self._content)


def _first(value: Any) -> Any:
    """Read a number where Dialpad may write a list of one, as events of texts do."""
    return next(iter(value), None) if isinstance(value, list | tuple) else value


class FaxPages(EventPart):
    """How long a fax is."""

    num_pages: int | None = None


class FaxEvent(_Event):
    """A fax that came, was sent, or failed. ``status``: pending, transmitting, success, error, suspended.

    Dialpad's document has the fields of a fax, not of its event, so everything but the id may be absent."""

    kind: ClassVar[str] = "fax"

    id: Id
    direction: EventWord | None = None
    status: EventWord | None = Field(None, validation_alias=AliasChoices("fax_status", "status"))
    from_number: EventText = None
    to_number: Annotated[EventText, BeforeValidator(_first)] = None
    target: OptionalEventParty = None
    contact: OptionalEventParty = None
    created_date: EventMoment = None
    event_timestamp: EventMoment = None
    fax_transaction: Annotated[FaxPages | None, BeforeValidator(none_if_empty)] = None
    num_pages: int | None = None
    fax_url: EventText = None

    @property
    def at(self) -> datetime | None:
        return self.event_timestamp or self.created_date

    @property
    def key(self) -> str:
        return self._key_of(self.id, self.status or "none")

    @property
    def inbound(self) -> bool:
        return self.direction == "inbound"

    @property
    def other(self) -> str:
        """Return the other side's number, "" when there is none."""
        return _number(self.from_number if self.inbound else self.to_number) or ""

    @property
    def pages(self) -> int | None:
        told = self.fax_transaction.num_pages if self.fax_transaction is not None else None
        return self.num_pages if told is None else told

    @property
    def failed(self) -> bool:
        return self.status in {"error", "failed", "suspended"}


class ChannelEvent(_Event):
    """A message in a Dialpad channel: ``target`` is the channel, ``contact`` or ``sender`` who wrote it.

    Dialpad's document does not say how these events are shaped; they are read as texts are, leniently."""

    kind: ClassVar[str] = "channel"

    id: Id
    target: OptionalEventParty = None
    contact: OptionalEventParty = None
    sender: OptionalEventParty = None
    created_date: EventMoment = None
    event_timestamp: EventMoment = None
    text: EventText = Field(None, validation_alias=AliasChoices("text", "text_content"))

    @property
    def at(self) -> datetime | None:
        return self.event_timestamp or self.created_date

    @property
    def key(self) -> str:
        return self._key_of(self.id)


class UnknownEvent(_Event):
    """An event of an unknown kind. It is stored, and only the names of its keys are logged."""

    kind: ClassVar[str] = "unknown"


Event: TypeAlias = (
    CallEvent | SmsEvent | AgentStatusEvent | ContactEvent | ChangeEvent | FaxEvent | ChannelEvent | UnknownEvent
)


def parse_event(document: dict[str, Any]) -> Event:
    """Parse an event. Never raises: one that cannot be read as what it looks like is an UnknownEvent.

    A known field of an unknown shape counts as absent.
    """
    model = _model_for(document)
    try:
        event = model.model_validate(document)
    except ValidationError as failure:
        event = _parse_without_odd_fields(model, document, failure)
    event._document = document  # noqa: SLF001  # pydantic's constructor takes fields only
    return event


def _parse_without_odd_fields(model: type[Event], document: dict[str, Any], failure: ValidationError) -> Event:
    """Parse what is left when the fields that do not fit are taken out. They are few and rare: fields that forgave
    each for itself were most of the time it took to read any event."""
    left, odd = deepcopy(document), failure.errors(include_input=False)
    while {forget_field(left, error["loc"]) for error in odd} - {""}:
        try:
            return model.model_validate(left)
        except ValidationError as further:
            odd = further.errors(include_input=False)
    return UnknownEvent.model_validate({})


_OF_FAXES: Final = frozenset({"fax_status", "fax_url", "fax_transaction"})


def _is_of_channel(target: Any) -> bool:
    return isinstance(target, Mapping) and target.get("type") == "channel"


def _model_for(document: Mapping[str, Any]) -> type[Event]:  # noqa: PLR0911  one return for each kind
    keys = document.keys()
    if "call_id" in keys and "state" in keys:
        return CallEvent
    if "id" in keys and not keys.isdisjoint(_OF_FAXES):
        return FaxEvent
    if "id" in keys and _is_of_channel(document.get("target")):
        return ChannelEvent
    if "state" not in keys and "id" in keys and ("message_status" in keys or "to_number" in keys):
        return SmsEvent
    if "on_duty_status" in keys:
        return AgentStatusEvent
    if "event" in keys and "contact" in keys:
        return ContactEvent
    if "action" in keys and "changed_by" in keys:
        return ChangeEvent
    return UnknownEvent


def _number(value: str | None) -> str | None:
    """Read a number; None for "blocked", "anonymous" and everything else that is none."""
    return value if value and any(character.isdigit() for character in value) else None


def _digits(value: str | None) -> str:
    return "".join(one for one in value or "" if one.isascii() and one.isdigit())


def _whole_ms(span: timedelta | None) -> int | None:
    return None if span is None else span // timedelta(milliseconds=1)


def _plain(text: str) -> str:
    """Return ids and states as they are; anything else, from an unknown future or a forger, as a digest."""
    return text if _PLAIN.fullmatch(text) else _digest(text)


def _digest(text: str) -> str:
    return sha256(text.encode(errors="surrogatepass")).hexdigest()[:32]
