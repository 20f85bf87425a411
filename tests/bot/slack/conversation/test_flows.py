"""Whole conversations with the embedded Slack, over signed HTTP and over Socket Mode."""

import asyncio
from typing import Any

from tests.bot.slack import verbs
from tests.bot.slack.conftest import Bot

GENERAL = "#support"


def texts(message: dict[str, Any]) -> str:
    """Everything a message or view says."""
    found: list[str] = []

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if isinstance(node.get("text"), str):
                found.append(node["text"])
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for one in node:
                walk(one)

    walk(message.get("blocks"))
    return "\n".join(found)


def actions(message: dict[str, Any]) -> dict[str, str]:
    """Button labels to action ids."""
    found: dict[str, str] = {}

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if node.get("type") == "button":
                found[node["text"]["text"]] = node["action_id"]
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for one in node:
                walk(one)

    walk(message.get("blocks"))
    return found


async def test_a_typed_command_is_answered_to_the_person_only(bot: Bot) -> None:
    await bot.ana.command(GENERAL, "/dp dnd on")
    await bot.idle()

    assert [texts(one).splitlines()[0] for one in bot.ana.ephemerals(GENERAL)] == ["Do not disturb is on."]
    assert bot.sam.ephemerals(GENERAL) == []
    assert verbs.happened == [("dnd", True)]


async def test_a_short_command_means_its_word(bot: Bot) -> None:
    await bot.ana.command(GENERAL, "/dp-dnd on")
    await bot.idle()

    assert verbs.happened == [("dnd", True)]


async def test_the_root_command_alone_shows_the_menu(bot: Bot) -> None:
    await bot.ana.command(GENERAL, "/dp")
    await bot.idle()

    assert "What would you like to do?" in texts(bot.ana.ephemerals()[0])


async def test_a_command_that_says_payload_is_not_lost(bot: Bot) -> None:
    await bot.ana.command(GENERAL, "/dp echo payload=1 and a payload")
    await bot.idle()

    assert verbs.happened == [("echo", "payload=1 and a payload")]


async def test_a_wrong_word_offers_the_nearest_ones(bot: Bot) -> None:
    await bot.ana.command(GENERAL, "/dp dndd on")
    await bot.idle()
    answer = bot.ana.ephemerals()[0]
    assert "/dp dnd on" in actions(answer)

    await bot.ana.press(answer, actions(answer)["/dp dnd on"])
    await bot.idle()

    assert verbs.happened == [("dnd", True)]


async def test_a_missing_argument_opens_the_form_with_what_was_given(bot: Bot) -> None:
    await bot.ana.command(GENERAL, "/dp sms jordan")
    await bot.idle()

    modal = bot.ana.modal
    assert modal is not None
    assert modal["callback_id"] == "verbs.sms"
    assert [one["block_id"] for one in modal["blocks"]] == ["to", "text"]
    chosen = modal["state"]["values"]["to"]["verbs.sms.to"]["selected_options"]
    assert [option["text"]["text"] for option in chosen] == ["Jordan"]


async def test_a_form_whose_fields_are_slow_opens_in_a_loading_state_first(bot: Bot) -> None:
    release = asyncio.Event()
    original = verbs.Somebody.describe

    async def slow(self: verbs.Somebody, ctx: Any, raw: str) -> Any:
        await release.wait()
        return await original(self, ctx, raw)

    verbs.Somebody.describe = slow  # type: ignore[method-assign]
    try:
        await bot.ana.command(GENERAL, "/dp sms jordan")
        await bot.ana.until(lambda: bot.ana.modal)
        assert "Opening the form" in texts(bot.ana.modal or {})
        release.set()
        await bot.idle()
    finally:
        verbs.Somebody.describe = original  # type: ignore[method-assign]

    assert (bot.ana.modal or {})["callback_id"] == "verbs.sms"


