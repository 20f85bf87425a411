"""Finds the whole lines with something in between that a line is but for one mistyped word: "put sam of duty"."""

import re
from collections.abc import Sequence
from functools import cache
from itertools import islice
from typing import Final

from bot.basics.words import did_you_mean, is_likely_slip
from bot.contract.routing import Route, RouteTable

_SPOKEN: Final = re.compile(r"\S+")
_AROUND: Final = ".,!?;:\"'“”"
_NO_WORDS: Final = re.compile(r"\(\?P<\w+>|\\\w|\[[^\]]*\]|\{[^}]*\}")
"""What is no word of a line in the source of a pattern."""
_WORD: Final = re.compile(r"[a-z']{2,}")
_ARTICLES: Final = frozenset({"the", "an"})
_MOST_WORDS: Final = 12
_LONGEST: Final = 400


def near_patterns(table: RouteTable, text: str, routes: Sequence[Route] | None = None) -> list[str]:
    """Return the line with one word put right where that makes it a pattern of one of ``routes``, by default of any.
    Neither a name nor a text in it is touched, and a word that is as near to another one is not guessed."""
    if len(text) > _LONGEST:
        return []
    lines: dict[tuple[str, str], str] = {}
    patterns = (one for route in (table.order if routes is None else routes) for one in _patterns_of(route))
    known = _words_of(tuple(pattern.pattern for pattern in patterns))
    as_it_is = routes is not None or table.patterned(text) is not None  # then a word of ours is no mistyped one
    for place, found in enumerate(islice(_SPOKEN.finditer(text), _MOST_WORDS)):
        typed = found[0].strip(_AROUND).casefold()
        if len(typed) < 2 or typed in _ARTICLES or not typed.isalpha() or (as_it_is and typed in known):
            continue
        for near in did_you_mean(typed, known, most=6):
            if not is_likely_slip(typed, near):
                continue
            line = f"{text[: found.start()]}{near}{text[found.end() :]}"
            for sentences in (True, False):
                if (read := table.patterned(line, sentences=sentences, word=place, routes=routes)) is not None:
                    lines.setdefault((read[0].id, read[1]), line)
    return list(lines.values())


def _patterns_of(route: Route) -> list[re.Pattern[str]]:
    return [pattern for pattern, _ in (*route.sentences, *route.patterns)]


@cache
def _words_of(sources: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words that patterns are made of."""
    words = (word.strip("'") for source in sources for word in _WORD.findall(_NO_WORDS.sub(" ", source)))
    return tuple(dict.fromkeys(word for word in words if len(word) > 1))
