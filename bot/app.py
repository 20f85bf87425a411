"""The composition root: settings → clients → Deps → Slack → web. The only file that builds things."""

import asyncio
import contextlib
import gc
import logging
import math
import os
import socket
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import aiohttp
import structlog
from pydantic import SecretStr
from slack_bolt.app.async_app import AsyncApp
from starlette.routing import BaseRoute

from bot.basics.errors import ChatopsError
from bot.basics.language import speak
from bot.basics.logs import set_up_logging
from bot.basics.metrics import Metrics
from bot.basics.person import PersonKey
from bot.basics.settings import Settings
from bot.cards.welcome import welcome
from bot.chores import Chores
from bot.connect.connector import Connected, Connector
from bot.connect.pages import connect_routes
from bot.contract.context import Deps
from bot.contract.reader_languages import ReaderLanguages
from bot.contract.roles_file import read_roles_file
from bot.contract.routing import RouteTable, build_table
from bot.dialpad.accounts import Accounts
from bot.dialpad.client import DialpadClient, Http
from bot.dialpad.directory import Directory
from bot.dialpad.downloads import DialpadDownloads
from bot.dialpad.oauth import DialpadOAuth
from bot.dialpad.pacer import Pacer
from bot.door import AsgiApp
from bot.homes_at_start import draw_homes_at_start
from bot.notices import Notices
from bot.notifications.alerts import LineAlerts
from bot.notifications.backfill import ReadBack
from bot.notifications.boards import Boards
from bot.notifications.cockpit import LineCockpit
from bot.notifications.digests import Digests
from bot.notifications.disconnecting import CompanyConnections, Disconnector
from bot.notifications.escalation import Escalations
from bot.notifications.handovers import Handovers
from bot.notifications.hooks import DialpadHooks, choose_kind
from bot.notifications.intake import Deliver, Intake
from bot.notifications.known_hooks import KnownHooks
from bot.notifications.line_hours import LineHours
from bot.notifications.listening import Listening
from bot.notifications.pictures import Pictures
from bot.notifications.posted_cards import PostedCardRenderer
from bot.notifications.poster import DueChore, Poster
from bot.notifications.removals import RemovalsAtDialpad
from bot.notifications.routing import EventRouter
from bot.notifications.service import NotificationService
from bot.notifications.taking_over import TakeOvers
from bot.notifications.webhook import build_hook_route
from bot.readiness import Probe, Readiness, StoreProbes, free_bytes, probe_said
from bot.replicas import Replicas
from bot.server import StoppedEarly, open_socket, serve, stopped_while_starting, take_sockets
from bot.setup_check import problems_of
from bot.slack.api.channel_messages import ChannelMessages
from bot.slack.api.duty_marks import DutyMarks
from bot.slack.api.files import SlackFiles
from bot.slack.api.manifest import SCOPES
from bot.slack.api.message_links import Permalinks
from bot.slack.api.messages import Clients, ResponseUrls, SlackMessages
from bot.slack.api.pace import build_pace
from bot.slack.api.people import SlackPeople
from bot.slack.api.web_client import OneWorkspace, build_web_client, open_session
from bot.slack.api.workspaces import Workspaces
from bot.slack.conversation.approving import Approving
from bot.slack.conversation.dispatch import Clocks, Dispatcher, Stores
from bot.slack.conversation.permissions import Permissions, words_with_rules
from bot.slack.conversation.progress import ProgressMessages
from bot.slack.transport.http import SlackHttp
from bot.slack.transport.listeners import build_bolt
from bot.slack.transport.socket import build_socket
from bot.slack.transport.team_access import TeamAccess
from bot.slack.transport.uninstalls import OneInstallation
from bot.store.backlog import read_backlog
from bot.store.channels import Channels
from bot.store.database import build_url, sqlite_file
from bot.store.durable_later import DurableLater
from bot.store.in_use import in_use
from bot.store.installations import Guests
from bot.store.keys import KeyProblem
from bot.store.open_homes import OpenHomes
from bot.store.schema import Clock
from bot.store.store import Store, read_clock, read_keyring
from bot.store.table_rules import Retention
from bot.telemetry import build_telemetry
from bot.web import Insiders, build_web
from handlers import all_routers

