"""Which installation a payload was sent to and who did it: three workspaces in one body are told apart."""

from typing import Any

import pytest

from bot.basics.person import PersonKey
from bot.slack.transport.payload import parse_incoming
from bot.slack.transport.whose import Whose, read_whose

ORG = {"enterprise_id": "E1", "team_id": None, "is_enterprise_install": True}
OURS = {"enterprise_id": None, "team_id": "T1", "is_enterprise_install": False}
IN_AN_ORG = {"enterprise_id": "E1", "team_id": "T1", "is_enterprise_install": False}


def event(authorized: dict[str, Any], *, shared: bool = False, outside: str = "T1", **fields: Any) -> dict[str, Any]:
    said = {"type": "app_mention", "user": "U1", "channel": "C1", "text": "<@UBOT> help", **fields}
    return {
        "type": "event_callback",
        "event_id": "Ev1",
        "team_id": outside,
        "enterprise_id": authorized.get("enterprise_id"),
        "authorizations": [authorized],
        "is_ext_shared_channel": shared,
        "event": said,
    }


def interaction(kind: str, **more: Any) -> dict[str, Any]:
    return {
        "type": kind,
        "user": {"id": "U1", "team_id": "T1"},
        "team": {"id": "T1"},
        "enterprise": None,
        "is_enterprise_install": False,
        "trigger_id": "1.2",
        "actions": [{"action_id": "verbs.dnd", "value": "{}"}],
        "view": {"id": "V1", "type": "modal", "callback_id": "verbs.sms", "private_metadata": ""},
        **more,
    }


@pytest.mark.parametrize(
    ("body", "installation", "person"),
    [
        (event(OURS), "T1", ("T1", "U1")),
        (event(OURS, shared=True, user_team="TGUEST"), "T1", ("TGUEST", "U1")),
        (event(OURS, shared=True, source_team="TGUEST", outside="TGUEST"), "T1", ("TGUEST", "U1")),
        (event(OURS, shared=True, user_team="E2"), "T1", ("E2", "U1")),
        (event(IN_AN_ORG, user_team="E1"), "T1", ("T1", "U1")),
        (event(ORG), "E1", ("E1", "U1")),
        (event(ORG, user_team="T2"), "E1", ("E1", "U1")),
        (event(ORG, user_team="E1", shared=True), "E1", ("E1", "U1")),
        (event(ORG, user_team="E2", shared=True), "E1", ("E2", "U1")),
        (event(ORG, user_team="TGUEST", shared=True), "E1", ("TGUEST", "U1")),
        (event(OURS, type="app_uninstalled", user=None), "T1", None),
    ],
)
def test_an_event_says_who_spoke_and_which_installation_heard_it(
    body: dict[str, Any], installation: str, person: tuple[str, str] | None
) -> None:
    assert read_whose(body) == Whose(installation, PersonKey(*person) if person else None)


@pytest.mark.parametrize("kind", ["block_actions", "view_submission", "view_closed", "block_suggestion", "shortcut"])
@pytest.mark.parametrize(
    ("more", "installation", "person"),
    [
        ({}, "T1", ("T1", "U1")),
        ({"user": {"id": "U1", "team_id": "TGUEST"}}, "T1", ("TGUEST", "U1")),
        ({"team": None, "enterprise": {"id": "E1"}, "is_enterprise_install": True}, "E1", ("E1", "U1")),
        ({"team": {"id": "T2", "enterprise_id": "E1"}, "is_enterprise_install": "true"}, "E1", ("E1", "U1")),
        ({"view": {"id": "V1", "app_installed_team_id": "T9"}}, "T9", ("T1", "U1")),
    ],
)
def test_what_is_done_by_hand_says_the_same(
    kind: str, more: dict[str, Any], installation: str, person: tuple[str, str]
) -> None:
    assert read_whose(interaction(kind, **more)) == Whose(installation, PersonKey(*person))


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"team_id": "T1", "enterprise_id": "E1", "is_enterprise_install": "false"}, "T1"),
        ({"team_id": "T1", "enterprise_id": "E1", "is_enterprise_install": "true"}, "E1"),
        ({"team_id": None, "enterprise_id": "E1"}, "E1"),
    ],
)
def test_a_command_belongs_to_the_workspace_or_to_the_org_that_has_the_app(more: dict[str, Any], expected: str) -> None:
    whose = read_whose({"command": "/dp", "user_id": "U1", **more})

    assert whose == Whose(expected, PersonKey(expected, "U1"))
    assert whose.through is None


@pytest.mark.parametrize(
    "body",
    [
        event(OURS, shared=True, user_team="TGUEST"),
        interaction("view_submission", user={"id": "U1", "team_id": "TGUEST"}),
        interaction("block_actions", user={"id": "U1", "team_id": "TGUEST"}, view=None, channel={"id": "C1"}),
        interaction("block_suggestion", user={"id": "U1", "team_id": "TGUEST"}),
        interaction("message_action", user={"id": "U1", "team_id": "TGUEST"}, channel={"id": "C1"}),
    ],
)
def test_a_guest_is_answered_through_the_installation_they_spoke_to(body: dict[str, Any]) -> None:
    incoming = parse_incoming(body)

    assert incoming.person == PersonKey("TGUEST", "U1")
    assert incoming.where.through == "T1"


@pytest.mark.parametrize("odd", [7, [], "x", None, {"id": 7}, {"team_id": ["T1"]}])
def test_odd_json_belongs_to_nobody(odd: Any) -> None:
    for kind in ("block_actions", "event_callback", "view_submission"):
        body = {"type": kind, "user": odd, "team": odd, "view": odd, "event": odd, "authorizations": odd}
        assert read_whose(body).person is None


def test_what_two_workspaces_hear_in_a_channel_they_share_is_one_request() -> None:
    said = {"ts": "1773162000.000100", "user_team": "TGUEST"}
    ours, theirs = (
        parse_incoming({**event({**OURS, "team_id": team}, shared=True, **said), "event_id": f"Ev{team}"})
        for team in ("T1", "TGUEST")
    )

    assert ours.key == theirs.key != parse_incoming(event(OURS, ts="1773162000.000200")).key
    assert parse_incoming({**event(OURS, type="app_home_opened"), "event_id": "Ev9"}).key == "event:Ev9"
