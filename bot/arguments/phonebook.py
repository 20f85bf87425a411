"""Look up typed names and numbers in the directory, with the sentences for a name that is unclear."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Final

from bot.arguments.party import Party, PartyKind
from bot.basics.countries import plain_country_name
from bot.basics.errors import ChatopsError, FieldError
from bot.basics.language import mark, say
from bot.basics.name_search import fold, name_words, names_all, without_titles
from bot.basics.phone import looks_like_number, national, read_number, region_of
from bot.basics.words import Word, is_near
from bot.contract.argument import Option, SeveralMeanings
from bot.contract.context import Ctx
from bot.dialpad.action import Entity
from bot.dialpad.directory import Meant
from bot.dialpad.entries import Entry

LONGEST_NAME: Final = 4
"""The most words that are tried as one name at first."""
LONGEST_OF_ALL: Final = 7
"""The most words of a name of which so many are known: Anna Maria de la Cruz Moreno."""
MOST_MEANT: Final = 5
"""The most that are offered for an unclear name."""
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
    Entity.ROOM: "line",
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
    return party_of_entry(who.entry, number, shared=who.sure == "several")


async def parties_of(ctx: Ctx, numbers: Iterable[str]) -> tuple[Party, ...]:
    """Return the parties with these numbers, each number once."""
    return tuple(await asyncio.gather(*(party_of(ctx, number) for number in dict.fromkeys(numbers))))


def party_of_entry(entry: Entry, number: str, *, shared: bool = False) -> Party:
    kind = KINDS.get(entry.entity, "unknown")
    detail = say(entry.entity) if kind == "line" else entry.detail if kind == "contact" else ""
    extension = entry.extension if kind == "contact" else ""  # of a colleague it is another way to their number
    return Party(number, kind, entry.name, entry.id, "" if looks_like_number(detail) else detail, shared, extension)


async def named(ctx: Ctx, text: str, entities: Sequence[Entity], *, callable_only: bool = True) -> list[Entry]:
    """Return the entries that ``text`` surely names: by their whole name, some of its words, or its beginning. Titles
    and initials may be missing on either side."""
    if not name_words(text) or len(text) > LONGEST_TEXT or looks_like_number(text):
        return []
    entries = await _sure(ctx, text, entities)
    if not entries and (bare := without_titles(text)) != fold(text):
        entries = [entry for entry in await _sure(ctx, bare, entities) if names_all(text, entry.name)]
    entries = _each_once(entries)
    return [entry for entry in entries if entry.phones or not callable_only] or entries


async def _meant(ctx: Ctx, text: str, entities: Sequence[Entity]) -> Meant:
    kinds = tuple(entities)
    return await ctx.once((text, kinds), lambda: ctx.deps.directory.find_among(ctx.account, kinds, text))


async def _sure(ctx: Ctx, text: str, entities: Sequence[Entity]) -> list[Entry]:
    wanted = fold(text)
    found = await _meant(ctx, text, entities)
    entries = [*found.sure, *found.near]
    exact = [entry for entry in entries if fold(entry.name) == wanted]
    return exact or [entry for entry in entries if _names(entry, wanted)]


def _names(entry: Entry, wanted: str) -> bool:
    name = fold(entry.name)
    begins = len(wanted) >= SHORTEST_BEGINNING and name.startswith(wanted)
    return wanted in name.split() or begins or wanted == fold(entry.detail) or names_all(wanted, entry.name)


def _each_once(entries: Iterable[Entry]) -> list[Entry]:
    """Leave out who is there twice: shared and local contacts are often the same person."""
    kept: dict[tuple[str, frozenset[str]], Entry] = {}
    for entry in entries:
        kept.setdefault((fold(entry.name), frozenset(entry.phones or (entry.id,))), entry)
    return list(kept.values())


async def name_length(ctx: Ctx, words: Sequence[Word], entities: Sequence[Entity]) -> int:
    """Return how many words, from the first on, name somebody: the longest beginning that does."""
    found = 0
    for count in range(min(len(words), LONGEST_NAME), 0, -1):
        if await _are_a_name(ctx, words[:count], entities):
            found = count
            break
    while LONGEST_NAME <= found < min(len(words), LONGEST_OF_ALL) and await _are_a_name(
        ctx, words[: found + 1], entities
    ):
        found += 1
    return found


async def _are_a_name(ctx: Ctx, words: Sequence[Word], entities: Sequence[Entity]) -> bool:
    """Tell whether these words name somebody. A last one without letters, such as :) or 🔥, is no part of a name that
    does not have it: it begins the text."""
    people = await named(ctx, said(words), entities, callable_only=False)
    last = words[-1].text.strip(",;:")
    return bool(people) and (bool(name_words(last)) or any(last and last in one.name for one in people))


def said(words: Sequence[Word]) -> str:
    """Return the words of a name as one text."""
    return " ".join(word.text for word in words).strip(",;:")


async def near_length(ctx: Ctx, words: Sequence[Word], entities: Sequence[Entity], *, shortest: int = 1) -> int:
    """Return how many words, from the first on, are a name with a slip of the finger in each of them at most.
    ``shortest``: letters of a single word that may be one."""
    for count in range(min(len(words), LONGEST_NAME), 0, -1):
        if count == 1 and len("".join(name_words(words[0].text))) < shortest:
            return 0
        if all(len(part) == 1 for part in name_words(words[count - 1].text)):
            continue  # R&D is no part of a name
        if any(_nearly(said(words[:count]), entry) for entry in await _near(ctx, said(words[:count]), entities)):
            return count
    return 0


def _nearly(text: str, entry: Entry) -> bool:
    """Tell whether every word is one of the name, or nearly."""
    rest = name_words(entry.name)
    for typed in name_words(without_titles(text)):
        meant = next((word for word in rest if word == typed or (len(typed) > 1 and is_near(typed, word))), None)
        if meant is None:
            return False
        rest.remove(meant)
    return True


async def one_named(ctx: Ctx, text: str, entities: Sequence[Entity]) -> Entry:
    """Return the one entry that ``text`` means. Raises UnclearName."""
    shown = text if len(text) <= 30 else text[:29] + "…"
    region = await ctx.region()
    entries = await named(ctx, text, entities)
    if len(entries) == 1 and (others := await _likelier(ctx, text, entries[0])):
        raise UnclearName(
            say("“{shown}” could be {names}.", shown=shown, names=either((*others, entries[0]), region)),
            (*others, entries[0]),
        )
    if len(entries) == 1:
        return entries[0]
    if entries:
        raise UnclearName(
            say(
                "“{shown}” could be {names}. Type the full name or the number.",
                shown=shown,
                names=either(entries, region),
            ),
            entries,
        )
    near = await _near(ctx, text, entities)
    near = ([entry for entry in near if _nearly(text, entry)] or near)[:4]
    if near:
        raise UnclearName(
            say("I can't find anyone called “{shown}”. Did you mean {names}?", shown=shown, names=either(near, region)),
            near,
        )
    part = (
        say(" Dialpad gave only a part of its contacts.") if await ctx.deps.directory.is_cut_short(ctx.account) else ""
    )
    raise UnclearName(
        say(
            "I can't find anyone called “{shown}”.{part} Type a number, or the name as it appears in Dialpad.",
            shown=shown,
            part=part,
        )
    )


async def _likelier(ctx: Ctx, text: str, found: Entry) -> list[Entry]:
    """Return colleagues whom a short text may mean with a letter missing, where it is no more than the beginning of a
    line's name: "nor" is Noor rather than Northlight HQ."""
    wanted = fold(text)
    if found.entity not in LINES or len(wanted) > SHORTEST_BEGINNING or wanted in name_words(found.name):
        return []
    near = await ctx.once(("near", wanted), lambda: ctx.deps.directory.find_among(ctx.account, (Entity.USER,), text))
    return [one for one in _each_once((*near.sure, *near.near)) if _nearly(text, one)][:3]


