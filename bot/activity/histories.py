"""What one customer and one company have had to do with each other: calls, texts, and what people did about them.

A history is a set of facts. Each is kept once, by its name, so it makes no difference in which order they come, and
what follows from them (``bot.activity.items``) is computed from all of them anew.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal, TypeAlias

from bot.activity.calls import CallView
from bot.activity.news import needs_somebody
from bot.basics.stored_json import MsMoment, StoredJson
from bot.dialpad.recordings import VOICEMAIL

MOST_FACTS: Final = 120
"""Calls, texts and acts that are kept of one customer; the oldest go first."""

Deed: TypeAlias = Literal[
    "claimed", "handed", "accepted", "declined", "released", "freed", "taken over", "snoozed", "waits", "woken",
    "noted", "reopened", "done", "called", "texted", "blocked", "unblocked", "labeled", "saved",
    "answering", "sending", "dialing", "left", "scheduled", "unscheduled",
]  # fmt: skip
"""What somebody can do about a customer through the bot. ``freed``: the bot took a claim back that led to nothing.
``answering``: they are writing or about to call, for a few minutes; ``left``: not any more. ``sending`` and ``dialing``
are on their way to Dialpad, and become ``texted`` and ``called`` once it has taken them."""


UNDER_WAY: Final = frozenset({"sending", "dialing"})
LAST_SAID: Final = 12
"""So many of the last texts and calls are compared with what somebody has seen before they answer."""


@dataclass(frozen=True)
class CallFact:
    """One call with the customer, as all its legs tell it. ``card`` is the card's id, ``line`` a place such as
    ``callcenter:5527``; ``people`` are the names of those who talked or, for an outbound call, tried to. ``spoke`` is
    when somebody began to talk, ``ended`` when it was over. ``needs``: somebody has to get back to them."""

    card: str
    line: str
    inbound: bool
    began: MsMoment
    outcome: str = ""
    needs: bool = False
    callback: bool = False
    line_name: str = ""
    spoke: MsMoment | None = None
    people: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    legs: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    talked_s: float | None = None
    voicemail_s: float | None = None
    has_voicemail: bool = False
    ended: MsMoment | None = None

    @property
    def told(self) -> datetime:
        """When a call from outside came to mean what it means: a talk when it began, a need when nobody could take the
        call any more."""
        moment = self.ended if self.needs or self.callback else self.spoke
        return max(moment or self.began, self.began)


@dataclass(frozen=True)
class TextFact:
    """One text. ``card`` is the conversation's; ``sender`` the name of whoever sent ours, "" when Dialpad does not
    say. ``rank`` orders what is known of its delivery. ``automatic``: Dialpad may have sent it by itself. ``unclear``:
    it was sent to several and failed for at least one of them."""

    id: str
    card: str
    line: str
    inbound: bool
    at: MsMoment
    line_name: str = ""
    sender: str = ""
    places: tuple[str, ...] = ()
    failed: bool = False
    opts_out: bool = False
    automatic: bool = False
    unclear: bool = False
    rank: int = 0


@dataclass(frozen=True)
class Act:
    """Something that ``by``, a Slack id, did at ``at``; "" when the bot did it. ``line``: about which line's item,
    "" for all of this customer. ``to``: a Slack id for what is handed over, the id of the call or text for what was
    called, texted or scheduled, and a name of ours while it is on its way. ``words``: a note, the labels, the text,
    when a scheduled one is sent (ISO 8601), or how somebody is answering: ``text`` or ``call``."""

    at: MsMoment
    by: str
    what: Deed
    line: str = ""
    to: str = ""
    until: MsMoment | None = None
    words: str = field(default="", repr=False)


@dataclass(frozen=True)
class History:
    """All that is known of one customer. ``number`` is E.164, "" for somebody who hides it."""

    number: str
    calls: tuple[CallFact, ...] = ()
    texts: tuple[TextFact, ...] = ()
    acts: tuple[Act, ...] = ()

    def with_call(self, fact: CallFact) -> "History":
        return replace(self, calls=(*(one for one in self.calls if one.card != fact.card), fact))

    def with_text(self, fact: TextFact) -> "History":
        before = next((one for one in self.texts if one.id == fact.id), fact)
        newest = max(before, fact, key=lambda one: (one.rank, one.failed))
        joined = replace(newest, sender=fact.sender or before.sender, at=min(before.at, fact.at))
        return replace(self, texts=(*(one for one in self.texts if one.id != fact.id), joined))

    def with_act(self, act: Act) -> "History":
        if act in self.acts:
            return self
        if act.what in {"answering", "left"}:  # of this only the last counts
            kept = tuple(one for one in self.acts if (one.what, one.by) != ("answering", act.by))
            return replace(self, acts=kept if act.what == "left" else (*kept, act))
        return replace(self, acts=(*self.acts, act))

    def with_end(self, token: str, end: Act | None) -> "History":
        """Return the history in which what was on its way as ``token`` has become ``end``; None: it did not happen."""
        under_way = [one for one in self.acts if one.to == token and one.what in UNDER_WAY]
        rest = replace(self, acts=tuple(one for one in self.acts if one not in under_way))
        if end is None:
            return rest
        at = under_way[0].at if under_way else end.at
        return rest.with_act(replace(end, at=at))

    def without_cards(self, cards: Iterable[str]) -> "History":
        """Return the history without calls that turned out to be parts of others, or of somebody else."""
        gone = set(cards)
        return replace(self, calls=tuple(one for one in self.calls if one.card not in gone))

    @property
    def newest(self) -> datetime | None:
        """When the newest fact was."""
        moments = [
            *(max(one.told, one.spoke or one.began) for one in self.calls),
            *(one.at for one in self.texts),
            *(one.at for one in self.acts),
        ]
        return max(moments, default=None)

    def kept(self) -> "History":
        """Return the history without its oldest facts when there are too many."""
        moments = sorted(
            [
                *(one.began for one in self.calls),
                *(one.at for one in self.texts),
                *(one.at for one in self.acts),
            ],
            reverse=True,
        )
        if len(moments) <= MOST_FACTS:
            return self
        since = moments[MOST_FACTS - 1]
        return replace(
            self,
            calls=tuple(one for one in self.calls if one.began >= since),
            texts=tuple(one for one in self.texts if one.at >= since),
            acts=tuple(one for one in self.acts if one.at >= since),
        )


@dataclass(frozen=True)
class Dealing:
    """One text with a customer, or a call to them that was begun here. ``mark`` names it, and stays the same when more
    becomes known of it. ``text``: its id, "" as long as Dialpad has given it none. ``is_sure``: Dialpad has taken
    it."""

    mark: str
    at: datetime
    inbound: bool = False
    by: str = ""
    sender: str = ""
    text: str = ""
    line_name: str = ""
    places: tuple[str, ...] = ()
    is_call: bool = False
    is_sure: bool = True
    words: str = field(default="", repr=False)


def last_said(history: History) -> tuple[Dealing, ...]:
    """Return the last texts of both sides and calls to the customer, the newest last."""
    acts = [one for one in history.acts if one.what in {"texted", "called", *UNDER_WAY}]
    texted = {one.to: one for one in acts if one.what == "texted" and one.to}
    found = [_said(text, texted.get(text.id), history.number) for text in history.texts]
    told = {text.id for text in history.texts}
    found += [_done(act, history.number) for act in acts if act.what != "texted" or act.to not in told]
    return tuple(sorted(found, key=lambda one: (one.at, one.mark))[-LAST_SAID:])


def _said(text: TextFact, act: Act | None, number: str) -> Dealing:
    return Dealing(
        mark=_mark_of(act, number) if act else f"{number}/{text.id}",
        at=text.at,
        inbound=text.inbound,
        by=act.by if act else "",
        sender=text.sender,
        text=text.id,
        line_name=text.line_name,
        places=text.places or (text.line,),
        words=act.words if act else "",
    )


def _done(act: Act, number: str) -> Dealing:
    is_call = act.what in {"called", "dialing"}
    return Dealing(
        mark=_mark_of(act, number),
        at=act.at,
        by=act.by,
        text=act.to if act.what == "texted" else "",
        is_call=is_call,
        is_sure=act.what not in UNDER_WAY,
        words="" if is_call else act.words,
    )


def _mark_of(act: Act, number: str) -> str:
    return f"{number}/{act.by}@{int(act.at.timestamp() * 1000)}"


def call_fact(card: str, view: CallView) -> CallFact | None:
    """Return what a call adds to its customer's history; None for one whose line or beginning is not known."""
    line = line_of_call(view)
    began = view.started or view.at
    if not line:
        return None
    spoke = view.phase == "talking" or view.outcome == "answered" or bool(view.answered_by)
    voicemails = [one.ms for _, one in view.recordings if one.kind == VOICEMAIL and one.ms]
    return CallFact(
        card=card,
        line=line,
        line_name=view.line or " and ".join(view.people),
        inbound=view.inbound,
        began=began,
        outcome=view.outcome,
        needs=needs_somebody(view),
        callback="callback_requested" in view.flags,
        spoke=began + (view.waited or timedelta(0)) if spoke else None,
        people=view.answered_by or (() if view.inbound else view.people),
        places=tuple(sorted(view.places)),
        legs=view.legs,
        labels=view.labels,
        talked_s=view.talked.total_seconds() if view.talked is not None else None,
        voicemail_s=max(voicemails) / 1000 if voicemails else None,
        has_voicemail=view.has_voicemail,
        ended=view.ended,
    )


def line_of_call(view: CallView) -> str:
    """Return the line that a call came in on or went out from, as a place: a person's own when it is no group's."""
    return view.line_id or min((one for one in view.places if one.startswith("user:")), default="")


@dataclass(frozen=True)
class Told:
    """What a card tells about a customer: the name of the history it belongs to, "" for none, and what is added to
    it."""

    customer: str
    call: CallFact | None = None
    texts: tuple[TextFact, ...] = ()


def call_told(card: str, view: CallView) -> Told:
    """Return what a call's card tells. A caller who hides their number has a history for each call."""
    return Told(view.number or f"call:{card}", call_fact(card, view))


_HISTORY: Final = StoredJson(History)


def to_json(history: History) -> dict[str, Any]:
    """Return a history as it is stored, sealed."""
    return _HISTORY.dump(history, without_none=True)


def from_json(stored: Mapping[str, Any]) -> History:
    """Undo ``to_json``. Raises UnreadableJson."""
    return _HISTORY.load(stored)
