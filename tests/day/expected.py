"""What a busy line's customers wait for, told a second time from what was done on the phones and pressed: what the day
compares cards, lists and alarms with. Moments are seconds."""

from dataclasses import dataclass, field
from typing import Final

from tests.bot.notifications.open_work_model import Waiting

CLAIM_S: Final = 15 * 60
"""So long nobody has it before somebody is asked."""
HANDLE_S: Final = 60 * 60
"""So long somebody has it before they are reminded, and again before it is taken from them."""
TOLERANCE_S: Final = 5
EVERY_S: Final = 60
"""The longest step of the day's clock."""


@dataclass
class Needing(Waiting):
    """What one customer waits for. ``idle_since``: since when somebody could be asked; ``owned_since``: since when its
    owner has it. ``counted``: all items so far, ``answers`` the seconds until each of them was first claimed or
    settled."""

    since: float = 0
    idle_since: float = 0
    owned_since: float = 0
    asked: str = ""
    awaits_callback: bool = False
    taken: bool = False
    counted: int = 0
    answers: list[float] = field(default_factory=list)
    put_off: float = 0
    """Until when it was put off last, if that is over and nothing has come since."""
    story: list[str] = field(default_factory=list)
    """What happened, each with its minute."""

    def tell(self, at: float, what: str) -> None:
        minute = int(at // 60)
        self.story.append(f"{8 + minute // 60}:{minute % 60:02} {what}")

    def asks(self, now: float) -> bool:
        return super().asks(now) and not self.awaits_callback

    def comes(self, at: float, *, called: bool, callback: bool = False) -> None:
        """The customer called in vain, or texted."""
        self.tell(at, "asks for a callback" if callback else "calls" if called else "texts")
        asked_before, began = self.asks(at), not self.open
        super().needs(at, called=called)
        self.awaits_callback, self.put_off = callback, 0
        if began:
            self._begin(at)
        if not asked_before:
            self.idle_since = at

    def _begin(self, at: float) -> None:
        self.since, self.taken, self.asked = at, False, ""
        self.counted += 1

    def settle(self, at: float, how: str) -> None:
        self.tell(at, f"is settled: {how}" if self.open else f"is not open: {how}")
        if not self.open:
            return
        self._answer(at)
        super().settled()
        self.asked, self.put_off, self.awaits_callback = "", 0, False

    def answered_text(self, at: float) -> None:
        """We texted them."""
        if self.open and self.called:
            self.tell(at, "is texted")
            self.waits = True
        elif self.open:
            self.settle(at, "texted")

    def opted_out(self, at: float) -> None:
        if self.open and not self.called:
            self.settle(at, "opted out")
            self.answers.pop()  # nobody answered

    def own(self, who: str, at: float) -> None:
        self.tell(at, f"belongs to {who}")
        self._answer(at)
        self.owner, self.owned_since, self.asked = who, at, ""
        self.waits, self.until, self.put_off = False, 0, 0

    def give_up(self, at: float) -> None:
        self.tell(at, "is given up")
        self.owner, self.asked, self.waits = "", "", False
        self.idle_since = max(at, self.until)

    def wait(self, at: float) -> None:
        self.tell(at, "waits for them")
        self.waits, self.until = True, 0

    def sleep(self, at: float, until: float) -> None:
        self.tell(at, "is put off")
        self.until = self.put_off = until
        self.idle_since = until

    def wake(self, at: float) -> None:
        self.tell(at, "is opened again")
        self.waits, self.until, self.idle_since = False, 0, at

    def reopen(self, at: float) -> None:
        self.tell(at, "is reopened")
        self.open = True
        self._begin(at)
        self.idle_since = at

    def _answer(self, at: float) -> None:
        if not self.taken:
            self.taken = True
            self.answers.append(at - self.since)

    # Which alarms are needed

    def may_ask(self, now: float) -> bool:
        """Somebody may be asked to take it."""
        return self.asks(now) and now - self.idle_since >= CLAIM_S - TOLERANCE_S

    def must_have_asked(self, now: float) -> bool:
        """Somebody has to have been asked by now."""
        return self.asks(now) and now - self.idle_since >= CLAIM_S + 2 * EVERY_S

    def may_remind(self, now: float) -> bool:
        """Its owner may be reminded."""
        is_due = now - self.owned_since >= HANDLE_S - TOLERANCE_S or 0 < self.put_off <= now + TOLERANCE_S
        return self.open and bool(self.owner) and not self.waits and self.until <= now + TOLERANCE_S and is_due

    def may_free(self, now: float) -> bool:
        """It may be taken from its owner, who was reminded."""
        return self.may_remind(now) and now - max(self.owned_since, self.put_off) >= HANDLE_S - TOLERANCE_S
