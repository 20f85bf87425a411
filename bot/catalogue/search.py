"""Finds an action by what somebody types: its slug, its name, or a few words of their own, typing errors included.

Every word of the query is held against the words an action is known by. Words that few actions have count more;
words of the name count more than those of the summary, and those more than the names of fields.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from math import log
from typing import Any, Final

from rapidfuzz import fuzz, process

from bot.basics.language import speaking, spoken, translated
from bot.catalogue.fields import fields_of
from bot.catalogue.groups import english_group_word
from bot.dialpad.action import Action
from bot.dialpad.actions import ALL, group_of

_ALIKE: Final = (
    "add create make new open register",
    "agent operator",
    "ai assistant intelligence vi",
    "announcement greeting ivr music",
    "assign give",
    "audio mp3 recording",
    "ban block",
    "bill billing cost invoice plan",
    "bulk mass",
    "busy disturb dnd",
    "call dial phone ring",
    "change edit modify rename set update",
    "client customer contact",
    "colleague employee member people person staff user",
    "connect login",
    "deauthorize disconnect logout revoke",
    "delete erase cancel",
    "deskphone handset",
    "disposition outcome",
    "e911 emergency",
    "email mail",
    "end hangup",
    "fetch find get look see show view",
    "holder who",
    "identity persona",
    "international abroad",
    "license licence seat",
    "list all",
    "permission policy right",
    "presence status",
    "publish share",
    "remove unassign take",
    "report statistic stats",
    "signout unsubscribe",
    "sms text",
    "subscribe notify",
    "tag label",
    "team group",
    "token oauth",
    "transcript conversation said",
    "schedule later",
    "upload send",
    "actualizar cambiar editar modificar",
    "agregar crear guardar nuevo nueva",
    "borrar eliminar quitar",
    "buscar listar mostrar obtener ver",
    "colega empleado persona usuario",
    "estadistica informe reporte",
    "mensaje sms texto",
)
_JOINED: Final = {
    "callcenter": "call center",
    "callrouter": "call router",
    "agentgroup": "agent group",
    "changelog": "change log",
    "coachingteam": "coaching team",
    "deskphone": "desk phone",
    "faxline": "fax line",
    "screenpop": "screen pop",
    "sharelink": "share link",
}
"""Words that Dialpad writes as one; they are found either way."""
_SAID: Final = {
    "callerid": "caller",
    "centre": "center",
    "dnd": "do not disturb",
    "hangup": "hang up",
    "lookup": "look up",
    "mms": "text picture",
    "optout": "opt out",
    "unsubscribe": "delete subscription",
}
"""Words that people use and that no action contains."""
_GROUPS: Final = {
    "callcenters": "queue",
    "conference": "video",
    "stats": "analytics",
    "subscriptions": "event",
    "users": "colleague",
}
"""More words for whole groups of actions."""
# fmt: off
_EMPTY: Final = frozenset({
    "a", "an", "and", "api", "are", "at", "be", "by", "dialpad", "endpoint", "for", "from", "how", "i", "id", "in",
    "is", "it", "me", "my", "of", "or", "s", "that", "the", "their", "them", "this", "to", "up", "v2", "via", "what",
    "which", "with",
})
_EMPTY_IN: Final[Mapping[str, frozenset[str]]] = {"es": frozenset({
    "al", "con", "cual", "de", "del", "el", "en", "es", "esta", "este", "la", "las", "lo", "los", "mi", "o", "para",
    "por", "que", "quien", "se", "si", "su", "sus", "un", "una", "y",
})}
# fmt: on

_NAME, _GROUP, _SUMMARY, _SLUG, _FIELDS = 1.0, 0.7, 0.6, 0.55, 0.3
_SAME_STEM, _ALIKE_WORD, _BEGINNING, _SLIP = 0.96, 0.8, 0.8, 0.75
_COVERED, _SAME_VERB = 0.1, 0.05
_HEADING = 0.8
"""For a query that is the name of a group of fields: "hold queue"; whoever looks for it wants to change it."""
_LEAST_RATIO: Final = 84.0
_LEAST_SCORE: Final = 0.2


@dataclass(frozen=True)
class _Known:
    """An action and the words it is known by, each with its weight."""

    action: type[Action[Any]]
    words: Mapping[str, float]
    name: frozenset[str]
    verb: str
    headings: frozenset[str]
    """What groups of its fields are called, as a whole."""


def find(query: str, limit: int = 20) -> list[type[Action[Any]]]:
    """Find the actions that match ``query``, best first; all in their own order for an empty one."""
    words = [said for word in _split(query) for said in _SAID.get(_stem(word), word).split()]
    if not words:
        return list(ALL[:limit])
    index = _index(spoken())
    scores = [0.0] * len(index)
    total = 0.0
    for word in dict.fromkeys(words):
        fits = _fits(word)
        best = [
            max((fits[w] * weight for w, weight in known.words.items() if w in fits), default=0.0) for known in index
        ]
        rarity = log(1 + len(index) / max(1, sum(fit >= 0.5 for fit in best)))
        total += rarity
        scores = [score + rarity * fit for score, fit in zip(scores, best, strict=True)]
    stems, asked = {_stem(word) for word in words}, _phrase(query)
    verbs = stems.union(*(_alike().get(stem, frozenset()) for stem in stems))
    ranked = []
    for place, (known, score) in enumerate(zip(index, scores, strict=True)):
        relevance = score / total
        if len(words) > 1 and asked in known.headings and known.action.request.method in {"PATCH", "PUT"}:
            relevance += _HEADING
        if _is_called(known.action, query):
            relevance += 10
        elif relevance < _LEAST_SCORE:
            continue
        covered = len(stems & known.name) / len(known.name)
        relevance += _COVERED * covered + _SAME_VERB * (known.verb in verbs)
        ranked.append((-relevance, place, known.action))
    return [action for _, _, action in sorted(ranked, key=lambda row: row[:2])[:limit]]


def _is_called(action: type[Action[Any]], query: str) -> bool:
    wanted = query.strip().casefold()
    slug = action.slug.casefold()
    names = {action.name.casefold(), translated(action.name).casefold()}
    return wanted in {slug, slug.removeprefix("dialpad_"), *names}


def _split(text: str) -> list[str]:
    """Split a text into its meaningful words, in lower case and without accents."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    found = re.findall(r"[a-z0-9]+", plain.replace("'s", ""))
    empty = _EMPTY | _EMPTY_IN.get(spoken(), frozenset())
    told = [word for word in found if word not in empty]
    return told or found


