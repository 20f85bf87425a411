"""Any action from Slack: the picker, the form that fills itself, files in and out, statistics in the same place."""

from datetime import timedelta

import pytest

from bot.catalogue import stats_waiting
from bot.sandbox.cast import CUSTOMERS, SUPPORT
from bot.sandbox.demo import Demo
from bot.sandbox.dialpad.resources import stats
from tests.flows.hands import Hands, Json, said
from tests.flows.stage import ChangeWait
from tests.rules.every_action import words_in

pytestmark = pytest.mark.asyncio(loop_scope="module")

UPDATE = "DIALPAD_UPDATE_CALL_CENTER_SETTINGS_BY_ID"
SMS = "DIALPAD_SEND_SMS_WITH_OPTIONAL_MEDIA_AND_GROUP_SENDER"
IVR = "DIALPAD_CREATE_CUSTOM_IVR_WITH_AUDIO_FILE"


def element(view: Json, name: str) -> Json:
    """The input of a field, whatever its block is called now."""
    (found,) = [one["element"] for one in view["blocks"] if one.get("block_id", "").partition("@")[0] == name]
    return dict(found)


def block(view: Json, name: str) -> str:
    (found,) = [one["block_id"] for one in view["blocks"] if one.get("block_id", "").partition("@")[0] == name]
    return str(found)


async def test_the_shortcut_leads_to_a_search_and_on_to_the_form(sam: Hands) -> None:
    await sam.person.shortcut("run.run_an_action")
    view = await sam.modal()
    found = await sam.person.options(view, element(view, "action")["action_id"], "hold queue")
    assert found["options"]
    listed = await sam.person.options(view, element(view, "action")["action_id"], "list call centers")
    option = (listed["options"] or listed["option_groups"][0]["options"])[0]  # in a group: the list is cut short
    await sam.submit({"action": option})
    assert (await sam.modal())["callback_id"] == "run.dialpad_retrieve_call_centers_information"
    await sam.submit()
    assert "Support" in words_in((await sam.modal())["blocks"])


async def test_home_leads_to_the_search(sam: Hands) -> None:
    await sam.press(await sam.home(), "Run an action…")
    assert (await sam.modal())["callback_id"] == "run.pick"


async def test_choosing_a_thing_fills_its_form_and_more_fields_keep_what_was_typed(priya: Hands) -> None:
    await priya.type(f"/dp run {UPDATE}")
    view = await priya.modal()
    option = await priya.pick("id", "supp")
    await priya.person.press(view, element(view, "id")["action_id"], option)
    view = await priya.modal()
    assert element(view, "ring_seconds")["initial_value"] == "30"
    await priya.person.fill(view, {block(view, "ring_seconds"): "21"})
    await priya.press(view, next(label for label in labels(view) if label.startswith("More fields")))
    view = await priya.modal()
    assert not any(label.startswith("More fields") for label in labels(view))
    priya.demo.dialpad.requests.clear()
    await priya.submit({block(view, "sunday_hours"): "9-12"})
    (sent,) = [one for one in priya.demo.dialpad.requests if one.method == "PATCH"]
    assert sent.body == {"ring_seconds": 21, "sunday_hours": ["09:00", "12:00"]}


async def test_an_action_is_starred_in_its_form_with_what_is_filled_in(priya: Hands) -> None:
    await priya.type("/dp run DIALPAD_CREATE_NEW_CONTACT_ENTRY first_name=Marta")
    await priya.press(await priya.modal(), "Add to favorites")
    starred = await priya.modal()
    assert "Remove from favorites" in labels(starred)
    assert element(starred, "first_name")["initial_value"] == "Marta"
    await priya.person.open_home()
    home = await priya.person.until(lambda: priya.person.home if "★" in said(priya.person.home or {}) else None)
    await priya.press(home, "Open")
    again = await priya.modal()
    assert element(again, "first_name")["initial_value"] == "Marta"
    await priya.press(again, "Remove from favorites")
    assert "Add to favorites" in labels(await priya.modal())
    await priya.person.until(lambda: "★" not in said(priya.person.home or {}))


async def test_of_what_is_at_dialpad_a_favorite_keeps_only_which_it_is(priya: Hands) -> None:
    await priya.type(f"/dp run {UPDATE} id={SUPPORT.id}")
    await priya.press(await priya.modal(), "Add to favorites")
    assert "Remove from favorites" in labels(await priya.modal())
    (kept,) = (await priya.demo.bot.store.preferences.get(priya.key))["favourites"]
    assert kept["args"] == {"id": str(SUPPORT.id)}


async def test_an_emptied_field_is_cleared_and_one_that_was_not_touched_is_not_sent(priya: Hands) -> None:
    await priya.type(f"/dp run {UPDATE} id={SUPPORT.id}")
    view = await priya.modal()
    priya.demo.dialpad.requests.clear()
    await priya.submit({block(view, "ring_seconds"): "", block(view, "monday_hours"): ""})
    (sent,) = [one for one in priya.demo.dialpad.requests if one.method == "PATCH"]

    assert sent.body == {"ring_seconds": None, "monday_hours": []}
    await priya.settled()
    assert "→ (empty)" in said(priya.person.ephemerals()[-1])


