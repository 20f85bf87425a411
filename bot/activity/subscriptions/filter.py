"""What every filter of a subscription can do, and how the words it is typed with are cut."""

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
    """What cannot be understood; the message is the sentence for the person."""


@dataclass(frozen=True)
class Filter(ABC):
    """One condition of a subscription. Filters of the same class are alternatives; every class has to match.

    A subclass is a frozen dataclass. With one field, that pydantic can store, it need not say how it is stored.
    """

    keys: ClassVar[tuple[str, ...]] = ()
    """What is typed before the colon, lower case."""
    column: ClassVar[str]
    """Its name in the stored subscription. Never to be changed."""
    example: ClassVar[str]
    """As it is typed."""
    hint: ClassVar[str] = ""
    """What the form says of it; its example where that says enough."""
    sides: ClassVar[tuple[Side, ...]] = ("only", "except")
    many: ClassVar[bool] = False
    """Whether there may be several. Otherwise the one typed last counts."""
    is_clause: ClassVar[bool] = False
    """Whether ``words`` continue a sentence without an "only": "of 30 s or more"."""
    uses_clock: ClassVar[bool] = False
    """Whether its words are times of day, of which a reader has to know the zone."""

    @classmethod
    def parse(cls, word: str, region: str) -> Self | None:
        """None for a word that is not about this filter. Raises UnclearFilter."""
        key, colon, value = word.partition(":")
        is_keyed = bool(colon) and key.casefold() in cls.keys
        return cls.parse_value(value, region) if is_keyed else cls.parse_bare(word, region)

    @classmethod
    def parse_value(cls, value: str, region: str) -> Self | None:
        """What stands after the colon of one of ``keys``."""
        return None

    @classmethod
    def parse_bare(cls, word: str, region: str) -> Self | None:
        """A word without a key, such as "internal"."""
        return None

    @abstractmethod
    def matches(self, news: News, clock: ZoneInfo) -> bool | None:
        """None where nothing is known or it does not apply: included lets that through, excluded does not take it
        out."""

    @property
    @abstractmethod
    def words(self) -> str:
        """For a person; "" for what is said elsewhere."""

    @property
    @abstractmethod
    def typed(self) -> str:
        """What is typed for it: ``parse`` makes the same of it again."""

    @property
    def is_default(self) -> bool:
        """Whether it says what holds anyway."""
        return False

    @classmethod
    def to_column(cls, filters: Sequence[Self]) -> Any:
        """As JSON: the one value, or a list of them where there may be several."""
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
    """Words, and those that stood in quotes as one; ``label:"on hold"`` is one piece too."""
    found: list[tuple[str, bool]] = []
    for word in split(_QUOTED_VALUE.sub(r"\1 ", text), region):
        shown = word.text.strip(",;")
        if not shown:
            continue
        if found and found[-1][0].endswith(":") and not found[-1][1]:
            found[-1] = (found[-1][0] + shown, False)
        else:
            found.append((shown, word.quoted))
    return found