async def _near(ctx: Ctx, text: str, entities: Sequence[Entity]) -> list[Entry]:
    if len(text) > LONGEST_TEXT or looks_like_number(text):
        return []
    bare = without_titles(text) or text
    found = await _meant(ctx, bare, entities)
    return _each_once(found.sure or found.near)


def either(entries: Sequence[Entry], region: str) -> str:
    names = [
        f"{entry.name} {national(entry.phones[0], region)}" if entry.phones else f"{entry.name} ({say(entry.entity)})"
        for entry in entries[:4]
    ]
    names += [say("{count} more", count=len(entries) - 4)] if len(entries) > 4 else []
    return say(" or ").join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else names[0]


async def party_named(ctx: Ctx, text: str, entities: Sequence[Entity], *, any_number: bool = False) -> Party:
    """Return the party that a typed name means; with ``any_number`` with its first one. Raises UnclearName."""
    entry = await one_named(ctx, text, entities)
    if not entry.phones:
        raise UnclearName(say("{name} has no phone number in Dialpad. Type a number instead.", name=entry.name))
    if len(set(entry.phones)) > 1 and not any_number:
        region = await ctx.region()
        numbers = say(" or ").join(national(number, region) for number in entry.phones[:MOST_MEANT])
        raise UnclearName(
            say("{name} has several numbers. Choose one of: {numbers}.", name=entry.name, numbers=numbers), (entry,)
        )
    return party_of_entry(entry, entry.phones[0])


