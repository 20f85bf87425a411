"""The argument for the time at which a text is sent: "tomorrow 9:00: the shop is open"."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.arguments.moment import Moment, NoMoment, parse_moment
from bot.basics.times import twelve_hours
from bot.basics.words import Word, did_you_mean
from bot.contract.argument import Option, SeveralMeanings
from bot.contract.context import Ctx
from bot.contract.reply import Raw

AT_LEAST: Final = timedelta(minutes=10)
"""Dialpad schedules nothing that is due earlier."""
ROOM: Final = timedelta(minutes=12)
"""From now until the earliest time that is offered, so that whoever agrees a little later still can."""
STEP_MIN: Final = 5
LATER: Final = frozenset({"later", "send later", "not now"})
_MOST_WORDS: Final = 7
_LEADS: Final = ("at", "in", "on", "by", "today", "tonight", "tomorrow", "next")


@dataclass(frozen=True)
class SendAt:
    """When a text is to be sent. ``at`` is None for "later", which says no time. ``typed``: the words before the text,
    with their colon; "" when they were not typed there."""

    at: datetime | None
    typed: str = ""
    is_slip: bool = False
    """Whether the first word is none that leads a time, but like one: "ah 5pm:"."""

    @property
    def is_sure(self) -> bool:
        """Tell whether the words are hardly the beginning of the text: they name a time of day or a span."""
        if not self.typed:
            return True
        return self.at is not None and not self.is_slip and any(map(str.isdigit, self.typed))


def earliest(now: datetime) -> datetime:
    """Return the earliest time to offer: a full five minutes, a little later than Dialpad demands."""
    after = now + ROOM
    ahead = (-after.minute) % STEP_MIN
    rounded = after.replace(second=0, microsecond=0) + timedelta(minutes=ahead)
    return rounded if rounded >= after else rounded + timedelta(minutes=STEP_MIN)


def in_words(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Write a time for a button: "Today at 5:00 PM", "Monday 16 March at 9:00 AM"."""
    local, here = moment.astimezone(zone), now.astimezone(zone)
    days = (local.date() - here.date()).days
    day = {0: "Today", 1: "Tomorrow"}.get(days, f"{local:%A} {local.day} {local:%B}")
    return f"{day} at {twelve_hours(local.hour * 60 + local.minute)}"


@dataclass(frozen=True)
class SendTime(Moment):
    """A future time to send a text at. Typed, it stands before the text and ends with a colon; then the words are kept,
    as they may be the text's own."""

    _: KW_ONLY
    leads_text: bool = True

    async def take(self, ctx: Ctx, words: Sequence[Word], text: str) -> int:
        for count in range(1, min(len(words) - 1, _MOST_WORDS) + 1):
            if not words[count - 1].text.endswith(":") or words[count - 1].quoted:
                continue
            said = " ".join(word.text for word in words[:count])[:-1]
            return count if said.casefold() in LATER or self.fits(said) or self.fits(_put_right(said)) else 0
        return 0

    async def parse(self, ctx: Ctx, name: str, raw: Raw) -> SendAt:  # type: ignore[override]  # with its words
        text = (" ".join(raw) if isinstance(raw, list) else str(raw)).strip()
        said, typed = (text[:-1].strip(), text) if text.endswith(":") else (text, "")
        if said.casefold() in LATER:
            return SendAt(None, typed)
        is_slip = bool(typed) and not self.fits(said)
        said = _put_right(said) if is_slip else said
        try:
            return SendAt(parse_moment(said, ctx.now, await ctx.zone()), typed, is_slip)
        except NoMoment as problem:
            if problem.meant:
                meant = [replace(one, text=_at(one.text)) for one in problem.meant]
                raise SeveralMeanings(name, _at(str(problem)), text, meant) from None
            raise self.refuse(name, str(problem)) from None

    async def describe(self, ctx: Ctx, raw: str) -> Option:
        return await super().describe(ctx, raw.strip().rstrip(":"))

    def _option(self, text: str, now: datetime, zone: ZoneInfo) -> Option | None:
        option = super()._option(text, now, zone)
        return option and replace(option, text=_at(option.text))


def _put_right(said: str) -> str:
    """Return the words with their first one as it was probably meant; "" when it is like none that leads a time."""
    first, _, rest = said.partition(" ")
    near = did_you_mean(first.casefold(), _LEADS) if rest else []
    return f"{near[0]} {rest}" if near else ""


def _at(words: str) -> str:
    """Say "at 17:00" for what other arguments call "until 17:00", and "in 30 minutes" for "for 30 minutes"."""
    for until, at in (("Until", "At"), ("until", "at"), ("For ", "In "), ("for ", "in ")):
        words = words.replace(until, at)
    return words