async def test_what_was_empty_before_and_is_left_so_is_not_sent(priya: Hands) -> None:
    await priya.type(f"/dp run {UPDATE} id={SUPPORT.id}")
    view = await priya.modal()
    priya.demo.dialpad.requests.clear()
    await priya.submit({block(view, "name"): "Support"})

    assert [one for one in priya.demo.dialpad.requests if one.method == "PATCH"] == []


async def test_choosing_another_thing_shows_the_other_ones_values(priya: Hands) -> None:
    await priya.type(f"/dp run {UPDATE} id={SUPPORT.id}")
    view = await priya.modal()
    assert element(view, "name")["initial_value"] == "Support"
    await priya.person.press(view, element(view, "id")["action_id"], await priya.pick("id", "sales"))
    view = await priya.modal()
    assert element(view, "name")["initial_value"] == "Sales"
    assert view["state"]["values"][block(view, "name")][element(view, "name")["action_id"]]["value"] == "Sales"


async def test_a_wrong_value_is_told_at_its_field(priya: Hands) -> None:
    await priya.type(f"/dp run {UPDATE} id={SUPPORT.id}")
    view = await priya.modal()
    answer = await priya.submit({block(view, "monday_hours"): "9-25"})
    assert list(answer["errors"]) == [block(view, "monday_hours")]


async def test_a_nested_id_has_its_type_ahead(priya: Hands) -> None:
    await priya.type(f"/dp run {UPDATE} id={SUPPORT.id}")
    view = await priya.modal()
    await priya.press(view, next(label for label in labels(view) if label.startswith("More fields")))
    view = await priya.modal()
    action_id = element(view, "routing_options.open.action_target_id")["action_id"]
    found = await priya.person.options(view, action_id, "billing")
    assert [one["value"].partition(":")[0] for one in found["options"]] == ["department"]


async def test_a_desk_phone_is_offered_once_its_owner_is_chosen(priya: Hands) -> None:
    await priya.type("/dp run DIALPAD_GET_DESKPHONE_BY_PARENT_ID")
    view = await priya.modal()
    await priya.person.fill(view, {"parent_id": await priya.pick("parent_id", "")})
    found = await priya.person.options(view, element(view, "id")["action_id"], "")
    assert isinstance(found["options"], list)


async def test_a_picture_travels_from_the_form_to_dialpad(sam: Hands) -> None:
    await sam.type(f"/dp run {SMS} to_numbers={CUSTOMERS[0].phone}")
    view = await open_form(sam, SMS)
    picture = sam.person.upload("truck.png", b"\x89PNG picture")
    await sam.submit({"text": "Here it is", "media": [picture], "to_numbers": [to(CUSTOMERS[0].phone)]})
    confirm = await sam.modal()
    assert "truck.png" in words_in(confirm["blocks"]), words_in(view["blocks"])
    await sam.submit()
    (sent,) = [one for one in sam.demo.dialpad.requests if one.path.endswith("/sms")]
    assert sent.body["media"] == "iVBORyBwaWN0dXJl"


async def test_a_file_of_another_kind_is_refused_at_its_field(priya: Hands) -> None:
    await priya.type(f"/dp run {IVR}")
    await priya.modal()
    wrong = priya.person.upload("menu.txt", b"words")
    line = await priya.pick("target_id", "support")
    answer = await priya.submit({"target_id": line, "ivr_type": "ASK_FIRST_OPERATOR_NOT_AVAILABLE", "file": [wrong]})
    assert list(answer["errors"]) == ["file"]


async def test_a_csv_file_comes_by_direct_message_only(sam: Hands) -> None:
    listing = await sam.type("/dp run DIALPAD_LIST_USERS _find=okafor")
    await sam.press(listing, "CSV file")
    (file,) = [one for message in sam.person.messages("app") for one in message.get("files", [])]
    assert file["name"].endswith(".csv")
    assert not [one for one in sam.person.messages("#support") if one.get("files")]


async def test_statistics_come_where_they_were_asked_for(
    demo: Demo, priya: Hands, waits: ChangeWait, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stats, "PROCESSING_TIME", timedelta())
    await waits(stats_waiting, "FIRST_LOOK", 0.1)
    told = await priya.type("/dp run DIALPAD_RETRIEVE_COACHING_STATS_V2 stat_type=calls export_type=stats")
    assert "Preparing" in words_in(told["blocks"])
    await priya.person.until(
        lambda: any("are ready" in words_in(one["blocks"]) for one in priya.person.ephemerals()), 30
    )
    (file,) = [one for message in priya.person.messages("app") for one in message.get("files", [])]
    assert file["name"].startswith("statistics-")


async def open_form(hands: Hands, slug: str) -> Json:
    """The form of an action that a line with everything needed would not have opened."""
    if hands.person.modal is not None:
        await hands.person.close(hands.person.modal, everything=True)
    await hands.type(f"/dp run {slug.removeprefix('DIALPAD_').replace('_', ' ')}")
    if hands.person.modal is None:
        await hands.press(hands.person.ephemerals("#support")[-1], "Open")
    return await hands.modal()


def to(number: str) -> Json:
    return {"text": {"type": "plain_text", "text": number}, "value": number}


def labels(view: Json) -> list[str]:
    return [one["text"]["text"] for part in view["blocks"] if part["type"] == "actions" for one in part["elements"]]
