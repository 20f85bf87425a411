"""Builds an action from a generated form's values, and turns validation errors into sentences at the field."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.basics.errors import FieldError, UserError
from bot.basics.language import mark, say
from bot.catalogue.fields import ActionField, fields_of
from bot.catalogue.values import assemble
from bot.contract.reading import Refused
from bot.dialpad.action import Action
from bot.dialpad.actions.fields import KEPT_WORDS

_SENTENCES: Final[Mapping[str, str]] = {
    "missing": mark("{label} is required. Fill it in."),
    "extra_forbidden": mark("{where} is not a field of this action. Leave it out."),
    "int_type": mark("{label} takes a whole number."),
    "int_parsing": mark("{label} takes a whole number."),
    "int_from_float": mark("{label} takes a whole number."),
    "float_type": mark("{label} takes a number."),
    "float_parsing": mark("{label} takes a number."),
    "bool_type": mark("{label} takes yes or no (in JSON: true or false)."),
    "bool_parsing": mark("{label} takes yes or no (in JSON: true or false)."),
    "string_type": mark("{label} takes text (in JSON: in quotes)."),
    "string_too_short": mark("{label} is too short: at least {min_length} characters."),
    "string_too_long": mark("{label} is too long: at most {max_length} characters."),
    "too_short": mark("{label} needs at least {min_length}."),
    "too_long": mark("{label} takes at most {max_length}."),
    "list_type": mark("{label} takes a list (in JSON: in square brackets)."),
    "model_type": mark("{label} takes an object (in JSON: in curly brackets)."),
    "dict_type": mark("{label} takes an object (in JSON: in curly brackets)."),
    "literal_error": mark("{label} takes one of: {expected}."),
    "enum": mark("{label} takes one of: {expected}."),
    "greater_than_equal": mark("{label} must be at least {ge}."),
    "less_than_equal": mark("{label} can be at most {le}."),
    "greater_than": mark("{label} must be more than {gt}."),
    "less_than": mark("{label} must be less than {lt}."),
}


def build_action(action: type[Action[Any]], values: Mapping[str, Any]) -> Action[Any]:
    """Build the action from the form's values. Raises FieldError, Refused or UserError."""
    return validated(action, assemble(action, values))


def validated(action: type[Action[Any]], data: Mapping[str, Any], *, kept: frozenset[str] = frozenset()) -> Action[Any]:
    """Build the action from ``--data``, which is sent as it is written, null included. Raises FieldError, Refused or
    UserError; ``problems`` are by field name. ``kept``: words that stand at Dialpad now, and may stay though its
    document does not know them."""
    try:
        return action.model_validate(dict(data), context={KEPT_WORDS: kept}).with_nulls()
    except ValidationError as error:
        problems = problems_of(action, error)
    if len(problems) > 1:
        raise Refused(problems)
    for name, text in problems.items():
        if not name:
            raise UserError(text)
        raise FieldError(name, text)
    raise UserError(say("These values do not go together. Check them."))


def problems_of(action: type[Action[Any]], error: ValidationError) -> dict[str, str]:
    """Describe validation errors: a sentence by field name; "" for what belongs to no field."""
    problems: dict[str, str] = {}
    for detail in error.errors(include_url=False, include_input=False):
        field, rest = _field_at(action, detail["loc"])
        name = field.name if field else ""
        sentence = _sentence(detail, field, rest)
        if name:
            problems.setdefault(name, sentence)
        else:
            problems[name] = f"{problems.get(name, '')} {sentence}".strip()
    return problems


def _field_at(
    action: type[Action[Any]], loc: tuple[int | str, ...]
) -> tuple[ActionField | None, tuple[int | str, ...]]:
    """Find the field that a location in the data belongs to, and the rest of the location within its value."""
    fields = fields_of(action)
    steps = [step for step in loc if not _is_model_name(step)]
    names = tuple(str(step) for step in steps)
    for field in fields:
        for path in (field.path, field.kind_path):
            if path and names[: len(path)] == path:
                return field, tuple(steps[len(path) :])
    for field in fields:
        if names and field.path[: len(names)] == names:
            return field, ()
    return None, tuple(steps)


def _is_model_name(step: int | str) -> bool:
    """Tell whether a step is the model that pydantic tried, which it puts into the location: ``to.ToNumber.number``."""
    return isinstance(step, str) and step[:1].isupper()


def _sentence(detail: ErrorDetails, field: ActionField | None, rest: tuple[int | str, ...]) -> str:
    where = ".".join(str(step + 1) if isinstance(step, int) else step for step in rest)
    label = (field.label if field else "") or where or say("This")
    if where and field:
        label = f"{say(field.argument.label)}, {_place(rest)}"
    known = {"label": label, "where": f"“{where or detail['loc'][-1]}”", **detail.get("ctx", {})}
    template = _SENTENCES.get(detail["type"])
    try:
        return say(template).format_map(known) if template else f"{label}: {detail['msg'][:200]}."
    except KeyError:
        return f"{label}: {detail['msg'][:200]}."


def _place(rest: tuple[int | str, ...]) -> str:
    """Write a location in words: ``entry 2, options, action`` for ``(1, "options", "action")``."""
    words = [say("entry {number}", number=step + 1) if isinstance(step, int) else str(step) for step in rest]
    return ", ".join(words)