async def test_who_closes_the_loading_form_hears_nothing_more(bot: Bot) -> None:
    release = asyncio.Event()
    original = verbs.Somebody.describe

    async def slow(self: verbs.Somebody, ctx: Any, raw: str) -> Any:
        await release.wait()
        return await original(self, ctx, raw)

    verbs.Somebody.describe = slow  # type: ignore[method-assign]
    try:
        await bot.ana.command(GENERAL, "/dp sms jordan")
        await bot.ana.until(lambda: bot.ana.modal)
        await bot.ana.close(bot.ana.modal)
        release.set()
        await bot.idle()
    finally:
        verbs.Somebody.describe = original  # type: ignore[method-assign]

    assert bot.ana.modal is None
    assert bot.ana.ephemerals() == []


async def test_a_text_is_previewed_confirmed_and_sent_once(bot: Bot) -> None:
    await bot.ana.command(GENERAL, "/dp sms")
    await bot.idle()
    await bot.ana.submit(bot.ana.modal, {"to": [option("jordan")], "text": "Running *late*, <3 & more"})
    preview = bot.ana.modal
    assert preview is not None
    assert preview["callback_id"] == "confirm"
    assert "Running *late*, <3 & more" in texts(preview)
    assert verbs.happened == []

    await bot.ana.submit(preview)
    await bot.idle()

    assert verbs.happened == [("send", "Running *late*, <3 & more")]
    assert bot.ana.modal is None
    assert "Your text was sent." in texts(bot.ana.ephemerals(GENERAL)[-1])


def option(value: str) -> dict[str, Any]:
    return {"text": {"type": "plain_text", "text": value}, "value": value}


async def test_edit_goes_back_to_the_form_with_its_values(bot: Bot) -> None:
    await bot.ana.command(GENERAL, "/dp sms jordan hello there")
    await bot.idle()
    preview = bot.ana.modal
    assert preview is not None

    await bot.ana.press(preview, actions(preview)["Edit"])
    await bot.idle()

    modal = bot.ana.modal or {}
    assert modal["callback_id"] == "verbs.sms"
    assert modal["state"]["values"]["text"]["verbs.sms.text"]["value"] == "hello there"


async def test_a_field_error_stands_at_its_field(bot: Bot) -> None:
    await bot.ana.command(GENERAL, "/dp sms")
    await bot.idle()

    done = await bot.ana.submit(bot.ana.modal, {"to": [option("jordan")], "text": "please stop"})

    assert done["errors"] == {"to": "They asked for no more texts. Leave them out."}
    assert (bot.ana.modal or {})["callback_id"] == "verbs.sms"


async def test_a_refusal_of_dialpads_keeps_the_form_and_its_values(bot: Bot) -> None:
    await bot.ana.command(GENERAL, "/dp sms")
    await bot.idle()

    await bot.ana.submit(bot.ana.modal, {"to": [option("jordan")], "text": "forbidden words"})

    modal = bot.ana.modal or {}
    assert "You cannot text from this line." in texts(modal)
    assert modal["state"]["values"]["text"]["verbs.sms.text"]["value"] == "forbidden words"


async def test_a_form_that_takes_long_says_so_and_is_filled_later(bot: Bot) -> None:
    verbs.gates["sms"] = asyncio.Event()
    await bot.ana.command(GENERAL, "/dp sms")
    await bot.idle()

    await bot.ana.submit(bot.ana.modal, {"to": [option("jordan")], "text": "hi"})
    assert "Working on it" in texts(bot.ana.modal or {})
    verbs.gates["sms"].set()
    await bot.idle()

    assert (bot.ana.modal or {})["callback_id"] == "confirm"


async def test_a_late_refusal_brings_the_form_back(bot: Bot) -> None:
    verbs.gates["sms"] = asyncio.Event()
    await bot.ana.command(GENERAL, "/dp sms")
    await bot.idle()
    await bot.ana.submit(bot.ana.modal, {"to": [option("jordan")], "text": "please stop"})
    verbs.gates["sms"].set()
    await bot.idle()

    modal = bot.ana.modal or {}
    assert modal["callback_id"] == "verbs.sms"
    assert "They asked for no more texts" in texts(modal)
    assert modal["state"]["values"]["text"]["verbs.sms.text"]["value"] == "please stop"


