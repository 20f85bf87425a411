"""Turns an action's fields into a handler's arguments.

So one form, one type-ahead and one parser serve hand-written handlers and all generated ones. Fields are
named as Dialpad names them, nested ones with dots: ``hold_queue.max_hold_count``. An id whose kind stands beside it
(``group_type``, ``group_id``) is one field under the id's name.

All of it is made once and in English; labels, hints and choices are translated where they are drawn.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from typing import Any, Final, Literal, get_args, get_origin

from pydantic import BaseModel, PlainSerializer, SecretStr

from bot.arguments.several import Several
from bot.arguments.switch import Switch
from bot.basics.language import say
from bot.catalogue.annotations import AnnotatedField, bounds_of, look, marks_of, members, most_of, words_of
from bot.catalogue.ids import DeskPhoneChoice, KindAndThing, NumberChoice, ThingChoice
from bot.catalogue.inputs import (
    Amount,
    DateAndTime,
    FileArgument,
    Hours,
    JsonText,
    Lines,
    tri_state,
    write_hours,
)
from bot.catalogue.outcomes import EXAMPLE, OutcomeLines, write_outcomes
from bot.contract.argument import TEXT_LIMIT, Argument, Carried, Choice, Option, Text
from bot.contract.reply import Raw
from bot.dialpad.action import Action, Entity, Names, place_of
from bot.dialpad.actions.fields import ENTITY_OF_TYPE, WORDS, KindIn, Look

FEW_ENOUGH: Final = 8
"""Optional fields that a form shows at once; with more they stand behind "More fields"."""
RADIO: Final = 4
_FILE_BYTES: Final = 700_000
"""Dialpad takes requests of up to 1 MB; base64 makes a file a third longer."""
_CURSOR: Final = "cursor"


@dataclass(frozen=True)
class ActionField:
    """One field of a form. ``path`` leads to its place in ``--data``; ``kind_path`` to the kind of a paired id."""

    name: str
    path: tuple[str, ...]
    argument: Argument
    required: bool
    read: Callable[[Any], Any]
    """Turns the argument's value into Dialpad's JSON."""
    write: Callable[[Any], Raw]
    """Turns Dialpad's JSON into a raw argument. Raises ValueError or TypeError for what is none."""
    kind_path: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    """The path of the object with several possible shapes, when this field belongs to one of them."""
    secret: bool = False
    """Whether it is a secret: never shown again and not stored in favourites."""
    place: str = "body"
    type: str = "string"
    enum: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The argument's label, with the heading of its group before it, in the language spoken now."""
        label = say(self.argument.label)
        return f"{say(self.argument.group)}: {label}" if self.argument.group else label


def _same(value: Any) -> Any:
    return value


def text_of(value: Any) -> str:
    """Return a plain value as text. Raises TypeError for an object, a list, a boolean or None."""
    if isinstance(value, dict | list | bool) or value is None:
        raise TypeError("no text")
    return str(value)


@cache
def fields_of(action: type[Action[Any]]) -> tuple[ActionField, ...]:
    """Return all fields of an action: required ones first, then those in the path, those without a heading, and
    groups."""
    optional: list[ActionField] = []
    required: list[ActionField] = []
    for field in _of_model(action, action, (), "", needed=True):
        (required if field.required else optional).append(field)
    shown = [field for field in optional if field.argument.shown]
    if len(shown) > FEW_ENOUGH:
        optional = [
            field if field.place == "path" else replace(field, argument=replace(field.argument, folded=True))
            for field in optional
        ]
    optional.sort(key=lambda field: field.place != "path")
    loose = [field for field in optional if not field.argument.group]
    grouped = [field for field in optional if field.argument.group]
    return (*required, *loose, *grouped)


def arguments_of(action: type[Action[Any]]) -> tuple[dict[str, Argument], frozenset[str]]:
    """Return an action's arguments by name, and which are required, as ``read_signature`` does for a handler."""
    fields = fields_of(action)
    return {field.name: field.argument for field in fields}, frozenset(field.name for field in fields if field.required)


