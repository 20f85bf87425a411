"""A phrase with one mistyped word is found as if it were compared with every phrase there is, but by a few lookups."""

import random
from typing import Final

import pytest

from bot.app import build_routes
from bot.basics.words import is_near
from bot.contract import routing

TABLE: Final = build_routes()
PHRASES: Final = sorted(phrase for phrase in TABLE.by_phrase if len(phrase) > 1)
MOST_LETTERS: Final = 3
"""A shorter word has no slip in it that is told from another word."""


def compared_with_all(text: str) -> list[str]:
    """The same, word by word with each phrase."""
    said = text.split()
    lines: dict[tuple[str, str], str] = {}
    for phrase, (route, words) in sorted(TABLE.by_phrase.items(), key=lambda one: -len(one[0])):
        wrong = [(typed, meant) for typed, meant in zip(said, phrase, strict=False) if typed != meant]
        if 1 < len(phrase) <= len(said) and len(wrong) == 1 and is_near(*wrong[0]):
            rest = " ".join(said[len(phrase) :])
            lines.setdefault((route.id, words), f"{' '.join(phrase)} {rest}".strip())
    return list(lines.values())


def mistyped(phrase: tuple[str, ...], chance: random.Random) -> str:
    words = list(phrase)
    place = chance.randrange(len(words))
    if len(words[place]) > MOST_LETTERS:
        gone = chance.randrange(1, len(words[place]))
        words[place] = words[place][:gone] + words[place][gone + 1 :]
    return " ".join([*words, "Jordan", "Lee"][: routing._LONGEST_PHRASE])


def test_what_is_found_is_what_a_comparison_with_all_finds() -> None:
    chance = random.Random(11)  # noqa: S311  typing, not secrets
    lines = [mistyped(phrase, chance) for phrase in chance.sample(PHRASES, min(150, len(PHRASES)))]
    told = [line for line in lines if compared_with_all(line)]  # others may be one but for their articles
    assert [TABLE.near_phrases(line) for line in told] == [compared_with_all(line) for line in told]
    assert any(TABLE.near_phrases(line) for line in lines)


def test_a_line_is_compared_with_a_few_phrases_however_many_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []

    def note(typed: str, meant: str) -> bool:
        compared.append(meant)
        return is_near(typed, meant)

    monkeypatch.setattr(routing, "is_near", note)
    TABLE.near_phrases("who Jordan Lee")
    TABLE.near_phrases("set my staus to lunch until noon today")
    assert len(compared) < len(PHRASES) / 10
