"""What was done, or was not, is said as soon as Slack takes it, and truthfully."""

import asyncio
from typing import Any

import pytest

from bot.basics.errors import Unavailable
from tests.bot.slack import verbs
from tests.bot.slack.conftest import Bot
from tests.bot.slack.conversation.test_dispatch import ANA, command, due, press, said
from tests.bot.slack.fakes import delivery

AWAY = [{"status": 500}, {"status": 429}, {"error": "internal_error"}, {"error": "ratelimited"}]
ENOUGH = 9
"""More tries than one answer makes: near by, and as an error."""


def be_away(bot: Bot, fault: dict[str, Any]) -> None:
    bot.slack.faults.add("*", times=ENOUGH, **fault)


@pytest.mark.parametrize("fault", AWAY, ids=str)
async def test_what_was_done_is_said_later_as_done(http_bot: Bot, fault: dict[str, Any]) -> None:
    be_away(http_bot, fault)

    await http_bot.dispatcher.receive(command("dnd on"))
    await http_bot.idle()

    assert verbs.happened == [("dnd", True)]
    assert "Do not disturb is on." in said(http_bot)
    assert "Slack" not in said(http_bot)
    assert len(http_bot.inbox.closed) == 1


async def test_what_was_confirmed_is_said_later_as_done(http_bot: Bot) -> None:
    name = await http_bot.confirmations.create(ANA, "verbs.send", {"to": ["jordan"], "text": "hi"}, {"yes": "Send"})
    be_away(http_bot, {"status": 500})

    await http_bot.dispatcher.receive(press("confirm.yes", name))
    await http_bot.idle()

    assert [one for one in verbs.happened if one[0] == "send"] == [("send", "hi")]
    assert "Your text was sent." in said(http_bot)


async def test_what_failed_is_said_later_as_failed(http_bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: Any) -> None:
        raise Unavailable

    monkeypatch.setattr(http_bot.dispatcher._executor, "handle", fail)
    be_away(http_bot, {"status": 500})

    await http_bot.dispatcher.receive(command("dnd on"))
    await http_bot.idle()

    assert "nothing was changed" in said(http_bot)
    assert len(http_bot.inbox.closed) == 1


async def test_an_interruption_is_told_later(http_bot: Bot) -> None:
    http_bot.inbox.rows["k"] = delivery("k", "command", command("dnd on"), started=True)
    be_away(http_bot, {"status": 500})

    await http_bot.dispatcher.resume_unfinished()
    await http_bot.idle()

    assert "may or may not have happened" in said(http_bot)
    assert http_bot.inbox.closed == {"k"}


async def test_what_was_set_for_later_is_told_later_still(http_bot: Bot) -> None:
    be_away(http_bot, {"status": 500})

    await http_bot.dispatcher.run_later(due(http_bot))
    await http_bot.idle()

    assert "is off again" in said(http_bot)


async def test_a_process_that_ends_before_it_could_say_so_leaves_the_delivery_open(http_bot: Bot) -> None:
    http_bot.slack.faults.add("*", times=10_000, status=500)
    await http_bot.dispatcher.receive(command("dnd on"))

    await http_bot.dispatcher.aclose(0.3)

    assert verbs.happened == [("dnd", True)]
    assert http_bot.inbox.closed == set()


async def test_what_slack_never_takes_is_not_tried_for_ever(http_bot: Bot) -> None:
    http_bot.slack.faults.add("*", times=10_000, error="account_inactive")

    await http_bot.dispatcher.receive(command("dnd on"))
    await http_bot.idle()

    assert len(http_bot.inbox.closed) == 1


async def test_work_goes_on_when_slack_does_not_show_that_it_takes_a_while(http_bot: Bot) -> None:
    verbs.gates["dnd"] = asyncio.Event()
    http_bot.slack.faults.add("chat.postEphemeral", status=500)
    await http_bot.dispatcher.receive(command("dnd on", response_url="http://127.0.0.1:9/nobody"))
    await http_bot.ana.until(lambda: http_bot.slack.calls)

    verbs.gates["dnd"].set()
    await http_bot.idle()

    assert verbs.happened == [("dnd", True)]
    assert "Do not disturb is on." in said(http_bot)
