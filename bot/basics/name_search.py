"""How typed text is compared with names and numbers: what an entry is found by, and what a mistake may have been.

An entry is found by the beginning of any of its keys. Keys are kept in one sorted index, so those that are no words
begin with a control character of their own kind.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final
from unicodedata import combining, normalize

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

HIGHEST: Final = "\U0010ffff"
"""Sorts behind every letter: what begins with a text stands between it and it with this behind it."""
LONGEST_KEY: Final = 48
FULL_NUMBER: Final = "\x01"
PART_OF_NUMBER: Final = "\x02"
"""A number without its country code, or its last seven digits."""
END_OF_NUMBER: Final = "\x03"
"""A number backwards."""
INSIDE: Final = "\x04"
"""What a word ends in, from its second letter on. Leads to the word, not to an entry."""
EXTENSION: Final = "\x05"
"""Followed by the whole extension."""
SHORTEST_INSIDE: Final = 3
SHORTEST_NUMBER: Final = 3
SHORTEST_MISSPELT: Final = 3
"""Letters of a word in which a mistake is looked for."""
SHORTEST_BEGUN: Final = 4
"""Letters of a mistyped beginning; every shorter one begins like too many names, and is compared with whole words."""
_LOCAL: Final = 7
_LONGEST_INSIDE: Final = 24
_LONGEST_COUNTRY_CODE: Final = 3
_VARIED: Final = 12
"""A mistake is looked for in so many letters of a word."""
_APOSTROPHES: Final = str.maketrans("", "", "'’‘`´")
_TITLES: Final = frozenset({
    "mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "sir", "madam",
    "herr", "frau", "hr", "fr", "mme", "mlle", "monsieur", "madame", "senor", "senora",
    "sr", "sra", "doctor",
})  # fmt: skip
_JOINED: Final = str.maketrans("", "", "'’-")
_ALPHABETS: Final = (
    "abcdefghijklmnopqrstuvwxyz",
    "абвгдежзиклмнопрстуфхцчшщъыьэюяіїєґ",
    "αβγδεζηθικλμνξοπρστυφχψως",
    "אבגדהוזחטיכלמנסעפצקרשתךםןףץ",
)


def fold(text: str) -> str:
    """Normalise a name for comparison: lower case, without accents, white space made single."""
    decomposed = normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in decomposed if not combining(c)).split())


def name_words(text: str) -> list[str]:
    """Return the words of a name, folded: without marks, emoji and apostrophes, double names as two."""
    return re.findall(r"[^\W_]+", fold(text).translate(_APOSTROPHES))


def without_titles(text: str) -> str:
    """Return the words of a name without titles and, where others are left, initials."""
    words = [word for word in name_words(text) if word not in _TITLES]
    return " ".join([word for word in words if len(word) > 1] or words)


def names_all(text: str, name: str) -> bool:
    """Tell whether all words of ``text`` are of this name, in any order. Titles say nothing, and an initial may be
    missing or short for a word."""
    typed = [word for word in name_words(text) if word not in _TITLES]
    rest = name_words(name)
    whole = [word for word in typed if len(word) > 1]
    for word in whole:
        if word not in rest:
            return False
        rest.remove(word)
    given = [word for word in rest if word not in _TITLES]
    initials = [word for word in typed if len(word) == 1]
    if not given:
        return len(whole) > len(initials)
    return bool(whole) and all(any(word.startswith(initial) for word in given) for initial in initials)


def digits_of(text: str) -> str:
    """Return the digits in a text."""
    return "".join(c for c in text if c.isdecimal())


def keys_of(text: str, phones: Iterable[str], extension: str = "") -> set[str]:
    """Return everything that an entry with this folded text, these numbers and this extension is found by the beginning
    of."""
    words = {key[:LONGEST_KEY] for word in text.split() for key in _beginnings(word)}
    inside = {extension, EXTENSION + extension} if extension else set()
    return words | inside | {key for phone in phones for key in _number_keys(phone)}


def insides_of(text: str) -> set[tuple[str, str]]:
    """Return keys for what stands inside the words of a folded text, each with the word that it leads to."""
    words = {"".join(c if c.isalnum() else " " for c in text)}
    runs = {run[:_LONGEST_INSIDE] for one in words for run in one.split()}
    return {
        (INSIDE + run[at:], run) for run in runs if not run.isdecimal()
        for at in range(1, len(run) - SHORTEST_INSIDE + 1)
    }  # fmt: skip


def _beginnings(word: str) -> Iterator[str]:
    """Yield a word, what follows a mark inside it, and a double name written as one: smith-jones, jones, smithjones."""
    yield word
    for at in range(1, len(word)):
        if word[at].isalnum() and not word[at - 1].isalnum():
            yield word[at:]
    if (joined := word.translate(_JOINED)) and joined != word:
        yield joined


def _number_keys(phone: str) -> Iterator[str]:
    digits = digits_of(phone)
    if len(digits) < SHORTEST_NUMBER:
        return
    yield FULL_NUMBER + digits
    yield END_OF_NUMBER + digits[::-1]
    national = _country_code_length(digits) if phone.startswith("+") else 0
    for start in {national, len(digits) - _LOCAL}:
        if 0 < start < len(digits) - 1 and start >= national:
            yield PART_OF_NUMBER + digits[start:]


def _country_code_length(digits: str) -> int:
    lengths = range(1, _LONGEST_COUNTRY_CODE + 1)
    return next((length for length in lengths if int(digits[:length]) in COUNTRY_CODE_TO_REGION_CODE), 0)


def number_beginnings(query: str) -> tuple[str, ...]:
    """Return the beginnings of keys that typed digits may mean: from the front with or without country code, the last
    seven digits, or the end. Empty for less than three digits."""
    digits = digits_of(query)
    if len(digits) < SHORTEST_NUMBER:
        return ()
    national = digits.lstrip("0")  # as it is dialled inside a country
    parts = (PART_OF_NUMBER + national,) if len(national) >= SHORTEST_NUMBER else ()
    return FULL_NUMBER + digits, *parts, END_OF_NUMBER + digits[::-1]


def misspellings(word: str) -> list[str]:
    """Return what may have been meant by a word with one mistake in it: two letters swapped, one left out, a wrong one,
    one too many; the likeliest first. Empty for a short word."""
    if len(word) < SHORTEST_MISSPELT:
        return []
    head, rest = word[:_VARIED], word[_VARIED:]
    letters = "".join(letters for letters in _ALPHABETS if any(letter in letters for letter in head)) or _ALPHABETS[0]
    places = range(len(head))
    meant = [head[:i] + head[i + 1] + head[i] + head[i + 2 :] for i in places[:-1]]
    meant += [head[:i] + letter + head[i:] for i in places for letter in letters]
    meant += [head[:i] + letter + head[i + 1 :] for i in places for letter in letters]
    meant += [head[:i] + head[i + 1 :] for i in places]
    return [one + rest for one in dict.fromkeys(meant) if one != head]
