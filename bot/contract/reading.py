"""Turns the words of a typed command, a form or a button into the values a handler is called with.

Everything becomes raw arguments first (text, yes/no, lists of text) and is then parsed by the one rule its
``Argument`` has, so that typing, picking and pressing can never mean different things.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from bot.basics.errors import FieldError, UserError
from bot.basics.language import say, translated
from bot.basics.words import FILLERS, Word, did_you_mean, split, verbatim, with_plain_numbers
from bot.contract.argument import Address, Argument, Choice, Lookup, SeveralMeanings, Text
from bot.contract.context import Ctx
from bot.contract.doubt import Doubt
from bot.contract.mentions import as_people_read
from bot.contract.reply import Answer, Button, Form, Raw, RawArgs
from bot.contract.routing import Route

_PICTURE: Final = re.compile(r":[a-z0-9_+-]+:|[^\w\s<>@#+\"'“”()\[\]/\\-]+")
"""An emoji or a row of marks, with which people end a line."""
_LONGEST_VALUE: Final = 12
"""Most words tried as a keyword's value. Without a limit, 10,000 words would be tried 10,000 times."""


class Misread(UserError):
    """Words of a typed command that mean nothing."""


class Refused(UserError):
    """Several arguments are wrong; ``problems`` has a sentence for each, by parameter name."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = dict(problems)


async def read_words(ctx: Ctx, route: Route, text: str, *, usage: str = "") -> dict[str, Raw]:
    """Read raw arguments from what was typed after the command's word. ``usage`` is how it is typed, by default the
    route's. Raises UserError for words left over, which says what is wrong with them as far as can be told."""
    text = with_plain_numbers(text)
    words = _unasked(route, split(text, await ctx.region()) if text.strip() else [])
    raw: dict[str, Raw] = {}
    at = await _read_keywords(ctx, route, raw, text, words, 0)
    while at < len(words):
        found = await _read_positional(ctx, route, raw, text, words, at)
        if found == at and _only_fillers(words[at:]) and (at or not _PICTURE.fullmatch(words[0].text)):
            break
        if found == at:
            raise Misread(
                await _left_over(ctx, route, raw, words, at, text, usage or f"{route.word} {translated(route.usage)}")
            )
        at = await _read_keywords(ctx, route, raw, text, words, found)
    return raw


def _unasked(route: Route, words: list[Word]) -> list[Word]:
    """Take "?" and "!" off a line's end, where nothing in it is a text of somebody's own: "dnd until 3?"."""
    if not words or words[-1].quoted or any(isinstance(one, Text) for one in route.arguments.values()):
        return words
    return [*words[:-1], replace(words[-1], text=words[-1].text.rstrip("?!") or words[-1].text)]


def _only_fillers(words: Sequence[Word]) -> bool:
    return all(_is_filler(word.text.strip(",.!;?").casefold()) and not word.quoted for word in words)


def _is_filler(word: str) -> bool:
    return not word or word in FILLERS or _PICTURE.fullmatch(word) is not None


async def _read_positional(
    ctx: Ctx, route: Route, raw: dict[str, Raw], text: str, words: Sequence[Word], at: int
) -> int:
    """Give the words at this place to the first argument, in the order declared, that takes any of them.

    A required argument takes at least one word, and words that are nobody else's are a name that nobody has: so what is
    wrong is said at the field.
    """
    end = await _trailing(ctx, route, raw, text, words, at)
    waiting = {
        name: argument
        for name, argument in route.arguments.items()
        if name not in raw and (argument.bare or (argument.shown and not argument.keywords))
    }
    waiting = _leading_first(route, waiting)
    meant = _meant_choice(waiting, words[at])
    for name, argument in waiting.items():
        count = await argument.take(ctx, words[at:end], text)
        if count and meant and argument.takes_any_words:
            raise Misread(say("I don't understand “{said}”.", said=words[at].text[:40]))
        if not count and name in route.required:
            count = _whole_name(argument, words[at:end], 1) if len(waiting) == 1 else 1
        if count and len(waiting) == 1 and name in route.required and not _only_fillers(words[at + count : end]):
            count = _whole_name(argument, words[at:end], count)
        if count:
            await _check_end(ctx, route, argument, name, raw, text, words, at, count)
            return await _keep(ctx, argument, name, raw, text, words, at, count)
    if _only_fillers(words[at:end]):
        return at
    if _introduced_by(route, words[at]):
        return at  # what follows it is a wrong value, not part of a name
    name, count = await _unknown_name(ctx, waiting, words[at:end])
    return await _keep(ctx, waiting[name], name, raw, text, words, at, count) if count else at


