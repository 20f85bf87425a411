"""The protocol of the page: boot, conversations, acts, live events, uploads."""

import json
from typing import Any

import pytest
from websockets.asyncio.client import connect

from bot.sandbox.serving import listen, serving
from tests.bot.sandbox.slack.stage import (
    ANA,
    GUS,
    LEADERSHIP,
    SUPPORT,
    Json,
    Stage,
    actions,
    button,
    home,
    section,
    text_input,
)


async def act(stage: Stage, name: str, **body: Any) -> Json:
    return dict((await stage.http.post(f"/client/act/{name}", json={"as": ANA, **body})).json())


async def test_boot_says_who_where_and_what_can_be_typed(stage: Stage) -> None:
    boot = (await stage.http.get("/client/boot", params={"as": ANA})).json()
    assert boot["me"]["real_name"] == "Ana Ferreira"
    assert [one["first_name"] for one in boot["people"]] == ["Ana", "Sam", "Priya", "Noor", "Léo", "Gus"]
    names = [one["name"] for one in boot["channels"] if one["kind"] == "channel"]
    assert names == ["general", "support", "sales", "phones"]
    assert LEADERSHIP not in [one["id"] for one in boot["channels"]]
    assert [one["command"] for one in boot["commands"]] == ["/dp", "/plain", "/invite"]
    assert boot["app_dm"] in [one["id"] for one in boot["channels"] if one["kind"] == "im"]
    assert (boot["modals"], boot["home"]) == ([], None)


async def test_nobody_else_gets_in(stage: Stage) -> None:
    for who in ("U0NOBODY", "U0DIALPAD1", ""):
        answer = await stage.http.get("/client/boot", params={"as": who})
        assert (answer.status_code, answer.json()["error"]) == (400, "unknown_person")


async def test_a_conversation_shows_my_ephemerals_only(stage: Stage) -> None:
    stage.app.answers = ["only you"]
    assert (await act(stage, "command", channel=SUPPORT, text="/dp"))["ok"] is True
    await act(stage, "say", channel=SUPPORT, text="all of you")
    mine = (await stage.http.get("/client/conversation", params={"as": ANA, "channel": SUPPORT})).json()
    assert [one["text"] for one in mine["messages"]] == ["all of you"]
    assert [one["text"] for one in mine["ephemerals"]] == ["only you"]
    others = (await stage.http.get("/client/conversation", params={"as": GUS, "channel": SUPPORT})).json()
    assert others["ephemerals"] == []
    await act(stage, "dismiss", channel=SUPPORT, ts=mine["ephemerals"][0]["ts"])
    assert stage.ana.ephemerals() == []


async def test_every_act_has_its_way_to_say_no(stage: Stage) -> None:
    view = await stage.open()
    where = {"kind": "view", "view_id": view["id"]}
    refusals = [
        await act(stage, "press", where=where, action_id="bogus"),
        await act(stage, "press", where={"kind": "view", "view_id": "V0GONE"}, action_id="again"),
        await act(stage, "say", channel=SUPPORT),
        await act(stage, "command", channel=LEADERSHIP, text="/dp"),
        await act(stage, "submit", view_id="V0GONE", values={}),
    ]
    assert [one["error"] for one in refusals] == ["not_there", "not_there", "missing_field", "not_there", "not_there"]
    assert all(one["ok"] is False and one["message"] for one in refusals)
    assert (await stage.http.post("/client/act/bogus", json={"as": ANA})).status_code == 404


async def test_a_person_can_use_slack_in_another_language(stage: Stage) -> None:
    told: list[str] = []
    stage.slack.on_locale.append(told.append)
    boot = (await stage.http.get("/client/boot", params={"as": ANA})).json()
    assert (boot["me"]["locale"], [one["locale"] for one in boot["locales"]]) == ("en-US", ["en-US", "es-LA"])
    assert (await act(stage, "read_in", locale="es-LA"))["me"]["locale"] == "es-LA"
    assert (await stage.call("users.info", user=ANA, include_locale=True))["user"]["locale"] == "es-LA"
    assert (await act(stage, "read_in", locale="tlh"))["error"] == "bad_value"
    assert told == [ANA]


async def test_press_fill_submit_and_close(stage: Stage) -> None:
    view = await stage.open()
    where = {"kind": "view", "view_id": view["id"]}
    await act(stage, "fill", where=where, values={"name": {"typed": "Ana"}})
    await act(stage, "press", where=where, action_id="again")
    assert stage.app.last.payload["view"]["state"]["values"]["name"]["typed"]["value"] == "Ana"
    stage.app.answers = [{"response_action": "errors", "errors": {"name": "no"}}]
    answer = await act(stage, "submit", view_id=view["id"], values={"name": {"typed": "Sam"}})
    assert (answer["result"], answer["errors"]) == ("errors", {"name": "no"})
    assert (await act(stage, "close", view_id=view["id"], everything=True))["ok"] is True


