"""Slack's people, asked once an hour."""

import asyncio
import gc
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from slack_sdk.errors import SlackApiError

from bot.basics.errors import UserError
from bot.basics.person import PersonKey
from bot.contract.context import Profile
from bot.sandbox.cast import SAM, TEAM_ID
from bot.sandbox.slack import SlackSandbox
from bot.slack.api.channel_messages import PostRefused
from bot.slack.api.people import SlackPeople
from bot.slack.api.workspaces import Workspaces
from tests.bot.slack.fakes import Clock
from tests.bot.slack.workspace import open_workspace

ANA = PersonKey("T1", "U1")


class FakeSlack:
    """Answers ``users.info`` and counts; refuses when told to."""

    def __init__(self) -> None:
        self.user: dict[str, Any] = {
            "name": "ana",
            "tz": "America/Los_Angeles",
            "profile": {"display_name": "Ana", "email": "ana@x"},
        }
        self.asked = 0
        self.refuses = False
        self.held: asyncio.Event | None = None
        self.refused = asyncio.Event()

    async def of(self, team_id: str) -> Any:
        return self

    async def users_info(self, *, user: str, include_locale: bool) -> dict[str, Any]:
        assert include_locale
        self.asked += 1
        await (asyncio.sleep(0) if self.held is None else self.held.wait())
        if self.refuses:
            self.refused.set()
            raise SlackApiError("no", {"error": "user_not_found"})  # type: ignore[no-untyped-call]  # slack_sdk's
        return {"user": self.user}


async def test_a_person_is_asked_for_once_an_hour() -> None:
    slack, clock = FakeSlack(), Clock()
    people = SlackPeople(slack, clock.seconds)
    first = await people.profile(ANA)
    clock.forward(3599)
    await people.profile(ANA)
    assert slack.asked == 1

    clock.forward(2)
    await people.profile(ANA)

    assert slack.asked == 2
    assert first == Profile("Ana", "ana@x", ZoneInfo("America/Los_Angeles"))


async def test_a_person_is_asked_for_anew_where_a_change_is_likely() -> None:
    slack, clock = FakeSlack(), Clock()
    people = SlackPeople(slack, clock.seconds)
    await people.profile(ANA)
    clock.forward(59)
    people.look_again(ANA, after_s=60)
    assert (await people.profile(ANA)).language == ""
    assert slack.asked == 1

    clock.forward(2)
    slack.user["locale"] = "es-LA"
    people.look_again(ANA, after_s=60)
    assert (await people.profile(ANA)).language == "es"

    slack.refuses = True
    people.look_again(ANA)
    assert (await people.profile(ANA)).language == "es"


async def test_many_who_ask_at_once_are_one_question() -> None:
    slack = FakeSlack()
    people = SlackPeople(slack, Clock().seconds)

    await asyncio.gather(*(people.profile(ANA) for _ in range(20)))

    assert slack.asked == 1


async def test_an_old_copy_is_better_than_none() -> None:
    slack, clock = FakeSlack(), Clock()
    people = SlackPeople(slack, clock.seconds)
    await people.profile(ANA)
    clock.forward(4000)
    slack.refuses = True

    assert (await people.profile(ANA)).name == "Ana"


async def test_somebody_slack_does_not_know_is_an_error() -> None:
    slack = FakeSlack()
    slack.refuses = True

    with pytest.raises(UserError):
        await SlackPeople(slack, Clock().seconds).profile(ANA)


async def test_a_zone_nobody_knows_is_utc() -> None:
    slack = FakeSlack()
    slack.user = {"name": "bot", "tz": "Mars/Olympus", "profile": {}}

    assert await SlackPeople(slack, Clock().seconds).profile(ANA) == Profile("bot", None, ZoneInfo("UTC"))


# By address


async def test_who_has_an_address_is_told_apart_from_slack_not_saying() -> None:
    async with open_workspace() as (_, clients):
        people = SlackPeople(clients, Clock().seconds)
        found = [await people.with_email(TEAM_ID, email) for email in (SAM.email, "mei@northlight.example", "")]
        assert found == [SAM.slack_id, None, None]
    async with open_workspace(without=["users:read.email"]) as (_, clients):
        with pytest.raises(PostRefused, match="missing_scope"):
            await SlackPeople(clients, Clock().seconds).with_email(TEAM_ID, SAM.email)


