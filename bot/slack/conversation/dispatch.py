"""Handles a delivery: stores what changes something, acknowledges, runs the handler, shows its answer."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from bot.basics.errors import NotConnected
from bot.basics.language import say, speak, speaking
from bot.basics.metrics import Metrics
from bot.basics.outages import Outage
from bot.basics.person import PersonKey
from bot.basics.stored_json import UnreadableJson
from bot.cards.timed_changes import SET_NOW
from bot.contract import later
from bot.contract.argument import Lookup
from bot.contract.context import Deps, Origin, Where
from bot.contract.prose import sentence
from bot.contract.reader_languages import ReaderLanguages
from bot.contract.reply import Answer, Reply, When
from bot.contract.roles import NotPermitted
from bot.contract.routing import RouteKind, RouteTable
from bot.dialpad.action import Risk
from bot.slack.api.messages import SlackMessages, within
from bot.slack.blockkit.blocks import Json
from bot.slack.blockkit.forms import build_suggestions, read_field_id, read_form
from bot.slack.conversation.errors import read_trouble
from bot.slack.conversation.execution import Executor, Stores
from bot.slack.conversation.homes import Homes, MarksOf, OtherHomes
from bot.slack.conversation.placement import Clocks, PlacedRequest, Placement
from bot.slack.conversation.requests import HOME, Request, plan
from bot.slack.conversation.screens import (
    HomeScreen,
    LineScreen,
    Patience,
    ScreenTools,
)
from bot.slack.conversation.stored import UNCONNECTED_REQUEST, UnconnectedRequest
from bot.slack.transport.duplicates import Duplicates
from bot.slack.transport.payload import Incoming, PayloadKind, parse_incoming
from bot.store.inbox import GIVEN_UP_AFTER, Delivery
from bot.store.keys import KeyProblem

_log = structlog.get_logger(__name__)

Ack = str | dict[str, Any]
"""The body of an acknowledgement."""

__all__ = ["Ack", "Clocks", "Dispatcher", "Stores"]


@dataclass
class Dispatcher:
    """Receives deliveries and runs requests; one per process. ``receive`` is for listeners, the rest for the
    composition root."""

    table: RouteTable
    deps: Deps
    stores: Stores
    messages: SlackMessages
    patience: Patience = field(default_factory=Patience)
    clocks: Clocks = field(default_factory=Clocks)
    metrics: Metrics = field(default_factory=Metrics)
    other_homes: OtherHomes | None = None

    def __post_init__(self) -> None:
        self.tools = ScreenTools(self.table, self.stores.confirmations, self.messages, self.patience)
        self._placement = Placement(self.table, self.deps, self.tools, self.clocks)
        self._executor = Executor(self.table, self.deps, self.stores, self.messages, self.tools, self.metrics)
        self._duplicates = Duplicates(self.clocks.monotonic)
        self._languages = ReaderLanguages(self.deps.people, self.deps.settings.channel_language)
        self._homes = Homes(self._draw_home, self.clocks.monotonic, self.other_homes)
        self._tasks: set[asyncio.Task[object]] = set()
        self._doubtful: set[str] = set()

    # Receiving

    async def receive(self, body: Mapping[str, Any]) -> Ack:
        """Receive a delivery and return its acknowledgement. Raises only when a change could not be put on disk."""
        began = self.clocks.monotonic()
        incoming = parse_incoming(body)
        ack = await self._receive(body, incoming)
        self.metrics.acknowledged(incoming.kind.value, self.clocks.monotonic() - began)
        return ack

    async def _receive(self, body: Mapping[str, Any], incoming: Incoming) -> Ack:
        if incoming.kind is PayloadKind.OPTIONS:
            return await self._suggest(incoming)
        request = plan(incoming, self.table, self.deps.settings.command)
        if request is None or incoming.key in self._duplicates:
            return ""
        if request.durable:
            # Not remembered before it is on disk: when that fails, Slack's next try must not be taken for a repeat.
            key = incoming.key or f"delivery:{secrets.token_hex(12)}"
            request.incoming = incoming = replace(incoming, key=key)
            if not await self._store(key, incoming.kind, body, request.person):
                return ""
            request.recorded = True
        if incoming.key and not self._duplicates.add(incoming.key):
            return ""
        if incoming.kind is PayloadKind.SUBMIT:
            return await self._submit(request)
        self._start(self._begin(request))
        return ""

    async def _store(self, key: str, kind: PayloadKind, body: Mapping[str, Any], person: PersonKey) -> bool:
        """Store a delivery. False when it was stored before. When the database goes away meanwhile it may be stored or
        not: what Slack does not send again is withdrawn, and what it does is then not taken for a repeat."""
        try:
            fresh = await self.stores.inbox.receive(key, kind.value, body, person)
        except Exception:
            if kind is PayloadKind.EVENT:
                self._doubtful.add(key)
            else:
                self._start(self._until_stored("delivery not withdrawn", lambda: self.stores.inbox.withdraw(key)))
            raise
        may_be_ours = key in self._doubtful
        self._doubtful.discard(key)
        return fresh or may_be_ours

    async def _begin(self, request: Request) -> None:
        await self._perform(request, self._placement.choose(request))

    async def _submit(self, request: Request) -> Ack:
        first: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        screen = self._placement.take_submit(request, first)
        self._start(self._perform(request, screen))
        if await within(self.patience.submit, first):
            return first.result()
        speak(await self._languages.of(request.person))
        late = screen.inner.late(request.route)
        first.set_result({})
        return late

    def _start(self, work: Coroutine[Any, Any, object]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def aclose(self, grace_s: float = 10.0) -> None:
        """Wait for what is under way; what takes longer is resumed at the next start."""
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=grace_s)
        for task in set(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def idle(self) -> None:
        """Wait until nothing is under way."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    # Other ways in

    async def resume_unfinished(self) -> int:
        """Resume what was acknowledged before the process ended; how many requests that was."""
        await self._tell_of_given_up()
        deliveries = await self.stores.inbox.unfinished()
        for delivery in deliveries:
            if delivery.payload is None:
                self._start(self._say_unreadable(delivery))
                continue
            request = self._plan_again(delivery.payload)
            if request is None or request.incoming is None:
                await self.stores.inbox.done(delivery.key)
                continue
            request.incoming = replace(request.incoming, key=delivery.key)
            request.recorded = True
            screen = (
                self._placement.take_submit(request, None)
                if request.incoming.kind is PayloadKind.SUBMIT
                else self._placement.choose(request)
            )
            begun = delivery.started and not _is_repeatable(request)
            self._start(self._interrupted(request, screen) if begun else self._perform(request, screen))
        return len(deliveries)

    async def _tell_of_given_up(self) -> None:
        """Tell people of deliveries that are not resumed any more: several crashes in a row, or more than a day."""
        for delivery in await self.stores.inbox.take_given_up():
            if delivery.payload is None:
                self._start(self._say_unreadable(delivery))
                continue
            request = self._plan_again(delivery.payload)
            if request is None:
                continue
            self._start(self._say_stopped(request.person, started=delivery.started))

    async def _say_stopped(self, person: PersonKey, *, started: bool) -> None:
        """Tell somebody that what they asked for is not gone on with."""
        with speaking(await self._languages.of(person)):
            told = (
                say(
                    "I stopped before I was done with something you asked for, and did not go on with it. It may or "
                    "may not have happened: check in Dialpad before you try again."
                )
                if started
                else say(
                    "I stopped before I was done with something you asked for, and did not go on with it. You can try "
                    "again."
                )
            )
            await self.tell(person, Reply(told, tone="warning"))

    def _plan_again(self, payload: Mapping[str, Any]) -> Request | None:
        """Read a delivery of a process that ended: its window can no longer be opened."""
        return plan(replace(parse_incoming(payload), trigger_id=None), self.table, self.deps.settings.command)

    async def _say_unreadable(self, delivery: Delivery) -> None:
        """Tell whoever asked that it cannot be read any more, and close the delivery once Slack has taken that."""
        if delivery.person is not None:
            speak(await self._languages.of(delivery.person))
            told = (
                say(
                    "Something you asked for can no longer be read here, because its encryption key is missing. It may "
                    "or may not have happened: check in Dialpad before you ask again."
                )
                if delivery.started
                else say(
                    "Something you asked for can no longer be read here, because its encryption key is missing. It did "
                    "not happen. Ask for it again."
                )
            )
            placed = self._place_dm(delivery.person)
            await self._executor.say_safely(placed, None, Reply(told, tone="warning"))
            await self._say_at_last(placed)
        await self._until_stored("delivery not closed", lambda: self.stores.inbox.done(delivery.key))

    async def resume(self, person: PersonKey) -> int:
        """Run what the person asked for before they were connected; how many requests that was."""
        count = 0
        for asked in await self.stores.remembered.take_all(person):
            waiting = _read_unconnected(asked)
            route = self.table.by_id.get(waiting.route) if waiting else None
            if waiting is None or route is None:
                with speaking(await self._languages.of(person)):
                    lost = say("Something you asked for before you connected can no longer be read. Ask for it again.")
                await self.tell(person, Reply(lost, tone="warning"))
                continue
            count += 1
            request = Request(
                person, waiting.where, Origin.RESUMED, route, dict(waiting.args), waiting.words, form=waiting.form
            )
            self._start(self._perform(request, self._placement.choose(request)))
        return count

    async def connected(self, person: PersonKey) -> None:
        """Show a new connection on Home and run what waited for it."""
        self._start(self._homes.show(person))
        await self.resume(person)

    async def watch_homes(self, marks_of: MarksOf) -> None:
        """Draw open Home tabs anew when what a person's colleagues work on has changed. Never returns."""
        await self._homes.watch(marks_of)

    async def show_home(self, person: PersonKey) -> bool:
        """Draw a person's Home tab, which nobody asked for. False when that failed."""
        try:
            return await self._homes.show(person, quiet=True) is None
        except Exception as problem:  # noqa: BLE001  the database is away: it is drawn when they open it
            _log.info("a Home tab was not drawn", error=type(problem).__name__)
            return False

    def home_changed(self, person: PersonKey) -> None:
        """Redraw a person's Home tab, which changed without a request."""
        self._start(self._homes.changed(person))

    async def run_later(self, due: later.TimedJob) -> None:
        """Run a route at the time that was set for it; the answer comes where ``place`` says, else as a DM.

        Errors are raised and not told to the person: the caller decides whether to retry.
        """
        request = Request(
            due.person,
            Where.from_json(due.place.get("where")),
            Origin.LATER,
            self.table.by_id[due.route],
            dict(due.args),
        )
        with speaking(await self._languages.of(due.person)):
            await self._run_due(due, request)

    async def _run_due(self, due: later.TimedJob, request: Request) -> None:
        placed = self._placement.choose(request)
        try:
            answer = await self._executor.handle(request, self.table.by_id[due.route], placed.ctx)
        except Exception as error:
            await self._executor.note(request, placed, type(error).__name__)
            raise
        await self._executor.note(request, placed, "done")
        await self._executor.say_safely(placed, request.route, answer)
        self._start(self._say_at_last(placed))
        await self._homes.changed(request.person)

    async def tell_given_up(self, due: later.TimedJob, error: Exception) -> None:
        """Tell the person that a timed request failed for good, and why. Raises what Slack answers."""
        with speaking(await self._languages.of(due.person)):
            await self._tell_given_up(due, error)

    async def _tell_given_up(self, due: later.TimedJob, error: Exception) -> None:
        request = Request(due.person, Where(), Origin.LATER, self.table.by_id.get(due.route), dict(due.args))
        if isinstance(error, NotConnected):
            await self._executor.tell(request, self._placement.choose(request), error)
            return
        ctx = self._placement.build_ctx(request)
        told = Reply(
            sentence(
                "What you had set for {when} did not happen. {why}",
                when=When(due.when, "date"),
                why=self.why_given_up(due, error),
            ),
            (SET_NOW, *(error.choices if isinstance(error, NotPermitted) else ())),
            tone="warning",
        )
        await LineScreen(self.tools, ctx).answer(None, told)

    def why_given_up(self, due: later.TimedJob, error: Exception) -> str:
        """Say why a timed request failed for good, and what to do."""
        if isinstance(error, KeyProblem):
            return say("It can no longer be read here, because its encryption key is missing. Set it again.")
        route, reference = self.table.by_id.get(due.route), secrets.token_hex(4)
        trouble = read_trouble(error, reference=reference, risk=route.risk if route else Risk.READ)
        if not trouble.expected:
            _log.error("timed request failed", reference=reference, route=due.route, exc_info=error)
        return trouble.text

    async def tell(self, person: PersonKey, answer: Answer) -> None:
        """Send the person a DM that answers no request."""
        with speaking(await self._languages.of(person)):
            placed = self._place_dm(person)
            await self._executor.say_safely(placed, None, answer)
            self._start(self._say_at_last(placed))

    def _place_dm(self, person: PersonKey) -> PlacedRequest:
        ctx = self._placement.build_ctx(Request(person, Where(), Origin.EVENT))
        return PlacedRequest(ctx, LineScreen(self.tools, ctx))

    # Performing

    async def _perform(self, request: Request, placed: PlacedRequest) -> None:
        if isinstance(placed.screen, HomeScreen):
            self.deps.people.look_again(request.person, after_s=60.0)
        speak(await self._languages.of(request.person))
        in_home = request.incoming is not None and request.incoming.in_home
        if in_home or isinstance(placed.screen, HomeScreen):
            await self._homes.looked(request.person)
        try:
            await self._executor.run(request, placed)
        finally:
            placed.release()
        if request.recorded and placed.unsaid is not None:
            lines, placed.audit = placed.audit, []
            await self._executor.write_audit(placed, lines, at_once=True)
            await self._say_at_last(placed)
        await self._finish(request, placed)
        if request.durable:
            await self._homes.changed(request.person)
        elif isinstance(placed.screen, HomeScreen) and placed.screen.overtaken:
            await self._homes.show(request.person)

    async def _finish(self, request: Request, placed: PlacedRequest) -> None:
        if request.recorded and request.incoming is not None:
            key = request.incoming.key
            await self._until_stored("delivery not closed", lambda: self.stores.inbox.done(key, placed.audit))

    async def _until_stored(self, failure: str, change: Callable[[], Awaitable[None]]) -> None:
        """Make a change on disk, as soon as the database takes it: an open delivery would be done once more by whoever
        takes over."""
        storing, pause = Outage(failure, _log), self.patience.unsaid
        while True:
            try:
                await change()
            except Exception as problem:  # noqa: BLE001  the database is away: everything waits
                storing.failed(problem)
            else:
                storing.over()
                return
            await asyncio.sleep(pause)
            pause = min(2 * pause, self.patience.longest_unsaid)

    async def _interrupted(self, request: Request, placed: PlacedRequest) -> None:
        speak(await self._languages.of(request.person))
        told = Reply(
            say(
                "I was restarted in the middle of what you asked for, so it may or may not have happened. "
                "Check in Dialpad before you try again."
            ),
            tone="warning",
        )
        await self._executor.say_safely(placed, request.route, told)
        await self._say_at_last(placed)
        await self._finish(request, placed)

    async def _say_at_last(self, placed: PlacedRequest) -> None:
        """Say what Slack did not take as soon as it does. Until then the delivery stays open on disk: if this process
        ends, another one says that it may or may not have happened."""
        pause, end = self.patience.unsaid, self.clocks.monotonic() + GIVEN_UP_AFTER.total_seconds()
        while placed.unsaid is not None and self.clocks.monotonic() < end:
            await asyncio.sleep(pause)
            pause = min(2 * pause, self.patience.longest_unsaid)
            await self._executor.say_again(placed)

    # Type-ahead and Home

    async def _suggest(self, incoming: Incoming) -> Ack:
        route_id, name = read_field_id(incoming.action_id)
        route = self.table.by_id.get(route_id)
        argument = route.arguments.get(name) if route else None
        if incoming.person is None or not isinstance(argument, Lookup):
            return {"options": []}
        ctx = self._placement.build_ctx(Request(incoming.person, incoming.where, Origin.FORM))
        speak(await self._languages.of(incoming.person))
        try:
            async with asyncio.timeout(self.patience.options):
                others = read_form(route, incoming.view) if route is not None and incoming.view else {}
                found = await argument.suggest_beside(ctx, incoming.value, others)
                can_be_emptied = name in others and not argument.many and name not in (route.required if route else ())
        except Exception as problem:  # noqa: BLE001  Slack gives a type-ahead no second try: an empty list is an answer
            _log.info("no suggestions", argument=incoming.action_id, error=type(problem).__name__)
            return {"options": []}
        return build_suggestions(found, empties=can_be_emptied and not incoming.value.strip())

    async def _draw_home(self, person: PersonKey, *, quiet: bool = False) -> Exception | None:
        """Draw a person's Home. Returns what kept it from being drawn."""
        route, failed = self.table.by_event.get(HOME), None
        if route is not None:
            request = Request(person, Where(), Origin.EVENT, route, {"quiet": "yes"} if quiet else {})
            ctx = self._placement.build_ctx(request)
            with speaking(await self._languages.of(person)):
                failed = await self._executor.run(request, PlacedRequest(ctx, HomeScreen(self.tools, ctx)))
        return failed


def _is_repeatable(request: Request) -> bool:
    """Tell whether what was begun may be done once more: a preview is the same again, and nobody asked for it who could
    be told that it is not there."""
    return request.route is not None and request.route.kind is RouteKind.EVENT


def _read_unconnected(asked: Mapping[str, Any] | None) -> UnconnectedRequest | None:
    try:
        return None if asked is None else UNCONNECTED_REQUEST.load(asked)
    except UnreadableJson:
        _log.exception("request from before connecting is lost")
        return None
