"""Open work: what waits for somebody is one item for each customer and line.

An item follows from the customer's history and from nothing else: the facts are gone through in the order in which they
happened, whichever order they became known in. A missed call, a voicemail or a text opens it; a talk, an answer, a
block, a label or *Done* settles it; what the customer does next opens it anew.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Literal, TypeAlias

from bot.activity.histories import Act, CallFact, Deed, History, TextFact
from bot.activity.settling import SettlingLabels

ItemState: TypeAlias = Literal["open", "claimed", "waiting", "done"]

AUTOMATIC_WITHIN: Final = timedelta(seconds=30)
"""A text of a group's line that nobody is known to have sent, this soon after something of the customer's, counts as
an automatic reply."""
MADE_UP_LINE: Final = "callcenter:test"
"""The line of the call that the Test button makes up; it waits for nobody."""


USUALLY: Final = SettlingLabels()
"""What settles where the team chose nothing."""
_ANSWERING: Final[frozenset[Deed]] = frozenset({"answering", "sending", "dialing", "called", "texted"})


@dataclass(frozen=True)
class ItemStep:
    """One thing that happened. ``who``: names as Dialpad has them; ``by``: a Slack id. ``seconds``: how long a talk
    or a voicemail took."""

    at: datetime
    what: str
    who: tuple[str, ...] = ()
    by: str = ""
    seconds: float | None = None
    to: str = ""
    words: str = field(default="", repr=False)


@dataclass(frozen=True)
class Answering:
    """Somebody, by their Slack id, who is answering a customer now. ``is_call``: they are about to call them."""

    by: str
    since: datetime
    until: datetime
    is_call: bool = False


@dataclass(frozen=True)
class Item:
    """What waits, or has waited, for somebody on one line. ``since``: when the first thing came that is not settled;
    for a settled item, that was. ``steps`` are those since then, oldest first. ``cards`` are the calls and the
    conversation that it is about. ``asked`` is whom the owner asked to take it over."""

    number: str
    line: str
    line_name: str
    state: ItemState
    since: datetime
    last: datetime
    steps: tuple[ItemStep, ...] = ()
    cards: tuple[str, ...] = ()
    owner: str = ""
    owned_at: datetime | None = None
    taken_at: datetime | None = None
    """When somebody first claimed it, whoever has it now."""
    asked: str = ""
    snoozed_until: datetime | None = None
    asks_since: datetime | None = None
    """Since when it has waited for somebody to take it: from the first need on that is not settled, or from when it was
    given back, came back, or the customer came again."""
    settled: ItemStep | None = None
    is_blocked: bool = False
    calls: int = 0
    texts: int = 0
    places: frozenset[str] = frozenset()
    """Where the customer's calls rang: lines and people."""
    awaits_callback: bool = False
    """Dialpad keeps the caller's place in the queue and calls them."""
    answering: tuple[Answering, ...] = ()
    """Who was answering when it changed last: see ``who_answers``."""

    def who_answers(self, now: datetime) -> tuple[Answering, ...]:
        """Return who is answering the customer now."""
        return tuple(one for one in self.answering if one.until > now)

    def stale_at(self, now: datetime) -> datetime | None:
        """Return when it looks different next although nothing happens, None for never."""
        ends = [one.until for one in self.answering] + ([self.snoozed_until] if self.snoozed_until else [])
        return min((one for one in ends if one > now), default=None)

    @property
    def has_voicemail(self) -> bool:
        return any(step.what == "left a voicemail" for step in self.steps)

    @property
    def is_settled(self) -> bool:
        return self.state == "done"

    def asks(self, now: datetime) -> bool:
        """Tell whether somebody is to be asked to take it: it is open, nobody has it, and it is not put off."""
        return self.state == "open" and not self.awaits_callback and not self.is_snoozed(now)

    def is_snoozed(self, now: datetime) -> bool:
        return self.snoozed_until is not None and self.snoozed_until > now