def _stem(word: str) -> str:
    """Return a word without a plural ending."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


@cache
def _index(language: str) -> tuple[_Known, ...]:
    """Return how actions are known to people who read a language: in it, and in English."""
    with speaking(language):
        return tuple(_read(action) for action in ALL)


def _read(action: type[Action[Any]]) -> _Known:
    words: dict[str, float] = {}

    def know(found: Iterable[str], weight: float) -> None:
        for word in found:
            for part in (word, *_JOINED.get(_stem(word), "").split()):
                words[part] = max(weight, words.get(part, 0.0))

    name = _split(action.name)
    know(name, _NAME)
    know(_split(group_of(action)), _GROUP)
    know(_split(english_group_word(group_of(action))), _GROUP)
    know(_GROUPS.get(group_of(action), "").split(), _GROUP)
    for said, weight in ((action.name, _NAME), (" ".join((action.__doc__ or "").split()), _SUMMARY)):
        know(_split(translated(said)) if translated(said) != said else (), weight)
    know(_split(action.__doc__ or ""), _SUMMARY)
    know(_split(action.slug.removeprefix("DIALPAD_").replace("_", " ")), _SLUG)
    know(_split(action.request.path.removeprefix("/api/v2")), _SLUG)
    for info in action.model_fields.values():
        know(_split(info.title or ""), _FIELDS)
    grouped = [field for field in fields_of(action) if field.argument.group and len(field.path) > 1]
    headings = {part for field in grouped for part in (field.path[0], *field.argument.group.split(": "))}
    return _Known(
        action, words, frozenset(_stem(word) for word in name), _stem(name[0]), frozenset(map(_phrase, headings))
    )


def _phrase(text: str) -> str:
    return " ".join(_stem(word) for word in _split(text.replace("_", " ")))


@cache
def _vocabulary(language: str) -> Mapping[str, str]:
    """Return every word of the index with its stem."""
    return {word: _stem(word) for known in _index(language) for word in known.words}


@cache
def _alike() -> Mapping[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for line in _ALIKE:
        group = frozenset(_stem(word) for word in line.split())
        for word in group:
            found[word] = found.get(word, frozenset()) | group
    return found


def _fits(word: str) -> dict[str, float]:
    """Score how well the words of the index match one word of the query: 1 for the same word."""
    stem = _stem(word)
    alike = _alike().get(stem, frozenset())
    fits: dict[str, float] = {}
    vocabulary = _vocabulary(spoken())
    for other, other_stem in vocabulary.items():
        if other == word:
            fits[other] = 1.0
        elif other_stem == stem:
            fits[other] = _SAME_STEM
        elif other_stem in alike:
            fits[other] = _ALIKE_WORD
        elif len(word) >= 3 and other.startswith(word):
            fits[other] = _BEGINNING
    if len(word) >= 4 and max(fits.values(), default=0.0) < _SAME_STEM:
        close = process.extract(word, vocabulary.keys(), scorer=fuzz.ratio, score_cutoff=_LEAST_RATIO, limit=None)
        for other, ratio, _ in close:
            fits.setdefault(other, _SLIP * ratio / 100)
    return fits
