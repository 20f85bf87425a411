"""The bot stops and starts again on the same database: nothing asked for is lost, and nothing is done twice."""

import asyncio
from collections.abc import Coroutine, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot import homes_at_start
from bot.sandbox.cast import ANA, NOOR, PRIYA, SAM
from bot.sandbox.clock import SandboxClock
from bot.sandbox.dialpad import DialpadSandbox
from bot.sandbox.slack import SlackSandbox
from bot.store.open_homes import OpenHomes
from tests.flows.channel import announcements
from tests.flows.hands import Hands, said
from tests.flows.inside import PATIENT_S
from tests.flows.stage import quick_demo, until_posted

on_both = pytest.mark.parametrize("over_http", [False, True], ids=["socket mode", "http"])


@on_both
async def test_a_change_back_that_was_due_while_the_bot_was_away_happens_at_its_next_start(
    tmp_path: Path, over_http: bool
) -> None:
    database, clock = tmp_path / "bot.db", SandboxClock()
    async with quick_demo(over_http=over_http, database=database, clock=clock) as demo:
        await Hands(demo, ANA).type("/dp dnd on for 30m")
        before = demo.dialpad

    def go_on(_: SlackSandbox, dialpad: DialpadSandbox) -> None:
        dialpad.tokens._by_access.update(before.tokens._by_access)
        dialpad.state.users[ANA.dialpad_id or 0].do_not_disturb = True

    clock.forward(timedelta(minutes=31))
    async with quick_demo(over_http=over_http, database=database, clock=clock, outside=go_on) as demo:
        ana = Hands(demo, ANA)
        assert "off again" in said(await ana.told())
        assert not ana.account.do_not_disturb


def _is_at_home(hands: Hands) -> bool:
    return f"{hands.who.name} at Dialpad" in said(hands.person.home or {})


@on_both
async def test_after_a_start_with_another_version_everybody_finds_home_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, over_http: bool
) -> None:
    database = tmp_path / "bot.db"
    async with quick_demo(over_http=over_http, database=database) as demo:
        before = demo.dialpad
        assert Hands(demo, ANA).person.home is None

    def go_on(_: SlackSandbox, dialpad: DialpadSandbox) -> None:
        dialpad.tokens._by_access.update(before.tokens._by_access)
        monkeypatch.setattr(homes_at_start, "HOMES_AFTER_S", 0.0)
        monkeypatch.setattr(homes_at_start, "HOME_EVERY_S", 0.0)

    async with quick_demo(over_http=over_http, database=database, outside=go_on) as demo:
        for who in (ANA, SAM, PRIYA):
            await Hands(demo, who).person.until(partial(_is_at_home, Hands(demo, who)))
        assert Hands(demo, NOOR).person.home is None  # who is not known is left alone
        homes = OpenHomes(demo.bot.store.context, demo.bot.store.preferences, demo.bot.store.processes)
        async with asyncio.timeout(PATIENT_S):
            while await homes.undrawn():  # noqa: ASYNC110  the database is asked, it tells nobody
                await asyncio.sleep(0)


@on_both
async def test_what_was_acknowledged_before_a_crash_is_done_after_it(tmp_path: Path, over_http: bool) -> None:
    database = tmp_path / "bot.db"
    async with quick_demo(over_http=over_http, database=database) as demo:
        ana = Hands(demo, ANA)
        begun: list[object] = []

        def die(work: Coroutine[Any, Any, object]) -> None:
            begun.append(work)
            work.close()

        demo.bot.dispatcher._start = die  # type: ignore[method-assign]  # right after the acknowledgement
        await ana.person.command("#support", "/dp dnd on")
        assert len(begun) == 1
        assert not ana.account.do_not_disturb
    async with quick_demo(over_http=over_http, database=database) as demo:
        ana = Hands(demo, ANA)
        assert "off → on" in said(await ana.settled())
        assert ana.account.do_not_disturb


@on_both
async def test_what_a_crash_cut_in_the_middle_is_told_and_not_done_again(tmp_path: Path, over_http: bool) -> None:
    database = tmp_path / "bot.db"
    async with quick_demo(over_http=over_http, database=database) as demo:
        ana = Hands(demo, ANA)
        slow = demo.dialpad.faults.add("PATCH /api/", kind="slow")
        await ana.person.command("#support", "/dp dnd on")
        await slow.entered.wait()
        await demo.bot.dispatcher.aclose(grace_s=0)
    async with quick_demo(over_http=over_http, database=database) as demo:
        ana = Hands(demo, ANA)
        assert "restarted in the middle" in said(await ana.settled())
        assert ana.sent("PATCH", "/users/*/togglednd") == []


@on_both
async def test_a_confirmation_asked_before_a_restart_can_be_given_after_it(tmp_path: Path, over_http: bool) -> None:
    database = tmp_path / "bot.db"
    async with quick_demo(over_http=over_http, database=database) as demo:
        preview = await Hands(demo, ANA).mention("sms Jordan Lee Hello")
    async with quick_demo(over_http=over_http, database=database) as demo:
        ana = Hands(demo, ANA)
        shown = await _put_back(ana, preview)
        await ana.press(shown, "Send")
        assert [one.body["text"] for one in ana.sent("POST", "/sms")] == ["Hello"]


async def test_a_subscription_shown_before_a_restart_can_be_saved_after_it(tmp_path: Path) -> None:
    database = tmp_path / "bot.db"
    async with quick_demo(database=database) as demo:
        preview = await Hands(demo, PRIYA).mention('notify missed for "Support"')
    async with quick_demo(database=database) as demo:
        priya = Hands(demo, PRIYA)
        await priya.press(await _put_back(priya, preview), "Save")
        assert len(await demo.bot.store.subscriptions.owned(priya.key)) == 1
        await until_posted(demo)
        assert len(announcements(priya)) == 1


async def _put_back(ana: Hands, message: Mapping[str, Any]) -> dict[str, Any]:
    """A Slack outlives the bot's restart; the demo's does not, so the message is shown again."""
    shown = {**message}
    ana.demo.slack.workspace.add_ephemeral(ana.key.user_id, shown)
    return shown
