"""Shows in Slack who is on duty: in the members of a user group, and at the end of a channel's topic."""

import re
from collections.abc import Callable, Iterable, Sequence
from html import unescape
from typing import Final

from bot.contract.board import UserGroup
from bot.slack.api.channel_messages import PostRefused, ask
from bot.slack.api.messages import Clients
from bot.slack.api.workspaces import Arguments, Workspaces
from bot.slack.blockkit.limits import TOPIC, cut

GROUPS_KEPT_S: Final = 300.0

_OURS: Final = re.compile(r"(?:^|\s*·\s*)On duty: .*\Z", re.DOTALL)


class DutyMarks:
    """Updates user groups and channel topics to show who is on duty.

    Everything here raises PostRefused, PostThrottled, NotSent or InDoubt; trying again is harmless. ``clock`` is
    monotonic seconds."""

    def __init__(self, clients: Clients, clock: Callable[[], float], workspaces: Workspaces | None = None) -> None:
        self._clients = clients
        self._clock = clock
        self._workspaces = workspaces or Workspaces(clients, clock)
        self._groups: dict[str, tuple[float, tuple[UserGroup, ...]]] = {}
        self._places: dict[tuple[str, str], Arguments] = {}

    async def groups(self, team_id: str) -> Sequence[UserGroup]:
        """Return the workspace's user groups, from a copy that is at most 5 minutes old. Needs ``usergroups:read``."""
        until, known = self._groups.get(team_id, (0.0, ()))
        if self._clock() < until:
            return known
        client = await self._clients.of(team_id)
        known = ()
        for workspace in await self._workspaces.of(team_id):
            try:
                found = await ask(client, "usergroups.list", workspace)
            except PostRefused as refused:
                if not self._workspaces.has_lost(team_id, refused):
                    raise
                continue
            known += tuple(UserGroup(one["id"], one["handle"], one["name"]) for one in found["usergroups"])
            self._places |= {(team_id, str(one["id"])): workspace for one in found["usergroups"]}
        self._groups[team_id] = (self._clock() + GROUPS_KEPT_S, known)
        return known

    async def keep_group(self, team_id: str, group: str, people: Iterable[str]) -> bool:
        """Make ``people`` the group's members. Needs ``usergroups:write``.

        False when there was nothing to change, and for no people: Slack takes no empty group, and a mention should
        reach somebody.
        """
        wanted = sorted(set(people))
        if not wanted:
            return False
        client = await self._clients.of(team_id)
        place = await self._place_of(team_id, group)
        found = await ask(client, "usergroups.users.list", {"usergroup": group, **place})
        if set(found["users"]) == set(wanted):
            return False
        await ask(client, "usergroups.users.update", {"usergroup": group, "users": ",".join(wanted), **place})
        return True

    async def _place_of(self, team_id: str, group: str) -> Arguments:
        """Return the argument that names the group's workspace, where an org's token needs one."""
        if team_id.startswith("E") and (team_id, group) not in self._places:
            await self.groups(team_id)
        return self._places.get((team_id, group), {})

    async def keep_topic(self, team_id: str, channel: str, words: str) -> bool:
        """End the channel's topic with ``words`` after "On duty:", remove that for no words, and keep what people wrote
        before it. False when there was nothing to change."""
        client = await self._clients.of(team_id)
        found = await ask(client, "conversations.info", {"channel": channel})
        before = unescape(str((found["channel"].get("topic") or {}).get("value") or ""))
        theirs = _OURS.sub("", before)
        ours = f"On duty: {words}" if words else ""
        if theirs and ours:
            ours = f" · {ours}"
        after = theirs + cut(ours, TOPIC - len(theirs)) if len(theirs) < TOPIC else theirs
        if after == before:
            return False
        await ask(client, "conversations.setTopic", {"channel": channel, "topic": after})
        return True
