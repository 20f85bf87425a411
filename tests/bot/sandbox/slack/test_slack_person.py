"""Typing, pressing, choosing and looking, without a browser."""

import asyncio

import pytest

from bot.sandbox.slack import BadValue, NotThere
from tests.bot.sandbox.slack.stage import (
    ANA,
    LEADERSHIP,
    PRIYA,
    SALES,
    SUPPORT,
    Json,
    Silence,
    Stage,
    actions,
    button,
    option,
    section,
)

TYPED = [
    ("sms +1 415 555 0150 hi", "sms <tel:+14155550150|+1 415 555 0150> hi"),
    ("call +14155550150", "call <tel:+14155550150|+14155550150>"),
    ("call 415 555 0150", "call 415 555 0150"),
    ("who @Sam Okafor", "who <@U0SAM0002|sam>"),
    ("who @sam", "who <@U0SAM0002|sam>"),
    ("who @nobody", "who @nobody"),
    ("notify #sales", "notify <#C0SALES01|sales>"),
    ("see https://northlight.example/a?b=1&c=2.", "see <https://northlight.example/a?b=1&amp;c=2>."),
    ("a < b & c", "a &lt; b &amp; c"),
    ("“quoted” don’t", "“quoted” don’t"),
    ("who <@U0SAM0002>", "who <@U0SAM0002>"),
    ("<script>", "&lt;script&gt;"),
    ("run payload", "run payload"),
    ("שלום 👋", "שלום 👋"),
]


@pytest.mark.parametrize(("typed", "sent"), TYPED)
async def test_a_command_is_sent_as_slack_writes_it(stage: Stage, typed: str, sent: str) -> None:
    await stage.ana.command(SUPPORT, f"/dp {typed}")
    assert stage.app.last.payload["text"] == sent


async def test_a_command_without_escapes_keeps_names_as_typed(stage: Stage) -> None:
    await stage.ana.command(SUPPORT, "/plain @sam #sales")
    assert stage.app.last.payload["text"] == "@sam #sales"


async def test_messages_name_people_by_id_alone(stage: Stage) -> None:
    message = await stage.ana.say(SUPPORT, "@Dialpad who is @Sam +1 415 555 0150")
    assert message["text"] == "<@U0DIALPAD1> who is <@U0SAM0002> <tel:+14155550150|+1 415 555 0150>"


@pytest.mark.parametrize(
    ("answer", "text"),
    [("Working on it", "Working on it"), ({"text": "As JSON"}, "As JSON"), ({"blocks": [section()], "text": "B"}, "B")],
)
async def test_the_acknowledgement_of_a_command_is_shown_to_whoever_typed_it(
    stage: Stage, answer: object, text: str
) -> None:
    stage.app.answers = [answer]
    assert await stage.ana.command(SUPPORT, "/dp dnd on") == {"ok": True}
    assert [one["text"] for one in stage.ana.ephemerals(SUPPORT)] == [text]
    assert stage.slack.person(PRIYA).ephemerals() == []


async def test_an_unknown_command_is_refused_by_slackbot(stage: Stage) -> None:
    answer = await stage.ana.command(SUPPORT, "/bogus")
    assert answer["error"] == "unknown_command"
    (shown,) = stage.ana.ephemerals(SUPPORT)
    assert shown["user"] == "USLACKBOT"
    assert shown["text"].startswith("`/bogus` is not a valid command.")
    assert stage.app.received == []


async def test_commands_do_not_work_in_threads(stage: Stage) -> None:
    message = await stage.ana.say(SUPPORT, "a thread")
    assert (await stage.ana.command(SUPPORT, "/dp", message["ts"]))["error"] == "not_in_threads"


async def test_a_command_nobody_acknowledges_times_out(stage: Stage) -> None:
    stage.app.answers = [Silence()]
    task = asyncio.create_task(stage.ana.command(SUPPORT, "/dp"))
    await stage.app.until(1)
    stage.advance(3.1)
    assert (await task)["error"] == "operation_timeout"
    assert stage.ana.ephemerals()[0]["text"] == '/dp failed with the error "operation_timeout"'


async def test_a_button_nobody_acknowledges_gets_a_warning(stage: Stage) -> None:
    await stage.call("chat.postMessage", channel="C0PHONES1", text="x", blocks=[actions(button())])
    message = stage.ana.messages("#phones")[0]
    await stage.app.until(1)  # the message event
    stage.app.answers = [Silence()]
    task = asyncio.create_task(stage.ana.press(message, "again"))
    await stage.app.until(2)
    stage.advance(3.1)
    assert (await task)["error"] == "operation_timeout"
    assert stage.ana.notices == ["again: operation_timeout"]