if TYPE_CHECKING:
    from bot.slack.transport.install import Installs

log = structlog.get_logger(__name__)

COUNT_WITHIN_S = 3
"""Prometheus waits ten seconds for a scrape."""


class Misconfigured(ChatopsError):
    """Settings are missing; the message says which to set."""


def build_routes() -> RouteTable:
    """Build the table of every declared route. Raises Clash."""
    return build_table(all_routers())


async def open_store(settings: Settings, *, check_keys: bool = True, now: Clock = read_clock) -> Store:
    """Open the store and migrate its tables. Raises DatabaseProblem or KeyProblem."""
    keys = settings.encryption_keys.get_secret_value() if settings.encryption_keys else None
    retention = Retention(
        calls=timedelta(days=settings.keep_calls_days),
        texts=timedelta(days=settings.keep_texts_days),
        audit=timedelta(days=settings.keep_audit_days),
    )
    store = await Store.open(settings.database_url, read_keyring(settings.database_url, keys), now, retention)
    try:
        await store.migrate()
    except KeyProblem:
        if check_keys:
            await store.aclose()
            raise
    except BaseException:
        await store.aclose()
        raise
    return store


def check(settings: Settings) -> None:
    """Check that the settings Slack needs are there. Raises Misconfigured, which says what to set."""
    if problems := [one.said for one in problems_of(settings)]:
        raise Misconfigured(" ".join([*problems, "Just want to try it? Run make demo"]))


@dataclass(frozen=True)
class Bot:
    """The running bot without the web server. ``web`` is the ASGI app to serve."""

    settings: Settings
    store: Store
    dispatcher: Dispatcher
    bolt: AsyncApp
    web: AsgiApp
    intake: Intake
    hooks: DialpadHooks
    poster: Poster
    later: DurableLater
    replicas: Replicas
    closing: contextlib.AsyncExitStack

    @classmethod
    async def start(
        cls,
        settings: Settings,
        *,
        deliver: Deliver | None = None,
        now: Clock = read_clock,
    ) -> "Bot":
        """Build, connect, and resume what an earlier process left undone. Raises ChatopsError for bad settings.

        ``deliver`` handles events from Dialpad; by default they become cards for those who subscribed.
        Call ``catch_up`` when ``now`` made a jump.
        """
        check(settings)
        speak(settings.channel_language)  # what runs for nobody in particular is for channels
        async with contextlib.AsyncExitStack() as closing:
            await closing.enter_async_context(in_use(build_url(settings.database_url)))
            store = await open_store(settings, now=now)
            closing.push_async_callback(store.aclose)
            telemetry = build_telemetry(
                os.environ, slack_url=settings.slack_api_url, dialpad_url=settings.dialpad_base_url
            )
            if telemetry is not None:
                closing.push_async_callback(telemetry.aclose)
            metrics = Metrics(telemetry)
            session = open_session(metrics.slack_answered)
            closing.push_async_callback(session.close)
            http = Http()
            closing.push_async_callback(http.aclose)
            outside = Http(public_only=True)
            closing.push_async_callback(outside.aclose)
            downloads = DialpadDownloads(http, settings.dialpad_base_url, outside)
            slack = build_web_client(settings, session, _secret(settings.slack_bot_token) or None)
            installs = await _prepare_installs(settings, store, session)
            clients = installs or OneWorkspace(slack)
            parts = _build_parts(settings, store, metrics, http, downloads, clients, session, deliver)
            replicas = await _start_work(parts, closing)
            access = _build_team_access(parts, clients, installs)
            closing.push_async_callback(access.aclose)
            bolt = build_bolt(
                parts.dispatcher,
                installs=installs,
                installed=OneInstallation(slack),
                leaves=parts.disconnector,
                guests=Guests(store.context),
                channels=Channels(store.context),
                access=access,
            )
            probes = _build_probes(parts)
            silent_s: Callable[[], float] | None = None
            if settings.slack_app_token:
                socket = build_socket(bolt, settings.slack_app_token.get_secret_value(), slack, session)
                await socket.start()
                closing.push_async_callback(socket.aclose)
                silent_s = lambda: socket.silent_s  # noqa: E731  one line for one property
                again = "It is connected again by itself. Check SLACK_APP_TOKEN and the network if it lasts."
                probes.append(probe_said("slack socket", lambda: socket.problem, again, blocks=True))
            look = partial(_count, parts.store, metrics, silent_s)
            if telemetry is not None:
                await closing.enter_async_context(telemetry.exporting(metrics.registry, look))
            web = _build_web(settings, parts, bolt, probes, installs.routes if installs else [], look)
            await replicas.begin()
            closing.push_async_callback(replicas.retire)
            return cls(settings, store, parts.dispatcher, bolt, web, parts.intake, parts.hooks, parts.poster,
                parts.later, replicas, closing.pop_all(),
            )  # fmt: skip
        raise AssertionError("unreachable")

    async def catch_up(self) -> None:
        """Run what has come due since the clock was put forward."""
        self.later.look()
        self.poster.wake()

    async def aclose(self) -> None:
        """Stop receiving, finish what is under way, then close in the opposite order of building."""
        await self.closing.aclose()


