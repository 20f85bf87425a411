"""Followed rosters: changes are posted, and user groups and topics are updated to say who is on duty.

The next check of each call center is a stored time. What a check finds is posted under a name made of the call center
and the check before it, then stored, then shown in Slack; a restart in between repeats what was not finished and
nothing else, and manual changes to the user group are put right at the next check.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import structlog

from bot.activity.news import News, NewsKind
from bot.activity.registers import fragment
from bot.activity.roster import Agent, Handover, Roster, compare, is_the_same
from bot.activity.subscriptions.filters import join_words
from bot.activity.subscriptions.subscription import LOOKED_AT, Subscription, quiet_until, wants
from bot.basics.errors import ChatopsError, NotAllowed, NotConnected, NotFound
from bot.basics.language import mark
from bot.cards.notice import ROSTER_TROUBLE, STOOD_IN
from bot.cards.roster import LEFT_OUT, read_roster
from bot.contract.context import People
from bot.contract.reader_languages import ReaderLanguages
from bot.dialpad.accounts import Account, Accounts
from bot.dialpad.action import Entity
from bot.dialpad.actions.callcenters import ListCallCenterOperators
from bot.dialpad.actions.people import Operators
from bot.dialpad.directory import Directory
from bot.notifications.boards import show_boards
from bot.notifications.roster_marks import DutyMarker, LeftOut, RosterMarks
from bot.notifications.stand_ins import StandIns, StoodIn
from bot.slack.api.channel_messages import PostRefused
from bot.store.postings import NewPosting
from bot.store.rosters import FollowedRoster
from bot.store.store import Store

LOOK_EVERY_S: Final = 120.0
"""Duty events bring the next check forward; without them, which only company admins receive, a change is posted this
late."""
BOARD_EVERY_S: Final = 15.0
"""The same where a board shows it: whoever looks at one expects it to be right."""
RETRY_S: Final = 60.0

_log = structlog.get_logger(__name__)


class Handovers:
    """Checks followed rosters. ``run_due`` is called often and by several processes."""

    def __init__(
        self,
        store: Store,
        accounts: Accounts,
        directory: Directory,
        people: People,
        marks: DutyMarker,
        languages: ReaderLanguages | None = None,
    ) -> None:
        """``languages``: by default channels read English."""
        self._store = store
        self._accounts = accounts
        self._directory = directory
        self._stand_ins = StandIns(store, accounts)
        self._marks = RosterMarks(store, people, marks, languages or ReaderLanguages(people))

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
                await self._cannot_show(followed, following, problem.code)
            except ChatopsError as problem:
                _log.info("a roster is looked at later", error=type(problem).__name__)
                await self._store.rosters.look_later(followed, RETRY_S)

    async def _look(self, followed: FollowedRoster, following: Sequence[Subscription]) -> None:
        try:
            roster = await self._ask(followed, following)
        except (NotAllowed, NotConnected, NotFound) as problem:
            await self._cannot_see(followed, following, type(problem).__name__)
            return
        change = compare(followed.known, roster)
        if change:
            await self._tell(followed, following, roster, change)
        every_s = BOARD_EVERY_S if any(one.kinds & LOOKED_AT for one in following) else LOOK_EVERY_S
        if not await self._store.rosters.looked(followed, roster, changed=bool(change), next_s=every_s):
            return
        if followed.known is None or not is_the_same(followed.known, roster):  # it said that nobody is known yet
            for one in following:
                await show_boards(self._store, one, {f"callcenter:{roster.call_center}"})
        left_out = await self._marks.mark(followed.company, following)
        await self._note_left_out(followed, following, left_out)

    async def _ask(self, followed: FollowedRoster, following: Sequence[Subscription]) -> Roster:
        """Fetch the roster with the connection of a follower whom Dialpad allows, else of somebody who stands in."""

        async def ask(account: Account) -> Operators:
            return await account.send(ListCallCenterOperators(id=followed.call_center), background=True)

        own = [subscription.follows_as for subscription in following]
        found = await self._stand_ins.first_allowed(followed.company, own, ask)
        await self._take_over(followed, following, found)
        account = self._accounts.of(found.person, within=followed.company)
        name = await self._directory.name_of(account, Entity.CALL_CENTER, followed.call_center)
        known = name or self._named(followed, following)
        return read_roster(followed.call_center, known, found.answer.users, self._store.now())

    async def _take_over(
        self, followed: FollowedRoster, following: Sequence[Subscription], found: StoodIn[Operators]
    ) -> None:
        """Let whoever's connection works read the roster from now on, for those whose own has ended."""
        for one in following:
            if one.follows_as not in found.gone:
                continue
            await self._store.subscriptions.save(replace(one, actors=replace(one.actors, roster=found.person.user_id)))
            said = {
                "about": STOOD_IN,
                "name": self._named(followed, following),
                "channel": one.channel,
                "before": one.follows_as.user_id,
            }
            name = f"stoodin:{one.id}:{followed.call_center}:{found.person.user_id}"
            await self._post(followed, name, said, [NewPosting(found.person.user_id, one.id)])

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
            "quiet": _names([agent for agent in roster.on_duty if not agent.rings]),
            **await self._marks.in_slack(followed.company, following, roster),
        }
        name = f"handover:{roster.call_center}:{followed.version}"
        at = int(now.timestamp() * 1000)
        await self._store.cards.absorb(followed.company, "notice", [name], fragment(at, 0, said), lambda *_: wanted)

    # What is in the way

    async def _cannot_see(self, followed: FollowedRoster, following: Sequence[Subscription], code: str) -> None:
        """Tell the channels once that nobody's connection can read the roster, and stop showing who was on duty."""
        places = {one.channel: one.id for one in following}
        await self._trouble(followed, following, mark("I cannot see who is on duty"), code, places)
        try:
            await self._marks.mark(followed.company, following)
        except ChatopsError as problem:
            _log.info("who was on duty stays shown", error=type(problem).__name__)

    async def _cannot_show(self, followed: FollowedRoster, following: Sequence[Subscription], code: str) -> None:
        """Tell the owners once that Slack does not take the user group or topic."""
        marked = [subscription for subscription in following if subscription.keep or subscription.topic]
        owners = {one.owner.user_id: one.id for one in marked}
        await self._trouble(followed, following, mark("I cannot show who is on duty"), code, owners)

    async def _note_left_out(
        self, followed: FollowedRoster, following: Sequence[Subscription], left_out: Sequence[LeftOut]
    ) -> None:
        """Tell the owners once whom Slack takes into no user group; with nobody, note that nothing is wrong."""
        if not left_out:
            await self._store.rosters.note_problem(followed, "")
            return
        one = left_out[0]
        code = f"{LEFT_OUT}{one.group}:{','.join(sorted(one.names))}"
        owners = {here.owner.user_id: here.id for here in following if here.keep == one.group}
        names = join_words(sorted(one.names.values()), "and")
        what = mark("I cannot put {names} into the user group")
        await self._trouble(followed, following, what, code, owners, names=names)

    async def _trouble(
        self,
        followed: FollowedRoster,
        following: Sequence[Subscription],
        what: str,
        code: str,
        places: Mapping[str, str],
        *,
        names: str = "",
    ) -> None:
        """Say once that something is wrong, until it has worked again. ``places``: where, each with its subscription's
        id. ``names``: of whom ``what`` tells."""
        await self._store.rosters.look_later(followed, LOOK_EVERY_S)
        if followed.problem == code:
            return
        _log.warning("a roster cannot be followed", refused=code.partition(":")[0])
        said = {"about": ROSTER_TROUBLE, "what": what, "names": names, "code": code}
        said["name"] = self._named(followed, following)
        about = code if code.startswith(LEFT_OUT) else f"{followed.call_center}:{code}"
        wanted = [NewPosting(place, subscription_id) for place, subscription_id in places.items()]
        await self._post(followed, f"rostertrouble:{about}:{self._store.now():%Y%m%d%H}", said, wanted)
        await self._store.rosters.note_problem(followed, code)

    async def _post(
        self, followed: FollowedRoster, name: str, said: Mapping[str, Any], wanted: Sequence[NewPosting]
    ) -> None:
        await self._store.cards.absorb(followed.company, "notice", [name], fragment(0, 0, said), lambda *_: wanted)


def _names(agents: Sequence[Agent]) -> list[str]:
    return [agent.name for agent in agents]
