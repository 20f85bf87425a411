"""What holds for every action, and that every action is what Dialpad's description says."""

import json
import re
from collections.abc import Iterator
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pytest
from pydantic import BaseModel, BeforeValidator, SecretStr
from pydantic.fields import FieldInfo

from bot.dialpad.action import ME, Action, Done, Names, Rate, Response, Risk, place_of, wire_name
from bot.dialpad.actions import ALL, by_slug, group_of
from bot.dialpad.actions.fields import ENTITY_OF_TYPE, KindIn, Look, OnlyWith
from bot.dialpad.actions.parts import RequestPart
from tests.bot.sandbox.dialpad.dialpad_documents import FOLDER
from tests.each import every_action, every_older_action, for_each
from tests.newer_document import facts_of, is_newer

FACTS = FOLDER / "actions.json"


def bare(annotation: Any) -> Iterator[Any]:
    """The types in an annotation, without None, Annotated and unions."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from bare(get_args(annotation)[0])
    elif origin in (Union, UnionType):
        for part in get_args(annotation):
            yield from bare(part)
    elif annotation is not NoneType:
        yield annotation


def type_of(annotation: Any) -> str:
    found = list(bare(annotation))
    if all(isinstance(part, type) and issubclass(part, BaseModel) for part in found):
        return "object"
    (part,) = found
    if get_origin(part) is list:
        return type_of(get_args(part)[0]) + "[]"
    if get_origin(part) in (Literal, dict):
        return "string" if get_origin(part) is Literal else "object"
    return {str: "string", SecretStr: "string", int: "integer", bool: "boolean"}[part]


def marks_of(info: FieldInfo) -> Iterator[Any]:
    """Everything an annotation is marked with, however deep."""

    def search(annotation: Any) -> Iterator[Any]:
        if get_origin(annotation) is Annotated:
            yield from annotation.__metadata__
        for part in get_args(annotation):
            yield from search(part)

    yield from info.metadata
    yield from search(info.annotation)


def is_id(info: FieldInfo) -> bool:
    return any(isinstance(mark, BeforeValidator) for mark in marks_of(info))


def enum_of(annotation: Any) -> list[str]:
    words: list[str] = []
    for part in bare(annotation):
        if get_origin(part) is Literal:
            words += get_args(part)
        elif get_origin(part) is list:
            words += enum_of(get_args(part)[0])
    return sorted(words)


def fields_of(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, str, FieldInfo]]:
    """Every parameter as (JSON path, name of its outermost field, field); nested objects by their leaves."""
    for name, info in model.model_fields.items():
        path = prefix + wire_name(name, info)
        parts = [part for part in bare(info.annotation) if isinstance(part, type) and issubclass(part, RequestPart)]
        if len(parts) == 1:
            for inner, _, leaf in fields_of(parts[0], path + "."):
                yield inner, name, leaf
        else:
            yield path, name, info


def params_of(action: type[Action[Any]]) -> dict[str, tuple[str, bool, list[str]]]:
    """JSON path → (place, required, enum). A part of a path is always required; nested fields never are."""
    found: dict[str, tuple[str, bool, list[str]]] = {}
    for path, name, leaf in fields_of(action):
        top = action.model_fields[name]
        place = place_of(action, name, top)
        required = place == "path" or ("." not in path and (leaf.is_required() or needed_with_a_word(leaf)))
        found[path] = (place, required, enum_of(leaf.annotation))
    return found


def needed_with_a_word(info: FieldInfo) -> bool:
    return any(isinstance(mark, OnlyWith) and mark.needed for mark in marks_of(info))


def listed_params(entry: dict[str, Any]) -> list[dict[str, Any]]:
    """What the list of actions names; where it names nothing, what it says that Dialpad's specification adds."""
    return entry["params"] or entry["spec_params_absent_from_seed"]  # type: ignore[no-any-return]  # from JSON


def rates_of(entry: dict[str, Any]) -> list[Rate]:
    """``1200 per minute.``, ``1 per 5 minute.``, ``200 per hour.``, ``Tier 0: 100 per minute; …`` or nothing."""
    if not entry["rate_limit"]:
        return []
    found = re.search(r"(\d+) per (\d+)? ?(minute|hour)", entry["rate_limit"])
    assert found
    calls, times, unit = found.groups()
    return [Rate(int(calls), int(times or 1) * {"minute": 60.0, "hour": 3600.0}[unit])]


def test_no_slug_is_used_twice() -> None:
    assert len({action.slug for action in ALL}) == len(ALL)


def test_no_name_is_used_twice() -> None:
    assert len({action.name for action in ALL}) == len(ALL)


