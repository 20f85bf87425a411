"""The parts events are made of, and how leniently they are read.

Key sets grow, and no oddity of one field may lose an event: ``parse_event`` leaves out what does not fit here.
"""

import math
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, TypeAlias

from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
)

from bot.basics.names import one_line
from bot.dialpad.action import Id

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def _read_moment(value: Any) -> Any:
    """Read epoch milliseconds, as a number or digits, as an aware datetime; 0 means never."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    try:
        return EPOCH + timedelta(milliseconds=value) if value > 0 and math.isfinite(value) else None
    except OverflowError:
        return None


def _as_utc(value: Any) -> Any:
    moment = _read_moment(value)
    return moment.replace(tzinfo=UTC) if isinstance(moment, datetime) and moment.tzinfo is None else moment


def _read_ms(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        return None
    try:
        return timedelta(milliseconds=value) if math.isfinite(value) else None
    except OverflowError:
        return None


def _as_list(value: Any) -> Any:
    """Read a list where Dialpad writes one thing, several, or nothing under the same name."""
    if value is None or value == "":
        return ()
    return value if isinstance(value, list | tuple) else (value,)


def _lower(value: Any) -> Any:
    """Lower-case a word: case differs between kinds of event; agent status has even been a boolean."""
    if isinstance(value, bool):
        return "available" if value else "unavailable"
    return value.strip().lower() if isinstance(value, str) else value


def none_if_empty(value: Any) -> Any:
    return None if value in ("", {}, []) else value


EventMoment: TypeAlias = Annotated[datetime | None, BeforeValidator(_as_utc)]
EventSpan: TypeAlias = Annotated[timedelta | None, BeforeValidator(_read_ms)]
"""A span of time in milliseconds, whole or not, as Dialpad writes it."""
EventWord: TypeAlias = Annotated[str, BeforeValidator(_lower)]
EventTexts: TypeAlias = Annotated[tuple[str, ...], BeforeValidator(_as_list)]
EventIds: TypeAlias = Annotated[tuple[Id, ...], BeforeValidator(_as_list)]
EventText: TypeAlias = Annotated[str | None, BeforeValidator(none_if_empty)]
EventName: TypeAlias = Annotated[Annotated[str, AfterValidator(one_line)] | None, BeforeValidator(none_if_empty)]


class EventPart(BaseModel):
    """A part of an event. Fields without a default are those without which it would mean nothing."""

    model_config = ConfigDict(extra="allow", frozen=True, defer_build=True, hide_input_in_errors=True)


class EventParty(EventPart):
    """A person, line or contact. ``type`` as the API spells it: ``callcenter`` where events write ``call_center``;
    ``user`` for a colleague, ``local``, ``shared``, ``google`` and so on for somebody outside. ``phone`` is E.164 in
    call events, and written for reading, "(415) 555-0100", on the line of a text."""

    id: Id | None = None
    type: EventWord | None = None
    name: EventName = None
    email: EventText = None
    phone: EventText = Field(None, validation_alias=AliasChoices("phone", "phone_number", "primary_phone"))
    office_id: Id | None = None

    @field_validator("type", mode="after")
    @classmethod
    def _as_the_api_spells_it(cls, value: str | None) -> str | None:
        return value.replace("_", "") if value else None


OptionalEventParty: TypeAlias = Annotated[EventParty | None, BeforeValidator(none_if_empty)]
"""A party, or None for the ``{}`` that Dialpad writes for nobody."""


class EventRecording(EventPart):
    """A recording in an event. ``kind``: ``callrecording``, ``admincallrecording`` or ``voicemail``. ``url`` needs
    the owner's token."""

    id: Id | None = None
    url: str | None = None
    duration: EventSpan = None
    start_time: EventMoment = None
    kind: str | None = Field(None, validation_alias="recording_type")
