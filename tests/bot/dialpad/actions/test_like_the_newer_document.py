"""Our actions are the operations of Dialpad's newer document, but for one, and have their parameters."""

import copy
from functools import cache
from typing import Any, Final

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it has no types of its own

from bot.dialpad.action import Action, Rate, needs_of
from bot.dialpad.actions import ALL
from bot.dialpad.actions.fields import Look
from tests.bot.dialpad.actions.arguments import Case, cases, every_word
from tests.bot.dialpad.actions.test_rules import fields_of, is_id, marks_of, params_of, type_of
from tests.each import every_action, for_each
from tests.newer_document import components, facts_of, is_newer, key_of, operations

NEWER: Final = [action for action in ALL if is_newer(action)]
NOT_AN_ACTION: Final = {"POST /api/v2/numbers/swap"}
"""In both documents, and not in the list of actions that other tools are written against."""
DROPPED_WORDS: Final = {"eavesdrop"}
"""A state of calls that the newer document no longer lists; companies may have subscribed to it."""


def test_every_operation_has_an_action() -> None:
    assert set(operations()) - {key_of(action) for action in ALL} == NOT_AN_ACTION
    assert (len(ALL), len(NEWER)) == (240, 48)


def test_every_action_is_an_operation() -> None:
    assert {key_of(action) for action in ALL} <= set(operations())


@cache
def closed_components() -> dict[str, Any]:
    """The schemas with nothing allowed in them that they do not describe."""
    found = copy.deepcopy(components())
    for schema in schemas_in(found):
        if "properties" in schema:
            schema["additionalProperties"] = False
    return found


def schemas_in(node: Any) -> Any:
    if isinstance(node, dict):
        yield node
    for part in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from schemas_in(part)


@cache
def body_validator(action: type[Action[Any]]) -> Draft202012Validator | None:
    schema = facts_of(action)["body"]
    return None if schema is None else Draft202012Validator({**schema, "components": closed_components()})


def complaints(case: Case) -> list[str]:
    """What is wrong with the case's request; nothing, if all is well."""
    request = case.action.model_validate(case.arguments).build_request()
    params = facts_of(case.action)["parameters"]
    in_query = {param["name"]: param for param in params if param["in"] == "query"}
    in_path = {param["name"] for param in params if param["in"] == "path"}
    found = [f"unknown in the query: {name}" for name in request.query if name not in in_query]
    found += [f"missing: {n}" for n, p in in_query.items() if p.get("required") and n not in request.query]
    found += [f"not in the path: {name}" for name in in_path ^ set(case.action.request.placeholders)]
    for name, value in request.query.items():
        found += problems(in_query.get(name, {}).get("schema", {}), value)
    if (validator := body_validator(case.action)) is None:
        return found + (["no body is described"] if request.body is not None else [])
    body = {} if request.body is None and request.method == "GET" else request.body
    errors = [error for error in validator.iter_errors(body) if error.instance not in DROPPED_WORDS]
    return found + [f"{error.json_path}: {error.message}" for error in errors]


def problems(schema: dict[str, Any], value: Any) -> list[str]:
    """A value of a query is text; it is read as its schema says."""
    if schema.get("type") == "boolean":
        value = {"true": True, "false": False}.get(value, value)
    elif schema.get("type") == "integer" and value.isdecimal():
        value = int(value)
    return [error.message for error in Draft202012Validator(schema).iter_errors(value)]


@for_each("case", cases())
def test_the_request_is_as_described(case: Case) -> None:
    assert complaints(case) == []


@every_action
def test_every_word_is_one_that_dialpad_takes(action: type[Action[Any]]) -> None:
    for case in every_word(action):
        assert complaints(case) == [], str(case)


def test_an_unknown_field_would_be_seen() -> None:
    case = next(case for case in cases() if case.action.slug == "DIALPAD_SET_USER_CALLER_ID_BY_ID")
    validator = body_validator(case.action)
    assert validator is not None
    body = case.action.model_validate(case.arguments).build_request().body
    assert validator.is_valid(body)
    assert not validator.is_valid({**(body or {}), "colour": "red"})


