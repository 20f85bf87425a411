"""Who is on duty, shown in Slack: in user groups and topics, each for all call centers of those who keep it in sync."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from typing import Any, Final, Protocol

import structlog

from bot.activity.roster import Agent, Obstacle, Reach, Roster, reach_of
from bot.activity.subscriptions.subscription import Subscription
from bot.basics.company import CompanyKey
from bot.basics.errors import ChatopsError
from bot.basics.language import mark, say, speaking
from bot.contract.board import GroupKept, UserGroup
from bot.contract.context import People, with_any_email
from bot.contract.reader_languages import ReaderLanguages
from bot.slack.api.channel_messages import PostRefused
from bot.store.store import Store

KNOWN_FOR: Final = timedelta(minutes=15)
"""For how long a roster that can no longer be read counts as known."""
NOT_KNOWN: Final = mark("not known")
_log = structlog.get_logger(__name__)


class DutyMarker(Protocol):
    """The part of ``bot.slack.api.duty_marks.DutyMarks`` that handovers need."""

    async def groups(self, team_id: str) -> Sequence[UserGroup]: ...

    async def keep_group(self, team_id: str, group: str, people: Iterable[str]) -> GroupKept: ...

    def refused(self, team_id: str) -> frozenset[str]: ...

    async def keep_topic(self, team_id: str, channel: str, words: str) -> bool: ...


@dataclass(frozen=True)
class _Seen:
    """A call center as a group or topic shows it; ``roster`` is None when it is not known who is on duty."""

    name: str
    roster: Roster | None


@dataclass(frozen=True)
class LeftOut:
    """People on duty whom Slack takes into no user group, by Slack id with their names, and the group's id."""

    group: str
    names: Mapping[str, str]


async def reaches_of(people: People, team_id: str, agents: Iterable[Agent]) -> list[Reach]:
    """Tell which of these operators can be reached, and as whom in Slack. Raises ChatopsError when Slack does not
    say."""
    return [reach_of(agent, await with_any_email(people, team_id, agent.emails)) for agent in agents]


class RosterMarks:
    """Updates what Slack shows of rosters, and says who of those on duty it reaches."""

    def __init__(self, store: Store, people: People, marks: DutyMarker, languages: ReaderLanguages) -> None:
        self._store = store
        self._languages = languages
        self._people = people
        self._marks = marks

    async def in_slack(self, company: CompanyKey, following: Sequence[Subscription], roster: Roster) -> dict[str, Any]:
        """Return for the followers' user groups whom a mention of them reaches and whom it does not, and why; nothing
        while Slack does not say, because that can wait."""
        kept = {subscription.keep for subscription in following if subscription.keep}
        if not kept:
            return {}
        try:
            handles = {one.id: one.handle for one in await self._marks.groups(company.team_id) if one.id in kept}
            subscriptions = await self._store.subscriptions.of_company(company)
            reached = {group: await self._reached(company, group, subscriptions, roster) for group in kept}
        except ChatopsError as problem:
            _log.info("slack does not say who is in it", error=type(problem).__name__)
            return {}
        return {"groups": handles, "reached": reached}

    async def _reached(
        self, company: CompanyKey, group: str, subscriptions: Sequence[Subscription], roster: Roster
    ) -> dict[str, list[str]]:
        seen = await self._seen(company, [one for one in subscriptions if one.keep == group], roster)
        reaches = await self._reaches(company.team_id, seen or [_Seen(roster.name, roster)])
        refused = self._marks.refused(company.team_id)
        named: dict[str, list[str]] = {"held": [], "strangers": [], "quiet": [], "refused": []}
        for one in reaches:
            where = _KEPT_OUT.get(one.obstacle, "held") if one.obstacle else "held"
            named["refused" if where == "held" and one.slack_id in refused else where].append(one.agent.name)
        return named

    async def mark(self, company: CompanyKey, following: Sequence[Subscription]) -> list[LeftOut]:
        """Update user groups and topics, and return whom Slack takes into none. Raises PostRefused after all that can
        be done is done, and at once what is tried again."""
        subscriptions = await self._store.subscriptions.of_company(company)
        left_out: list[LeftOut] = []
        problem: PostRefused | None = None
        for group in sorted({subscription.keep for subscription in following if subscription.keep}):
            seen = await self._seen(company, [one for one in subscriptions if one.keep == group])
            if seen is None:
                continue
            pinged = [one for one in await self._reaches(company.team_id, seen) if one.may_be_pinged]
            try:
                kept = await self._marks.keep_group(company.team_id, group, [one.slack_id for one in pinged])
            except PostRefused as refused:
                problem = refused
                continue
            if kept.refused:
                named = {one.slack_id: one.agent.name for one in pinged if one.slack_id in kept.refused}
                left_out.append(LeftOut(group, named))
        for channel in sorted({subscription.channel for subscription in following if subscription.topic}):
            seen = await self._seen(company, [one for one in subscriptions if one.topic and one.channel == channel])
            if seen is None:
                continue
            try:
                with speaking(await self._languages.of_channel(company.team_id, channel)):
                    await self._marks.keep_topic(company.team_id, channel, _in_words(seen))
            except PostRefused as refused:
                problem = refused
        if problem is not None:
            raise problem
        return left_out

    async def _reaches(self, team_id: str, seen: Sequence[_Seen]) -> list[Reach]:
        """Return everybody on duty once, as they can be reached best: do not disturb may be on for one call center."""
        best: dict[str, Agent] = {}
        for agent in chain.from_iterable(one.roster.on_duty for one in seen if one.roster):
            if agent.id not in best or (agent.rings and not best[agent.id].rings):
                best[agent.id] = agent
        return await reaches_of(self._people, team_id, best.values())

    async def _seen(
        self, company: CompanyKey, subscriptions: Sequence[Subscription], fresh: Roster | None = None
    ) -> list[_Seen] | None:
        """Return all call centers of these subscriptions; None while one is about to be fetched for the first time, so
        that nobody is left out. ``fresh``: a roster that is newer than the stored one."""
        names: dict[str, str] = {}
        for subscription in subscriptions:
            for one in subscription.call_centers:
                names.setdefault(one, subscription.places[f"callcenter:{one}"])
        problems = await self._store.rosters.problems(company)
        seen: list[_Seen] = []
        for call_center, name in names.items():
            is_fresh = fresh is not None and fresh.call_center == call_center
            known = fresh if is_fresh else await self._store.rosters.get(company, call_center)
            if known is None and call_center not in problems:
                return None
            outdated = known is not None and known.seen_at < self._store.now() - KNOWN_FOR
            seen.append(_Seen(known.name if known else name, None if outdated else known))
        return seen


_KEPT_OUT: Final = {Obstacle.NOT_IN_SLACK: "strangers", Obstacle.DO_NOT_DISTURB: "quiet"}


def _in_words(seen: Sequence[_Seen]) -> str:
    """Return who is on duty: ``Ana Ferreira, Sam Okafor (do not disturb)``; with several call centers each by its
    name."""
    said = [_names(one.roster) if one.roster else say(NOT_KNOWN) for one in seen]
    if len(seen) == 1:
        return said[0]
    return " · ".join(f"{one.name}: {names}" for one, names in zip(seen, said, strict=True))


def _names(roster: Roster) -> str:
    quiet = f" ({say(Obstacle.DO_NOT_DISTURB)})"
    return ", ".join(f"{agent.name}{'' if agent.rings else quiet}" for agent in roster.on_duty) or say("nobody")
