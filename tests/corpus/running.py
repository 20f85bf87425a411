"""Types lines of the corpus at the whole product, and tells what came of each."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest

from bot.arguments.days import DaySpan
from bot.arguments.period import Period
from bot.arguments.send_at import SendAt
from bot.basics.language import say_days
from bot.contract import reading
from bot.contract.context import Ctx, Origin
from bot.contract.reply import Form, RawArgs
from bot.contract.routing import Route, RouteKind
from bot.sandbox import cast
from bot.sandbox.demo import Demo
from bot.sandbox.dialpad.model import Contact
from bot.slack.conversation import execution
from bot.slack.conversation.execution import Executor
from bot.slack.conversation.placement import PlacedRequest
from bot.slack.conversation.requests import Request
from tests.corpus.entries import Entry
from tests.flows.hands import Hands, labels, said
from tests.flows.stage import OFFICE_HOURS, freshen, inside, office_hours, quick_demo

CONTACTS: Final = (
    ("John A. Smith", "+14155550160"),
    ("Rita Moss", "+14155550161", "+14155550162"),
    ("Omar Bell", "+14155550163"),
    ("Omar Bell", "+14155550163"),
    ("Chris Novak", "+14155550164"),
    ("Chris Young", "+14155550165"),
    ("Anne-Marie Duval", "+14155550166"),
    ("Dr. Paula Stein", "+14155550167"),
    ("🔥 Kim Tran", "+14155550168"),
    ("Will Hart", "+14155550169"),
    ("Maria de la Cruz Moreno", "+14155550178"),
    ("Sean O'Brien", "+14155550179"),
)
"""Customers whom people who type meet besides those of the demo."""
_ZONE: Final = ZoneInfo(cast.TIME_ZONE)


@dataclass
class Outcome:
    """What came of a line: ``done`` or ``asked``, ``form`` or ``refused``, with what was read and what is shown."""

    kind: str
    verb: str = ""
    args: tuple[tuple[str, str], ...] = ()
    labels: tuple[str, ...] = ()
    text: str = ""


@dataclass
class Verdict:
    """``right``, ``asked`` for the nearest thing, ``refused``, or ``wrong``: something else was done."""

    entry: Entry
    outcome: Outcome
    kind: str


@dataclass
class Watch:
    """What the bot made of the last line."""

    parsed: tuple[str, Mapping[str, Any]] | None = None
    form: tuple[str, RawArgs] | None = None
    ended: str = ""

    def clear(self) -> None:
        self.parsed, self.form, self.ended = None, None, ""


@dataclass
class Typist:
    """Types lines as one of the cast."""

    demo: Demo
    watch: Watch
    hands: dict[str, Hands] = field(default_factory=dict)
    known: dict[tuple[str, str], Outcome] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.as_they_were = [(user, deepcopy(vars(user))) for user in self.demo.dialpad.state.users.values()]

    async def type(self, line: str, who: str = "ana") -> Outcome:
        """Type a line after ``/dp``."""
        await self._clean()
        hands = self._hands(who)
        shown = await hands.type(f"/dp {line}")
        return self._outcome(hands, shown)

    async def press(self, label: str, who: str) -> Outcome:
        """Press a button of the newest answer."""
        hands = self._hands(who)
        answer = next(one for one in reversed(hands.person.ephemerals("#support")) if label in labels(dict(one)))
        self.watch.clear()
        return self._outcome(hands, await hands.press(answer, label))

    def _hands(self, who: str) -> Hands:
        person = next(one for one in cast.PEOPLE if one.key == who)
        return self.hands.setdefault(who, Hands(self.demo, person))

    async def _clean(self) -> None:
        self.watch.clear()
        space = self.demo.slack._core.space
        for shown in (space.ephemerals, space.modals, space.notices):
            shown.clear()
        for user, before in self.as_they_were:
            vars(user).update(deepcopy(before))

    def _outcome(self, hands: Hands, shown: Mapping[str, Any]) -> Outcome:
        modal = hands.person.modal
        text, buttons = (said(dict(shown)), tuple(labels(dict(shown)))) if shown else ("", ())
        watch, since = self.watch, self.demo.clock.now() - OFFICE_HOURS
        if watch.ended not in {"", "done"}:
            asked = watch.ended == "Doubt"
            return Outcome("asked" if asked else "refused", labels=buttons, text=text)
        if watch.form is not None and modal is not None:
            route, args = watch.form
            return Outcome("form", self._verb(route), _shown(args, since), text=text)
        if watch.parsed is not None:
            route, values = watch.parsed
            return Outcome("done", self._verb(route), _shown(values, since), buttons, text)
        return Outcome(
            "asked" if "Did you mean" in text or "What would you" in text else "refused", "", (), buttons, text
        )

    def _verb(self, route_id: str) -> str:
        route = self.demo.bot.dispatcher.table.by_id[route_id]
        return route.word or (route.id if route.kind != "command" else "menu")


def _shown(values: Mapping[str, Any], since: timedelta) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, _value(value, since)) for name, value in values.items() if value not in (None, "", [])))


def _value(value: Any, since: timedelta) -> str:
    value = value.at if isinstance(value, SendAt) else value
    value = value.typed or say_days(value.first, value.last) if isinstance(value, DaySpan) else value
    match value:
        case bool():
            return "on" if value else "off"
        case datetime():
            is_span = value.second or value.microsecond  # counted from now, which was ten o'clock
            local = (value - since + timedelta(seconds=30) if is_span else value).astimezone(_ZONE)
            days = (local.date() - OFFICE_HOURS.astimezone(_ZONE).date()).days
            return (
                f"{local:%H:%M}" if days == 0 else f"{local:%a %H:%M}".lower() if days < 7 else f"{local:%d %b %H:%M}"
            )
        case Period():
            return value.raw
        case tuple() | list():
            return ",".join(_value(one, since) for one in value)
        case dict():
            return ",".join(value.values())
    shown = (getattr(value, name, None) for name in ("number", "name", "words"))
    return str(next(filter(None, shown), value))


@asynccontextmanager
async def typist() -> AsyncIterator[Typist]:
    """The whole product with a few more contacts, and the clock standing at ten."""
    watch = Watch()
    with pytest.MonkeyPatch.context() as patch:
        _look_on(patch, watch)
        async with quick_demo(clock=office_hours()) as demo:
            await freshen(demo)  # nobody waits for Dialpad's limits
            for number, (name, *phones) in enumerate(CONTACTS):
                first, _, last = name.partition(" ")
                contact = Contact(f"65{number:02}", first, last, list(phones))
                demo.dialpad.state.contacts[contact.id] = contact
            await inside(demo).forget_lists()
            yield Typist(demo, watch)


def _look_on(patch: pytest.MonkeyPatch, watch: Watch) -> None:
    parse, form, note = reading.parse_arguments, Executor._form, Executor.note

    async def parsing(ctx: Ctx, route: Route, raw: RawArgs) -> dict[str, Any]:
        values = await parse(ctx, route, raw)
        if route.kind is not RouteKind.LATER:  # what an earlier line has left to be done by itself
            watch.parsed = (route.id, values)
        return values

    async def forming(self: Executor, ctx: Ctx, shown: Form) -> Form:
        watch.form = (shown.route, shown.args)
        return await form(self, ctx, shown)

    async def noting(self: Executor, request: Request, placed: PlacedRequest, outcome: str) -> None:
        if placed.ctx.origin is not Origin.LATER:
            watch.ended = outcome
        await note(self, request, placed, outcome)

    # Or statistics are delivered while another line is typed.
    patch.setattr("bot.catalogue.stats_waiting.FIRST_LOOK", timedelta(hours=1))
    patch.setattr(reading, "parse_arguments", parsing)
    patch.setattr(execution, "parse_arguments", parsing)
    patch.setattr(Executor, "_form", forming)
    patch.setattr(Executor, "note", noting)


async def judge(typist: Typist, entry: Entry) -> Verdict:
    """Type a line and compare what came of it with what must."""
    if entry.kind == "slip":
        return await _judge_slip(typist, entry)
    outcome = typist.known[entry.typed, entry.who] = await typist.type(entry.typed, entry.who)
    if outcome.kind == entry.kind and _same(entry, outcome):
        return Verdict(entry, outcome, "right")
    return Verdict(entry, outcome, "wrong" if outcome.kind == "done" else outcome.kind)


def _same(entry: Entry, outcome: Outcome) -> bool:
    if entry.kind == "asked":
        return outcome.labels == entry.said
    if entry.kind == "refused":
        return all(words.casefold() in outcome.text.casefold() for words in entry.said)
    return (outcome.verb, outcome.args) == (entry.verb, entry.args)


async def _judge_slip(typist: Typist, entry: Entry) -> Verdict:
    meant = typist.known.get((entry.said[0], entry.who)) or await typist.type(entry.said[0], entry.who)
    assert meant.kind == "done", meant
    outcome = await typist.type(entry.typed, entry.who)
    if outcome.kind == "done":
        return Verdict(entry, outcome, "right" if (outcome.verb, outcome.args) == (meant.verb, meant.args) else "wrong")
    if outcome.kind != "asked":
        return Verdict(entry, outcome, outcome.kind)
    for label in outcome.labels:
        pressed = await typist.press(label, entry.who)
        if (pressed.verb, pressed.args) == (meant.verb, meant.args):
            return Verdict(entry, outcome, "right")
        await typist.type(entry.typed, entry.who)
    return Verdict(entry, outcome, "asked")
