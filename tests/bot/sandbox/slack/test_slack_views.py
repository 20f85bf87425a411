"""Modals and the Home tab: the stack, hashes, what a submit answer does, what never reaches the app."""

import asyncio
from typing import Any

import pytest

from bot.sandbox.slack import NotThere
from tests.bot.sandbox.slack.stage import (
    ANA,
    SUPPORT,
    Json,
    Silence,
    Stage,
    actions,
    button,
    home,
    modal,
    option,
    plain,
    section,
    text_input,
)


async def submissions(stage: Stage) -> list[Json]:
    return [one.payload for one in stage.app.received if one.type == "view_submission"]


async def test_an_empty_acknowledgement_closes_the_modal(stage: Stage) -> None:
    view = await stage.open()
    answer = await stage.ana.submit(view, {"name": "Ana"})
    assert answer == {"ok": True, "result": "closed"}
    assert stage.ana.modals == []
    sent = (await submissions(stage))[0]["view"]
    assert sent["state"]["values"] == {"name": {"typed": {"type": "plain_text_input", "value": "Ana"}}}


async def test_errors_stand_at_their_fields_and_the_modal_stays(stage: Stage) -> None:
    view = await stage.open()
    stage.app.answers = [{"response_action": "errors", "errors": {"name": "Who is that?"}}]
    assert (await stage.ana.submit(view, {"name": "Ana"}))["result"] == "errors"
    assert stage.ana.modal is not None
    assert stage.ana.modal["errors"] == {"name": "Who is that?"}


async def test_errors_for_anything_but_an_input_are_trouble(stage: Stage) -> None:
    view = await stage.open()
    stage.app.answers = [{"response_action": "errors", "errors": {"nowhere": "?"}}]
    answer = await stage.ana.submit(view, {"name": "Ana"})
    assert (answer["ok"], answer["message"]) == (False, "We had some trouble connecting. Try again?")


async def test_update_push_and_clear(stage: Stage) -> None:
    view = await stage.open()
    stage.app.answers = [
        {"response_action": "update", "view": modal(title=plain("Second"))},
        {"response_action": "push", "view": modal(title=plain("Third"))},
        {"response_action": "clear"},
    ]
    assert (await stage.ana.submit(view, {"name": "Ana"}))["result"] == "updated"
    assert (await stage.ana.submit(view))["result"] == "pushed"
    assert [one["title"]["text"] for one in stage.ana.modals] == ["Second", "Third"]
    assert stage.ana.modals[1]["previous_view_id"] == view["id"]
    assert (await stage.ana.submit(stage.ana.modals[1], {"name": "Ana"}))["result"] == "cleared"
    assert stage.ana.modals == []


async def test_a_refused_view_in_an_answer_is_trouble_and_the_reason_is_noted(stage: Stage) -> None:
    view = await stage.open()
    stage.app.answers = [{"response_action": "update", "view": modal(title=plain("x" * 25))}]
    assert (await stage.ana.submit(view, {"name": "Ana"}))["ok"] is False
    assert "must be less than 25 characters" in stage.ana.notices[-1]


async def test_a_submit_nobody_acknowledges_shows_trouble_in_the_modal(stage: Stage) -> None:
    view = await stage.open()
    stage.app.answers = [Silence()]
    task = asyncio.create_task(stage.ana.submit(view, {"name": "Ana"}))
    await stage.app.until(2)
    stage.advance(3.1)
    assert (await task)["error"] == "operation_timeout"
    assert stage.ana.modal is not None
    assert stage.ana.modal["error"] == "We had some trouble connecting. Try again?"


async def test_a_second_submit_waits_for_the_first(stage: Stage) -> None:
    view = await stage.open()
    stage.app.answers = [Silence()]
    first = asyncio.create_task(stage.ana.submit(view, {"name": "Ana"}))
    await stage.app.until(2)
    assert (await stage.ana.submit(view))["error"] == "submitting"
    stage.advance(3.1)
    await first
    assert len(await submissions(stage)) == 1


NUMBER = {"type": "number_input", "action_id": "typed", "is_decimal_allowed": False, "min_value": "1", "max_value": "9"}
BAD_INPUTS: list[tuple[Json, Any]] = [
    ({"type": "plain_text_input", "action_id": "typed"}, None),
    ({"type": "plain_text_input", "action_id": "typed", "min_length": 3}, "ab"),
    ({"type": "plain_text_input", "action_id": "typed", "max_length": 3}, "abcd"),
    ({"type": "plain_text_input", "action_id": "typed"}, "x" * 3001),
    (NUMBER, "many"),
    (NUMBER, "1.5"),
    (NUMBER, "0"),
    (NUMBER, "10"),
    ({"type": "email_text_input", "action_id": "typed"}, "ana@"),
    ({"type": "url_text_input", "action_id": "typed"}, "northlight"),
    ({"type": "static_select", "action_id": "typed", "options": [option("one")]}, None),
    ({"type": "multi_users_select", "action_id": "typed"}, []),
]


@pytest.mark.parametrize(("element", "value"), BAD_INPUTS)
async def test_what_slack_itself_refuses_never_reaches_the_app(stage: Stage, element: Json, value: Any) -> None:
    view = await stage.open(blocks=[{"type": "input", "block_id": "b", "label": plain("L"), "element": element}])
    answer = await stage.ana.submit(view, {"b": value})
    assert answer["error"] == "invalid_input"
    assert list(answer["errors"]) == ["b"]
    assert await submissions(stage) == []


async def test_optional_inputs_may_stay_empty(stage: Stage) -> None:
    view = await stage.open(blocks=[text_input(optional=True, min_length=3)])
    assert (await stage.ana.submit(view))["ok"] is True