def items_of(history: History, settling: SettlingLabels = USUALLY) -> dict[str, tuple[Item, ...]]:
    """Return the customer's items by line, the newest last: only that one can be open. A line on which nothing ever
    waited has none. ``settling``: which labels settle a call."""
    telling = _Telling(history, settling)
    for *_, tell in sorted(_facts(history, telling), key=lambda one: one[:3]):
        tell()
    return {
        name: (*line.past, replace(line.item, answering=tuple(line.answering.values())))
        for name, line in telling.lines.items()
        if line.item is not None
    }


def may(item: Item | None, deed: Deed, by: str, *, over: bool = False, to: str = "") -> bool:
    """Tell whether ``by`` may do this about an item as it stands. ``over``: they may take it from its owner. ``to``: of
    what is taken over, the owner from whom they take it."""
    if item is None:
        return False
    free = item.owner in {"", by} or over
    when_open: dict[Deed, bool] = {
        "claimed": not item.owner,
        "taken over": item.owner not in {"", by} and over and to in {"", item.owner},
        "accepted": item.asked == by,
        "declined": item.asked == by,
        "released": item.owner == by,
        **dict.fromkeys(("handed", "done", "snoozed", "waits", "woken"), free),
    }
    if deed in when_open:
        return not item.is_settled and when_open[deed]
    return item.is_settled or deed != "reopened"


def item_with(items: Mapping[str, Sequence[Item]], card: str) -> Item | None:
    """Return the newest item that a card is about."""
    newest = [next((one for one in reversed(some) if card in one.cards), None) for some in items.values()]
    return max((one for one in newest if one is not None), key=_begin, default=None)


def _begin(item: Item) -> datetime:
    return item.since


_Tell: TypeAlias = Callable[[], None]
_LONGEST_ID: Final = 20
_FIRST, _THEN, _LAST = 0, 1, 2
"""The order of what has the same moment: what opens, what happens, what settles."""


def _facts(history: History, telling: "_Telling") -> Iterator[tuple[datetime, int, str, _Tell]]:
    """Yield what happened: when, its order among what has the same moment, a name that ends every doubt, and how it is
    told."""
    for call in history.calls:
        # Of two calls in the same millisecond the one with the greater number is the later one.
        name = f"{(call.legs[0] if call.legs else '').zfill(_LONGEST_ID)} {call.card}"
        yield call.told if call.inbound else call.began, _FIRST, name, partial(telling.rang, call)
        if call.spoke is not None and not call.inbound:
            yield call.spoke, _LAST, name, partial(telling.talked, call)
    for text in history.texts:
        yield text.at, _THEN, text.id, partial(telling.texted, text)
    for act in history.acts:
        yield act.at, _THEN, f"{act.by} {act.what} {act.line} {act.to}", partial(telling.did, act)


@dataclass
class _Line:
    name: str = ""
    item: Item | None = None
    past: list[Item] = field(default_factory=list)
    answering: dict[str, Answering] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        return self.item is not None and not self.item.is_settled

    def answers(self, act: Act) -> None:
        """Take in that somebody begins to answer, or has answered."""
        if act.what == "answering" and act.until is not None:
            self.answering[act.by] = Answering(act.by, act.at, act.until, act.words == "call")
        elif act.what in {"called", "texted"}:
            self.answering.pop(act.by, None)


