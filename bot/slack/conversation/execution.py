"""Runs a request: parses its arguments, calls the handler, and shows the answer or what went wrong."""

import asyncio
import contextlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import Any

import structlog

from bot.arguments.caller import is_mention
from bot.arguments.extensions import extension_typed, extension_words, with_extension
from bot.arguments.number import why_no_number
from bot.arguments.phonebook import LINES, LONGEST_NAME, PEOPLE, named
from bot.basics.errors import ChatopsError, DialpadError, NotConfirmed, NotConnected, UserError
from bot.basics.language import mark, say
from bot.basics.likely_lines import likely_lines, second_meanings
from bot.basics.metrics import Metrics
from bot.basics.name_search import fold, name_words
from bot.basics.person import PersonKey
from bot.basics.phone import is_emergency_number, read_number
from bot.basics.words import Word, did_you_mean, split, verbatim
from bot.cards.connecting import connect_card
from bot.cards.thread_words import read_in_thread
from bot.contract.audit_trail import About
from bot.contract.context import Ctx, Deps, Origin, Step
from bot.contract.corrections import as_typed, check_slips, corrected_buttons, is_understood, with_choices
from bot.contract.doubt import Doubt, NotUnderstood
from bot.contract.mentions import as_people_read
from bot.contract.near_patterns import near_patterns
from bot.contract.nearest import help_buttons
from bot.contract.prose import sentence
from bot.contract.reading import missing, parse_arguments, read_words
from bot.contract.reply import Answer, Button, Card, Form, Listing, Mention, Prose, RawArgs, Reply, When
from bot.contract.roles import ASK, NeedsApproval, NotPermitted
from bot.contract.routing import Route, RouteKind, RouteTable
from bot.dialpad.action import ME, Risk
from bot.dialpad.connection import DialpadConnection
from bot.slack.api.messages import SlackMessages, within
from bot.slack.blockkit.limits import cut
from bot.slack.conversation.errors import read_trouble, slack_may_take_it_later
from bot.slack.conversation.placement import PlacedRequest, Unsaid
from bot.slack.conversation.requests import Decision, Request
from bot.slack.conversation.screens import LineScreen, ScreenTools
from bot.slack.conversation.stored import (
    CONFIRMATION_PLACE,
    UNCONNECTED_REQUEST,
    StoredEdit,
    UnconnectedRequest,
)
from bot.store.audit import Audit, AuditLine
from bot.store.confirmations import Confirmations
from bot.store.inbox import Inbox
from bot.store.requests_before_connecting import RequestsBeforeConnecting

_log = structlog.get_logger(__name__)

MOST_NEAR = 3
"""Most commands that are offered for an unknown one."""
_TO_US = re.compile(r"\s*<@[UW][A-Z0-9]*(?:\|[^<>]*)?>[:,]?\s*")

_BETWEEN = re.compile(r"(?<=\d)[ .-](?=\d)|[.!]+$")
"""What stands between the digits of "9-1-1", and behind them."""
_PAST = {
    "Send": mark("Sent by {who} at {when}"),
    "Block": mark("Blocked by {who} at {when}"),
    "Unblock": mark("Unblocked by {who} at {when}"),
    "Call": mark("Called by {who} at {when}"),
    "Hang up": mark("Hung up by {who} at {when}"),
    "Delete": mark("Deleted by {who} at {when}"),
    "Remove": mark("Removed by {who} at {when}"),
    "Disconnect": mark("Disconnected by {who} at {when}"),
    "Transfer": mark("Transferred by {who} at {when}"),
    "Save": mark("Saved by {who} at {when}"),
}
"""What is said of what was agreed to, by the word on the button."""


@dataclass(frozen=True)
class Stores:
    """The parts of the store that requests go through."""

    inbox: Inbox
    confirmations: Confirmations
    remembered: RequestsBeforeConnecting
    audit: Audit


def _stamp(yes: str, person: PersonKey, now: datetime) -> Prose:
    """Say who agreed to something. ``yes``: the word on the button, as it was said."""
    done = next(
        (past for word, past in _PAST.items() if yes in {word, say(word)}), mark("Confirmed by {who} at {when}")
    )
    return sentence(done, who=Mention(person.user_id), when=When(now))


