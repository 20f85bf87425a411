"""Our requests are what Dialpad's OpenAPI document describes, with nothing in them that it does not describe.

The document comes with the source distribution of ``python-dialpad``, not with its wheel.
"""

import copy
import json
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it has no types of its own

from bot.dialpad.action import Action
from tests.bot.dialpad.actions.arguments import Case, cases_before, every_word, without_newer
from tests.bot.sandbox.dialpad.dialpad_documents import FOLDER
from tests.each import every_older_action, for_each

SHARED = FOLDER / "openapi-193.json"


def find_document() -> Path | None:
    files = metadata.files("python-dialpad") or []
    with_the_sdk = [Path(str(file.locate())) for file in files if file.name == "dialpad_api_spec.json"]
    return next((path for path in [*with_the_sdk, SHARED] if path.exists()), None)


@cache
def document() -> dict[str, Any]:
    path = find_document()
    if path is None:
        pytest.skip("Dialpad's OpenAPI document is neither with the SDK nor beside this project")
    found: dict[str, Any] = json.loads(path.read_text())
    for schema in schemas_in(found["components"]):
        if schema.get("type") == "object" and "properties" in schema:
            schema["additionalProperties"] = False
    return found


def schemas_in(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for part in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from schemas_in(part)


def operation_of(action: type[Action[Any]]) -> dict[str, Any]:
    return document()["paths"][action.request.path][action.request.method.lower()]  # type: ignore[no-any-return]


@cache
def body_validator(action: type[Action[Any]]) -> Draft202012Validator | None:
    wanted = operation_of(action).get("requestBody")
    if wanted is None:
        return None
    schema = wanted["content"]["application/json"]["schema"]
    return Draft202012Validator({**schema, "components": document()["components"]})


def complaints(case: Case) -> list[str]:
    """What is wrong with the case's request; nothing, if all is well."""
    request = case.action.model_validate(case.arguments).build_request()
    params = {param["name"]: param for param in operation_of(case.action)["parameters"]}
    in_query = {name: param for name, param in params.items() if param["in"] == "query"}
    in_path = {name: param for name, param in params.items() if param["in"] == "path"}
    found = [f"unknown in the query: {name}" for name in request.query if name not in in_query]
    found += [f"missing: {n}" for n, p in in_query.items() if p.get("required") and n not in request.query]
    found += [f"not in the path: {name}" for name in set(in_path) ^ set(case.action.request.placeholders)]
    for name, value in request.query.items():
        found += problems(in_query[name]["schema"], value)
    for name, param in in_path.items():
        found += problems(param["schema"], str(case.arguments[name]))
    validator = body_validator(case.action)
    if validator is None:
        return found + (["no body is described"] if request.body is not None else [])
    return found + [f"{error.json_path}: {error.message}" for error in validator.iter_errors(request.body)]


def problems(schema: dict[str, Any], value: Any) -> list[str]:
    """A value of a path or query is text; it is read as its schema says."""
    if schema.get("type") == "boolean":
        value = {"true": True, "false": False}.get(value, value)
    elif schema.get("type") == "integer" and value.isdecimal():
        value = int(value)
    return [error.message for error in Draft202012Validator(schema).iter_errors(value)]


@for_each("case", cases_before())
def test_the_request_is_as_described(case: Case) -> None:
    assert complaints(case) == []


@every_older_action
def test_every_word_is_one_that_dialpad_takes(action: type[Action[Any]]) -> None:
    for case in every_word(action):
        if (older := without_newer(case)) is not None:
            assert complaints(older) == [], str(case)


def test_an_unknown_field_would_be_seen() -> None:
    spoilt = copy.deepcopy(
        next(case for case in cases_before() if case.action.slug == "DIALPAD_SET_USER_CALLER_ID_BY_ID")
    )
    validator = body_validator(spoilt.action)
    assert validator is not None
    body = spoilt.action.model_validate(spoilt.arguments).build_request().body
    assert validator.is_valid(body)
    assert not validator.is_valid({**(body or {}), "colour": "red"})
