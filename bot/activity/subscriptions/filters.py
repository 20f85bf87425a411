"""The filters of a subscription: a class for each, and ``FILTERS``, which is all that other modules need.

A new filter is a class here and its place in ``FILTERS``: the form's hints, the docs, how subscriptions are described
and how they are stored follow from there.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, Self
from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers import NumberParseException

from bot.activity.news import OF_NO_LINE, News, NewsKind
from bot.activity.subscriptions.daily_hours import DailyHours, parse_daily_hours, parse_span
from bot.activity.subscriptions.filter import Filter, UnclearFilter, pieces
from bot.basics.language import mark, say, say_weekday, translated
from bot.basics.names import one_line
from bot.basics.phone import looks_like_number, read_number
from bot.basics.times import DAY, say_clock

YOU: Final = mark("you")
"""What a person's own line is called in their own notifications."""
_LENGTH: Final = re.compile(r"(\d{1,6})\s*(s|sec|seconds?|m|min|minutes?)?")
_PREFIX: Final = re.compile(r"\+\d{1,15}")
_HOURS_EXAMPLE: Final = "hours:8-18 or hours:mon-fri,8-18 or hours:open"
_USUAL_CODES: Final = {"UK": "GB", "USA": "US"}
_SIDES: Final = {"internal": True, "colleagues": True, "external": False, "outside": False}


@dataclass(frozen=True)
class PlaceFilter(Filter):
    """A line or a person, such as ``callcenter:5527``, and its name. Names are looked up, not parsed."""

    column = "places"
    example = '"Sales"'
    many = True

    place: str
    name: str

    def matches(self, news: News, clock: ZoneInfo) -> bool | None:
        return None if news.kinds <= OF_NO_LINE else self.place in news.places

    @property
    def words(self) -> str:
        return self.name

    @property
    def typed(self) -> str:
        """Return its name in quotes, or its id when the name itself contains quotes."""
        return f'"{self.name}"' if pieces(f'"{self.name}"', "US") == [(self.name, True)] else self.place

    @classmethod
    def to_column(cls, filters: Sequence[Self]) -> Any:
        return {one.place: one.name for one in filters}

    @classmethod
    def from_column(cls, stored: Any) -> list[Self]:
        return [cls(place, one_line(name)) for place, name in stored.items()]


@dataclass(frozen=True)
class LabelFilter(Filter):
    """A label of the call, lower case."""

    keys = ("label", "labels")
    column = "labels"
    example = "label:vip"
    many = True

    label: str

    @classmethod
    def parse_value(cls, value: str, region: str) -> Self:
        said = value.strip(' "“”„')
        if not said:
            raise UnclearFilter(say("Something is missing after the colon. Type something like label:spam"))
        return cls(said.casefold())

    def matches(self, news: News, clock: ZoneInfo) -> bool:
        return self.label in news.labels

    @property
    def words(self) -> str:
        return say("label {label}", label=self.label)

    @property
    def typed(self) -> str:
        plain = f"label:{self.label}"
        return plain if pieces(plain, "US") == [(plain, False)] else f'label:"{self.label}"'


@dataclass(frozen=True)
class NumberFilter(Filter):
    """An E.164 number, or the beginning of one."""

    keys = ("number", "numbers", "prefix")
    column = "numbers"
    example = "number:+1415"
    many = True

    beginning: str

    @classmethod
    def parse_value(cls, value: str, region: str) -> Self:
        whole = read_number(value, region)
        if whole:
            return cls(whole)
        if value.startswith("00"):
            value = "+" + value[2:]
        digits = re.sub(r"\D", "", value)
        if not value.strip().startswith("+") or not 1 <= len(digits) <= 15:
            raise UnclearFilter(
                say(
                    "“{value}” is neither a number nor the beginning of one. Type something like {example}",
                    value=value[:30],
                    example=cls.example,
                )
            )
        return cls("+" + digits)

    @classmethod
    def parse_bare(cls, word: str, region: str) -> Self | None:
        """Parse ``+44``, ``(+44)`` or ``+44*``: the beginning of a number, too short to be taken for a whole one."""
        bare = word.strip("()*.…")
        is_number = _PREFIX.fullmatch(bare) is not None or looks_like_number(word)
        return cls.parse_value(bare if bare.startswith("+") else word, region) if is_number else None

    def matches(self, news: News, clock: ZoneInfo) -> bool:
        return news.number.startswith(self.beginning)

    @property
    def words(self) -> str:
        return say("numbers that begin with {beginning}", beginning=self.beginning)

    @property
    def typed(self) -> str:
        return f"number:{self.beginning}"


