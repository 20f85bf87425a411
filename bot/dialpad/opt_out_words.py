"""Words with which people say that they want no more texts, or want them again.

Dialpad and the carriers act on them only when they are the whole message. Which of them take "Stop." or "opt out" for
one differs, so everything that at least one of them takes counts here: a text too few is a smaller harm.
"""

import re
import unicodedata
from typing import Final

STOP_WORDS: Final = frozenset(
    {"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "arret"}
)  # CTIA's and the FCC's, and the French one of Canada's carriers
START_WORDS: Final = frozenset({"start", "unstop", "optin"})
_SURE: Final = frozenset({"stop", "stopall", "unsubscribe", "revoke", "optout"})
"""Words that hardly mean anything else at the beginning of a short text; "end" and "cancel" do."""
_FEW: Final = 4
_LETTERS = re.compile(r"[^\W\d_]+")


def asks_to_stop(text: str) -> bool:
    """Tell whether a text opts out: one of the words alone, in any case, with any punctuation and spaces."""
    return _alone(text) in STOP_WORDS


def asks_to_start(text: str) -> bool:
    """Tell whether a text undoes an opt-out."""
    return _alone(text) in START_WORDS


def may_ask_to_stop(text: str) -> bool:
    """Tell whether a text that is no opt-out to the carriers may be meant as one: "STOP please"."""
    words = _words(text)
    if not words or asks_to_stop(text) or asks_to_start(text):
        return False
    said = " ".join(words)
    if any(phrase in f" {said} " for phrase in (" stop texting ", " stop messaging ", " opt out ", " unsubscribe ")):
        return True
    return len(words) <= _FEW and (words[0] in _SURE or words[:2] == ["please", "stop"])


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return _LETTERS.findall("".join(one for one in plain if not unicodedata.combining(one)))


def _alone(text: str) -> str:
    """Return the text's letters in one word, "" when there are digits, which no opt-out has."""
    return "" if any(one.isdigit() for one in text) else "".join(_words(text))
