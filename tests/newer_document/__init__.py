"""Facts of Dialpad's newer OpenAPI document: 241 operations, of which 48 are new, with their parameters and answers.

``facts.json`` is written by ``python -m tests.newer_document OLDER NEWER`` from the two documents, and holds names,
places, types, words, limits and scopes only. So these tests need neither document.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from bot.dialpad.action import Action

FILE: Final = Path(__file__).with_name("facts.json")
Json = dict[str, Any]


@cache
def _table() -> Json:
    table: Json = json.loads(FILE.read_text())
    return table


def operations() -> Json:
    """Every operation by ``"GET /api/v2/users"``: parameters, body, answer, rates, scopes, admin and what is newer."""
    operations: Json = _table()["operations"]
    return operations


def components() -> Json:
    """The schemas that operations name, as the document has them: ``{"schemas": {...}}``."""
    return {"schemas": _table()["schemas"]}


def key_of(action: type[Action[Any]]) -> str:
    """The operation's key in the table."""
    return f"{action.request.method} {action.request.path}"


def facts_of(action: type[Action[Any]]) -> Json:
    """What the document says of this action. Raises KeyError."""
    facts: Json = operations()[key_of(action)]
    return facts


def is_newer(action: type[Action[Any]]) -> bool:
    """Whether the older document, and Dialpad's SDK, do not know it."""
    return key_of(action) in newer_operations()


@cache
def newer_operations() -> frozenset[str]:
    """The 48 that only the newer document has."""
    return frozenset(key for key, facts in operations().items() if facts.get("new"))


def as_before(action: type[Action[Any]], arguments: Json) -> Json:
    """The same arguments without what only the newer document knows: other words are chosen, fields left out."""
    facts = facts_of(action)
    words: Json = facts.get("newer_words", {})
    left_out = set(facts.get("newer_parameters", ()))

    def rewrite(value: Any, path: str) -> Any:
        if isinstance(value, dict):
            inner = {name: f"{path}.{name}" if path else name for name in value}
            return {name: rewrite(one, inner[name]) for name, one in value.items() if inner[name] not in left_out}
        if isinstance(value, list):
            return [rewrite(one, path) for one in value]
        known = words.get(path)
        return known["older"][0] if known is not None and value in known["newer"] else value

    rewritten: Json = rewrite(arguments, "")
    return rewritten