@dataclass(frozen=True)
class CountryFilter(Filter):
    """The number's country, by its ISO 3166 code: +1 alone may be the US, Canada or the Caribbean."""

    keys = ("country", "countries")
    column = "countries"
    example = "country:CA"
    many = True

    code: str

    @classmethod
    def parse_value(cls, value: str, region: str) -> Self:
        said = value.strip().upper()
        code = _USUAL_CODES.get(said, said)
        if code not in phonenumbers.SUPPORTED_REGIONS:
            raise UnclearFilter(
                say(
                    "“{value}” is not a two-letter country code. Type something like {example}",
                    value=value[:30],
                    example=cls.example,
                )
            )
        return cls(code)

    def matches(self, news: News, clock: ZoneInfo) -> bool:
        try:
            return phonenumbers.region_code_for_number(phonenumbers.parse(news.number)) == self.code
        except NumberParseException:
            return False

    @property
    def words(self) -> str:
        return say("numbers from {code}", code=self.code)

    @property
    def typed(self) -> str:
        return f"country:{self.code}"


@dataclass(frozen=True)
class InternalFilter(Filter):
    """Internal calls, or calls from outside."""

    column = "internal"
    example = "external"
    hint = "internal, external"

    internal: bool

    @classmethod
    def parse_bare(cls, word: str, region: str) -> Self | None:
        said = _SIDES.get(word.casefold())
        return None if said is None else cls(said)

    def matches(self, news: News, clock: ZoneInfo) -> bool:
        return news.internal == self.internal

    @property
    def words(self) -> str:
        return say("internal calls") if self.internal else say("calls from outside")

    @property
    def typed(self) -> str:
        return "internal" if self.internal else "external"


@dataclass(frozen=True)
class LongerFilter(Filter):
    """Calls of at least this many seconds, once their length is known."""

    keys = ("longer", "over")
    column = "longer"
    example = "longer:30s"
    sides = ("only",)
    is_clause = True

    seconds: int

    @classmethod
    def parse_value(cls, value: str, region: str) -> Self:
        match = _LENGTH.fullmatch(value.strip().casefold())
        if match is None:
            raise UnclearFilter(
                say(
                    "“{value}” is not a length of time. Type something like {example}",
                    value=value[:30],
                    example=cls.example,
                )
            )
        return cls(int(match[1]) * (60 if (match[2] or "s").startswith("m") else 1))

    def matches(self, news: News, clock: ZoneInfo) -> bool | None:
        return None if news.seconds is None else news.seconds >= self.seconds

    @property
    def words(self) -> str:
        return say("of {seconds} s or more", seconds=self.seconds)

    @property
    def typed(self) -> str:
        """Return whole minutes as minutes, so that what was typed in minutes does not become too long in seconds."""
        minutes, rest = divmod(self.seconds, 60)
        return f"longer:{minutes}m" if minutes and not rest else f"longer:{self.seconds}s"

    @property
    def is_default(self) -> bool:
        return self.seconds == 0


@dataclass(frozen=True)
class LineHoursFilter(Filter):
    """Events while the line itself is open, or closed, as Dialpad reports."""

    keys = ("hours", "open")
    column = "line_hours"
    example = "hours:open"
    hint = "hours:open"
    is_clause = True

    state: Literal["open", "closed"]

    @classmethod
    def parse_value(cls, value: str, region: str) -> Self | None:
        match value.strip().casefold():
            case "open":
                return cls("open")
            case "closed":
                return cls("closed")
            case _:
                return None

    def matches(self, news: News, clock: ZoneInfo) -> bool | None:
        return None if news.line_open is None else news.line_open == (self.state == "open")

    @property
    def words(self) -> str:
        return say("while the line is open") if self.state == "open" else say("while the line is closed")

    @property
    def typed(self) -> str:
        return f"hours:{self.state}"


