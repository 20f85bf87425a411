"""Names that other people chose, such as a caller's or a line's, made safe to stand in a sentence of ours."""

import re
from typing import Final

LONGEST: Final = 120
"""Characters of a name that are shown; the rest is left out visibly."""
_TURNS: Final = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]")
"""Characters that nobody sees: some turn what follows them round, others hide letters."""
_BREAKS: Final = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def without_turns(text: str) -> str:
    """Take out invisible characters that change in which direction text is read, or hide in it."""
    return _TURNS.sub("", text)


def shown_name(name: str) -> str:
    """Return a name as one line of visible characters."""
    flat = _BREAKS.sub(" ", without_turns(name)).strip()
    return flat if len(flat) <= LONGEST else flat[: LONGEST - 1] + "…"
