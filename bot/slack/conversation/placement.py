"""Chooses where the answer to a request is shown, once, before the handler runs."""

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.contract.context import Ctx, Deps, Origin
from bot.contract.reply import Answer
from bot.contract.routing import Route, RouteTable
from bot.slack.api.messages import Trigger
from bot.slack.blockkit.blocks import Json
from bot.slack.conversation.links import LINK_SHARED, LinksScreen
from bot.slack.conversation.requests import HOME, Decision, Request
from bot.slack.conversation.screens import HomeScreen, LineScreen, ModalScreen, Screen, ScreenTools, SubmitScreen
from bot.slack.transport.payload import PayloadKind
from bot.store.audit import AuditLine


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Clocks:
    """The two clocks of a bot: ``now`` is the wall clock, aware; ``monotonic`` measures seconds."""

    now: Callable[[], datetime] = _utc_now
    monotonic: Callable[[], float] = time.monotonic


@dataclass(frozen=True)
class Unsaid:
    """An answer that Slack did not take because it was away or busy."""

    route: Route | None
    answer: Answer


@dataclass
class PlacedRequest:
    """A request with its place to answer. ``unsaid``: what Slack did not take, and is still to be said. ``audit``: what
    is written when the request is done."""

    ctx: Ctx
    screen: Screen
    trigger: Trigger | None = None
    unsaid: Unsaid | None = None
    audit: list[AuditLine] = field(default_factory=list)

    def move(self, ctx: Ctx) -> None:
        """Move the answer to where ``ctx`` says."""
        self.ctx = ctx

    def release(self) -> None:
        """Release the place: nothing more will be shown there."""


@dataclass
class Submitted(PlacedRequest):
    """A submitted modal: its acknowledgement waits for ``first``."""

    first: "asyncio.Future[Json] | None" = None

    @property
    def inner(self) -> SubmitScreen:
        assert isinstance(self.screen, SubmitScreen)  # noqa: S101  made that way
        return self.screen

    def move(self, ctx: Ctx) -> None:
        self.ctx = ctx
        self.inner.move(ctx)

    def release(self) -> None:
        if self.first is not None and not self.first.done():
            self.first.set_result({})


@dataclass
class Placement:
    """Chooses the screen of a request and makes its context."""

    table: RouteTable
    deps: Deps
    tools: ScreenTools
    clocks: Clocks

    def build_ctx(self, request: Request) -> Ctx:
        return Ctx(
            person=request.person, where=request.where, origin=request.origin, deps=self.deps, now=self.clocks.now(),
            reference=secrets.token_hex(4), account=self.deps.accounts.of(request.person),
        )  # fmt: skip

    def choose(self, request: Request) -> "PlacedRequest":
        ctx, incoming = self.build_ctx(request), request.incoming
        trigger = None
        if incoming is not None and incoming.trigger_id:
            trigger = Trigger(incoming.trigger_id, self.clocks.monotonic, patience=self.tools.patience.trigger)
        screen: Screen
        if incoming is None:
            screen = LineScreen(self.tools, ctx)
        elif incoming.kind is PayloadKind.EVENT and incoming.action_id == LINK_SHARED:
            screen = LinksScreen(self.tools, ctx, incoming.event)
        elif incoming.kind is PayloadKind.EVENT and request.origin is Origin.EVENT:
            screen = HomeScreen(self.tools, ctx, hash_=(incoming.event.get("view") or {}).get("hash"))
        elif incoming.in_modal and incoming.view is not None:
            screen = self._choose_in_modal(request, ctx, incoming.view, trigger)
        elif incoming.in_home and self._is_homes_own(request.route):
            screen = HomeScreen(self.tools, ctx)
        elif incoming.in_home or (incoming.kind is PayloadKind.SHORTCUT and not ctx.where.channel):
            screen = ModalScreen(self.tools, ctx, trigger)
        else:
            in_place = request.decision is Decision.NO or (
                request.again and (incoming.ephemeral or ctx.where.is_direct)
            )
            screen = LineScreen(self.tools, ctx, trigger, replace=in_place)
        return PlacedRequest(ctx, screen, trigger)

    def _is_homes_own(self, route: Route | None) -> bool:
        """Tell whether the handler belongs to the Home tab, like its refresh button, so that the answer is the tab
        itself."""
        home = self.table.by_event.get(HOME)
        return home is not None and route is not None and route.id.partition(".")[0] == home.id.partition(".")[0]

    def _choose_in_modal(self, request: Request, ctx: Ctx, view: Json, trigger: Trigger | None) -> ModalScreen:
        stays = request.again or request.form or request.decision is not None or trigger is None
        below = view.get("previous_view_id")
        third = below is not None and below != view.get("root_view_id")  # Slack stacks no fourth
        return ModalScreen(self.tools, ctx, trigger, view_id=str(view["id"]), push=not stays and not third)

    def take_submit(self, request: Request, first: "asyncio.Future[Json] | None") -> "Submitted":
        ctx = self.build_ctx(request)
        view = (request.incoming.view if request.incoming else None) or {"id": ""}
        return Submitted(ctx, SubmitScreen(self.tools, ctx, view, first), first=first)