@dataclass(frozen=True)
class _Parts:
    store: Store
    client: DialpadClient
    dispatcher: Dispatcher
    connector: Connector
    later: DurableLater
    directory: Directory
    intake: Intake
    listening: Listening
    hooks: DialpadHooks
    removals: RemovalsAtDialpad
    disconnector: Disconnector
    poster: Poster
    replicas: Replicas
    workspaces: Workspaces
    take_overs: TakeOvers
    cockpit: LineCockpit
    homes: OpenHomes


def _build_team_access(parts: _Parts, clients: Clients, installs: "Installs | None") -> TeamAccess:
    async def leave_workspace(team_id: str) -> None:
        if installs is None or not await installs.reaches(team_id):
            await parts.disconnector.leave_workspace(team_id)

    return TeamAccess(clients, parts.workspaces, parts.disconnector, leave_workspace)


def _build_parts(
    settings: Settings,
    store: Store,
    metrics: Metrics,
    http: Http,
    downloads: DialpadDownloads,
    clients: Clients,
    session: aiohttp.ClientSession,
    deliver: Deliver | None,
) -> _Parts:
    table = build_routes()
    workspaces = Workspaces(clients, time.monotonic)
    people = SlackPeople(clients, time.monotonic, workspaces)
    languages = ReaderLanguages(people, settings.channel_language)
    notices = Notices(store, languages)
    book = None if store.processes.alone else store.request_turns
    pacer = Pacer(book)
    client = DialpadClient(settings.dialpad_base_url, http=http, pacer=pacer, answered=metrics.dialpad_answered)
    oauth = _build_oauth(settings, http, store.now)
    accounts = Accounts(
        client,
        store.connections,
        oauth=oauth,
        clock=store.now,
        lock=None if store.processes.alone else partial(_renewing, store),
        on_broken=notices.connection_broken,
    )
    take_overs = TakeOvers(store, accounts)
    later = DurableLater(store, notices.run_later, notices.later_given_up)
    directory = Directory(
        store.directory, accounts, region=settings.region, region_first="region" in settings.model_fields_set
    )
    marks = DutyMarks(clients, time.monotonic, workspaces)
    channel_messages = ChannelMessages(clients, settings.region, people, marks.groups)
    escalations = Escalations(store, accounts, directory, people, marks, languages=languages)
    digests = Digests(store, LineHours(accounts, directory))
    handovers = Handovers(store, accounts, directory, people, marks, languages)

    async def take_over() -> None:
        await later.resume()
        intake.look()
        await dispatcher.resume_unfinished()
        await directory.resume()
        poster.wake()

    async def look() -> None:
        await listening.look()  # built below

    replicas = Replicas(store.processes, take_over=take_over, look=look)
    boards = Boards(store)
    cockpit, alerts = LineCockpit(store, accounts, boards), LineAlerts(store, boards)
    chores = [
        DueChore(replicas.led(escalations.run_due), lambda agenda: agenda.escalation),
        DueChore(replicas.led(digests.run_due), lambda agenda: agenda.digest),
        DueChore(replicas.led(handovers.run_due), lambda agenda: agenda.roster),
        DueChore(replicas.led(store.histories.redraw_stale), lambda agenda: agenda.item),
        DueChore(replicas.led(store.postings.redraw_timed), lambda agenda: agenda.answer),
        DueChore(replicas.led(alerts.run_due), lambda agenda: agenda.alert),
    ]
    poster = Poster(
        store,
        channel_messages,
        PostedCardRenderer(store, accounts, directory, boards),
        chores,
        languages=languages,
        pace=build_pace(book, time.monotonic),
    )
    files = SlackFiles(clients, session)
    pictures = Pictures(store, accounts, downloads, files)
    intake = Intake(
        store, deliver or EventRouter(store, accounts, poster.wake, pictures, directory), spans=metrics.spans
    )
    listening = Listening(
        accounts=accounts,
        store=store,
        intake=intake,
        read_back=ReadBack(accounts, store, intake),
        session=session,
    )
    removals = RemovalsAtDialpad(
        accounts=accounts,
        removals=store.removals,
        oauth=oauth,
        now=store.now,
        public_url=settings.public_url,
        tell=notices.tell_in_words,
    )
    hooks = DialpadHooks(
        accounts=accounts,
        hooks=store.hooks,
        listener=listening,
        kind=choose_kind(settings.public_url, settings.dialpad_base_url),
        public_url=settings.public_url,
        left=removals,
        processes=store.processes,
    )
    notifications = NotificationService(
        store,
        channel_messages,
        marks,
        poster.wake,
        hooks.ensure,
        digests,
        hooks.hear_channels,
        hooks.leave_channels,
        channel_language=settings.channel_language,
    )
    disconnector = Disconnector(
        store=store,
        accounts=accounts,
        hooks=hooks,
        removals=removals,
        subscriptions_gone=notifications.ended_with_owner,
        moved=notices.moved,
        take_overs=take_overs,
    )
    connector = Connector(
        accounts=accounts,
        oauth=oauth,
        connections=CompanyConnections(store.connections, disconnector),
        connect_links=store.connect_links,
        states=store.oauth_states,
        people=people,
        disconnector=disconnector,
        base_url=settings.base_url,
        typed=settings.typed,
        now=store.now,
        requests=store.connection_requests,
        connected_elsewhere=store.removals.connected_elsewhere,
        tell=notices.tell,
        after_key=notices.connected,
        languages=languages,
    )
    gate = _build_gate(settings, store, table, marks)
    deps = Deps(
        settings=settings,
        accounts=accounts,
        connections=connector,
        directory=directory,
        later=later,
        people=people,
        preferences=store.preferences,
        routes=table,
        files=files,
        downloads=downloads,
        links=Permalinks(clients),
        notifications=notifications,
        gate=gate,
        audit=store.audit,
        bulk=store.bulk,
        messages=ProgressMessages(channel_messages),
        approvals=Approving(store.approvals, gate, channel_messages, table, languages, settings.region),
        cockpit=cockpit,
    )
    stores = Stores(store.inbox, store.confirmations, store.remembered, store.audit)
    messages = SlackMessages(clients, ResponseUrls(session, time.monotonic), book)
    homes = OpenHomes(store.context, store.preferences, store.processes)
    dispatcher = Dispatcher(table, deps, stores, messages, clocks=Clocks(store.now), metrics=metrics, other_homes=homes)
    notices.dispatcher = dispatcher
    return _Parts(
        store, client, dispatcher, connector, later, directory, intake, listening, hooks, removals,
        disconnector, poster, replicas, workspaces, take_overs, cockpit, homes,
    )  # fmt: skip


