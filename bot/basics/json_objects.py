"""JSON objects from outside, safe to walk through, store and show."""

import json
import re
from typing import Any, Final

from pydantic_core import from_json

DEEPEST: Final = 32
"""Levels of nesting; Dialpad's events have four, Slack's rich text a dozen."""

_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")
"""Half of a character outside the first 65,536, as JSON writes it."""


def parse_object(body: str | bytes) -> dict[str, Any]:
    """Parse a JSON object whose strings UTF-8 can write. Raises ValueError for anything else, however odd."""
    try:
        document = from_json(body)
    except ValueError:  # no JSON, or half a character: json, which takes twice as long, reads that
        document = _parse_with_halves(body if isinstance(body, str) else body.decode())
    if not isinstance(document, dict) or not (_has_few_levels(body) or is_shallow(document)):
        raise ValueError("no object, or nested too deeply")
    return document


def _parse_with_halves(text: str) -> Any:
    try:
        document = json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if isinstance(document, dict) and not is_shallow(document):
        raise ValueError("nested too deeply")
    return _in_whole_characters(document) if _SURROGATE.search(text) else document


def _has_few_levels(body: str | bytes) -> bool:
    """Tell whether a JSON text opens so few objects and lists that it cannot be too deep, which is quicker than to look
    at all of it."""
    if isinstance(body, str):
        return body.count("{") + body.count("[") <= DEEPEST
    return body.count(b"{") + body.count(b"[") <= DEEPEST


def is_shallow(document: dict[str, Any]) -> bool:
    """Tell whether a document is shallow enough for everything after this to walk through it recursively."""
    level: list[Any] = [document]
    for _ in range(DEEPEST):
        level = [
            inner
            for one in level
            for inner in (one.values() if isinstance(one, dict) else one)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return True
    return False


def _in_whole_characters(document: Any) -> Any:
    """Replace lone surrogates, such as half an emoji left where a text was cut to a length: they can neither be
    stored nor shown."""
    return json.loads(json.dumps(document, ensure_ascii=False).encode(errors="replace"))
