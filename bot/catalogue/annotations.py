"""Reads a field of an action's class: its type, title, description and the annotations beside it."""

from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from bot.dialpad.action import wire_name


@dataclass(frozen=True)
class AnnotatedField:
    """A pydantic field, unwrapped. ``wire`` is Dialpad's name for it, ``marks`` the metadata in its ``Annotated``."""

    wire: str
    title: str
    description: str
    kind: Any
    marks: tuple[Any, ...]
    is_list: bool
    optional: bool
    default: Any


def look(name: str, info: FieldInfo) -> AnnotatedField:
    """Unwrap a pydantic field. ``name`` is the field's name in Python; it becomes the title of a field without one."""
    kind, marks, infos = _unwrap(info.annotation)
    marks = (*info.metadata, *marks)
    optional = not info.is_required()
    is_list = get_origin(kind) in {list, tuple}
    if is_list:
        kind, inner, more = _unwrap(get_args(kind)[0])
        marks, infos = (*marks, *inner), (*infos, *more)
    title = info.title or next((one.title for one in infos if one.title), None) or words_of(name)
    description = info.description or next((one.description for one in infos if one.description), None) or ""
    default = None if info.is_required() else info.default
    return AnnotatedField(wire_name(name, info), title, description, kind, marks, is_list, optional, default)


def _unwrap(annotation: Any) -> tuple[Any, tuple[Any, ...], tuple[FieldInfo, ...]]:
    """Return the type inside ``Annotated`` and ``| None``, with the metadata and field infos beside it."""
    marks: list[Any] = []
    infos: list[FieldInfo] = []
    while True:
        if get_origin(annotation) is Annotated:
            annotation, *beside = get_args(annotation)
            for mark in beside:
                if isinstance(mark, FieldInfo):
                    infos.append(mark)
                    marks += mark.metadata
                else:
                    marks.append(mark)
        elif get_origin(annotation) in {Union, UnionType}:
            members = [member for member in get_args(annotation) if member is not NoneType]
            if len(members) != 1:
                return Union[tuple(members)], tuple(marks), tuple(infos)  # noqa: UP007  members known only now
            annotation = members[0]
        else:
            return annotation, tuple(marks), tuple(infos)


def members(kind: Any) -> tuple[Any, ...]:
    """Return the types of a union; any other type alone."""
    return get_args(kind) if get_origin(kind) in {Union, UnionType} else (kind,)


def marks_of(info: FieldInfo) -> tuple[Any, ...]:
    """Return the metadata in a field's ``Annotated``."""
    return look("", info).marks


def words_of(name: str) -> str:
    """Turn a field's name into a label: ``hold_queue`` is "Hold queue"."""
    text = name.replace("_", " ").strip()
    return text[:1].upper() + text[1:]


def most_of(seen: AnnotatedField, otherwise: int) -> int:
    """Return how long a text or list may be; ``otherwise`` when its class sets no limit."""
    return next((mark.max_length for mark in seen.marks if getattr(mark, "max_length", None)), otherwise)


def bounds_of(seen: AnnotatedField) -> tuple[float | None, float | None]:
    """Return the lowest and the highest value a number may have, both included; None for no limit."""
    low = next((mark.ge for mark in seen.marks if getattr(mark, "ge", None) is not None), None)
    high = next((mark.le for mark in seen.marks if getattr(mark, "le", None) is not None), None)
    return low, high
