"""Splits the text after a command, as a person types it and Slack sends it, into words.

Slack wraps what it recognises: ``<tel:+14155550150|+1 415-555-0150>``, ``<@U01|ana>``, ``<https://x|x>``, and
escapes ``&``, ``<`` and ``>``. Phones put curly quotes where straight ones were meant. A number typed with blanks and
brackets is one word, with its extension, and so is ``label:"on hold"``. Marks that nobody sees are not there.
"""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from bot.basics.phone import EXTENSION, read_number, readable, seen

_TOKEN = re.compile(
    r"""
      <(?P<wrapped>[^<>]*)>
    | (?P<keyed>[A-Za-z]+:["“„][^"“”„]+["”])
    | (?P<quoted>"[^"“”«»]*["”] | “[^"“”«»]*["”] | ”[^"“”«»]*["”] | „[^"“”«»]*["“”] | «[^"“”«»]*["”»] | »[^«»]*«
      | ‘[^‘’]*’(?!\w) | ‚[^‚‘’]*[‘’](?!\w) | ‹[^‹›]*› | 「[^「」]*」 | 『[^『』]*』 | (?<![^\s])'[^']*'(?!\w))
    | (?P<number>\+?\(?\d[\d\-\s()./\x00]{5,}\d)
    | (?P<plain>[^\s<>]+|[<>])
    """,
    re.VERBOSE,
)
FILLERS = frozenset({"please", "pls", "plz", "now", "back", "again", "thanks", "thx", "ok", "asap", "rn"})
"""Words that people add and that change nothing."""
_DATE = re.compile(r"[12]\d{3}-\d{2}-\d{2}")
_SHORTEST_NUMBER = 7
"""Digits from which a row of digits was meant as one number, though it is none."""


@dataclass(frozen=True)
class Word:
    """A word of a command. ``start`` and ``end`` are offsets in the text it came from; ``quoted`` words are never
    keywords. ``ends``: where a number may end before, which its digits leave open."""

    text: str
    start: int
    end: int
    quoted: bool = False
    ends: tuple[int, ...] = ()


def split(text: str, region: str = "US") -> list[Word]:
    """Split ``text`` into words. Never fails: an unclosed quote is an ordinary character."""
    words: list[Word] = []
    shown = readable(text)
    at = 0
    while match := _TOKEN.search(shown, at):
        word = _word(match, shown, region)
        at = word.end
        if word.text or match["plain"] is None:
            words.append(word)
    return words


def _word(match: re.Match[str], shown: str, region: str) -> Word:
    start, end = match.span()
    if (wrapped := match["wrapped"]) is not None:
        said = seen(unwrap(wrapped))
        end = _after_extension(shown, end) if read_number(said, region) else end
        return Word(said + seen(shown[match.end() : end]), start, end)
    if (keyed := match["keyed"]) is not None:
        return Word(html.unescape(keyed), start, end)
    if (quoted := match["quoted"]) is not None:
        return Word(seen(html.unescape(quoted[1:-1])).strip(), start, end, quoted=True)
    if digits := match["number"]:
        return _number(digits, shown, start, region)
    plain = match["plain"]
    if read_number(plain, region):
        end = _after_extension(shown, end)
    return Word(seen(html.unescape(shown[start:end])), start, end)


def _number(digits: str, shown: str, start: int, region: str) -> Word:
    """Return what stands before the first blank if that is a phone number, else the longest beginning that is one.

    ``4155550150 5 minutes late`` holds a number and a 5, not a number of eleven digits. A row of digits that is no
    number at all stays one word, so that what is wrong is said of all of it.
    """
    ends = [found.start() for found in re.finditer(r"\s|$", digits)]
    if _DATE.match(digits):
        return Word(digits[: ends[0]], start, start + ends[0])
    valid = [end for end in ends if read_number(digits[:end], region)]
    if ends[0] in valid:
        valid = ends[:1]
    if valid:
        end = _after_extension(shown, start + valid[-1])
        if shown[end : end + 1].isalnum():  # 415555O100: what was meant is no number
            end += re.match(r"\w*", shown[end:]).end()  # type: ignore[union-attr]  # matches anything
        return Word(seen(shown[start:end]), start, end, ends=tuple(start + one for one in valid[:-1]))
    rest = re.match(r"[\w+]*", shown[start + ends[-1] :])
    is_one = sum(map(str.isdigit, digits)) >= _SHORTEST_NUMBER and shown[start + ends[-1] :][:1] != ":"
    if rest and rest.end() and ends[1:]:
        end = ends[-2]  # 555 015 3pm
    else:
        end = ends[-1] + (rest.end() if rest else 0) if is_one else ends[0]
    digits = shown[start:]
    return Word(seen(digits[:end]), start, start + end)


