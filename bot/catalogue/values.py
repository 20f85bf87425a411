"""Converts an action's values to Dialpad's JSON, and back."""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.catalogue.fields import fields_of, text_of
from bot.catalogue.ids import OfKind
from bot.contract.reply import Raw
from bot.dialpad.action import ME, Action


def assemble(
    action: type[Action[Any]], values: Mapping[str, Any], cleared: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Convert parsed arguments to ``--data``: nested, under Dialpad's names. ``cleared``: what is sent for fields that
    are to be empty, by their names."""
    data: dict[str, Any] = {}
    for field in fields_of(action):
        if cleared and field.name in cleared:
            _put(data, field.path, cleared[field.name])
            if field.kind_path:
                _put(data, field.kind_path, None)
    for field in fields_of(action):
        value = values.get(field.name)
        if value is None:
            continue
        if isinstance(value, OfKind):
            if value.kind and field.kind_path:
                _put(data, field.kind_path, value.kind)
            if value.id:
                _put(data, field.path, value.id)
            continue
        _put(data, field.path, field.read(value))
    return data


def _put(data: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for name in path[:-1]:
        data = data.setdefault(name, {})
    data[path[-1]] = value


def _get(data: Mapping[str, Any], path: Iterable[str]) -> Any:
    value: Any = data
    for name in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value


def raw_of(action: type[Action[Any]], data: Mapping[str, Any]) -> dict[str, Raw]:
    """Convert ``--data``, or an answer of Dialpad's, to raw arguments. What a form cannot hold is left out."""
    raw: dict[str, Raw] = {}
    for field in fields_of(action):
        value = _get(data, field.path)
        kind = _get(data, field.kind_path) if field.kind_path else None
        try:
            if field.kind_path:
                if value is not None or kind is not None:
                    raw[field.name] = OfKind(str(kind or ""), "" if value is None else text_of(value)).raw
            elif value is not None:
                raw[field.name] = field.write(value)
        except (ValueError, TypeError, OverflowError, OSError):
            continue  # what Dialpad keeps there now cannot be entered: the field stays empty
    return {name: value for name, value in raw.items() if value not in ("", [])}


def data_of(action: Action[Any]) -> dict[str, Any]:
    """Return an action as ``--data``: JSON under Dialpad's names, without what was not given."""
    dumped: dict[str, Any] = action.model_dump(mode="json", by_alias=True, exclude_none=True)
    return {name: value for name, value in dumped.items() if value != ME or name in action.model_fields_set}
