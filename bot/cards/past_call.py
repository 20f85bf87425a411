"""Calls as people see them: one call where Dialpad has several legs, and what became of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Literal
from urllib.parse import urlsplit

from bot.basics.phone import looks_like_number
from bot.basics.times import lasting
from bot.contract.prose import from_ms, prose
from bot.contract.reply import Bold, Button, Card, Fact, Link, Part, Phone, Prose, Row, When
from bot.dialpad.actions.call import Call, CallParty

Outcome = Literal["answered", "missed", "voicemail", "not answered", "going on"]


@dataclass(frozen=True)
class PastCall:
    """One call: all legs that Dialpad keeps of it, the caller's own first."""

    legs: tuple[Call, ...]

    @cached_property
    def entry(self) -> Call:
        """The leg the caller dialled."""
        return next((leg for leg in self.legs if leg.entry_point_call_id is None), self.legs[0])

    @property
    def started(self) -> datetime | None:
        return from_ms(self.entry.date_started)

    @property
    def number(self) -> str:
        """The other side, E.164; "" when it hid its number."""
        number = self.entry.external_number or (self.entry.contact.phone if self.entry.contact else None) or ""
        return number if number.startswith("+") else ""

    @property
    def outcome(self) -> Outcome:
        """What became of it."""
        if all(leg.date_ended is None and leg.state not in {"hangup", "missed"} for leg in self.legs):
            return "going on"
        if self.entry.voicemail_share_link or self.entry.transcription_text:
            return "voicemail"
        if self.entry.direction == "outbound":
            return "answered" if self.entry.date_connected else "not answered"
        return "answered" if any(leg.was_answered for leg in self.legs) else "missed"

    @property
    def people(self) -> tuple[str, ...]:
        """The colleagues who were on it."""
        talked = [leg for leg in self.legs if leg.target and leg.target.type == "user"]
        answered = [leg for leg in talked if leg.date_connected] or (talked if len(talked) == 1 else [])
        return tuple(dict.fromkeys(leg.target.name for leg in answered if leg.target and leg.target.name))

    @property
    def line(self) -> str:
        """The group it came in on; "" for a person's own number."""
        for party in (self.entry.entry_point_target, self.entry.proxy_target, self.entry.target):
            if party and party.type and party.type != "user" and party.name:
                return party.name
        return ""

    @property
    def waited_ms(self) -> float | None:
        """From the first ring to the answer, or to the end."""
        begin = self.entry.date_started
        ends = [leg.date_connected for leg in self.legs if leg.was_answered and leg.date_connected]
        end = min(ends) if ends else self.entry.date_ended
        return end - begin if begin is not None and end is not None else None

    @property
    def talked_ms(self) -> float | None:
        """Talking time; None when nobody answered."""
        return max((leg.duration or 0 for leg in self.legs if leg.was_answered), default=None)


def join_legs(legs: Iterable[Call]) -> list[PastCall]:
    """Legs that share any of their ids are one call; the order is that of each call's first leg."""
    groups: list[list[Call]] = []
    by_id: dict[str, list[Call]] = {}
    for leg in legs:
        ids = {i for i in (leg.call_id, leg.master_call_id, leg.entry_point_call_id, leg.operator_call_id) if i}
        known = [by_id[i] for i in ids if i in by_id]
        group = known[0] if known else []
        if not known:
            groups.append(group)
        group.append(leg)
        for other in known[1:]:
            if other is not group:
                group.extend(one for one in other if one not in group)
                groups[:] = [one for one in groups if one is not other]
        for member in group:
            for i in (member.call_id, member.master_call_id, member.entry_point_call_id, member.operator_call_id):
                if i:
                    by_id[i] = group
    return [PastCall(tuple(group)) for group in groups]


def other_side(talk: PastCall, names: Mapping[str, str]) -> tuple[Part, ...]:
    """Who is on the other side, by name and number. ``names``: what the directory knows, by number."""
    known = names.get(talk.number) or _name(talk.entry.contact)
    if not talk.number:
        return (Bold(known or "Hidden number"),)
    return (Bold(known), " ", Phone(talk.number)) if known else (Phone(talk.number),)


def _name(contact: CallParty | None) -> str:
    name = (contact.name or "") if contact else ""
    return "" if looks_like_number(name) else name


def call_row(talk: PastCall, names: Mapping[str, str]) -> Row:
    """One line of a list of calls."""
    side = other_side(talk, names)
    own = " and ".join(talk.people)
    where = talk.line or own or "us"
    sentence: Prose
    if talk.entry.direction == "outbound":
        sentence = prose(own or "We", " called ", side, ", ", talk.outcome)
    else:
        by = f" by {own}" if own and talk.outcome == "answered" and talk.line else ""
        sentence = prose(
            side, f" called {where}, ", Bold(talk.outcome) if talk.outcome == "missed" else talk.outcome, by
        )
    length = lasting(talk.talked_ms)
    note = prose(When(talk.started, "date") if talk.started else "", f", {length}" if length else "")
    return Row(sentence, note, Button("Details", "calls.detail", {"call": talk.entry.call_id or ""}))


def call_card(talk: PastCall, names: Mapping[str, str], *, can_block: bool) -> Card:
    """Everything about one call, and what can be done next."""
    entry = talk.entry
    facts = [
        Fact("Result", talk.outcome.capitalize()),
        Fact("Line", talk.line) if talk.line else None,
        Fact("Who", " and ".join(talk.people)) if talk.people else None,
        Fact("When", (When(talk.started, "date"),)) if talk.started else None,
        Fact("Waited", waited) if (waited := lasting(talk.waited_ms)) else None,
        Fact("Talked", talked) if (talked := lasting(talk.talked_ms)) else None,
        Fact("Recording", _recording(entry)) if entry.was_recorded else None,
        Fact("Voicemail", _voicemail(entry)) if talk.outcome == "voicemail" else None,
        Fact("Labels", ", ".join(entry.labels)) if entry.labels else None,
    ]
    direction = "Call to " if entry.direction == "outbound" else "Call from "
    return Card(
        prose(direction, other_side(talk, names)),
        facts=tuple(fact for fact in facts if fact),
        text=entry.transcription_text or "",
        buttons=(*_next_steps(talk.number, can_block=can_block), *_transcript(talk)),
    )


def _next_steps(number: str, *, can_block: bool) -> tuple[Button, ...]:
    if not number:
        return ()
    steps = (Button("Call back", "call.call", {"to": number}), Button("Text", "sms.sms", {"to": [number]}, form=True))
    return (*steps, Button("Block", "block.block", {"numbers": [number]})) if can_block else steps


def _transcript(talk: PastCall) -> tuple[Button, ...]:
    if talk.outcome != "answered" or not talk.entry.call_id:
        return ()
    return (Button("Transcript", "calls.transcript", {"call": talk.entry.call_id}),)


def _recording(call: Call) -> Prose:
    connections = (*call.call_recording_share_links, *call.admin_call_recording_share_links)
    return next(
        (prose(Link(link, "Listen")) for link in connections if _is_web(link)), "Yes, in Dialpad's call history"
    )


def _voicemail(call: Call) -> Prose:
    link = call.voicemail_share_link
    return prose(Link(link, "Listen")) if link and _is_web(link) else "Yes, in Dialpad"


def _is_web(link: str) -> bool:
    try:
        return urlsplit(link).scheme == "https" and bool(urlsplit(link).hostname)
    except ValueError:
        return False
