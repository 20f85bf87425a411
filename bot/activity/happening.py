"""What an event amounts to, in the words people subscribe with."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
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
    {Kind.RINGING, Kind.MISSED, Kind.ABANDONED, Kind.ANSWERED, Kind.ENDED, Kind.VOICEMAIL, Kind.RECAP, Kind.RECORDING}
)
OF_NO_LINE: Final = frozenset({Kind.CONTACT, Kind.SETTING})
"""Events that belong to the company, so that no line can be asked for."""
DIGESTS: Final = frozenset({Kind.DAILY, Kind.WEEKLY})
"""They come by the clock: nothing that happens is one."""

WORDS: Final[dict[Kind, str]] = {
    Kind.RINGING: "incoming calls",
    Kind.MISSED: "missed calls",
    Kind.ABANDONED: "abandoned calls",
    Kind.ANSWERED: "answered calls",
    Kind.ENDED: "ended calls",
    Kind.VOICEMAIL: "voicemails",
    Kind.RECAP: "recaps",
    Kind.RECORDING: "recordings",
    Kind.SMS: "texts",
    Kind.FAILED_SMS: "failed texts",
    Kind.DUTY: "duty changes",
    Kind.HANDOVER: "handovers",
    Kind.QUEUE: "a long queue",
    Kind.CONTACT: "changed contacts",
    Kind.SETTING: "changed settings",
    Kind.DAILY: "a daily digest",
    Kind.WEEKLY: "a weekly digest",
}


@dataclass(frozen=True)
class Happening:
    """``places`` are lines and people as ``callcenter:5527``, ``office:5310``, ``user:5820``. ``labels`` are lower
    case. ``seconds``: how long it took, None while nobody can know. ``waiting``: callers in the queue."""

    kinds: frozenset[Kind]
    at: datetime
    places: frozenset[str] = frozenset()
    number: str = ""
    labels: frozenset[str] = frozenset()
    internal: bool = False
    seconds: float | None = None
    waiting: int | None = None
    line_open: bool | None = None
    """By the line's own opening hours; None where nobody told."""