class _Telling:
    """Goes through a history."""

    def __init__(self, history: History, settling: SettlingLabels) -> None:
        self.lines: dict[str, _Line] = {}
        self._history = history
        self._settling = settling
        self._last_from_them: datetime | None = None
        self._called = {one.to: one for one in history.acts if one.what == "called" and one.to}
        self._told = {one.id for one in history.texts} | {leg for call in history.calls for leg in call.legs}
        self._texted = {one.to: one for one in history.acts if one.what == "texted" and one.to}

    # What the customer does

    def rang(self, call: CallFact) -> None:
        if not call.inbound:
            if call.spoke is None:
                what = "tried to call" if call.outcome else "is calling"
                act = self._act_of(call.legs)
                self._note(call.line, call.places, self._step_of(call, call.began, what), act.line if act else "")
            return
        line = self._line(call.line, call.line_name)
        self._last_from_them = call.told
        labels = {one.casefold() for one in call.labels} & self._settling.of_call(call.began)
        if call.spoke is not None and not call.needs:
            step = self._step_of(call, call.began, "answered")
            if line.is_open:
                self._settle(line, step)
                self._add(line, cards=call.card)
        elif call.needs or call.callback:
            what = "left a voicemail" if call.has_voicemail else "called"
            self._open(line, call.line, ItemStep(call.began, what, seconds=call.voicemail_s), call.card, call)
            if labels:
                self._settle(line, ItemStep(call.began, "labeled", words=", ".join(sorted(labels))))
        elif line.is_open and not call.outcome:
            self._add(line, cards=call.card)

    def texted(self, text: TextFact) -> None:
        if text.inbound:
            self._last_from_them = text.at
            line = self._line(text.line, text.line_name)
            if text.opts_out:
                if line.item is not None and not line.item.calls:  # whoever called can still be called
                    self._settle(line, ItemStep(text.at, "opted out"))
                return
            self._open(line, text.line, ItemStep(text.at, "texted"), text.card, None)
            return
        act = self._texted.get(text.id)
        if text.failed:
            what = "may not have been texted" if text.unclear else "could not be texted"
            step = ItemStep(text.at, what, by=act.by if act else "")
            self._note(text.line, text.places, step, act.line if act else "")
            return
        soon = self._last_from_them is not None and text.at - self._last_from_them <= AUTOMATIC_WITHIN
        if text.automatic and act is None and soon:
            return
        by, who = (act.by, ()) if act else ("", (text.sender,) if text.sender else ())
        self._answer(text.line, text.places, ItemStep(text.at, "was texted", who, by), act.line if act else "")

    # What people do

    def talked(self, call: CallFact) -> None:
        assert call.spoke is not None  # noqa: S101  asked before
        act = self._act_of(call.legs)
        step = self._step_of(call, call.spoke, "was called back")
        for line in self._meant(call.line, call.places, act.line if act else ""):
            self._settle(line, step)
            self._add(line, cards=call.card)

    def did(self, act: Act) -> None:
        lines = [self.lines[act.line]] if act.line in self.lines else list(self.lines.values()) if not act.line else []
        if act.what in _ANSWERING:
            for line in lines:
                line.answers(act)
            if act.what in {"called", "texted"}:
                self._reached_out(act)
            return
        step = ItemStep(act.at, act.what, by=act.by, to=act.to, words=act.words)
        if act.what in {"blocked", "unblocked"}:
            for line in self.lines.values():
                if line.item is not None:
                    line.item = replace(line.item, is_blocked=act.what == "blocked")
        for line in lines:
            if line.item is not None:
                self._act(line, line.item, act, step)

    def _reached_out(self, act: Act) -> None:
        """Take a call or text that somebody began through the bot for what it is until Dialpad's own event tells."""
        if act.what == "texted" and act.to not in self._told:
            self._answer("", (), ItemStep(act.at, "was texted", by=act.by), act.line)
        elif act.what == "called" and act.to not in self._told:
            self._note("", (), ItemStep(act.at, "tried to call", by=act.by), act.line)

    def _act(self, line: _Line, item: Item, act: Act, step: ItemStep) -> None:  # noqa: C901, PLR0912  a case a deed
        if item.is_settled:
            if act.what == "reopened":
                back = replace(item, state="open", since=act.at, last=act.at, settled=None, asks_since=act.at)
                back = replace(back, owner="", asked="", snoozed_until=None, taken_at=None)
                line.item = replace(back, steps=(*item.steps, step))
            elif act.what in {"noted", "saved", "scheduled", "unscheduled"}:
                line.item = replace(item, steps=(*item.steps, step))
            return
        match act.what:
            case "claimed" | "taken over" | "accepted":
                taken = replace(item, owned_at=act.at, taken_at=item.taken_at or act.at, asked="", snoozed_until=None)
                changed = replace(taken, state="claimed", owner=act.by)
            case "handed":
                changed = replace(item, asked=act.to)
            case "declined":
                changed = replace(item, asked="")
            case "released" | "freed":
                since = max(act.at, item.snoozed_until or act.at)
                changed = replace(item, state="open", owner="", owned_at=None, asked="", asks_since=since)
            case "snoozed":
                changed = replace(item, snoozed_until=act.until, asks_since=act.until or item.asks_since)
            case "waits":
                changed = replace(item, state="waiting", snoozed_until=None)
            case "woken":
                state: ItemState = "claimed" if item.owner else "open"
                changed = replace(item, state=state, snoozed_until=None, asks_since=act.at)
            case "done" | "blocked":
                self._settle(line, step)
                return
            case "labeled":
                labels = {one.strip().casefold() for one in act.words.split(",")}
                if labels & self._settling.of_call(act.at):
                    self._settle(line, step)
                    return
                changed = item
            case _:
                changed = item
        shown = act.what not in {"snoozed", "waits", "woken", "accepted", "taken over", "claimed"}
        line.item = replace(changed, steps=(*item.steps, step) if shown else item.steps)

    # How an item changes

    def _line(self, place: str, name: str) -> _Line:
        line = self.lines.setdefault(place, _Line())
        line.name = name or line.name
        return line

    def _open(self, line: _Line, place: str, step: ItemStep, card: str, call: CallFact | None) -> None:
        places = frozenset(call.places) if call else frozenset()
        item = line.item
        if item is None or item.is_settled:
            blocked = item.is_blocked if item else False
            line.past += [item] if item else []
            item = Item(self._history.number, place, line.name, "open", step.at, step.at, is_blocked=blocked)
        state: ItemState = "claimed" if item.owner else "open"
        was_put_off = item.state == "waiting" or item.is_snoozed(call.told if call else step.at)
        asks_since = step.at if was_put_off or item.asks_since is None else item.asks_since
        line.item = replace(
            item,
            state=state,
            asks_since=asks_since,
            line_name=line.name,
            last=step.at,
            steps=(*item.steps, step),
            cards=tuple(dict.fromkeys((*item.cards, card))),
            snoozed_until=None,
            calls=item.calls + (call is not None),
            texts=item.texts + (call is None),
            places=item.places | places,
            awaits_callback=call is not None and call.callback and not call.needs,
        )

    @staticmethod
    def _settle(line: _Line, step: ItemStep) -> None:
        item = line.item
        if item is None or item.is_settled:
            return
        line.item = replace(
            item, state="done", settled=step, steps=(*item.steps, step), owner="", owned_at=None, asked="",
            snoozed_until=None,
        )  # fmt: skip

    @staticmethod
    def _add(line: _Line, *, cards: str) -> None:
        if line.item is not None:
            line.item = replace(line.item, cards=tuple(dict.fromkeys((*line.item.cards, cards))))

    def _answer(self, place: str, places: tuple[str, ...], step: ItemStep, told: str) -> None:
        """A text to them answers texts; whoever called has been asked to get in touch, which is waited for."""
        for line in self._meant(place, places, told):
            if line.item is not None and line.item.calls:
                line.item = replace(line.item, state="waiting", steps=(*line.item.steps, step))
            else:
                self._settle(line, step)

    def _note(self, place: str, places: tuple[str, ...], step: ItemStep, told: str) -> None:
        """Tell of something that settles nothing. ``told``: the line that it was said to be for."""
        for line in self._meant(place, places, told):
            if line.item is not None:
                line.item = replace(line.item, steps=(*line.item.steps, step))

    def _meant(self, place: str, places: tuple[str, ...], told: str) -> list[_Line]:
        """Return the open lines that a call or text to the customer is about: the one it was said to be for or went
        out from; else those whose calls rang where it came from; else the one that has waited least."""
        waiting = {name: line for name, line in self.lines.items() if line.is_open}
        for named in (told, place):
            if named in waiting:
                return [waiting[named]]
        if place.startswith(("callcenter:", "department:")):
            return []  # another group's business
        items = [(line.item.last, name) for name, line in waiting.items() if line.item is not None]
        near = [line for line in waiting.values() if line.item is not None and line.item.places.intersection(places)]
        return near or [waiting[name] for _, name in sorted(items)[-1:]]

    def _act_of(self, legs: tuple[str, ...]) -> Act | None:
        return next((self._called[leg] for leg in legs if leg in self._called), None)

    def _step_of(self, call: CallFact, at: datetime, what: str) -> ItemStep:
        act = self._act_of(call.legs)
        return ItemStep(at, what, call.people, act.by if act else "", call.talked_s)
