"""Trigger ids live three seconds and work once; response URLs live thirty minutes and work five times."""

import httpx
import pytest

from tests.bot.sandbox.slack.stage import SUPPORT, Stage, actions, button, modal, section


async def respond(stage: Stage, url: str, **fields: object) -> httpx.Response:
    return await stage.http.post(url, json=fields)


async def command_url(stage: Stage) -> str:
    await stage.ana.command(SUPPORT, "/dp")
    return str(stage.app.last.payload["response_url"])


@pytest.mark.parametrize(("seconds", "error"), [(2.9, None), (3.1, "expired_trigger_id")])
async def test_a_trigger_lives_three_seconds(stage: Stage, seconds: float, error: str | None) -> None:
    trigger = await stage.trigger()
    stage.advance(seconds)
    assert (await stage.call("views.open", trigger_id=trigger, view=modal())).get("error") == error


async def test_a_trigger_works_once(stage: Stage) -> None:
    trigger = await stage.trigger()
    assert (await stage.call("views.open", trigger_id=trigger, view=modal()))["ok"] is True
    assert (await stage.call("views.open", trigger_id=trigger, view=modal()))["error"] == "exchanged_trigger_id"


async def test_a_refused_view_does_not_use_up_its_trigger(stage: Stage) -> None:
    trigger = await stage.trigger()
    assert (await stage.call("views.open", trigger_id=trigger, view=modal(title=None)))["ok"] is False
    assert (await stage.call("views.open", trigger_id=trigger, view=modal()))["ok"] is True


async def test_a_response_url_works_five_times(stage: Stage) -> None:
    url = await command_url(stage)
    answers = [await respond(stage, url, text=f"answer {number}") for number in range(6)]
    assert [one.status_code for one in answers] == [200] * 5 + [404]
    assert answers[-1].json()["error"] == "used_url"
    assert [one["text"] for one in stage.ana.ephemerals(SUPPORT)] == [f"answer {number}" for number in range(5)]


async def test_a_response_url_lives_thirty_minutes(stage: Stage) -> None:
    url = await command_url(stage)
    stage.advance(1799)
    assert (await respond(stage, url, text="in time")).text == "ok"
    stage.advance(2)
    late = await respond(stage, url, text="late")
    assert (late.status_code, late.json()["error"]) == (404, "expired_url")


async def test_a_made_up_response_url_is_refused(stage: Stage) -> None:
    assert (await respond(stage, "/response/T0NORTHLT/made-up", text="hi")).status_code == 404


async def test_bad_blocks_through_a_response_url_are_refused(stage: Stage) -> None:
    answer = await respond(stage, await command_url(stage), blocks=[{"type": "bogus"}])
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_blocks")
    assert stage.ana.ephemerals() == []


async def test_a_pressed_message_is_replaced_and_deleted_through_its_url(stage: Stage) -> None:
    await stage.call("chat.postMessage", channel=SUPPORT, text="Sure?", blocks=[section(), actions(button())])
    message = stage.ana.messages(SUPPORT)[0]
    await stage.ana.press(message, "again")
    url = stage.app.last.payload["response_url"]
    await respond(stage, url, text="Done", replace_original=True)
    assert [(one["text"], one.get("blocks")) for one in stage.ana.messages(SUPPORT)] == [("Done", None)]
    await respond(stage, url, delete_original=True)
    assert stage.ana.messages(SUPPORT) == []


async def test_a_pressed_ephemeral_is_replaced_in_place(stage: Stage) -> None:
    stage.app.answers = [{"text": "Sure?", "blocks": [actions(button())]}]
    await stage.ana.command(SUPPORT, "/dp")
    shown = stage.ana.ephemerals()[0]
    await stage.ana.press(shown, "again")
    payload = stage.app.last.payload
    assert payload["container"]["is_ephemeral"] is True
    assert "message" not in payload
    await respond(stage, payload["response_url"], replace_original=True, text="Done")
    assert [one["text"] for one in stage.ana.ephemerals()] == ["Done"]


async def test_in_channel_answers_are_seen_by_everybody(stage: Stage) -> None:
    await respond(stage, await command_url(stage), text="For all", response_type="in_channel")
    assert [one["text"] for one in stage.ana.messages(SUPPORT)] == ["For all"]
    assert stage.ana.ephemerals() == []
