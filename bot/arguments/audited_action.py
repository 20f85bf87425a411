"""The argument for what was done: a command's word, or words from an action's name."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bot.basics.language import say
from bot.basics.words import Word
from bot.contract.argument import Lookup, Option
from bot.contract.context import Ctx
from bot.contract.reply import Raw
from bot.dialpad.actions import ALL

_MOST_WORDS: Final = 6
_WORD: Final = re.compile(r"\w+")
_PLAIN: Final = frozenset({"a", "an", "and", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"})
"""Words of names that mean nothing by themselves."""


@dataclass(frozen=True)
class Deeds:
    """What was done: actions by their slugs, and the beginnings of routes. ``raw`` is what was typed."""

    raw: str
    actions: tuple[str, ...]
    routes: tuple[str, ...]


@dataclass(frozen=True)
class DeedChoice(Lookup):
    """What was done; the value is a Deeds."""

    def fits(self, text: str) -> bool:
        return bool(_actions(text))

    async def take(self, ctx: Ctx, words: Sequence[Word], text: str) -> int:
        for count in range(min(len(words), _MOST_WORDS), 0, -1):
            said = " ".join(word.text for word in words[:count])
            if _found(_deeds(ctx, said)):
                return count
        return 0

    async def parse(self, ctx: Ctx, name: str, raw: Raw) -> Deeds:
        text = " ".join(raw) if isinstance(raw, list) else str(raw)
        deeds = _deeds(ctx, text.strip()[:100])
        if not _found(deeds):
            raise self.refuse(
                name,
                say("Nothing here is called “{said}”. Type a command or a word of an action's name.", said=text[:40]),
            )
        return deeds

    async def suggest(self, ctx: Ctx, query: str) -> list[Option]:
        typed = query.strip().casefold()
        commands = [info for info in ctx.deps.routes.commands() if info.word and info.word.startswith(typed)]
        near = [Option(info.word, info.word, say(info.summary)[:75]) for info in commands]
        named = ((one, say(one.name)) for one in ALL)
        actions = [
            Option(name[:75], one.slug[:75])
            for one, name in named
            if typed in name.casefold() or typed in one.name.casefold()
        ]
        return [*near, *actions][:50]

    async def describe(self, ctx: Ctx, raw: str) -> Option:
        named = next((say(one.name) for one in ALL if one.slug == raw), raw)
        return Option(named[:75], raw[:75])


def _found(deeds: Deeds) -> bool:
    return bool(deeds.actions or deeds.routes)


def _deeds(ctx: Ctx, text: str) -> Deeds:
    return Deeds(text, _actions(text), tuple(_routes(ctx, text.casefold())))


def _actions(text: str) -> tuple[str, ...]:
    """Return the actions in whose names all these words are."""
    if text.upper().startswith("DIALPAD_"):
        return tuple(one.slug for one in ALL if one.slug == text.upper())
    words = {_stem(word) for word in _WORD.findall(text.casefold())} - _PLAIN
    if not words:
        return ()
    return tuple(one.slug for one in ALL if words <= {_stem(word) for word in _WORD.findall(one.name.casefold())})


def _routes(ctx: Ctx, word: str) -> Iterator[str]:
    """Yield the beginnings of a command's routes: its file has its name."""
    for info in ctx.deps.routes.commands():
        if info.word and word in {info.word, *info.said}:
            yield f"{info.word}."


def _stem(word: str) -> str:
    return word.removesuffix("s") if len(word) > 3 else word
