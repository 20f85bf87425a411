"""Follows which workspaces of an org may use an app that is installed for the whole org.

People of an org are known under the org, whichever of its workspaces they are in. So when workspaces lose the app,
Slack is asked who of those that are connected is in none of the others: they are removed as if they had disconnected.
Slack repeats its word for minutes, and access may have come back since: what holds now is asked, not believed.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

import structlog

from bot.basics.person import PersonKey
from bot.slack.api.channel_messages import PostRefused, ask
from bot.slack.api.messages import Clients
from bot.slack.api.workspaces import Workspaces
from bot.slack.transport.whose import first_authorization

_log = structlog.get_logger(__name__)

ANSWERED_WITHIN_S: Final = 2.0
"""Slack waits three seconds, and asks again after one and after five minutes."""
_UNSEEN: Final = frozenset({"user_not_found", "user_not_visible", "team_access_not_granted"})
"""Slack's errors for a person whom the org's token may no longer see."""


@dataclass(frozen=True)
class AccessChanged:
    """Workspaces of an org that an org's app was taken from, or given to."""

    org: str
    team_ids: frozenset[str]
    revoked: bool


def read_access_changed(body: Mapping[str, Any]) -> AccessChanged | None:
    """Read that an org's app lost or got workspaces; None for everything else that Slack sends. Never raises.

    Slack's page of the event shows it with an envelope inside the envelope, and those of its SDKs without.
    """
    outer = _object(body.get("event"))
    nested = _object(outer.get("event"))
    inner = nested or outer
    if body.get("type") != "event_callback" or inner.get("type") not in {"team_access_revoked", "team_access_granted"}:
        return None
    places = (first_authorization(body), body, outer)
    org = next((named for one in places if (named := _text(one.get("enterprise_id")))), "")
    listed = inner.get("team_ids")
    team_ids = frozenset(_text(one) for one in listed if _text(one)) if isinstance(listed, list) else frozenset()
    return AccessChanged(org, team_ids, inner["type"] == "team_access_revoked") if org and team_ids else None


class Leavers(Protocol):
    """``bot.notifications.disconnecting.Disconnector``, as far as it is needed here."""

    async def people_of(self, team_id: str) -> list[PersonKey]: ...

    async def leave(self, person: PersonKey) -> None: ...


class TeamAccess:
    """Removes the people who can no longer be reached. ``leave_workspace`` removes what is kept of a workspace itself,
    from before the org had the app."""

    def __init__(
        self,
        clients: Clients,
        workspaces: Workspaces,
        leavers: Leavers,
        leave_workspace: Callable[[str], Awaitable[None]],
    ) -> None:
        self._clients = clients
        self._workspaces = workspaces
        self._leavers = leavers
        self._leave_workspace = leave_workspace
        self._following: dict[AccessChanged, asyncio.Task[bool]] = {}

    async def followed(self, change: AccessChanged) -> bool:
        """Do what has to follow. False when it failed, or takes longer than Slack waits: its next try begins with
        those who are still there."""
        self._workspaces.forget(change.org)
        if not change.revoked:
            _log.info("workspaces have the app", org=change.org, teams=sorted(change.team_ids))
            return True
        task = self._following.get(change)
        if task is None:
            task = self._following[change] = asyncio.create_task(self._follow(change))
            task.add_done_callback(lambda _: self._following.pop(change, None))
        done, _ = await asyncio.wait({task}, timeout=ANSWERED_WITHIN_S)
        return bool(done) and task.result()

    async def aclose(self) -> None:
        """Stop: Slack says it again."""
        under_way = list(self._following.values())
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)

    async def _follow(self, change: AccessChanged) -> bool:
        try:
            await self._remove(change)
        except Exception:  # noqa: BLE001  the acknowledgement says that it failed
            _log.exception("workspaces that lost the app are not forgotten yet")
            return False
        return True

    async def _remove(self, change: AccessChanged) -> None:
        reached = {str(one["team_id"]) for one in await self._workspaces.of(change.org)}
        lost = change.team_ids - reached
        if not lost:
            return
        for team_id in sorted(lost):
            await self._leave_workspace(team_id)
        gone = [one for one in await self._leavers.people_of(change.org) if await self._is_gone(one, lost, reached)]
        for person in gone:
            await self._leavers.leave(person)
        _log.info("workspaces lost the app", org=change.org, teams=sorted(lost), people=len(gone))

    async def _is_gone(self, person: PersonKey, lost: frozenset[str], reached: set[str]) -> bool:
        """Tell whether a person is in a workspace that lost the app, and in none that has it."""
        try:
            answer = await ask(await self._clients.of(person.team_id), "users.info", {"user": person.user_id})
        except PostRefused as refused:
            if refused.code in _UNSEEN:
                return True
            raise
        user = _object(answer["user"])
        listed = _object(user.get("enterprise_user")).get("teams")
        teams = {one for one in [*(listed if isinstance(listed, list) else []), user.get("team_id")] if one}
        return bool(teams & lost) and not teams & reached


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