async def test_a_slow_command_says_what_it_is_doing(bot: Bot) -> None:
    verbs.gates["calls"] = asyncio.Event()
    await bot.ana.command(GENERAL, "/dp calls")
    await bot.ana.until(bot.ana.ephemerals)
    assert "Look up calls" in bot.ana.ephemerals()[0]["text"]

    verbs.gates["calls"].set()
    await bot.idle()

    assert "Calls, page 1" in texts(bot.ana.ephemerals()[-1])


async def test_paging_replaces_the_list(bot: Bot) -> None:
    await bot.ana.command(GENERAL, "/dp calls")
    await bot.idle()
    listing = bot.ana.ephemerals()[0]

    await bot.ana.press(listing, actions(listing)["Next"])
    await bot.idle()

    assert len(bot.ana.ephemerals()) == 1
    assert "Calls, page 2" in texts(bot.ana.ephemerals()[0])


async def test_a_press_in_a_message_is_answered_beside_it(bot: Bot) -> None:
    await bot.ana.command(GENERAL, "/dp calls")
    await bot.idle()
    listing = bot.ana.ephemerals()[0]

    await bot.ana.press(listing, actions(listing)["Open"])
    await bot.idle()

    assert "(415) 555-0150" in texts(bot.ana.ephemerals()[-1])
    assert len(bot.ana.ephemerals()) == 2


async def test_pressing_yes_twice_acts_once_and_explains(bot: Bot) -> None:
    await bot.ana.say("app", "sms jordan hello")
    await bot.ana.until(lambda: [one for one in bot.ana.messages("app") if "bot_id" in one])
    preview = bot.ana.messages("app")[-1]
    yes = actions(preview)["Send"]

    await asyncio.gather(bot.ana.press(preview, yes), bot.ana.press(preview, yes))
    await bot.idle()

    assert verbs.happened == [("send", "hello")]
    shown = [texts(one) or one["text"] for one in bot.ana.messages("app") + bot.ana.ephemerals()]
    assert any("Sent by <@U0ANA0001>" in one for one in shown)
    assert any("already confirmed once" in one for one in shown)


async def test_cancel_takes_the_confirmation_away(bot: Bot) -> None:
    await bot.ana.say("app", "sms jordan hello")
    await bot.ana.until(lambda: [one for one in bot.ana.messages("app") if "bot_id" in one])
    preview = bot.ana.messages("app")[-1]

    await bot.ana.press(preview, actions(preview)["Cancel"])
    await bot.idle()

    assert "Canceled" in texts(bot.ana.messages("app")[-1])
    assert verbs.happened == []


async def test_a_mention_in_a_thread_is_answered_in_the_thread(bot: Bot) -> None:
    parent = await bot.ana.say(GENERAL, "hello")
    await bot.ana.say(GENERAL, "<@U0DIALPAD1> dnd on", parent["ts"])
    await bot.ana.until(bot.ana.ephemerals)
    await bot.idle()

    answer = bot.ana.ephemerals()[0]
    assert answer["thread_ts"] == parent["ts"]
    assert verbs.happened == [("dnd", True)]


async def test_a_missing_argument_without_a_click_offers_a_button(bot: Bot) -> None:
    await bot.ana.say("app", "sms jordan")
    await bot.ana.until(lambda: [one for one in bot.ana.messages("app") if "bot_id" in one])
    await bot.idle()
    offer = bot.ana.messages("app")[-1]

    await bot.ana.press(offer, actions(offer)["Open the form"])
    await bot.idle()

    chosen = (bot.ana.modal or {})["state"]["values"]["to"]["verbs.sms.to"]["selected_options"]
    assert [one["value"] for one in chosen] == ["jordan"]


async def test_messages_of_bots_and_edits_are_left_alone(bot: Bot) -> None:
    await bot.ana.say("app", "quiet")
    await bot.idle()
    await asyncio.sleep(0)

    assert [one for one in bot.ana.messages("app") if "bot_id" in one] == []


