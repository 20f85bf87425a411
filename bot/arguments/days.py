"""The argument for whole days that have passed: ``last week``, ``1–15 Nov``, ``october``, in the person's time zone."""

import re
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, replace
from datetime import date, timedelta
from typing import Final

from bot.basics.language import mark, say, say_days, say_month, say_weekday
from bot.basics.times import LONGEST, WHOLE_WEEKDAYS, UnclearTime, read_weekday
from bot.basics.words import Word
from bot.contract.argument import Lookup, Option
from bot.contract.context import Ctx
from bot.contract.reply import Raw

FURTHEST_BACK: Final = 366
"""Days. Dialpad keeps statistics for longer, but a comparison needs twice as many."""
PRESETS: Final = (
    mark("today"), mark("yesterday"), mark("this week"), mark("last week"), mark("last 7 days"), mark("this month"),
    mark("last month"),
)  # fmt: skip
MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_COUNTED_WORDS: Final = {
    "d": (mark("last day"), mark("last {count} days")),
    "w": (mark("last week"), mark("last {count} weeks")),
    "m": (mark("last month"), mark("last {count} months")),
}
_ADVICE: Final = mark("Type today, yesterday, last week, last 7 days or 1–15 Nov.")
_OWN_FORM: Final = re.compile(r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})(?: (.+))?", re.ASCII)
_ISO: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_COUNTED: Final = re.compile(
    r"(?:the )?(?:(?:last|past) )?(?P<count>\d{1,3}) ?(?P<unit>d|days?|w|weeks?|months?)", re.ASCII
)
_TO: Final = re.compile(
    r"\s*(?:\u2013|\u2014|\bto\b|\buntil\b|\btill\b)\s*|\s+-\s+|\s*(?<![0-9]{4})(?<![0-9]-[0-9]{2})-\s*"
)
_DAY_MONTH: Final = re.compile(
    r"(?P<day>\d{1,2})(?:st|nd|rd|th)?(?: of)? (?P<month>[a-z]{3,9})(?: (?P<year>\d{4}))?", re.ASCII
)
_MONTH_DAY: Final = re.compile(
    r"(?P<month>[a-z]{3,9}) (?P<day>\d{1,2})(?:st|nd|rd|th)?(?:,? (?P<year>\d{4}))?", re.ASCII
)
_DAY: Final = re.compile(r"(?P<day>\d{1,2})(?:st|nd|rd|th)?", re.ASCII)
_MONTH: Final = re.compile(r"(?P<month>[a-z]{3,9})(?: (?P<year>\d{4}))?", re.ASCII)


