"""The kinds of events that can be subscribed to: one table with everything about each but how it is shown.

A new kind is a member of ``NewsKind`` with its row in ``ROWS``, and how it is shown in ``bot/cards``: ``live_call`` for
what appears on a call's card, ``notice`` for what is posted once. Typed words, forms, switches, what Dialpad is asked
to send, escalation and quiet hours follow from the row.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Literal, Protocol, TypeAlias

from bot.activity.calls import CallView
from bot.basics.language import mark, say


class NewsKind(StrEnum):
    """A kind of event that can be subscribed to. The value is stored, and is the word people type."""

    RINGING = "ringing"
    MISSED = "missed"
    ABANDONED = "abandoned"
    CALLBACK = "callback"
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
    FAX = "fax"
    FAILED_FAX = "failed-fax"
    CHANNEL = "channel"
    DAILY = "daily"
    WEEKLY = "weekly"
    BOARD = "board"
    ALERT = "alert"

    @property
    def row(self) -> "KindRow":
        return ROWS[self]


class SomeText(Protocol):
    """The part of ``bot.activity.texts.TextView`` that a kind depends on."""

    @property
    def inbound(self) -> bool: ...

    @property
    def failed(self) -> bool: ...


@dataclass(frozen=True)
class OwnSwitch:
    """A switch among a person's own notifications. ``usual``: on for somebody who chooses nothing."""

    place: int
    label: str
    usual: bool = False


@dataclass(frozen=True)
class DigestClock:
    """The length of a digest's period in days. A digest later than ``latest`` is left out: people wait for the next
    one."""

    days: int
    latest: timedelta


CardKind: TypeAlias = Literal["call", "conversation", "notice", "digest", "board", "alert"]


@dataclass(frozen=True)
class KindRow:
    """Everything about one kind. ``words`` is what people read, in English, and may type; ``aliases`` may be typed
    besides the kind's own word."""

    words: str
    card: CardKind
    """Where it is shown: on the call's card, in the conversation, as a message of its own, on a message that is kept
    up to date, or as a message that closes itself."""
    aliases: tuple[str, ...] = ()
    subscription: str = ""
    """The subscription at Dialpad that delivers it, a word of ``bot.dialpad.event_kinds``. "" when none does, because
    it comes by the clock or by polling."""
    states: tuple[str, ...] = ()
    """The call states that Dialpad has to send for it."""
    flag: str = ""
    """A key of call events that is stored in ``CallView.flags`` once it was true."""
    of_call: Callable[[CallView], bool] | None = None
    of_text: Callable[[SomeText], bool] | None = None
    has_line: bool = True
    """False when it belongs to the whole company, so that no line can be chosen."""
    usual: bool = False
    """Included in a subscription that names no events."""
    own: OwnSwitch | None = None
    clock: DigestClock | None = None
    escalates: bool = False
    """An inbound call that nobody took: it can be claimed, and is escalated when nobody does."""
    is_taken_care_of: bool = False
    """Nobody needs to claim the call, whatever other kinds it has."""
    waits: bool = False
    """Not posted any more once somebody has handled the call."""
    until_the_end: bool = False
    """Not posted any more when the quiet hours that held it outlast the call."""

    @property
    def said(self) -> str:
        """Return its words in the language spoken now."""
        return say(self.words)


def _rang_in(view: CallView) -> bool:
    return view.inbound and view.outcome != "blocked"


def _was_answered(view: CallView) -> bool:
    return view.inbound and bool(view.answered_by or view.outcome == "answered" or view.phase == "talking")


def _has_recap(view: CallView) -> bool:
    return bool(view.recap or view.to_do or view.recap_outcome or view.purposes)