async def test_an_address_is_asked_for_once_an_hour_and_a_strangers_sooner() -> None:
    async with open_workspace() as (slack, clients):
        clock = Clock()
        people = SlackPeople(clients, clock.seconds)
        for seconds in (0, 300, 360, 3000):
            clock.forward(seconds)
            await people.with_email(TEAM_ID, SAM.email)
            await people.with_email(TEAM_ID, "mei@northlight.example")
        assert sum(call.method == "users.lookupByEmail" for call in slack.calls) == 2 + 1 + 2


def add_people(slack: SlackSandbox, count: int) -> list[str]:
    """Their addresses."""
    users = slack.workspace.users
    for number in range(count):
        template = users[str(SAM.slack_id)]
        profile = {**template["profile"], "email": f"Agent{number}@Northlight.example"}
        users[f"U0AGENT{number:04}"] = {**template, "id": f"U0AGENT{number:04}", "profile": profile}
    return [f"agent{number}@northlight.example" for number in range(count)]


async def test_a_hundred_people_are_found_in_a_list_of_everybody() -> None:
    async with open_workspace() as (slack, clients):
        addresses = add_people(slack, 2102)
        people = SlackPeople(clients, Clock().seconds)
        found = [await people.with_email(TEAM_ID, email) for email in [*addresses, "stranger@elsewhere.example"]]

        assert found == [*(f"U0AGENT{number:04}" for number in range(2102)), None]
        asked = [call.method for call in slack.calls]
        assert (asked.count("users.lookupByEmail"), asked.count("users.list")) == (5, 3)
        assert all(call.ok for call in slack.calls)


async def test_somebody_new_is_found_ten_minutes_after_the_list_was_read() -> None:
    async with open_workspace() as (slack, clients):
        clock = Clock()
        people = SlackPeople(clients, clock.seconds)
        for number in range(6):
            assert await people.with_email(TEAM_ID, f"nobody{number}@x.example") is None
        [new] = add_people(slack, 1)
        assert await people.with_email(TEAM_ID, new) is None

        clock.forward(601)
        assert await people.with_email(TEAM_ID, new) == "U0AGENT0000"


async def test_people_who_left_and_guests_of_a_channel_are_nobody() -> None:
    async with open_workspace() as (slack, clients):
        gone, stranger, *rest = add_people(slack, 8)
        slack.workspace.users["U0AGENT0000"]["deleted"] = True
        slack.workspace.users["U0AGENT0001"]["is_stranger"] = True
        people = SlackPeople(clients, Clock().seconds)
        found = [await people.with_email(TEAM_ID, email) for email in [*rest, gone, stranger]]

        assert found == [*(f"U0AGENT{number:04}" for number in range(2, 8)), None, None]


async def test_a_workspace_that_lost_the_app_between_two_looks_is_left_out() -> None:
    async with open_workspace() as (slack, clients):
        slack.join_org("E0NORTHLT", org_wide=True)
        addresses = add_people(slack, 8)
        workspaces = Workspaces(clients, Clock().seconds)
        people = SlackPeople(clients, Clock().seconds, workspaces)
        await workspaces.of("E0NORTHLT")
        slack.take_access()

        for email in addresses:
            await people.with_email("E0NORTHLT", email)
        assert await workspaces.of("E0NORTHLT") == ()


async def test_an_org_is_asked_for_each_of_its_workspaces() -> None:
    async with open_workspace() as (slack, clients):
        slack.join_org("E0NORTHLT", org_wide=True)
        addresses = add_people(slack, 8)
        people = SlackPeople(clients, Clock().seconds)

        assert None not in [await people.with_email("E0NORTHLT", email) for email in addresses]
        assert [call.args.get("team_id") for call in slack.calls if call.method == "users.list"] == [TEAM_ID]


async def test_trouble_that_nobody_waits_for_any_more_is_not_reported() -> None:
    slack, reported = FakeSlack(), list[object]()
    slack.refuses, slack.held = True, asyncio.Event()
    people = SlackPeople(slack, Clock().seconds)
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await people.profile(ANA)

    slack.held.set()
    await slack.refused.wait()
    await asyncio.sleep(0)
    gc.collect()

    assert reported == []
