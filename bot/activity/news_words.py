"""The words for kinds of events as people type them: every name that the product shows for a kind makes that kind."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Final, NamedTuple

from bot.activity.news import NewsKind

JOINS: Final = frozenset({"and", "&", "+", ","})
UNCLEAR: Final[Mapping[str, tuple[NewsKind, ...]]] = dict.fromkeys(
    ("digest", "digests"), (NewsKind.DAILY, NewsKind.WEEKLY)
)
"""What is typed for either of several kinds."""
_ANYBODY: Final = ("someone", "somebody", "anyone", "anybody", "a customer")
SPOKEN: Final[Mapping[str, NewsKind]] = {
    **{f"{who} {did}": kind for who in _ANYBODY for did, kind in (
        ("calls", NewsKind.RINGING), ("calls me", NewsKind.RINGING), ("calls us", NewsKind.RINGING),
        ("rings", NewsKind.RINGING), ("texts", NewsKind.SMS), ("texts me", NewsKind.SMS), ("texts us", NewsKind.SMS),
        ("writes", NewsKind.SMS), ("leaves a voicemail", NewsKind.VOICEMAIL),
        ("leaves a message", NewsKind.VOICEMAIL),
    )},
    "i get a call": NewsKind.RINGING, "we get a call": NewsKind.RINGING, "a call comes in": NewsKind.RINGING,
    "i get a text": NewsKind.SMS, "we get a text": NewsKind.SMS, "a text comes in": NewsKind.SMS,
    "i miss a call": NewsKind.MISSED, "we miss a call": NewsKind.MISSED, "a call is missed": NewsKind.MISSED,
    "i get a voicemail": NewsKind.VOICEMAIL, "we get a voicemail": NewsKind.VOICEMAIL,
}  # fmt: skip
"""What is said after "tell me when"."""
_ARTICLES: Final = ("a", "an", "the")
_CALLS: Final = " calls"
_QUEUE: Final = re.compile(r"\bmore than (\d{1,4}) callers(?: are)? waiting\b", re.IGNORECASE)


class ReadKinds(NamedTuple):
    """Kinds read from the beginning of some words, ``length`` of which belong to them. ``unclear``: a word among them
    that is typed for several kinds."""

    kinds: tuple[NewsKind, ...]
    length: int
    unclear: str = ""


def read_kinds(words: Sequence[str]) -> ReadKinds:
    """Read ``missed calls, voicemails and a daily digest``. A comma ends a name: ``missed, calls`` are two kinds."""
    kinds: list[NewsKind] = []
    at, unclear = 0, ""
    while at < len(words):
        if not (shown := _plain(words[at])) or shown in JOINS:
            at += 1
            continue
        length, phrase = _longest(words, at)
        if not length and shown in _ARTICLES and (after := _longest(words, at + 1))[0]:
            length, phrase = after[0] + 1, after[1]
        if not length:
            break
        if phrase in UNCLEAR:
            unclear = unclear or phrase
        else:
            kinds.append(SPOKEN.get(phrase) or _phrases()[phrase])
        at += length
    return ReadKinds(tuple(dict.fromkeys(kinds)), at if kinds or unclear else 0, unclear)


def kind_named(text: str) -> NewsKind | None:
    """Return the kind that this whole text names, None for anything else."""
    return _phrases().get(" ".join(text.casefold().split()))


def known_phrases() -> tuple[str, ...]:
    """Return everything that is typed for a kind."""
    return (*_phrases(), *UNCLEAR)


def names_own_switch(text: str) -> bool:
    """Tell whether these words name a switch of somebody's own notifications, such as "Texts to my number"."""
    said = text.casefold()
    labels = (kind.row.own.label.casefold() for kind in NewsKind if kind.row.own)
    return any(re.search(rf"\b{re.escape(label)}\b", said) for label in labels)


def queue_length(text: str) -> tuple[str, str]:
    """Take the number out of ``more than 3 callers waiting``, as lists say it: the text with the kind's name in its
    place, and the number of callers, "" when it is not there."""
    found = _QUEUE.search(text)
    return (_QUEUE.sub(NewsKind.QUEUE.row.words, text, count=1), found[1]) if found else (text, "")


def _longest(words: Sequence[str], at: int) -> tuple[int, str]:
    """Return the longest name that begins at this word, and how many words it has; 0 for none."""
    best, phrase = (0, ""), ""
    for number, word in enumerate(words[at : at + _longest_name()], 1):
        phrase = f"{phrase} {_plain(word)}".strip()
        if phrase in _phrases() or phrase in UNCLEAR or phrase in SPOKEN:
            best = (number, phrase)
        if word.rstrip().endswith((",", ";")):
            break
    return best


def _plain(word: str) -> str:
    return word.strip(",; ").casefold()


@cache
def _longest_name() -> int:
    return max(len(phrase.split()) for phrase in (*_phrases(), *SPOKEN))


@cache
def _phrases() -> Mapping[str, NewsKind]:
    """Return the kinds by what is typed for them: names that stand in the table go before made ones."""
    found: dict[str, NewsKind] = {}
    for names in (_given, _made):
        for kind in NewsKind:
            for name in names(kind):
                found.setdefault(name, kind)
    return found


def _given(kind: NewsKind) -> Iterator[str]:
    own = (kind.row.own.label,) if kind.row.own else ()
    yield from (name.casefold() for name in (kind.value, kind.row.words, *kind.row.aliases, *own))


def _made(kind: NewsKind) -> Iterator[str]:
    """Yield the names without their article, in the other number, and with a blank for a hyphen."""
    for name in (*_given(kind), *([kind.value + _CALLS] if kind.row.words.endswith(_CALLS) else [])):
        article, _, noun = name.partition(" ")
        if article in _ARTICLES:
            yield from (noun, f"{noun}s")
        else:
            yield from (
                name.replace("-", " "),
                name.removeprefix("my "),
                name if name.endswith(NewsKind.SMS) else name.removesuffix("s"),
            )
