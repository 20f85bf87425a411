"""The demo: an embedded Slack with its page, an embedded Dialpad, and the bot itself between them, on one port.

The bot is the same that ``run`` starts; it is told by settings where its Slack and its Dialpad are.
"""

import asyncio
import contextlib
import signal
import sys
import tempfile
import webbrowser
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.app import Bot, build_routes
from bot.basics.logs import set_up_logging
from bot.basics.person import PersonKey
from bot.basics.settings import COMMAND, Settings
from bot.dialpad.connection import DialpadConnection
from bot.notifications.intake import Deliver
from bot.sandbox.cast import CONNECTED_AT_START, PRIYA, TEAM_ID, TRIAL, Person
from bot.sandbox.clock import SandboxClock
from bot.sandbox.dialpad import DialpadSandbox, OAuthApp
from bot.sandbox.dialpad.blobs import BLOB_PATHS
from bot.sandbox.serving import ASGI, by_bearer, by_path, listen, serving
from bot.sandbox.slack import SlackSandbox
from bot.slack.api.manifest import build_manifest

OAUTH_SCOPES = (
    "offline_access", "calls:list", "message_content_export", "recordings_export", "change_log", "fax_message",
    "ai_recap", "conference:read", "conference:all", "agent_groups:read", "digital_sessions",
)  # fmt: skip

BOT_PATHS = ("/slack/", "/connect/", "/dialpad/", "/healthz", "/readyz", "/metrics")
DIALPAD_PATHS = ("/api/v2/", "/oauth2/", "/phone/", "/events/", *BLOB_PATHS)


@dataclass(frozen=True, repr=False)  # all there is would be in it, and asyncio asks for it at every turn of a test
class Demo:
    """The running demo: Slack, Dialpad and the bot, on one ``clock``. ``url`` is the page; ``trial`` a second company
    at the same Dialpad, where one was asked for."""

    url: str
    slack: SlackSandbox
    dialpad: DialpadSandbox
    bot: Bot
    clock: SandboxClock
    trial: DialpadSandbox | None = None


@contextlib.asynccontextmanager
async def running_demo(
    *,
    port: int = 0,
    over_http: bool = False,
    event_socket: bool = False,
    database: Path | None = None,
    deliver: Deliver | None = None,
    rings_out: bool = False,
    clock: SandboxClock | None = None,
    command: str = COMMAND,
    by_oauth: bool = False,
    outside: Callable[[SlackSandbox, DialpadSandbox], None] | None = None,
    trial: bool = False,
    changed: Mapping[str, Any] | None = None,
) -> AsyncIterator[Demo]:
    """Start all three on one loopback port (0: any free one), stop them in order when the block ends.

    ``over_http`` is about Slack; with ``event_socket`` Dialpad's events come over a websocket instead of webhooks.
    ``deliver`` as in ``Bot.start``. With ``rings_out`` a call that nobody answers is missed after
    its ring time. ``clock`` goes on from one demo to the next. ``command`` is the root slash command. ``by_oauth``
    (with ``over_http``): the app is installed at ``/slack/install``, by whoever goes there. ``outside`` puts into Slack
    and Dialpad, before the bot starts, what they knew when ``database`` was written; then nobody is connected anew.
    With ``trial`` there is a second company at Dialpad, in which nobody is connected yet. ``changed``: settings by name
    that are other than the demo's.
    """
    bound = listen(port)
    url = f"http://localhost:{bound.getsockname()[1]}"
    clock = clock or SandboxClock()
    manifest = build_manifest(build_routes(), command=command, public_url=url if over_http else None)
    slack = SlackSandbox(manifest=manifest, base_url=url, now=clock.unix)
    app = OAuthApp("northlight-chatops", "sandbox-client-secret", (f"{url}/connect/callback",), OAUTH_SCOPES)
    dialpad = DialpadSandbox(
        oauth_app=app,
        now=clock.now,
        later=clock.later if rings_out else None,
        let_pass=clock.forward,
        base_url=url,
    )
    if outside is not None:
        outside(slack, dialpad)
    second = DialpadSandbox(oauth_app=app, now=clock.now, base_url=url, company=TRIAL) if trial else None
    at_dialpad: ASGI = dialpad.app if second is None else by_bearer(second.tokens.knows, second.app, dialpad.app)
    parts: dict[str, ASGI] = dict.fromkeys(DIALPAD_PATHS, at_dialpad)
    with tempfile.TemporaryDirectory(prefix="dialpad-chatops-") as folder:
        async with serving(by_path(parts, slack.app), bound):
            file = database or Path(folder) / "demo.db"
            settings = demo_settings(url, file, app, over_http=over_http, command=command)
            settings = _set_up(settings, by_oauth=by_oauth, port=bound.getsockname()[1] if event_socket else None)
            settings = settings.model_copy(update=dict(changed or {}))
            bot = await Bot.start(settings, deliver=deliver, now=clock.now)
            catching_up: set[asyncio.Task[None]] = set()

            def time_passed() -> None:
                slack.tick()
                task = asyncio.create_task(bot.catch_up())
                catching_up.add(task)
                task.add_done_callback(catching_up.discard)

            clock.on_forward.append(time_passed)
            slack.on_locale.append(lambda user: bot.dispatcher.deps.people.look_again(PersonKey(TEAM_ID, user)))
            try:
                parts.update(dict.fromkeys(BOT_PATHS, bot.web))
                for person in CONNECTED_AT_START if outside is None else ():
                    await connect(bot, dialpad, person)
                if over_http:
                    slack.deliver_to(f"{url}/slack/events")
                else:
                    await slack.sockets.until_connected()
                yield Demo(url, slack, dialpad, bot, clock, second)
            finally:
                clock.on_forward.remove(time_passed)
                await asyncio.gather(*catching_up, return_exceptions=True)
                for one in (dialpad, second):
                    if one is not None:
                        one.close()
                await bot.aclose()
                for one in (dialpad, second):
                    if one is not None:
                        await one.delivery.aclose()
                await slack.aclose()


