"""``for 30m``, ``until 15:00``, ``tomorrow 9:00``: moments as people write them, in their own time zone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.basics.language import say, say_count, say_day
from bot.basics.times import (
    DAY,
    LONGEST,
    UNTIL,
    WHOLE_WEEKDAYS,
    UnclearTime,
    clock,
    distance,
    elapsed,
    later,
    on_clock,
    quoted,
    read_clock,
    read_span,
    read_weekday,
    say_clock,
)
from bot.basics.words import Word
from bot.contract.argument import Lookup, Option, SeveralMeanings
from bot.contract.context import Ctx
from bot.contract.reply import Raw

FURTHEST: Final = timedelta(days=31)
MORNING: Final = 9 * 60
"""Minutes after midnight, like ``EVENING``."""
EVENING: Final = 18 * 60
JUST_PAST: Final = timedelta(hours=3)
"""A time of day that passed less than this ago is taken for a slip, not for tomorrow."""

AFTERNOON: Final = 13 * 60
_PARTS_OF_DAY: Final = {"morning": MORNING, "first thing": MORNING, "afternoon": AFTERNOON, "evening": EVENING}
_ABOUT: Final = re.compile(r"(?:\s+(?:sharp|exactly|or so)|ish)$")
"""What says nothing more about a time."""
_FOUR_DIGITS: Final = re.compile(r"([01][0-9]|2[0-3])([0-5][0-9])")
_MONTHS: Final = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
                  "november", "december")  # fmt: skip
_DATE: Final = re.compile(
    r"(?:the )?(?:(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?(?: of)?(?: (?P<month>[a-z]{3,9}))?"
    r"|(?P<first>[a-z]{3,9}) (?P<then>[0-9]{1,2})(?:st|nd|rd|th)?)"
)
_LEAD: Final = re.compile(
    rf"(?:(?:for|during|since now|(?:up )?(?:{'|'.join(UNTIL)})|up to|to|in|within|at|by|on|about|around)\s+)+"
)
_OF_DAY: Final = frozenset({*UNTIL, "up", "to", "at", "by"})
"""Words before a time of day; before a span there are others."""
_HOURS_OF_DAY: Final = 24
_MOST_HOURS: Final = 72
"""Nobody counts more hours."""
_MOST_MINUTES: Final = 480
"""Nor more minutes: 911 is something else."""
_SURELY_MINUTES: Final = 10
"""Nobody says "in 20" of hours."""
_THE: Final = re.compile(
    r"\bthe "
    r"(?=[0-9]{1,2}(?:[:.h][0-9]{2}\b| ?[ap]\.?m?\b| ?o['’]?clock|h\b)"
    r"|noon\b|midday|midnight|half |quarter |afternoon|evening|tomorrow|next "
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day)"
)
"""An article that no time has, as people say it whose language has one there."""
_MORE: Final = re.compile(r"^(?:(?:the )?next|another|(?:one )?more) (?=[0-9]|an?\b|half|few|couple|hours?\b|day\b)")
_BARE_UNIT: Final = re.compile(r"(?:hour|day|week)")
_OF_TWELVE_HOURS: Final = re.compile(
    r"(?:[1-9]|1[0-2])(?:[:.h][0-5][0-9])?|[a-z0-9 ]+ (?:past|after|to|before) [a-z0-9]+"
)
"""A time of day that says neither am nor pm, nor shows that it is of 24 hours."""
_WORDS: Final = (
    "today", "tonight", "tomorrow", "noon", "midnight", "morning", "evening", "end", "day", "eod", "next", "week",
    "and", "in", "afternoon", "half", "past", "quarter", "minutes", "minute", "mins", "min", "hours", "hour", "days",
    "am", "pm", "at", "sharp", "five", "ten", "twenty",
    *(day.casefold() for day in WHOLE_WEEKDAYS),
)  # fmt: skip

_ANY_TIME: Final = datetime(2026, 1, 1, tzinfo=UTC)

PRESETS: Final = ("30m", "1h", "2h", "4h", "end of day", "tomorrow")


class NoMoment(Exception):
    """Text that is not a usable moment; the message is the sentence for the person. ``meant``: what can be typed
    instead for each moment that it may be, with its words."""

    def __init__(self, text: str, meant: Sequence[Option] = ()) -> None:
        super().__init__(text)
        self.meant = tuple(meant)


class NotAMoment(NoMoment):
    """Text that was not meant as a moment at all."""

    def __init__(self, text: str) -> None:
        advice = say("Type 30m, 2h, 15:00, 3pm, tomorrow 9:00 or end of day.")
        super().__init__(str(UnclearTime("time", text, advice)))


def parse_moment(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    """Parse a moment into an aware datetime in UTC. ``now`` is aware. Raises NoMoment.

    A time of day that has passed is tomorrow's, unless it passed less than three hours ago: that is more likely a slip
    of the pen than a wish for 23 hours of quiet. What can be two moments is none: "until 5" in the afternoon, "30".
    """
    cleaned = _clean(text)
    local = now.astimezone(zone)
    if digits := _FOUR_DIGITS.fullmatch(cleaned):
        cleaned = f"{digits[1]}:{digits[2]}"
    if re.fullmatch(r"[0-9]{1,3}", cleaned):
        cleaned = _read_number(int(cleaned), _lead_of(text), local)
    for read in (_read_span, _read_iso, _read_words):
        moment = read(cleaned, local)
        if moment is not None:
            break
    else:
        raise NotAMoment(text)
    if elapsed(now, moment) < timedelta(minutes=1):
        raise NoMoment(say("{said} has already passed. Choose a later time, such as 30m or 17:00.", said=quoted(text)))
    if elapsed(now, moment) > FURTHEST:
        raise NoMoment(say("{said} is too far ahead. The limit is 31 days.", said=quoted(text)))
    return moment.astimezone(UTC)


def _clean(text: str) -> str:
    if len(text) > LONGEST:
        raise NotAMoment(text)
    spaced = _THE.sub("", _ABOUT.sub("", " ".join(text.casefold().split()).strip(" ,;.!")))
    said = _LEAD.sub("", spaced, count=1) if _LEAD.match(spaced) else spaced
    more = _MORE.match(said)
    said = said[more.end() :] if more else said
    return f"1 {said}" if more and _BARE_UNIT.fullmatch(said) else said


def _lead_of(text: str) -> str:
    """Return the word before the moment: until, for, in; "" for none."""
    lead = _LEAD.match(" ".join(text.casefold().split()))
    return lead[0].split()[0] if lead else ""


def _read_number(number: int, lead: str, local: datetime) -> str:
    """Return how the moment that a number alone means is typed. Raises NoMoment when it can be several, or none."""
    of_day = lead in _OF_DAY
    if not number and not of_day:
        raise NoMoment(say("0 minutes is no time. Choose a later time, such as 30m or 17:00."))
    if of_day and number <= _HOURS_OF_DAY:
        return f"{number}:00"
    minutes, hours = f"{number}m", f"{number}h"
    surely = _MOST_HOURS < number <= _MOST_MINUTES or (lead == "in" and _SURELY_MINUTES <= number <= _MOST_MINUTES)
    if not of_day and surely:
        return minutes
    meant = [Option(say_count("For {count} minute", "For {count} minutes", number), minutes)]
    if not of_day and number <= _MOST_HOURS:
        meant.append(Option(say_count("For {count} hour", "For {count} hours", number), hours))
    if not lead and 0 < number <= _HOURS_OF_DAY:
        meant += [_until(moment, local) for moment in _both(number * 60, local)]
    raise _could_be(str(number), meant)


def _could_be(text: str, meant: Sequence[Option]) -> NoMoment:
    """Return the error for a text that can be several moments: with what they are, and how each is typed."""
    typed = say(" or ").join(one.value for one in meant)
    return NoMoment(
        say("“{said}” could be {moments}. Type {typed}.", said=text, moments=_in_words(meant), typed=typed), meant
    )


def _both(minutes: int, local: datetime) -> list[datetime]:
    """Return the next moments that a time of day of a clock with twelve hours may mean, the nearest first."""
    spoken = {minutes % DAY, (minutes + DAY // 2) % DAY} if minutes <= DAY // 2 + 59 else {minutes % DAY}
    days = (local.date(), local.date() + timedelta(days=1))
    all_of_them = [on_clock(day, one, local.tzinfo, after=local) for day in days for one in spoken]
    return sorted(one for one in all_of_them if elapsed(local, one) > timedelta(minutes=1))[: len(spoken)]


def _until(moment: datetime, local: datetime) -> Option:
    """Return a moment of today or tomorrow to choose: "Until 5:00 PM today"."""
    at = moment.hour * 60 + moment.minute
    if moment.date() == local.date():
        return Option(say("Until {time} today", time=say_clock(at)), clock(at))
    return Option(say("Until {time} tomorrow", time=say_clock(at)), f"tomorrow {clock(at)}")


def _in_words(meant: Sequence[Option]) -> str:
    return _either([one.text[:1].lower() + one.text[1:] for one in meant])


def _either(words: Sequence[str]) -> str:
    return say(" or ").join((", ".join(words[:-1]), words[-1])) if len(words) > 1 else words[0]


def _read_span(text: str, local: datetime) -> datetime | None:
    span = read_span(text)
    if span is None:
        return None
    if span > FURTHEST:
        raise NoMoment(say("{said} is too long. The limit is 31 days.", said=quoted(text)))
    return later(local, span)


def _read_iso(text: str, local: datetime) -> datetime | None:
    if not re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        moment = datetime.fromisoformat(text.upper())
    except ValueError:
        return None
    try:
        if re.fullmatch(r"[0-9-]{10}", text):
            return on_clock(moment.date(), MORNING, local.tzinfo)
        # Out of UTC and back: a time that the clocks skip is moved on.
        return (moment if moment.tzinfo else moment.replace(tzinfo=local.tzinfo)).astimezone(UTC)
    except OverflowError:
        return None


def _read_words(text: str, local: datetime) -> datetime | None:
    if text in {"end of day", "end of the day", "eod", "today", "tonight", "the end of the day"}:
        return _end_of_day(local)
    if text in {"end of week", "end of the week", "the end of the week"}:
        return on_clock(_coming(4, local.date() - timedelta(days=1)), EVENING, local.tzinfo, after=local)
    if text.startswith("end of ") and (end := _leading_day(text.removeprefix("end of "), local)) != (None, ""):
        day, rest = end
        if day is not None and not rest:
            return on_clock(day, EVENING, local.tzinfo, after=local)
    day, rest = _leading_day(text, local)
    if day is None:
        day, rest = _trailing_day(text, local)
    if day is None:
        return _next_clock(text, local)
    if not rest:
        return on_clock(day, MORNING, local.tzinfo)
    minutes = _clock(rest)
    if minutes is None:
        raise NotAMoment(text)
    if text.startswith("tonight") and minutes < DAY // 2:
        minutes += DAY // 2
    return on_clock(day, minutes, local.tzinfo, after=local)


def _trailing_day(text: str, local: datetime) -> tuple[date | None, str]:
    """Read "9am tomorrow" and "noon on next monday"."""
    for at in [found.start() for found in re.finditer(r"\s", text)]:
        rest, said = text[:at], text[at:].strip().removeprefix("on ")
        if _clock(rest) is None:
            continue
        day, more = _leading_day(said, local)
        if day is not None and not more:
            return day, rest
    return None, text


def _end_of_day(local: datetime) -> datetime:
    evening = on_clock(local.date(), EVENING, local.tzinfo)
    return evening if elapsed(local, evening) > timedelta(0) else on_clock(local.date(), DAY, local.tzinfo)


def _leading_day(text: str, local: datetime) -> tuple[date | None, str]:
    today = local.date()
    dated = _dated(text, today)
    return dated if dated is not None else _named_day(text, today)


def _named_day(text: str, today: date) -> tuple[date | None, str]:
    first, _, rest = text.partition(" ")
    rest = _LEAD.sub("", rest, count=1) if _LEAD.match(rest) else rest
    first = first.rstrip(",")
    if first in {"tomorrow", "tmrw", "tmr", "tmw", "tomo"}:
        return today + timedelta(days=1), rest
    if first in {"today", "tonight", "this"} and (first != "this" or rest in _PARTS_OF_DAY):
        return today, rest
    if first == "next" and rest == "week":
        return today + timedelta(days=7 - today.weekday()), ""
    if first in {"next", "this", "coming"}:
        second, _, rest = rest.partition(" ")
        rest = _LEAD.sub("", rest, count=1) if _LEAD.match(rest) else rest
        weekday = read_weekday(second.rstrip(","))
        return (None, text) if weekday is None else (_weekday_said(first, weekday, rest, today), rest)
    weekday = read_weekday(first)
    if weekday is None:
        return None, text
    return _coming(weekday, today), rest


def _dated(text: str, today: date) -> tuple[date, str] | None:
    """Read "march 15", "15 march at noon", "the 15th" and "day after tomorrow": the next such day, and what follows."""
    if (said := text.removeprefix("the ")).startswith("day after tomorrow"):
        rest = said.removeprefix("day after tomorrow").strip()
        return today + timedelta(days=2), _LEAD.sub("", rest, count=1) if _LEAD.match(rest) else rest
    words = text.replace(",", "").split()
    for count in range(min(4, len(words)), 0, -1):
        said = " ".join(words[:count])
        found = _DATE.fullmatch(said)
        if found is None or said.isdigit():
            continue
        name, day = found["month"] or found["first"], int(found["day"] or found["then"])
        month = next((at for at, one in enumerate(_MONTHS, 1) if name and one.startswith(name)), None)
        if (name and month is None) or (name is None and not said.endswith(("st", "nd", "rd", "th"))):
            continue
        ahead = [today + timedelta(days=days) for days in range(366)]
        meant = next((one for one in ahead if one.day == day and month in {None, one.month}), None)
        if meant is not None:
            rest = " ".join(words[count:])
            return meant, _LEAD.sub("", rest, count=1) if _LEAD.match(rest) else rest
    return None


def _coming(weekday: int, today: date) -> date:
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _weekday_said(first: str, weekday: int, rest: str, today: date) -> date:
    """Return the day meant by "next friday". On a Tuesday that can be either of two. Raises NoMoment then."""
    coming = _coming(weekday, today)
    if first != "next" or weekday <= today.weekday():
        return coming
    days = [coming, coming + timedelta(days=7)]
    meant = [Option(say_day(day, "EEEE d MMMM"), f"{day.isoformat()} {rest}".strip()) for day in days]
    raise NoMoment(
        say(
            "“next {weekday}” could be {days}. Type the date.",
            weekday=WHOLE_WEEKDAYS[weekday],
            days=_either([one.text for one in meant]),
        ),
        meant,
    )


def _clock(text: str, *, hour_alone: bool = True) -> int | None:
    """Return minutes after midnight; an hour alone counts as a time only after a day's name."""
    return _PARTS_OF_DAY[text] if text in _PARTS_OF_DAY else read_clock(text, end=True, hour_alone=hour_alone)