def _build_gate(settings: Settings, store: Store, table: RouteTable, marks: DutyMarks) -> Permissions:
    """Build what decides who may do what. Raises BadRolesFile."""
    fixed = read_roles_file(settings.roles_file, words_with_rules(table)) if settings.roles_file else None
    return Permissions(store.role_policies, marks, time.monotonic, fixed=fixed, file=settings.roles_file or "")


def _renewing(store: Store, person: PersonKey) -> contextlib.AbstractAsyncContextManager[None]:
    """Be the only process that renews this person's token."""
    return store.processes.holding(f"renewal:{person.team_id}:{person.user_id}")


async def _start_work(parts: _Parts, closing: contextlib.AsyncExitStack) -> Replicas:
    replicas = parts.replicas
    await replicas.join()
    closing.push_async_callback(replicas.leave)
    closing.push_async_callback(parts.directory.aclose)
    closing.push_async_callback(parts.later.drain)
    closing.push_async_callback(parts.intake.drain)
    closing.push_async_callback(parts.dispatcher.aclose)
    closing.push_async_callback(parts.poster.aclose)
    parts.later.start()
    parts.poster.start()
    parts.intake.start()
    closing.push_async_callback(parts.listening.aclose)
    await parts.listening.start()
    closing.push_async_callback(parts.disconnector.aclose)
    closing.push_async_callback(parts.cockpit.aclose)
    closing.callback(asyncio.create_task(parts.dispatcher.watch_homes(parts.cockpit.marks)).cancel)
    drawing = draw_homes_at_start(parts.homes, replicas, parts.dispatcher.show_home)
    closing.callback(asyncio.create_task(drawing).cancel)
    chores = Chores(parts.store, parts.hooks, parts.removals, parts.take_overs, replicas)
    for chore in chores.all():
        closing.callback(asyncio.create_task(chore).cancel)
    return replicas


