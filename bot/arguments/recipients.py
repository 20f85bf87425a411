"""The argument for several parties: numbers in any human form, contacts and colleagues, with or without commas."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, replace
from typing import Annotated

from bot.arguments.caller import is_mention, read_party
from bot.arguments.extensions import extension_typed, extension_words, says_extension, with_extension
from bot.arguments.number import meanings
from bot.arguments.party import Party
from bot.arguments.phonebook import (
    LINES,
    LONGEST_NAME,
    LONGEST_OF_ALL,
    PEOPLE,
    UnclearName,
    described,
    name_length,
    named,
    near_length,
    said,
    suggested,
    unclear_party,
)
from bot.basics.errors import FieldError
from bot.basics.language import say
from bot.basics.name_search import name_words
from bot.basics.phone import is_emergency_number, looks_like_number, read_number
from bot.basics.words import Word, did_you_mean, is_likely_slip, is_near
from bot.contract.argument import Address, Lookup, Option
from bot.contract.context import Ctx
from bot.contract.reply import Raw
from bot.dialpad.action import Entity

_SEPARATORS = frozenset({",", ";", "and", "&", "+"})
_AS_AND = frozenset({"n", "n'", "'n", "und", "et", "plus", "y"})
"""Words that people type for "and", and that may begin a text."""
_MARKS_ALONE = frozenset({",", ";", ":", "-"})
"""Between the address and the text."""
_LEADS = frozenset({"to", "for"})
_MARKS = " ,;:"
_MEANT_AS_NUMBER = 7
_SHORTEST_NAME = 3
_LONG_SURNAME = 4
_ANY_VOWEL = str.maketrans("eiouy", "aaaaa")
_NOBODY_IN_PARTICULAR = frozenset(
    {
        "everybody", "everyone", "all", "the team", "team", "my team", "us", "customers", "all customers", "clients",
        "all clients", "contacts", "all contacts", "somebody", "someone", "anybody", "anyone", "people", "you", "staff",
        "all of them", "agents", "colleagues",
    }
)  # fmt: skip
_BEGIN_TEXTS = frozenset(
    {
        "let", "see", "the", "we", "he", "she", "be", "me", "my", "hey", "hi", "yes", "yep", "no", "not", "now", "new",
        "get", "got", "can", "call", "all", "our", "out", "one", "two", "in", "is", "it", "if", "on", "do", "did",
        "you", "your", "us", "at", "are", "any", "how", "who", "why", "was", "will", "just", "so", "to", "go", "for",
    }
)  # fmt: skip
"""Short words that begin texts, however they are written."""
_SHORTEST_MISTYPED = 4
"""Letters of a mistyped name after the first: "and", "the" and "you" begin texts."""


def _plain(word: Word) -> str:
    return "" if word.quoted else word.text.casefold()


def _until_mark(words: Sequence[Word]) -> Sequence[Word]:
    """Return the words up to one that ends with a comma or a colon, none where there is no such word."""
    ends = (at for at, word in enumerate(words[: LONGEST_NAME + 1], 1) if word.text.endswith((",", ";", ":")))
    return words[: next(ends, 0)]


def _until_comma(words: Sequence[Word]) -> Sequence[Word]:
    """Return the words that may be one name: a comma ends it."""
    shown = words[:LONGEST_OF_ALL]
    end = next((at + 1 for at, word in enumerate(shown) if word.text.endswith((",", ";", ":"))), len(shown))
    return shown[:end]


def _may_be(typed: str, part: str, *, as_name: bool) -> bool:
    """Tell whether a word may be a mistyped part of a name; of a short one only what fingers and ears do, unless it is
    written like a name."""
    if not is_near(typed, part):
        return False
    if min(len(typed), len(part)) >= _LONG_SURNAME or is_likely_slip(typed, part):
        return True
    return typed not in _BEGIN_TEXTS and (as_name or typed.translate(_ANY_VOWEL) == part.translate(_ANY_VOWEL))


def _has_part(name: str, typed: str, known: Sequence[str], *, as_name: bool) -> bool:
    """Tell whether a word may be a part of a name that was not typed yet. ``as_name``: whether it is written like
    one."""
    return any(typed == part or _may_be(typed, part, as_name=as_name) for part in name_words(name) if part not in known)


def _mistyped_extension(number: Word, rest: Sequence[Word]) -> int:
    """Return where a mistyped extension after a number ends, 0 when there is none."""
    if len(rest) < 2 or not looks_like_number(number.text) or not rest[1].text.strip(_MARKS).isdigit():
        return 0
    return rest[1].end if did_you_mean(rest[0].text.strip(".:").casefold(), ("ext", "extension")) else 0


def _before_digits(taken: Sequence[Word]) -> tuple[Word, ...]:
    """Return the address before digits that are somebody's extension, or begin the text: "jordan, 111 is ready". Empty
    when they cannot."""
    last = taken[-1]
    before = tuple(word for word in taken[:-1] if _plain(word) not in {*_SEPARATORS, *_MARKS_ALONE, *_LEADS})
    is_bare = extension_typed(last.text) and not says_extension(last.text) and extension_words(taken[-2:]) != 2
    return before if is_bare and not any(map(_has_digits, before)) else ()


def _has_digits(word: Word) -> bool:
    return any(map(str.isdigit, word.text))


@dataclass(frozen=True)
class Recipients(Lookup):
    """Several parties; the value is a tuple of them, each number once, and the raw value is the list of numbers."""

    _: KW_ONLY
    entities: tuple[Entity, ...] = PEOPLE
    many: bool = True

    async def take(self, ctx: Ctx, words: Sequence[Word], text: str) -> int:
        """Take names and numbers as long as they go on. A name after the first needs a comma or "and" before it, unless
        it is a whole name of several words: "sms Jordan Will be late" has one recipient, though there may be a contact
        called Will."""
        at, joined = (1, True) if len(words) > 1 and _plain(words[0]) in _LEADS else (0, True)
        first = at
        while at < len(words):
            if at > first and _plain(words[at]) in _SEPARATORS:
                if not await self._one_or_near(ctx, words[at + 1 :]):
                    break
                at, joined = at + 1, True
                continue
            count = await self._one(ctx, words[at:], joined=joined)
            count = (joined and await self._whole(ctx, words[at:], count)) or count
            if not count and joined:
                shortest = 1 if at == first else _SHORTEST_MISTYPED
                count = await near_length(ctx, _until_comma(words[at:]), self.entities, shortest=shortest)
            if not count:
                break
            at += count
            joined = words[at - 1].text.endswith((",", ";")) or _plain(words[at - 1]) in _SEPARATORS
        while first < at < len(words) and _plain(words[at]) in _MARKS_ALONE:
            at += 1
        return at if at > first else 0

    async def _one_or_near(self, ctx: Ctx, words: Sequence[Word]) -> int:
        near = _until_comma(words)
        return await self._one(ctx, words, joined=True) or await near_length(
            ctx, near, self.entities, shortest=_SHORTEST_MISTYPED
        )

    async def _whole(self, ctx: Ctx, words: Sequence[Word], count: int) -> int:
        """Count the words up to a comma or colon that are one mistyped name, of which ``count`` alone are a name too:
        "Amara Osie, …" is no text to Amara that begins with Osie. 0 when they are no such name."""
        part = _until_mark(words)
        if not count < len(part) <= LONGEST_NAME:
            return 0
        near = await near_length(ctx, part, self.entities, shortest=_SHORTEST_MISTYPED)
        return near if near == len(part) else 0

    async def _one(self, ctx: Ctx, words: Sequence[Word], *, joined: bool) -> int:
        if not words or (joined and extension_words(words)):
            return extension_words(words)
        text = words[0].text.strip(_MARKS)
        if read_number(text, await ctx.region()):
            return 1
        if joined and (is_mention(text) or await with_extension(ctx, text)):
            return 1
        if looks_like_number(text):
            digits = "".join(filter(str.isdigit, text))
            meant = len(digits) >= _MEANT_AS_NUMBER or is_emergency_number(digits, await ctx.region())
            return int(joined and meant)  # "jordan and 911" says what is wrong with it
        count = await name_length(ctx, words[:1] if words[0].quoted else _until_comma(words), self.entities)
        if joined or not count:
            return count
        whole = name_words(said(words[:count]))
        people = await named(ctx, said(words[:count]), self.entities)
        return count if len(whole) > 1 and any(name_words(one.name) == whole for one in people) else 0

    async def other_ends(self, ctx: Ctx, words: Sequence[Word], count: int) -> list[Address]:
        taken, rest = tuple(words[:count]), words[count:]
        last = taken[-1]
        as_read = Address(taken, rest[0].start)
        if last.ends:  # a number that its digits leave open: +49 30 901820 12
            cut = [(end, replace(last, text=last.text[: end - last.start], end=end)) for end in last.ends]
            return [*(Address((*taken[:-1], word), end) for end, word in cut), as_read]
        if before := _before_digits(taken):
            return [Address(before, last.start), as_read]
        other = await self._longer(ctx, taken, rest)
        return [other, as_read] if other is not None else []

    async def _longer(self, ctx: Ctx, taken: tuple[Word, ...], rest: Sequence[Word]) -> Address | None:
        """Return the address with what follows it, where that may belong to it: an extension, "and" and a name, a
        surname, another's name. None without a doubt."""
        if extension := _mistyped_extension(taken[-1], rest):
            return Address(taken, extension)
        said_and = _plain(rest[0]) in _AS_AND or is_near(rest[0].text.casefold(), "and")
        joined = said_and and await self._one(ctx, rest[1:], joined=True)
        if joined and joined + 1 < len(rest):
            return Address((*taken, *rest[1 : joined + 1]), rest[joined + 1].start)
        if taken[-1].quoted or taken[-1].text.endswith((",", ";", ":")) or looks_like_number(taken[-1].text):
            return None
        if (surname := await self._surname(ctx, taken, rest)) is not None:
            return surname
        more = await self._one(ctx, rest, joined=True) if await self._names_somebody(ctx, taken, rest) else 0
        return Address((*taken, *rest[:more]), rest[more].start) if 0 < more < len(rest) else None

    async def _surname(self, ctx: Ctx, taken: Sequence[Word], rest: Sequence[Word]) -> Address | None:
        """Return the address with the word that follows a name, or an initial and a word, when that may be of the same
        name, mistyped or not."""
        at = 1 if rest[1:] and len("".join(name_words(rest[0].text))) == 1 else 0
        typed, known = name_words(rest[at].text), name_words(said(taken))
        if len(typed) != 1:
            return None
        people = await named(ctx, said(taken[-LONGEST_OF_ALL:]), self.entities)
        as_name = rest[at].text[:1].isupper()
        meant = [one for one in people if _has_part(one.name, typed[0], known, as_name=as_name)]
        if not meant:
            return None
        words = (replace(taken[0], text=meant[0].name, quoted=True),) if len(meant) == 1 else tuple(taken)
        return Address(words, rest[at + 1].start if rest[at + 1 :] else rest[at].end)

    async def _names_somebody(self, ctx: Ctx, taken: Sequence[Word], rest: Sequence[Word]) -> bool:
        """Tell whether the word after a name that is not a whole one is another's."""
        typed = name_words(rest[0].text)
        if len(typed) != 1 or len(typed[0]) < _SHORTEST_NAME or rest[0].text != rest[0].text.strip(_MARKS):
            return False
        people = await named(ctx, said([word for word in taken if _plain(word) not in _SEPARATORS]), self.entities)
        if any(name_words(one.name) == name_words(said(taken)) for one in people):
            return False
        others = await named(ctx, rest[0].text, self.entities)
        return any(typed[0] in name_words(one.name) for one in others)

    async def items(self, ctx: Ctx, words: Sequence[Word]) -> list[str]:
        """Return a number for each recipient that is clear, so that a form can show them; else what was typed."""
        found: list[str] = []
        at = int(len(words) > 1 and _plain(words[0]) in _LEADS)
        while at < len(words):
            if _plain(words[at]) in {*_SEPARATORS, *_MARKS_ALONE}:
                at += 1
                continue
            count = max(1, await self._one_or_near(ctx, words[at:]))
            count = await self._whole(ctx, words[at:], count) or count
            text = " ".join(word.text for word in words[at : at + count]).strip(_MARKS)
            at += count
            if text:
                found.append(await self._settled(ctx, text))
        return found

    async def _settled(self, ctx: Ctx, text: str) -> str:
        if len(numbers := await meanings(ctx, text)) == 1:
            return numbers[0]
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
                raise await self._unclear(ctx, name, item, problem) from None
            parties[party.number] = party
            if len(parties) > self.most:
                raise self.refuse(name, say("That is more than {most} recipients. Remove some.", most=self.most))
        if not parties:
            raise self.refuse(name, say("There is no recipient. Type a number, or a name as it appears in Dialpad."))
        return tuple(parties.values())

    async def _unclear(self, ctx: Ctx, name: str, item: str, problem: UnclearName) -> FieldError:
        """Return what is wrong with one recipient: that nobody in particular is called so, or that it is a line."""
        if item.strip(_MARKS).casefold() in _NOBODY_IN_PARTICULAR:
            told = say(
                "“{said}” is nobody in particular. Name up to {most} people or numbers.", said=item, most=self.most
            )
            return self.refuse(name, told)
        lines = await named(ctx, item, LINES, callable_only=False) if not problem.candidates else []
        if lines:
            return self.refuse(
                name,
                say("{line} is a line of your own. Choose people or numbers outside of it.", line=lines[0].name),
            )
        return await unclear_party(ctx, name, item, problem)

    async def suggest(self, ctx: Ctx, query: str) -> list[Option]:
        return await suggested(ctx, query, self.entities, await with_extension(ctx, query))

    async def describe(self, ctx: Ctx, raw: str) -> Option:
        return await described(ctx, raw)


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.replace(";", ",").replace("\n", ",").split(",") if part.strip()]


Numbers = Annotated[
    tuple[Party, ...],
    Recipients("Numbers", many=True, most=10, placeholder="Numbers or contacts", hint="Up to 10 at once."),
]
"""The numbers that are blocked or unblocked."""
