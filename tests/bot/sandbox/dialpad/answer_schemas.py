"""Dialpad's response schemas as JSON Schema: strict about names, and with 64-bit integers as the digits they are."""

from functools import cache
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it ships no types

from tests.bot.sandbox.dialpad.dialpad_documents import find_spec
from tests.newer_document import components as newer_components
from tests.newer_document import newer_operations, operations


def convert(schema: Any) -> Any:
    """Integers become strings of digits, dates ISO, and an object has no field that it does not declare."""
    if isinstance(schema, list):
        return [convert(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return {"$ref": schema["$ref"]}
    schema = _without_null(schema)
    if schema.get("type") == "integer":
        return {"type": "string", "pattern": "^-?[0-9]+$"}
    if schema.get("format") == "date-time":
        return {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d"}
    kept = {key: schema[key] for key in ("type", "enum", "required") if key in schema}
    if "items" in schema:
        kept["items"] = convert(schema["items"])
    if "properties" in schema:
        kept["properties"] = {name: convert(part) for name, part in schema["properties"].items()}
        kept["additionalProperties"] = False
    for word in ("oneOf", "anyOf", "allOf"):
        if word in schema:
            kept[word] = convert(schema[word])
    return kept


def _without_null(schema: Any) -> Any:
    """The newer document says ``["null", "string"]``; live answers leave empty fields out."""
    kinds = schema.get("type")
    if not isinstance(kinds, list):
        return schema
    kept = {**schema, "type": next(kind for kind in kinds if kind != "null")}
    return kept | ({"enum": [word for word in schema["enum"] if word is not None]} if "enum" in schema else {})


SEEN_LIVE = {
    "schemas.call.CallProto": {"recording_url": {"type": "array", "items": {"type": "string"}}},
    "schemas.company.CompanyProto": {"settings": {"type": "object"}},
}
"""What real answers, or those of the newer document, have and the older document does not."""


@cache
def components() -> dict[str, Any]:
    schemas = (find_spec() or {"components": {"schemas": {}}})["components"]["schemas"]
    converted = {name: convert(schema) for name, schema in schemas.items()}
    for name, fields in SEEN_LIVE.items():
        converted.get(name, {}).get("properties", {}).update(fields)
    return {"schemas": converted}


def faults_in_answer(method: str, path: str, answer: Any) -> list[str]:
    """What is wrong with a 200 of this operation; an operation without a declared body must give an empty one."""
    if (key := f"{method} {path}") in newer_operations():
        return _newer_faults(operations()[key]["answer"], answer)
    operation = find_spec()["paths"][path][method.lower()]
    content = operation["responses"].get("200", {}).get("content")
    if content is None:
        return [] if not answer else ["a body where none is declared"]
    schema = {**convert(content["application/json"]["schema"]), "components": components()}
    return [f"{error.json_path}: {error.message[:200]}" for error in Draft202012Validator(schema).iter_errors(answer)]


def _newer_faults(schema: Any, answer: Any) -> list[str]:
    """As above, for the operations that only the newer document has."""
    if schema is None:
        return [] if not answer else ["a body where none is declared"]
    named = {name: _may_lack(convert(one)) for name, one in newer_components()["schemas"].items()}
    whole = {**convert(schema), "components": {"schemas": named}}
    return [f"{error.json_path}: {error.message[:200]}" for error in Draft202012Validator(whole).iter_errors(answer)]


def _may_lack(schema: Any) -> Any:
    """Required by the newer document and left out when empty: a list and its end, the endpoint that it is not."""
    needed = [name for name in schema.get("required", ()) if name not in {"cursor", "items", "webhook", "websocket"}]
    return {**schema, "required": needed}
