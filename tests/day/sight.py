"""What the eight see in Slack: cards, who was asked, handovers and digests. Each message is read once, and again when
it changes."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bot.cards.announcement import MARK
from bot.sandbox.cast import PRIYA
from bot.sandbox.demo import Demo
from bot.sandbox.slack.seed import BOT_USER
from tests.day.line import AGENTS, CHANNEL, Caller
from tests.flows.hands import labels, said

Json = dict[str, Any]
ASKED: Final = ("Nobody has claimed this",)
REMINDED: Final = ("still open. Press Done",)
FREED: Final = ("Not done in time",)
HANDED: Final = "asks you to take this over"
_OPEN_WORK: Final = re.compile(r"Open work(?: \((\d+)\)|\*?: nothing)")
_STILL_OPEN: Final = re.compile(r"Still open: ([\d,]+)")


@dataclass
class SeenMessage:
    """One message as it is now. ``number``: whom it is about."""

    ts: str
    blocks: Any
    words: str
    buttons: list[str]
    number: str = ""
    is_reply: bool = False

    @property
    def is_card(self) -> bool:
        return bool(self.number) and not self.is_reply

    @property
    def is_passed_on(self) -> bool:
        """A later card shows the work."""
        return "they called again, see below" in self.words


@dataclass
class Sight:
    """``look`` reads what is new. ``cards`` by customer's number, oldest first."""

    demo: Demo
    known: Sequence[Caller]
    seen: dict[tuple[str, str], SeenMessage] = field(default_factory=dict)
    cards: dict[str, list[SeenMessage]] = field(default_factory=dict)

    def look(self) -> Iterator[SeenMessage]:
        """Read what has changed; yield the messages that are new."""
        space = self.demo.slack._core.space
        places = [CHANNEL, *(space.dm(str(one.slack_id), BOT_USER).id for one in (*AGENTS, PRIYA))]
        for place in places:
            for ts, message in list(space.channels[place].messages.items()):
                if message.get("user") != BOT_USER or message["text"].startswith(MARK.strip()):
                    continue
                known = self.seen.get((place, ts))
                if known is None:
                    self.seen[place, ts] = known = self._read(place, ts, message)
                    yield known
                elif known.blocks is not message.get("blocks"):
                    known.blocks, known.words, known.buttons = message.get("blocks"), said(message), labels(message)

    def _read(self, place: str, ts: str, message: Json) -> SeenMessage:
        thread = str(message.get("thread_ts") or ts)
        words = said(message)
        found = SeenMessage(ts, message.get("blocks"), words, labels(message), is_reply=thread != ts)
        head = self.seen.get((place, thread))
        if found.is_reply and head is not None:
            found.number = head.number
        else:
            found.number = self._whom(words)
        if place == CHANNEL and found.is_card and not handed_over(found) and not is_digest(found):
            self.cards.setdefault(found.number, []).append(found)
        return found

    def _whom(self, words: str) -> str:
        """The customer who is named first."""
        found = [(words.find(shown), one.number) for one in self.known for shown in one.shown if shown in words]
        return min(found)[1] if found else ""

    def newest_with(self, number: str, label: str) -> SeenMessage | None:
        """The customer's newest card that has this button."""
        return next((one for one in reversed(self.cards.get(number, [])) if label in one.buttons), None)


def handed_over(message: SeenMessage) -> int | None:
    """How much open work a handover tells of; None for anything else."""
    found = _OPEN_WORK.search(message.words) if "🎧" in message.words else None
    return None if found is None else int(found[1] or 0)


def is_digest(message: SeenMessage) -> bool:
    return "📊" in message.words


def still_open(message: SeenMessage) -> int:
    found = _STILL_OPEN.search(message.words)
    return int(found[1].replace(",", "")) if found else 0


def kind_of_alarm(message: SeenMessage) -> str:
    """Which alarm it is: asked, reminded or freed; "" for none."""
    kinds = {"asked": ASKED, "reminded": REMINDED, "freed": FREED}
    return next((kind for kind, words in kinds.items() if any(one in message.words for one in words)), "")
