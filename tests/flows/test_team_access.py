"""An app that a whole org has: what becomes of people when one of its workspaces loses the app, and gets it again."""

from collections.abc import AsyncIterator

import pytest

from bot.basics.person import PersonKey
from bot.sandbox.cast import ANA, PRIYA, TEAM_ID, Person
from bot.sandbox.demo import Demo, connect
from bot.store.removals import removals
from tests.flows.hands import Hands, said
from tests.flows.test_leaving import at_dialpad, has_token, until
from tests.flows.test_many_workspaces import MISSED, ORG, install, installable, removed, rows_of

SECOND = "T0SECOND"


@pytest.fixture
async def demo() -> AsyncIterator[Demo]:
    """Priya, who is in one workspace, and Ana, who is in two, are connected."""
    async with installable(lambda made: made.slack.join_org(ORG, org_wide=True)) as running:
        await install(running)
        running.slack.workspace.users[str(ANA.slack_id)]["org_teams"] = [TEAM_ID, SECOND]
        for who in (PRIYA, ANA):
            await connect_in_org(running, who)
        for person in await running.bot.store.connections.people_of(TEAM_ID):
            await running.bot.store.connections.delete(person)
        yield running


async def connect_in_org(demo: Demo, who: Person) -> None:
    """As if they had signed in where everybody is known under the org."""
    here = PersonKey(TEAM_ID, str(who.slack_id))
    await demo.bot.store.connections.delete(here)
    await connect(demo.bot, demo.dialpad, who)
    link = await demo.bot.store.connections.get(here)
    assert link is not None
    await demo.bot.store.connections.save(org_hands(demo, who).key, link)


def org_hands(demo: Demo, who: Person) -> Hands:
    found = Hands(demo, who)
    found.key = PersonKey(ORG, str(who.slack_id))
    return found


async def connected(demo: Demo) -> set[str]:
    return {one.user_id for one in await demo.bot.store.connections.people_of(ORG)}


async def test_people_of_no_other_workspace_go_here_and_at_dialpad(demo: Demo) -> None:
    priya, ana = org_hands(demo, PRIYA), org_hands(demo, ANA)
    await priya.subscribe(MISSED)
    await priya.type("/dp dnd on for 30m")
    assert at_dialpad(demo)
    demo.slack.take_access(SECOND)
    await removed(demo)
    await until(lambda: not at_dialpad(demo) and not has_token(demo, priya))

    assert await connected(demo) == {ana.key.user_id}
    assert await demo.bot.store.subscriptions.owned(priya.key) == []
    assert await demo.bot.dispatcher.deps.later.pending(priya.key) == []
    assert has_token(demo, ana)
    assert "Ana" in said(await ana.type("/dp whoami"))


async def test_everybody_goes_when_no_workspace_has_it_any_more(demo: Demo) -> None:
    demo.slack.take_access()
    await removed(demo)
    assert await connected(demo) == set()


async def test_late_word_removes_nobody_once_the_workspace_has_it_again(demo: Demo) -> None:
    await org_hands(demo, PRIYA).subscribe(MISSED)
    demo.slack._core.org_teams = [SECOND]
    demo.slack.say_access("team_access_revoked")
    demo.slack.give_access()
    await removed(demo)

    assert await connected(demo) == {PRIYA.slack_id, ANA.slack_id}
    assert at_dialpad(demo)


async def test_what_is_kept_of_the_workspace_itself_goes_along(demo: Demo) -> None:
    """From before the org had the app."""
    before = PersonKey(TEAM_ID, str(PRIYA.slack_id))
    await demo.bot.store.preferences.set(before, {"region": "CA"})
    demo.slack.take_access(SECOND)
    await removed(demo)
    assert set(await rows_of(demo, TEAM_ID)) <= {removals.name}


async def test_while_slack_does_not_say_who_is_where_it_is_told_again(demo: Demo) -> None:
    demo.slack.faults.add("users.info", error="internal_error", times=1)
    demo.slack.take_access(SECOND)
    await removed(demo)
    demo.slack.tick()
    demo.slack.say_access("team_access_revoked")
    await removed(demo)
    assert await connected(demo) == {ANA.slack_id}


@pytest.mark.parametrize("code", ["user_not_found", "user_not_visible", "team_access_not_granted"])
async def test_who_can_no_longer_be_seen_is_out_of_reach(demo: Demo, code: str) -> None:
    demo.slack.faults.add("users.info", error=code, times=2)
    demo.slack.take_access(SECOND)
    await removed(demo)
    assert await connected(demo) == set()