def _next_clock(text: str, local: datetime) -> datetime | None:
    minutes = _clock(text, hour_alone=False)
    if minutes is None:
        return None
    moment = on_clock(local.date(), minutes, local.tzinfo, after=local)
    ago = elapsed(moment, local)
    if ago < timedelta(0):
        return moment
    if _OF_TWELVE_HOURS.fullmatch(text) and minutes:
        raise _could_be(text, [_until(one, local) for one in _both(minutes, local)])
    if ago < JUST_PAST:
        typed, time = f"tomorrow {clock(minutes)}", say_clock(minutes)
        raise NoMoment(
            say("{time} has just passed. If you mean tomorrow, type: {typed}.", time=time, typed=typed),
            [Option(say("Until {time} tomorrow", time=time), typed)],
        )
    return on_clock(local.date() + timedelta(days=1), minutes, local.tzinfo)


def is_moment(text: str) -> bool:
    """Tell whether this is surely a moment, whatever the time is now."""
    try:
        parse_moment(text, _ANY_TIME, ZoneInfo("UTC"))
    except NoMoment:
        return False
    return True


@dataclass(frozen=True)
class Moment(Lookup):
    """A future moment, given as a span, a time of day or a day. The value is an aware datetime in UTC."""

    @property
    def vocabulary(self) -> tuple[str, ...]:
        return (*self.keywords, *_WORDS)

    def after_keyword(self, keyword: str, value: str) -> str:
        return f"{keyword} {value}" if value.isdigit() else value  # "for 5" and "until 5" are not the same

    def fits(self, text: str) -> bool:
        # The zone and the clock decide only whether a moment has passed, never whether it is one.
        try:
            parse_moment(text, _ANY_TIME, ZoneInfo("UTC"))
        except NotAMoment:
            return False
        except NoMoment:
            return True
        return True

    async def take(self, ctx: Ctx, words: Sequence[Word], text: str) -> int:
        for count in range(min(len(words), 6), 0, -1):
            if self.fits(" ".join(word.text for word in words[:count])):
                return count
        return 0

    async def parse(self, ctx: Ctx, name: str, raw: Raw) -> datetime:
        text = " ".join(raw) if isinstance(raw, list) else str(raw)
        try:
            return parse_moment(text, ctx.now, await ctx.zone())
        except NoMoment as problem:
            if problem.meant:
                raise SeveralMeanings(name, str(problem), text, problem.meant) from None
            raise self.refuse(name, str(problem)) from None

    async def suggest(self, ctx: Ctx, query: str) -> list[Option]:
        zone = await ctx.zone()
        if not query.strip():
            return [option for preset in PRESETS if (option := self._option(preset, ctx.now, zone))]
        typed = self._options(query, ctx.now, zone)
        near = [preset for preset in PRESETS if query.strip().casefold() in preset]
        return [option for option in (*typed, *(self._option(preset, ctx.now, zone) for preset in near)) if option]

    async def describe(self, ctx: Ctx, raw: str) -> Option:
        return self._option(raw, ctx.now, await ctx.zone()) or Option(raw[:75], raw[:75])

    def _options(self, text: str, now: datetime, zone: ZoneInfo) -> list[Option | None]:
        """Return what a typed text means, or each that it may mean."""
        try:
            parse_moment(text, now, zone)
        except NoMoment as problem:
            return [self._option(one.value, now, zone) for one in problem.meant]
        return [self._option(text, now, zone)]

    def _option(self, text: str, now: datetime, zone: ZoneInfo) -> Option | None:
        try:
            moment = parse_moment(text, now, zone)
        except NoMoment:
            return None
        local, here = moment.astimezone(zone), now.astimezone(zone)
        return Option(_until_then(local, here, distance(moment, now)), text.strip()[:75])


@dataclass(frozen=True)
class MomentWords(Moment):
    """A moment whose value is the text as it was typed, for another form to parse."""

    async def parse(self, ctx: Ctx, name: str, raw: Raw) -> str:  # type: ignore[override]  # not parsed yet
        return " ".join(raw) if isinstance(raw, list) else str(raw)


def _until_then(local: datetime, here: datetime, ahead: str) -> str:
    """Write a moment of today, tomorrow or a later day, and how far ahead it is."""
    days, time = (local.date() - here.date()).days, say_clock(local.hour * 60 + local.minute)
    if days == 0:
        return say("Until {time} (in {ahead})", time=time, ahead=ahead)
    if days == 1:
        return say("Until tomorrow {time} (in {ahead})", time=time, ahead=ahead)
    return say("Until {day} {time} (in {ahead})", day=say_day(local, "EEEE d MMMM"), time=time, ahead=ahead)