def _set_up(settings: Settings, *, by_oauth: bool, port: int | None) -> Settings:
    """Return the settings for another way of installing, or of receiving events: with ``port`` by a websocket."""
    if by_oauth:
        installing = {"slack_client_id": "1.2", "slack_client_secret": SecretStr("sandbox-slack-secret")}
        settings = settings.model_copy(update={"slack_bot_token": None, **installing})
    return settings if port is None else settings.model_copy(update={"public_url": None, "port": port})


def demo_settings(url: str, database: Path, app: OAuthApp, *, over_http: bool, command: str = COMMAND) -> Settings:
    """Build the settings a person would put into the environment, with the sandboxes' addresses."""
    return Settings(
        _env_file=None,
        slack_bot_token=SecretStr("xoxb-sandbox"),
        slack_app_token=None if over_http else SecretStr("xapp-sandbox"),
        slack_signing_secret=SecretStr("sandbox-signing-secret"),
        slack_client_id=None,
        slack_client_secret=None,
        slack_api_url=f"{url}/api/",
        dialpad_base_url=url,
        dialpad_client_id=app.client_id,
        dialpad_client_secret=SecretStr(app.client_secret),
        dialpad_scopes=OAUTH_SCOPES,
        database_url=f"sqlite:///{database}",
        encryption_keys=None,
        PUBLIC_URL=url,
        command=command,
    )


async def connect(bot: Bot, dialpad: DialpadSandbox, person: Person, *, scopes: tuple[str, ...] = OAUTH_SCOPES) -> None:
    """Store a connection as it would be after this person signed in at Dialpad."""
    if person.slack_id is None or person.dialpad_id is None:
        return
    tokens = dialpad.issue_token(person, scopes=scopes)
    now = bot.store.now()
    await bot.store.connections.save(
        PersonKey(TEAM_ID, person.slack_id),
        DialpadConnection(
            kind="oauth",
            access_token=SecretStr(tokens["access_token"]),
            refresh_token=SecretStr(tokens["refresh_token"]),
            expires_at=now + timedelta(seconds=tokens["expires_in"]),
            scopes=scopes,
            dialpad_user_id=str(person.dialpad_id),
            dialpad_name=person.name,
            company_id=str(dialpad.state.company_id),
            is_company_key=False,
            broken=False,
            connected_at=now,
        ),
    )


async def subscribe_support(demo: Demo) -> None:
    """Subscribe #support as an admin would on the first day, so that the phone panel has something to show there."""
    priya = demo.slack.person(PRIYA.slack_id or "")
    for typed in (
        'ringing missed voicemail sms for "Support" escalate 5 group @support-oncall supervisor @sam',
        'handover for "Support" keep @support-oncall topic',
    ):
        await priya.command("#support", demo.bot.settings.typed(f"notify {typed}"))
        await demo.bot.dispatcher.idle()
        if priya.modal is not None:
            await priya.submit(priya.modal)
            await demo.bot.dispatcher.idle()
    for answer in priya.ephemerals("#support"):
        priya.dismiss(answer["ts"])


async def run_demo(*, port: int, open_browser: bool, over_http: bool) -> None:
    """Run the demo until interrupted."""
    set_up_logging("console")
    try:
        async with running_demo(port=port, over_http=over_http, rings_out=True) as demo:
            await subscribe_support(demo)
            typed = demo.bot.settings.typed
            stop = interrupted()
            _say(
                f"\n  Your team's phones, run from Slack: {demo.url}\n\n"
                f"  You are Ana, a support agent. Try {typed('')}, {typed('dnd on for 30m')}, "
                f"{typed('sms Jordan Lee I am on my way')}.\n"
                "  Ring the Support line from the panel on the right, and watch #support.\n"
                "  Switch to Noor to connect a fresh account. Ctrl+C ends it; nothing is kept.\n"
            )
            if open_browser:
                await asyncio.to_thread(webbrowser.open, demo.url)
            await stop.wait()
    except OSError as error:
        if error.errno is None or "in use" not in str(error):
            raise
        _say(f'Port {port} is taken. Choose another: make demo ARGS="--port {port + 1}"')
        raise SystemExit(2) from None


async def serve_dialpad(port: int) -> None:
    """Serve the embedded Dialpad alone, until interrupted."""
    set_up_logging("console")
    bound = listen(port)
    url = f"http://localhost:{bound.getsockname()[1]}"
    async with serving(DialpadSandbox(base_url=url).app, bound):
        stop = interrupted()
        _say(f"Dialpad answers at {url}. Bearer tokens: sandbox-ana, sandbox-sam, sandbox-priya, sandbox-company-key.")
        await stop.wait()


async def serve_slack(port: int, events_url: str | None) -> None:
    """Serve the embedded Slack alone, until interrupted."""
    set_up_logging("console")
    bound = listen(port)
    url = f"http://localhost:{bound.getsockname()[1]}"
    slack = SlackSandbox(manifest=build_manifest(build_routes(), public_url=events_url), base_url=url)
    slack.deliver_to(events_url)
    async with serving(slack.app, bound):
        stop = interrupted()
        _say(
            f"Slack answers at {url}. "
            f"SLACK_API_URL={url}/api/ SLACK_BOT_TOKEN=xoxb-sandbox SLACK_APP_TOKEN=xapp-sandbox"
        )
        await stop.wait()


def interrupted() -> asyncio.Event:
    """Return what Ctrl+C and SIGTERM set from now on: whoever is told how to end it may do so at once."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    return stop


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