@every_action
def test_an_action_is_found_by_its_slug(action: type[Action[Any]]) -> None:
    assert by_slug(action.slug) is action


@every_action
def test_an_action_says_what_it_is(action: type[Action[Any]]) -> None:
    summary = (action.__doc__ or "").strip()
    assert summary.endswith(".")
    assert len(action.name) <= 60
    assert isinstance(action.risk, Risk)


@every_action
def test_every_field_has_a_title_and_a_hint_that_fit_a_form(action: type[Action[Any]]) -> None:
    for path, _, info in fields_of(action):
        assert info.title, path
        assert info.description, path
        assert len(info.title) <= 48, path
        assert len(info.description) <= 150, path


@every_action
def test_everything_in_the_path_is_a_field(action: type[Action[Any]]) -> None:
    names = {wire_name(name, info) for name, info in action.model_fields.items()}
    assert set(action.request.placeholders) <= names


@every_action
def test_me_is_never_the_default_of_something_destructive_to_a_person(action: type[Action[Any]]) -> None:
    if action.slug == "DIALPAD_DELETE_USER_BY_ID":
        assert action.model_fields["id"].default != ME


@every_action
def test_reads_are_safe_to_repeat_and_what_goes_out_by_post_is_not(action: type[Action[Any]]) -> None:
    if action.risk is Risk.READ:
        assert action.can_repeat()
    if action.risk is Risk.OUTWARD and action.request.method in {"POST", "PATCH"}:
        assert not action.can_repeat()


@every_action
def test_a_limit_belongs_to_a_parameter_that_exists(action: type[Action[Any]]) -> None:
    names = {wire_name(name, info) for name, info in action.model_fields.items()}
    assert {rate.per for rate in action.rates if rate.per} <= names


@every_action
def test_an_id_of_several_kinds_stands_beside_its_kind(action: type[Action[Any]]) -> None:
    for model in [action, *parts_of(action)]:
        for info in model.model_fields.values():
            for kind in kinds_of(info):
                words = enum_of(model.model_fields[kind.field].annotation)
                assert words
                assert set(words) & set(ENTITY_OF_TYPE)


def kinds_of(info: FieldInfo) -> Iterator[KindIn]:
    return (mark for mark in marks_of(info) if isinstance(mark, KindIn))


def parts_of(model: type[BaseModel]) -> Iterator[type[RequestPart]]:
    for info in model.model_fields.values():
        found = list(bare(info.annotation))
        found += [inner for part in found if get_origin(part) is list for inner in bare(get_args(part)[0])]
        for part in found:
            if isinstance(part, type) and issubclass(part, RequestPart):
                yield part
                yield from parts_of(part)


# Ids that name nothing the bot has a list of. Whoever needs one gets it from another answer.
WITHOUT_A_LIST = {"a2p_campaign_id", "client_id", "recording_id", "conference.room_id", "meetings.instance_id"}


@every_action
def test_every_id_says_what_it_names(action: type[Action[Any]]) -> None:
    for path, _, info in fields_of(action):
        name = path.rpartition(".")[2]
        if not (name.endswith("_id") or name == "id") or {name, f"{group_of(action)}.{name}"} & WITHOUT_A_LIST:
            continue
        assert any(isinstance(mark, Names | KindIn) for mark in marks_of(info)), path


@every_action
def test_a_secret_is_hidden_wherever_it_goes_and_only_sent(action: type[Action[Any]]) -> None:
    secrets = [
        (name, wire_name(name, info))
        for name, info in action.model_fields.items()
        if any(word in name for word in ("secret", "verifier")) or name in {"code", "refresh_token"}
    ]
    for name, sent_as in secrets:
        assert Look.HIDDEN in set(marks_of(action.model_fields[name])), name
        filled = action.model_construct().model_copy(
            update={**dict.fromkeys(action.request.placeholders, "1"), name: SecretStr("puppy")}
        )
        assert "puppy" not in repr(filled) + str(filled.model_dump())
        assert (filled.build_request().body or {})[sent_as] == "puppy"


SIGNATURE = {"algo": "HS256", "type": "jwt", "secret": "puppy"}
TOLD = {
    "signature": SIGNATURE,
    "websocket_url": "wss://host/events/puppy",
    "webhook": {"id": "5", "signature": SIGNATURE},
    "websocket": {"id": "6", "signature": SIGNATURE, "websocket_url": "wss://host/events/puppy"},
    "access_token": "puppy",
    "refresh_token": "puppy",
    "id_token": "puppy",
    "password": "puppy",
}
TELLS_SECRETS = {
    "callrouters",
    "oauth2",
    "rooms",
    "schedulereports",
    "subscriptions",
    "users",
    "webhooks",
    "websockets",
}


