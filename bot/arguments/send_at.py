"""The argument for the time at which a text is sent: "tomorrow 9:00: the shop is open"."""

import re
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.arguments.moment import Moment, NoMoment, parse_moment
from bot.basics.language import mark, say, say_day
from bot.basics.times import WHOLE_WEEKDAYS, say_clock
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
NO_COLON: Final = "…"
"""Ends, in a raw value, a time that stood before the text without a colon, which may be the text's own."""
_MOST_WORDS: Final = 7
_LEADS: Final = ("at", "in", "on", "by", "today", "tonight", "tomorrow", "next", *map(str.casefold, WHOLE_WEEKDAYS))
_DAY: Final = (
    r"today|tonight|tomorrow|tmrw|tmr"
    r"|(?:next |this |on )?(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
)
_HOUR: Final = r"(?:\d{1,2}(?:[:.h]\d\d)?\s?(?:[ap]\.?m\.?|o'?clock)|\d{1,2}[:h]\d\d|noon|midnight)"
_SAYS_WHEN: Final = re.compile(
    rf"(?:in|at) .*(?:\d|noon|midnight|an? hour).*|(?:{_DAY}),? .*(?:\d|noon|midnight).*"
    rf"|on .* (?:at \d.*|{_HOUR})|{_HOUR}(?: (?:on )?(?:{_DAY}))?",
    re.IGNORECASE,
)
"""Words that may say when a text is sent though no colon follows them: they lead a time, or are a time of day."""
_OF_THE_TEXT: Final = frozenset({"until", "till", "til", "for", "by", "about", "around", "from"})
"""Words before a time that make it a part of the text: nobody sends a text until five."""
_GOES_ON: Final = frozenset(
    {
        "or", "and", "to", "till", "until", "is", "was", "works", "work", "would", "will", "should", "sounds", "suits",
        "fine", "ok", "okay", "then", "for", "if", "it", "instead", "please", "and/or", "with", "sharp",
    }
)  # fmt: skip
"""Words after a time that make it a part of the text: "5pm is fine"."""
_PAST: Final = re.compile(
    r"(?:yesterday|last (?:night|week|month|year|mon|tues?|wed|thu|fri|sat|sun)[a-z]*)\b.*|.{1,30} ago", re.IGNORECASE
)


@dataclass(frozen=True)
class SendAt:
    """When a text is to be sent. ``at`` is None for "later", which says no time. ``typed``: the words before the text,
    with their colon; "" when they were not typed there."""

    at: datetime | None
    typed: str = ""
    is_slip: bool = False
    """Whether a word is none of a time, but stands in one: "ah 5pm:"."""
    is_past: bool = False
    """Whether the words say a time that is over: "yesterday 9:00:"."""
    meant: tuple[Option, ...] = ()
    """What can be typed for each time that words without a colon may mean."""

    @property
    def is_sure(self) -> bool:
        """Tell whether the words are hardly the beginning of the text: they name a time of day or a span."""
        if not self.typed:
            return True
        said = self.typed.endswith(":") and any(map(str.isdigit, self.typed))
        return self.at is not None and not self.is_slip and said


def earliest(now: datetime) -> datetime:
    """Return the earliest time to offer: a full five minutes, a little later than Dialpad demands."""
    after = now + ROOM
    ahead = (-after.minute) % STEP_MIN
    rounded = after.replace(second=0, microsecond=0) + timedelta(minutes=ahead)
    return rounded if rounded >= after else rounded + timedelta(minutes=STEP_MIN)


