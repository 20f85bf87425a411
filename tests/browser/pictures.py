"""The pictures in the docs: what was to be read when each was taken, so that it shows when that has changed.

``make pictures`` takes them anew. Every other run of the browser's tests comes by the same places, and warns of a
picture that shows what is no longer so.
"""

import hashlib
import json
import re
import warnings
from pathlib import Path
from typing import Final

DOCS: Final = Path(__file__).parents[2] / "docs"
BOOK: Final = DOCS / "pictures.json"
CHANGES_BY_ITSELF: Final = re.compile(
    r"\d+|\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|\b(?:today|yesterday|tomorrow|AM|PM|just now)\b"
    r"|\b(?:January|February|March|April|May|June|July|August|September|October|November|December)\b"
    r"|\b(?:second|minute|hour|day|min|s|h)s?\b|\s+"
)
"""Moments and how long ago they were: other ones each time."""
READ: Final = """() => ["#main", "[data-testid=modal]", "[data-testid=home]", "[data-testid=thread]"]
    .map(where => document.querySelector(where)?.innerText ?? "").join("\\n")"""
"""What is to be read at the page, without the phones beside it."""


class StalePicture(UserWarning):
    """A picture in the docs shows what is no longer so."""


def taken() -> dict[str, dict[str, str]]:
    """By name: what was to be read, and the file, as hashes."""
    found: dict[str, dict[str, str]] = json.loads(BOOK.read_text(encoding="utf-8"))
    return found


def is_wanted(name: str) -> bool:
    return (DOCS / f"{name}.png").exists()


def note(name: str, words: str) -> None:
    """Write down what was to be read when the picture was taken."""
    book = taken()
    book[name] = {"words": _hash_words(words), "file": hash_file(DOCS / f"{name}.png")}
    BOOK.write_text(json.dumps(book, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def tell_if_stale(name: str, words: str) -> None:
    if is_wanted(name) and taken().get(name, {}).get("words") != _hash_words(words):
        warnings.warn(f"docs/{name}.png shows what is no longer so: make pictures", StalePicture, stacklevel=2)


def hash_file(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _hash_words(words: str) -> str:
    return hashlib.sha256(CHANGES_BY_ITSELF.sub("", words).encode()).hexdigest()
