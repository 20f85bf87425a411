"""What may have been meant by a line that was not understood: as buttons that run it with the nearest word.

One mechanism for all verbs. Names come from the arguments that look them up (``SeveralMeanings``); all other words are
compared with those that the route is typed with, and a line is offered only when all of it is understood.
"""

import json
import re
from collections.abc import Sequence
from typing import Final

from bot.basics.errors import FieldError, UserError
from bot.basics.language import say
from bot.basics.times import UNTIL
from bot.basics.words import FILLERS, did_you_mean, split, verbatim
from bot.contract.argument import Option, SeveralMeanings, Text
from bot.contract.context import Ctx
from bot.contract.doubt import WORDS, Doubt, NotUnderstood
from bot.contract.nearest import help_button, help_buttons
from bot.contract.reading import Misread, Refused, parse_arguments, read_words
from bot.contract.reply import Button, Raw, RawArgs
from bot.contract.routing import Route
from bot.dialpad.action import Entity

MOST: Final = 5
"""Most choices that are offered."""
_LONGEST_LINE: Final = 400
"""Characters of a line in which a mistyped word is looked for."""
_MOST_WORDS: Final = 16
_ORDINARY: Final = frozenset(
    {"in", "at", "on", "by", "my", "me", "to", "is", "it", "or", "an", "as", "so", "up", "out"}
)
"""Words of a free text that are no mistyped ones."""
_MOST_TRIES: Final = 12
_LONGEST_TIME: Final = 4
"""Words of a time."""
_LIKE_A_TIME: Final = re.compile(r"[0-9]|(?:half|hours?|hrs?|minutes?|mins?|days?|weeks?)\b", re.IGNORECASE)
_LONG_ENOUGH: Final = 5
"""Letters from which a word is no short name that is like one of ours."""
_LONGEST_ARGS: Final = 1_900
"""Characters of what a button carries; Slack takes 2,000."""


async def with_choices(
    ctx: Ctx,
    route: Route,
    words: str | None,
    raw: RawArgs,
    problem: UserError,
    *,
    typed: str = "",
    others: Sequence[str] = (),
) -> UserError:
    """Return the problem with buttons for what may have been meant, or as it is when there is nothing near.
    ``words``: what was typed after ``typed``, by default the route's word; None for what was not typed. ``others``:
    whole lines that may have been meant instead."""
    if isinstance(problem, Doubt) or not isinstance(problem, FieldError | Misread | Refused):
        return problem
    choices = list(meanings(route, raw, problem)) if isinstance(problem, SeveralMeanings) else []
    if words is not None and len(words) <= _LONGEST_LINE:
        lines = corrected_buttons(ctx, typed or route.word, await corrected(ctx, route, words))
        lines += corrected_buttons(ctx, "", others)
        lines = list({one.label: one for one in lines}.values())
        choices = lines if lines and isinstance(problem, SeveralMeanings) and not problem.near else [*choices, *lines]
    choices = [one for one in choices if len(json.dumps(dict(one.args), ensure_ascii=False)) <= _LONGEST_ARGS]
    if choices:
        return Doubt(problem.text, choices[:MOST])
    return NotUnderstood(problem.text, _instead(ctx, route, raw, typed)) if isinstance(problem, Misread) else problem


def _instead(ctx: Ctx, route: Route, raw: RawArgs, typed: str) -> tuple[Button, ...]:
    """Return what helps where nothing near was found: the form, and the help about the command."""
    form = (Button("Open the form", route.id, raw, "primary", form=True),) if route.fields else ()
    word = (typed or route.word).partition(" ")[0]
    return (*form, *(help_button(word) or help_buttons(ctx, word)))


def corrected_buttons(ctx: Ctx, word: str, lines: Sequence[str]) -> list[Button]:
    """Return buttons that run these words after ``word``."""
    whole = [f"{word} {line}".strip() for line in lines]
    return [Button(ctx.deps.settings.typed(verbatim(line)), WORDS, {"t": line}) for line in whole]


def meanings(route: Route, raw: RawArgs, unclear: SeveralMeanings) -> list[Button]:
    """Return a button for each meaning of an argument, which keeps all others as they are."""
    return [
        Button(meant.text, route.id, {**raw, unclear.field: _put(raw.get(unclear.field, ""), unclear.typed, meant)})
        for meant in unclear.meanings
    ]


def _put(value: Raw, typed: str, meant: Option) -> Raw:
    """Put a meaning in the place of what was typed."""
    if isinstance(value, list):
        return [meant.value if one == typed else one for one in value]
    if not isinstance(value, str) or value.strip() == typed.strip():
        return meant.value
    pattern = rf"(?<!\w){re.escape(typed)}(?!\w)"
    changed = re.sub(pattern, lambda _: meant.value, value, count=1, flags=re.IGNORECASE)
    return meant.value if changed == value else changed


async def corrected(ctx: Ctx, route: Route, text: str) -> list[str]:
    """Return what was typed with one word put right, where that makes all of it understood."""
    return [line for line, _ in await _slips(ctx, route, text)]


