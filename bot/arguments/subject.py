"""The argument for whose calls and texts are counted: yourself, a colleague, a line or the whole company."""

import asyncio
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Final, Literal

from bot.arguments.caller import is_mention
from bot.arguments.colleague import wanted
from bot.arguments.phonebook import LINES, LONGEST_TEXT, MOST_MEANT, UnclearName, name_length, near_length, one_named
from bot.basics.language import mark, say
from bot.basics.phone import looks_like_number, national
from bot.basics.words import Word
from bot.contract.argument import Lookup, Option, SeveralMeanings
from bot.contract.context import Ctx
from bot.contract.reply import Raw
from bot.dialpad.action import Entity
from bot.dialpad.entries import Entry

SubjectKind = Literal["me", "user", "callcenter", "department", "office", "company"]
_ENTITIES: Final[dict[str, Entity]] = {
    "user": Entity.USER,
    "callcenter": Entity.CALL_CENTER,
    "department": Entity.DEPARTMENT,
    "office": Entity.OFFICE,
}
_KINDS: Final[dict[Entity, SubjectKind]] = {
    Entity.USER: "user",
    Entity.CALL_CENTER: "callcenter",
    Entity.DEPARTMENT: "department",
    Entity.OFFICE: "office",
}
_ALONE: Final[dict[str, SubjectKind]] = {
    **dict.fromkeys(("me", "mine", "my", "myself", "i"), "me"),
    **dict.fromkeys(("company", "everybody", "everyone", "all", "us", "we"), "company"),
}
_NAMES: Final = {"me": mark("You"), "company": mark("Your company")}
_UNNAMED: Final[dict[Entity, str]] = {
    Entity.USER: mark("That user"),
    Entity.CALL_CENTER: mark("That call center"),
    Entity.DEPARTMENT: mark("That department"),
    Entity.OFFICE: mark("That office"),
}


@dataclass(frozen=True)
class Subject:
    """Whose calls and texts are counted. ``id`` is Dialpad's, "" for yourself and the company."""

    kind: SubjectKind
    id: str = ""
    name: str = ""

    @property
    def raw(self) -> str:
        """Return what a button or a later request carries."""
        return f"{self.kind}:{self.id}" if self.id else self.kind

    @property
    def place(self) -> str:
        """Return it as the places of a call are written; "" for yourself and the company."""
        return f"{self.kind}:{self.id}" if self.id else ""


@dataclass(frozen=True)
class SubjectChoice(Lookup):
    """Yourself, a colleague, a line or the company; the value is a Subject."""

    _: KW_ONLY
    min_query_length: int = 0

    @property
    def vocabulary(self) -> tuple[str, ...]:
        return (*self.keywords, *_ALONE)

    def fits(self, text: str) -> bool:
        return bool(text.strip()) and len(text) <= LONGEST_TEXT and not looks_like_number(text)

    async def take(self, ctx: Ctx, words: Sequence[Word], text: str) -> int:
        if not words or not self.fits(words[0].text):
            return 0
        if words[0].text.casefold() in _ALONE or is_mention(words[0].text) or words[0].quoted:
            return 1
        return await name_length(ctx, words, tuple(_KINDS))

    async def nearly(self, ctx: Ctx, words: Sequence[Word]) -> int:
        return await near_length(ctx, words, tuple(_KINDS))

    async def parse(self, ctx: Ctx, name: str, raw: Raw) -> Subject:
        text = (" ".join(raw) if isinstance(raw, list) else str(raw)).strip()
        if (alone := _ALONE.get(text.casefold())) is not None:
            return Subject(alone, "", say(_NAMES[alone]))
        kind, _, entry_id = text.partition(":")
        if kind in _ENTITIES and entry_id.isascii() and entry_id.isdigit():
            found = await ctx.deps.directory.name_of(ctx.account, _ENTITIES[kind], entry_id)
            return Subject(_KINDS[_ENTITIES[kind]], entry_id, found or say(_UNNAMED[_ENTITIES[kind]]))
        try:
            if is_mention(text):
                return _subject(await one_named(ctx, await wanted(ctx, text), (Entity.USER,)))
            return _subject(await one_named(ctx, text, tuple(_KINDS)))
        except UnclearName as problem:
            meant = [_option(entry) for entry in problem.candidates]
            if 0 < len(meant) <= MOST_MEANT:
                raise SeveralMeanings(name, str(problem), text, meant) from None
            raise self.refuse(name, str(problem)) from None

    async def suggest(self, ctx: Ctx, query: str) -> list[Option]:
        typed = query.strip().casefold()
        alone = [Option(name, kind) for kind in ("me", "company") if typed in (name := say(_NAMES[kind])).casefold()]
        found = await asyncio.gather(
            *(ctx.deps.directory.search(ctx.account, entity, query) for entity in (*LINES, Entity.USER)),
            return_exceptions=True,
        )
        entries = [entry for result in found if not isinstance(result, BaseException) for entry in result]
        return [*alone, *map(_option, entries)][:20]

    async def describe(self, ctx: Ctx, raw: str) -> Option:
        if (alone := _ALONE.get(raw)) is not None:
            return Option(say(_NAMES[alone]), raw)
        kind, _, entry_id = raw.partition(":")
        if kind in _ENTITIES:
            name = await ctx.deps.directory.name_of(ctx.account, _ENTITIES[kind], entry_id)
            return Option((name or raw)[:75], raw[:75])
        return Option(raw[:75], raw[:75])


def _subject(entry: Entry) -> Subject:
    return Subject(_KINDS[entry.entity], entry.id, entry.name)


def _option(entry: Entry) -> Option:
    note = f"{say(entry.entity)} {national(entry.phones[0])}" if entry.phones else say(entry.entity)
    return Option(entry.name[:75], _subject(entry).raw, note)
