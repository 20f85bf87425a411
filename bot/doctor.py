"""Checks for ``dialpad-chatops doctor``: what is set up, what is missing, and what to do about it.

Nothing is made or changed: no database, no key, no folder.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bot.basics.errors import ChatopsError
from bot.basics.settings import Settings
from bot.contract.prose import plural
from bot.contract.roles_file import BadRolesFile, read_roles_file
from bot.contract.routing import build_table
from bot.readiness import FREE_TO_WARN, free_bytes
from bot.setup_check import problems_of
from bot.slack.api.manifest import CORE, say_what_is_off
from bot.slack.conversation.permissions import words_with_rules
from bot.store import migrate
from bot.store.database import DATABASE_ERRORS, build_url, say_error, sqlite_file
from bot.store.installations import Installations
from bot.store.keys import KeyProblem, key_file_for, parse_keys
from bot.store.store import Store, read_keyring
from bot.web import Insiders
from handlers import all_routers

WITHIN_S = 10


@dataclass(frozen=True)
class Finding:
    """The result of one check. ``said`` is what was found or, when not ``ok``, what to do."""

    what: str
    ok: bool
    said: str


async def examine(settings: Settings) -> list[Finding]:
    """Run every check. Changes nothing."""
    problems = problems_of(settings)
    wrong = [Finding(one.name, False, one.said) for one in problems]
    slack = [] if any(one.name in _FOR_SLACK for one in problems) else [_transport(settings)]
    connecting = [] if any(one.name.startswith("DIALPAD_CLIENT") for one in problems) else [_connecting(settings)]
    roles = [_roles(settings)] if settings.roles_file else []
    findings = [*wrong, *slack, *connecting, _insiders(settings), *roles, *await _database(settings)]
    timeout = aiohttp.ClientTimeout(total=WITHIN_S)
    async with aiohttp.ClientSession(timeout=timeout, trust_env=True) as session:
        if settings.slack_bot_token and not any(one.name == "SLACK_BOT_TOKEN" for one in problems):
            findings.append(await _slack(settings, session))
        findings.append(await _dialpad(settings, session))
    return findings


_FOR_SLACK = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET",
              "PUBLIC_URL")  # fmt: skip


def _transport(settings: Settings) -> Finding:
    if settings.slack_app_token:
        return Finding("Slack connection", True, "Socket Mode, no public address needed")
    return Finding("Slack connection", True, f"HTTP at {settings.public_url}/slack/events")


def _connecting(settings: Settings) -> Finding:
    if settings.dialpad_client_id and settings.dialpad_client_secret:
        return Finding("Connecting people", True, f"Dialpad sign-in, returning to {settings.base_url}/connect/callback")
    return Finding("Connecting people", True, "by API key; for sign-in set DIALPAD_CLIENT_ID and DIALPAD_CLIENT_SECRET")


async def _database(settings: Settings) -> list[Finding]:
    try:
        url = build_url(settings.database_url)
        file = sqlite_file(url)
        if file is not None and not file.is_file():
            return [_not_yet_made(settings, file)]
        async with _looked_at(settings, file) as store:
            if not await store.database.read(migrate.is_current):
                return [_not_current(await store.database.read(migrate.is_known))]
            await store.check_keys()
            looked = [await _disk(store), await _notifications(store), await _events(store)]
            if settings.slack_client_id and not settings.slack_bot_token:
                looked.append(await _installations(store, settings.slack_client_id))
    except ChatopsError as problem:
        return [Finding("Database", False, str(problem))]
    except DATABASE_ERRORS as error:
        said = f"The database cannot be used: {say_error(error)}. Check DATABASE_URL and that it is running."
        return [Finding("Database", False, said)]
    return [Finding("Database", True, "reachable, tables up to date, stored connections can be read"), *looked]


def _not_yet_made(settings: Settings, file: Path) -> Finding:
    if settings.encryption_keys:
        parse_keys(settings.encryption_keys.get_secret_value())
    if not file.parent.is_dir():
        return Finding("Database", False, f"There is no folder {file.parent}. Make it, or change DATABASE_URL.")
    if not os.access(file.parent, os.W_OK):
        return Finding("Database", False, f"The folder {file.parent} cannot be written. Check who owns it.")
    return Finding("Database", True, f"none yet: the first start makes {file}")


def _not_current(known: bool) -> Finding:
    if known:
        return Finding("Database", True, "reachable, with an earlier version's tables: the next start brings them up")
    return Finding("Database", True, "reachable and without tables of this bot: the first start makes them")


@asynccontextmanager
async def _looked_at(settings: Settings, file: Path | None) -> AsyncIterator[Store]:
    """Open the store without making or changing anything. Raises DatabaseProblem and KeyProblem."""
    keys = settings.encryption_keys.get_secret_value() if settings.encryption_keys else None
    if keys is None and file is not None and not key_file_for(file).is_file():
        raise KeyProblem(
            f"The key file {key_file_for(file)} is missing: what is stored cannot be read without it. Put it back, or "
            "set ENCRYPTION_KEYS."
        )
    store = await Store.open(settings.database_url, read_keyring(settings.database_url, keys))
    try:
        yield store
    finally:
        await store.aclose()


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


def _roles(settings: Settings) -> Finding:
    try:
        policy = read_roles_file(settings.roles_file or "", words_with_rules(build_table(all_routers())))
    except BadRolesFile as problem:
        return Finding("Roles", False, str(problem))
    return Finding("Roles", True, f"{plural(len(policy.rules), 'rule')} in {settings.roles_file}")


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