def in_words(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Write a time for a button or an option: "Today at 5:00 PM", "Monday 16 March at 9:00 AM"."""
    local, here = moment.astimezone(zone), now.astimezone(zone)
    days = (local.date() - here.date()).days
    day = {-1: say("Yesterday"), 0: say("Today"), 1: say("Tomorrow")}.get(days, say_day(local, "EEEE d MMMM"))
    return say("{day} at {time}", day=day, time=say_clock(local.hour * 60 + local.minute))


@dataclass(frozen=True)
class SendTime(Moment):
    """A future time to send a text at. Typed, it stands before the text and ends with a colon; then the words are kept,
    as they may be the text's own. Without a colon they surely may be."""

    _: KW_ONLY
    leads_text: bool = True

    async def take(self, ctx: Ctx, words: Sequence[Word], text: str) -> int:
        most = min(len(words) - 1, _MOST_WORDS)
        for count in range(1, most + 1):
            if not words[count - 1].text.endswith(":") or words[count - 1].quoted:
                continue
            said = _said(words[:count])[:-1]
            if said.casefold() in LATER or _PAST.fullmatch(said) or self.fits(said) or self.fits(self._put_right(said)):
                return count
            break
        for count in range(most, 0, -1):
            said = _said(words[:count])
            if _SAYS_WHEN.fullmatch(said) and self.fits(said):
                return count if await self._may_lead(ctx, words[: count + 1]) else 0
        return 0

    async def _may_lead(self, ctx: Ctx, words: Sequence[Word]) -> bool:
        """Tell whether all words but the last, which are a time, may say when a text is sent though no colon follows
        them."""
        said, then = _said(words[:-1]), words[-1].text.casefold().strip(".,!?;")
        if any(word.quoted for word in words[:-1]) or then in _GOES_ON or not then.strip("-–—"):
            return False
        if not _OF_THE_TEXT.isdisjoint(said.casefold().split()):
            return False
        if words[-2].text.endswith((".", "!", "?", ";", ":")) and not _HOUR_ENDS.search(words[-2].text):
            return False
        try:
            return parse_moment(said, ctx.now, await ctx.zone()) >= ctx.now + AT_LEAST
        except NoMoment as problem:
            return bool(problem.meant)

    def raw_of(self, typed: str) -> str:
        return typed if typed.endswith(":") else f"{typed}{NO_COLON}"

    async def parse(self, ctx: Ctx, name: str, raw: Raw) -> SendAt:  # type: ignore[override]  # with its words
        text = (" ".join(raw) if isinstance(raw, list) else str(raw)).strip()
        if text.endswith(NO_COLON):
            return await self._without_colon(ctx, text.removesuffix(NO_COLON))
        said, typed = (text[:-1].strip(), text) if text.endswith(":") else (text, "")
        if said.casefold() in LATER:
            return SendAt(None, typed)
        if typed and _PAST.fullmatch(said):
            return SendAt(None, typed, is_past=True)
        is_slip = bool(typed) and not self.fits(said)
        said = self._put_right(said) if is_slip else said
        try:
            return SendAt(parse_moment(said, ctx.now, await ctx.zone()), typed, is_slip)
        except NoMoment as problem:
            if problem.meant:
                meant = [replace(one, text=_at(one.text)) for one in problem.meant]
                raise SeveralMeanings(name, _at(str(problem)), text, meant) from None
            raise self.refuse(name, str(problem)) from None

    async def _without_colon(self, ctx: Ctx, said: str) -> SendAt:
        try:
            return SendAt(parse_moment(said.rstrip(","), ctx.now, await ctx.zone()), said)
        except NoMoment as problem:
            return SendAt(None, said, meant=tuple(replace(one, text=_at(one.text)) for one in problem.meant))

    async def describe(self, ctx: Ctx, raw: str) -> Option:
        return await super().describe(ctx, raw.strip().rstrip(":," + NO_COLON))

    def _option(self, text: str, now: datetime, zone: ZoneInfo) -> Option | None:
        option = super()._option(text, now, zone)
        return option and replace(option, text=_at(option.text))

    def _put_right(self, said: str) -> str:
        """Return the words with one of them as it was probably meant, or without one between them that is no part of a
        time; "" when they are no time then either."""
        words = said.split()
        for at, word in enumerate(words if len(words) > 1 else ()):
            near = did_you_mean(word.casefold(), _LEADS)
            if near and self.fits(meant := " ".join((*words[:at], near[0], *words[at + 1 :]))):
                return meant
        others = (" ".join((*words[:at], *words[at + 1 :])) for at in range(1, len(words) - 1))
        return next((one for one in others if any(map(str.isdigit, one)) and self.fits(one)), "")


_HOUR_ENDS: Final = re.compile(r"[ap]\.m\.$", re.IGNORECASE)


def _said(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words).rstrip(",")


def _at(words: str) -> str:
    """Say "at 17:00" for what other arguments call "until 17:00", and "in 30 minutes" for "for 30 minutes"."""
    for until, at in _UNTIL_AND_AT:
        words = words.replace(say(until), say(at))
    return words


_UNTIL_AND_AT: Final = (
    (mark("Until"), mark("At")),
    (mark("until"), mark("at")),
    (mark("For "), mark("In ")),
    (mark("for "), mark("in ")),
)
