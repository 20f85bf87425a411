"""Converts dataclasses to JSON and back: what is stored in the database, in a card's state or in a form's metadata."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Annotated, Any, Generic, TypeAlias, TypeVar

from pydantic import BeforeValidator, PlainSerializer, TypeAdapter, ValidationError

T = TypeVar("T")


class UnreadableJson(ValueError):
    """JSON that does not fit the dataclass. The message says where it is wrong, not what is there: it may be a
    secret."""


class StoredJson(Generic[T]):
    """Converts one dataclass to JSON and back. Fields that are absent have their defaults, fields of a later version
    are ignored.

    ``columns`` are fields that have a column of their own beside the JSON. The adapter is built when it is first used:
    import stays fast.
    """

    def __init__(self, kind: type[T], *columns: str) -> None:
        self._kind = kind
        self._columns = set(columns)

    @cached_property
    def _adapter(self) -> TypeAdapter[T]:
        return TypeAdapter(self._kind)

    def dump(self, value: T, *, without_none: bool = False) -> dict[str, Any]:
        """Convert a dataclass to JSON. ``without_none`` leaves out fields that are None."""
        dumped: dict[str, Any] = self._adapter.dump_python(
            value, mode="json", exclude=self._columns, exclude_none=without_none
        )
        return dumped

    def load(self, stored: Mapping[str, Any], **columns: Any) -> T:
        """Build the dataclass from JSON. Raises UnreadableJson."""
        try:
            return self._adapter.validate_python({**stored, **columns})
        except ValidationError as problem:
            wrong = ", ".join(
                f"{'.'.join(map(str, error['loc']))}: {error['type']}"
                for error in problem.errors(include_url=False, include_context=False, include_input=False)
            )
            raise UnreadableJson(f"{self._kind.__name__} cannot be read ({wrong})") from None


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _to_ms(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def _from_ms(stored: Any) -> Any:
    return _EPOCH + timedelta(milliseconds=stored) if isinstance(stored, int) else stored


def _from_iso(stored: Any) -> Any:
    return datetime.fromisoformat(stored) if isinstance(stored, str) else stored


IsoMoment: TypeAlias = Annotated[datetime, BeforeValidator(_from_iso), PlainSerializer(datetime.isoformat)]
"""Stored as ``2026-11-23T20:00:00+00:00``."""
MsMoment: TypeAlias = Annotated[datetime, BeforeValidator(_from_ms), PlainSerializer(_to_ms)]
"""Stored as milliseconds since 1970."""