async def _prepare_installs(settings: Settings, store: Store, session: aiohttp.ClientSession) -> "Installs | None":
    """Prepare an app that several workspaces install; None when the settings have the token of one workspace."""
    if settings.slack_bot_token:
        return None
    # Imported here: it brings SQLAlchemy's object mapper, and most bots are installed in one workspace.
    from bot.slack.transport.install import Installs  # noqa: PLC0415

    installs = Installs(settings, session, store.context, [need.name for need in SCOPES])
    await installs.prepare()
    return installs


def _build_web(
    settings: Settings,
    parts: _Parts,
    bolt: AsyncApp,
    probes: list[Probe],
    install_routes: list[BaseRoute],
    look: Callable[[], Awaitable[None]],
) -> AsgiApp:
    secret = _secret(settings.slack_signing_secret)
    https = settings.base_url.startswith("https://")

    async def connected(done: Connected) -> None:
        await parts.dispatcher.tell(done.person, welcome(done.dialpad_name, settings.command))
        await parts.dispatcher.connected(done.person)

    return build_web(
        slack_events=SlackHttp(bolt, secret, clock=lambda: parts.store.now().timestamp()).events if secret else None,
        others=[
            *connect_routes(parts.connector, connected, https=https),
            *install_routes,
            build_hook_route(KnownHooks(parts.store.hooks.get).find, parts.intake.receive),
        ],
        readiness=Readiness(probes, parts.store.now),
        metrics=parts.dispatcher.metrics,
        insiders=Insiders.of(settings),
        look=look,
        https=https,
    )


def _build_oauth(settings: Settings, http: Http, now: Clock) -> DialpadOAuth | None:
    if not settings.dialpad_client_id or not settings.dialpad_client_secret:
        return None
    return DialpadOAuth(
        settings.dialpad_client_id,
        settings.dialpad_client_secret,
        settings.dialpad_base_url,
        f"{settings.base_url}/connect/callback",
        settings.dialpad_scopes,
        http=http,
        clock=now,
    )


