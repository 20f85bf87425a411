"""The parts events are made of, and how leniently they are read.

A value of an unexpected type counts as absent: key sets grow, and no oddity of one field may lose an event.
"""

import math
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, ClassVar, Final, TypeAlias

from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
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


EventMoment: TypeAlias = Annotated[datetime, BeforeValidator(_as_utc)]
EventSpan: TypeAlias = Annotated[timedelta, BeforeValidator(_read_ms)]
"""A span of time in milliseconds, whole or not, as Dialpad writes it."""
EventWord: TypeAlias = Annotated[str, BeforeValidator(_lower)]
EventTexts: TypeAlias = Annotated[tuple[str, ...], BeforeValidator(_as_list)]
EventIds: TypeAlias = Annotated[tuple[Id, ...], BeforeValidator(_as_list)]
EventText: TypeAlias = Annotated[str, BeforeValidator(none_if_empty)]
EventName: TypeAlias = Annotated[str, AfterValidator(one_line), BeforeValidator(none_if_empty)]


class EventPart(BaseModel):
    """A part of an event. A value of an unexpected type counts as absent; the document still has it."""

    model_config = ConfigDict(extra="allow", frozen=True, defer_build=True, hide_input_in_errors=True)
    needed: ClassVar[frozenset[str]] = frozenset()
    """Fields without which the part would mean nothing: for these alone an unexpected value is an error."""

    @field_validator("*", mode="wrap")
    @classmethod
    def _forgive(cls, value: Any, read: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
        name = info.field_name or ""
        try:
            return read(value)
        except ValidationError:
            if name in cls.needed:
                raise
            return cls.model_fields[name].get_default(call_default_factory=True)


class EventParty(EventPart):
    """A person, line or contact. ``type`` as the API spells it: ``callcenter`` where events write ``call_center``;
    ``user`` for a colleague, ``local``, ``shared``, ``google`` and so on for somebody outside. ``phone`` is E.164 in
    call events, and written for reading, "(415) 555-0100", on the line of a text."""

    id: Id | None = None
    type: EventWord | None = None
    name: EventName | None = None
    email: EventText | None = None
    phone: EventText | None = Field(None, validation_alias=AliasChoices("phone", "phone_number", "primary_phone"))
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
    duration: EventSpan | None = None
    start_time: EventMoment | None = None
    kind: str | None = Field(None, validation_alias="recording_type")
