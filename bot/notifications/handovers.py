"""Followed rosters: changes are posted, and user groups and topics are updated to say who is on duty.

The next check of each call center is a stored time. What a check finds is posted under a name made of the call center
and the check before it, then stored, then shown in Slack; a restart in between repeats what was not finished and
nothing else, and manual changes to the user group are put right at the next check.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, Final, Protocol

import structlog

from bot.activity.news import News, NewsKind
from bot.activity.registers import fragment
from bot.activity.roster import Agent, Handover, Roster, compare
from bot.activity.subscriptions.subscription import Subscription, quiet_until, wants
from bot.basics.company import CompanyKey
from bot.basics.errors import ChatopsError, NotAllowed, NotConnected
from bot.cards.roster import read_roster
from bot.contract.board import UserGroup
from bot.contract.context import People
from bot.dialpad.accounts import Accounts
from bot.dialpad.action import Entity
from bot.dialpad.actions.callcenters import ListCallCenterOperators
from bot.dialpad.directory import Directory
from bot.slack.api.channel_messages import PostRefused
from bot.store.postings import NewPosting
from bot.store.rosters import FollowedRoster
from bot.store.store import Store

LOOK_EVERY_S: Final = 120.0
"""Duty events bring the next check forward; without them, which only company admins receive, a change is posted this
late."""
RETRY_S: Final = 60.0

_WHY: Final = {
    "permission_denied": "Slack lets only admins change user groups here. An admin can allow it",
    "paid_teams_only": "user groups need a paid Slack plan",
    "no_such_subteam": "the user group is gone. Choose another in the settings",
    "subteam_not_found": "the user group is gone. Choose another in the settings",
    "missing_scope": "this app was installed without the permission for it. Whoever runs it can add it",
    "not_in_channel": "I am not in the channel. Invite me with /invite",
    "channel_not_found": "I am not in the channel. Invite me with /invite",
    "is_archived": "the channel is archived",
    "restricted_action": "this workspace does not allow me to",
    "user_is_restricted": "this workspace does not allow me to",
    "NotConnected": "whoever set this up is not connected to Dialpad. Connect again, or have somebody else set it up",
    "NotAllowed": "whoever set this up cannot see the roster in Dialpad. Somebody who can may set it up again",
}
_log = structlog.get_logger(__name__)


class DutyMarker(Protocol):
    """The part of ``bot.slack.api.duty_marks.DutyMarks`` that handovers need."""

    async def groups(self, team_id: str) -> Sequence[UserGroup]: ...

    async def keep_group(self, team_id: str, group: str, people: Iterable[str]) -> bool: ...

    async def keep_topic(self, team_id: str, channel: str, words: str) -> bool: ...


class Handovers:
    """Checks followed rosters. ``run_due`` is called often and by several processes."""

    def __init__(
        self, store: Store, accounts: Accounts, directory: Directory, people: People, marks: DutyMarker
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._directory = directory
        self._people = people
        self._marks = marks

    async def run_due(self) -> None:
        """Check every roster whose time has come. Raises only the database's errors."""
        for followed in await self._store.rosters.due():
            subscriptions = await self._store.subscriptions.of_company(followed.company)
            following = [
                subscription for subscription in subscriptions if followed.call_center in subscription.call_centers
            ]
            if not following:
                await self._store.rosters.look_later(followed, None)
                continue
            try:
                await self._look(followed, following)
            except PostRefused as problem:
                marked = [subscription for subscription in following if subscription.keep or subscription.topic]
                await self._trouble(followed, marked, "I cannot show who is on duty", problem.code)
            except (NotAllowed, NotConnected) as problem:
                await self._trouble(followed, following, "I cannot see who is on duty", type(problem).__name__)
            except ChatopsError as problem:
                _log.info("a roster is looked at later", error=type(problem).__name__)
                await self._store.rosters.look_later(followed, RETRY_S)

    async def _look(self, followed: FollowedRoster, following: Sequence[Subscription]) -> None:
        roster = await self._ask(followed, following)
        change = compare(followed.known, roster)
        if change:
            await self._tell(followed, following, roster, change)
        if not await self._store.rosters.looked(followed, roster, changed=bool(change), next_s=LOOK_EVERY_S):
            return
        await self._mark(followed.company, following)
        await self._store.rosters.note_problem(followed, "")

    async def _ask(self, followed: FollowedRoster, following: Sequence[Subscription]) -> Roster:
        """Fetch the roster with the connection of the first follower whom Dialpad allows. Raises the last one's
        error."""
        refused: ChatopsError = NotConnected()
        for person in dict.fromkeys(subscription.follows_as for subscription in following):
            account = self._accounts.of(person, within=followed.company)
            try:
                found = await account.send(ListCallCenterOperators(id=followed.call_center), background=True)
            except (NotConnected, NotAllowed) as problem:
                refused = problem
                continue
            name = await self._directory.name_of(account, Entity.CALL_CENTER, followed.call_center)
            known = name or self._named(followed, following)
            return read_roster(followed.call_center, known, found.users, self._store.now())
        raise refused

    def _named(self, followed: FollowedRoster, following: Sequence[Subscription]) -> str:
        names = (subscription.places.get(f"callcenter:{followed.call_center}") for subscription in following)
        return next((name for name in names if name), "Call center")

    async def _tell(
        self, followed: FollowedRoster, following: Sequence[Subscription], roster: Roster, change: Handover
    ) -> None:
        now = self._store.now()
        place = f"callcenter:{roster.call_center}"
        happening = News(frozenset({NewsKind.HANDOVER}), now, frozenset({place}))
        wanted = [
            NewPosting(subscription.channel, subscription.id, not_before=quiet_until(subscription, now))
            for subscription in following
            if wants(subscription, happening)
        ]
        if not wanted:
            return
        said: dict[str, Any] = {
            "about": NewsKind.HANDOVER.value,
            "line": roster.call_center,
            "name": roster.name,
            "came": _names(change.came),
            "left": _names(change.left),
            "on": _names(roster.on_duty),
            **await self._in_slack(followed.company.team_id, following, roster),
        }
        name = f"handover:{roster.call_center}:{followed.version}"
        at = int(now.timestamp() * 1000)
        await self._store.cards.absorb(followed.company, "notice", [name], fragment(at, 0, said), lambda *_: wanted)

    async def _in_slack(self, team_id: str, following: Sequence[Subscription], roster: Roster) -> dict[str, Any]:
        """Return which of those on duty are in Slack, for the followers' user groups; nothing while Slack does not say,
        because that can wait."""
        kept = {subscription.keep for subscription in following if subscription.keep}
        if not kept:
            return {}
        try:
            handles = {group.id: group.handle for group in await self._marks.groups(team_id) if group.id in kept}
            linked = await self._linked(team_id, roster.on_duty)
        except ChatopsError as problem:
            _log.info("slack does not say who is in it", error=type(problem).__name__)
            return {}
        return {
            "groups": handles,
            "held": [agent.name for agent in roster.on_duty if linked[agent.email]],
            "strangers": [agent.name for agent in roster.on_duty if not linked[agent.email]],
        }

    async def _linked(self, team_id: str, agents: Iterable[Agent]) -> Mapping[str, str | None]:
        emails = dict.fromkeys(agent.email for agent in agents)
        return {email: await self._people.with_email(team_id, email) for email in emails}

    # User groups and topics

    async def _mark(self, company: CompanyKey, following: Sequence[Subscription]) -> None:
        """Update user groups and topics. One that several subscriptions keep stands for all their call centers."""
        subscriptions = await self._store.subscriptions.of_company(company)
        team_id = company.team_id
        refused: PostRefused | None = None
        for group in {subscription.keep for subscription in following if subscription.keep}:
            rosters = await self._rosters(
                company, [subscription for subscription in subscriptions if subscription.keep == group]
            )
            if rosters is None:
                continue
            linked = await self._linked(team_id, chain.from_iterable(roster.on_duty for roster in rosters))
            try:
                await self._marks.keep_group(team_id, group, filter(None, linked.values()))
            except PostRefused as problem:
                refused = problem
        for channel in {subscription.channel for subscription in following if subscription.topic}:
            rosters = await self._rosters(
                company, [one for one in subscriptions if one.topic and one.channel == channel]
            )
            if rosters is None:
                continue
            try:
                await self._marks.keep_topic(team_id, channel, _in_words(rosters))
            except PostRefused as problem:
                refused = problem
        if refused is not None:
            raise refused

    async def _rosters(self, company: CompanyKey, subscriptions: Sequence[Subscription]) -> list[Roster] | None:
        """Return the rosters of all their call centers; None while one was never fetched, so that nobody is left
        out."""
        ids = dict.fromkeys(chain.from_iterable(subscription.call_centers for subscription in subscriptions))
        known = [await self._store.rosters.get(company, one) for one in ids]
        return None if None in known else [roster for roster in known if roster is not None]

    async def _trouble(self, followed: FollowedRoster, following: Sequence[Subscription], what: str, code: str) -> None:
        """Tell the owner once that something is wrong, until it has worked again."""
        await self._store.rosters.look_later(followed, LOOK_EVERY_S)
        if followed.problem == code:
            return
        _log.warning("a roster cannot be followed", refused=code)
        now = self._store.now()
        said = {"about": "roster trouble", "what": what, "name": self._named(followed, following)}
        said["why"] = _WHY.get(code, f"Slack says “{code}”")
        owners = {subscription.owner.user_id: subscription.id for subscription in following}
        wanted = [NewPosting(user_id, subscription_id) for user_id, subscription_id in owners.items()]
        name = f"rostertrouble:{followed.call_center}:{code}:{now:%Y%m%d%H}"
        await self._store.cards.absorb(followed.company, "notice", [name], fragment(0, 0, said), lambda *_: wanted)
        await self._store.rosters.note_problem(followed, code)


def _names(agents: Sequence[Agent]) -> list[str]:
    return [agent.name for agent in agents]


def _in_words(rosters: Sequence[Roster]) -> str:
    """Return who is on duty: ``Ana Ferreira, Sam Okafor``; with several call centers each by its name."""
    said = [", ".join(_names(roster.on_duty)) or "nobody" for roster in rosters]
    if len(rosters) == 1:
        return said[0]
    return " · ".join(f"{roster.name}: {names}" for roster, names in zip(rosters, said, strict=True))