def described(action: type[Action[Any]]) -> dict[str, tuple[str, bool, list[str], str]]:
    """JSON path → (place, required, words, type), as the document says; only leaves."""
    facts = facts_of(action)
    found = {
        param["name"]: (param["in"], bool(param.get("required")), _words(param["schema"]), _type(param["schema"]))
        for param in facts["parameters"]
    }
    for path, required, schema in _leaves(facts["body"] or {}, ""):
        found[path] = ("body", required and "." not in path, _words(schema), _type(schema))
    return found


def _leaves(schema: dict[str, Any], prefix: str) -> Any:
    schema = _resolved(schema)
    needed = set(schema.get("required", ()))
    for name, part in schema.get("properties", {}).items():
        inner = _resolved(part)
        if inner.get("properties") and not inner.get("oneOf"):
            yield from _leaves(inner, f"{prefix}{name}.")
        else:
            yield prefix + name, name in needed, inner


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    if (reference := schema.get("$ref")) is None:
        return schema
    found: dict[str, Any] = components()["schemas"][reference.rpartition("/")[2]]
    return found


def _words(schema: dict[str, Any]) -> list[str]:
    inner = schema.get("items", schema)
    return sorted(str(word) for word in inner.get("enum", []) if word is not None)


def _type(schema: dict[str, Any]) -> str:
    if "oneOf" in schema:
        return "object"
    kinds = schema.get("type", "object")
    kind = next(one for one in kinds if one != "null") if isinstance(kinds, list) else kinds
    return f"{_type(_resolved(schema.get('items', {})))}[]" if kind == "array" else str(kind)


@every_action
def test_every_parameter_of_the_document_is_a_field(action: type[Action[Any]]) -> None:
    """Also of the older operations: nothing that Dialpad takes is missing."""
    missing = set(described(action)) - set(params_of(action))
    assert {path for path in missing if not _is_within_alternatives(action, path)} == set()


def _is_within_alternatives(action: type[Action[Any]], path: str) -> bool:
    return any(found.startswith(f"{path}.") for found in params_of(action))


@for_each("action", NEWER, name=lambda action: action.slug)
def test_the_parameters_are_the_documents(action: type[Action[Any]]) -> None:
    expected = {path: (place, required, words) for path, (place, required, words, _) in described(action).items()}
    found = params_of(action)
    assert {path: (place, words) for path, (place, _, words) in found.items()} == {
        path: (place, words) for path, (place, _, words) in expected.items()
    }
    assert {path for path, (_, required, _) in expected.items() if required} <= {
        path for path, (_, required, _) in found.items() if required
    }


@for_each("action", NEWER, name=lambda action: action.slug)
def test_the_types_are_the_documents(action: type[Action[Any]]) -> None:
    expected = {path: kind for path, (_, _, _, kind) in described(action).items()}
    for path, _, info in fields_of(action):
        found = type_of(info.annotation)
        wanted = expected[path]
        if Look.COMMAS in marks_of(info):
            wanted = f"{wanted}[]"
        if is_id(info) or found.startswith("string"):
            wanted = wanted.replace("integer", "string")
        assert found == wanted, path


@for_each("action", NEWER, name=lambda action: action.slug)
def test_who_may_and_how_often_is_what_the_document_says(action: type[Action[Any]]) -> None:
    facts = facts_of(action)
    assert [Rate(rate.calls, rate.seconds) for rate in action.rates] == [Rate(calls) for calls in facts["rates"]]
    assert action.company_admin_key == facts["admin"]
    assert list(action.scopes) == facts["scopes"]


@every_action
def test_what_needs_a_scope_says_so(action: type[Action[Any]]) -> None:
    for scope in action.scopes:
        assert scope in needs_of(action)
