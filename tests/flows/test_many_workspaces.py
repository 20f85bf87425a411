"""An app that workspaces install by themselves: a whole org, guests in a shared channel, tokens that end, removal."""

import asyncio
import html
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, cast

import httpx
import pytest
from sqlalchemy import select

from bot.basics.person import PersonKey
from bot.sandbox.cast import ANA, PRIYA, TEAM_ID
from bot.sandbox.demo import Demo, connect
from bot.slack.transport.install import NotInstalled
from bot.store.connections import connections
from bot.store.installations import Guests, Installations, guests, installations
from bot.store.removals import removals
from bot.store.subscriptions import subscriptions
from bot.store.table_rules import all_tables
from bot.store.timed_requests import kept
from tests.flows.hands import Hands, said
from tests.flows.inside import PATIENT_S
from tests.flows.stage import freshen, office_hours, quick_demo

ORG = "E0NORTHLT"
GUEST = "U0GUEST01"
MISSED = 'missed for "Support"'


@asynccontextmanager
async def installable(prepare: Callable[[Demo], None] = lambda _: None) -> AsyncIterator[Demo]:
    """A demo in which nobody has installed the app yet."""
    async with quick_demo(over_http=True, by_oauth=True, clock=office_hours()) as demo:
        await freshen(demo)
        prepare(demo)
        yield demo


async def install(demo: Demo) -> None:
    """Install the app in a browser, which has the cookie all the same: a real bot has HTTPS."""
    async with httpx.AsyncClient(base_url=demo.url) as browser:
        page = await browser.get("/slack/install")
        [address] = re.findall(r'href="([^"]*/oauth/v2/authorize[^"]*)"', page.text)
        asked = httpx.URL(html.unescape(address))
        fields = {"state": asked.params["state"], "redirect_uri": asked.params["redirect_uri"]}
        agreed = await browser.post("/oauth/v2/authorize", data={**fields, "user": "U0PRIYA01", "decision": "allow"})
        cookie = page.headers["set-cookie"].partition(";")[0]
        done = await browser.get(agreed.headers["location"], headers={"cookie": cookie})
        assert done.status_code == 200, done.text


async def removed(demo: Demo) -> None:
    """Slack's word of the removal has arrived and was acted on."""
    async with asyncio.timeout(PATIENT_S):
        while demo.slack._core.tasks._running:
            await asyncio.wait(set(demo.slack._core.tasks._running))
        await cast(Any, demo.bot.dispatcher.deps.connections)._disconnector.idle()
    await demo.bot.dispatcher.idle()


def hands(demo: Demo, team: str = TEAM_ID) -> Hands:
    found = Hands(demo, ANA)
    found.key = PersonKey(team, str(ANA.slack_id))
    return found


async def rows_of(demo: Demo, team: str) -> list[str]:
    """The tables that still hold something of a workspace."""
    tables = [table for table in all_tables() if "team_id" in table.c]

    def query(connection: Any) -> list[str]:
        return [one.name for one in tables if connection.execute(select(one).where(one.c.team_id == team)).first()]

    return await demo.bot.store.database.read(query)


async def until_only(demo: Demo, team: str, *tables: str) -> None:
    """Nothing of a workspace is left, but in these tables. Another process may still write what was done before."""
    async with asyncio.timeout(PATIENT_S):
        while not set(await rows_of(demo, team)) <= set(tables):  # noqa: ASYNC110  nothing in this process knows
            await asyncio.sleep(0)


async def test_nobody_is_answered_before_the_app_is_installed_and_everybody_after() -> None:
    async with installable() as demo:
        ana = hands(demo)
        with pytest.raises(NotInstalled):
            await demo.bot.dispatcher.messages._clients.of(TEAM_ID)
        await install(demo)

        assert "Ana" in said(await ana.mention("whoami"))