async def test_choices_arrive_as_options_and_stay_in_the_state(stage: Stage) -> None:
    pick = {"type": "static_select", "action_id": "pick", "options": [option("one"), option("two")]}
    more = {"type": "overflow", "action_id": "more", "options": [option("edit")]}
    day = {"type": "datepicker", "action_id": "day"}
    await stage.call("chat.postMessage", channel=SUPPORT, text="x", blocks=[actions(pick, more, day, block_id="b")])
    message = stage.ana.messages(SUPPORT)[0]
    await stage.ana.press(message, "pick", "two")
    assert stage.app.last.payload["actions"][0]["selected_option"] == option("two")
    await stage.ana.press(message, "more", "edit")
    assert stage.app.last.payload["actions"][0]["selected_option"]["value"] == "edit"
    await stage.ana.press(message, "day", "2026-12-24")
    payload = stage.app.last.payload
    assert payload["actions"][0]["selected_date"] == "2026-12-24"
    assert payload["state"]["values"]["b"]["pick"]["selected_option"] == option("two")
    with pytest.raises(BadValue):
        await stage.ana.press(message, "pick", "three")


def external(**fields: object) -> Json:
    return {"type": "external_select", "action_id": "person", **fields}


async def test_type_ahead_asks_the_app_and_its_options_can_be_chosen(stage: Stage) -> None:
    await stage.call("chat.postMessage", channel=SUPPORT, text="x", blocks=[actions(external(min_query_length=1))])
    message = stage.ana.messages(SUPPORT)[0]
    await stage.app.until(1)  # the message event
    stage.app.answers = [{"options": [option("101", "Ana")]}]
    found = await stage.ana.options(message, "person", "an")
    assert [one["value"] for one in found["options"]] == ["101"]
    assert stage.app.last.payload["value"] == "an"
    await stage.ana.press(message, "person", "101")
    assert stage.app.last.payload["actions"][0]["selected_option"] == option("101", "Ana")


async def test_type_ahead_is_silent_below_its_length_and_when_nobody_answers(stage: Stage) -> None:
    await stage.call("chat.postMessage", channel=SUPPORT, text="x", blocks=[actions(external())])
    message = stage.ana.messages(SUPPORT)[0]
    await stage.app.until(1)
    assert await stage.ana.options(message, "person", "an") == {"options": [], "option_groups": []}
    stage.app.answers = [Silence()]
    task = asyncio.create_task(stage.ana.options(message, "person", "ana"))
    await stage.app.until(2)
    stage.advance(3.1)
    assert await task == {"options": [], "option_groups": []}


async def test_shortcuts_are_those_of_the_manifest(stage: Stage) -> None:
    assert await stage.ana.shortcut("run.open") == {"ok": True}
    assert stage.app.last.payload["callback_id"] == "run.open"
    message = await stage.ana.say(SUPPORT, "call +1 415 555 0150")
    await stage.ana.message_shortcut("sms.message", SUPPORT, message["ts"])
    assert stage.app.last.payload["message"]["text"] == "call <tel:+14155550150|+1 415 555 0150>"
    with pytest.raises(NotThere, match=r"only: run\.open"):
        await stage.ana.shortcut("bogus")


async def test_a_private_channel_is_only_there_for_its_members(stage: Stage) -> None:
    await stage.slack.person(PRIYA).say(LEADERSHIP, "secret")
    assert stage.ana.messages(LEADERSHIP) == []
    with pytest.raises(NotThere):
        await stage.ana.say(LEADERSHIP, "let me in")


async def test_the_app_joins_when_it_is_invited(stage: Stage) -> None:
    assert (await stage.call("chat.postMessage", channel=SALES, text="hi"))["error"] == "not_in_channel"
    assert (await stage.ana.command(SALES, "/invite @Dialpad"))["ok"] is True
    assert (await stage.call("chat.postMessage", channel=SALES, text="hi"))["ok"] is True
    (joined,) = [one for one in await stage.app.until(1) if one.payload["event"]["type"] == "member_joined_channel"]
    assert joined.payload["event"]["user"] == "U0DIALPAD1"


async def test_an_app_without_a_messages_tab_takes_no_messages(stage: Stage) -> None:
    stage.slack.workspace.app["messages_tab_read_only"] = True
    with pytest.raises(NotThere, match="turned off"):
        await stage.ana.say("app", "hello")


async def test_until_wakes_when_something_changes(stage: Stage) -> None:
    waiting = asyncio.create_task(stage.ana.until(lambda: stage.ana.messages("app")))
    await stage.call("chat.postMessage", channel=ANA, text="psst")
    assert (await waiting)[0]["text"] == "psst"


async def test_replies_are_counted_at_their_parent(stage: Stage) -> None:
    parent = await stage.ana.say(SUPPORT, "parent")
    await stage.call("chat.postMessage", channel=SUPPORT, text="reply", thread_ts=parent["ts"])
    assert stage.ana.messages(SUPPORT)[0]["reply_count"] == 1
    replies = await stage.call("conversations.replies", channel=SUPPORT, ts=parent["ts"])
    assert [one["text"] for one in replies["messages"]] == ["parent", "reply"]
    history = await stage.call("conversations.history", channel=SUPPORT)
    assert [one["text"] for one in history["messages"]] == ["parent"]