async def _unknown_name(ctx: Ctx, waiting: Mapping[str, Argument], words: Sequence[Word]) -> tuple[str, int]:
    """Find the argument that these words name something for, which is not known, and count its words: those that are a
    mistyped name, else all. ("", 0) when there is none."""
    for name, argument in waiting.items():
        near = await argument.nearly(ctx, words) if isinstance(argument, Lookup) and not argument.many else 0
        if near:
            return name, near
    return next(((name, len(words)) for name, argument in waiting.items() if _is_name(argument, words)), ("", 0))


def _leading_first(route: Route, waiting: Mapping[str, Argument]) -> dict[str, Argument]:
    """Return the arguments in the order in which they are tried: what leads a text goes before it, and stands nowhere
    else."""
    texts = {name for name, one in route.arguments.items() if isinstance(one, Text) and one.verbatim}
    is_next = not texts.isdisjoint(waiting) and not (route.required & waiting.keys()) - texts
    leading = {name: one for name, one in waiting.items() if one.leads_text}
    return {**(leading if is_next else {}), **{name: one for name, one in waiting.items() if name not in leading}}


def _meant_choice(waiting: Mapping[str, Argument], word: Word) -> bool:
    """Tell whether a word is a mistyped one of a choice that still waits for its own."""
    choices = [one for one in waiting.values() if isinstance(one, Choice) and not one.keywords]
    typed = word.text.casefold()
    return not word.quoted and any(did_you_mean(typed, one.vocabulary) for one in choices if not one.fits(typed))


async def _check_end(
    ctx: Ctx, route: Route, argument: Argument, name: str, raw: Mapping[str, Raw], text: str,
    words: Sequence[Word], at: int, count: int,
) -> None:  # fmt: skip
    """Ask where an address ends, when the text behind it may begin elsewhere. Raises Doubt."""
    texts = ((other, one) for other, one in route.arguments.items() if isinstance(one, Text) and one.verbatim)
    after, written = next(texts, (None, None))
    if after is None or written is None or not isinstance(argument, Lookup) or at + count >= len(words):
        return
    choices: list[Button] = []
    for address in await argument.other_ends(ctx, words[at:], count) or _mistyped_ends(written, text, words, at, count):
        items = await argument.items(ctx, address.words)
        said = await as_people_read(ctx, text[written.begins_at(text, address.rest) :])
        to = say(" and ").join([(await argument.describe(ctx, item)).text for item in items])
        choices.append(Button(f"{to}: “{said}”" if said else f"{to}…", route.id, {**raw, name: items, after: said}))
    if len(choices) > 1:
        raise Doubt(say("Where does the text begin?"), choices)


def _mistyped_ends(written: Text, text: str, words: Sequence[Word], at: int, count: int) -> tuple[Address, ...]:
    """Return the two ways to read a text before which a word may be mistyped that does not belong to it: "thah"."""
    taken, begin = tuple(words[at : at + count]), words[at + count].start
    nearly = written.nearly_begins_at(text, begin)
    return (Address(taken, nearly), Address(taken, begin)) if nearly else ()


