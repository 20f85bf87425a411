"""Forms that edit an object: filled with its current values, sending only what was changed."""

import json
from collections.abc import Iterable, Mapping
from hashlib import blake2s
from typing import Any, Final

from bot.catalogue.fields import ActionField, fields_of
from bot.contract.argument import Text
from bot.contract.reply import Raw, RawArgs
from bot.dialpad.action import Action

_SIZE: Final = 6
_NOTHING: Final = "-" * _SIZE


def fingerprint(action: type[Action[Any]], raw: RawArgs) -> str:
    """Return a hash of six characters for each field, in the order of the fields.

    The hashes of 40 fields fit into a modal's metadata; their values do not.
    """
    return "".join(_mark(raw.get(field.name)) for field in fields_of(action))


def _mark(value: Raw | None) -> str:
    if value in (None, "", []):
        return _NOTHING
    return blake2s(json.dumps(value).encode(), digest_size=_SIZE // 2).hexdigest()


def changed_since(action: type[Action[Any]], was: str, raw: RawArgs) -> set[str]:
    """Find the fields that differ from what the form was filled with."""
    fields = fields_of(action)
    if len(was) != _SIZE * len(fields):
        return set(raw)
    marks = [was[at : at + _SIZE] for at in range(0, len(was), _SIZE)]
    return {
        field.name
        for field, mark in zip(fields, marks, strict=True)
        if field.name in raw and field.place != "path" and _mark(raw[field.name]) != mark
    }


def cleared_since(action: type[Action[Any]], was: str, emptied: Iterable[str]) -> list[str]:
    """Return which of the empty fields of a form had a value when it was filled. What could not be shown there had
    none, and stays as it is at Dialpad."""
    fields = fields_of(action)
    empty = set(emptied)
    if len(was) != _SIZE * len(fields):
        return []
    marks = [was[at : at + _SIZE] for at in range(0, len(was), _SIZE)]
    return [
        field.name
        for field, mark in zip(fields, marks, strict=True)
        if field.name in empty and field.place != "path" and not field.required and mark != _NOTHING
    ]


def empty_value(field: ActionField) -> Any:
    """Return what clears a field at Dialpad: an empty list, an empty text, else null."""
    if field.type.endswith("[]"):
        return []
    is_text = field.type == "string" and type(field.argument) is Text
    return "" if is_text else None


def to_send(action: type[Action[Any]], changed: set[str], given: Iterable[str]) -> set[str]:
    """Choose the fields to send: changed and required ones, those in the path, and all of each changed nested object.

    A PUT replaces the whole, so there everything goes.
    """
    known = {field.name: field for field in fields_of(action) if field.name in set(given)}
    if action.request.method != "PATCH":
        return set(known)
    touched = {
        field.path[:depth] for name in changed if (field := known.get(name)) for depth in range(1, len(field.path))
    }
    return {
        name
        for name, field in known.items()
        if name in changed or field.place == "path" or field.required or _belongs(field, touched)
    }


def _belongs(field: ActionField, touched: set[tuple[str, ...]]) -> bool:
    """Tell whether a field is part of a changed nested object: Dialpad replaces one as a whole."""
    return len(field.path) > 1 and field.path[:1] in touched


def only(raw: Mapping[str, Any], names: set[str]) -> dict[str, Any]:
    """Return the entries of ``raw`` under these names."""
    return {name: value for name, value in raw.items() if name in names}