@dataclass(frozen=True)
class DaySpan:
    """Whole days from ``first`` to ``last``, both included. ``words`` finishes a title: "last week". ``typed``: how
    they are typed by a name of theirs, "" for days that have none."""

    first: date
    last: date
    words: str
    typed: str = ""

    @property
    def length(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def raw(self) -> str:
        """Return what a button or a later request carries: the dates, and how they were called."""
        dates = f"{self.first.isoformat()}..{self.last.isoformat()}"
        return f"{dates} {self.typed}" if self.typed else dates

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def before(self) -> "DaySpan":
        """Return the days to compare with: the same days of the month or week before, for what begins with one, else as
        many days that end the day before."""
        if self.length > 1 and self.first.day == 1 and self.first.month == self.last.month:
            return self._month_before()
        back = 7 if 1 < self.length <= 7 and self.first.weekday() == 0 else self.length
        first, last = (day - timedelta(days=back) for day in (self.first, self.last))
        return DaySpan(first, last, say_days(first, last))

    def _month_before(self) -> "DaySpan":
        end = self.first - timedelta(days=1)
        is_whole = (self.last + timedelta(days=1)).day == 1
        last = end if is_whole else end.replace(day=min(end.day, self.last.day))
        return DaySpan(end.replace(day=1), last, say_days(end.replace(day=1), last))


class NoDays(Exception):
    """Text that is no usable days; the message is the sentence for the person. ``meant``: whether days were meant."""

    def __init__(self, text: str, *, meant: bool = True) -> None:
        super().__init__(text)
        self.meant = meant


def parse_days(text: str, today: date) -> DaySpan:
    """Read days that have passed, up to today. Raises NoDays."""
    said = " ".join(text.casefold().split()).strip(" ,;.!").removeprefix("in ")
    if len(text) > LONGEST:
        raise _unclear(text)
    span = _read(said, today)
    if span is None:
        raise _unclear(text)
    if span.first > today:
        raise NoDays(say("Those days are in the future. Choose earlier ones."))
    if (today - span.first).days > FURTHEST_BACK:
        raise NoDays(say("That goes back more than a year. Choose later days."))
    return replace(span, last=min(span.last, today))


def _read(said: str, today: date) -> DaySpan | None:
    if own := _OWN_FORM.fullmatch(said):
        span = _between(_iso(own[1]), _iso(own[2]))
        called = _read(own[3].removeprefix("in "), today) if own[3] else None
        return called if called is not None and called.raw.startswith(f"{own[1]}..{own[2]}") else span
    return _named(said, today) or _counted(said, today) or _since(said, today) or _dates(said, today)


def _unclear(text: str) -> NoDays:
    return NoDays(str(UnclearTime("days", text, say(_ADVICE))), meant=False)


def _named(said: str, today: date) -> DaySpan | None:
    yesterday = today - timedelta(days=1)
    monday = today - timedelta(days=today.weekday())
    month = today.replace(day=1)
    last_of_month = month - timedelta(days=1)
    spans = {
        "today": (today, today),
        "yesterday": (yesterday, yesterday),
        "this week": (monday, today),
        "last week": (monday - timedelta(days=7), monday - timedelta(days=1)),
        "this month": (month, today),
        "last month": (last_of_month.replace(day=1), last_of_month),
    }
    if said in spans:
        return DaySpan(*spans[said], say(said), said)
    weekday = read_weekday(said.removeprefix("last ").removeprefix("on "))
    if weekday is None:
        return None
    day = today - timedelta(days=(today.weekday() - weekday) % 7 or (7 if said.startswith("last ") else 0))
    return DaySpan(day, day, say("on {weekday}", weekday=say_weekday(weekday)), f"on {WHOLE_WEEKDAYS[weekday]}")


def _counted(said: str, today: date) -> DaySpan | None:
    match = _COUNTED.fullmatch(said)
    if match is None or not (count := int(match["count"])):
        return None
    days = count * {"d": 1, "w": 7, "m": 30}[match["unit"][0]]
    if days > FURTHEST_BACK:
        raise NoDays(say("That goes back more than a year. Choose later days."))
    one, many = _COUNTED_WORDS[match["unit"][0]]
    first, yesterday = today - timedelta(days=days), today - timedelta(days=1)
    if count == 1:
        return DaySpan(first, yesterday, say(one), one)
    return DaySpan(first, yesterday, say(many, count=count), many.format(count=count))


def _since(said: str, today: date) -> DaySpan | None:
    begin, since, rest = said.partition("since ")
    if not since or begin:
        return None
    found = _named(rest, today) or _dates(rest, today)
    if found is None:
        return None
    weekday = read_weekday(rest)
    begin = rest.title() if weekday is None else say_weekday(weekday)
    return DaySpan(found.first, today, say("since {begin}", begin=begin), f"since {rest.title()}")


def _dates(said: str, today: date) -> DaySpan | None:
    ends = _TO.split(said.removeprefix("from "))
    if len(ends) == 1:
        return _month(said, today) or _between(day := _date(said, today), day)
    if len(ends) != 2:
        return None
    return _between(*_range(ends[0].strip(), ends[1].strip(), today))


def _between(first: date | None, last: date | None) -> DaySpan | None:
    if first is None or last is None or first > last:
        return None
    return DaySpan(first, last, say_days(first, last))


def _range(begin: str, end: str, today: date) -> tuple[date | None, date | None]:
    """Return the days of ``1`` to ``15 nov``, ``nov 1`` to ``15``, ``28 oct`` to ``3 nov``."""
    last = today if end in {"today", "now"} else _date(end, today)
    if last is None and _DAY.fullmatch(end) and (first := _date(begin, today)):  # nov 1-15
        return first, _on(first.year, first.month, int(_DAY.fullmatch(end)["day"]))  # type: ignore[index]  # it matched
    if last is not None and (alone := _DAY.fullmatch(begin)):  # 1-15 nov
        return _on(last.year, last.month, int(alone["day"])), last
    first = _date(begin, today)
    if first is not None and last is not None and first > last:
        first = _on(last.year - 1, first.month, first.day)
    return first, last


def _month(said: str, today: date) -> DaySpan | None:
    match = _MONTH.fullmatch(said)
    number = _month_number(match["month"]) if match else None
    if match is None or number is None:
        return None
    year = int(match["year"]) if match["year"] else today.year - (number > today.month)
    first = date(year, number, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return DaySpan(first, last, say("in {month}", month=say_month(number)), f"in {MONTHS[number - 1]}")


def _date(said: str, today: date) -> date | None:
    if _ISO.fullmatch(said):
        return _iso(said)
    match = _DAY_MONTH.fullmatch(said) or _MONTH_DAY.fullmatch(said)
    number = _month_number(match["month"]) if match else None
    if match is None or number is None:
        return None
    if match["year"]:
        return _on(int(match["year"]), number, int(match["day"]))
    found = _on(today.year, number, int(match["day"]))
    return _on(today.year - 1, number, int(match["day"])) if found is None or found > today else found


def _month_number(word: str) -> int | None:
    named = (number for number, name in enumerate(MONTHS, 1) if name.casefold().startswith(word))
    return 9 if word == "sept" else next(named, None)


def _iso(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _on(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


@dataclass(frozen=True)
class Days(Lookup):
    """Whole days that have passed; the value is a DaySpan."""

    _: KW_ONLY
    most_words: int = 5

    @property
    def vocabulary(self) -> tuple[str, ...]:
        words = {word for preset in PRESETS for word in preset.split()}
        return (*self.keywords, *sorted(words), *(name.casefold() for name in (*WHOLE_WEEKDAYS, *MONTHS)))

    def after_keyword(self, keyword: str, value: str) -> str:
        return f"since {value}" if keyword == "since" else value

    def fits(self, text: str) -> bool:
        try:
            parse_days(text, date(2026, 6, 15))
        except NoDays as problem:
            return problem.meant
        return True

    async def take(self, ctx: Ctx, words: Sequence[Word], text: str) -> int:
        for count in range(min(len(words), self.most_words), 0, -1):
            if not words[0].quoted and self.fits(" ".join(word.text for word in words[:count])):
                return count
        return 0

    async def parse(self, ctx: Ctx, name: str, raw: Raw) -> DaySpan:
        text = " ".join(raw) if isinstance(raw, list) else str(raw)
        today = ctx.now.astimezone(await ctx.zone()).date()
        try:
            return parse_days(text, today)
        except NoDays as problem:
            raise self.refuse(name, str(problem)) from None

    async def suggest(self, ctx: Ctx, query: str) -> list[Option]:
        typed = query.strip()
        near = [preset for preset in PRESETS if typed.casefold() in preset]
        if not near and self.fits(typed):
            return [Option(typed[:1].upper() + typed[1:], typed)]
        return [Option((said := say(preset))[:1].upper() + said[1:], preset) for preset in near]

    async def describe(self, ctx: Ctx, raw: str) -> Option:
        try:
            span = parse_days(raw, ctx.now.astimezone(await ctx.zone()).date())
        except NoDays:
            return Option(raw[:75], raw[:75])
        return Option((span.words[:1].upper() + span.words[1:])[:75], raw[:75])
