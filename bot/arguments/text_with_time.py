"""The argument for a text that may end with a time: "lunch 30m"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.basics.times import later, read_clock, read_span
from bot.basics.words import Word
from bot.contract.argument import Text
from bot.contract.context import Ctx

_MOST_WORDS: Final = 4
"""Most words of a time: "2 hours and 15 minutes" is none that ends a status."""
_BELONG: Final = frozenset(
    {"at", "in", "by", "on", "from", "around", "since", "after", "before", "back", "about", "every"}
)
"""Words after which a time is part of the text: "Meeting at 3pm"."""
_IN: Final = re.compile(r"\bin (?P<span>[^.,;]+)$", re.IGNORECASE)


@dataclass(frozen=True)
class TextWithTime(Text):
    """Free text, without a span or a time of day that follows it."""

    async def take(self, ctx: Ctx, words: Sequence[Word], text: str) -> int:
        for start in range(max(1, len(words) - _MOST_WORDS), len(words)):
            ending = " ".join(word.text for word in words[start:])
            if words[start - 1].text.casefold() not in _BELONG and _is_time(ending):
                return start
        return len(words)


def _is_time(text: str) -> bool:
    return read_span(text) is not None or read_clock(text, hour_alone=False) is not None


def ends_in(text: str, now: datetime) -> datetime | None:
    """Return when a text that says so itself is over: "Back in 30 minutes"."""
    found = _IN.search(text)
    span = read_span(found["span"]) if found else None
    return None if span is None else later(now, span)
