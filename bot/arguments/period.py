"""``today``, ``yesterday``, ``last 7 days``, ``since monday``: past periods, in the person's time zone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.basics.language import mark, say, say_day, say_weekday
from bot.basics.times import (
    DAY,
    LONGEST,
    WHOLE_WEEKDAYS,
    UnclearTime,
    elapsed,
    later,
    on_clock,
    read_clock,
    read_span,
    read_weekday,
)
from bot.basics.words import Word
from bot.contract.argument import Lookup, Option
from bot.contract.context import Ctx
from bot.contract.reply import Raw

FURTHEST_BACK: Final = 366
"""Days. Older calls belong in a statistics export, not in a list of rows."""

PRESETS: Final = (
    mark("today"), mark("yesterday"), mark("last hour"), mark("this week"), mark("last 7 days"), mark("last 30 days"),
)  # fmt: skip

_WORDS: Final = (
    "today", "yesterday", "this", "last", "week", "month", "days", "day", "hours", "hour", "weeks", "morning",
    *(day.casefold() for day in WHOLE_WEEKDAYS),
)  # fmt: skip
_SPAN: Final = re.compile(
    r"(?:the )?(?:last |past )?(?P<count>[0-9]{1,4}|an?|one)? ?"
    r"(?P<unit>m|min|minutes?|h|hours?|d|days?|w|weeks?|months?)(?: ago)?"
)
_WRAPPED: Final = re.compile(r"(?:the )?(?:last |past )?(?P<span>.+?)(?: ago)?")
_LEAD: Final = re.compile(r"(?:(?:since|from) )?(?:the )?")
"""An article that no day has, as people say it whose language has one there."""
_SAID_OTHERWISE: Final = {
    "today morning": "this morning", "today in the morning": "this morning", "this day": "today",
    "past week": "last week", "previous week": "last week", "week before": "last week",
    "yesterday morning": "yesterday", "day before": "yesterday", "this afternoon": "today", "so far": "today",
    "so far today": "today",
}  # fmt: skip
_MINUTES: Final = {"m": 1, "h": 60, "d": DAY, "w": 7 * DAY, "month": 30 * DAY}
_IN_THE_LAST: Final = {
    "m": (mark("in the last minute"), mark("in the last {count} minutes")),
    "h": (mark("in the last hour"), mark("in the last {count} hours")),
    "d": (mark("in the last day"), mark("in the last {count} days")),
    "w": (mark("in the last week"), mark("in the last {count} weeks")),
    "month": (mark("in the last month"), mark("in the last {count} months")),
}


@dataclass(frozen=True)
class Period:
    """A period from ``after`` (aware, UTC) to ``before``, None meaning now.

    ``words`` finishes a title: "today"; ``raw`` is what it was parsed from.
    """

    after: datetime
    before: datetime | None
    words: str
    raw: str = ""


class NoPeriod(Exception):
    """Text that is not a usable past period; the message is the sentence for the person."""


class NotAPeriod(NoPeriod):
    """Text that was not meant as a period at all."""

    def __init__(self, text: str) -> None:
        super().__init__(
            str(UnclearTime("time", text, say("Type today, yesterday, last 7 days, monday or 2026-01-31.")))
        )


def parse_period(text: str, now: datetime, zone: ZoneInfo) -> Period:
    """Parse a past period. Raises NoPeriod."""
    cleaned = _LEAD.sub("", " ".join(text.casefold().split()).strip(" ,;.!"), count=1)
    cleaned = _SAID_OTHERWISE.get(cleaned, cleaned)
    local = now.astimezone(zone)
    period = None if len(text) > LONGEST else _read_days(cleaned, local) or _read_span(cleaned, local)
    if period is None:
        raise NotAPeriod(text)
    if elapsed(period.after, local) > timedelta(days=FURTHEST_BACK):
        raise NoPeriod(say("That goes back more than a year. Choose a shorter period."))
    return replace(period, raw=cleaned)


def _read_days(text: str, local: datetime) -> Period | None:
    today = local.date()
    monday = today - timedelta(days=today.weekday())
    spans: dict[str, tuple[date, date | None]] = {
        mark("today"): (today, None),
        mark("this morning"): (today, None),
        mark("yesterday"): (today - timedelta(days=1), today),
        mark("this week"): (monday, None),
        mark("last week"): (monday - timedelta(days=7), monday),
        mark("this month"): (today.replace(day=1), None),
    }
    if text in spans:
        first, end = spans[text]
        return Period(_midnight(first, local), None if end is None else _midnight(end, local), say(text))
    weekday = read_weekday(text)
    if weekday is not None:
        back = (today.weekday() - weekday) % 7
        words = say("since {day}", day=say_weekday(weekday))
        return Period(_midnight(today - timedelta(days=back), local), None, words)
    return _read_clock(text, local) or _read_date(text, local)


def _read_clock(text: str, local: datetime) -> Period | None:
    minutes = None if read_span(text) else read_clock(text, hour_alone=False)
    if minutes is None:
        return None
    today = local.date()
    moment = on_clock(today, minutes, local.tzinfo)
    if elapsed(moment, local) < timedelta(0):
        moment = on_clock(today - timedelta(days=1), minutes, local.tzinfo)
    return Period(moment.astimezone(UTC), None, say("since {time}", time=text))


def _read_date(text: str, local: datetime) -> Period | None:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    if day > local.date():
        raise NoPeriod(say("That day is in the future. Choose an earlier one."))
    if (local.date() - day).days > FURTHEST_BACK:
        raise NoPeriod(say("That goes back more than a year. Choose a shorter period."))
    return Period(_midnight(day, local), None, say("since {day}", day=say_day(day, "d MMMM")))


def _read_span(text: str, local: datetime) -> Period | None:
    match = _SPAN.fullmatch(text)
    if match is None:
        wrapped = _WRAPPED.fullmatch(text)
        span = read_span(wrapped["span"]) if wrapped else None
        if span is None or wrapped is None:
            return None
        return _last(span, say("in the last {span}", span=wrapped["span"]), local)
    count = int(match["count"]) if (match["count"] or "").isdigit() else 1
    unit = "month" if match["unit"].startswith("month") else match["unit"][0]
    one, many = _IN_THE_LAST[unit]
    words = say(one) if count == 1 else say(many, count=count)
    return _last(timedelta(minutes=count * _MINUTES[unit]), words, local)


def _last(span: timedelta, words: str, local: datetime) -> Period:
    if not timedelta(0) < span <= timedelta(days=FURTHEST_BACK):
        raise NoPeriod(say("That goes back more than a year. Choose a shorter period."))
    return Period(later(local, -span).astimezone(UTC), None, words)


def _midnight(day: date, local: datetime) -> datetime:
    return on_clock(day, 0, local.tzinfo).astimezone(UTC)


@dataclass(frozen=True)
class Since(Lookup):
    """A past period. The value is a Period."""

    @property
    def vocabulary(self) -> tuple[str, ...]:
        return (*self.keywords, *_WORDS)

    def fits(self, text: str) -> bool:
        try:
            parse_period(text, datetime(2026, 1, 1, 12, tzinfo=UTC), ZoneInfo("UTC"))
        except NotAPeriod:
            return False
        except NoPeriod:
            return True
        return True

    async def take(self, ctx: Ctx, words: Sequence[Word], text: str) -> int:
        for count in range(min(len(words), 4), 0, -1):
            if not words[0].quoted and self.fits(" ".join(word.text for word in words[:count])):
                return count
        return 0

    async def parse(self, ctx: Ctx, name: str, raw: Raw) -> Period:
        text = " ".join(raw) if isinstance(raw, list) else str(raw)
        try:
            return parse_period(text, ctx.now, await ctx.zone())
        except NoPeriod as problem:
            raise self.refuse(name, str(problem)) from None

    async def suggest(self, ctx: Ctx, query: str) -> list[Option]:
        typed = query.strip()
        near = [preset for preset in PRESETS if typed.casefold() in preset]
        return [Option((said := say(text))[:1].upper() + said[1:], text) for text in near] or self._typed(typed)

    def _typed(self, text: str) -> list[Option]:
        return [Option(text[:1].upper() + text[1:], text)] if len(text) <= LONGEST and self.fits(text) else []
