"""Nothing that was told not to have happened is done later, and nothing stays open for whoever takes over."""

from typing import Any

import pytest

from tests.bot.slack import verbs
from tests.bot.slack.conftest import Bot
from tests.bot.slack.conversation.test_dispatch import ANA, command, press, said


def mention(words: str) -> dict[str, Any]:
    event = {
        "type": "app_mention",
        "user": ANA.user_id,
        "text": f"<@U0BOT> {words}",
        "channel": "C0SUPPORT",
        "ts": "1.2",
    }
    return {"type": "event_callback", "event_id": "Ev1", "team_id": ANA.team_id, "event": event}


async def test_what_could_not_be_begun_is_told_and_closed_as_soon_as_the_database_is_back(http_bot: Bot) -> None:
    http_bot.inbox.away = 4

    await http_bot.dispatcher.receive(command("dnd on"))
    await http_bot.idle()

    assert verbs.happened == []
    assert "Something went wrong" in said(http_bot)
    assert http_bot.inbox.closed == set(http_bot.inbox.rows)
    assert await http_bot.inbox.unfinished() == []


@pytest.mark.parametrize("body", [command("dnd on"), press("verbs.dnd", '{"state": "on"}')], ids=["command", "press"])
async def test_what_was_stored_though_storing_it_failed_is_withdrawn(http_bot: Bot, body: dict[str, Any]) -> None:
    http_bot.inbox.lost_answers, http_bot.inbox.away = 1, 2

    with pytest.raises(OSError, match="connection was lost"):
        await http_bot.dispatcher.receive(body)
    await http_bot.idle()

    assert await http_bot.inbox.unfinished() == []
    assert verbs.happened == []


async def test_an_event_that_was_stored_though_storing_it_failed_is_done_when_slack_repeats_it(http_bot: Bot) -> None:
    http_bot.inbox.lost_answers = 1
    with pytest.raises(OSError, match="connection was lost"):
        await http_bot.dispatcher.receive(mention("dnd on"))

    for _ in range(2):
        await http_bot.dispatcher.receive(mention("dnd on"))
        await http_bot.idle()

    assert verbs.happened == [("dnd", True)]
    assert await http_bot.inbox.unfinished() == []
