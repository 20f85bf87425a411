"""What the audit says of an action: the object and safe arguments, never a number, a text or a secret."""

import json
from typing import Any

import pytest

from bot.dialpad.action import Action, Entity, entity_of
from bot.dialpad.actions import by_slug
from bot.dialpad.actions.blockednumbers import BlockNumbers
from bot.dialpad.actions.call import PlaceCall
from bot.dialpad.actions.contacts import GetContact
from bot.dialpad.actions.numbers import GetNumber
from bot.dialpad.actions.people import User
from bot.dialpad.actions.sms import SendSms
from bot.dialpad.actions.users import ToggleDnd
from bot.dialpad.actions.webhooks import CreateWebhook
from bot.dialpad.audited import as_text, audited_object, made_object, safe_arguments
from tests.bot.dialpad.actions.arguments import NUMBER, cases


@pytest.mark.parametrize(
    ("action", "about"),
    [
        (by_slug("DIALPAD_DELETE_CALL_CENTER_BY_ID").model_validate({"id": "5527"}), "call center:5527"),
        (ToggleDnd(id="me", do_not_disturb=True), "user:me"),
        (GetNumber(number=NUMBER), "number"),
        (GetContact(id="shared_contact_pool_+14155550142"), "contact:…"),
        (GetContact(id="api_14155550142_uid"), "contact:…"),
        (SendSms(to_numbers=[NUMBER], text="Hello", user_id="me"), ""),
    ],
)
def test_the_object_is_what_the_path_names(action: Action[Any], about: str) -> None:
    assert audited_object(action) == about


def test_what_was_made_is_named_by_its_answer() -> None:
    action = CreateWebhook(hook_url="https://chatops.example.test/hook")
    assert made_object(action, User(id="77")) == "webhook:77"


def test_of_texts_and_numbers_only_their_names_are_kept() -> None:
    said = safe_arguments(SendSms(to_numbers=[NUMBER], text="The code is 1234", user_id="5100000000000101"))
    assert said == {"user_id": "5100000000000101", "also": ["text", "to_numbers"]}
    assert as_text(said) == "user_id=5100000000000101, also text to_numbers"
    assert NUMBER not in repr(safe_arguments(BlockNumbers(numbers=[NUMBER])))
    assert NUMBER not in repr(safe_arguments(PlaceCall(user_id="me", phone_number=NUMBER)))


def test_no_action_leaves_a_number_or_free_text_in_the_audit() -> None:
    leaks = []
    for case in cases():
        action = case.action.model_validate(case.arguments)
        said = json.dumps([audited_object(action), safe_arguments(action)])
        if NUMBER in said or NUMBER.removeprefix("+") in said or "a b/c" in said:
            leaks.append((str(case), said))
    assert not leaks


def test_every_change_of_one_object_names_it() -> None:
    nameless = []
    for case in cases():
        placeholders = case.action.request.placeholders
        if not placeholders or case.label != "fewest":
            continue
        action = case.action.model_validate(case.arguments)
        if not audited_object(action):
            nameless.append(case.action.slug)
    assert not nameless
    assert entity_of(GetNumber.model_fields["number"]) is Entity.NUMBER