async def test_values_of_fields_that_went_away_meanwhile_are_dropped(stage: Stage) -> None:
    view = await stage.open()
    values = {"gone": {"typed": "x"}, "name": {"typed": "Ana"}}
    assert (await act(stage, "submit", view_id=view["id"], values=values))["result"] == "closed"


async def test_an_upload_can_be_submitted_and_downloaded_by_the_app(stage: Stage) -> None:
    sent = await stage.http.post("/client/upload", data={"as": ANA}, files={"file": ("roster.csv", b"a,b", "text/csv")})
    file = sent.json()["file"]
    element = {"type": "file_input", "action_id": "typed"}
    view = await stage.open(blocks=[{**text_input("roster"), "element": element}])
    assert (await act(stage, "submit", view_id=view["id"], values={"roster": {"typed": [file["id"]]}}))["ok"] is True
    given = stage.app.last.payload["view"]["state"]["values"]["roster"]["typed"]["files"][0]
    headers = {"authorization": "Bearer xoxb-sandbox"}
    assert (await stage.http.get(given["url_private"], headers=headers)).content == b"a,b"
    assert (await stage.http.get(given["url_private"])).status_code == 307


async def test_the_app_uploads_in_three_steps(stage: Stage) -> None:
    step = await stage.call("files.getUploadURLExternal", filename="calls.csv", length=3)
    assert (await stage.call("files.completeUploadExternal", files=[{"id": step["file_id"]}]))[
        "error"
    ] == "file_not_found"
    await stage.http.post(step["upload_url"], content=b"a,b")
    done = await stage.call(
        "files.completeUploadExternal", files=[{"id": step["file_id"], "title": "Calls"}], channel_id=SUPPORT
    )
    assert done["files"][0]["title"] == "Calls"
    assert stage.ana.messages(SUPPORT)[0]["files"][0]["name"] == "calls.csv"


async def test_live_events_arrive_in_order_and_only_for_who_may_see_them(stage: Stage) -> None:
    bound = listen(0)
    port = bound.getsockname()[1]
    async with serving(stage.slack.app, bound), connect(f"ws://127.0.0.1:{port}/client/live?as={ANA}") as live:
        seen = [json.loads(await live.recv())]
        stage.app.answers = ["only you"]
        await stage.ana.command(SUPPORT, "/dp")
        await stage.slack.person("U0PRIYA03").say(LEADERSHIP, "secret")
        posted = await stage.call("chat.postMessage", channel=SUPPORT, text="card", blocks=[actions(button())])
        await stage.call("chat.update", channel=SUPPORT, ts=posted["ts"], text="changed", blocks=[section()])
        await stage.call("chat.delete", channel=SUPPORT, ts=posted["ts"])
        view = await stage.open()
        await stage.ana.submit(view)
        await stage.ana.close(view)
        await stage.call("views.publish", user_id=ANA, view=home())
        await stage.ana.command(SUPPORT, "/bogus")
        while seen[-1]["type"] != "command_failed":
            seen.append(json.loads(await live.recv()))
    assert [one["type"] for one in seen] == [
        "hello", "ephemeral", "message", "changed", "deleted", "view_opened", "view_errors", "view_closed", "home",
        "ephemeral", "command_failed",
    ]  # fmt: skip
    assert seen[2]["message"]["text"] == "card"
    assert seen[3]["message"]["text"] == "changed"
    assert seen[5]["stack"][0]["title"]["text"] == "Send a text"
    assert seen[6]["errors"] == {"name": "Please complete this required field."}
    assert seen[7]["stack"] == []


@pytest.mark.parametrize(("decision", "has"), [("allow", "code="), ("deny", "error=access_denied")])
async def test_the_consent_page_sends_people_back(stage: Stage, decision: str, has: str) -> None:
    redirect = "https://bot.test/slack/oauth_redirect"
    page = await stage.http.get(
        "/oauth/v2/authorize", params={"state": "<s>", "redirect_uri": redirect, "scope": "commands"}
    )
    assert "&lt;s&gt;" in page.text
    form = {"state": "s", "redirect_uri": redirect, "user": ANA, "decision": decision}
    back = await stage.http.post("/oauth/v2/authorize", data=form)
    assert back.status_code == 303
    assert has in back.headers["location"]


async def test_a_code_installs_once(stage: Stage) -> None:
    redirect = "https://bot.test/slack/oauth_redirect"
    form = {"state": "s", "redirect_uri": redirect, "user": ANA, "decision": "allow"}
    back = await stage.http.post("/oauth/v2/authorize", data=form)
    code = back.headers["location"].rpartition("code=")[2]
    installed = await stage.call("oauth.v2.access", code=code)
    assert (installed["access_token"], installed["authed_user"]) == ("xoxb-sandbox", {"id": ANA})
    assert (await stage.call("oauth.v2.access", code=code))["error"] == "invalid_code"


async def test_a_redirect_that_is_not_in_the_manifest_is_refused(stage: Stage) -> None:
    form = {"state": "s", "redirect_uri": "https://evil.test/", "user": ANA, "decision": "allow"}
    assert (await stage.http.post("/oauth/v2/authorize", data=form)).status_code == 400