def _of_model(
    action: type[Action[Any]], model: type[BaseModel], path: tuple[str, ...], group: str, *, needed: bool
) -> Iterator[ActionField]:
    """Yield the fields of a model. ``needed``: whether the model itself is required."""
    kinds = {mark.field for info in model.model_fields.values() for mark in marks_of(info) if isinstance(mark, KindIn)}
    for name, info in model.model_fields.items():
        if name in kinds:
            continue  # told by the id beside it
        seen = look(name, info)
        models = [kind for kind in members(seen.kind) if isinstance(kind, type) and issubclass(kind, BaseModel)]
        place = place_of(action, name, info) if model is action else "body"
        must = needed and not seen.optional
        if models and not seen.is_list:
            heading = f"{group}: {seen.title}" if group else seen.title
            yield from _of_models(action, models, (*path, seen.wire), heading, must=must, place=place)
            continue
        field = _build(action, model, seen if needed else replace(seen, optional=True), path, group)
        yield replace(field, required=must, place=place, secret=Look.HIDDEN in seen.marks)


def _of_models(
    action: type[Action[Any]],
    models: list[type[BaseModel]],
    path: tuple[str, ...],
    heading: str,
    *,
    must: bool,
    place: str,
) -> Iterator[ActionField]:
    """Yield the fields of a nested object; of several possible models the fields of all, one set of which is needed."""
    told: set[str] = set()
    for model in models:
        for field in _of_model(action, model, path, heading, needed=must and len(models) == 1):
            if field.name not in told:
                told.add(field.name)
                yield replace(field, place=place, one_of=path if len(models) > 1 else field.one_of)


def _build(
    action: type[Action[Any]], model: type[BaseModel], seen: AnnotatedField, path: tuple[str, ...], group: str
) -> ActionField:
    whole_path = (*path, seen.wire)
    make = ActionField(".".join(whole_path), whole_path, Text(seen.title), False, _same, text_of)
    shared = {"hint": seen.description, "group": group}
    kind_in = next((mark for mark in seen.marks if isinstance(mark, KindIn)), None)
    if kind_in is not None:
        return _paired(model, kind_in, seen, path, make, shared)
    if seen.wire == _CURSOR:
        return replace(make, argument=Carried(seen.title, hint=seen.description, longest=TEXT_LIMIT))
    names = list(dict.fromkeys(mark.entity for mark in seen.marks if isinstance(mark, Names)))
    if Entity.NUMBER in names:
        return _number(seen, make, shared)
    if names:
        return _thing(action, names, seen, make, shared)
    if get_origin(seen.kind) is Literal or (isinstance(seen.kind, type) and issubclass(seen.kind, Enum)):
        return _one_of(action, seen, make, shared)
    return _scalar(action, seen, make, shared)


def _number(seen: AnnotatedField, make: ActionField, shared: dict[str, Any]) -> ActionField:
    may_hide = "caller_id" in seen.wire
    most = most_of(seen, 25)
    argument = NumberChoice(
        seen.title, many=seen.is_list, most=most, may_hide=may_hide, placeholder="A number or a name", **shared
    )
    if seen.is_list:
        return replace(make, argument=argument, read=list, write=_texts, type="string[]")
    return replace(make, argument=argument)


def _thing(
    action: type[Action[Any]], entities: list[Entity], seen: AnnotatedField, make: ActionField, shared: dict[str, Any]
) -> ActionField:
    entity, *others = entities
    takes_me = entity is Entity.USER and not seen.is_list
    path = action.request.path
    within = path.split("/")[4] if entity is Entity.SUBSCRIPTION and "/subscriptions/" in path else ""
    what = " or ".join(one.value for one in entities)
    placeholder = f"Type part of the {what}'s name, or its id"
    argument = ThingChoice(
        seen.title, entity=entity, others=tuple(others), many=seen.is_list, most=most_of(seen, 25), takes_me=takes_me,
        within=within, placeholder=placeholder[:150], **shared,
    )  # fmt: skip
    if entity is Entity.DESK_PHONE:
        argument = DeskPhoneChoice(
            seen.title, parent_is_room="/rooms/" in path, placeholder="Choose the owner first, or type the id", **shared
        )
    if Look.COMMAS in seen.marks:
        return replace(make, argument=argument, read=list, write=_parts)
    written = _written(seen)
    if seen.is_list:
        return replace(make, argument=argument, read=list, write=_texts, type=f"{written}[]")
    return replace(make, argument=argument, write=text_of, type=written)


