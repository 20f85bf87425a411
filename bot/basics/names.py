"""Names that other people chose, such as a caller's or a line's, made safe to stand in a sentence of ours."""

import json
import re
from typing import Any, Final

LONGEST: Final = 120
"""Characters of a name that are shown where there is little room; the rest is left out visibly."""
_TURNS: Final = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]")
"""Characters that nobody sees: some turn what follows them round, others hide in a word."""
_ESCAPED: Final = re.compile(rb"\\u([0-9a-fA-F]{4})")
_ESCAPED_BREAK: Final = re.compile(rb"\\[bfnrt]")
_BETWEEN: Final = dict.fromkeys(map(ord, "\t\n\r"))
"""What may stand between the values of a JSON document."""
_NAMED: Final = ("name", "title")
"""How the keys of names end."""
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


def names_in_one_line(document: bytes) -> bytes:
    """Return a JSON document in which every name and title is one line. Mostly it has nothing odd in it, and is
    returned as it is, as is what cannot be read."""
    if not _has_odd_text(document):
        return document
    try:
        return json.dumps(_flat_names(json.loads(document))).encode()
    except (ValueError, RecursionError):
        return document


def _has_odd_text(document: bytes) -> bool:
    if b"\x7f" in document:
        return True
    if b"\\" in document:  # as hardly ever, and this is looked for a hundred times faster
        if _ESCAPED_BREAK.search(document):
            return True
        if any(not chr(int(code, 16)).isprintable() for code in set(_ESCAPED.findall(document))):
            return True
    if document.isascii():
        return False
    text = document.decode(errors="replace")
    return not text.isprintable() and not text.translate(_BETWEEN).isprintable()


def _flat_names(value: Any) -> Any:
    match value:
        case list():
            return [_flat_names(one) for one in value]
        case dict():
            return {
                key: one_line(one) if isinstance(one, str) and key.endswith(_NAMED) else _flat_names(one)
                for key, one in value.items()
            }
        case _:
            return value
