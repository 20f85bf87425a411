"""Requests that are stored until a person agrees, or connects their Dialpad account."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, TypeAlias

from pydantic import BeforeValidator, PlainSerializer

from bot.basics.stored_json import StoredJson
from bot.contract.context import Where

_Where: TypeAlias = Annotated[Where, BeforeValidator(Where.from_json), PlainSerializer(Where.to_json)]
_NOWHERE: Final = Where()


@dataclass(frozen=True)
class StoredEdit:
    """The form that "Edit" on a confirmation opens; without a route, that of what was to be confirmed."""

    route: str = ""
    args: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class ConfirmationPlace:
    """Stored with a confirmation: where it was asked for, and the word on the button."""

    where: _Where = _NOWHERE
    yes: str = ""
    edit: StoredEdit | None = None


@dataclass(frozen=True)
class UnconnectedRequest:
    """A request from before the person was connected; it runs when they are."""

    route: str = ""
    args: Mapping[str, Any] = field(default_factory=dict, repr=False)
    words: str | None = field(default=None, repr=False)
    form: bool = False
    where: _Where = _NOWHERE


CONFIRMATION_PLACE: Final = StoredJson(ConfirmationPlace)
UNCONNECTED_REQUEST: Final = StoredJson(UnconnectedRequest)
