"""Looks up people in Slack by id and by e-mail address, from copies that are at most an hour old."""

import asyncio
import math
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.basics.copies import keep_copy
from bot.basics.errors import UserError
from bot.basics.language import language_of, say
from bot.basics.names import shown_name
from bot.basics.person import PersonKey
from bot.contract.context import Profile
from bot.slack.api.channel_messages import PostRefused, ask
from bot.slack.api.messages import Clients
from bot.slack.api.workspaces import Workspaces, ask_all

KEPT_SECONDS: Final = 3600.0
STRANGER_KEPT_SECONDS: Final = 600.0
"""How long an unknown address stays unknown: a new person in Slack is found this much later at most."""
AT_MOST: Final = 20_000
ASKED_ONE_BY_ONE: Final = 5
"""How many addresses an hour are looked up each by itself. Slack takes 50 lookups a minute, or 20 pages of everybody
with up to 1,000 people each."""
PAGE: Final = 1000

_NOBODY: Final = frozenset({"users_not_found", "user_not_found"})


class SlackPeople:
    """Profiles from ``users.info``, fetched once an hour for each person, and once for all who wait for it."""

    def __init__(self, clients: Clients, clock: Callable[[], float], workspaces: Workspaces | None = None) -> None:
        self._clients = clients
        self._clock = clock
        self._kept: dict[PersonKey, tuple[float, Profile]] = {}
        self._asking: dict[PersonKey, asyncio.Task[Profile]] = {}
        self._addresses: dict[tuple[str, str], tuple[float, str | None]] = {}
        self._workspaces = workspaces or Workspaces(clients, clock)
        self._asked: dict[str, deque[float]] = {}
        self._everybody: dict[str, _Everybody] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def profile(self, key: PersonKey) -> Profile:
        """Look up a person's name, e-mail address and zone.
        Raises UserError when Slack does not say and no copy is at hand."""
        since, kept = self._kept.get(key, (0.0, None))
        if kept is not None and self._clock() - since < KEPT_SECONDS:
            return kept
        asking = self._asking.get(key)
        if asking is None:
            asking = self._asking[key] = asyncio.create_task(self._ask(key))
            asking.add_done_callback(lambda done: self._asked_for(key, done))
        try:
            return await asyncio.shield(asking)
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as problem:
            if kept is None:
                raise UserError(say("Slack did not say who you are. Try again in a minute.")) from problem
            return kept

    def _asked_for(self, key: PersonKey, done: "asyncio.Task[Profile]") -> None:
        self._asking.pop(key, None)
        if not done.cancelled():
            done.exception()  # who waited was told; that nobody waited any more is no news

    def look_again(self, key: PersonKey, *, after_s: float = 0.0) -> None:
        since, kept = self._kept.get(key, (0.0, None))
        if kept is not None and self._clock() - since >= after_s:
            self._kept[key] = (-math.inf, kept)

    async def _ask(self, key: PersonKey) -> Profile:
        client = await self._clients.of(key.team_id)
        user = (await client.users_info(user=key.user_id, include_locale=True))["user"]
        details = user.get("profile") or {}
        name = details.get("display_name") or details.get("real_name") or user.get("real_name") or user.get("name")
        shown, is_gone = shown_name(str(name or key.user_id)), bool(user.get("deleted"))
        is_admin = not is_gone and any(user.get(one) for one in ("is_admin", "is_owner", "is_primary_owner"))
        zone, language = _zone(user.get("tz")), language_of(str(user.get("locale") or ""))
        profile = Profile(shown, details.get("email"), zone, is_gone, is_admin, language)
        keep_copy(self._kept, key, (self._clock(), profile), AT_MOST)
        return profile

    async def with_email(self, team_id: str, email: str) -> str | None:
        """Find a person by e-mail address: by itself, or after some of those in a list of everybody.

        Raises PostRefused, PostThrottled, PostNotSent or InDoubt when Slack does not say. Needs
        ``users:read.email``."""
        if not email:
            return None
        async with self._locks.setdefault(team_id, asyncio.Lock()):
            until, known = self._addresses.get((team_id, email), (0.0, None))
            if self._clock() < until:
                return known
            listed = await self._listed(team_id)
            if listed is not None and (known := listed.people.get(email.casefold())) is not None:
                return known
            if listed is not None and self._clock() - listed.since < STRANGER_KEPT_SECONDS:
                return None
            return await self._look_up(team_id, email)

    async def _look_up(self, team_id: str, email: str) -> str | None:
        known: str | None = None
        try:
            found = await ask(await self._clients.of(team_id), "users.lookupByEmail", {"email": email})
            known = str(found["user"]["id"])
        except PostRefused as problem:
            if problem.code not in _NOBODY:
                raise
        self._asked.setdefault(team_id, deque(maxlen=ASKED_ONE_BY_ONE)).append(self._clock())
        kept_s = STRANGER_KEPT_SECONDS if known is None else KEPT_SECONDS
        keep_copy(self._addresses, (team_id, email), (self._clock() + kept_s, known), AT_MOST)
        return known

    async def _listed(self, team_id: str) -> "_Everybody | None":
        """Return the list of everybody, read anew when many were looked up since; None when it is not needed yet."""
        listed = self._everybody.get(team_id)
        now = self._clock()
        lately = [at for at in self._asked.get(team_id, ()) if now - at < KEPT_SECONDS]
        many = len(lately) == ASKED_ONE_BY_ONE
        if listed is not None and now - listed.since >= KEPT_SECONDS:
            del self._everybody[team_id]
            listed = None
        if many and (listed is None or now - listed.since >= STRANGER_KEPT_SECONDS):
            listed = self._everybody[team_id] = _Everybody(now, await self._read_everybody(team_id))
            self._asked.pop(team_id)
        return listed

    async def _read_everybody(self, team_id: str) -> dict[str, str]:
        client = await self._clients.of(team_id)
        people: dict[str, str] = {}
        for workspace in await self._workspaces.of(team_id):
            try:
                members = await ask_all(client, "users.list", {"limit": PAGE, **workspace}, "members")
            except PostRefused as refused:
                if not self._workspaces.has_lost(team_id, refused):
                    raise
                continue
            for user in members:
                email = (user.get("profile") or {}).get("email")
                if email and not (user.get("deleted") or user.get("is_bot") or user.get("is_stranger")):
                    people[str(email).casefold()] = str(user["id"])
        return people


@dataclass(frozen=True)
class _Everybody:
    """Who has which address, lower case, at a moment of the clock."""

    since: float
    people: Mapping[str, str]


def _zone(name: str | None) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (ValueError, OSError, KeyError):
        return ZoneInfo("UTC")
