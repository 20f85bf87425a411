"""Shows in Slack who is on duty: in the members of a user group, and at the end of a channel's topic."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from html import unescape
from typing import Final

from bot.basics.language import in_every_language, mark, say
from bot.contract.board import GroupKept, UserGroup
from bot.slack.api.channel_messages import PostRefused, ask
from bot.slack.api.messages import Clients
from bot.slack.api.workspaces import Arguments, Workspaces
from bot.slack.blockkit.limits import TOPIC, cut

GROUPS_KEPT_S: Final = 300.0
REFUSED_FOR_S: Final = 3600.0
"""How long somebody whom Slack took into no user group is not tried again."""

_INVALID: Final = "invalid_users"
_NO_GROUP: Final = frozenset({"no_such_subteam", "subteam_not_found"})

_ON_DUTY: Final = mark("On duty: {people}")


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
        self._refused: dict[tuple[str, str], float] = {}

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

    async def members(self, team_id: str, group: str) -> Sequence[str] | None:
        """Return who is in a user group, None for one that is gone or switched off. Needs ``usergroups:read``."""
        if group not in {one.id for one in await self.groups(team_id)}:
            return None
        place = {"usergroup": group, **await self._place_of(team_id, group)}
        try:
            found = await ask(await self._clients.of(team_id), "usergroups.users.list", place)
        except PostRefused as refused:
            if refused.code in _NO_GROUP:
                return None
            raise
        return tuple(str(one) for one in found["users"])

    async def keep_group(self, team_id: str, group: str, people: Iterable[str]) -> GroupKept:
        """Make ``people`` the group's members, without those whom Slack refuses. Needs ``usergroups:write``.

        Nothing is changed for no people: Slack takes no empty group, and a mention should reach somebody.
        """
        asked = sorted(set(people))
        wanted = [one for one in asked if one not in self.refused(team_id)]
        if not wanted:
            return GroupKept(refused=tuple(asked))
        client = await self._clients.of(team_id)
        place = {"usergroup": group, **await self._place_of(team_id, group)}
        found = await ask(client, "usergroups.users.list", place)
        if set(found["users"]) == set(wanted):
            return GroupKept(refused=tuple(one for one in asked if one not in wanted))
        taken = await self._put(team_id, place, [], wanted)
        return GroupKept(bool(taken), tuple(one for one in asked if one not in taken))

    async def _put(self, team_id: str, place: Arguments, taken: list[str], more: list[str]) -> list[str]:
        """Make ``taken`` and ``more`` the members, and return whom Slack took. It refuses all for one person and does
        not say which, so halves are tried; meanwhile nobody is in the group who should not be."""
        client = await self._clients.of(team_id)
        try:
            await ask(client, "usergroups.users.update", {**place, "users": ",".join([*taken, *more])})
        except PostRefused as refused:
            if refused.code != _INVALID:
                raise
            if len(more) == 1:
                self._refused[team_id, more[0]] = self._clock() + REFUSED_FOR_S
                return taken
            half = len(more) // 2
            taken = await self._put(team_id, place, taken, more[:half])
            return await self._put(team_id, place, taken, more[half:])
        return [*taken, *more]

    def refused(self, team_id: str) -> frozenset[str]:
        """Return the Slack ids of the people whom Slack has lately refused to take into a user group."""
        now = self._clock()
        self._refused = {key: until for key, until in self._refused.items() if now < until}
        return frozenset(user for team, user in self._refused if team == team_id)

    async def _place_of(self, team_id: str, group: str) -> Arguments:
        """Return the argument that names the group's workspace, where an org's token needs one."""
        if team_id.startswith("E") and (team_id, group) not in self._places:
            await self.groups(team_id)
        return self._places.get((team_id, group), {})

    async def keep_topic(self, team_id: str, channel: str, words: str) -> bool:
        """End the channel's topic with ``words`` after "On duty:", remove that for no words, and keep what people wrote
        before it, whatever language it was in. False when there was nothing to change."""
        client = await self._clients.of(team_id)
        found = await ask(client, "conversations.info", {"channel": channel})
        before = unescape(str((found["channel"].get("topic") or {}).get("value") or ""))
        theirs = _ours().sub("", before)
        ours = say(_ON_DUTY, people=words) if words else ""
        if theirs and ours:
            ours = f" · {ours}"
        after = theirs + cut(ours, TOPIC - len(theirs)) if len(theirs) < TOPIC else theirs
        if after == before:
            return False
        await ask(client, "conversations.setTopic", {"channel": channel, "topic": after})
        return True


@cache
def _ours() -> re.Pattern[str]:
    """Return what finds our part of a topic, in any language."""
    begins = "|".join(re.escape(one.partition("{")[0].strip()) for one in in_every_language(_ON_DUTY))
    return re.compile(rf"(?:^|\s*·\s*)(?:{begins}) .*\Z", re.DOTALL)
