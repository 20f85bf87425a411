"""Names that other people chose, such as a caller's or a line's, made safe to stand in a sentence of ours."""

import re
from typing import Any, Final

LONGEST: Final = 120
"""Characters of a name that are shown where there is little room; the rest is left out visibly."""
_TURNS: Final = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]")
"""Characters that nobody sees: some turn what follows them round, others hide in a word."""
_BREAKS: Final = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def without_turns(text: str) -> str:
    """Take out invisible characters that change in which direction text is read, or hide in it."""
    return text if text.isprintable() else _TURNS.sub("", text)


def one_line(text: str) -> str:
    """Return a name as one line of visible characters. What is one already stays as it is."""
    return text if text.isprintable() else _BREAKS.sub(" ", _TURNS.sub("", text)).strip()


def shown_name(name: str) -> str:
    """Return a name as one line of at most ``LONGEST`` characters."""
    flat = one_line(name)
    return flat if len(flat) <= LONGEST else flat[: LONGEST - 1] + "…"


def in_one_line(value: Any) -> Any:
    """Return JSON in which every text is one line."""
    match value:
        case str():
            return one_line(value)
        case list() | tuple():
            return [in_one_line(one) for one in value]
        case dict():
            return {in_one_line(name): in_one_line(one) for name, one in value.items()}
        case _:
            return value