def _after_extension(shown: str, at: int) -> int:
    """Return where the extension that follows a number at this place ends; the same place without one."""
    found = EXTENSION.match(shown, at)
    return found.end() if found else at


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


def with_plain_numbers(text: str) -> str:
    """Take Slack's brackets off numbers: ``<tel:+14155550150|415 555 0150>`` is ``415 555 0150`` again. Slack decides
    where a number ends without knowing any country's numbers."""
    return _LINKED_NUMBER.sub(lambda found: found["shown"] if _same_digits(found) else found[0], text)


def _same_digits(found: re.Match[str]) -> bool:
    shown = re.sub(r"\D", "", readable(found["shown"]))
    return len(shown) >= _SHORTEST_NUMBER and re.sub(r"\D", "", found["number"]).endswith(shown)


_LINKED_NUMBER = re.compile(r"<tel:(?P<number>[^<>|]*)\|(?P<shown>[^<>]*)>")


def verbatim(text: str) -> str:
    """Undo Slack's brackets and escapes: the text as the person typed it, for what leaves to a customer."""
    return html.unescape(re.sub(r"<([^<>]*)>", lambda m: _shown(m[1]), text)).strip()


def _shown(inside: str) -> str:
    target, _, shown = inside.partition("|")
    if target[:1] in {"@", "#", "!"}:
        return (target[0] if target[0] != "!" else "@") + (shown or target[1:])
    return shown or target.removeprefix("tel:").removeprefix("mailto:")


def did_you_mean(word: str, known: Iterable[str], *, most: int = 3) -> list[str]:
    """Find the known words nearest to a mistyped one, best first; empty when none is near, and never the opposite of
    what was typed: for "unsubscribe" there is no "subscribe"."""
    typed = word.casefold().strip()
    ranked = [(rank, name) for name in dict.fromkeys(known) if name and (rank := _distance(typed, name)) is not None]
    nearest = sorted(ranked, key=lambda one: (one[0], abs(len(one[1]) - len(typed))))[:most]
    return [name for rank, name in nearest if rank[0] <= nearest[0][0][0] + 1]


def _distance(typed: str, name: str) -> tuple[float, float] | None:
    """Return how far a word is from the one that may have been meant, None when it is too far."""
    meant = name.casefold()
    if typed == meant:
        return None
    if len(typed) > _LONGEST_WORD or _is_opposite(typed, meant):
        return None
    slips = float(OSA.distance(typed, meant))
    if len(typed) >= _SHORTEST_BEGINNING and meant.startswith(typed):
        slips = min(slips, 1.0)
    if slips > (1 if min(len(typed), len(meant)) < _LONG_WORD else 2) or slips >= len(meant):
        return None
    return slips, _by_finger(typed, meant)


def is_near(word: str, meant: str) -> bool:
    """Tell whether a word is one with a slip of the finger in it."""
    return bool(did_you_mean(word, [meant]))


def is_likely_slip(word: str, meant: str) -> bool:
    """Tell whether a near word has a letter too few or too many, two swapped, or one from a key beside."""
    return len(word) != len(meant) or _by_finger(word, meant) < 1 or sorted(word) == sorted(meant)


def slips_by_key(word: str, meant: str) -> bool:
    """Tell whether a word is another of the same length but for one key, beside the one that was meant."""
    wrong = [(a, b) for a, b in zip(word.casefold(), meant.casefold(), strict=True) if a != b]
    return len(wrong) == 1 and wrong[0][1] in _BESIDE.get(wrong[0][0], "")


def _is_opposite(typed: str, meant: str) -> bool:
    """Tell whether only one of two words says not: unblock and block, disconnect and connect."""
    return any(
        typed.startswith(no) != meant.startswith(no)
        and OSA.distance(typed.removeprefix(no), meant.removeprefix(no)) < OSA.distance(typed, meant)
        for no in _NOT
        if len(typed) > len(no) + 1 and len(meant) > len(no) + 1
    )


def _by_finger(typed: str, meant: str) -> float:
    """Return how unlikely a slip is: letters too few or too many are likelier than wrong ones, near keys than far."""
    if len(typed) != len(meant):
        return 0.0
    wrong = [(a, b) for a, b in zip(typed, meant, strict=True) if a != b]
    return sum(0.5 if b in _BESIDE.get(a, "") else 1.0 for a, b in wrong)


_NOT = ("un", "dis", "de")
_LONGEST_WORD = 40
_LONG_WORD = 6
_SHORTEST_BEGINNING = 3
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_BESIDE = {
    key: "".join(
        other[near]
        for over, other in enumerate(_ROWS)
        for near in range(len(other))
        if abs(over - row) <= 1 and abs(near - at) <= 1 and other[near] != key
    )
    for row, keys in enumerate(_ROWS)
    for at, key in enumerate(keys)
}
"""The keys that a finger hits instead."""