ROWS: Final[Mapping[NewsKind, KindRow]] = {
    NewsKind.RINGING: KindRow(
        mark("incoming calls"),
        "call",
        aliases=("calls", "incoming"),
        subscription="call",
        states=("calling", "ringing", "queued", "preanswer", "blocked"),
        of_call=_rang_in,
        waits=True,
        until_the_end=True,
    ),
    NewsKind.MISSED: KindRow(
        mark("missed calls"),
        "call",
        subscription="call",
        states=("missed", "hangup", "blocked"),
        of_call=lambda view: view.inbound and view.outcome in {"missed", "voicemail"},
        usual=True,
        own=OwnSwitch(1, mark("My missed calls"), usual=True),
        escalates=True,
        waits=True,
    ),
    NewsKind.ABANDONED: KindRow(
        mark("abandoned calls"),
        "call",
        subscription="call",
        states=("hangup", "blocked"),
        of_call=lambda view: view.inbound and view.outcome == "abandoned",
        escalates=True,
        waits=True,
    ),
    NewsKind.CALLBACK: KindRow(
        mark("callback requests"),
        "call",
        aliases=("callbacks", "call-back"),
        subscription="call",
        states=("queued", "hangup"),
        flag="callback_requested",
        of_call=lambda view: view.inbound and "callback_requested" in view.flags,
        is_taken_care_of=True,  # Dialpad keeps their place in the queue and calls them
    ),
    NewsKind.ANSWERED: KindRow(
        mark("answered calls"),
        "call",
        subscription="call",
        states=("connected", "hold", "parked", "merged"),
        of_call=_was_answered,
    ),
    NewsKind.ENDED: KindRow(
        mark("ended calls"),
        "call",
        aliases=("hangup",),
        subscription="call",
        states=("hangup", "dispositions", "csat"),
        of_call=lambda view: view.phase == "ended" and view.outcome != "blocked",
    ),
    NewsKind.VOICEMAIL: KindRow(
        mark("voicemails"),
        "call",
        aliases=("voicemails", "vm"),
        subscription="call",
        states=("voicemail", "voicemail_uploaded", "transcription"),
        of_call=lambda view: view.inbound and view.has_voicemail,
        usual=True,
        own=OwnSwitch(2, mark("My voicemails"), usual=True),
        waits=True,
    ),
    NewsKind.RECAP: KindRow(
        mark("recaps"),
        "call",
        aliases=("recaps",),
        subscription="call",
        states=("call_transcription", "recap_summary", "recap_action_items", "recap_outcome", "recap_purposes"),
        of_call=_has_recap,
        own=OwnSwitch(4, mark("Recaps of my calls"), usual=True),
    ),
    NewsKind.RECORDING: KindRow(
        mark("recordings"),
        "call",
        aliases=("recordings",),
        subscription="call",
        states=("recording", "admin_recording"),
        of_call=lambda view: view.recording_ready,
        own=OwnSwitch(6, mark("Recordings of my calls")),
    ),
    NewsKind.SMS: KindRow(
        mark("texts"),
        "conversation",
        aliases=("text", "texts", "messages"),
        subscription="sms",
        of_text=lambda text: text.inbound,
        usual=True,
        own=OwnSwitch(3, mark("Texts to my number"), usual=True),
    ),
    NewsKind.FAILED_SMS: KindRow(
        mark("failed texts"),
        "conversation",
        aliases=("failed",),
        subscription="sms",
        of_text=lambda text: text.failed,
        own=OwnSwitch(5, mark("My texts that did not arrive")),
    ),
    NewsKind.DUTY: KindRow(mark("duty changes"), "notice", subscription="agent_status"),
    NewsKind.HANDOVER: KindRow(mark("handovers"), "notice", aliases=("roster", "handovers")),
    NewsKind.QUEUE: KindRow(mark("a long queue"), "notice", subscription="call", states=("queued",)),
    NewsKind.CONTACT: KindRow(
        mark("changed contacts"), "notice", aliases=("contacts",), subscription="contact", has_line=False
    ),
    NewsKind.SETTING: KindRow(
        mark("changed settings"), "notice", aliases=("settings",), subscription="changelog", has_line=False
    ),
    NewsKind.FAX: KindRow(mark("faxes"), "notice", subscription="fax"),
    NewsKind.FAILED_FAX: KindRow(mark("failed faxes"), "notice", subscription="fax"),
    NewsKind.CHANNEL: KindRow(
        mark("Dialpad channel messages"), "notice", aliases=("channels",), subscription="channel", has_line=False
    ),
    NewsKind.DAILY: KindRow(
        mark("a daily digest"), "digest", aliases=("day",), clock=DigestClock(1, timedelta(hours=12))
    ),
    NewsKind.WEEKLY: KindRow(
        mark("a weekly digest"), "digest", aliases=("week",), clock=DigestClock(7, timedelta(days=2))
    ),
    NewsKind.BOARD: KindRow(
        mark("a board"),
        "board",
        aliases=("wallboard", "boards"),
        subscription="call",
        states=("calling", "ringing", "queued", "preanswer", "connected", "hold", "parked", "missed", "hangup"),
    ),
    NewsKind.ALERT: KindRow(
        mark("alerts"),
        "alert",
        aliases=("alarm", "alarms"),
        subscription="call",
        states=("calling", "ringing", "queued", "preanswer", "connected", "hold", "parked", "missed", "hangup"),
    ),
}


