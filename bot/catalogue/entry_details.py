"""What tells apart entries of one name in a type-ahead, as whoever reads it writes moments, directions and counts."""

from datetime import UTC, datetime
from typing import Final

from bot.arguments.send_at import in_words
from bot.basics.language import mark, say
from bot.basics.phone import national
from bot.contract.context import Ctx
from bot.contract.prose import plural
from bot.dialpad.action import Entity
from bot.dialpad.entries import Entry

_AT_TIMES: Final = frozenset({Entity.CALL, Entity.SCHEDULED_TEXT, Entity.MEETING})
"""Kinds of which there are several of one name, each at its own time."""
_DIRECTIONS: Final = {"inbound": mark("incoming"), "outbound": mark("outgoing")}


async def detail_of(ctx: Ctx, entry: Entry) -> str:
    """Return what is said beside an entry's name: when it was or will be, how many get it, or its number."""
    if entry.entity in _AT_TIMES:
        said = [await _said(ctx, word) for word in entry.detail.split()]
        return ", ".join(reversed(said)) if any(map(_moment, entry.detail.split())) else " ".join(said)
    if entry.entity is Entity.BULK_TEXT and entry.detail.isdigit():
        return say("to {people}", people=plural(int(entry.detail), "person", "people"))
    return national(entry.phones[0]) if entry.phones else entry.detail


async def _said(ctx: Ctx, word: str) -> str:
    moment = _moment(word)
    if moment is not None:
        return in_words(moment, ctx.now, await ctx.zone())
    return say(_DIRECTIONS[word]) if word in _DIRECTIONS else word


def _moment(word: str) -> datetime | None:
    """Read a moment as lists of entries have it; None for another word, such as one that was stored before."""
    if "T" not in word:
        return None
    try:
        moment = datetime.fromisoformat(word)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
