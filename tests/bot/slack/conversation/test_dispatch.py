"""What outlives a crash, what runs later, and what is written down about it."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.basics.errors import NotConnected, OutcomeUnknown, Unavailable
from bot.basics.person import PersonKey
from bot.contract.later import TimedJob as Due
from bot.store.keys import KeyProblem
from tests.bot.slack import verbs
from tests.bot.slack.conftest import Bot
from tests.bot.slack.fakes import delivery

ANA = PersonKey("T0NORTHLT", "U0ANA0001")


def command(text: str, **more: str) -> dict[str, Any]:
    body = {"command": "/dp", "text": text, "user_id": ANA.user_id, "team_id": ANA.team_id, "channel_id": "C0SUPPORT"}
    return {**body, "trigger_id": "1.2.3", **more}


def press(action_id: str, value: str, trigger: str = "5.6") -> dict[str, Any]:
    return {
        "type": "block_actions",
        "trigger_id": trigger,
        "user": {"id": ANA.user_id, "team_id": ANA.team_id},
        "channel": {"id": "C0SUPPORT"},
        "actions": [{"type": "button", "action_id": action_id, "value": value}],
    }


def due(bot: Bot, route: str = "verbs.back") -> Due:
    return Due("1", "dnd", ANA, route, {"state": "off"}, {}, bot.clock.now() - timedelta(seconds=1), 1)


def said(bot: Bot) -> str:
    shown = bot.ana.ephemerals() + bot.ana.messages("app")
    return "\n".join(str(one.get("blocks") or one["text"]) for one in shown)


async def test_what_was_acknowledged_and_not_begun_runs_at_the_next_start(http_bot: Bot) -> None:
    http_bot.inbox.rows["k"] = delivery("k", "command", command("dnd on"))

    assert await http_bot.dispatcher.resume_unfinished() == 1
    await http_bot.idle()

    assert verbs.happened == [("dnd", True)]
    assert http_bot.inbox.closed == {"k"}


async def test_what_was_begun_is_not_repeated_and_the_person_is_told(http_bot: Bot) -> None:
    http_bot.inbox.rows["k"] = delivery("k", "command", command("dnd on"), started=True)

    await http_bot.dispatcher.resume_unfinished()
    await http_bot.idle()

    assert verbs.happened == []
    assert "may or may not have happened" in said(http_bot)
    assert http_bot.inbox.closed == {"k"}


async def test_a_resumed_form_asks_by_a_button_because_its_click_is_old(http_bot: Bot) -> None:
    http_bot.inbox.rows["k"] = delivery("k", "command", command("sms jordan"))

    await http_bot.dispatcher.resume_unfinished()
    await http_bot.idle()

    assert http_bot.ana.modal is None
    assert "Open the form" in said(http_bot)


async def test_a_resumed_confirmation_is_used_once(http_bot: Bot) -> None:
    name = await http_bot.confirmations.create(ANA, "verbs.send", {"to": ["jordan"], "text": "hi"}, {"yes": "Send"})
    http_bot.inbox.rows["k"] = delivery("k", "press", press("confirm.yes", name))
    await http_bot.dispatcher.resume_unfinished()
    await http_bot.idle()

    await http_bot.dispatcher.receive(press("confirm.yes", name, "7.8"))
    await http_bot.idle()

    assert verbs.happened == [("send", "hi")]


async def test_a_delivery_that_asks_for_nothing_any_more_is_closed(http_bot: Bot) -> None:
    http_bot.inbox.rows["k"] = delivery("k", "press", {"type": "view_closed"})

    await http_bot.dispatcher.resume_unfinished()

    assert http_bot.inbox.closed == {"k"}


async def test_work_is_marked_as_begun_before_and_closed_after_it_is_done(http_bot: Bot) -> None:
    verbs.gates["dnd"] = asyncio.Event()
    await http_bot.dispatcher.receive(command("dnd on"))
    for _ in range(20):
        await asyncio.sleep(0)
    [row] = http_bot.inbox.rows.values()
    assert row.started
    assert http_bot.inbox.closed == set()

    verbs.gates["dnd"].set()
    await http_bot.idle()

    assert http_bot.inbox.closed == {row.key}


async def test_somebody_elses_confirmation_does_nothing(http_bot: Bot) -> None:
    sam = PersonKey(ANA.team_id, "U0SAM0002")
    name = await http_bot.confirmations.create(sam, "verbs.send", {"to": ["jordan"], "text": "hi"}, {})

    await http_bot.dispatcher.receive(press("confirm.yes", name))
    await http_bot.idle()

    assert verbs.happened == []
    assert "Only the person who asked" in said(http_bot)


async def test_a_button_of_an_older_version_says_so(http_bot: Bot) -> None:
    await http_bot.dispatcher.receive(press("gone.away", "{}"))
    await http_bot.idle()

    assert "older version" in said(http_bot)


async def test_what_was_set_for_later_is_answered_in_the_dm(http_bot: Bot) -> None:
    await http_bot.dispatcher.run_later(due(http_bot))

    assert verbs.happened == [("back", False)]
    assert "off again" in str(http_bot.ana.messages("app")[-1])


async def test_what_fails_later_is_raised_and_told_only_when_it_is_given_up(
    http_bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: Any) -> None:
        raise Unavailable

    monkeypatch.setattr(http_bot.dispatcher._executor, "handle", fail)
    with pytest.raises(Unavailable):
        await http_bot.dispatcher.run_later(due(http_bot))
    assert http_bot.ana.messages("app") == []

    await http_bot.dispatcher.tell_given_up(due(http_bot), Unavailable())

    told = str(http_bot.ana.messages("app")[-1])
    assert "What you had set for" in told
    assert "Dialpad cannot be reached" in told
    assert "What is set now" in told


async def test_what_cannot_be_read_at_its_time_is_told_with_what_to_do(http_bot: Bot) -> None:
    await http_bot.dispatcher.tell_given_up(due(http_bot), KeyProblem("its key is missing"))

    assert "encryption key is missing. Set it again" in str(http_bot.ana.messages("app")[-1])


async def test_what_is_not_resumed_any_more_is_told(http_bot: Bot) -> None:
    http_bot.inbox.given_up = [delivery("k", "command", command("dnd on"), started=True)]

    await http_bot.dispatcher.resume_unfinished()
    await http_bot.idle()

    assert verbs.happened == []
    assert "did not go on with it. It may or may not have happened" in said(http_bot)


@pytest.mark.parametrize("given_up", [True, False])
@pytest.mark.parametrize(
    ("begun", "words"), [(True, "It may or may not have happened"), (False, "It did not happen. Ask for it again")]
)
async def test_what_was_acknowledged_and_cannot_be_read_is_told_to_whoever_asked(
    http_bot: Bot, begun: bool, given_up: bool, words: str
) -> None:
    lost = replace(delivery("k", "command", {}, started=begun), payload=None, person=ANA)
    if given_up:
        http_bot.inbox.given_up = [lost]
    else:
        http_bot.inbox.rows["k"] = lost
    await http_bot.dispatcher.resume_unfinished()
    await http_bot.idle()

    assert verbs.happened == []
    assert words in said(http_bot)
    assert http_bot.inbox.closed == {"k"}


async def test_what_an_earlier_version_stored_and_cannot_be_read_is_closed(http_bot: Bot) -> None:
    http_bot.inbox.rows["k"] = replace(delivery("k", "command", {}), payload=None)
    await http_bot.dispatcher.resume_unfinished()
    await http_bot.idle()

    assert http_bot.inbox.closed == {"k"}


async def test_what_is_received_says_who_asked(http_bot: Bot) -> None:
    await http_bot.dispatcher.receive(command("dnd on"))
    await http_bot.idle()

    assert [row.person for row in http_bot.inbox.rows.values()] == [ANA]


async def test_what_was_asked_before_connecting_and_cannot_be_read_is_told(http_bot: Bot) -> None:
    http_bot.remembered.kept.append((ANA, {"route": "gone.away"}))

    assert await http_bot.dispatcher.resume(ANA) == 0
    assert "Ask for it again" in said(http_bot)


async def test_everything_handled_is_written_down_without_its_words(http_bot: Bot) -> None:
    await http_bot.dispatcher.receive(command("echo my secret"))
    await http_bot.idle()

    assert http_bot.audit.entries == [{"action": "", "route": "verbs.echo", "outcome": "done", "origin": "typed"}]


async def test_closing_waits_for_what_is_under_way(http_bot: Bot) -> None:
    verbs.gates["dnd"] = asyncio.Event()
    await http_bot.dispatcher.receive(command("dnd on"))
    asyncio.get_running_loop().call_soon(verbs.gates["dnd"].set)

    await http_bot.dispatcher.aclose(2.0)

    assert verbs.happened == [("dnd", True)]


async def test_closing_does_not_wait_for_ever_and_leaves_the_delivery_open(http_bot: Bot) -> None:
    verbs.gates["dnd"] = asyncio.Event()
    await http_bot.dispatcher.receive(command("dnd on"))

    await http_bot.dispatcher.aclose(0.05)

    assert verbs.happened == []
    assert http_bot.inbox.closed == set()


async def test_an_answer_that_cannot_be_shown_near_by_comes_as_a_dm(http_bot: Bot) -> None:
    await http_bot.dispatcher.receive(command("dnd on", channel_id="C0SALES01"))
    await http_bot.idle()

    assert "Do not disturb is on." in str(http_bot.ana.messages("app")[-1])


async def test_a_change_whose_outcome_is_unknown_says_to_check(http_bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: Any) -> None:
        raise OutcomeUnknown

    monkeypatch.setattr(http_bot.dispatcher._executor, "handle", fail)
    await http_bot.dispatcher.receive(command("dnd on"))
    await http_bot.idle()

    assert "may or may not have happened" in said(http_bot)


@pytest.mark.parametrize(
    "text", ["", "   ", "😀" * 50, "x" * 10_000, "“dnd” on", "<tel:+14155550150|415>", "\u202edno dnd", "<!channel>"]
)
async def test_garbage_gets_an_answer_and_changes_nothing(http_bot: Bot, text: str) -> None:
    await http_bot.dispatcher.receive(command(text))
    await http_bot.idle()

    assert said(http_bot) != ""
    assert verbs.happened in ([], [("dnd", True)])


@pytest.mark.parametrize("word", ["sms", "dnd", "echo", "who", "calls"])
@pytest.mark.parametrize(
    "rest", ["😀" * 40, "x" * 10_000, "“on", "<tel:+14155550150|415> <@U1>", "\u202eno", "a b c d e"]
)
async def test_garbage_after_a_word_gets_an_answer(http_bot: Bot, word: str, rest: str) -> None:
    await http_bot.dispatcher.receive(command(f"{word} {rest}"))
    await http_bot.idle()

    assert said(http_bot) != ""
    assert "reference" not in said(http_bot)


async def test_words_that_could_not_be_read_before_connecting_are_read_after(
    http_bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def not_connected(*_: Any) -> None:
        raise NotConnected

    with monkeypatch.context() as before:
        before.setattr("bot.slack.conversation.execution.read_words", not_connected)
        await http_bot.dispatcher.receive(command("echo hello"))
        await http_bot.idle()

    await http_bot.dispatcher.resume(ANA)
    await http_bot.idle()

    assert verbs.happened == [("echo", "hello")]


async def test_nobody_who_is_not_connected_gets_a_form(http_bot: Bot) -> None:
    http_bot.dispatcher.deps.accounts.strangers.add(ANA.user_id)  # type: ignore[attr-defined]  # the fake's

    await http_bot.dispatcher.receive(press("verbs.mood/form", '{"text": "fine"}'))
    await http_bot.idle()

    assert http_bot.ana.modal is None
    assert "not connected" in said(http_bot)


async def test_a_form_that_was_refused_for_want_of_a_connection_is_still_a_form_afterwards(http_bot: Bot) -> None:
    strangers: set[str] = http_bot.dispatcher.deps.accounts.strangers  # type: ignore[attr-defined]  # the fake's
    strangers.add(ANA.user_id)
    await http_bot.dispatcher.receive(press("verbs.dnd/form", '{"state": "on"}'))
    await http_bot.idle()
    strangers.clear()

    await http_bot.dispatcher.connected(ANA)
    await http_bot.idle()

    assert verbs.happened == []
    assert "Open the form" in said(http_bot)


async def test_a_long_line_with_a_wrong_word_still_offers_the_word(http_bot: Bot) -> None:
    await http_bot.dispatcher.receive(command("smss " + "x" * 5000))
    await http_bot.idle()

    assert "/dp sms" in said(http_bot)
