"""Counts the SMS segments of a text, which decide what it costs and whether phones show it in one piece.

GSM 03.38: 160 characters alone or 153 per part; its extension characters count twice and are never split over two
parts. One character outside of it makes the whole text UCS-2: 70 alone or 67 per part, in UTF-16 units, and a
surrogate pair is not split either.
"""

import unicodedata
from dataclasses import dataclass
from typing import Final

from bot.basics.language import say

_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION: Final = frozenset("\f^{}\\[~]|€")


@dataclass(frozen=True)
class Segments:
    """The SMS parts of a text: ``count`` of them; ``culprits`` are the characters that forced UCS-2, once each."""

    count: int
    culprits: tuple[str, ...] = ()


def count_segments(text: str) -> Segments:
    """Count the segments of ``text``; an empty text has none."""
    culprits = tuple(dict.fromkeys(c for c in text if c not in _BASIC and c not in _EXTENSION))
    if culprits:
        sizes = [2 if ord(c) > 0xFFFF else 1 for c in text]
        return Segments(_parts(sizes, 70, 67), culprits)
    sizes = [2 if c in _EXTENSION else 1 for c in text]
    return Segments(_parts(sizes, 160, 153))


def _parts(sizes: list[int], alone: int, each: int) -> int:
    total = sum(sizes)
    if total <= alone:
        return min(total, 1)
    parts, filled = 1, 0
    for size in sizes:
        if filled + size > each:
            parts, filled = parts + 1, 0
        filled += size
    return parts


def shown_character(char: str) -> str:
    """Return a character so that it can be seen: by its name where it is a blank, a mark, or leaves no trace."""
    kind = unicodedata.category(char)
    if kind[0] in "ZCM" or "\ufe00" <= char <= "\ufe0f":
        name = unicodedata.name(char, "").lower()
        code = f"U+{ord(char):04X}"
        return say("the {name} ({code})", name=name, code=code) if name else say("the character {code}", code=code)
    return char
