"""What in Slack shows who is on duty: the members of a user group, and the end of a channel's topic."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Final

from bot.slack.boards import PostRefused, ask
from bot.slack.limits import TOPIC, cut
from bot.slack.voice import Clients

GROUPS_KEPT_S: Final = 300.0
PERSON_KEPT_S: Final = 3600.0
STRANGER_KEPT_S: Final = 600.0
"""Somebody new to Slack is found so much later at most."""

_OURS: Final = re.compile(r"(?:^|\s*·\s*)On duty: .*\Z", re.DOTALL)
_NOBODY: Final = frozenset({"users_not_found", "user_not_found"})


@dataclass(frozen=True)
class UserGroup:
    """``handle`` is what people type after the @."""

    id: str
    handle: str
    name: str


class DutyMarks:
    """Everything here raises PostRefused, PostThrottled, NotSent or InDoubt; trying again is harmless. ``clock`` is
    monotonic seconds."""

    def __init__(self, clients: Clients, clock: Callable[[], float]) -> None:
        self._clients = clients
        self._clock = clock
        self._groups: dict[str, tuple[float, tuple[UserGroup, ...]]] = {}
        self._people: dict[tuple[str, str], tuple[float, str | None]] = {}

    async def groups(self, team_id: str) -> Sequence[UserGroup]:
        """The workspace's user groups, from a copy that is at most 5 minutes old. Needs ``usergroups:read``."""
        until, known = self._groups.get(team_id, (0.0, ()))
        if self._clock() < until:
            return known
        found = await ask(await self._clients.of(team_id), "usergroups.list", {})
        known = tuple(UserGroup(one["id"], one["handle"], one["name"]) for one in found["usergroups"])
        self._groups[team_id] = (self._clock() + GROUPS_KEPT_S, known)
        return known

    async def people(self, team_id: str, emails: Iterable[str]) -> dict[str, str | None]:
        """Slack ids by e-mail address, None for who is not in the workspace."""
        return {email: await self._person(team_id, email) for email in emails}

    async def _person(self, team_id: str, email: str) -> str | None:
        until, known = self._people.get((team_id, email), (0.0, None))
        if self._clock() < until:
            return known
        if not email:
            return None
        try:
            found = await ask(await self._clients.of(team_id), "users.lookupByEmail", {"email": email})
            known = str(found["user"]["id"])
        except PostRefused as problem:
            if problem.code not in _NOBODY:
                raise
            known = None
        kept_s = STRANGER_KEPT_S if known is None else PERSON_KEPT_S
        self._people[team_id, email] = (self._clock() + kept_s, known)
        return known

    async def keep_group(self, team_id: str, group: str, people: Iterable[str]) -> bool:
        """Makes ``people`` the group's members. False when there was nothing to change, and for nobody: Slack takes no
        empty group, and who calls it should reach somebody. Needs ``usergroups:write``."""
        wanted = sorted(set(people))
        if not wanted:
            return False
        client = await self._clients.of(team_id)
        found = await ask(client, "usergroups.users.list", {"usergroup": group})
        if set(found["users"]) == set(wanted):
            return False
        await ask(client, "usergroups.users.update", {"usergroup": group, "users": ",".join(wanted)})
        return True

    async def keep_topic(self, team_id: str, channel: str, words: str) -> bool:
        """Ends the channel's topic with ``words`` after "On duty:", takes that away for none, and leaves alone what
        people wrote before it. False when there was nothing to change."""
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
