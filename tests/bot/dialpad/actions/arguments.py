"""Arguments for any action, made from its class alone: the fewest it takes, and all it takes.

They are in Dialpad's own names and shapes, as ``--data`` on the command line is, so that the same arguments can be
given to our class, to Dialpad's SDK and to Dialpad's description.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, SecretStr, ValidationError
from pydantic.fields import FieldInfo

from bot.dialpad.action import Action, Entity, Names, place_of, wire_name
from bot.dialpad.actions import ALL
from bot.dialpad.actions.fields import Look, OnlyWith
from tests.newer_document import as_before, is_newer

ID = 5_527_851_234_660_353
"""Above 2**52, as Dialpad's are."""
NUMBER = "+14155550142"


@dataclass(frozen=True)
class Case:
    """One action with one set of arguments."""

    action: type[Action[Any]]
    arguments: dict[str, Any]
    label: str

    def __str__(self) -> str:
        return f"{self.action.slug}-{self.label}"


def cases() -> list[Case]:
    """Every action with its fewest and its fullest arguments, once for each of the shapes its body can have."""
    return [case for action in ALL for case in _cases_of(action)]


def cases_before() -> list[Case]:
    """The cases of the first 192 actions, without what only the newer document knows."""
    return [older for case in cases() if not is_newer(case.action) and (older := without_newer(case)) is not None]


def without_newer(case: Case) -> Case | None:
    """The case as it was before the newer document; None for a shape that only that one has."""
    arguments = as_before(case.action, case.arguments)
    try:
        case.action.model_validate(arguments)
    except ValidationError:
        return None
    return Case(case.action, arguments, case.label)


def _cases_of(action: type[Action[Any]]) -> Iterator[Case]:
    for turn in range(_shapes(action)):
        yield Case(action, _arguments(action, turn, full=False), f"fewest{turn or ''}")
        yield Case(action, _arguments(action, turn, full=True), f"all{turn or ''}")


def every_word(action: type[Action[Any]]) -> Iterator[Case]:
    """The fullest arguments, so often that every word of every fixed list comes up."""
    for turn in range(_shapes(action) * _most_words(action)):
        yield Case(action, _arguments(action, turn, full=True), f"words{turn}")


def _shapes(action: type[Action[Any]]) -> int:
    """How many shapes the body can have: alternatives of one field, or words that other fields depend on."""
    counts = [1]
    for name, info in action.model_fields.items():
        options = _alternatives(info.annotation)
        counts.append(len(options))
        if any(mark.field == name for mark in _only_with(action)):
            counts.append(len(get_args(options[0])))
    return max(counts)


def _most_words(model: type[BaseModel]) -> int:
    counts = [1]
    for info in model.model_fields.values():
        for option in _alternatives(info.annotation):
            kinds = _alternatives(get_args(option)[0]) if get_origin(option) is list else [option]
            for kind in kinds:
                if get_origin(kind) is Literal:
                    counts.append(len(get_args(kind)))
                elif isinstance(kind, type) and issubclass(kind, BaseModel):
                    counts.append(_most_words(kind))
    return max(counts)


def _arguments(model: type[BaseModel], turn: int, *, full: bool) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        only = next((mark for mark in info.metadata if isinstance(mark, OnlyWith)), None)
        sent_anyway = not info.is_required() and info.default is not None
        wanted = info.is_required() or sent_anyway or full or _in_path(model, name, info)
        if only is not None:
            right = values[only.field] == only.word
            wanted = right and (full or only.needed)
        if wanted:
            values[wire_name(name, info)] = _value(info.annotation, list(info.metadata), turn, full=full)
    return values


def _value(annotation: Any, marks: list[Any], turn: int, *, full: bool) -> Any:
    options = _alternatives(annotation, marks)
    turn, choice = divmod(turn, len(options))
    kind = options[choice]
    if get_origin(kind) is Literal:
        words = get_args(kind)
        return words[turn % len(words)]
    if get_origin(kind) is list:
        return [_value(get_args(kind)[0], [], turn + i, full=full) for i in range(2 if full else 1)]
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return _arguments(kind, turn, full=full)
    if kind in (str, SecretStr):
        return _text(marks)
    if get_origin(kind) is dict:
        return {"Resolved": {"~usage": "everything"}}
    return {int: 30, bool: full}[kind]


def _text(marks: list[Any]) -> str | int:
    names = next((mark.entity for mark in marks if isinstance(mark, Names)), None)
    if names is Entity.NUMBER:
        return NUMBER
    if Look.ISO in marks:
        return "2026-03-02T17:30:00Z"
    if any(isinstance(mark, BeforeValidator) for mark in marks):
        as_number = any(type(mark).__name__ == "PlainSerializer" for mark in marks)
        return ID if as_number else str(ID)
    if names is Entity.DESK_PHONE:
        return f"{NUMBER}-user-2-obi-hex_ce3e"
    return "UklGRg==" if Look.BASE64 in marks else "a b/c & d=é"


def _alternatives(annotation: Any, marks: list[Any] | None = None) -> list[Any]:
    """The types an annotation can be, None left out; what they are marked with goes to ``marks``."""
    if get_origin(annotation) is Annotated:
        inner, *found = get_args(annotation)
        if marks is not None:
            marks += found
        return _alternatives(inner, marks)
    if get_origin(annotation) in (Union, UnionType):
        return [kind for part in get_args(annotation) for kind in _alternatives(part, marks)]
    return [] if annotation is NoneType else [annotation]


def _in_path(model: type[BaseModel], name: str, info: FieldInfo) -> bool:
    return issubclass(model, Action) and place_of(model, name, info) == "path"


def _only_with(action: type[Action[Any]]) -> Iterator[OnlyWith]:
    for info in action.model_fields.values():
        yield from (mark for mark in info.metadata if isinstance(mark, OnlyWith))
