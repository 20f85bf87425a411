"""Texts and the conversations they belong to, built from their events."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.activity.news import News, kinds_of_text
from bot.activity.registers import Register, State, fragment, value
from bot.dialpad.events import SmsEvent
from bot.dialpad.opt_out_words import may_ask_to_stop

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
UNCLEAR: Final = "unclear"
"""The status of a text to several people that failed for at least one of them, nobody knows for whom."""
_RANKS: Final = {"pending": 0, "sent": 1, "delivered": 2, "undelivered": 3, "failed": 4}
_FAILED: Final = frozenset({"undelivered", "failed"})


def name_of_conversation(event: SmsEvent) -> str:
    """Return the key of the conversation that a text belongs to, "" when a number is hidden."""
    return f"talk:{event.line}|{event.customer}" if event.line and event.customer else ""


def name_of_talk(conversation: Mapping[str, Register]) -> str:
    """Return the key of a conversation, from what is known of it."""
    return f"talk:{value(conversation, 'line')}|{value(conversation, 'number')}"


def name_of_text(event: SmsEvent) -> str:
    """Return the key of one text, the same in all events about its delivery. A text of ours has one for each
    recipient: Dialpad may give all of them the same id."""
    return f"text:{event.id}" if event.inbound or not event.customer else f"text:{event.id}|{event.customer}"


def names_of_text(text_id: str, number: str) -> tuple[str, str]:
    """Return the keys under which one text with this number outside may be known; earlier versions used the first for
    all texts."""
    return f"text:{text_id}", f"text:{text_id}|{number}"


def read_text(event: SmsEvent) -> State:
    """Read what one event says about its text."""
    at, rank = _stamp(event)
    return fragment(
        at,
        rank,
        {
            "at": at,
            "id": event.id,
            "created": _ms(event.created_date) or at,
            "inbound": event.inbound,
            "text": event.words,
            "status": status_of(event),
            "result": event.message_delivery_result,
            "media": list(event.media) or None,
            "mms": event.mms or None,
            "stop": event.asks_to_stop,
            "withheld": event.text_withheld,
            "others": list(event.others) or None,
            "guessed": event.line_is_guessed or None,
        },
    )


def read_conversation(event: SmsEvent) -> State:
    """Read what one event says about the conversation. Each inbound text leaves a register of its own, to be
    counted."""
    at, rank = _stamp(event)
    target = event.target
    kind = (target.type or "").replace("_", "") if target else ""
    said = {
        "at": at,
        "number": event.customer,
        "line": event.line,
        "line_name": target.name if target else None,
        "place": f"{kind}:{target.id}" if target and target.id else None,
        "contact": event.contact.name if event.contact else None,
        "internal": event.is_internal,
        f"{'in' if event.inbound else 'out'}.{event.id}": _ms(event.created_date) or at,
        "stopped": at if event.asks_to_stop else None,
        "started": at if event.asks_to_start else None,
    }
    return fragment(at, rank, said)


def answers_to(event: SmsEvent, conversation: Mapping[str, Register]) -> list[str]:
    """Return the ids of our texts that are known and newer than this one, the oldest first."""
    since = _ms(event.created_date) or _stamp(event)[0]
    ours = [(value(conversation, name), name) for name in conversation if name.startswith("out.")]
    return [name.removeprefix("out.") for created, name in sorted(ours) if created > since]


def status_of(event: SmsEvent) -> str | None:
    """Return what one event says of the delivery to its recipient."""
    return UNCLEAR if event.recipients > 1 and event.message_status in _FAILED else event.message_status


def rank_of_text(event: SmsEvent) -> int:
    """Return how far a text has come: what is known of its delivery never goes back."""
    return _RANKS.get(event.message_status or "", 0)


def _stamp(event: SmsEvent) -> tuple[int, int]:
    return _ms(event.at) or 0, rank_of_text(event)


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else (moment - _EPOCH) // timedelta(milliseconds=1)


@dataclass(frozen=True)
class TextView:
    """One text. ``status``: pending, sent, delivered, failed, undelivered, unclear, or "" when unknown."""

    inbound: bool
    text: str
    status: str
    result: str
    media: tuple[str, ...]
    """Addresses of its pictures; they open for the line's people only, so pictures are fetched and addresses never
    shown."""
    pictures: tuple[str, ...]
    """Ids of its pictures that are files in Slack already."""
    has_media: bool
    asks_to_stop: bool
    withheld: bool
    created: datetime
    others: tuple[str, ...] = ()
    """Numbers that got an inbound text besides ours."""
    line_is_guessed: bool = False
    """Whether it is not known which of the numbers is ours."""

    @property
    def failed(self) -> bool:
        return not self.inbound and self.status in _FAILED

    @property
    def may_ask_to_stop(self) -> bool:
        return self.inbound and not self.asks_to_stop and may_ask_to_stop(self.text)


def keep_picture(address: str, file: str) -> State:
    """Return the state that records that a picture is in Slack as this file, so that it is uploaded once."""
    return fragment(0, 0, {f"file.{address}": file})


def pictures_to_fetch(state: Mapping[str, Register]) -> tuple[str, ...]:
    """Return the addresses of pictures that are not in Slack yet."""
    return tuple(one for one in view_text(state).media if not value(state, f"file.{one}"))


def view_text(state: Mapping[str, Register]) -> TextView:
    media = tuple(value(state, "media") or ())
    return TextView(
        inbound=bool(value(state, "inbound")),
        text=value(state, "text") or "",
        status=value(state, "status") or "",
        result=value(state, "result") or "",
        media=media,
        pictures=tuple(file for one in media if (file := value(state, f"file.{one}"))),
        has_media=bool(media or value(state, "mms")),
        asks_to_stop=bool(value(state, "stop")),
        withheld=bool(value(state, "withheld")) and not value(state, "text"),
        created=_EPOCH + timedelta(milliseconds=value(state, "created") or 0),
        others=tuple(value(state, "others") or ()),
        line_is_guessed=bool(value(state, "guessed")),
    )


@dataclass(frozen=True)
class ConversationView:
    """A conversation between one of our lines and one outside number."""

    number: str
    line: str
    line_name: str
    place: str
    contact: str
    internal: bool
    received: int
    sent: int
    last: datetime
    stopped: bool
    """True while they have opted out of texts."""


def view_conversation(state: Mapping[str, Register]) -> ConversationView:
    return ConversationView(
        number=value(state, "number") or "",
        line=value(state, "line") or "",
        line_name=value(state, "line_name") or "",
        place=value(state, "place") or "",
        contact=value(state, "contact") or "",
        internal=bool(value(state, "internal")),
        received=sum(name.startswith("in.") for name in state),
        sent=sum(name.startswith("out.") for name in state),
        last=_EPOCH + timedelta(milliseconds=value(state, "at") or 0),
        stopped=(value(state, "stopped") or 0) > (value(state, "started") or 0),
    )


def texts_in(state: Mapping[str, Register]) -> list[tuple[str, bool, datetime]]:
    """Return each text of a conversation: its id, whether it was inbound, and when it was written."""
    named = [(name.partition("."), name) for name in state]
    return [
        (text_id, way == "in", _EPOCH + timedelta(milliseconds=value(state, name)))
        for (way, dot, text_id), name in named
        if dot and way in {"in", "out"}
    ]


def arrivals(state: Mapping[str, Register]) -> list[datetime]:
    """Return when each inbound text of a conversation came."""
    return [_EPOCH + timedelta(milliseconds=value(state, name)) for name in state if name.startswith("in.")]


def happening_of(text: TextView, conversation: ConversationView) -> News:
    return News(
        kinds=kinds_of_text(text),
        at=text.created,
        places=frozenset({conversation.place} - {""}),
        number=conversation.number,
        internal=conversation.internal,
    )
