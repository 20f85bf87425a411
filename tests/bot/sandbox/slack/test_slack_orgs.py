"""An Enterprise org, a channel shared with another company, tokens that rotate, channels and removals told late."""

import pytest

from tests.bot.sandbox.slack.stage import ANA, SUPPORT, Json, Stage

ORG, GUEST, GUEST_TEAM = "E0NORTHLT", "U0GUEST01", "T0GUEST01"


@pytest.mark.parametrize("org_wide", [False, True])
async def test_payloads_of_an_org_name_it_and_what_the_app_is_installed_in(stage: Stage, org_wide: bool) -> None:
    stage.slack.join_org(ORG, org_wide=org_wide)
    await stage.ana.command(SUPPORT, "/dp")
    command = stage.app.last.payload
    await stage.ana.say("app", "hello")
    await stage.app.until(2)
    event = stage.app.events("message")[-1].payload

    assert (command["enterprise_id"], command["is_enterprise_install"]) == (ORG, str(org_wide).lower())
    team = None if org_wide else command["team_id"]
    authorized = event["authorizations"][0]
    assert (authorized["enterprise_id"], authorized["team_id"], authorized["is_enterprise_install"]) == (
        ORG, team, org_wide,
    )  # fmt: skip
    assert event["team_id"] == command["team_id"]


async def test_a_modal_says_where_the_app_is_installed(stage: Stage) -> None:
    stage.slack.join_org(ORG, org_wide=True)
    assert (await stage.open())["app_installed_team_id"] == ORG


@pytest.mark.parametrize("method", ["usergroups.list", "users.list", "conversations.list"])
async def test_an_orgs_token_has_to_name_a_workspace(stage: Stage, method: str) -> None:
    stage.slack.join_org(ORG, org_wide=True)
    (team,) = (await stage.call("auth.teams.list"))["teams"]

    assert (await stage.call(method))["error"] == "missing_argument"
    assert (await stage.call(method, team_id=team["id"]))["ok"]


async def test_a_workspace_of_an_org_loses_the_app_and_gets_it_again(stage: Stage) -> None:
    stage.slack._core.manifest["settings"]["event_subscriptions"]["bot_events"] += [
        "team_access_revoked",
        "team_access_granted",
    ]
    stage.slack.join_org(ORG, org_wide=True)
    (team,) = (await stage.call("auth.teams.list"))["teams"]
    stage.slack.take_access("T0SECOND")
    await stage.app.until(1)

    (told,) = stage.app.events("team_access_revoked")
    assert told.payload["event"] == {"type": "team_access_revoked", "team_ids": [team["id"]]}
    assert [one["id"] for one in (await stage.call("auth.teams.list"))["teams"]] == ["T0SECOND"]
    assert (await stage.call("users.list", team_id=team["id"]))["error"] == "team_access_not_granted"
    seen = (await stage.call("users.info", user=ANA))["user"]["enterprise_user"]
    assert (seen["enterprise_id"], seen["teams"]) == (ORG, [team["id"]])

    stage.slack.give_access()
    await stage.app.until(2)
    assert stage.app.events("team_access_granted")
    assert (await stage.call("users.list", team_id=team["id"]))["ok"]


async def test_a_guest_of_a_shared_channel_is_of_another_workspace(stage: Stage) -> None:
    guest = stage.slack.invite_guest(GUEST, "Gus Guest", GUEST_TEAM, SUPPORT)
    await guest.say(SUPPORT, "<@U0DIALPAD1> help")
    await stage.app.until(1)
    (mention,) = stage.app.events("app_mention")

    assert mention.payload["is_ext_shared_channel"]
    assert mention.payload["event"]["user_team"] == GUEST_TEAM
    assert mention.payload["authorizations"][0]["team_id"] == mention.payload["team_id"] != GUEST_TEAM


async def test_a_refresh_token_is_taken_once_and_an_old_token_ends(stage: Stage) -> None:
    stage.slack._core.manifest["settings"]["token_rotation_enabled"] = True
    stage.slack._core.codes["code"] = ANA

    async def refresh(token: str) -> Json:
        return await stage.call("oauth.v2.access", grant_type="refresh_token", refresh_token=token)

    first = await stage.call("oauth.v2.access", code="code")
    stage.advance(first["expires_in"] - 60)
    second = await refresh(first["refresh_token"])
    assert (await refresh(first["refresh_token"]))["error"] == "invalid_refresh_token"
    assert (await stage.call("auth.test", first["access_token"]))["ok"]

    stage.advance(61)
    assert (await stage.call("auth.test", first["access_token"]))["error"] == "token_expired"
    assert (await stage.call("auth.test", second["access_token"]))["ok"]


async def test_word_of_a_removal_may_come_late(stage: Stage) -> None:
    stage.slack._core.manifest["settings"]["event_subscriptions"]["bot_events"] += ["app_uninstalled", "tokens_revoked"]
    stage.slack.say_uninstalled(at=stage.clock.moment - 3000)
    await stage.app.until(2)

    assert {one.payload["event_time"] for one in stage.app.events("app_uninstalled")} == {
        int(stage.clock.moment) - 3000
    }


async def test_a_channel_with_a_new_id_is_only_there_under_it(stage: Stage) -> None:
    stage.slack._core.manifest["settings"]["event_subscriptions"]["bot_events"] += ["channel_id_changed"]
    posted = await stage.call("chat.postMessage", channel=SUPPORT, text="hi")
    stage.slack.rename_channel(SUPPORT, "C0SHARED1")
    await stage.app.until(1)

    (told,) = stage.app.events("channel_id_changed")
    assert (told.payload["event"]["old_channel_id"], told.payload["event"]["new_channel_id"]) == (SUPPORT, "C0SHARED1")
    assert (await stage.call("chat.update", channel=SUPPORT, ts=posted["ts"], text="x"))["error"] == "channel_not_found"
    assert (await stage.call("chat.update", channel="C0SHARED1", ts=posted["ts"], text="x"))["ok"]
