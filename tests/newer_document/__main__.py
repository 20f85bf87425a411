"""Writes ``facts.json``: ``python -m tests.newer_document openapi-193.json openapi-241.json``."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.newer_document import FILE, Json

_KEPT = frozenset(
    {"type", "enum", "required", "format", "$ref", "items", "oneOf", "anyOf", "allOf", "in", "name", "schema"}
)
_REFERENCE = re.compile(r"#/components/schemas/([\w.]+)")
_METHODS = ("get", "post", "put", "patch", "delete")


def main(older_file: str, newer_file: str) -> None:
    """Write the table."""
    older, newer = (json.loads(Path(name).read_text()) for name in (older_file, newer_file))
    before = dict(_operations(older))
    table = {}
    for key, operation in sorted(_operations(newer), key=lambda one: one[0].split()[::-1]):
        facts = _facts(operation)
        if key in before:
            facts |= _newer_in(older, before[key], newer, operation)
        else:
            facts["new"] = True
        table[key] = facts
    schemas = {name: _facts_only(newer["components"]["schemas"][name]) for name in sorted(_named(table, newer))}
    FILE.write_text(_lines({"operations": table, "schemas": schemas}))


def _lines(table: Json) -> str:
    """One line for each operation and schema, so that a change is seen as what it is."""
    parts = []
    for name, entries in table.items():
        rows = [f"{json.dumps(key)}: {json.dumps(value, sort_keys=True)}" for key, value in entries.items()]
        parts.append(f'"{name}": {{\n' + ",\n".join(rows) + "\n}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _operations(document: Json) -> Iterator[tuple[str, Json]]:
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                yield f"{method.upper()} {path}", item[method]


def _facts(operation: Json) -> Json:
    said = operation.get("description") or ""
    answer = operation["responses"].get("200", {}).get("content", {})
    return {
        "parameters": _facts_only(operation.get("parameters", [])),
        "body": _facts_only(_body_of(operation)),
        "answer": _facts_only(answer.get("application/json", {}).get("schema")),
        "rates": [int(calls) for calls in re.findall(r"Rate limit: (\d+) per minute", said)],
        "hourly": [int(calls) for calls in re.findall(r"Rate limit: (\d+) per hour", said)],
        "scopes": re.findall(r"Requires scope: ``([^`]+)``", said),
        "admin": "Requires a company admin API key" in said,
    }


def _body_of(operation: Json) -> Any:
    return operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")


def _facts_only(schema: Any) -> Any:
    """A schema without its sentences."""
    if isinstance(schema, list):
        return [_facts_only(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: _facts_only(value) for key, value in schema.items() if key in _KEPT}
    if "properties" in schema:
        kept["properties"] = {name: _facts_only(part) for name, part in schema["properties"].items()}
    return kept


def _named(table: Json, document: Json) -> set[str]:
    found: set[str] = set()
    waiting = _REFERENCE.findall(json.dumps(table))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _REFERENCE.findall(json.dumps(document["components"]["schemas"][name]))
    return found


def _newer_in(older: Json, before: Json, newer: Json, now: Json) -> Json:
    """Parameters and words of a known operation that the older document has not."""
    had, has = _leaves_of(older, before), _leaves_of(newer, now)
    made: Json = {}
    if added := sorted(set(has) - set(had)):
        made["newer_parameters"] = added
    words = {
        path: {"older": sorted(had[path]), "newer": sorted(has[path] - had[path])}
        for path in sorted(set(has) & set(had))
        if had[path] and has[path] - had[path]
    }
    return made | ({"newer_words": words} if words else {})


def _leaves_of(document: Json, operation: Json) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {param["name"]: set() for param in operation.get("parameters", [])}
    for path, words in _leaves(document, _body_of(operation) or {}, (), ()):
        found.setdefault(".".join(path), set()).update(words)
    return found


def _leaves(
    document: Json, schema: Json, path: tuple[str, ...], seen: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], set[str]]]:
    """Every field of a body with its words; the items of a list count as the field itself."""
    if (reference := schema.get("$ref")) is not None:
        name = reference.rpartition("/")[2]
        if name not in seen:
            yield from _leaves(document, document["components"]["schemas"][name], path, (*seen, name))
        return
    for word in ("oneOf", "anyOf", "allOf"):
        for part in schema.get(word, []):
            yield from _leaves(document, part, path, seen)
    if path:
        yield path, {str(one) for one in schema.get("enum", []) if one is not None}
    for name, part in schema.get("properties", {}).items():
        yield (*path, name), set()
        yield from _leaves(document, part, (*path, name), seen)
    if "items" in schema:
        yield from _leaves(document, schema["items"], path, seen)


if __name__ == "__main__":
    main(*sys.argv[1:])
