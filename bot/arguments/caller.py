"""The argument for one outside or inside party: a number, a contact, a colleague or one of the company's lines."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, replace

from bot.arguments.colleague import wanted
from bot.arguments.extensions import extension_words, party_by_extension, why_no_extension, with_extension
from bot.arguments.number import meanings, which_country
from bot.arguments.party import Party
from bot.arguments.phonebook import (
    LINES,
    LONGEST_TEXT,
    PEOPLE,
    UnclearName,
    described,
    name_length,
    near_length,
    of_country,
    party_named,
    party_of,
    suggested,
    unclear_party,
)
from bot.basics.language import say
from bot.basics.phone import extension_of, looks_like_number
from bot.basics.words import Word
from bot.contract.argument import Lookup, Option
from bot.contract.context import Ctx
from bot.contract.reply import Raw
from bot.dialpad.action import Entity


async def read_party(ctx: Ctx, text: str, entities: Sequence[Entity], *, any_number: bool = False) -> Party:
    """Return the party that a number, an extension, a name or a mention means. Raises UnclearName."""
    shown = text.strip().strip(",;:!?")
    region = await ctx.region()
    if (inside := await party_by_extension(ctx, shown)) is not None:
        return inside
    numbers = await meanings(ctx, shown)
    if len(numbers) > 1:
        raise UnclearName(which_country(shown, numbers), [of_country(number) for number in numbers])
    if numbers:
        party = await party_of(ctx, numbers[0])
        return replace(party, extension=extension_of(shown) or party.extension)
    if looks_like_number(shown) or shown.isdigit():
        raise UnclearName(why_no_extension(shown, region))
    if not shown or len(shown) > LONGEST_TEXT:
        raise UnclearName(
            say("No contact or colleague has that name. Type a number, or a name as it appears in Dialpad.")
        )
    if is_mention(shown):
        return await party_named(ctx, await wanted(ctx, shown), (Entity.USER,), any_number=any_number)
    return await party_named(ctx, shown, entities, any_number=any_number)


def is_mention(text: str) -> bool:
    """Tell whether a word is somebody of this workspace, by mention or after an @."""
    return text[:1] == "@" and len(text) > 1


@dataclass(frozen=True)
class CallerChoice(Lookup):
    """A number or a name; the value is a Party, the raw value its number."""

    _: KW_ONLY
    entities: tuple[Entity, ...] = (*PEOPLE, *LINES)
    any_number: bool = False
    """Whether somebody with several numbers is meant by any of them."""

    async def take(self, ctx: Ctx, words: Sequence[Word], text: str) -> int:
        if not words:
            return 0
        if count := extension_words(words):
            return count
        if looks_like_number(words[0].text) or words[0].quoted or is_mention(words[0].text):
            return 1
        return await name_length(ctx, words, self.entities)

    async def nearly(self, ctx: Ctx, words: Sequence[Word]) -> int:
        return await near_length(ctx, words, self.entities)

    async def parse(self, ctx: Ctx, name: str, raw: Raw) -> Party:
        text = " ".join(raw) if isinstance(raw, list) else str(raw)
        try:
            return await read_party(ctx, text, self.entities, any_number=self.any_number)
        except UnclearName as problem:
            raise await unclear_party(ctx, name, text, problem) from None

    async def suggest(self, ctx: Ctx, query: str) -> list[Option]:
        return await suggested(ctx, query, self.entities, await with_extension(ctx, query))

    async def describe(self, ctx: Ctx, raw: str) -> Option:
        return await described(ctx, raw)