def _written(seen: AnnotatedField) -> str:
    """Return the JSON type of an id at Dialpad, where some are numbers; here all are text."""
    return "integer" if any(isinstance(mark, PlainSerializer) for mark in seen.marks) else "string"


def _parts(value: Any) -> list[str]:
    """Split a text with commas between its parts; a list is split already."""
    if isinstance(value, list | tuple):
        return _texts(value)
    return [part.strip() for part in text_of(value).split(",") if part.strip()]


def _texts(value: Any) -> list[str]:
    if not isinstance(value, list | tuple):
        raise TypeError("no list")
    return [text_of(one) for one in value]


def _paired(
    model: type[BaseModel],
    kind_in: KindIn,
    seen: AnnotatedField,
    path: tuple[str, ...],
    make: ActionField,
    shared: dict[str, Any],
) -> ActionField:
    beside = model.model_fields[kind_in.field]
    kind = look(kind_in.field, beside)
    kinds = tuple(str(one) for one in get_args(kind.kind))
    argument = KindAndThing(
        seen.title,
        kinds=kinds,
        words=tuple((one, WORDS.get(one, one)) for one in kinds),
        entities=tuple((one, ENTITY_OF_TYPE[one]) for one in kinds if one in ENTITY_OF_TYPE),
        alone=seen.optional,
        placeholder="Type part of a name",
        **shared,
    )
    return replace(
        make, argument=argument, write=text_of, read=_same, kind_path=(*path, kind.wire), type="integer", enum=kinds
    )


def _one_of(action: type[Action[Any]], seen: AnnotatedField, make: ActionField, shared: dict[str, Any]) -> ActionField:
    values = [one.value if isinstance(one, Enum) else one for one in (get_args(seen.kind) or list(seen.kind))]
    enum = tuple(str(value) for value in values)
    options = tuple(Option(_spoken(value), value) for value in enum)
    shared = {**shared, "open": Look.OPEN in seen.marks}
    if seen.is_list:
        argument: Argument = Several(seen.title, options=options, **shared)
        return replace(make, argument=argument, read=list, write=_texts, type="string[]", enum=enum)
    back = dict(zip(enum, values, strict=True))
    drawn: Literal["radio", "select"] = "radio" if len(options) <= RADIO and not seen.optional else "select"
    unset = _leave(action) if seen.optional else ""
    clears = "Nothing, clear it" if seen.optional and action.request.method == "PATCH" else ""
    argument = Choice(seen.title, options=options, drawn=drawn, unset=unset, clears=clears, **shared)
    return replace(make, argument=argument, read=lambda value: back.get(value, value), enum=enum)


def _spoken(value: str) -> str:
    said = WORDS.get(value, value)
    return words_of(said) if said.isascii() and not said.isupper() else said


def _leave(action: type[Action[Any]]) -> str:
    return "Leave as it is" if action.request.method in {"PATCH", "PUT"} else "No choice"