@for_each("action", [action for action in ALL if group_of(action) in TELLS_SECRETS], name=lambda action: action.slug)
def test_what_dialpad_tells_in_clear_is_not_shown(action: type[Action[Any]]) -> None:
    known = [model for model in (action.answer_type(), *item_types(action.answer_type())) if model is not Done]
    for model in known:
        said = {key: value for key, value in TOLD.items() if key in model.model_fields}
        read = model.model_validate(said)
        assert "puppy" not in repr(read) + read.model_dump_json() + str(read.model_dump())


def item_types(model: type[Response]) -> Iterator[type[Response]]:
    info = model.model_fields.get("items")
    for part in bare(info.annotation) if info else ():
        yield from (item for item in get_args(part) if isinstance(item, type) and issubclass(item, Response))


@every_action
def test_the_models_of_an_action_can_be_built(action: type[Action[Any]]) -> None:
    assert action.model_rebuild(force=True) is not False
    answer = action.parse_answer(b"{}")
    assert isinstance(answer, Response)
    assert isinstance(answer, action.answer_type())


ADDED_SINCE = {
    "hold_queue.announce_estimated_wait_time",
    "hold_queue.estimated_wait_time_max",
    "include_anonymized",
    "international_dialing_enabled",
    "vi_locale",
}
"""Parameters of the first 192 actions that their list does not have, and Dialpad's newer document has."""
ALLOWED_MORE_OFTEN = {"DIALPAD_PATCH_CALL_ROUTER_BY_ID"}
"""Once in five minutes by the list, as often as anything by the newer document."""


def test_the_actions_are_the_ones_of_the_list(facts: dict[str, Any]) -> None:
    assert {action.slug for action in ALL if not is_newer(action)} == set(facts)


@pytest.fixture(scope="module")
def facts() -> dict[str, Any]:
    if not FACTS.exists():
        pytest.skip(f"Dialpad's description of its actions is not here: {FACTS.name}")
    return {entry["slug"]: entry for entry in json.loads(FACTS.read_text())}


@every_older_action
def test_where_an_action_goes_is_what_dialpad_says(action: type[Action[Any]], facts: dict[str, Any]) -> None:
    entry = facts[action.slug]
    assert (action.request.method, action.request.path, group_of(action)) == (
        entry["method"],
        entry["path"],
        entry["group"],
    )


@every_older_action
def test_the_parameters_are_what_dialpad_says(action: type[Action[Any]], facts: dict[str, Any]) -> None:
    found = params_of(action)
    expected = {}
    for param in listed_params(facts[action.slug]):
        path = param["json_path"]
        words = param.get("enum_spec") or param.get("enum")
        # What comes from the specification has no words here; the strict validator knows them.
        enum = found[path][2] if words is None and path in found else sorted(words or [])
        expected[path] = (param["in"], param["required"], enum)
    words_since = facts_of(action).get("newer_words", {})
    before = {
        path: (place, required, [word for word in words if word not in words_since.get(path, {}).get("newer", ())])
        for path, (place, required, words) in found.items()
        if path not in ADDED_SINCE
    }
    assert before == expected


@every_older_action
def test_the_types_are_what_dialpad_says(action: type[Action[Any]], facts: dict[str, Any]) -> None:
    expected = {param["json_path"]: param["type"] for param in listed_params(facts[action.slug])}
    for path, _, info in fields_of(action):
        if path in ADDED_SINCE:
            continue
        found = type_of(info.annotation)
        # An id is kept as a string whatever Dialpad calls it; it is sent as a number when it is one.
        wanted = (
            expected[path].replace("integer", "string") if is_id(info) or found.startswith("string") else expected[path]
        )
        assert found == wanted, path


@every_older_action
def test_who_may_and_how_often_is_what_dialpad_says(action: type[Action[Any]], facts: dict[str, Any]) -> None:
    entry = facts[action.slug]
    if action.slug not in ALLOWED_MORE_OFTEN:
        assert [Rate(rate.calls, rate.seconds) for rate in action.rates] == rates_of(entry)
    assert action.company_admin_key == entry["company_admin_key"]
    assert list(action.scopes) == entry["scopes"]


@every_older_action
def test_what_is_needed_within_a_nested_object_is_what_dialpad_says(
    action: type[Action[Any]], facts: dict[str, Any]
) -> None:
    needed = {param["json_path"] for param in listed_params(facts[action.slug]) if param.get("required_spec")}
    assert {path for path, _, leaf in fields_of(action) if "." in path and leaf.is_required()} == {
        path for path in needed if "." in path
    }