async def test_not_connected_remembers_the_request_and_runs_it_after(bot: Bot) -> None:
    await bot.ana.command(GENERAL, "/dp who 4155550150")
    await bot.idle()
    assert "Connect Dialpad" in actions(bot.ana.ephemerals()[0])
    person, request = bot.remembered.kept[0]
    assert (request["route"], request["args"]) == ("verbs.who", {"number": "4155550150"})

    assert await bot.dispatcher.resume(person) == 1
    await bot.idle()

    assert len(bot.ana.ephemerals(GENERAL)) == 2


async def test_something_unexpected_gives_a_reference_and_no_details(bot: Bot) -> None:
    await bot.ana.command(GENERAL, "/dp broken")
    await bot.idle()

    said = texts(bot.ana.ephemerals()[0])
    assert "reference" in said
    assert "secret detail" not in said
    assert bot.audit.entries[-1]["outcome"] == "RuntimeError"


async def test_type_ahead_answers(bot: Bot) -> None:
    await bot.ana.command(GENERAL, "/dp sms")
    await bot.idle()

    found = await bot.ana.options(bot.ana.modal, "verbs.sms.to", "jo")

    assert [one["value"] for one in found["options"]] == ["jordan", "amara"]


async def test_a_slow_or_failing_type_ahead_answers_with_nothing(bot: Bot) -> None:
    await bot.ana.command(GENERAL, "/dp sms")
    await bot.idle()

    for query in ("slow", "unconnected"):
        assert (await bot.ana.options(bot.ana.modal, "verbs.sms.to", query))["options"] == []


async def test_home_is_drawn_and_redrawn_after_a_press(bot: Bot) -> None:
    await bot.ana.open_home()
    await bot.ana.until(lambda: bot.ana.home)
    home = bot.ana.home or {}

    await bot.ana.press(home, actions(home)["Quiet"])
    await bot.idle()

    assert "Do not disturb is on." in texts(bot.ana.modal or {})
    assert "1" in texts(bot.ana.home or {})


async def test_homes_own_buttons_answer_on_home_itself(bot: Bot) -> None:
    await bot.ana.open_home()
    await bot.ana.until(lambda: bot.ana.home)
    await bot.idle()
    home = bot.ana.home or {}

    await bot.ana.press(home, actions(home)["Refresh"])
    await bot.idle()

    assert bot.ana.modal is None
    assert "Drawn anew." in texts(bot.ana.home or {})


async def test_a_global_shortcut_opens_its_form_and_shows_the_result_in_the_modal(bot: Bot) -> None:
    await bot.ana.shortcut("verbs.quick_text")
    await bot.idle()
    assert (bot.ana.modal or {})["callback_id"] == "verbs.quick_text"

    await bot.ana.submit(bot.ana.modal, {"to": [option("jordan")]})
    await bot.idle()

    assert "Would text" in texts(bot.ana.modal or {})


async def test_a_message_shortcut_gets_the_messages_text(bot: Bot) -> None:
    said = await bot.sam.say(GENERAL, "call me at +1 415 555 0150 please")
    await bot.ana.message_shortcut("verbs.look_up", GENERAL, said["ts"])
    await bot.idle()

    assert verbs.happened == [("look_up", "call me at <tel:+14155550150|+1 415 555 0150> please")]


async def test_always_form_opens_without_words_and_runs_with_an_empty_form(bot: Bot) -> None:
    await bot.ana.command(GENERAL, "/dp mood")
    await bot.idle()

    await bot.ana.submit(bot.ana.modal, {})
    await bot.idle()

    assert verbs.happened == [("mood", None)]


async def test_a_confirmation_from_a_listing_in_a_modal_lies_on_top(bot: Bot) -> None:
    await bot.ana.open_home()
    await bot.ana.until(lambda: bot.ana.home)
    await bot.ana.command(GENERAL, "/dp calls")
    await bot.idle()
    listing = bot.ana.ephemerals()[0]
    await bot.ana.press(listing, actions(listing)["Open"])
    await bot.idle()
    card = bot.ana.ephemerals()[-1]

    await bot.ana.press(card, actions(card)["Block"])
    await bot.idle()

    assert (bot.ana.modal or {})["callback_id"] == "confirm"