def _whole_name(argument: Argument, words: Sequence[Word], count: int) -> int:
    """Return how many words are meant as a name when nobody else takes what follows the one that was found: all, but
    for those that change nothing."""
    if not isinstance(argument, Lookup) or argument.many:
        return count
    end = len(words)
    while end > count and _only_fillers(words[end - 1 : end]):
        end -= 1
    return end if argument.fits(" ".join(word.text for word in words[:end])) else count


def _is_name(argument: Argument, words: Sequence[Word]) -> bool:
    """Tell whether these words can only be the name that ``argument`` looks up."""
    return isinstance(argument, Lookup) and not argument.many and argument.fits(" ".join(word.text for word in words))


def _introduced_by(route: Route, word: Word) -> list[tuple[str, Argument]]:
    """Return the arguments that have this word as a keyword; a quoted word is no keyword."""
    typed = word.text.casefold()
    named = [(name, argument) for name, argument in route.arguments.items() if typed in argument.keywords]
    return [] if word.quoted else named


async def _keep(
    ctx: Ctx, argument: Argument, name: str, raw: dict[str, Raw], text: str, words: Sequence[Word], at: int, count: int
) -> int:
    if isinstance(argument, Text) and argument.verbatim:
        raw[name] = await as_people_read(ctx, text[argument.begins_at(text, words[at].start) :])
        return len(words)
    taken = words[at : at + count]
    if isinstance(argument, Lookup) and argument.many:
        raw[name] = await argument.items(ctx, taken)
    elif argument.leads_text:
        raw[name] = argument.raw_of(text[taken[0].start : taken[-1].end])
    elif isinstance(argument, Text):
        raw[name] = await as_people_read(ctx, text[taken[0].start : taken[-1].end])
    else:
        raw[name] = " ".join(word.text for word in taken).strip(",;:")
    return at + count


async def _trailing(ctx: Ctx, route: Route, raw: Mapping[str, Raw], text: str, words: Sequence[Word], at: int) -> int:
    """Find where the words of a positional argument end because a keyword with a fitting value begins."""
    for index in range(at, len(words)):
        if await _keyword_at(ctx, route, raw, text, words, index) is not None:
            return index
    return len(words)


async def _read_keywords(ctx: Ctx, route: Route, raw: dict[str, Raw], text: str, words: Sequence[Word], at: int) -> int:
    while at < len(words) and (found := await _keyword_at(ctx, route, raw, text, words, at)) is not None:
        name, end = found
        argument = route.arguments[name]
        value = _value(words, at + 1, end, quotes=argument.keeps_quotes)
        value = argument.after_keyword(words[at].text.casefold(), value)
        if isinstance(argument, Text) and argument.verbatim:
            begin = argument.begins_at(text, words[at + 1].start)
            value, end = await as_people_read(ctx, text[begin:]), len(words)
        raw[name] = [value] if isinstance(argument, Lookup) and argument.many else value
        at = end
    return at


async def _keyword_at(
    ctx: Ctx, route: Route, raw: Mapping[str, Raw], text: str, words: Sequence[Word], at: int
) -> tuple[str, int] | None:
    """Find the argument that a keyword at this place introduces, and where its value ends.

    The value is what the argument takes: of several with the same keyword, the first that takes anything. When none
    does, it is the longest run of words that could be meant as it, so that a misspelt name is told at its field.
    """
    introduced = [(name, argument) for name, argument in _introduced_by(route, words[at]) if name not in raw]
    furthest = _next_keyword(route, words, at + 1) if introduced else at
    for name, argument in introduced:
        count = await argument.take(ctx, words[at + 1 : _end_of(argument, at, furthest)], text)
        if count and argument.fits(_value(words, at + 1, at + 1 + count)):
            return name, at + 1 + count
    for name, argument in introduced:
        within = words[at + 1 : _end_of(argument, at, furthest)]
        if isinstance(argument, Lookup) and (count := await argument.nearly(ctx, within)):
            return name, at + 1 + count
    for name, argument in introduced:
        for end in range(_end_of(argument, at, furthest), at + 1, -1):
            if argument.fits(_value(words, at + 1, end)):
                return name, end
    return None


