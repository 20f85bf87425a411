"""Which work is open, told a second time in few words: what tests compare the lists, handovers and digests with."""

from dataclasses import dataclass, field

PRIYA, SAM = "U0PRIYA03", "U0SAM0002"


@dataclass
class Waiting:
    """What one customer waits for on one line. ``until`` is in seconds."""

    open: bool = False
    called: bool = False
    owner: str = ""
    waits: bool = False
    until: float = 0
    last: float = 0

    def needs(self, at: float, *, called: bool) -> None:
        if not self.open:
            self.open, self.called, self.owner = True, False, ""
        self.called |= called
        self.waits, self.until, self.last = False, 0, at

    def settled(self) -> None:
        self.open, self.owner, self.waits, self.until = False, "", False, 0

    def asks(self, now: float) -> bool:
        return self.open and not self.owner and not self.waits and self.until <= now


@dataclass
class Model:
    """By customer and line."""

    all: dict[tuple[str, str], Waiting] = field(default_factory=dict)

    def of(self, customer: str, line: str) -> Waiting:
        return self.all.setdefault((customer, line), Waiting())

    def answered_text(self, customer: str, line: str) -> None:
        one = self.of(customer, line)
        if one.open and one.called:
            one.waits = True
        elif one.open:
            one.settled()

    def called_from_own_line(self, customer: str) -> None:
        """Nobody says for which line: it settles what was heard of last."""
        theirs = [one for (who, _), one in self.all.items() if who == customer and one.open]
        if theirs:
            max(theirs, key=lambda one: one.last).settled()

    def blocked(self, customer: str) -> None:
        for (who, _), one in self.all.items():
            if who == customer and one.open:
                one.settled()

    def act(self, one: Waiting, deed: str, by: str, at: float, until: float = 0) -> None:
        """Somebody who leads the line does something about it."""
        if not one.open:
            if deed == "reopened":
                one.open, one.last = True, at
            return
        match deed:
            case "claimed" if not one.owner:
                one.owner, one.waits, one.until = by, False, 0
            case "taken over" if one.owner not in {"", by}:
                one.owner, one.waits, one.until = by, False, 0
            case "released" if one.owner == by:
                one.owner, one.waits = "", False
            case "snoozed":
                one.until = until
            case "waits":
                one.waits, one.until = True, 0
            case "woken":
                one.waits, one.until = False, 0
            case "done":
                one.settled()

    def open(self, *lines: str) -> set[tuple[str, str]]:
        return {key for key, one in self.all.items() if one.open and (not lines or key[1] in lines)}

    def unclaimed(self, now: float, *lines: str) -> set[tuple[str, str]]:
        return {key for key in self.open(*lines) if self.all[key].asks(now)}
