"""The argument for lines and people, by name: what a subscription is about."""

import re
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Final

from bot.arguments.colleague import wanted
from bot.arguments.phonebook import LONGEST_TEXT, UnclearName, name_length, one_named
from bot.basics.errors import FieldError
from bot.basics.language import mark, say
from bot.basics.phone import looks_like_number
from bot.basics.words import Word
from bot.contract.argument import Lookup, Option, SeveralMeanings
from bot.contract.context import Ctx
from bot.contract.reply import Raw
from bot.dialpad.action import ME, Entity
from bot.dialpad.entries import Entry

KINDS: Final = {
    "callcenter": Entity.CALL_CENTER,
    "department": Entity.DEPARTMENT,
    "office": Entity.OFFICE,
    "user": Entity.USER,
}
ENTITIES: Final = tuple(KINDS.values())
_UNNAMED: Final = {
    Entity.CALL_CENTER: mark("one call center"),
    Entity.DEPARTMENT: mark("one department"),
    Entity.OFFICE: mark("one office"),
    Entity.USER: mark("one user"),
}

EVERY_LINE: Final = ("every line", "all lines", "all my lines", "all your lines")
"""What is typed, and what lists and forms say, for no choice at all."""
_MOST_MEANT: Final = 5


def raw_of(entry: Entry) -> str:
    """Return a place's id, such as ``callcenter:5527``."""
    return f"{next(kind for kind, entity in KINDS.items() if entity is entry.entity)}:{entry.id}"


async def find_place(ctx: Ctx, text: str) -> tuple[str, str]:
    """Return the place that a name means, and its name. Raises UnclearName."""
    kind, _, entry_id = text.partition(":")
    if kind in KINDS and entry_id.isascii() and entry_id.isdigit():
        name = await ctx.deps.directory.name_of(ctx.account, KINDS[kind], entry_id)
        return text, name or say(_UNNAMED[KINDS[kind]])
    if text.casefold() == ME:
        me = str(await ctx.account.user_id())
        return f"user:{me}", await ctx.deps.directory.name_of(ctx.account, Entity.USER, me) or ME
    entry = await one_named(ctx, await wanted(ctx, text), ENTITIES)
    return raw_of(entry), entry.name


def unclear_place(field: str, typed: str, problem: UnclearName, hint: str = "", *more: Option) -> FieldError:
    """Return the error for a name that is nobody's or several's; with what may be meant where that is known. ``more``:
    what else the word may be."""
    meant = [Option(f"{one.name} ({say(one.entity)})", raw_of(one)) for one in problem.candidates if _is_place(one)]
    text = f"{problem} {hint}".strip()
    if not meant or len(meant) > _MOST_MEANT:
        return FieldError(field, text)
    return SeveralMeanings(field, text, typed, [*meant, *more])


def _is_place(entry: Entry) -> bool:
    return entry.entity in ENTITIES


@dataclass(frozen=True)
class Places(Lookup):
    """Lines and people; the value is a dictionary from ids such as ``callcenter:5527`` to their names."""

    _: KW_ONLY
    many: bool = True
    most: int = 40
    keeps_quotes: bool = True

    def fits(self, text: str) -> bool:
        return bool(text.strip()) and len(text) <= LONGEST_TEXT and not looks_like_number(text)

    async def take(self, ctx: Ctx, words: Sequence[Word], text: str) -> int:
        """Take names one after the other, with commas or "and" between them."""
        at = 0
        while at < len(words):
            joins = at > 0 and words[at].text.casefold() in {"and", "or", ","} and not words[at].quoted
            begin = at + 1 if joins else at
            if begin >= len(words) or (at > 0 and not joins and not words[at - 1].text.endswith(",")):
                break
            count = _at_once(words[begin:]) or await name_length(ctx, words[begin:], ENTITIES)
            if not count:
                break
            at = begin + count
        return at

    async def parse(self, ctx: Ctx, name: str, raw: Raw) -> dict[str, str]:
        found: dict[str, str] = {}
        for item in _items(raw):
            if item.casefold() in EVERY_LINE:
                continue
            try:
                place, shown = await find_place(ctx, item)
            except UnclearName as problem:
                raise unclear_place(name, item, problem) from None
            found[place] = shown
        return found

    async def entered(self, ctx: Ctx, name: str, raw: Raw) -> Raw:
        try:
            return list(await self.parse(ctx, name, raw))
        except FieldError:
            return _items(raw)

    async def suggest(self, ctx: Ctx, query: str) -> list[Option]:
        found: list[Option] = []
        for entity in ENTITIES:
            for entry in await ctx.deps.directory.search(ctx.account, entity, query, 10):
                found.append(Option(entry.name[:75], raw_of(entry), say(entity)))
        return found[:30]

    async def describe(self, ctx: Ctx, raw: str) -> Option:
        try:
            return Option((await find_place(ctx, raw))[1][:75], raw[:75])
        except UnclearName:
            return Option(raw[:75], raw[:75])


def _at_once(words: Sequence[Word]) -> int:
    """Return how many words are one place without a look into the directory, or every line; 0 for other words."""
    first = words[0]
    if first.quoted or first.text[:1] == "@" or first.text.casefold().strip(",") == ME:
        return 1
    for count in (2, 3):
        if " ".join(word.text.casefold() for word in words[:count]).strip(",;") in EVERY_LINE:
            return count
    return 0


def _items(raw: Raw) -> list[str]:
    return [part for item in (raw if isinstance(raw, list) else [str(raw)]) for part in _split(item)]


def _split(text: str) -> list[str]:
    """Split text into names at commas or "and"; a quoted name may contain both."""
    parts: list[str] = []
    for number, piece in enumerate(re.split(r'"([^"]*)"', text)):
        parts += [piece] if number % 2 else re.split(r",|;|(?:^|\s+)(?:and|or)(?:\s+|$)", piece)
    return [part.strip() for part in parts if part.strip()]
