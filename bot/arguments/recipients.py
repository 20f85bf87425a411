"""The argument for several parties: numbers in any human form, contacts and colleagues, with or without commas."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Annotated

from bot.arguments.caller import read_party
from bot.arguments.party import Party
from bot.arguments.phonebook import LONGEST_NAME, PEOPLE, UnclearName, described, name_length, suggested
from bot.basics.phone import looks_like_number, read_number
from bot.basics.words import Word
from bot.contract.argument import Lookup, Option
from bot.contract.context import Ctx
from bot.contract.reply import Raw
from bot.dialpad.action import Entity

_SEPARATORS = frozenset({",", ";", "and", "&", "+"})
_MARKS = " ,;:"


@dataclass(frozen=True)
class Recipients(Lookup):
    """Several parties; the value is a tuple of them, each number once, and the raw value is the list of numbers."""

    _: KW_ONLY
    entities: tuple[Entity, ...] = PEOPLE
    many: bool = True

    async def take(self, ctx: Ctx, words: Sequence[Word], text: str) -> int:
        """Take names and numbers as long as they go on; a name after the first needs a comma or "and" before it.

        "sms Jordan Will be late" has one recipient, though there may be a contact called Will.
        """
        at, joined = 0, True
        while at < len(words):
            word = words[at]
            if at and word.text.casefold() in _SEPARATORS and not word.quoted:
                if not await self._one(ctx, words[at + 1 :], joined=True):
                    break
                at, joined = at + 1, True
                continue
            count = await self._one(ctx, words[at:], joined=joined)
            if not count:
                break
            at += count
            joined = words[at - 1].text.endswith((",", ";"))
        return at

    async def _one(self, ctx: Ctx, words: Sequence[Word], *, joined: bool) -> int:
        if not words:
            return 0
        text = words[0].text.strip(_MARKS)
        if read_number(text, await ctx.region()):
            return 1
        if not joined or looks_like_number(text):
            return 0
        end = next((i + 1 for i, word in enumerate(words[:LONGEST_NAME]) if word.text.endswith((",", ";"))), len(words))
        return await name_length(ctx, words[:1] if words[0].quoted else words[:end], self.entities)

    async def items(self, ctx: Ctx, words: Sequence[Word]) -> list[str]:
        """Return a number for each recipient that is clear, so that a form can show them; else what was typed."""
        region = await ctx.region()
        found: list[str] = []
        at = 0
        while at < len(words):
            count = max(1, await self._one(ctx, words[at:], joined=True))
            text = " ".join(word.text for word in words[at : at + count]).strip(_MARKS)
            at += count
            if text and (text.casefold() not in _SEPARATORS or words[at - 1].quoted):
                found.append(await self._settled(ctx, text, region))
        return found

    async def _settled(self, ctx: Ctx, text: str, region: str) -> str:
        if number := read_number(text, region):
            return number
        try:
            return (await read_party(ctx, text, self.entities)).number
        except UnclearName:
            return text

    async def parse(self, ctx: Ctx, name: str, raw: Raw) -> tuple[Party, ...]:
        items = raw if isinstance(raw, list) else _split(str(raw))
        parties: dict[str, Party] = {}
        for item in items:
            try:
                party = await read_party(ctx, item, self.entities)
            except UnclearName as problem:
                raise self.refuse(name, str(problem)) from None
            parties[party.number] = party
            if len(parties) > self.most:
                raise self.refuse(name, f"That is more than {self.most} recipients. Remove some.")
        if not parties:
            raise self.refuse(name, "There is no recipient. Type a number, or a name as it appears in Dialpad.")
        return tuple(parties.values())

    async def suggest(self, ctx: Ctx, query: str) -> list[Option]:
        return await suggested(ctx, query, self.entities)

    async def describe(self, ctx: Ctx, raw: str) -> Option:
        return await described(ctx, raw)


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.replace(";", ",").replace("\n", ",").split(",") if part.strip()]


Numbers = Annotated[
    tuple[Party, ...],
    Recipients("Numbers", many=True, most=10, placeholder="Numbers or contacts", hint="Up to 10 at once."),
]
"""The numbers that are blocked or unblocked."""