async def test_a_fourth_modal_is_refused(stage: Stage) -> None:
    view = await stage.open()
    for _ in range(2):
        pushed = await stage.call("views.push", trigger_id=await stage.trigger(view), view=modal())
        assert pushed["ok"] is True
    answer = await stage.call("views.push", trigger_id=await stage.trigger(view), view=modal())
    assert answer["error"] == "push_limit_reached"
    assert len(stage.ana.modals) == 3


async def test_a_push_needs_a_trigger_from_inside_a_modal(stage: Stage) -> None:
    answer = await stage.call("views.push", trigger_id=await stage.trigger(), view=modal())
    assert answer["error"] == "invalid_trigger_id"


async def test_a_wrong_hash_is_a_conflict(stage: Stage) -> None:
    view = await stage.open()
    seen = view["hash"]
    assert (await stage.call("views.update", view_id=view["id"], hash=seen, view=modal()))["ok"] is True
    assert (await stage.call("views.update", view_id=view["id"], hash=seen, view=modal()))["error"] == "hash_conflict"


async def test_a_closed_view_is_not_found(stage: Stage) -> None:
    view = await stage.open()
    await stage.ana.close(view)
    assert (await stage.call("views.update", view_id=view["id"], view=modal()))["error"] == "not_found"


async def test_an_external_id_is_unique_and_finds_its_view(stage: Stage) -> None:
    await stage.open(external_id="one")
    duplicate = await stage.call("views.open", trigger_id=await stage.trigger(), view=modal(external_id="one"))
    assert duplicate["error"] == "duplicate_external_id"
    updated = await stage.call("views.update", external_id="one", view=modal(title=plain("Found")))
    assert updated["view"]["title"]["text"] == "Found"


async def test_typed_text_survives_an_update_only_under_the_same_ids(stage: Stage) -> None:
    view = await stage.open(blocks=[text_input("name"), text_input("other")])
    await stage.ana.fill(view, {"name": "Ana", "other": "gone"})
    answer = await stage.call(
        "views.update", view_id=view["id"], view=modal(blocks=[text_input("name"), text_input("new")])
    )
    values = answer["view"]["state"]["values"]
    assert values["name"]["typed"]["value"] == "Ana"
    assert values["new"]["typed"]["value"] is None


async def test_initial_values_are_submitted_as_they_are(stage: Stage) -> None:
    chosen = option("two")
    picker = {
        "type": "static_select",
        "action_id": "pick",
        "options": [option("one"), chosen],
        "initial_option": chosen,
    }
    view = await stage.open(blocks=[text_input(initial_value="Ana"), {**text_input("pick"), "element": picker}])
    await stage.ana.submit(view)
    values = (await submissions(stage))[0]["view"]["state"]["values"]
    assert values["name"]["typed"]["value"] == "Ana"
    assert values["pick"]["pick"]["selected_option"] == chosen


async def test_closing_tells_the_app_only_when_it_asked(stage: Stage) -> None:
    view = await stage.open()
    await stage.ana.close(view)
    asked = await stage.open(notify_on_close=True)
    await stage.ana.close(asked)
    closed = [one.payload for one in stage.app.received if one.type == "view_closed"]
    assert [(one["view"]["id"], one["is_cleared"]) for one in closed] == [(asked["id"], False)]


async def test_the_x_closes_the_whole_stack(stage: Stage) -> None:
    view = await stage.open(notify_on_close=True)
    pushed = (await stage.call("views.push", trigger_id=await stage.trigger(view), view=modal(notify_on_close=True)))[
        "view"
    ]
    await stage.ana.close(pushed["id"], everything=True)
    assert stage.ana.modals == []
    closed = [one.payload for one in stage.app.received if one.type == "view_closed"]
    assert [(one["view"]["id"], one["is_cleared"]) for one in closed] == [(pushed["id"], True), (view["id"], True)]


async def test_home_is_published_and_guarded_by_its_hash(stage: Stage) -> None:
    first = await stage.call("views.publish", user_id=ANA, view=home(section("one")))
    second = await stage.call("views.publish", user_id=ANA, hash=first["view"]["hash"], view=home(section("two")))
    assert second["view"]["id"] == first["view"]["id"]
    stale = await stage.call("views.publish", user_id=ANA, hash=first["view"]["hash"], view=home())
    assert stale["error"] == "hash_conflict"
    assert stage.ana.home is not None
    assert stage.ana.home["blocks"][0]["text"]["text"] == "two"


async def test_a_press_on_home_carries_the_view(stage: Stage) -> None:
    await stage.call("views.publish", user_id=ANA, view=home(actions(button())))
    assert stage.ana.home is not None
    await stage.ana.press(stage.ana.home, "again")
    payload = stage.app.last.payload
    assert payload["container"] == {"type": "view", "view_id": stage.ana.home["id"]}
    assert payload["view"]["type"] == "home"


async def test_nobody_presses_what_is_not_there(stage: Stage) -> None:
    view = await stage.open()
    with pytest.raises(NotThere, match="only: again, typed"):
        await stage.ana.press(view, "bogus")
    with pytest.raises(NotThere):
        await stage.slack.person("U0SAM0002").submit(view)


async def test_a_select_with_response_url_enabled_brings_response_urls(stage: Stage) -> None:
    element = {"type": "conversations_select", "action_id": "where", "response_url_enabled": True}
    view = await stage.open(blocks=[{**text_input("target"), "element": element}])
    await stage.ana.submit(view, {"target": SUPPORT})
    (url,) = (await submissions(stage))[0]["response_urls"]
    assert (url["channel_id"], url["block_id"], url["action_id"]) == (SUPPORT, "target", "where")
    await stage.http.post(url["response_url"], json={"text": "Shared", "response_type": "in_channel"})
    assert [one["text"] for one in stage.ana.messages(SUPPORT)] == ["Shared"]
