"""Forms that change what is there: what was emptied, what was not touched, and what cannot be shown."""

from typing import Any

import pytest

from bot.basics.errors import ChatopsError
from bot.catalogue.editing import changed_since, cleared_since, empty_value, fingerprint, to_send
from bot.catalogue.fields import ActionField, fields_of
from bot.catalogue.validation import validated
from bot.catalogue.values import assemble
from bot.dialpad.action import Action
from bot.dialpad.actions import ALL, by_slug

UPDATE = by_slug("DIALPAD_UPDATE_CALL_CENTER_SETTINGS_BY_ID")
CHANGING = [one for one in ALL if one.request.method == "PATCH"]


def field(name: str) -> ActionField:
    return next(one for one in fields_of(UPDATE) if one.name == name)


def test_what_was_filled_and_is_empty_is_cleared() -> None:
    was = fingerprint(UPDATE, {"ring_seconds": "30", "monday_hours": "09:00-12:00"})

    assert cleared_since(UPDATE, was, ["ring_seconds", "monday_hours", "sunday_hours"]) == [
        name for name in (one.name for one in fields_of(UPDATE)) if name in {"ring_seconds", "monday_hours"}
    ]
    assert changed_since(UPDATE, was, {"ring_seconds": "30"}) == set()


def test_what_could_not_be_shown_is_not_cleared() -> None:
    assert cleared_since(UPDATE, fingerprint(UPDATE, {}), [one.name for one in fields_of(UPDATE)]) == []


def test_the_object_itself_and_what_is_required_cannot_be_cleared() -> None:
    was = fingerprint(UPDATE, {"id": "5"})

    assert cleared_since(UPDATE, was, ["id"]) == []


def test_the_form_of_an_earlier_version_clears_nothing() -> None:
    assert cleared_since(UPDATE, "abc", ["ring_seconds"]) == []


@pytest.mark.parametrize(("name", "empty"), [("ring_seconds", None), ("monday_hours", []), ("name", "")])
def test_a_list_a_text_and_all_else_are_cleared_each_in_its_way(name: str, empty: Any) -> None:
    assert empty_value(field(name)) == empty


def test_of_a_nested_object_all_goes_with_what_is_cleared_in_it() -> None:
    names = to_send(UPDATE, {"hold_queue.max_hold_count"}, ["hold_queue.max_hold_count", "hold_queue.max_hold_seconds"])

    assert names == {"hold_queue.max_hold_count", "hold_queue.max_hold_seconds"}


@pytest.mark.parametrize("action", CHANGING, ids=lambda one: one.slug)
def test_every_optional_field_of_every_change_can_be_cleared(action: type[Action[Any]]) -> None:
    given = [one for one in fields_of(action) if one.required or one.place == "path"]
    required = {one.path[0]: "5" if one.kind_path else _any_value(one) for one in given}
    required |= {one.kind_path[0]: one.enum[0] for one in given if one.kind_path}
    for one in fields_of(action):
        if one.required or one.place != "body" or one.one_of:
            continue
        data = assemble(action, {}, {one.name: empty_value(one)})
        try:
            body: Any = validated(action, {**required, **data}).build_request().body or {}
        except ChatopsError:
            assert len(one.path) > 1, one.name  # what its object cannot be without is told at its field
            continue
        for step in one.path:
            body = body[step]
        assert body == empty_value(one), one.name


def _any_value(one: ActionField) -> Any:
    if one.enum:
        return one.enum[0]
    return True if one.type == "boolean" else "5"