def of_country(number: str) -> Entry:
    """Return a number as a candidate, named by its country."""
    return Entry(number, plain_country_name(region_of(number)), "", Entity.NUMBER, (number,))


async def unclear_party(ctx: Ctx, field: str, typed: str, problem: UnclearName) -> FieldError:
    """Return the error for a name that is nobody's or several's: with each number that may be meant, if any."""
    region = await ctx.region()
    meant = {
        number: Option(f"{entry.name} {national(number, region)}"[:75], number)
        for entry in problem.candidates
        for number in entry.phones
    }
    if not meant:
        return FieldError(field, str(problem))
    return SeveralMeanings(field, str(problem), typed, list(meant.values())[:MOST_MEANT])


async def suggested(
    ctx: Ctx, query: str, entities: Sequence[Entity], inside: Sequence[Entry] = (), *, most: int = 20
) -> list[Option]:
    """Return one option per number of everybody who matches, after those of ``inside``; a number typed in full is one
    too. The value is the number."""
    region = await ctx.region()
    results = await asyncio.gather(
        *(ctx.deps.directory.search(ctx.account, entity, query, most) for entity in entities), return_exceptions=True
    )
    entries = [entry for result in results if not isinstance(result, BaseException) for entry in result]
    options = {
        number: Option(f"{entry.name} {national(number, region)}"[:75], number, _kind(entry))
        for entry in (*inside, *entries)
        for number in entry.phones
    }
    typed = read_number(query, region)
    if typed and typed not in options:
        options = {typed: Option(national(typed, region), typed), **options}
    return list(options.values())[:most]


_SAID_KINDS: Final = {"contact": mark("contact"), "colleague": mark("colleague"), "line": mark("line")}


def _kind(entry: Entry) -> str:
    kind = say(_SAID_KINDS[KINDS[entry.entity]])
    if entry.extension and entry.entity is not Entity.CONTACT:
        return say("{kind}, extension {extension}", kind=kind, extension=entry.extension)
    return kind


async def described(ctx: Ctx, raw: str) -> Option:
    """Return the option for a picked number, with its owner's name; text that is not a number is shown as it is."""
    region = await ctx.region()
    number = read_number(raw, region)
    if number is None:
        return Option(raw[:75], raw[:75])
    party = await party_of(ctx, number)
    return Option((party.plain(region) if party.name else national(number, region))[:75], number)
