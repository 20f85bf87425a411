"""Saving a contact, adding somebody to a line and labelling a call, as people type it."""

import pytest

from bot.basics.errors import FieldError
from bot.contract.reply import Answer, Confirm, Form, Reply
from bot.sandbox.cast import ANA, LEO, NOOR, PRIYA, SAM, SUPPORT
from tests.handlers.harness import World, button_of, words_of

CREATE = "run.dialpad_create_new_contact_entry"
LABEL = "run.dialpad_attach_labels_to_call"


async def test_a_contact_is_saved_from_a_name_and_a_number(world: World) -> None:
    answer = await world.type(ANA, "contact Jordan Miles, +1 415 555 0180 at Miles & Co")
    assert "✅ Jordan Miles is now in the contacts with (415) 555-0180." in words_of(answer)
    (saved,) = [one for one in world.sandbox.state.contacts.values() if one.last_name == "Miles"]
    assert (saved.phones, saved.company_name) == (["+14155550180"], "Miles & Co")


async def test_what_is_missing_opens_the_form_with_what_was_typed(world: World) -> None:
    assert await world.type(ANA, "contact") == Form(CREATE, {})
    assert await world.type(ANA, "contact Jordan") == Form(CREATE, {"first_name": "Jordan"})
    assert await world.type(ANA, "contact 415 555 0180") == Form(CREATE, {"phones": ["+14155550180"]})
    wrong = await world.type(ANA, "contact Nina 415 555 018")
    assert isinstance(wrong, Form)
    assert "too short" in wrong.problems["phones"]


async def test_a_number_that_is_saved_already_is_asked_about(world: World) -> None:
    asked = await world.type(ANA, "contact Jo Roaster 415 555 0150")
    assert "(415) 555-0150 is already saved as Jordan Lee." in words_of(asked)
    change = await world.press(ANA, asked, "Change Jordan Lee")
    assert isinstance(change, Form)
    assert change.args["last_name"] == "Roaster"
    assert await world.press(ANA, asked, "Save another contact") == Form(
        CREATE, {"first_name": "Jo", "last_name": "Roaster", "phones": ["+14155550150"]}
    )


async def test_a_colleagues_number_needs_no_contact(world: World) -> None:
    assert "is Sam Okafor at your own company" in words_of(await world.type(ANA, f"contact Sam {SAM.phone}"))


async def added(world: World, words: str) -> Answer:
    return await world.agreed(PRIYA, await world.type(PRIYA, words))


async def test_a_colleague_is_added_to_a_call_center_after_a_yes(world: World) -> None:
    asked = await world.type(PRIYA, "add leo to support as supervisor")
    assert isinstance(asked, Confirm)
    assert LEO.dialpad_id not in world.sandbox.state.groups[SUPPORT.id].members
    assert "Léo Marchetti now supervises Support." in words_of(await world.agree(PRIYA, asked))


async def test_departments_are_added_to_and_taking_out_is_asked_first(world: World) -> None:
    assert "Noor Haddad now answers calls of Billing." in words_of(await world.type(PRIYA, "add noor to billing"))
    before = world.snapshot()
    asked = await world.type(PRIYA, "remove noor from the billing team")
    assert world.snapshot() == before
    assert "Calls of Billing no longer ring there." in words_of(asked)
    gone = await world.agree(PRIYA, asked)
    assert "Noor Haddad no longer answers calls of Billing." in words_of(gone)


async def test_somebody_without_a_line_opens_the_form(world: World) -> None:
    form = await world.type(PRIYA, "add noor")
    assert form == Form("run.dialpad_add_operator_to_call_center", {"user_id": str(NOOR.dialpad_id)})


async def test_an_unknown_line_is_said(world: World) -> None:
    with pytest.raises(FieldError, match="is called “Warehouse”"):
        await world.type(PRIYA, "add noor to Warehouse")


async def test_the_last_call_gets_a_label_more(world: World) -> None:
    await world.agree(ANA, await world.type(ANA, "call jordan"))
    answer = await world.type(ANA, "label last call vip")
    assert "The call with Jordan Lee +14155550150" in words_of(answer)
    assert "is now labeled VIP." in words_of(answer)
    assert "VIP and Refund" in words_of(await world.type(ANA, "label jordan refund"))
    assert button_of(answer, "Change…").route == LABEL


async def test_a_label_that_dialpad_does_not_have_offers_the_nearest(world: World) -> None:
    await world.agree(ANA, await world.type(ANA, "call jordan"))
    asked = await world.type(ANA, "label last call refnd")
    assert isinstance(asked, Reply)
    assert [button.label for button in asked.buttons] == ["/dp label last call Refund"]


async def test_without_any_call_a_call_can_be_chosen(world: World) -> None:
    answer = await world.type(ANA, "label last call vip")
    assert button_of(answer, "Choose a call").args == {"labels": "vip"}
