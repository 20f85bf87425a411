"""``for 30m``, ``until 15:00``, ``tomorrow 9:00``: moments as people write them, in the time zone of who wrote it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.basics.words import Word
from bot.contract.argument import Lookup, Option
from bot.contract.context import Ctx
from bot.contract.reply import Raw

FURTHEST: Final = timedelta(days=31)
LONGEST: Final = 60
"""Characters; nobody writes a moment in more."""
MORNING: Final = time(9)
EVENING: Final = time(18)
JUST_PAST: Final = timedelta(hours=3)
"""A time of day that passed less than this ago is taken for a slip, not for tomorrow."""

_UNITS: Final = {
    "m": 1, "min": 1, "mins": 1, "minute": 1, "minutes": 1,
    "h": 60, "hr": 60, "hrs": 60, "hour": 60, "hours": 60,
    "d": 1440, "day": 1440, "days": 1440,
    "w": 10080, "week": 10080, "weeks": 10080,
}  # fmt: skip
_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NAMED_TIMES: Final = {"noon": time(12), "midday": time(12), "morning": MORNING, "evening": EVENING}
_LEAD: Final = re.compile(r"(?:(?:for|until|till|til|in|at|by|on)\s+)+")
_CLOCK: Final = re.compile(r"(?P<hour>[0-9]{1,2})(?:[:.h](?P<minute>[0-9]{2}))?(?:\s*(?P<half>[ap])\.?(?:m\.?)?)?")
_SPAN: Final = re.compile(r"(?P<count>[0-9]{1,5}(?:[.,][0-9]{1,2})?)\s*(?P<unit>[a-z]+)")
_HOURS_MINUTES: Final = re.compile(r"(?P<hours>[0-9]{1,3})\s*h\s*(?P<minutes>[0-9]{1,2})")

_ANY_TIME: Final = datetime(2026, 1, 1, tzinfo=UTC)

PRESETS: Final = ("30m", "1h", "2h", "4h", "end of day", "tomorrow")


class NoMoment(Exception):
    """Text that is no usable moment; the message is the sentence for the person."""


class NotAMoment(NoMoment):
    """Text that was not meant as a moment at all."""

    def __init__(self, text: str) -> None:
        super().__init__(f"“{_short(text)}” is no time I know. Type 30m, 2h, 15:00, 3pm, tomorrow 9:00 or end of day.")


def parse_moment(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    """The moment meant, aware, in UTC. ``now`` is aware. Raises NoMoment.

    A time of day that has passed is tomorrow's, unless it passed less than three hours ago: that is more likely a
    slip of the pen than a wish for 23 hours of quiet.
    """
    cleaned = _clean(text)
    local = now.astimezone(zone)
    for read in (_read_span, _read_iso, _read_words):
        moment = read(cleaned, local)
        if moment is not None:
            break
    else:
        raise NotAMoment(text)
    if moment - local < timedelta(minutes=1):
        raise NoMoment(f"“{_short(text)}” has already passed. Give a time that is still to come, such as 30m or 17:00.")
    if moment - local > FURTHEST:
        raise NoMoment(f"“{_short(text)}” is too far away. The longest is 31 days.")
    return moment.astimezone(UTC)


def _clean(text: str) -> str:
    if len(text) > LONGEST:
        raise NotAMoment(text)
    spaced = " ".join(text.casefold().split()).strip(" ,;.!")
    return _LEAD.sub("", spaced, count=1) if _LEAD.match(spaced) else spaced


def _short(text: str) -> str:
    shown = " ".join(text.split())
    return shown if len(shown) <= 30 else shown[:29] + "…"


def _read_span(text: str, local: datetime) -> datetime | None:
    minutes = _span_minutes(text)
    if minutes is None:
        return None
    if minutes > FURTHEST.total_seconds() / 60:
        raise NoMoment(f"“{_short(text)}” is too long. The longest is 31 days.")
    later = local.astimezone(UTC) + timedelta(minutes=minutes)
    return later.astimezone(local.tzinfo)


def _span_minutes(text: str) -> float | None:
    if text in {"half an hour", "half hour", "a half hour"}:
        return 30
    if match := _HOURS_MINUTES.fullmatch(text):
        return int(match["hours"]) * 60 + int(match["minutes"])
    counted = re.sub(r"\b(?:an|a|one)\b", "1", text)
    counted = re.sub(r"\band\b", " ", counted)
    total, at, parts = 0.0, 0, 0
    while match := _SPAN.match(counted, at):
        unit = _UNITS.get(match["unit"])
        if unit is None:
            return None
        total += float(match["count"].replace(",", ".")) * unit
        parts += 1
        at = match.end()
        while at < len(counted) and counted[at] in " ,":
            at += 1
    return total if parts and at == len(counted) else None


def _read_iso(text: str, local: datetime) -> datetime | None:
    if not re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        moment = datetime.fromisoformat(text.upper())
    except ValueError:
        return None
    if re.fullmatch(r"[0-9-]{10}", text):
        moment = datetime.combine(moment.date(), MORNING)
    try:
        return _real(moment.replace(tzinfo=local.tzinfo)) if moment.tzinfo is None else moment.astimezone(local.tzinfo)
    except OverflowError:
        return None


def _read_words(text: str, local: datetime) -> datetime | None:
    if text in {"end of day", "end of the day", "eod", "today", "tonight", "the end of the day"}:
        return _end_of_day(local)
    if text == "midnight":
        return _on(local.date() + timedelta(days=1), time(0), local)
    day, rest = _leading_day(text, local.date())
    if day is None:
        return _next_clock(text, local)
    if not rest:
        return _on(day, MORNING, local)
    clock = _clock(rest)
    if clock is None:
        raise NotAMoment(text)
    return _on(day, clock, local)


def _end_of_day(local: datetime) -> datetime:
    evening = _on(local.date(), EVENING, local)
    return evening if evening > local else _on(local.date() + timedelta(days=1), time(0), local)


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
    for index, name in enumerate(_DAYS):
        if first in {name, name[:3]} or (len(first) > 3 and name.startswith(first)):
            return today + timedelta(days=(index - today.weekday() - 1) % 7 + 1), rest
    return None, text


def _clock(text: str) -> time | None:
    """A time of day; an hour alone counts as one only after a day's name or with am or pm."""
    if text in _NAMED_TIMES:
        return _NAMED_TIMES[text]
    match = _CLOCK.fullmatch(text.removesuffix(" o'clock").removesuffix(" o’clock").removesuffix("h"))
    if match is None:
        return None
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    if match["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match["half"] == "p" else 0)
    if hour == 24 and minute == 0:
        hour = 0
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _next_clock(text: str, local: datetime) -> datetime | None:
    if re.fullmatch(r"[0-9]{1,3}", text):
        raise NoMoment(f"“{text}” could be minutes, hours or a time of day. Type {text}m, {text}h or {text}:00.")
    clock = _clock(text)
    if clock is None:
        return None
    moment = _on(local.date(), clock, local)
    if moment > local:
        return moment
    if local - moment < JUST_PAST:
        raise NoMoment(f"{clock:%H:%M} has just passed. If you mean tomorrow, type: tomorrow {clock:%H:%M}.")
    return _on(local.date() + timedelta(days=1), clock, local)


def _on(day: date, clock: time, local: datetime) -> datetime:
    return _real(datetime.combine(day, clock, tzinfo=local.tzinfo))


def _real(moment: datetime) -> datetime:
    """The same wall clock, moved on where the clocks jump over it."""
    return moment.astimezone(UTC).astimezone(moment.tzinfo)


def is_moment(text: str) -> bool:
    """Whether this is surely a moment, whatever the time is now."""
    try:
        parse_moment(text, _ANY_TIME, ZoneInfo("UTC"))
    except NoMoment:
        return False
    return True


def distance(moment: datetime, now: datetime) -> str:
    """How long until then, roughly: ``30 min``, ``2 h``, ``1 h 30 min``, ``3 days``."""
    minutes = max(1, round((moment - now).total_seconds() / 60))
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    days = round(minutes / 1440)
    return "1 day" if days == 1 else f"{days} days"


@dataclass(frozen=True)
class Moment(Lookup):
    """A time to come, given as a span, a time of day or a day. The value is an aware datetime in UTC."""

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
        return Option(f"Until {_day(local, here)}{local:%H:%M} (in {distance(moment, now)})", text.strip()[:75])


@dataclass(frozen=True)
class MomentWords(Moment):
    """The same as it was typed, for another form to read."""

    async def parse(self, ctx: Ctx, name: str, raw: Raw) -> str:  # type: ignore[override]  # words are no moment yet
        return " ".join(raw) if isinstance(raw, list) else str(raw)


def _day(local: datetime, here: datetime) -> str:
    days = (local.date() - here.date()).days
    return "" if days == 0 else "tomorrow " if days == 1 else f"{local:%A} {local.day} {local:%B} "
