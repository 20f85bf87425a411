"""Checks for ``dialpad-chatops doctor``: what is set up, what is missing, and what to do about it."""

from dataclasses import dataclass

import aiohttp

from bot.app import Misconfigured, check, open_store
from bot.basics.errors import ChatopsError
from bot.basics.settings import Settings
from bot.contract.prose import plural
from bot.readiness import FREE_TO_WARN, free_bytes
from bot.slack.api.manifest import CORE, say_what_is_off
from bot.store.installations import Installations
from bot.store.store import Store
from bot.web import Insiders

WITHIN_S = 10


@dataclass(frozen=True)
class Finding:
    """The result of one check. ``said`` is what was found or, when not ``ok``, what to do."""

    what: str
    ok: bool
    said: str


async def examine(settings: Settings) -> list[Finding]:
    """Run every check. Changes nothing but migrates the database."""
    findings = [_transport(settings), _connecting(settings), _insiders(settings), *await _database(settings)]
    timeout = aiohttp.ClientTimeout(total=WITHIN_S)
    async with aiohttp.ClientSession(timeout=timeout, trust_env=True) as session:
        if settings.slack_bot_token:
            findings.append(await _slack(settings, session))
        findings.append(await _dialpad(settings, session))
    return findings


def _transport(settings: Settings) -> Finding:
    try:
        check(settings)
    except Misconfigured as problem:
        return Finding("Slack connection", False, str(problem))
    if settings.slack_app_token:
        return Finding("Slack connection", True, "Socket Mode, no public address needed")
    if settings.slack_signing_secret and settings.public_url:
        return Finding("Slack connection", True, f"HTTP at {settings.public_url}/slack/events")
    return Finding("Slack connection", False, "Set PUBLIC_URL, where Slack reaches you over HTTP.")


def _connecting(settings: Settings) -> Finding:
    if settings.dialpad_client_id and settings.dialpad_client_secret:
        return Finding("Connecting people", True, f"Dialpad sign-in, returning to {settings.base_url}/connect/callback")
    return Finding("Connecting people", True, "by API key; for sign-in set DIALPAD_CLIENT_ID and DIALPAD_CLIENT_SECRET")


async def _database(settings: Settings) -> list[Finding]:
    try:
        store = await open_store(settings)
        try:
            await store.ping()
            looked = [await _disk(store), await _notifications(store), await _events(store)]
            if settings.slack_client_id and not settings.slack_bot_token:
                looked.append(await _installations(store, settings.slack_client_id))
        finally:
            await store.aclose()
    except ChatopsError as problem:
        return [Finding("Database", False, str(problem))]
    return [Finding("Database", True, "reachable, tables up to date, stored connections can be read"), *looked]


async def _disk(store: Store) -> Finding:
    free = await free_bytes(store)
    if free is None:
        return Finding("Disk", True, "Postgres has its own")
    megabytes = free // (1024 * 1024)
    if free < FREE_TO_WARN:
        return Finding("Disk", False, f"only {megabytes:,} MB are free where the database is. Make room.")
    return Finding("Disk", True, f"{megabytes:,} MB are free where the database is")


def _insiders(settings: Settings) -> Finding:
    who = Insiders.of(settings)
    if who.token:
        said = "whoever sends METRICS_TOKEN"
    else:
        said = "nobody, until METRICS_TOKEN is set" if who.is_public else "whoever asks from this machine"
    return Finding("Metrics", True, f"shown to {said}")


async def _notifications(store: Store) -> Finding:
    """Check for subscriptions that cannot post, whose owners may not have been told when direct messages fail as
    well."""
    troubled = await store.subscriptions.troubled()
    if not troubled:
        return Finding("Notifications", True, "every subscription can post")
    waiting = sum(
        [(await store.postings.unposted(subscription.company, subscription.id))[1] for subscription in troubled]
    )
    why = ", ".join(sorted({subscription.problem_word for subscription in troubled}))
    cannot = plural(len(troubled), "subscription cannot", "subscriptions cannot")
    return Finding(
        "Notifications",
        False,
        f"{cannot} post ({why}); {plural(waiting, 'message is', 'messages are')} waiting, for a day.",
    )


async def _events(store: Store) -> Finding:
    counts = await store.events.counts()
    if counts.parked:
        aside = plural(counts.parked, "could not be delivered and is", "could not be delivered and are")
        return Finding("Events", False, f"{aside} set aside. See dialpad-chatops events list")
    if not counts.waiting:
        return Finding("Events", True, "none waits")
    minutes = int((store.now() - (counts.oldest or store.now())).total_seconds() // 60)
    since = f", the oldest for {plural(minutes, 'minute')}" if minutes > 0 else ""
    return Finding("Events", True, f"{plural(counts.waiting, 'waits', 'wait')} to be delivered{since}")


async def _installations(store: Store, client_id: str) -> Finding:
    """Check the scopes of every installation by ``/slack/install``."""
    installed = await Installations(store.context, client_id).all()
    core = {need.name for need in CORE}
    lacking = [one.team_id for one in installed if not core <= set(one.scopes)]
    if lacking:
        return Finding("Slack", False, f"Missing scopes in {', '.join(lacking)}. Open /slack/install there again.")
    off = [f"{one.team_id}: {said}" for one in installed if (said := say_what_is_off(one.scopes))]
    places = plural(len(installed), "workspace or org", "workspaces and orgs")
    return Finding("Slack", True, "; ".join([f"installed in {places}", *off]))


async def _slack(settings: Settings, session: aiohttp.ClientSession) -> Finding:
    assert settings.slack_bot_token is not None  # noqa: S101  the caller asked for it
    headers = {"authorization": f"Bearer {settings.slack_bot_token.get_secret_value()}"}
    unreachable = Finding(
        "Slack", False, f"{settings.slack_api_url} cannot be reached. Check the network and SLACK_API_URL."
    )
    try:
        async with session.post(f"{settings.slack_api_url}auth.test", headers=headers) as response:
            answer = await response.json()
            granted = {scope.strip() for scope in response.headers.get("x-oauth-scopes", "").split(",")}
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return unreachable
    if not isinstance(answer, dict):
        return unreachable
    if not answer.get("ok"):
        return Finding("Slack", False, f"SLACK_BOT_TOKEN is refused ({answer.get('error')}). Install the app again.")
    lacking = [need for need in CORE if need.name not in granted]
    if lacking:
        names = ", ".join(f"{need.name} (to {need.why})" for need in lacking)
        return Finding("Slack", False, f"Missing scopes: {names}. Paste manifest.yml into the app and reinstall it.")
    off = say_what_is_off(granted)
    which = f"without optional scopes, so switched off are: {off}" if off else "with all scopes"
    return Finding("Slack", True, f"installed in {answer.get('team', 'the workspace')} {which}")


async def _dialpad(settings: Settings, session: aiohttp.ClientSession) -> Finding:
    try:
        async with session.get(f"{settings.dialpad_base_url}/api/v2/users/me") as response:
            reached = response.status < 500
    except (aiohttp.ClientError, TimeoutError):
        reached = False
    if not reached:
        return Finding("Dialpad", False, f"{settings.dialpad_base_url} cannot be reached. Check DIALPAD_BASE_URL.")
    return Finding("Dialpad", True, f"{settings.dialpad_base_url} answers")
