"""Slack's JSON as one typed value; hostile JSON as nothing."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.basics.person import PersonKey
from bot.contract.context import Origin, Where
from bot.contract.routing import build_table
from bot.slack.blockkit.marks import marked
from bot.slack.conversation.requests import Decision, plan, split_word
from bot.slack.transport.payload import PayloadKind, everything_said, parse_incoming
from tests.bot.slack import tab, verbs

TABLE = build_table([verbs.router, tab.router])
ANA = PersonKey("T0NORTHLT", "U0ANA0001")
USER = {"id": "U0ANA0001", "team_id": "T0NORTHLT"}


def press(action_id: str, value: str = "{}", **more: Any) -> dict[str, Any]:
    return {
        "type": "block_actions",
        "trigger_id": "1.2",
        "user": USER,
        "team": {"id": "TOTHER"},
        "channel": {"id": "C1"},
        "container": {"is_ephemeral": True},
        "response_url": "https://hooks.slack.com/1",
        "actions": [{"type": "button", "action_id": action_id, "block_id": "b", "value": value}],
        **more,
    }


def event(**fields: Any) -> dict[str, Any]:
    return {
        "type": "event_callback",
        "event_id": "Ev1",
        "team_id": "T0NORTHLT",
        "authorizations": [{"team_id": "T0NORTHLT"}],
        "event": {"user": "U0ANA0001", "channel": "C1", **fields},
    }


def planned(body: dict[str, Any]) -> Any:
    return plan(parse_incoming(body), TABLE, "/dp")


def test_a_command_is_read_whole() -> None:
    body = {"command": "/dp", "text": "dnd on", "user_id": "U1", "team_id": "T1", "channel_id": "D1", "trigger_id": "9"}
    incoming = parse_incoming({**body, "response_url": "https://hooks.slack.com/1"})

    assert incoming.kind is PayloadKind.COMMAND
    assert incoming.person == PersonKey("T1", "U1")
    assert incoming.where == Where("D1", None, "https://hooks.slack.com/1", is_direct=True)
    assert incoming.key == "trigger:9"


def test_the_workspace_is_the_persons_not_the_channels() -> None:
    assert parse_incoming(press("verbs.dnd")).person == ANA


def test_in_a_shared_channel_an_event_belongs_to_the_speakers_workspace() -> None:
    incoming = parse_incoming(event(type="app_mention", text="x", user_team="TGUEST"))

    assert incoming.person == PersonKey("TGUEST", "U0ANA0001")


def test_an_org_wide_installation_keys_people_by_the_org() -> None:
    body = {"command": "/dp", "user_id": "W1", "team_id": None, "enterprise_id": "E1"}

    assert parse_incoming(body).person == PersonKey("E1", "W1")


def test_a_press_knows_its_message_and_thread() -> None:
    incoming = parse_incoming(press("verbs.dnd", message={"ts": "2", "thread_ts": "1"}))

    assert (incoming.where.channel, incoming.where.thread_ts, incoming.ephemeral) == ("C1", "1", True)


@pytest.mark.parametrize(
    ("message", "name"),
    [
        (marked({"blocks": [{"type": "section"}, {"type": "actions"}]}, "p1"), "p1"),
        ({"blocks": [{"type": "section", "block_id": "posting:p1"}]}, "p1"),
        ({"blocks": [{"type": "section", "block_id": "b"}]}, ""),
        ({"blocks": ["odd"], "metadata": "odd"}, ""),
        ({}, ""),
    ],
)
def test_a_press_knows_the_name_of_a_message_that_we_posted(message: dict[str, Any], name: str) -> None:
    incoming = parse_incoming(press("verbs.dnd", message={"ts": "1", **message}))
    assert (incoming.pressed_ts, incoming.pressed_name) == ("1", name)


def test_a_message_with_replies_below_it_stands_in_the_channel() -> None:
    incoming = parse_incoming(press("verbs.dnd", message={"ts": "1", "thread_ts": "1"}))
    assert incoming.where.thread_ts is None


def test_a_confirmed_route_cannot_be_reached_by_a_press_or_a_form_of_ones_own() -> None:
    forged = {"id": "V1", "callback_id": "verbs.send", "state": {"values": {}}}

    assert planned(press("verbs.send", '{"to": "x", "text": "y"}')).route is None
    assert planned({"type": "view_submission", "user": USER, "view": forged}).route is None


def test_routes_for_later_and_events_cannot_be_pressed() -> None:
    assert planned(press("verbs.back")).route is None
    assert planned(press("tab.home")).route is None


@pytest.mark.parametrize(
    ("action_id", "decision"),
    [("confirm.yes", Decision.YES), ("confirm.no", Decision.NO), ("confirm.edit", Decision.EDIT)],
)
def test_a_decision_carries_only_the_confirmations_id(action_id: str, decision: Decision) -> None:
    job = planned(press(action_id, "abc"))

    assert (job.decision, job.confirmation, job.route) == (decision, "abc", None)
    assert job.durable is (decision is Decision.YES)


def test_a_press_on_a_link_starts_nothing() -> None:
    assert planned(press("link")) is None


def test_a_press_says_whether_it_opens_a_form_or_replaces() -> None:
    job = planned(press("verbs.calls/form/again:3", '{"page": "2"}'))

    assert (job.route.id, job.form, job.again, job.raw) == ("verbs.calls", True, True, {"page": "2"})


@pytest.mark.parametrize(
    "fields",
    [
        {"type": "message", "channel_type": "im", "text": "dnd on", "bot_id": "B1"},
        {"type": "message", "channel_type": "im", "text": "dnd on", "subtype": "message_changed"},
        {"type": "message", "channel_type": "channel", "text": "dnd on"},
        {"type": "app_mention", "text": "<@U1> dnd on", "edited": {"ts": "1"}},
        {"type": "app_mention", "text": "<@U1> dnd on", "channel": "D1"},
        {"type": "app_home_opened", "tab": "messages"},
        {"type": "reaction_added"},
        {"type": "message", "channel_type": "im", "text": "dnd on", "user": None},
    ],
)
def test_what_is_not_meant_for_us_is_left_alone(fields: dict[str, Any]) -> None:
    assert planned(event(**fields)) is None


@pytest.mark.parametrize(
    "text", ["<@U1> dnd on", "<@U1|bot>: dnd on", "hey <@U1> dnd on", "dnd on <@U1>", "  <@U1>dnd on"]
)
def test_the_words_around_a_mention_are_the_command(text: str) -> None:
    job = planned(event(type="app_mention", text=text))

    assert (job.route.id, job.words.strip(), job.origin) == ("verbs.dnd", "on", Origin.MENTION)


@pytest.mark.parametrize(
    "text",
    ["<@U1> /dp dnd on", "<@U1>: /dp-dnd on", "hey <@U1> /DP dnd on", "/dp dnd on <@U1>", "<@U1> \u200b“/dp dnd on"],
)
def test_a_whole_command_around_a_mention_is_the_command(text: str) -> None:
    job = planned(event(type="app_mention", text=text))

    assert (job.route.id, job.words.strip()) == ("verbs.dnd", "on")


def test_a_whole_command_in_the_apps_dm_is_the_command() -> None:
    job = planned(event(type="message", channel_type="im", text="/dp dnd on"))

    assert (job.route.id, job.words) == ("verbs.dnd", "on")


def test_a_command_pasted_after_itself_is_understood() -> None:
    body = {"command": "/dp", "text": "/dp dnd on", "user_id": "U1", "team_id": "T1", "channel_id": "D1"}

    assert planned(body).words == "on"


@pytest.mark.parametrize("text", ["/dpx dnd on", "/other dnd on"])
def test_another_apps_command_is_none_of_ours(text: str) -> None:
    assert planned(event(type="message", channel_type="im", text=text)).route is None


@pytest.mark.parametrize(
    ("text", "word", "rest"),
    [
        ("", "", ""),
        ("   ", "", ""),
        ("DND on", "dnd", "on"),
        ("sms\nhello\nthere", "sms", "hello\nthere"),
        ("\u200f\u202bdnd\u202c on", "dnd", "on"),
        ("\u00a0dnd\u00a0on", "dnd", "on"),
    ],
)
def test_the_word_is_what_stands_before_the_first_space(text: str, word: str, rest: str) -> None:
    assert split_word(text) == (word, rest)


def test_a_message_without_text_says_what_its_blocks_say() -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "Missed call from +14155550150"}}]

    assert "+14155550150" in everything_said({"text": "", "blocks": blocks})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(
    [
        "type",
        "user",
        "view",
        "actions",
        "event",
        "team",
        "channel",
        "container",
        "message",
        "command",
        "user_id",
        "text",
    ]
)
KINDS = st.sampled_from(
    ["block_actions", "view_submission", "block_suggestion", "event_callback", "shortcut", "message_action"]
)


@given(st.dictionaries(KEYS, JSON), KINDS)
def test_no_json_breaks_the_reading_or_the_planning(body: dict[str, Any], kind: str) -> None:
    for given_body in (body, {**body, "type": kind}, {**body, "type": kind, "user": USER}):
        plan(parse_incoming(given_body), TABLE, "/dp")
