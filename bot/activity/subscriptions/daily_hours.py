"""Hours of the day on some weekdays: parsing them and testing moments against them."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from bot.activity.subscriptions.filter import UnclearFilter
from bot.basics.language import say
from bot.basics.times import DAY, WEEKDAYS, UnclearTime, clock, parse_hours, parse_weekdays, read_clock


class DailyHours(NamedTuple):
    """Hours of the day, in minutes since midnight. Hours that end before they begin go past midnight.

    ``days``: Mondays are 0; none means every day. What goes past midnight belongs to the day it began on. A tuple,
    because it is stored as a list.
    """

    begin: int
    end: int
    days: tuple[int, ...] = ()

    def holds(self, local: datetime) -> bool:
        minute, day = local.hour * 60 + local.minute, local.weekday()
        if self.begin <= self.end:
            return self.begin <= minute < self.end and self._on(day)
        return (minute >= self.begin and self._on(day)) or (minute < self.end and self._on((day - 1) % 7))

    def _on(self, day: int) -> bool:
        return not self.days or day in self.days

    def __str__(self) -> str:
        """Return it as it is typed: ``mon,tue,08:00-18:00``."""
        days = [WEEKDAYS[day] for day in self.days]
        hours = [] if days and (self.begin, self.end) == (0, DAY) else [f"{clock(self.begin)}-{clock(self.end)}"]
        return ",".join([*days, *hours])


def parse_daily_hours(text: str, example: str) -> DailyHours:
    """Parse ``8-18``, ``mon-fri,8-18`` or ``sat,sun``: the weekdays come first. Raises UnclearFilter."""
    *before, last = [part.strip() for part in text.casefold().split(",")]
    days = [day for part in before for day in _weekdays(part, example)]
    if last[:1].isalpha() and read_clock(re.split(r"\W", last)[0]) is None:
        return DailyHours(0, DAY, _once([*days, *_weekdays(last, example)]))
    return parse_span(last, example)._replace(days=_once(days))


def _once(days: Sequence[int]) -> tuple[int, ...]:
    return tuple(sorted(set(days)))


def _weekdays(text: str, example: str) -> Sequence[int]:
    try:
        return parse_weekdays(text, example)
    except UnclearTime as problem:
        raise UnclearFilter(str(problem)) from None


def parse_span(text: str, example: str) -> DailyHours:
    """Parse ``22-7``, for every day. Raises UnclearFilter."""
    try:
        begin, end = parse_hours(text, example)
    except UnclearTime as problem:
        raise UnclearFilter(str(problem)) from None
    if begin == end % DAY:
        raise UnclearFilter(
            say("The hours begin and end at the same time. Type something like {example}", example=example)
        )
    return DailyHours(begin, end)