def kinds_that(holds: Callable[[KindRow], object]) -> frozenset[NewsKind]:
    return frozenset(kind for kind in NewsKind if holds(kind.row))


OF_NO_LINE: Final = kinds_that(lambda row: not row.has_line)
DIGESTS: Final = kinds_that(lambda row: row.clock)
"""Kinds that are due by the clock; no event is of such a kind."""
OF_ONE_PERSON: Final = kinds_that(lambda row: row.card in {"call", "digest"} or row.own)
"""Kinds that somebody can subscribe to for their own line."""
WAITING: Final = kinds_that(lambda row: row.waits)
UNTIL_THE_END: Final = kinds_that(lambda row: row.until_the_end)
CALL_STATES: Final = frozenset(state for row in ROWS.values() for state in row.states)
FLAGS: Final = tuple(dict.fromkeys(row.flag for row in ROWS.values() if row.flag))


@dataclass(frozen=True)
class News:
    """What an event means to subscriptions. ``places`` are lines and people as ``callcenter:5527``, ``office:5310``,
    ``user:5820``. ``labels`` are lower case. ``seconds`` is how long it took, None until that is known. ``waiting`` is
    the number of callers in the queue."""

    kinds: frozenset[NewsKind]
    at: datetime
    places: frozenset[str] = frozenset()
    number: str = ""
    labels: frozenset[str] = frozenset()
    internal: bool = False
    seconds: float | None = None
    waiting: int | None = None
    line_open: bool | None = None
    """Whether the line was open by its own opening hours; None when unknown."""


def happening_of(view: CallView) -> News:
    """Return what a call means to subscriptions: all its kinds so far, so that an event that came late counts as
    well."""
    length = view.talked if view.outcome == "answered" else view.waited
    ended = view.phase == "ended" and view.outcome != "blocked"
    return News(
        kinds=_kinds_of(view),
        at=view.started or view.at,
        places=view.places | view.offices,
        number=view.number,
        labels=frozenset(label.casefold() for label in view.labels),
        internal=view.internal,
        seconds=length.total_seconds() if ended and length is not None else None,
        line_open=view.line_open,
    )


def needs_somebody(view: CallView) -> bool:
    """Tell whether an inbound call was missed, abandoned or went to voicemail and nothing else, such as a callback,
    takes care of it."""
    rows = [kind.row for kind in _kinds_of(view)]
    return any(row.escalates for row in rows) and not any(row.is_taken_care_of for row in rows)


def _kinds_of(view: CallView) -> frozenset[NewsKind]:
    return kinds_that(lambda row: row.of_call is not None and row.of_call(view))


def kinds_of_text(text: SomeText) -> frozenset[NewsKind]:
    return kinds_that(lambda row: row.of_text is not None and row.of_text(text))