def _end_of(argument: Argument, at: int, furthest: int) -> int:
    return furthest if isinstance(argument, Text) else min(furthest, at + 1 + _LONGEST_VALUE)


def _value(words: Sequence[Word], start: int, end: int, *, quotes: bool = False) -> str:
    return " ".join(f'"{word.text}"' if quotes and word.quoted else word.text for word in words[start:end]).strip(",;")


def _next_keyword(route: Route, words: Sequence[Word], start: int) -> int:
    """Find the next word that introduces an argument, or is one by itself: "topic"."""
    own = (argument.keywords or argument.words_alone for argument in route.arguments.values())
    keywords = {keyword for words_of_it in own for keyword in words_of_it}
    for index in range(start + 1, len(words)):
        if words[index].text.casefold() in keywords and not words[index].quoted:
            return index
    return len(words)


async def _left_over(
    ctx: Ctx, route: Route, raw: Mapping[str, Raw], words: Sequence[Word], at: int, text: str, usage: str
) -> str:
    word = words[at].text.casefold()
    name, argument = next(iter(_introduced_by(route, words[at])), ("", None))
    if argument is not None and name in raw:
        before = raw[name]
        shown = ", ".join(before) if isinstance(before, list) else str(before)
        return say(
            "“{word}” appears twice; the first was followed by “{shown}”. Use it once.", word=word, shown=shown[:40]
        )
    if argument is not None and at + 1 == len(words):
        return say("Something is missing after “{word}”.", word=word)
    if argument is not None:
        try:
            await argument.parse(ctx, name, words[at + 1].text)
        except FieldError as problem:
            return say("After “{word}”: {problem}", word=word, problem=problem.text)
    rest = verbatim(text[words[at].start :])
    shown = rest if len(rest) <= 40 else rest[:39] + "…"
    return say(
        "I don't understand “{shown}”. Use it like this: {typed}", shown=shown, typed=ctx.deps.settings.typed(usage)
    )


def missing(route: Route, raw: Mapping[str, Raw]) -> list[str]:
    """Return the required arguments that were not given."""
    return [name for name in route.arguments if name in route.required and raw.get(name) in (None, "", [])]


async def fill_in(ctx: Ctx, route: Route, raw: RawArgs) -> Answer:
    """Run ``route`` with these arguments; its form, with what was typed filled in, when one of them is wrong. Raises
    SeveralMeanings for one that is unclear."""
    if missing(route, raw):
        return Form(route.id, await _entered(ctx, route, raw))
    try:
        return await route.handler(ctx, **await parse_arguments(ctx, route, raw))
    except Refused as several:
        return Form(route.id, await _entered(ctx, route, raw), several.problems)
    except SeveralMeanings:
        raise
    except FieldError as one:
        return Form(route.id, await _entered(ctx, route, raw), {one.field: one.text})


async def _entered(ctx: Ctx, route: Route, raw: RawArgs) -> RawArgs:
    return {name: await route.arguments[name].entered(ctx, name, value) for name, value in raw.items()}


async def parse_arguments(ctx: Ctx, route: Route, raw: Mapping[str, Raw]) -> dict[str, Any]:
    """Parse raw arguments into the handler's keyword arguments. Raises FieldError for one wrong argument, Refused for
    several."""
    given = {name: value for name, value in raw.items() if name in route.arguments and value not in (None, "", [])}
    results = await asyncio.gather(
        *(route.arguments[name].parse(ctx, name, value) for name, value in given.items()), return_exceptions=True
    )
    problems: dict[str, FieldError] = {}
    for name, result in zip(given, results, strict=True):
        if isinstance(result, FieldError):
            problems[name] = result
        elif isinstance(result, BaseException):
            raise result
    if len(problems) > 1:
        raise Refused({name: problem.text for name, problem in problems.items()})
    for name, problem in problems.items():
        raise problem if problem.field == name else FieldError(name, problem.text)
    return dict(zip(given, results, strict=True))