def _secret(value: SecretStr | None) -> str:
    return value.get_secret_value() if value else ""


def _build_probes(parts: _Parts) -> list[Probe]:
    """Build what ``/readyz`` looks at, without Slack. Dialpad blocks nothing: without it the bot still takes in what
    comes and answers people, and another process would not reach it either."""
    reach, listening = parts.client.reachability, parts.listening
    return [
        *StoreProbes(parts.store, lambda: reach.problem).all(),
        probe_said("dialpad", lambda: reach.problem, "See Dialpad's status page; nothing is lost.", blocks=False),
        probe_said(
            "dialpad events", lambda: listening.problem, "It is opened again by itself, and read back.", blocks=False
        ),
    ]


async def _count(store: Store, metrics: Metrics, silent_s: Callable[[], float] | None) -> None:
    """Count for the metrics what waits; when the database fails, all is NaN and the other metrics still appear."""
    metrics.socket(silent_s() if silent_s else math.nan)
    counts = ages = free = None
    began = time.monotonic()
    try:
        async with asyncio.timeout(COUNT_WITHIN_S):
            free = await free_bytes(store)
            counts, ages = await store.events.counts(), await read_backlog(store.context)
    except Exception as problem:  # noqa: BLE001  each driver has its own, and unknown is what all of them mean
        log.info("events not counted", error=type(problem).__name__)

    def age(moment: datetime | None) -> float:
        return max(0.0, (store.now() - moment).total_seconds()) if moment else 0.0

    metrics.disk(math.nan if free is None else free)
    metrics.database(math.nan if ages is None else time.monotonic() - began)
    if counts is None or ages is None:
        metrics.events(math.nan, math.nan, math.nan)
        metrics.late(dict.fromkeys(("post", "escalation", "timed", "asked"), math.nan))
        return
    metrics.events(counts.waiting, counts.parked, age(counts.oldest))
    due = {"post": ages.post, "escalation": ages.escalation, "timed": ages.timed, "asked": ages.asked}
    metrics.late({kind: age(moment) for kind, moment in due.items()})


async def run_bot(settings: Settings, fd: int | None = None) -> None:
    """Run until SIGTERM or Ctrl+C, then finish what was acknowledged. ``fd``: a socket that listens already. Raises
    ChatopsError when it cannot start."""
    set_up_logging(settings.log_format, level=logging.getLevelNamesMapping()[settings.log_level.upper()])
    sockets = take_sockets(fd, os.environ)
    try:
        with stopped_while_starting():
            bot = await Bot.start(settings)
    except StoppedEarly:
        log.info("stopped before it was ready")
        return
    try:
        # Opened only now: on SQLite the bot before this one may have held its ports until a moment ago.
        sockets = sockets or [open_socket(settings.host, settings.port)]
        if settings.metrics_port is not None:
            sockets = [*sockets, open_socket(settings.host, settings.metrics_port)]
        # What is there now stays until the bot stops: looking through it repeatedly makes the slowest answers slow.
        gc.freeze()
        gc.enable()
        log.info(say_ready(settings, sockets))
        await serve(bot.web, settings.host, settings.port, sockets)
    finally:
        await bot.aclose()


def say_ready(settings: Settings, sockets: Sequence[socket.socket]) -> str:
    """Say what the bot is connected to and where it listens."""
    slack = "in Socket Mode" if settings.slack_app_token else f"over HTTP at {settings.base_url}"
    url = build_url(settings.database_url)
    file = sqlite_file(url)
    database = f"SQLite in {file}" if file else f"Postgres {url.database} at {url.host or 'this machine'}"
    places = [one.getsockname() for one in sockets]
    where = " and ".join(f"{place[0]}:{place[1]}" if isinstance(place, tuple) else str(place) for place in places)
    return f"Ready. Slack {slack}, Dialpad at {settings.dialpad_base_url}, {database}. Listening on {where}."