async def _slips(ctx: Ctx, route: Route, text: str) -> list[tuple[str, str]]:
    """Return the corrected lines, each with the word that was wrong."""
    known = {part for argument in route.arguments.values() for word in argument.vocabulary for part in word.split()}
    known |= {word for word in FILLERS if len(word) > 2}
    found: dict[str, tuple[str, str]] = {}
    leaves = await _leaving(ctx, route, text)
    tries = 0
    for word in split(text, await ctx.region())[:_MOST_WORDS]:
        typed = word.text.strip(",;:.!?").casefold()
        if word.quoted or typed in known or typed == "the" or not typed or any(map(str.isdigit, typed)):
            continue  # a wrong digit is no slip that anybody could put right
        if len(typed) < _LONG_ENOUGH and await _is_colleague(ctx, typed):
            continue  # Sam is no mistyped Saturday
        for near in did_you_mean(typed, known):
            tries += 1
            line = f"{text[: word.start]}{near}{text[word.end :]}"
            if leaves and await _leaving(ctx, route, line) != leaves:
                continue  # a word of the text to a customer is theirs
            if tries <= _MOST_TRIES and (meant := await _meant_by(ctx, route, line)):
                found.setdefault(meant, (line, typed))
    return list(found.values())[:MOST]


async def _leaving(ctx: Ctx, route: Route, text: str) -> str:
    """Return the part of a line that leaves letter for letter, "" for a line without one."""
    verbatim_ones = [name for name, one in route.arguments.items() if isinstance(one, Text) and one.verbatim]
    if not verbatim_ones:
        return ""
    try:
        raw = await read_words(ctx, route, text)
    except UserError:
        return ""
    return str(raw.get(verbatim_ones[0], ""))


async def check_slips(
    ctx: Ctx, route: Route, text: str, raw: RawArgs, others: Sequence[str] = (), *, line: str = ""
) -> None:
    """Ask about a word of a free text that may be a mistyped one of ours: "lunch unitl 1pm". ``others``: whole lines
    that may have been meant instead; ``line``: the whole line, of which a pattern may have made other words. Raises
    Doubt."""
    free = [one for one in route.arguments.values() if one.takes_any_words and one.shown]
    if not free or any(isinstance(one, Text) and one.verbatim for one in free) or len(text) > _LONGEST_LINE:
        return
    lines = [
        line for line, typed in await _slips(ctx, route, text)
        if typed not in _ORDINARY and await _says_more(ctx, route, line, raw) and not await _is_colleague(ctx, typed)
    ]  # fmt: skip
    lost, without = ("", []) if lines else await _lost_time(ctx, route, text, raw)
    meant = [*corrected_buttons(ctx, route.word, [*lines, *without]), *corrected_buttons(ctx, "", others)]
    if meant or lost:
        shown = text if text in line else line or text
        form = () if meant else (Button("Open the form", route.id, raw, form=True),)
        why = say("Did you mean:") if meant else say("I don't understand the time after “{word}”.", word=lost)
        raise Doubt(why, (*meant, *form, as_typed(shown, route, raw)))


def as_typed(text: str, route: Route, raw: RawArgs) -> Button:
    """Return the button that does what was read, for when something else may have been meant."""
    return Button(say("As typed: {text}", text=verbatim(text)), route.id, raw)


async def _lost_time(ctx: Ctx, route: Route, text: str, raw: RawArgs) -> tuple[str, list[str]]:
    """Find a word before a time within a free text, which took it because what follows is no time: "until xx 1pm".
    With it the lines without what is wrong there; "" when there is no such word."""
    free = [str(raw.get(name, "")) for name, one in route.arguments.items() if one.takes_any_words]
    kept = set(" ".join(free).casefold().split())
    keywords = {word for one in route.arguments.values() if not one.takes_any_words for word in one.keywords}
    words = split(text, await ctx.region())
    for index, word in enumerate(words[:-1]):
        said, after = word.text.casefold(), words[index + 1 : index + 1 + _LONGEST_TIME]
        is_span = said == "for" and after[0].text != "the" and any(_LIKE_A_TIME.match(one.text) for one in after)
        is_before = said in UNTIL or is_span
        if word.quoted or said not in kept & keywords or not is_before:
            continue
        lines = (f"{text[: one.start]}{text[one.end :].lstrip()}" for one in after[:-1])
        return said, [
            one for one in lines if await _meant_by(ctx, route, one) and await _says_more(ctx, route, one, raw)
        ]
    return "", []


async def _says_more(ctx: Ctx, route: Route, line: str, raw: RawArgs) -> bool:
    """Tell whether less of a corrected line is free text than of what was typed."""
    now = await read_words(ctx, route, line)
    free = [name for name, argument in route.arguments.items() if argument.takes_any_words]
    return len(now) > len(raw) or any(len(str(now.get(name, ""))) < len(str(raw.get(name, ""))) - 1 for name in free)


async def _is_colleague(ctx: Ctx, word: str) -> bool:
    return (await ctx.deps.directory.find(ctx.account, Entity.USER, word)).one is not None


async def is_understood(ctx: Ctx, route: Route, text: str) -> bool:
    """Tell whether these words after a route's own are all understood."""
    return bool(await _meant_by(ctx, route, text))


async def _meant_by(ctx: Ctx, route: Route, text: str) -> str:
    """Return what stands for the meaning of these words, "" when they are not understood."""
    raw: RawArgs = {}
    try:
        raw = await read_words(ctx, route, text)
        return repr(await parse_arguments(ctx, route, raw)) or "nothing"
    except SeveralMeanings as unclear:
        return f"one of several: {raw}" if unclear.meanings and unclear.near else ""
    except UserError:
        return ""
