"""What the audit says of an action: the object, and its arguments as far as they are ids, switches and times.

Never numbers, texts, names or secrets: of those only which of them were sent.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Any, Final, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from bot.dialpad.action import Action, Entity, Response, entity_of, read_id

MOST_IDS: Final = 20
"""Ids of one list; the audit is no export."""
_PRIVATE: Final = re.compile(
    r"phone|number|e164|extension|fax|code|pin|password|secret|token|key|url|email|cursor", re.IGNORECASE
)
_PLAIN_ID: Final = re.compile(r"[\w.:-]{1,100}", re.ASCII)
"""Ids of contacts and desk phones may be made of a number or an address: those are not told."""
_NUMBER: Final = re.compile(r"(?<!\d)\d{10,15}(?!\d)")
HIDDEN: Final = "…"
_ALSO: Final = "also"
"""Under it stand the names of what was sent and is not shown."""


def audited_object(action: Action[Any]) -> str:
    """Return the object that an action is about, such as ``office:5527``; "" when its path names none."""
    fields = type(action).model_fields
    for wire in action.request.placeholders:
        name = next((one for one, info in fields.items() if wire in {one, info.alias, info.serialization_alias}), None)
        if name is None:
            continue
        kind = entity_of(fields[name]) or _resource(action.request.path, wire)
        if kind == Entity.NUMBER:
            return "number"
        if not _is_id(fields[name]):
            continue
        value = str(getattr(action, name))
        return f"{kind}:{_told(value)}"
    return ""


def made_object(action: Action[Any], answer: Response) -> str:
    """Return the object that an action has made; "" when its answer has no id."""
    made = getattr(answer, "id", None)
    if not isinstance(made, str | int) or _PRIVATE.search(action.request.path.rpartition("/")[2]):
        return ""
    return f"{_resource(action.request.path, '')}:{_told(str(made))}"


def safe_arguments(action: Action[Any]) -> dict[str, Any]:
    """Return the arguments that say nothing about a customer: ids, switches, choices, counts and times."""
    return _safe(action, frozenset(action.request.placeholders))


def _safe(model: BaseModel, left_out: frozenset[str] = frozenset()) -> dict[str, Any]:
    said: dict[str, Any] = {}
    hidden = []
    for name, info in type(model).model_fields.items():
        value = vars(model)[name]  # not getattr, which warns of what Dialpad no longer uses
        if name not in model.model_fields_set or value is None or name in left_out:
            continue
        shown = None if _PRIVATE.search(name) else _shown(value, info)
        if shown is None:
            hidden.append(name)
        else:
            said[name] = shown
    return {**said, _ALSO: sorted(hidden)} if hidden else said


def _shown(value: Any, info: FieldInfo) -> Any:  # noqa: PLR0911  one return for each kind of value
    match value:
        case bool():
            return value
        case Enum():
            return value.value
        case datetime():
            return value.isoformat()
        case BaseModel():
            return _safe(value)
        case int() | float():
            return value
        case str():
            return _told(value) if _is_id(info) or _is_choice(info.annotation) else None
        case list() | tuple() if all(isinstance(one, str) for one in value):
            return [_told(one) for one in value[:MOST_IDS]] if _is_id(info) or _is_choice(info.annotation) else None
        case _:
            return None


def _told(value: str) -> str:
    has_number = not value.isdigit() and _NUMBER.search(value)
    return value if _PLAIN_ID.fullmatch(value) and not has_number else HIDDEN


def _is_id(info: FieldInfo) -> bool:
    entity = entity_of(info)
    if entity is not None:
        return entity is not Entity.NUMBER
    return any(getattr(mark, "func", None) is read_id for mark in _marks(info.annotation, info.metadata))


def _marks(annotation: Any, metadata: Sequence[Any] = ()) -> list[Any]:
    found = [*metadata, *getattr(annotation, "__metadata__", ())]
    for part in get_args(annotation):
        if part is not Ellipsis:
            found += _marks(part)
    return found


def _is_choice(annotation: Any) -> bool:
    if get_origin(annotation) is Literal:
        return True
    return any(_is_choice(part) for part in get_args(annotation) if not isinstance(part, str))


def _resource(path: str, placeholder: str) -> str:
    """Return the word of a path for what its id names: ``/api/v2/accesscontrolpolicies/{id}`` is about an
    accesscontrolpolicy."""
    before = path.partition("{" + placeholder + "}")[0] if placeholder else path
    words = [one for one in before.split("/") if one and "{" not in one]
    word = words[-1] if words else "object"
    return re.sub(r"ies$", "y", word) if word.endswith("ies") else word.removesuffix("s")


def kept_arguments(details: Mapping[str, Any] | None, before: str = "") -> tuple[dict[str, Any], frozenset[str]]:
    """Return the arguments that an entry keeps, by their dotted names, and the names of those that were sent and are
    not kept."""
    kept: dict[str, Any] = {}
    hidden: set[str] = set()
    for name, value in (details or {}).items():
        if name == _ALSO:
            hidden |= {f"{before}{one}" for one in value}
        elif isinstance(value, Mapping):
            inside, unknown = kept_arguments(value, f"{before}{name}.")
            kept |= inside
            hidden |= unknown
        elif value == HIDDEN or (isinstance(value, list) and HIDDEN in value):
            hidden.add(f"{before}{name}")
        else:
            kept[f"{before}{name}"] = value
    return kept, frozenset(hidden)


def as_text(details: Mapping[str, Any] | None) -> str:
    """Write safe arguments in one line."""
    said = dict(details or {})
    also = said.pop(_ALSO, [])
    pairs = [f"{name}={value}" for name, value in said.items()]
    return ", ".join([*pairs, *([f"also {' '.join(also)}"] if also else [])])
