import asyncio
import copy
from collections.abc import AsyncIterator
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.__main__ import app
from bot.app import build_routes
from bot.basics.settings import Settings
from bot.sandbox.serving import listen, serving
from bot.sandbox.slack import SlackSandbox
from bot.sandbox.slack.seed import APP_ID
from bot.slack.api.app_setup import AppSetupProblem, configuring, create_app, differences, read_app
from bot.slack.api.manifest import build_manifest

TOKEN = "xoxe.xoxp-sandbox"


@pytest.fixture
def wanted() -> dict[str, Any]:
    return build_manifest(build_routes())


@pytest.fixture
async def slack(wanted: dict[str, Any]) -> AsyncIterator[SlackSandbox]:
    bound = listen(0)
    url = f"http://127.0.0.1:{bound.getsockname()[1]}"
    found = SlackSandbox(manifest=copy.deepcopy(wanted), base_url=url, enforce_limits=False)
    async with serving(found.app, bound):
        yield found


@pytest.fixture
def settings(slack: SlackSandbox) -> Settings:
    return Settings(slack_api_url=f"{slack.base_url}/api/")


async def test_an_app_is_made_and_has_nothing_to_wish_for(settings: Settings, wanted: dict[str, Any]) -> None:
    async with configuring(settings, TOKEN) as client:
        made = await create_app(client, wanted)
        there = await read_app(client, made.id)

    assert differences(there, wanted) == []
    assert made.signing_secret
    assert made.client_secret


async def test_the_manifest_for_http_is_taken_too(settings: Settings) -> None:
    manifest = build_manifest(build_routes(), public_url="https://chatops.example.com")
    async with configuring(settings, TOKEN) as client:
        made = await create_app(client, manifest)

    assert made.id


async def test_a_manifest_that_slack_refuses_is_refused_with_its_places(
    settings: Settings, wanted: dict[str, Any]
) -> None:
    wanted["settings"]["socket_mode_enabled"] = False
    async with configuring(settings, TOKEN) as client:
        with pytest.raises(AppSetupProblem, match="/settings/interactivity: Interactivity requires"):
            await create_app(client, wanted)


@pytest.mark.parametrize("token", ["xoxb-sandbox", "xoxe.xoxp-old"])
async def test_another_token_is_refused_with_where_to_make_one(
    token: str, settings: Settings, wanted: dict[str, Any]
) -> None:
    async with configuring(settings, token) as client:
        with pytest.raises(AppSetupProblem, match="Your App Configuration Tokens"):
            await create_app(client, wanted)


async def test_an_app_that_is_not_there_is_said(settings: Settings) -> None:
    async with configuring(settings, TOKEN) as client:
        with pytest.raises(AppSetupProblem, match="There is no such app"):
            await read_app(client, "A0NOBODY")


async def test_without_a_network_it_says_so(settings: Settings) -> None:
    nowhere = settings.model_copy(update={"slack_api_url": "http://127.0.0.1:1/api/"})
    async with configuring(nowhere, TOKEN) as client:
        with pytest.raises(AppSetupProblem, match="cannot be reached"):
            await read_app(client, APP_ID)


def test_what_an_older_app_lacks_is_named(wanted: dict[str, Any]) -> None:
    there = copy.deepcopy(wanted)
    there["oauth_config"]["scopes"]["bot"].remove("chat:write")
    there["oauth_config"]["scopes"]["bot_optional"].remove("files:write")
    there["oauth_config"]["scopes"]["bot"].append("channels:join")
    there["settings"]["event_subscriptions"]["bot_events"].remove("app_mention")
    there["features"]["slash_commands"].pop(0)
    there["features"]["shortcuts"][0]["description"] = "Something else"
    there["settings"]["socket_mode_enabled"] = False

    assert differences(there, wanted) == [
        "lacks the permission chat:write",
        "lacks the optional permission files:write",
        "has a permission that is not used: channels:join",
        "does not hear the event app_mention",
        "lacks the slash command /dp",
        f"has the shortcut {wanted['features']['shortcuts'][0]['name']} with another description",
        "has socket_mode_enabled = off instead of on",
    ]


def test_an_app_with_nothing_at_all_lacks_everything(wanted: dict[str, Any]) -> None:
    found = differences({}, wanted)

    assert len(found) > len(wanted["oauth_config"]["scopes"]["bot"])


# At the terminal


async def type_it(slack: SlackSandbox, *words: str, **environment: str) -> Result:
    env = {"SLACK_API_URL": f"{slack.base_url}/api/", "SLACK_CONFIG_TOKEN": TOKEN} | environment
    return await asyncio.to_thread(CliRunner().invoke, app, words, env=env)


async def test_create_says_the_next_steps(slack: SlackSandbox) -> None:
    found = await type_it(slack, "slack", "create", PUBLIC_URL="")

    assert found.exit_code == 0, found.output
    assert f"1. Install it: {slack.base_url}/oauth/v2/authorize" in found.output
    assert "https://api.slack.com/apps/A0MADE0001/general" in found.output
    assert "SLACK_APP_TOKEN" in found.output
    assert TOKEN not in found.output


async def test_create_for_http_prints_the_signing_secret_once(slack: SlackSandbox) -> None:
    found = await type_it(slack, "slack", "create", "--public-url", "https://chatops.example.com")

    assert found.exit_code == 0, found.output
    assert "SLACK_SIGNING_SECRET=" in found.output
    assert "PUBLIC_URL=https://chatops.example.com" in found.output


async def test_diff_of_an_app_that_is_as_it_should_be(slack: SlackSandbox) -> None:
    found = await type_it(slack, "slack", "diff", APP_ID, PUBLIC_URL="")

    assert found.exit_code == 0, found.output
    assert "as this version wants it" in found.output


async def test_diff_of_an_app_over_http(slack: SlackSandbox) -> None:
    found = await type_it(slack, "slack", "diff", APP_ID, PUBLIC_URL="https://chatops.example.com")

    assert found.exit_code == 1
    assert f"{APP_ID} has socket_mode_enabled = on instead of off" in found.output


async def test_a_refused_token_is_one_sentence(slack: SlackSandbox) -> None:
    found = await type_it(slack, "slack", "create", SLACK_CONFIG_TOKEN="xoxe.xoxp-wrong")

    assert found.exit_code == 2
    assert "Slack refuses the token (invalid_auth)." in found.output
    assert "Traceback" not in found.output
