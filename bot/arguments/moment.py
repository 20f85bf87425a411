"""``for 30m``, ``until 15:00``, ``tomorrow 9:00``: moments as people write them, in their own time zone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.basics.times import (
    DAY,
    LONGEST,
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
)
from bot.basics.words import Word
from bot.contract.argument import Lookup, Option
from bot.contract.context import Ctx
from bot.contract.reply import Raw

FURTHEST: Final = timedelta(days=31)
MORNING: Final = 9 * 60
"""Minutes after midnight, like ``EVENING``."""
EVENING: Final = 18 * 60
JUST_PAST: Final = timedelta(hours=3)
"""A time of day that passed less than this ago is taken for a slip, not for tomorrow."""

_PARTS_OF_DAY: Final = {"morning": MORNING, "evening": EVENING}
_LEAD: Final = re.compile(r"(?:(?:for|until|till|til|in|at|by|on)\s+)+")

_ANY_TIME: Final = datetime(2026, 1, 1, tzinfo=UTC)

PRESETS: Final = ("30m", "1h", "2h", "4h", "end of day", "tomorrow")


class NoMoment(Exception):
    """Text that is not a usable moment; the message is the sentence for the person."""


class NotAMoment(NoMoment):
    """Text that was not meant as a moment at all."""

    def __init__(self, text: str) -> None:
        advice = "Type 30m, 2h, 15:00, 3pm, tomorrow 9:00 or end of day."
        super().__init__(str(UnclearTime("time", text, advice)))


def parse_moment(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    """Parse a moment into an aware datetime in UTC. ``now`` is aware. Raises NoMoment.

    A time of day that has passed is tomorrow's, unless it passed less than three hours ago: that is more likely a slip
    of the pen than a wish for 23 hours of quiet.
    """
    cleaned = _clean(text)
    local = now.astimezone(zone)
    for read in (_read_span, _read_iso, _read_words):
        moment = read(cleaned, local)
        if moment is not None:
            break
    else:
        raise NotAMoment(text)
    if elapsed(now, moment) < timedelta(minutes=1):
        raise NoMoment(f"{quoted(text)} has already passed. Choose a later time, such as 30m or 17:00.")
    if elapsed(now, moment) > FURTHEST:
        raise NoMoment(f"{quoted(text)} is too far ahead. The limit is 31 days.")
    return moment.astimezone(UTC)


def _clean(text: str) -> str:
    if len(text) > LONGEST:
        raise NotAMoment(text)
    spaced = " ".join(text.casefold().split()).strip(" ,;.!")
    return _LEAD.sub("", spaced, count=1) if _LEAD.match(spaced) else spaced


def _read_span(text: str, local: datetime) -> datetime | None:
    span = read_span(text)
    if span is None:
        return None
    if span > FURTHEST:
        raise NoMoment(f"{quoted(text)} is too long. The limit is 31 days.")
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
    day, rest = _leading_day(text, local.date())
    if day is None:
        return _next_clock(text, local)
    if not rest:
        return on_clock(day, MORNING, local.tzinfo)
    minutes = _clock(rest)
    if minutes is None:
        raise NotAMoment(text)
    return on_clock(day, minutes, local.tzinfo, after=local)


def _end_of_day(local: datetime) -> datetime:
    evening = on_clock(local.date(), EVENING, local.tzinfo)
    return evening if elapsed(local, evening) > timedelta(0) else on_clock(local.date(), DAY, local.tzinfo)


def _leading_day(text: str, today: date) -> tuple[date | None, str]:
    first, _, rest = text.partition(" ")
    rest = _LEAD.sub("", rest, count=1) if _LEAD.match(rest) else rest
    first = first.rstrip(",")
    if first in {"tomorrow", "tmrw", "tmr"}:
        return today + timedelta(days=1), rest
    if first in {"today", "tonight"}:
        return today, rest
    if first == "next" and rest == "week":
        return today + timedelta(days=7 - today.weekday()), ""
    weekday = read_weekday(first)
    if weekday is None:
        return None, text
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1), rest


def _clock(text: str, *, hour_alone: bool = True) -> int | None:
    """Return minutes after midnight; an hour alone counts as a time only after a day's name."""
    return _PARTS_OF_DAY[text] if text in _PARTS_OF_DAY else read_clock(text, end=True, hour_alone=hour_alone)


def _next_clock(text: str, local: datetime) -> datetime | None:
    if re.fullmatch(r"[0-9]{1,3}", text):
        raise NoMoment(f"“{text}” could be minutes, hours or a time of day. Type {text}m, {text}h or {text}:00.")
    minutes = _clock(text, hour_alone=False)
    if minutes is None:
        return None
    moment = on_clock(local.date(), minutes, local.tzinfo, after=local)
    ago = elapsed(moment, local)
    if ago < timedelta(0):
        return moment
    if ago < JUST_PAST:
        typed = clock(minutes)
        raise NoMoment(f"{typed} has just passed. If you mean tomorrow, type: tomorrow {typed}.")
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
            raise self.refuse(name, str(problem)) from None

    async def suggest(self, ctx: Ctx, query: str) -> list[Option]:
        zone = await ctx.zone()
        if not query.strip():
            return [option for preset in PRESETS if (option := self._option(preset, ctx.now, zone))]
        typed = self._option(query, ctx.now, zone)
        near = [preset for preset in PRESETS if query.strip().casefold() in preset]
        return [option for option in (typed, *(self._option(preset, ctx.now, zone) for preset in near)) if option]

    async def describe(self, ctx: Ctx, raw: str) -> Option:
        return self._option(raw, ctx.now, await ctx.zone()) or Option(raw[:75], raw[:75])

    def _option(self, text: str, now: datetime, zone: ZoneInfo) -> Option | None:
        try:
            moment = parse_moment(text, now, zone)
        except NoMoment:
            return None
        local, here = moment.astimezone(zone), now.astimezone(zone)
        return Option(f"Until {_day(local, here)}{clock(local.time())} (in {distance(moment, now)})", text.strip()[:75])


@dataclass(frozen=True)
class MomentWords(Moment):
    """A moment whose value is the text as it was typed, for another form to parse."""

    async def parse(self, ctx: Ctx, name: str, raw: Raw) -> str:  # type: ignore[override]  # not parsed yet
        return " ".join(raw) if isinstance(raw, list) else str(raw)


def _day(local: datetime, here: datetime) -> str:
    days = (local.date() - here.date()).days
    return "" if days == 0 else "tomorrow " if days == 1 else f"{local:%A} {local.day} {local:%B} "
