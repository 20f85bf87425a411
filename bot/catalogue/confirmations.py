"""What a confirmation says before an action that reaches people outside or cannot be undone."""

from collections.abc import Mapping
from typing import Any, Final

from bot.basics.language import mark, say
from bot.dialpad.action import Action, Risk
from bot.dialpad.actions import group_of

NAMED_AGAIN: Final = frozenset(
    {
        "DIALPAD_DELETE_ACCESS_CONTROL_POLICY_BY_ID",
        "DIALPAD_DELETE_CALL_CENTER_BY_ID",
        "DIALPAD_DELETE_CALL_ROUTER_BY_ID",
        "DIALPAD_DELETE_CHANNEL_BY_ID",
        "DIALPAD_DELETE_DEPARTMENT_RESOURCE",
        "DIALPAD_DELETE_NUMBER_VIA_API",
        "DIALPAD_DELETE_ROOM_BY_ID",
        "DIALPAD_DELETE_USER_BY_ID",
    }
)
"""The worst actions: many people lose something at once, or a number may be gone for good. The name has to be typed."""

_WORDS: Final = (
    ("delete", mark("Delete")),
    ("take", mark("Take away")),
    ("disconnect", mark("Disconnect")),
    ("call", mark("Call")),
    ("hang up", mark("Hang up")),
    ("transfer", mark("Transfer")),
    ("send", mark("Send")),
    ("share", mark("Share")),
    ("subscribe", mark("Subscribe")),
    ("add", mark("Add")),
    ("give", mark("Assign")),
    ("move", mark("Move")),
    ("change", mark("Change")),
    ("set", mark("Change")),
    ("schedule", mark("Schedule")),
    ("open", mark("Open")),
    ("make", mark("Make")),
    ("request", mark("Request")),
    ("start", mark("Start")),
)


_GO_AHEAD: Final = mark("Go ahead")


def agreeing_word(action: type[Action[Any]]) -> str:
    """Return the confirmation button's label: the action's own verb, "Go ahead" for an unknown one."""
    name = action.name.casefold()
    return say(next((word for begins, word in _WORDS if name.startswith(begins)), _GO_AHEAD))


def consequence(action: type[Action[Any]]) -> str:
    """Describe what happens once the person agrees, from the action's docstring."""
    return say(" ".join((action.__doc__ or action.name).split()))


_HEARD = mark("People on the other end notice it immediately. Calls can cost money.")
_SENT = mark("Once sent, it cannot be taken back. Texts can cost money.")
_BILLED = mark("This can cost money every month.")
_LISTENED = mark("Anyone who can open the link can hear the call.")
_LEAVES = mark("From then on, company data is sent to that address automatically.")
_RESCUED = mark("Emergency services are sent to this address. A wrong address can cost lives.")
_NOTICED = mark("People outside this conversation notice it, or it costs money.")
_PERSON = mark("It can change what the person is allowed to do and what their license costs.")
_OF_GROUP: Final[Mapping[str, str]] = {
    "call": _HEARD, "callback": _HEARD, "callcenters": _BILLED, "callreviewsharelink": _LISTENED,
    "callrouters": _BILLED,
    "faxline": _BILLED, "numbers": _BILLED, "offices": _BILLED, "recordingsharelink": _LISTENED, "rooms": _BILLED,
    "fax": mark("Once sent, it cannot be taken back. Faxes can cost money."),
    "meetings": mark("Guests are told about it."),
    "schedulereports": _LEAVES, "sms": _SENT, "subscriptions": _LEAVES, "users": _BILLED, "webhooks": _LEAVES,
}  # fmt: skip
_OF_ACTION: Final[Mapping[str, str]] = {
    "DIALPAD_HANGUP_CALL_VIA_ID": mark("Everybody on the call is disconnected."),
    "DIALPAD_INITIATE_USER_CALL_WITH_GROUP_OPTIONS": _HEARD,
    "DIALPAD_REASSIGN_PHONE_NUMBER_TO_TARGET": mark("People who call this number reach somebody else immediately."),
    "DIALPAD_START_SCORECARD_EXPORT": mark("With an e-mail address, grades are also sent there."),
    "DIALPAD_UPDATE_COMPANY_SETTINGS": mark("It begins or stops for everybody in the company at once."),
    "DIALPAD_UPDATE_E911_ADDRESS_FOR_OFFICE": _RESCUED,
    "DIALPAD_UPDATE_E911_ADDRESS_FOR_USER": _RESCUED,
    "DIALPAD_UPDATE_USER_INFORMATION_BY_ID": _PERSON,
}


def warning(action: type[Action[Any]]) -> str:
    """Return the line under a confirmation that says why it asks."""
    if action.risk is Risk.DESTRUCTIVE:
        return say("This cannot be undone from here.")
    return f"{_reason(action)} {say('Nothing has happened yet.')}"


def _reason(action: type[Action[Any]]) -> str:
    return say(_OF_ACTION.get(action.slug) or _OF_GROUP.get(group_of(action), _NOTICED))


def confirmation_text(action: type[Action[Any]]) -> str:
    """Describe an action's confirmation for the docs: what happens and why it asks; "" for an action without one."""
    if action.risk not in {Risk.OUTWARD, Risk.DESTRUCTIVE}:
        return ""
    typed = say(" You have to type its name first.") if action.slug in NAMED_AGAIN else ""
    why = warning(action) if action.risk is Risk.DESTRUCTIVE else _reason(action)
    return f"{consequence(action)} {why}{typed}"
