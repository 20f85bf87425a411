"""The interface of a subscription's filters, and how typed text is split for them."""

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, ClassVar, Final, Literal, Self, TypeAlias
from zoneinfo import ZoneInfo

from bot.activity.news import News
from bot.basics.stored_json import StoredJson
from bot.basics.words import split

Side: TypeAlias = Literal["only", "except"]
"""The word a filter is typed after: "only" includes, "except" excludes."""

_QUOTED_VALUE: Final = re.compile(r"(\b\w+:)(?=[\"“„])")


class UnclearFilter(ValueError):
    """A word that cannot be understood; the message is the sentence for the person."""


@dataclass(frozen=True)
class Filter(ABC):
    """One condition of a subscription. Filters of the same class are alternatives; every class has to match.

    A subclass is a frozen dataclass. With a single field that pydantic can store, it need not say how it is stored.
    """

    keys: ClassVar[tuple[str, ...]] = ()
    """What is typed before the colon, lower case."""
    column: ClassVar[str]
    """The key it is stored under. Never to be changed."""
    example: ClassVar[str]
    """An example as it is typed."""
    hint: ClassVar[str] = ""
    """The hint in the form; without one the example is shown alone."""
    sides: ClassVar[tuple[Side, ...]] = ("only", "except")
    many: ClassVar[bool] = False
    """True when there may be several. Otherwise the one typed last counts."""
    is_clause: ClassVar[bool] = False
    """True when ``words`` continue a sentence without an "only": "of 30 s or more"."""
    uses_clock: ClassVar[bool] = False
    """True when its words contain times of day, so that a reader has to know the time zone."""

    @classmethod
    def parse(cls, word: str, region: str) -> Self | None:
        """Parse one word; None when it is not about this filter. Raises UnclearFilter."""
        key, colon, value = word.partition(":")
        is_keyed = bool(colon) and key.casefold() in cls.keys
        return cls.parse_value(value, region) if is_keyed else cls.parse_bare(word, region)

    @classmethod
    def parse_value(cls, value: str, region: str) -> Self | None:
        """Parse what stands after the colon of one of ``keys``."""
        return None

    @classmethod
    def parse_bare(cls, word: str, region: str) -> Self | None:
        """Parse a word without a key, such as "internal"."""
        return None

    @abstractmethod
    def matches(self, news: News, clock: ZoneInfo) -> bool | None:
        """Tell whether ``news`` matches. None when that is unknown or does not apply: "only" then lets it through, and
        "except" does not leave it out."""

    @property
    @abstractmethod
    def words(self) -> str:
        """Return it in words for a person; "" when that is said elsewhere."""

    @property
    @abstractmethod
    def typed(self) -> str:
        """Return what is typed for it, so that ``parse`` makes the same filter again."""

    @property
    def is_default(self) -> bool:
        """Tell whether the filter only states the default."""
        return False

    @classmethod
    def to_column(cls, filters: Sequence[Self]) -> Any:
        """Return the filters as JSON: the single value, or a list where there may be several."""
        values = [_json(cls).dump(one)[fields(cls)[0].name] for one in filters]
        return values if cls.many else values[-1]

    @classmethod
    def from_column(cls, stored: Any) -> list[Self]:
        """Undo ``to_column``. Raises UnreadableJson."""
        name = fields(cls)[0].name
        return [_json(cls).load({name: value}) for value in (stored if cls.many else [stored])]


@cache
def _json(kind: type[Filter]) -> StoredJson[Any]:
    return StoredJson(kind)


def pieces(text: str, region: str) -> list[tuple[str, bool]]:
    """Split text into words, each with whether it was quoted; ``label:"on hold"`` is one piece."""
    found: list[tuple[str, bool]] = []
    for word in split(_QUOTED_VALUE.sub(r"\1 ", text), region):
        shown = word.text.strip(",;")
        if not shown:
            continue
        if found and found[-1][0].endswith(":") and not found[-1][1]:
            found[-1] = (found[-1][0] + shown, False)
        elif not word.quoted and shown.startswith("+"):
            found += [(one, False) for one in re.split(r"[,;]+", shown) if one]  # +44,+1415
        else:
            found.append((shown, word.quoted))
    return found