async def _say_cancelled(ctx: Ctx) -> Reply:
    return Reply(say("Canceled. Nothing was done."))


_CANCELLED = Route("confirm.cancelled", RouteKind.BUTTON, _say_cancelled, {}, frozenset())


@dataclass
class Executor:
    """Runs the handler of a request and shows what it answers."""

    table: RouteTable
    deps: Deps
    stores: Stores
    messages: SlackMessages
    tools: ScreenTools
    metrics: Metrics

    async def run(self, request: Request, placed: "PlacedRequest") -> Exception | None:
        """Run a request. Returns the error, when there was one; the person has been told."""
        with self.metrics.spans.request(request.origin.value, request.route.id if request.route else ""):
            return await self._run(request, placed)

    async def _run(self, request: Request, placed: "PlacedRequest") -> Exception | None:
        if request.decision is Decision.CLOSED:
            await self._closed(request, placed.ctx)
            return None
        try:
            if not await self._may_start(request):
                return None
            await self._check_company(request)
            if request.decision is not None:
                request = await self._decide(request, placed)
            request = await self._of_thread(request, placed.ctx)
            if request.route is None:
                await placed.screen.answer(None, await self._unknown(request, placed.ctx))
                return None
            answer = await self._compute(request, request.route, placed)
            await self._show(request, placed, answer)
        except Exception as error:  # noqa: BLE001  whatever it is, the person is told and the log has it
            await self.tell(request, placed, error)
            await self.note(request, placed, type(error).__name__)
            return error
        await self.note(request, placed, "done")
        return None

    async def _closed(self, request: Request, ctx: Ctx) -> None:
        """Drop what somebody gave up by closing its window. Says nothing: they see that it is closed."""
        route, raw = request.route, request.raw
        try:
            if request.confirmation:
                agreed = await self.stores.confirmations.take(request.confirmation, request.person)
                route, raw = self.table.by_id[agreed.route], dict(agreed.args)
            if route is not None and route.dropped is not None:
                await route.dropped(ctx, raw)
        except NotConfirmed:
            return  # it was agreed to, or was too old
        except Exception as error:  # noqa: BLE001  it ends by itself a little later
            _log.info("a closed window was not noted", error=type(error).__name__)

    async def _show(self, request: Request, placed: "PlacedRequest", answer: Answer) -> None:
        """Show the answer. What changed something is answered with what happened, later if need be: "Slack has a
        problem, try again" would have it done twice."""
        try:
            await placed.screen.answer(request.route, answer)
        except Exception as error:
            if not (request.recorded and isinstance(answer, Reply | Card | Listing) and slack_may_take_it_later(error)):
                raise
            _log.warning("answer not shown", reference=placed.ctx.reference, error=type(error).__name__)
            placed.unsaid = Unsaid(request.route, answer)

    async def _may_start(self, request: Request) -> bool:
        """Record that the work begins. False when another process does it."""
        if not request.recorded or request.incoming is None:
            return True
        return await self.stores.inbox.started(request.incoming.key)

    async def _check_company(self, request: Request) -> None:
        """Refuse what is pressed on a card of another company, whatever the button does. Raises OtherCompany."""
        board, incoming = self.deps.notifications, request.incoming
        if board is None or incoming is None or incoming.pressed_ts is None or incoming.ephemeral:
            return
        if request.where.channel:
            await board.check_press(
                request.person, request.where.channel, incoming.pressed_ts, name=incoming.pressed_name
            )

    async def _of_thread(self, request: Request, ctx: Ctx) -> Request:
        """Read a message that mentions the app in a card's thread: about the card, or a text to send, letter for
        letter."""
        incoming = request.incoming
        said = _TO_US.match(incoming.text) if incoming is not None and request.origin is Origin.MENTION else None
        if incoming is None or said is None:
            return request
        meant = await read_in_thread(ctx, await as_people_read(ctx, incoming.text[said.end() :]))
        if meant is None:
            return request
        route = self.table.by_id[meant.route]
        return replace(request, route=route, raw=meant.args, words=None, unknown=None, form=meant.form)

    async def _decide(self, request: Request, placed: "PlacedRequest") -> Request:
        agreed = await self.stores.confirmations.take(request.confirmation, request.person)
        place = CONFIRMATION_PLACE.load(agreed.place)
        if request.decision is Decision.NO:
            dropped = self.table.by_id[agreed.route].dropped
            if dropped is not None:
                await dropped(placed.ctx, agreed.args)
            return replace(request, route=_CANCELLED, raw={})
        if request.decision is Decision.EDIT:
            edit = place.edit or StoredEdit()
            route = self.table.by_id[edit.route or agreed.route]
            if request.incoming is not None and not request.incoming.in_modal:
                await self.messages.remove_pressed(request.where)
                placed.screen = LineScreen(self.tools, placed.ctx, placed.trigger)
            return replace(request, route=route, raw=dict(edit.args), form=True)
        in_modal = request.incoming is not None and request.incoming.in_modal
        if not in_modal:
            stamp = _stamp(place.yes, request.person, placed.ctx.now)
            placed.screen = LineScreen(self.tools, placed.ctx, replace=True, stamp=stamp)
        elif place.where != placed.ctx.where:
            placed.move(replace(placed.ctx, where=place.where))
        return replace(request, route=self.table.by_id[agreed.route], raw=dict(agreed.args))

    async def _compute(self, request: Request, route: Route, placed: "PlacedRequest") -> Answer:
        work = asyncio.ensure_future(self.handle(request, route, placed.ctx))
        try:
            if not await within(placed.screen.patience(), work):
                await self._say_busy(placed, route)
            return await work
        finally:
            work.cancel()

    async def _say_busy(self, placed: "PlacedRequest", route: Route) -> None:
        try:
            await placed.screen.busy(route)
        except Exception as error:
            if not slack_may_take_it_later(error):
                raise
            _log.warning("not shown that it takes a while", error=type(error).__name__)  # the work itself goes on

    async def handle(self, request: Request, route: Route, ctx: Ctx) -> Answer:
        """Parse the arguments and call the handler. Raises Doubt for what can be asked back with buttons."""
        try:
            return await self._handle(request, route, ctx)
        except NotPermitted:
            raise
        except UserError as problem:
            if ctx.origin is Origin.FORM:
                raise  # told at the field
            raise await self._with_choices(request, route, ctx, problem) from problem

    async def _with_choices(self, request: Request, route: Route, ctx: Ctx, problem: UserError) -> UserError:
        """Return the problem with buttons for what may have been meant; the likely lines only where nothing is near."""
        words, raw = request.words, request.raw
        near = await self._near_phrases(request.line, ctx) if words is not None else []
        found = await with_choices(ctx, route, words, raw, problem, others=near)
        if (isinstance(found, Doubt) and not isinstance(found, NotUnderstood)) or words is None:
            return found
        likely = await self._likely(request.line, ctx)
        return Doubt(found.text, corrected_buttons(ctx, "", likely)) if likely else found

    async def _handle(self, request: Request, route: Route, ctx: Ctx) -> Answer:
        if request.words is not None:
            request.raw = await read_words(ctx, route, request.words)
            if others := await self._first_understood(second_meanings(request.line), ctx):
                read = as_typed(request.line, route, request.raw)
                raise Doubt(say("Did you mean:"), (*corrected_buttons(ctx, "", others), read))
            longer = await self._longer_phrases(request, route, ctx)
            await check_slips(ctx, route, request.words, request.raw, longer, line=request.line)
        raw = request.raw = route.by_todays_names(request.raw)
        bare = route.always_form and not raw and ctx.origin is not Origin.FORM
        if ctx.origin is not Origin.FORM and (request.form or bare or (missing(route, raw) and route.fields)):
            return await self._form(ctx, Form(route.id, raw))
        gaps = missing(route, raw)
        if gaps:
            label = say(route.arguments[gaps[0]].label)
            raise UserError(say("{label} is missing. Start again from the command.", label=label))
        kwargs = await parse_arguments(ctx, route, raw)
        answer = await self._pass(ctx, route, raw, kwargs)
        return await self._form(ctx, answer) if isinstance(answer, Form) else answer

    async def _pass(self, ctx: Ctx, route: Route, raw: RawArgs, kwargs: dict[str, Any]) -> Answer:
        """Call the handler. What needs somebody's approval is asked for; what is not permitted can be asked for."""
        if self.deps.gate is not None:
            await self.deps.gate.check_early(ctx, None, route.id.partition(".")[0])
        desk = self.deps.approvals
        try:
            return await route.handler(ctx, **kwargs)
        except NeedsApproval as needed:
            if desk is None:
                raise UserError(say("This needs somebody's approval, and nobody can be asked here.")) from None
            if ctx.done and ctx.done[-1].slug == needed.action.slug:
                ctx.done.pop()  # it was not sent
            ctx.touched("approval", "asked", of=needed.action.slug)
            return await desk.ask(ctx, route.id, raw, needed)
        except NotPermitted as refused:
            if desk is not None and refused.action is not None and refused.least is not None:
                name = await desk.draft(ctx, route.id, raw, refused)
                refused.choices = (Button("Ask for it", ASK, {"name": name}, "primary"),)
            raise

    async def _form(self, ctx: Ctx, form: Form) -> Form:
        """Show a form, after checking the connection, so that it is not filled in for nothing. Raises NotConnected."""
        route = self.table.by_id[form.route]
        if self.deps.gate is not None:
            await self.deps.gate.check_early(ctx, route.action, route.id.partition(".")[0])
        if route.needs_connection:
            with contextlib.suppress(DialpadError):  # a token that cannot be renewed now may be when they are done
                await ctx.account.link()
        return form

    async def tell(self, request: Request, placed: "PlacedRequest", error: Exception) -> None:
        ctx, route = placed.ctx, request.route
        trouble = read_trouble(error, reference=ctx.reference, risk=route.risk if route else Risk.READ)
        if not trouble.expected:
            _log.error("request failed", reference=ctx.reference, route=route.id if route else "", exc_info=error)
        connect: Card | None = None
        try:
            if isinstance(error, NotConnected):
                connect = await self._connect_card(request, ctx, error)
            await placed.screen.trouble(route, request.raw, trouble, connect)
        except Exception:  # noqa: BLE001  logged; the request itself has ended
            _log.exception("error not shown", reference=ctx.reference)
            told = connect or Reply(trouble.text, tone="warning")
            fallback = PlacedRequest(ctx, LineScreen(self.tools, ctx))
            await self.say_safely(fallback, None, told)
            placed.unsaid = fallback.unsaid

    async def say_safely(self, placed: "PlacedRequest", route: Route | None, answer: Answer) -> None:
        """Say it, or remember that Slack did not take it and may later."""
        placed.unsaid = None
        try:
            await placed.screen.answer(route, answer)
        except Exception as error:  # noqa: BLE001  logged; the request itself has ended
            if slack_may_take_it_later(error):
                placed.unsaid = Unsaid(route, answer)
            _log.exception("nothing could be said", reference=placed.ctx.reference)

    async def say_again(self, placed: "PlacedRequest") -> None:
        """Say what Slack did not take. ``placed.unsaid`` is None afterwards unless it may be taken still later."""
        if (unsaid := placed.unsaid) is None:
            return
        if not isinstance(placed.screen, LineScreen):
            placed.screen = LineScreen(self.tools, placed.ctx)  # the window is long closed
        await self.say_safely(placed, unsaid.route, unsaid.answer)

    async def _connect_card(self, request: Request, ctx: Ctx, error: NotConnected) -> Card:
        route = request.route
        # A confirmed request is not resumed later: the person agreed to it for now.
        keeps = route is not None and route.kind is not RouteKind.CONFIRMED and request.origin is not Origin.EVENT
        if route is not None and keeps:
            words = request.words if not request.raw else None
            waiting = UnconnectedRequest(route.id, request.raw, words, request.form, request.where)
            await self.stores.remembered.save(request.person, UNCONNECTED_REQUEST.dump(waiting))
        return await connect_card(ctx, error.text if keeps else say("Connect your Dialpad account, then start again."))

    async def _unknown(self, request: Request, ctx: Ctx) -> Reply | Form:
        if request.unknown is None:
            return Reply(
                say("This button is from an older version of the bot. Start again with a command."), tone="warning"
            )
        typed = self.deps.settings.typed
        if not request.unknown:
            return Reply(
                say(
                    "Type what you want to do after {command}, for example: {example}",
                    command=typed(""),
                    example=typed("help"),
                )
            )
        said = cut(verbatim(request.line), 40)
        if is_emergency_number(digits := extension_typed(_BETWEEN.sub("", said)), region := await ctx.region()):
            lines = [f"call ext {digits}"] if await with_extension(ctx, digits) else []
            return Reply(why_no_number(said, region), tuple(corrected_buttons(ctx, "", lines)), tone="warning")
        if buttons := await self._party_buttons(request, ctx):
            return Reply(say("What would you like to do with “{said}”?", said=said), buttons)
        phrases = await self._near_phrases(request.line, ctx)
        if not phrases and (lines := await self._likely(request.line, ctx)):
            return Reply(
                say("What would you like to do with “{said}”?", said=said), tuple(corrected_buttons(ctx, "", lines))
            )
        buttons = tuple(corrected_buttons(ctx, "", await self._near_lines(request, ctx)))
        hint = say("Did you mean:") if buttons else say("What you can do here:")
        told = (say("There is no command “{word}”. ", word=said.split()[0] if said else said), hint)
        return Reply(told, buttons or help_buttons(ctx, request.line), tone="warning")

    async def _near_phrases(self, line: str, ctx: Ctx) -> list[str]:
        """Return the line with a mistyped word of a phrase or of a pattern put right, where all of it is understood
        then."""
        near = (*self.table.near_phrases(line), *near_patterns(self.table, line))
        return await self._understood(dict.fromkeys(near), ctx)

    async def _likely(self, line: str, ctx: Ctx) -> list[str]:
        """Return what a line without a command may mean; what only says that something is wanted is tried without."""
        bare = self.table.without_politeness(line)
        return await self._first_understood(chain(likely_lines(line), likely_lines(bare)), ctx)

    async def _first_understood(self, meant: Iterable[Sequence[str]], ctx: Ctx) -> list[str]:
        """Return the lines of the first thing that may be meant of which any is understood."""
        for lines in meant:
            if understood := await self._understood(lines, ctx):
                return understood
        return []

    async def _understood(self, lines: Iterable[str], ctx: Ctx) -> list[str]:
        """Return those of some lines of which all is understood, of those that mean the same the first."""
        found: dict[tuple[str, str], str] = {}
        for line in lines:
            read = self.table.read(line)
            if read is not None and (read[0].id, read[1]) not in found and await is_understood(ctx, *read):
                found[read[0].id, read[1]] = line
        return list(found.values())

    async def _longer_phrases(self, request: Request, route: Route, ctx: Ctx) -> list[str]:
        """Return the line with a phrase for the same route that is longer than what was read as one, or as a pattern of
        it: "set my status tp" is "set my status to", and "duty noor oft" is about Noor."""
        meant = [(line, self.table.read(line)) for line in self.table.near_phrases(request.line)]
        words = request.words or ""
        longer = [line for line, read in meant if read and read[0] is route and len(read[1]) < len(words)]
        if longer or not route.patterns:
            return longer
        return await self._understood(near_patterns(self.table, request.line, (route,)), ctx)

    async def _near_lines(self, request: Request, ctx: Ctx) -> list[str]:
        """Return the line with the nearest words in the place of its first: those that are understood, if any are."""
        rest = (
            request.words if request.words and len(request.words) < 1_000 else ""
        )  # a button carries 2,000 characters
        known = {word for word in self.table.by_word if word} | {phrase[0] for phrase in self.table.by_phrase}
        lines: dict[tuple[str, str], tuple[str, bool]] = {}
        near = [f"{word} {rest}".strip() for word in did_you_mean(request.unknown or "", known, most=6)]
        for line in (*self.table.near_phrases(request.line), *near_patterns(self.table, request.line), *near):
            meant = self.table.read(line)
            if meant is not None:
                understood = await is_understood(ctx, *meant)
                lines.setdefault((meant[0].id, meant[1]), (line, understood))
        sure = [line for line, understood in lines.values() if understood]
        return (sure or [line for line, _ in lines.values()])[:MOST_NEAR]

    async def _party_buttons(self, request: Request, ctx: Ctx) -> tuple[Button, ...]:
        """Return what can be done with a number, or with somebody's name, that was typed without a command."""
        words = split(request.line, await ctx.region())
        if not words:
            return ()
        if not read_number(words[0].text, await ctx.region()):
            return tuple(corrected_buttons(ctx, "", await self._lines_about(request.line, words, ctx)))
        number, rest = request.line[: words[0].end].strip(), request.line[words[0].end :].strip()
        lines = (
            [f"sms {number} {rest}"]
            if rest
            else [
                f"call {number}",
                f"sms {number}",
                f"who {number}",
            ]
        )
        return tuple(corrected_buttons(ctx, "", lines))

    async def _lines_about(self, line: str, words: Sequence[Word], ctx: Ctx) -> list[str]:
        """Return what can be typed about somebody, or about a line, whose whole name or extension was typed; none for
        any other words."""
        name = line.strip(" .,!?")
        if len(words) > LONGEST_NAME:
            return []
        try:
            if extension_words(words) == len(words) or (len(words) == 1 and is_mention(words[0].text)):
                return [f"call {name}", f"sms {name}", f"who {name}"]
            lines = await named(ctx, name, LINES, callable_only=False)
            people = await named(ctx, name, PEOPLE)
        except ChatopsError:
            return []
        if any(fold(one.name) == fold(name) for one in lines):
            return [f"oncall {name}", f"calls in {name}", f"stats {name}"]
        is_name = any(set(name_words(name)) <= set(name_words(one.name)) for one in people)
        return [f"call {name}", f"sms {name}", f"who {name}"] if is_name else []

    async def note(self, request: Request, placed: "PlacedRequest", outcome: str) -> None:
        if request.route is None:
            return
        reference, origin = placed.ctx.reference, request.origin.value
        _log.info("handled", route=request.route.id, origin=origin, outcome=outcome, reference=reference)
        ctx = placed.ctx
        self.metrics.handled(request.route.id, outcome, [step.slug for step in ctx.done if step.slug])
        lines = [
            self.stores.audit.build_line(
                request.person, action=step.slug, route=request.route.id, outcome=outcome,
                origin=request.origin.value, reference=ctx.reference, about=_about(step, ctx.account.used),
            )
            for step in _once(ctx.done) or [Step("")]
        ]  # fmt: skip
        if request.recorded:
            placed.audit.extend(lines)
        else:
            await self.write_audit(placed, lines, at_once=request.route.changes)

    async def write_audit(self, placed: "PlacedRequest", lines: Sequence[AuditLine], *, at_once: bool) -> None:
        try:
            await self.stores.audit.write(lines, at_once=at_once)
        except Exception:  # noqa: BLE001  logged; the request itself has ended
            _log.exception("audit not written", reference=placed.ctx.reference)


def _about(step: Step, used: DialpadConnection | None) -> About:
    if used is None or not step.slug:
        return About(step.object, step.details)
    own = f":{ME}"
    named = f"{step.object.removesuffix(own)}:{used.dialpad_user_id}"
    about = named if step.object.endswith(own) and used.dialpad_user_id else step.object
    return About(about, step.details, used.dialpad_user_id, used.company_id)


def _once(steps: Sequence[Step]) -> list[Step]:
    """Return each step once. What only reads is told by its action alone: a list may look up hundreds of things."""
    kept: dict[tuple[str, str, str], Step] = {}
    for step in steps:
        key = (step.slug, "", "") if step.reads else (step.slug, step.object, repr(step.details))
        kept.setdefault(key, step)
    return list(kept.values())
