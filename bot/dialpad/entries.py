"""Entries to choose from, and how typed text is matched with them."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz, process

from bot.dialpad.action import Entity

_CLOSE: Final = 72.0
"""rapidfuzz score from which a name counts as meant with a typing mistake."""


@dataclass(frozen=True)
class Entry:
    """One entry to choose. ``detail`` distinguishes it from others of the same name; ``phones`` are E.164."""

    id: str
    name: str
    detail: str
    entity: Entity
    phones: tuple[str, ...] = ()


def fold(text: str) -> str:
    """Normalise a name for comparison: lower case, without accents, white space made single."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def number_is(entry: Entry, text: str) -> bool:
    """Tell whether ``text`` is one of the entry's numbers, however it is written: seven digits at least."""
    digits = _digits(text)
    return len(digits) >= 7 and any(_digits(phone) == digits for phone in entry.phones)


def ranked(entries: Mapping[str, Entry], folded: Mapping[str, str], query: str) -> list[Entry]:
    """Return the entries that match ``query``, best first; all by name for an empty one. ``folded``: by id, what is
    searched."""
    wanted = fold(query)
    if not wanted:
        return sorted(entries.values(), key=lambda entry: fold(entry.name))
    digits = _digits(query)
    scored: list[tuple[int, str, Entry]] = []
    for entry_id, text in folded.items():
        entry = entries[entry_id]
        rank = _rank_of(text, wanted)
        if rank is None and len(digits) >= 3 and any(digits in _digits(phone) for phone in entry.phones):
            rank = 3
        if rank is not None:
            scored.append((rank, text, entry))
    if scored:
        return [entry for _, _, entry in sorted(scored, key=lambda item: item[:2])]
    close = process.extract(wanted, folded, scorer=fuzz.WRatio, limit=10, score_cutoff=_CLOSE)
    return [entries[entry_id] for _, _, entry_id in close]


def _rank_of(text: str, wanted: str) -> int | None:
    if text.startswith(wanted):
        return 0
    if f" {wanted}" in text:
        return 1
    words = text.split()
    if all(any(word.startswith(part) for word in words) for part in wanted.split()):
        return 1
    return 2 if wanted in text else None
