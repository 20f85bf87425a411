"""What an event amounts to, in the words people subscribe with."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final


class NewsKind(StrEnum):
    """What can be subscribed to; the value is the word people type."""

    RINGING = "ringing"
    MISSED = "missed"
    ABANDONED = "abandoned"
    ANSWERED = "answered"
    ENDED = "ended"
    VOICEMAIL = "voicemail"
    RECAP = "recap"
    RECORDING = "recording"
    SMS = "sms"
    FAILED_SMS = "failed-sms"
    DUTY = "duty"
    HANDOVER = "handover"
    QUEUE = "queue"
    CONTACT = "contact"
    SETTING = "setting"
    DAILY = "daily"
    WEEKLY = "weekly"


OF_CALLS: Final = frozenset(
    {
        NewsKind.RINGING,
        NewsKind.MISSED,
        NewsKind.ABANDONED,
        NewsKind.ANSWERED,
        NewsKind.ENDED,
        NewsKind.VOICEMAIL,
        NewsKind.RECAP,
        NewsKind.RECORDING,
    }
)
OF_NO_LINE: Final = frozenset({NewsKind.CONTACT, NewsKind.SETTING})
"""Events that belong to the company, so that no line can be asked for."""
DIGESTS: Final = frozenset({NewsKind.DAILY, NewsKind.WEEKLY})
"""They come by the clock: nothing that happens is one."""

WORDS: Final[dict[NewsKind, str]] = {
    NewsKind.RINGING: "incoming calls",
    NewsKind.MISSED: "missed calls",
    NewsKind.ABANDONED: "abandoned calls",
    NewsKind.ANSWERED: "answered calls",
    NewsKind.ENDED: "ended calls",
    NewsKind.VOICEMAIL: "voicemails",
    NewsKind.RECAP: "recaps",
    NewsKind.RECORDING: "recordings",
    NewsKind.SMS: "texts",
    NewsKind.FAILED_SMS: "failed texts",
    NewsKind.DUTY: "duty changes",
    NewsKind.HANDOVER: "handovers",
    NewsKind.QUEUE: "a long queue",
    NewsKind.CONTACT: "changed contacts",
    NewsKind.SETTING: "changed settings",
    NewsKind.DAILY: "a daily digest",
    NewsKind.WEEKLY: "a weekly digest",
}


@dataclass(frozen=True)
class News:
    """``places`` are lines and people as ``callcenter:5527``, ``office:5310``, ``user:5820``. ``labels`` are lower
    case. ``seconds``: how long it took, None while nobody can know. ``waiting``: callers in the queue."""

    kinds: frozenset[NewsKind]
    at: datetime
    places: frozenset[str] = frozenset()
    number: str = ""
    labels: frozenset[str] = frozenset()
    internal: bool = False
    seconds: float | None = None
    waiting: int | None = None
    line_open: bool | None = None
    """By the line's own opening hours; None where nobody told."""
