"""The argument for a time that comes again and again: ``every monday at 9``, ``every weekday at 8:30``, ``daily``."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.basics.language import say, say_weekday
from bot.basics.times import (
    LONGEST,
    WHOLE_WEEKDAYS,
    UnclearTime,
    elapsed,
    on_clock,
    read_clock,
    read_weekday,
    say_clock,
)
from bot.basics.words import Word
from bot.contract.argument import Argument
from bot.contract.context import Ctx
from bot.contract.reply import Raw

USUAL_AT: Final = 9 * 60
"""Minutes after midnight, where no time is given."""
_ALL: Final = tuple(range(7))
_GROUPS: Final = {
    **dict.fromkeys(("day", "days", "daily", "morning"), _ALL),
    **dict.fromkeys(("weekday", "weekdays", "workday", "working day"), _ALL[:5]),
    **dict.fromkeys(("week", "weekly"), _ALL[:1]),
}
_LINE: Final = re.compile(r"(?P<days>[a-z]+(?: day)?)(?: (?:at )?(?P<at>[0-9].*|noon|midnight))?")


@dataclass(frozen=True)
class Regularly:
    """Some weekdays, Monday being 0, at a time of day in minutes after midnight."""

    weekdays: tuple[int, ...]
    at: int

    @property
    def raw(self) -> str:
        """Return what a later request carries."""
        return f"{''.join(map(str, self.weekdays))}@{self.at}"

    @property
    def words(self) -> str:
        """Return it as it is said: ``every Monday at 9:00 AM``."""
        at = say_clock(self.at)
        if self.weekdays == _ALL:
            return say("every day at {time}", time=at)
        if self.weekdays == _ALL[:5]:
            return say("every weekday at {time}", time=at)
        return say("every {days} at {time}", days=", ".join(map(say_weekday, self.weekdays)), time=at)

    def after(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """Return the first such time after ``moment``, by the clock of ``zone``. Raises ValueError without weekdays."""
        today = moment.astimezone(zone).date()
        for ahead in range(9):
            day = today + timedelta(days=ahead)
            found = on_clock(day, self.at, zone)
            if day.weekday() in self.weekdays and elapsed(moment, found) > timedelta(0):
                return found
        raise ValueError("there is no weekday")


def parse_regularly(text: str) -> Regularly:
    """Read ``monday at 9``, ``weekday at 8:30``, ``day``. Raises UnclearTime."""
    days, mark, minutes = text.partition("@")
    if mark and days.isdigit() and minutes.isdigit() and set(days) <= set("0123456") and int(minutes) < 24 * 60:
        return Regularly(tuple(map(int, days)), int(minutes))
    said = " ".join(text.casefold().split()).removeprefix("every ").strip(" ,;.!")
    match = _LINE.fullmatch(said) if len(text) <= LONGEST else None
    weekday = read_weekday(match["days"], every_week=True) if match else None
    weekdays = (weekday,) if weekday is not None else _GROUPS.get(match["days"]) if match else None
    at = USUAL_AT if match is None or match["at"] is None else read_clock(match["at"])
    if weekdays is None or at is None:
        raise UnclearTime("time", text, say("Type something like every monday at 9."))
    return Regularly(weekdays, at)


@dataclass(frozen=True)
class Repeating(Argument):
    """A time that comes again and again; the value is a Regularly."""

    @property
    def vocabulary(self) -> tuple[str, ...]:
        return (*self.keywords, *_GROUPS, *(day.casefold() for day in WHOLE_WEEKDAYS))

    def fits(self, text: str) -> bool:
        try:
            parse_regularly(text)
        except UnclearTime:
            return False
        return True

    async def take(self, ctx: Ctx, words: Sequence[Word], text: str) -> int:
        for count in range(min(len(words), 4), 0, -1):
            if self.fits(" ".join(word.text for word in words[:count])):
                return count
        return 0

    async def parse(self, ctx: Ctx, name: str, raw: Raw) -> Regularly:
        text = " ".join(raw) if isinstance(raw, list) else str(raw)
        try:
            return parse_regularly(text)
        except UnclearTime as problem:
            raise self.refuse(name, str(problem)) from None
