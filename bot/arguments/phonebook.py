"""Look up typed names and numbers in the directory, with the sentences for a name that is unclear."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Final

from bot.arguments.party import Party, PartyKind
from bot.basics.errors import ChatopsError
from bot.basics.name_search import fold
from bot.basics.phone import looks_like_number, national, read_number
from bot.basics.words import Word
from bot.contract.argument import Option
from bot.contract.context import Ctx
from bot.dialpad.action import Entity
from bot.dialpad.entries import Entry

LONGEST_NAME: Final = 4
"""The most words that are tried as one name."""
LONGEST_TEXT: Final = 60
"""Characters of a name; longer text is not looked up."""

SHORTEST_BEGINNING: Final = 3
"""Letters that count as the beginning of a name; "a" in "Jordan, a word please" is not one."""

KINDS: Final[dict[Entity, PartyKind]] = {
    Entity.CONTACT: "contact",
    Entity.USER: "colleague",
    Entity.CALL_CENTER: "line",
    Entity.DEPARTMENT: "line",
    Entity.OFFICE: "line",
}
PEOPLE: Final = (Entity.CONTACT, Entity.USER)
LINES: Final = (Entity.CALL_CENTER, Entity.DEPARTMENT, Entity.OFFICE)


class UnclearName(Exception):
    """A name that means nobody, or several; the message is the sentence for the person. ``candidates`` may be meant."""

    def __init__(self, text: str, candidates: Sequence[Entry] = ()) -> None:
        super().__init__(text)
        self.candidates = tuple(candidates)


async def party_of(ctx: Ctx, number: str) -> Party:
    """Return the party with this number; an unknown number is a party as well. Never fails because of the directory."""
    try:
        who = await ctx.deps.directory.by_number(ctx.account, number)
    except ChatopsError:
        who = None
    if who is None:
        return Party(number)
    return _party(who.entry, number, shared=who.sure == "several")


async def parties_of(ctx: Ctx, numbers: Iterable[str]) -> tuple[Party, ...]:
    """Return the parties with these numbers, each number once."""
    return tuple(await asyncio.gather(*(party_of(ctx, number) for number in dict.fromkeys(numbers))))


def _party(entry: Entry, number: str, *, shared: bool = False) -> Party:
    kind = KINDS.get(entry.entity, "unknown")
    detail = entry.entity.value if kind == "line" else entry.detail if kind == "contact" else ""
    return Party(number, kind, entry.name, entry.id, "" if looks_like_number(detail) else detail, shared)


async def named(ctx: Ctx, text: str, entities: Sequence[Entity], *, callable_only: bool = True) -> list[Entry]:
    """Return the entries that ``text`` surely names: by their whole name, a word of it, or its beginning."""
    wanted = fold(text)
    if not wanted or len(text) > LONGEST_TEXT or looks_like_number(text):
        return []
    entries = (await ctx.deps.directory.find_among(ctx.account, entities, text)).sure
    exact = [entry for entry in entries if fold(entry.name) == wanted]
    sure = exact or [entry for entry in entries if _names(entry, wanted)]
    return [entry for entry in sure if entry.phones or not callable_only] or sure


def _names(entry: Entry, wanted: str) -> bool:
    name = fold(entry.name)
    begins = len(wanted) >= SHORTEST_BEGINNING and name.startswith(wanted)
    return wanted in name.split() or begins or wanted == fold(entry.detail)


async def name_length(ctx: Ctx, words: Sequence[Word], entities: Sequence[Entity]) -> int:
    """Return how many words, from the first on, name somebody: the longest beginning that does."""
    for count in range(min(len(words), LONGEST_NAME), 0, -1):
        text = " ".join(word.text for word in words[:count]).strip(",;:")
        if await named(ctx, text, entities, callable_only=False):
            return count
    return 0


async def one_named(ctx: Ctx, text: str, entities: Sequence[Entity]) -> Entry:
    """Return the one entry that ``text`` means. Raises UnclearName."""
    shown = text if len(text) <= 30 else text[:29] + "…"
    region = await ctx.region()
    entries = await named(ctx, text, entities)
    if len(entries) == 1:
        return entries[0]
    if entries:
        raise UnclearName(f"“{shown}” could be {_either(entries, region)}. Type the full name or the number.", entries)
    near = await _near(ctx, text, entities)
    if near:
        raise UnclearName(f"I can't find anyone called “{shown}”. Did you mean {_either(near, region)}?", near)
    raise UnclearName(f"I can't find anyone called “{shown}”. Type a number, or the name as it appears in Dialpad.")


async def _near(ctx: Ctx, text: str, entities: Sequence[Entity]) -> list[Entry]:
    if len(text) > LONGEST_TEXT or looks_like_number(text):
        return []
    found = await ctx.deps.directory.find_among(ctx.account, entities, text)
    return list(found.sure or found.near)[:4]


def _either(entries: Sequence[Entry], region: str) -> str:
    names = [
        f"{entry.name} ({national(entry.phones[0], region) if entry.phones else entry.entity.value})"
        for entry in entries[:4]
    ]
    names += [f"{len(entries) - 4} more"] if len(entries) > 4 else []
    return " or ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else names[0]


async def party_named(ctx: Ctx, text: str, entities: Sequence[Entity]) -> Party:
    """Return the party that a typed name means, with its first number. Raises UnclearName."""
    entry = await one_named(ctx, text, entities)
    if not entry.phones:
        raise UnclearName(f"{entry.name} has no phone number in Dialpad. Type a number instead.")
    return _party(entry, entry.phones[0])


async def suggested(ctx: Ctx, query: str, entities: Sequence[Entity], *, most: int = 20) -> list[Option]:
    """Return one option per number of everybody who matches; a number typed in full is one too. The value is the
    number."""
    region = await ctx.region()
    results = await asyncio.gather(
        *(ctx.deps.directory.search(ctx.account, entity, query, most) for entity in entities), return_exceptions=True
    )
    entries = [entry for result in results if not isinstance(result, BaseException) for entry in result]
    options = {
        number: Option(f"{entry.name} {national(number, region)}"[:75], number, KINDS[entry.entity])
        for entry in entries
        for number in entry.phones
    }
    typed = read_number(query, region)
    if typed and typed not in options:
        options = {typed: Option(national(typed, region), typed), **options}
    return list(options.values())[:most]


async def described(ctx: Ctx, raw: str) -> Option:
    """Return the option for a picked number, with its owner's name; text that is not a number is shown as it is."""
    region = await ctx.region()
    number = read_number(raw, region)
    if number is None:
        return Option(raw[:75], raw[:75])
    party = await party_of(ctx, number)
    return Option((party.plain(region) if party.name else national(number, region))[:75], number)
