"""Splits the text after a command, as a person types it and Slack sends it, into words.

Slack wraps what it recognises: ``<tel:+14155550150|+1 415-555-0150>``, ``<@U01|ana>``, ``<https://x|x>``, and
escapes ``&``, ``<`` and ``>``. Phones put curly quotes where straight ones were meant. A number typed with blanks and
brackets is one word, and so is ``label:"on hold"``.
"""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz, process, utils

from bot.basics.phone import read_number

_TOKEN = re.compile(
    r"""
      <(?P<wrapped>[^<>]*)>
    | (?P<keyed>[A-Za-z]+:["“„][^"“”„]+["”])
    | (?P<open>["“”„«])(?P<quoted>[^"“”«»]*)["“”»]
    | (?P<number>\+?\(?\d[\d\-\s().]{5,}\d)
    | (?P<plain>[^\s<>]+|[<>])
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class Word:
    """A word of a command. ``start`` and ``end`` are offsets in the text it came from; ``quoted`` words are never
    keywords."""

    text: str
    start: int
    end: int
    quoted: bool = False


def split(text: str, region: str = "US") -> list[Word]:
    """Split ``text`` into words. Never fails: an unclosed quote is an ordinary character."""
    words: list[Word] = []
    at = 0
    while match := _TOKEN.search(text, at):
        word = _word(match, region)
        words.append(word)
        at = word.end
    return words


def _word(match: re.Match[str], region: str) -> Word:
    start, end = match.span()
    if (wrapped := match["wrapped"]) is not None:
        return Word(unwrap(wrapped), start, end)
    if (keyed := match["keyed"]) is not None:
        return Word(html.unescape(keyed), start, end)
    if match["quoted"] is not None:
        return Word(html.unescape(match["quoted"]).strip(), start, end, quoted=True)
    if digits := match["number"]:
        return _number(digits, start, region)
    return Word(html.unescape(match["plain"]), start, end)


def _number(digits: str, start: int, region: str) -> Word:
    """Return the longest beginning that is a whole phone number, else what stands before the first blank.

    ``4155550150 5 minutes late`` holds a number and a 5, not a number of eleven digits.
    """
    ends = [m.start() for m in re.finditer(r"\s|$", digits)]
    for end in reversed(ends):
        if read_number(digits[:end], region):
            return Word(digits[:end], start, start + end)
    return Word(digits[: ends[0]], start, start + ends[0])


def unwrap(inside: str) -> str:
    """Return what Slack's angle brackets stand for: the number, the ``@id``, the address."""
    target, _, shown = inside.partition("|")
    if target.startswith("tel:"):
        return target.removeprefix("tel:")
    if target.startswith("mailto:"):
        return target.removeprefix("mailto:")
    if target[:1] in {"@", "#", "!"}:
        return target
    return html.unescape(target or shown)


def verbatim(text: str) -> str:
    """Undo Slack's brackets and escapes: the text as the person typed it, for what leaves to a customer."""
    return html.unescape(re.sub(r"<([^<>]*)>", lambda m: _shown(m[1]), text)).strip()


def _shown(inside: str) -> str:
    target, _, shown = inside.partition("|")
    if target[:1] in {"@", "#", "!"}:
        return (target[0] if target[0] != "!" else "@") + (shown or target[1:])
    return shown or target.removeprefix("tel:").removeprefix("mailto:")


def did_you_mean(word: str, known: Iterable[str], *, most: int = 3) -> list[str]:
    """Find the known words nearest to a mistyped one, best first; empty when none is near."""
    found = process.extract(
        word, list(known), scorer=fuzz.WRatio, processor=utils.default_process, limit=most, score_cutoff=65
    )
    return [name for name, _, _ in found]