@dataclass(frozen=True)
class HoursFilter(Filter):
    """Hours of the day, on all or some weekdays, in the subscription's time zone."""

    keys = ("hours", "open")
    column = "hours"
    example = "hours:8-18"
    hint = "hours:mon-fri,8-18"
    is_clause = True
    uses_clock = True

    hours: DailyHours

    @classmethod
    def parse_value(cls, value: str, region: str) -> Self:
        return cls(parse_daily_hours(value, _HOURS_EXAMPLE))

    def matches(self, news: News, clock: ZoneInfo) -> bool:
        return self.hours.holds(news.at.astimezone(clock))

    @property
    def words(self) -> str:
        begin, end, days = self.hours
        on = say("on {days}", days=join_words([say_weekday(day, short=True) for day in days], "and")) if days else ""
        between = (
            say("between {begin} and {end}", begin=say_clock(begin), end=say_clock(end))
            if (begin, end) != (0, DAY)
            else ""
        )
        return " ".join(part for part in (on, between) if part)

    @property
    def typed(self) -> str:
        return f"hours:{self.hours}"


@dataclass(frozen=True)
class QuietHoursFilter(Filter):
    """Hours in which nothing is posted: events in them still match, and are posted when the hours are over."""

    keys = ("quiet",)
    column = "quiet"
    example = "quiet:22-7"
    hint = "quiet:22-7 (posted at 7)"
    sides = ("only",)
    is_clause = True
    uses_clock = True

    hours: DailyHours

    @classmethod
    def parse_value(cls, value: str, region: str) -> Self:
        return cls(parse_span(value, cls.example))

    def matches(self, news: News, clock: ZoneInfo) -> None:
        return None

    @property
    def words(self) -> str:
        return say("quiet from {begin} to {end}", begin=say_clock(self.hours.begin), end=say_clock(self.hours.end))

    @property
    def typed(self) -> str:
        return f"quiet:{self.hours}"


@dataclass(frozen=True)
class QueueFilter(Filter):
    """How many callers have to wait before a queue counts as long. Described with the event itself."""

    keys = ("queue",)
    column = "queue"
    example = "queue:3"
    sides = ("only",)

    callers: int = 3

    @classmethod
    def parse_value(cls, value: str, region: str) -> Self:
        if not re.fullmatch(r"\d{1,4}", value.strip()):
            raise UnclearFilter(
                say(
                    "“{value}” is not a number of callers. Type something like {example}",
                    value=value[:30],
                    example=cls.example,
                )
            )
        return cls(int(value))

    def matches(self, news: News, clock: ZoneInfo) -> bool | None:
        return (news.waiting or 0) > self.callers if news.kinds == {NewsKind.QUEUE} else None

    @property
    def words(self) -> str:
        return ""

    @property
    def typed(self) -> str:
        return f"queue:{self.callers}"

    @property
    def is_default(self) -> bool:
        return self == QueueFilter()


FILTERS: Final[tuple[type[Filter], ...]] = (
    PlaceFilter,
    NumberFilter,
    CountryFilter,
    LabelFilter,
    InternalFilter,
    LongerFilter,
    LineHoursFilter,
    HoursFilter,
    QuietHoursFilter,
    QueueFilter,
)
"""The order in which filters are tried and described."""


def arranged(filters: Iterable[Filter]) -> tuple[Filter, ...]:
    """Return the filters in one canonical order, without duplicates and defaults: equal however they were typed or
    stored."""
    given = [one for one in dict.fromkeys(filters) if not one.is_default]
    of_class = [[one for one in given if type(one) is kind] for kind in FILTERS]
    return tuple(one for kind, found in zip(FILTERS, of_class, strict=True) for one in found[0 if kind.many else -1 :])


def join_words(words: Sequence[str], last: str) -> str:
    """Join words as in "Mon, Tue and Wed"."""
    return f" {translated(last)} ".join(part for part in (", ".join(words[:-1]), words[-1] if words else "") if part)
