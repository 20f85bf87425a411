"""Slack's people, from copies that are at most an hour old."""

import asyncio
from collections.abc import Callable
from typing import Final
from zoneinfo import ZoneInfo

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.context import Profile
from bot.errors import UserError
from bot.person import PersonKey
from bot.slack.voice import Clients

KEPT_SECONDS: Final = 3600.0
AT_MOST: Final = 20_000


class SlackColleagues:
    """``users.info``, asked once an hour for each person, once however many are waiting for it."""

    def __init__(self, clients: Clients, clock: Callable[[], float]) -> None:
        self._clients = clients
        self._clock = clock
        self._kept: dict[PersonKey, tuple[float, Profile]] = {}
        self._asking: dict[PersonKey, asyncio.Task[Profile]] = {}

    async def profile(self, key: PersonKey) -> Profile:
        """Raises UserError when Slack does not say, unless an older copy is at hand."""
        since, kept = self._kept.get(key, (0.0, None))
        if kept is not None and self._clock() - since < KEPT_SECONDS:
            return kept
        asking = self._asking.get(key)
        if asking is None:
            asking = self._asking[key] = asyncio.create_task(self._ask(key))
            asking.add_done_callback(lambda _: self._asking.pop(key, None))
        try:
            return await asyncio.shield(asking)
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as problem:
            if kept is None:
                raise UserError("Slack did not say who you are. Try again in a minute.") from problem
            return kept

    async def _ask(self, key: PersonKey) -> Profile:
        client = await self._clients.of(key.team_id)
        user = (await client.users_info(user=key.user_id))["user"]
        details = user.get("profile") or {}
        name = details.get("display_name") or details.get("real_name") or user.get("real_name") or user.get("name")
        profile = Profile(str(name or key.user_id), details.get("email"), _zone(user.get("tz")))
        if len(self._kept) >= AT_MOST:
            self._kept.pop(next(iter(self._kept)))
        self._kept[key] = (self._clock(), profile)
        return profile


def _zone(name: str | None) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (ValueError, OSError, KeyError):
        return ZoneInfo("UTC")
