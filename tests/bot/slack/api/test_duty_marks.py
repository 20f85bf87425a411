from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from bot.basics.language import speaking
from bot.sandbox.cast import ANA, LEO, NOOR, PRIYA, SAM, TEAM_ID
from bot.sandbox.slack import SlackSandbox
from bot.slack.api.channel_messages import PostRefused
from bot.slack.api.duty_marks import REFUSED_FOR_S, DutyMarks
from tests.bot.slack.workspace import open_workspace

GROUP = "S0ONCALL1"
IDS = [str(ANA.slack_id), str(SAM.slack_id)]


class Ticks:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def marking(*, without: Sequence[str] = ()) -> AsyncIterator[tuple[SlackSandbox, DutyMarks, Ticks]]:
    ticks = Ticks()
    async with open_workspace(without=without) as (slack, clients):
        yield slack, DutyMarks(clients, ticks), ticks


def members(slack: SlackSandbox) -> list[str]:
    return list(slack.workspace.usergroups[GROUP]["users"])


def asked(slack: SlackSandbox, method: str) -> int:
    return sum(call.method == method for call in slack.calls)


async def test_a_group_holds_exactly_who_it_should_and_is_not_written_again() -> None:
    async with marking() as (slack, marks, _):
        assert members(slack) == [LEO.slack_id]
        assert await marks.keep_group(TEAM_ID, GROUP, IDS)
        assert not await marks.keep_group(TEAM_ID, GROUP, reversed(IDS))
        assert members(slack) == IDS
        assert asked(slack, "usergroups.users.update") == 1


async def test_a_group_of_an_org_is_kept_in_the_workspace_it_is_in() -> None:
    async with marking() as (slack, marks, _):
        slack.join_org("E0NORTHLT", org_wide=True)
        assert [group.id for group in await marks.groups("E0NORTHLT")] == [GROUP]
        assert await marks.keep_group("E0NORTHLT", GROUP, IDS)
    async with marking() as (slack, marks, _):
        slack.join_org("E0NORTHLT", org_wide=True)
        assert await marks.keep_group("E0NORTHLT", GROUP, IDS)
        assert members(slack) == IDS
        assert all(call.ok for call in slack.calls)


async def test_the_groups_of_a_workspace_that_lost_the_app_are_left_out() -> None:
    async with marking() as (slack, marks, ticks):
        slack.join_org("E0NORTHLT", org_wide=True)
        assert len(await marks.groups("E0NORTHLT")) == 1
        slack.take_access()
        ticks.now += 301
        assert await marks.groups("E0NORTHLT") == ()
        slack.give_access()
        ticks.now += 301
        assert len(await marks.groups("E0NORTHLT")) == 1


async def test_a_group_is_never_emptied() -> None:
    async with marking() as (slack, marks, _):
        assert not await marks.keep_group(TEAM_ID, GROUP, [])
        assert members(slack) == [LEO.slack_id]


async def test_groups_are_listed_by_handle() -> None:
    async with marking() as (slack, marks, _):
        for _ in range(2):
            assert [(one.id, one.handle) for one in await marks.groups(TEAM_ID)] == [(GROUP, "support-oncall")]
        assert asked(slack, "usergroups.list") == 1


async def test_somebody_whose_account_has_ended_is_left_out_of_a_group_and_named() -> None:
    async with marking() as (slack, marks, ticks):
        slack.workspace.users[str(PRIYA.slack_id)]["deleted"] = True
        everybody = [str(one.slack_id) for one in (ANA, SAM, PRIYA, NOOR)]

        kept = await marks.keep_group(TEAM_ID, GROUP, everybody)
        assert (kept.changed, kept.refused) == (True, (PRIYA.slack_id,))
        assert sorted(members(slack)) == sorted(set(everybody) - {str(PRIYA.slack_id)})

        tries = asked(slack, "usergroups.users.update")
        again = await marks.keep_group(TEAM_ID, GROUP, everybody)
        assert (again.changed, again.refused) == (False, (PRIYA.slack_id,))
        assert asked(slack, "usergroups.users.update") == tries

        slack.workspace.users[str(PRIYA.slack_id)]["deleted"] = False
        ticks.now += REFUSED_FOR_S + 1
        assert await marks.keep_group(TEAM_ID, GROUP, everybody)
        assert sorted(members(slack)) == sorted(everybody)


async def test_a_group_for_which_slack_takes_nobody_stays_as_it_is() -> None:
    async with marking() as (slack, marks, _):
        for one in IDS:
            slack.workspace.users[str(one)]["deleted"] = True

        kept = await marks.keep_group(TEAM_ID, GROUP, IDS)
        assert (kept.changed, kept.refused) == (False, tuple(sorted(IDS)))
        assert members(slack) == [LEO.slack_id]
        assert (await marks.keep_group(TEAM_ID, GROUP, IDS)).refused == tuple(sorted(IDS))


@pytest.mark.parametrize(
    ("before", "words", "after"),
    [
        ("", "Ana & Sam", "On duty: Ana & Sam"),
        ("Customers who need help", "Ana", "Customers who need help · On duty: Ana"),
        ("Help · On duty: Ana", "Sam, Ana", "Help · On duty: Sam, Ana"),
        ("On duty: Ana", "", ""),
        ("Help · On duty: Support: Ana · Sales: Leo", "", "Help"),
        ("Who is on duty: ask Sam", "nobody", "Who is on duty: ask Sam · On duty: nobody"),
        ("x" * 240, "Ana Ferreira", "x" * 240 + " · On dut…"),
        ("x" * 250, "Ana Ferreira", "x" * 250),
    ],
)
async def test_a_topic_keeps_what_people_wrote(before: str, words: str, after: str) -> None:
    async with marking() as (slack, marks, _):
        channel = slack.workspace.channels["C0SUPPORT"]
        channel.topic = before
        assert await marks.keep_topic(TEAM_ID, "C0SUPPORT", words) == (before != after)
        assert channel.topic == after
        assert not await marks.keep_topic(TEAM_ID, "C0SUPPORT", words)


async def test_a_topic_is_known_again_in_whatever_language_it_was_written() -> None:
    async with marking() as (slack, marks, _):
        channel = slack.workspace.channels["C0SUPPORT"]
        channel.topic = "Refunds · On duty: Ana"
        with speaking("es"):
            assert await marks.keep_topic(TEAM_ID, "C0SUPPORT", "Ana")
        assert channel.topic == "Refunds · De turno: Ana"
        assert await marks.keep_topic(TEAM_ID, "C0SUPPORT", "")
        assert channel.topic == "Refunds"


@pytest.mark.parametrize("scope", ["usergroups:read", "usergroups:write", "channels:read", "channels:write.topic"])
async def test_what_the_app_may_not_do_is_said_by_slacks_own_word(scope: str) -> None:
    async with marking(without=[scope]) as (_, marks, _):
        group = scope.startswith("usergroups")
        mark = marks.keep_group(TEAM_ID, GROUP, IDS) if group else marks.keep_topic(TEAM_ID, "C0SUPPORT", "Ana")
        with pytest.raises(PostRefused, match="missing_scope"):
            await mark
