import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it ships none
import pytest
import yaml

from bot.app import build_routes
from bot.contract.context import Ctx
from bot.contract.reply import Nothing
from bot.contract.routing import Router, RouteTable, build_table
from bot.slack.api.manifest import EVENTS, SCOPES, Need, build_manifest, write_manifest

PUBLIC = "https://chatops.example.test"
RESERVED = frozenset(
    {
        "/active", "/apps", "/archive", "/away", "/call", "/collapse", "/dm", "/dnd", "/expand", "/feed", "/help",
        "/invite", "/join", "/kick", "/leave", "/me", "/msg", "/mute", "/open", "/prefs", "/remind", "/remove",
        "/rename", "/search", "/shortcuts", "/shrug", "/star", "/status", "/topic", "/who",
    }
)  # fmt: skip
"""Slack's own commands; an app's command of the same name is never heard."""

SCHEMA = Path(__file__).parents[5] / "shared/slack/manifest.schema.json"


@pytest.fixture(scope="module")
def table() -> RouteTable:
    return build_routes()


@pytest.fixture(params=[None, PUBLIC], ids=["Socket Mode", "HTTP"])
def manifest(request: pytest.FixtureRequest, table: RouteTable) -> dict[str, Any]:
    return build_manifest(table, public_url=request.param)


def addresses(node: object) -> Iterator[str]:
    """Every address anywhere in it."""
    if isinstance(node, dict):
        node = list(node.values())
    if isinstance(node, list):
        for one in node:
            yield from addresses(one)
    elif isinstance(node, str):
        yield from re.findall(r"https?://\S+", node)


@pytest.mark.skipif(not SCHEMA.exists(), reason="Slack's manifest schema is not at hand beside the checkout")
def test_slacks_own_schema_accepts_it(manifest: dict[str, Any]) -> None:
    jsonschema.validate(manifest, json.loads(SCHEMA.read_text(encoding="utf-8")))


def test_the_texts_fit_slacks_limits(manifest: dict[str, Any]) -> None:
    shown = manifest["display_information"]

    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 175 <= len(shown["long_description"]) <= 4000
    assert len(manifest["features"]["bot_user"]["display_name"]) <= 80


def test_every_command_fits_slacks_limits(manifest: dict[str, Any]) -> None:
    commands = manifest["features"]["slash_commands"]

    assert len(commands) <= 50
    for command in commands:
        assert re.fullmatch(r"/[a-z0-9_-]{1,31}", command["command"])
        assert 1 <= len(command["description"]) <= 2000
        assert len(command.get("usage_hint", "")) <= 1000


def test_every_shortcut_fits_slacks_limits(manifest: dict[str, Any]) -> None:
    shortcuts = manifest["features"]["shortcuts"]

    assert len(shortcuts) <= 10
    for shortcut in shortcuts:
        assert 1 <= len(shortcut["name"]) <= 24
        assert 1 <= len(shortcut["description"]) <= 150
        assert 1 <= len(shortcut["callback_id"]) <= 255


def test_scopes_and_events_fit_slacks_limits(manifest: dict[str, Any]) -> None:
    assert len(manifest["oauth_config"]["scopes"]["bot"]) <= 255
    assert len(manifest["settings"]["event_subscriptions"]["bot_events"]) <= 100


def test_no_command_is_one_of_slacks_own(manifest: dict[str, Any]) -> None:
    assert RESERVED.isdisjoint(command["command"] for command in manifest["features"]["slash_commands"])


def test_no_command_and_no_shortcut_is_there_twice(manifest: dict[str, Any]) -> None:
    features = manifest["features"]
    names = [one["command"] for one in features["slash_commands"]] + [one["name"] for one in features["shortcuts"]]

    assert len(names) == len(set(names))


def test_every_shortcut_leads_to_a_handler(manifest: dict[str, Any], table: RouteTable) -> None:
    assert [one for one in manifest["features"]["shortcuts"] if one["callback_id"] not in table.by_id] == []


def test_every_short_command_is_a_word_the_bot_knows(manifest: dict[str, Any], table: RouteTable) -> None:
    words = [one["command"].removeprefix("/dp-") for one in manifest["features"]["slash_commands"][1:]]

    assert words
    assert [word for word in words if word not in table.by_word] == []


@pytest.mark.parametrize("need", [*SCOPES, *EVENTS], ids=lambda need: need.name)
def test_everything_asked_for_has_a_reason_in_the_file(need: Need, table: RouteTable) -> None:
    lines = write_manifest(build_manifest(table)).splitlines()

    assert need.why
    assert f"- {need.name}  # {need.why}" in [line.strip() for line in lines]


def test_every_event_a_handler_listens_for_is_asked_for(table: RouteTable) -> None:
    assert set(table.by_event) <= {need.name for need in EVENTS}


def test_direct_messages_to_the_app_are_switched_on(manifest: dict[str, Any]) -> None:
    home = manifest["features"]["app_home"]

    assert home["messages_tab_enabled"]
    assert not home["messages_tab_read_only_enabled"]


def test_socket_mode_needs_no_address_at_all(table: RouteTable) -> None:
    manifest = build_manifest(table)

    assert manifest["settings"]["socket_mode_enabled"]
    assert list(addresses(manifest)) == []


def test_over_http_slack_is_told_where_to_send_everything(table: RouteTable) -> None:
    manifest = build_manifest(table, public_url=f"{PUBLIC}/")
    settings = manifest["settings"]

    assert not settings["socket_mode_enabled"]
    assert settings["event_subscriptions"]["request_url"] == f"{PUBLIC}/slack/events"
    assert settings["interactivity"]["request_url"] == f"{PUBLIC}/slack/events"
    assert settings["interactivity"]["message_menu_options_url"] == f"{PUBLIC}/slack/events"
    assert {command["url"] for command in manifest["features"]["slash_commands"]} == {f"{PUBLIC}/slack/events"}
    assert manifest["oauth_config"]["redirect_urls"] == [f"{PUBLIC}/slack/oauth_redirect"]


def test_what_is_written_reads_back_the_same(manifest: dict[str, Any]) -> None:
    assert yaml.safe_load(write_manifest(manifest)) == manifest


def test_another_root_command_names_its_short_ones_too(table: RouteTable) -> None:
    commands = [one["command"] for one in build_manifest(table, command="/phone")["features"]["slash_commands"]]

    assert commands[0] == "/phone"
    assert all(command.startswith("/phone-") for command in commands[1:])


async def nothing(ctx: Ctx) -> Nothing:
    return Nothing()


def test_more_shortcuts_than_slack_takes_are_refused() -> None:
    routers = [Router() for _ in range(11)]
    for number, router in enumerate(routers):
        nothing.__name__ = f"nothing{number}"
        router.shortcut(f"Do nothing {number}", summary="Nothing")(nothing)

    with pytest.raises(ValueError, match="11 are declared"):
        build_manifest(build_table(routers))


def test_everybody_is_asked_for_a_small_core_and_may_leave_out_the_rest(manifest: dict[str, Any]) -> None:
    scopes = manifest["oauth_config"]["scopes"]

    assert scopes["bot"] == [
        "app_mentions:read",
        "channels:read",
        "chat:write",
        "commands",
        "groups:read",
        "im:history",
        "im:write",
        "users:read",
        "users:read.email",
    ]
    assert set(scopes["bot"]) | set(scopes["bot_optional"]) == {need.name for need in SCOPES}
    assert set(scopes["bot"]).isdisjoint(scopes["bot_optional"])
    assert "metadata.message:read" not in {need.name for need in SCOPES}