async def test_a_guest_of_a_shared_channel_is_answered_by_the_workspace_they_spoke_to() -> None:
    async with installable() as demo:
        await install(demo)
        guest = demo.slack.invite_guest(GUEST, "Gus Guest", "T0GUEST01", "C0SUPPORT")
        app = demo.slack.workspace.app["user_id"]

        await guest.say("#support", f"<@{app}> dnd on")
        await guest.until(lambda: guest.ephemerals("#support"))
        await demo.bot.dispatcher.idle()

        asked = guest.ephemerals("#support")[-1]
        assert "Connect" in said(asked)
        assert await Guests(demo.bot.store.context).leaving_with(TEAM_ID) == ["T0GUEST01"]

        await guest.say("#support", f"<@{app}> help")
        await guest.until(lambda: len(guest.ephemerals("#support")) > 1)


async def test_removing_the_app_removes_everything_of_the_workspace_and_of_its_guests() -> None:
    async with installable() as demo:
        await install(demo)
        priya = Hands(demo, PRIYA)
        await priya.subscribe(MISSED)
        guest = demo.slack.invite_guest(GUEST, "Gus Guest", "T0GUEST01", "C0SUPPORT")
        await guest.say("#support", f"<@{demo.slack.workspace.app['user_id']}> dnd on")
        await guest.until(lambda: guest.ephemerals("#support"))
        await demo.bot.dispatcher.idle()
        assert {subscriptions.name, installations.name} <= set(await rows_of(demo, TEAM_ID))
        assert guests.name in await rows_of(demo, "T0GUEST01")

        demo.clock.forward(timedelta(seconds=5))
        demo.slack.uninstall()
        await removed(demo)

        await until_only(demo, TEAM_ID, removals.name)
        await until_only(demo, "T0GUEST01")


async def test_late_word_of_a_removal_leaves_the_new_installation_alone() -> None:
    async with installable() as demo:
        await install(demo)
        gone = demo.clock.unix() + 5
        demo.clock.forward(timedelta(seconds=10))
        await install(demo)
        await Hands(demo, PRIYA).subscribe(MISSED)

        for minutes in (5, 30, 59):
            demo.clock.forward(timedelta(minutes=minutes))
            demo.slack.say_uninstalled(at=gone)
            await removed(demo)

        assert {subscriptions.name, installations.name, connections.name} <= set(await rows_of(demo, TEAM_ID))


async def test_an_org_that_has_the_app_is_one_place_until_it_removes_it() -> None:
    async with installable(lambda demo: demo.slack.join_org(ORG, org_wide=True)) as demo:
        await install(demo)
        ana = hands(demo, ORG)
        await demo.bot.store.connections.delete(PersonKey(TEAM_ID, str(ANA.slack_id)))
        await connect(demo.bot, demo.dialpad, ANA)
        link = await demo.bot.store.connections.get(PersonKey(TEAM_ID, str(ANA.slack_id)))
        assert link is not None
        await demo.bot.store.connections.save(ana.key, link)

        assert "Ana" in said(await ana.type("/dp whoami"))
        assert "Ana" in said(await ana.mention("whoami"))
        await ana.type("/dp dnd on for 30m")
        await ana.home()
        assert {connections.name, kept.name} <= set(await rows_of(demo, ORG))

        demo.clock.forward(timedelta(seconds=5))
        demo.slack.uninstall()
        await removed(demo)
        await until_only(demo, ORG, removals.name)


async def test_a_token_that_ends_is_renewed_before_anybody_notices() -> None:
    def rotating(demo: Demo) -> None:
        demo.slack._core.manifest["settings"]["token_rotation_enabled"] = True

    async with installable(rotating) as demo:
        await install(demo)
        mine = Installations(demo.bot.store.context, "1.2")
        first = await mine.get(TEAM_ID)
        for _ in range(3):
            demo.clock.forward(timedelta(hours=11))
            await hands(demo).mention("whoami")

        last = await mine.get(TEAM_ID)
        assert first is not None
        assert last is not None
        assert first.refresh_token != last.refresh_token
        assert [call.error for call in demo.slack.calls if call.error] == []
