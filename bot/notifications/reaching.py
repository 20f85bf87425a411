"""Who can be reached by a step of an escalation, and why not the others: do not disturb, a call, not in Slack any
more."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

import structlog

from bot.activity.roster import Agent, Obstacle, Reach, not_reached, reach_of
from bot.activity.subscriptions.subscription import Subscription
from bot.basics.errors import ChatopsError, NotFound
from bot.basics.language import mark, say
from bot.basics.person import PersonKey
from bot.cards.roster import read_agent
from bot.contract.context import People, Profile, with_any_email
from bot.dialpad.accounts import Account, Accounts
from bot.dialpad.action import Entity
from bot.dialpad.actions.callcenters import ListCallCenterOperators
from bot.dialpad.actions.people import Operators
from bot.dialpad.actions.users import GetUser
from bot.dialpad.directory import Directory
from bot.notifications.stand_ins import StandIns
from bot.store.store import Store

_ROLES: Final = {"person": mark("Whoever was to be asked next"), "supervisor": mark("The supervisor")}
_ALL_THE_SAME: Final = frozenset({Obstacle.ON_A_CALL})
"""Why somebody is asked only when nobody else is left to ask: it is over soon."""
_log = structlog.get_logger(__name__)


class GroupMembers(Protocol):
    """The part of ``bot.slack.api.duty_marks.DutyMarks`` that is needed here."""

    async def members(self, team_id: str, group: str) -> Sequence[str] | None:
        """Return who is in a user group, None for one that is gone or switched off. Raises ChatopsError."""
        ...


@dataclass(frozen=True)
class StepReach:
    """Whom a step reaches: Slack ids to mention, or ``whom`` alone. ``words`` say who is passed over, and why."""

    reached: bool
    ping: tuple[str, ...] = ()
    words: str = ""


class Reaching:
    """Looks up who can be reached."""

    def __init__(
        self, store: Store, accounts: Accounts, directory: Directory, people: People, groups: GroupMembers | None = None
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._directory = directory
        self._people = people
        self._groups = groups
        self._stand_ins = StandIns(store, accounts)

    async def of(
        self, kind: str, whom: str, subscription: Subscription, call_center: str, *, is_last: bool
    ) -> StepReach:
        """Tell whom a step reaches. ``is_last``: nobody is left to be asked after it."""
        match kind:
            case "duty":
                return await self._duty(subscription, call_center, is_last=is_last)
            case "group":
                return await self._group(subscription, whom)
            case "person" | "supervisor":
                return await self._colleague(_ROLES[kind], subscription, whom, is_last=is_last)
            case _:
                return StepReach(True)

    async def is_ours(self, subscription: Subscription, user_id: str) -> bool:
        """Tell whether somebody may hear of it. A person who is connected to another company may not: what is said to
        them is not theirs to hear, and they could claim nothing."""
        company = await self._store.connections.company(PersonKey(subscription.owner.team_id, user_id))
        return company is None or company == subscription.company

    def _owner(self, subscription: Subscription) -> Account:
        return self._accounts.of(subscription.owner, within=subscription.company)

    # Whoever is on duty

    async def _duty(self, subscription: Subscription, call_center: str, *, is_last: bool) -> StepReach:
        if not call_center:
            return StepReach(False, words=say("This line has no roster to say who is on duty."))
        try:
            reaches = await self._in_slack(subscription, await self._on_duty(subscription, call_center))
        except ChatopsError as problem:
            _log.info("who is on duty cannot be looked up", error=type(problem).__name__)
            last = await self._in_slack(subscription, await self._last_on_duty(subscription, call_center))
            asked = _asked(last)
            words = (
                say("Dialpad does not say who is on duty. These were on duty when it last did.")
                if asked
                else say("Dialpad does not say who is on duty.")
            )
            return StepReach(bool(asked), asked, words)
        asked = _asked(reaches)
        busy = tuple(one.slack_id for one in reaches if one.obstacle in _ALL_THE_SAME)
        if not asked and busy and is_last:
            why = _not_asked(reaches, ())
            return StepReach(True, busy, say("{why} Asked all the same: nobody else is left to ask.", why=why))
        return StepReach(bool(asked), asked, _not_asked(reaches, asked))

    async def _on_duty(self, subscription: Subscription, call_center: str) -> list[Agent]:
        """Return the operators on duty."""

        async def ask(account: Account) -> Operators:
            return await account.send(ListCallCenterOperators(id=call_center), background=True)

        own = dict.fromkeys((subscription.escalates_as, subscription.owner))
        operators = (await self._stand_ins.first_allowed(subscription.company, own, ask)).answer
        return [agent for user in operators.users if (agent := read_agent(call_center, user)).on_duty]

    async def _last_on_duty(self, subscription: Subscription, call_center: str) -> list[Agent]:
        """Return the same from the last known roster; their calls then are over."""
        known = await self._store.rosters.get(subscription.company, call_center)
        return [replace(agent, on_a_call=False) for agent in known.on_duty] if known else []

    async def _in_slack(self, subscription: Subscription, agents: Sequence[Agent]) -> list[Reach]:
        """Tell which of them can be asked. Somebody of whom Slack says nothing, or who uses another company now, counts
        as not in Slack."""
        found = []
        for agent in agents:
            slack_id: str | None = None
            try:
                slack_id = await with_any_email(self._people, subscription.owner.team_id, agent.emails)
            except ChatopsError as problem:
                _log.info("slack does not say who has an address", error=type(problem).__name__)
            is_ours = slack_id is not None and await self.is_ours(subscription, slack_id)
            found.append(reach_of(agent, slack_id if is_ours else None))
        return found

    # A user group

    async def _group(self, subscription: Subscription, group: str) -> StepReach:
        try:
            members = ["?"] if self._groups is None else await self._groups.members(subscription.owner.team_id, group)
        except ChatopsError as problem:  # a mention may reach them all the same
            _log.info("slack does not say who is in a user group", error=type(problem).__name__)
            members = ["?"]
        if members:
            return StepReach(True, (group,))
        if members is None:
            return StepReach(False, words=say("The user group that was to be asked is gone or switched off."))
        return StepReach(False, words=say("The user group that was to be asked has nobody in it."))

    # A colleague by name

    async def _colleague(self, role: str, subscription: Subscription, user_id: str, *, is_last: bool) -> StepReach:
        if not await self.is_ours(subscription, user_id):
            return StepReach(False, words=say("{role} uses another Dialpad company now.", role=say(role)))
        person = PersonKey(subscription.owner.team_id, user_id)
        try:
            profile = await self._people.profile(person)
        except ChatopsError as problem:
            _log.info("slack does not say who somebody is", error=type(problem).__name__)
            return StepReach(True, (user_id,))
        if profile.is_gone:
            words = say("{role}, {name}, is no longer in Slack.", role=say(role), name=profile.name)
            return StepReach(False, words=words)
        obstacle = await self._obstacle(subscription, person, profile)
        if obstacle is None or (is_last and obstacle is not Obstacle.DEACTIVATED):
            return StepReach(True, (user_id,), f"{profile.name}: {say(obstacle)}." if obstacle else "")
        words = say(
            "{role}, {name}, was not asked: {obstacle}.", role=say(role), name=profile.name, obstacle=say(obstacle)
        )
        return StepReach(False, words=words)

    async def _obstacle(self, subscription: Subscription, person: PersonKey, profile: Profile) -> Obstacle | None:
        """Return what is in the way at Dialpad of asking somebody, None also where Dialpad does not say."""
        try:
            dialpad_id = await self._dialpad_id(subscription, person, profile)
            if not dialpad_id:
                return None
            user = await self._owner(subscription).send(GetUser(id=dialpad_id), background=True)
        except NotFound:
            return Obstacle.DEACTIVATED
        except ChatopsError as problem:
            _log.info("dialpad does not say whether somebody can be reached", error=type(problem).__name__)
            return None
        return reach_of(replace(read_agent("", user), on_duty=True), person.user_id).obstacle

    async def _dialpad_id(self, subscription: Subscription, person: PersonKey, profile: Profile) -> str | None:
        members = await self._store.connections.members(subscription.company)
        if known := next((one.dialpad_id for one in members if one.slack_id == person.user_id), None):
            return known
        email = (profile.email or "").casefold()
        if not email:
            return None
        found = await self._directory.find(self._owner(subscription), Entity.USER, email)
        entries = (*((found.one,) if found.one else ()), *found.several)
        return next((one.id for one in entries if one.detail.casefold() == email), None)


def _asked(reaches: Iterable[Reach]) -> tuple[str, ...]:
    """Return the Slack ids of those who can be asked."""
    return tuple(one.slack_id for one in reaches if one.can_be_asked)


def _not_asked(reaches: Sequence[Reach], asked: Sequence[str]) -> str:
    """Say who of those on duty was not asked, and why; or that nobody is."""
    if not reaches:
        return say("Nobody is on duty.")
    names = not_reached(reaches)
    if not names:
        return ""
    if asked:
        return say("Not asked: {names}.", names=names)
    return say("Nobody on duty can be asked: {names}.", names=names)