def _scalar(  # noqa: PLR0911  one return for each kind of value
    action: type[Action[Any]], seen: AnnotatedField, make: ActionField, shared: dict[str, Any]
) -> ActionField:
    look = next((mark for mark in seen.marks if isinstance(mark, Look)), None)
    if look in {Look.EPOCH_MS, Look.EPOCH_S}:
        per_second = 1000 if look is Look.EPOCH_MS else 1
        return replace(
            make, argument=DateAndTime(seen.title, **shared), type="integer",
            read=lambda moment: round(moment.timestamp() * per_second),
            write=lambda value: _iso(_moment_at(value, per_second)),
        )  # fmt: skip
    if look is Look.ISO:
        return replace(
            make, argument=DateAndTime(seen.title, **shared),
            read=lambda moment: _iso(moment).replace("+00:00", "Z"),
            write=lambda text: _iso(_moment_at(text, 1)),
        )  # fmt: skip
    if look is Look.BASE64:
        kinds = ("mp3",) if "mp3" in seen.description.casefold() or "ivr" in action.request.path else ()
        argument = FileArgument(seen.title, kinds=kinds, largest=_FILE_BYTES, **shared)
        return replace(make, argument=argument, read=lambda file: file.content)
    if seen.kind is bool:
        if seen.optional:
            switch: Choice = tri_state(seen.title, hint=seen.description, leave=_leave(action))
            return replace(
                make, argument=replace(switch, group=shared["group"]), read=lambda said: said == "yes",
                write=lambda value: "yes" if _truth(value) else "no", type="boolean",
            )  # fmt: skip
        switch = Switch(seen.title, options=(Option("Yes", "on"), Option("No", "off")), **shared)
        return replace(make, argument=switch, write=lambda value: "on" if _truth(value) else "off", type="boolean")
    if seen.is_list:
        return _list(seen, make, shared)
    if seen.kind in {int, float}:
        low, high = bounds_of(seen)
        argument_ = Amount(seen.title, whole=seen.kind is int, low=low, high=high, **shared)
        return replace(make, argument=argument_, type="integer" if seen.kind is int else "number")
    if seen.kind in {str, SecretStr}:
        longest = next((mark.max_length for mark in seen.marks if getattr(mark, "max_length", None)), TEXT_LIMIT)
        multiline = look is Look.LONG_TEXT
        text = Text(seen.title, longest=min(longest, TEXT_LIMIT), multiline=multiline, **shared)
        return replace(make, argument=text, type=_written(seen) if seen.kind is str else "string")
    if look is Look.OUTCOMES:
        outcomes = OutcomeLines(seen.title, multiline=True, longest=TEXT_LIMIT, placeholder=EXAMPLE, **shared)
        return replace(make, argument=outcomes, write=write_outcomes, type="object")
    return replace(make, argument=JsonText(seen.title, example="{}", **shared), write=_json, type="object")


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError("neither yes nor no")
    return value


def _moment_at(value: Any, per_second: int) -> datetime:
    """Read a moment that is sent as a number; Dialpad answers some of them in ISO 8601."""
    if isinstance(value, str) and not value.isdigit():
        moment = datetime.fromisoformat(value)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return datetime.fromtimestamp(int(value) / per_second, UTC)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds" if moment.microsecond else "seconds")


def _json(value: Any) -> str:
    import json  # noqa: PLC0415  wanted for a handful of fields

    return json.dumps(value, ensure_ascii=False)


def _list(seen: AnnotatedField, make: ActionField, shared: dict[str, Any]) -> ActionField:
    if seen.wire.endswith("_hours"):
        shared = {**shared, "hint": "Such as 08:00-12:00, 14:00-18:00. Only used when opening hours are on."}
        return replace(
            make, argument=Hours(seen.title, placeholder="08:00-12:00, 14:00-18:00", **shared), read=list,
            write=lambda value: write_hours(_texts(value)), type="string[]",
        )  # fmt: skip
    if isinstance(seen.kind, type) and issubclass(seen.kind, BaseModel):
        example = _json([_example(seen.kind)])
        argument = JsonText(seen.title, example=example, is_list=True, placeholder=example[:150], **shared)
        return replace(make, argument=argument, write=_json, type="object[]")
    whole = seen.kind is int
    hint = f"{seen.description} One per line.".strip()
    lines = Lines(seen.title, whole=whole, **{**shared, "hint": hint})
    if Look.COMMAS in seen.marks:
        return replace(make, argument=lines, read=list, write=lambda value: "\n".join(_parts(value)))
    return replace(
        make, argument=lines, read=list, write=lambda value: "\n".join(_texts(value)),
        type="integer[]" if whole else "string[]",
    )  # fmt: skip


def _example(model: type[BaseModel]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        seen = look(name, info)
        if isinstance(seen.kind, type) and issubclass(seen.kind, BaseModel):
            made[seen.wire] = _example(seen.kind)
        elif get_origin(seen.kind) is Literal:
            made[seen.wire] = get_args(seen.kind)[0]
        elif seen.wire == "input":
            made[seen.wire] = "1"
        elif any(isinstance(mark, KindIn | Names) for mark in seen.marks) or seen.kind in {int, float}:
            made[seen.wire] = 123
        else:
            made[seen.wire] = seen.kind is bool or "text"
    return made
