"""The argument for why somebody is off duty: one of the office's own reasons, or any words."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Final

from bot.arguments.moment import is_moment
from bot.basics.errors import ChatopsError
from bot.basics.language import say
from bot.basics.words import FILLERS, Word
from bot.contract.argument import Lookup, Option
from bot.contract.context import Ctx
from bot.contract.reply import Raw
from bot.dialpad.actions.offices import ListOffDutyReasons
from bot.dialpad.actions.users import GetUser

_PAUSES: Final = frozenset(
    {"lunch", "break", "pause", "breakfast", "dinner", "coffee", "meeting", "training", "brb", "afk"}
)
_COURTESY: Final = frozenset({"please", "pls", "plz", "thanks", "thx"})


@dataclass(frozen=True)
class Reason(Lookup):
    """Free text with suggestions: the statuses that the person's office offers."""

    _: KW_ONLY
    longest: int = 75
    """Characters; a picked option carries no more."""

    @property
    def takes_any_words(self) -> bool:
        return True

    async def take(self, ctx: Ctx, words: Sequence[Word], text: str) -> int:
        """Take all but a time at the end: "duty off lunch 30m" has the reason "lunch"."""
        if all(word.text.casefold().strip(",.!") in FILLERS for word in words):
            return 0
        mentions = (at for at, word in enumerate(words) if at and len(word.text) > 1 and word.text.startswith("@"))
        words = words[: next(mentions, len(words))]  # whose duty it is, not why
        while len(words) > 1 and words[-1].text.casefold().strip(",.!") in _COURTESY:
            words = words[:-1]
        if len(words) > 1 and words[-1].text.isdigit() and words[-2].text.casefold() in _PAUSES:
            return len(words) - 1  # how long, and asked: minutes or hours
        for start in range(max(1, len(words) - 4), len(words)):
            if is_moment(" ".join(word.text for word in words[start:])):
                return start
        return len(words)

    async def parse(self, ctx: Ctx, name: str, raw: Raw) -> str:
        text = " ".join((" ".join(raw) if isinstance(raw, list) else str(raw)).split())
        text = text[4:] if text.casefold().startswith("for ") else text  # "off duty for lunch"
        if len(text) > self.longest:
            raise self.refuse(
                name,
                say(
                    "The reason has {count:,} characters; the limit is {longest}. Shorten it.",
                    count=len(text),
                    longest=self.longest,
                ),
            )
        return text

    async def suggest(self, ctx: Ctx, query: str) -> list[Option]:
        typed = " ".join(query.split())[: self.longest]
        try:
            office = (await ctx.send(GetUser())).office_id
            known = (await ctx.send(ListOffDutyReasons(id=office))).off_duty_statuses if office else ()
        except ChatopsError:
            known = ()  # a type-ahead has no place for an error; any words can still be typed
        options = [Option(status[:75], status[:75]) for status in known if typed.casefold() in status.casefold()]
        if typed and typed.casefold() not in {status.casefold() for status in known}:
            options.append(Option(typed, typed))
        return options
