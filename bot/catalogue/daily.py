"""The forms of everyday actions: the few fields that matter, in the words of the people who fill them in.

All other fields stand behind "More fields", with everything kept that was entered.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.contract.argument import Argument
from bot.dialpad.action import Action


@dataclass(frozen=True)
class DailyField:
    """A field that is shown at first. Empty texts stay as they are for all actions."""

    label: str = ""
    hint: str = ""
    placeholder: str = ""


@dataclass(frozen=True)
class DailyForm:
    """How an everyday action's form looks. ``fields`` in the order in which they are shown."""

    title: str
    submit: str
    intro: str
    fields: Mapping[str, DailyField]


_NUMBERS: Final = DailyField("Phone numbers", "The first is the main one.", "+1 415 555 0150")
_FIRST, _LAST = DailyField("First name", " ", "Jordan"), DailyField("Last name", " ", "Lee")
_AT: Final = DailyField("Company", " ", "Lee Roasters")
_WHO: Final = DailyField("Who", " ", "A colleague")
_CALL_CENTER: Final = DailyField("Call center", " ")
_DEPARTMENT: Final = DailyField("Department", " ")
_OFFICE: Final = DailyField("Office", " ")

DAILY: Final[Mapping[str, DailyForm]] = {
    "DIALPAD_CREATE_NEW_CONTACT_ENTRY": DailyForm(
        "Save a contact", "Save", "Everybody at your company sees it when they call or are called.",
        {"first_name": _FIRST, "last_name": _LAST, "phones": _NUMBERS, "company_name": _AT},
    ),
    "DIALPAD_MODIFY_CONTACT_DETAILS_USING_ID": DailyForm(
        "Change a contact", "Save", "Only what you change is changed.",
        {"id": DailyField("Contact"), "first_name": _FIRST, "last_name": _LAST, "phones": _NUMBERS,
         "company_name": _AT},
    ),
    "DIALPAD_ADD_OPERATOR_TO_CALL_CENTER": DailyForm(
        "Add to a call center", "Continue", "They answer its calls from then on. This can use up a license.",
        {"user_id": _WHO, "id": _CALL_CENTER, "role": DailyField("As", "An operator when you leave it empty.")},
    ),
    "DIALPAD_DELETE_OPERATOR_FROM_CALL_CENTER": DailyForm(
        "Take out", "Save", "They no longer answer its calls.", {"user_id": _WHO, "id": _CALL_CENTER}
    ),
    "DIALPAD_ADD_DEPARTMENT_OPERATOR_BY_ID": DailyForm(
        "Add to a department", "Save", "They answer its calls from then on.",
        {"operator_id": _WHO, "id": _DEPARTMENT, "role": DailyField("As", "An operator when you leave it empty.")},
    ),
    "DIALPAD_DELETE_OPERATOR_FROM_DEPARTMENT": DailyForm(
        "Take out", "Save", "They no longer answer its calls.", {"operator_id": _WHO, "id": _DEPARTMENT}
    ),
    "DIALPAD_ADD_OPERATOR_TO_OFFICE": DailyForm(
        "Add to an office", "Save", "They answer its calls from then on.",
        {"operator_id": _WHO, "id": _OFFICE, "role": DailyField("As", "An operator when you leave it empty.")},
    ),
    "DIALPAD_DELETE_OFFICE_OPERATOR_BY_ID": DailyForm(
        "Take out", "Save", "They no longer answer its calls.", {"operator_id": _WHO, "id": _OFFICE}
    ),
    "DIALPAD_ATTACH_LABELS_TO_CALL": DailyForm(
        "Label a call", "Save", "These replace the labels that the call has now.",
        {"id": DailyField("Call"), "labels": DailyField("Labels", "One per line.", "vip")},
    ),
}  # fmt: skip
"""By the action's slug."""


def arranged(action: type[Action[Any]], arguments: Mapping[str, Argument]) -> dict[str, Argument]:
    """Return an action's arguments as its everyday form has them: those few first, in their words, the rest folded."""
    form = DAILY.get(action.slug)
    if form is None:
        return dict(arguments)
    front = {name: _worded(arguments[name], field) for name, field in form.fields.items()}
    rest = {name: replace(one, folded=True) for name, one in arguments.items() if name not in front}
    return {**front, **rest}


def _worded(argument: Argument, field: DailyField) -> Argument:
    return replace(
        argument,
        folded=False,
        label=field.label or argument.label,
        hint=field.hint.strip() if field.hint else argument.hint,
        placeholder=field.placeholder or argument.placeholder,
    )
