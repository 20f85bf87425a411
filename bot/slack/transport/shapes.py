"""Checks that a payload has the shape Slack gives it, before anything reads it.

Only what is read somewhere is looked at, by us or by Bolt; what is missing or new is no fault.
"""

from collections.abc import Mapping
from typing import Any, Final

from bot.basics.json_objects import is_shallow

_ID: Final = "an id or a word"
_TEXT: Final = "a text"
_FLAG: Final = "yes or no"
_LONGEST_ID: Final = 4_000
_Shape = str | list[Any] | dict[str, Any]
"""One of the three above; a list of what its only element is; an object with fields; the whole of ``_EITHER``."""

_NAMED: Final[dict[str, _Shape]] = {"id": _ID, "team_id": _ID, "enterprise_id": _ID}
_OPTION: Final[dict[str, _Shape]] = {"value": _TEXT}
_MESSAGE: Final[dict[str, _Shape]] = {
    "ts": _ID, "thread_ts": _ID, "text": _TEXT, "user": _ID, "blocks": [{}], "attachments": [{}],
}  # fmt: skip
_STATE: Final[dict[str, _Shape]] = {
    "type": _ID, "value": _TEXT, "selected_option": _OPTION, "selected_options": [_OPTION], "files": [{"id": _ID}],
}  # fmt: skip
_EACH: Final = "*"
"""The shape of every field of an object."""
_VIEW: Final[dict[str, _Shape]] = {
    "id": _ID, "type": _ID, "hash": _ID, "callback_id": _ID, "team_id": _ID, "app_installed_team_id": _ID,
    "private_metadata": _TEXT, "state": {"values": {_EACH: {_EACH: _STATE}}},
    "blocks": [{"block_id": _ID, "element": {"action_id": _ID}}],
}  # fmt: skip
_WHO: Final[dict[str, _Shape]] = {
    "team_id": _ID, "user_id": _ID, "channel_id": _ID, "enterprise_id": _ID, "thread_ts": _ID,
}  # fmt: skip
_EVENT: Final[dict[str, _Shape]] = {
    **_WHO, "type": _ID, "subtype": _ID, "text": _TEXT, "ts": _ID, "tab": _ID, "channel_type": _ID, "bot_id": _ID,
    "user_team": _ID, "source_team": _ID, "function_execution_id": _ID, "tokens": {"bot": [_ID], "oauth": [_ID]},
    "message": _MESSAGE, "previous_message": _MESSAGE, "item": {"channel": _ID, "channel_id": _ID},
    "assistant_thread": _WHO, "view": _VIEW, "team_ids": [_ID],
}  # fmt: skip
_PAYLOAD: Final[dict[str, _Shape]] = {
    **_WHO, "type": _ID, "command": _ID, "text": _TEXT, "trigger_id": _ID, "event_id": _ID, "callback_id": _ID,
    "action_id": _ID, "value": _TEXT, "response_url": _ID, "is_enterprise_install": _FLAG, "challenge": _TEXT,
    "is_ext_shared_channel": _FLAG, "context_enterprise_id": _ID, "context_team_id": _ID, "event": _EVENT,
    "authorizations": [{"team_id": _ID, "enterprise_id": _ID, "user_id": _ID, "is_enterprise_install": _FLAG}],
    "view": _VIEW, "message": _MESSAGE, "previous_message": _MESSAGE, "item": {"channel": _ID, "channel_id": _ID},
    "assistant_thread": _WHO, "container": {"channel_id": _ID, "message_ts": _ID, "thread_ts": _ID},
    "actions": [{**_STATE, "action_id": _ID, "block_id": _ID}], "response_urls": [{"response_url": _ID}],
    "function_execution_id": _ID, "function_data": {"execution_id": _ID}, "bot_access_token": _ID,
}  # fmt: skip
_ID_OR_NAMED: Final = frozenset({"user", "team", "enterprise", "channel"})
"""Fields that Slack writes as an id here and as an object there, at the top and in events."""


def find_odd_field(payload: Mapping[str, Any]) -> str | None:
    """Return the name of a field that is not what Slack sends there, None when all are."""
    if not is_shallow(dict(payload)):
        return "nesting"
    event = payload.get("event")
    for holder in (payload, event if isinstance(event, dict) else {}):
        for name in _ID_OR_NAMED & holder.keys():
            value = holder[name]
            if (odd := _odd(value, _NAMED if isinstance(value, dict) else _ID, name)) is not None:
                return odd
    return _odd(payload, _PAYLOAD, "payload")


def _odd(value: Any, shape: _Shape, name: str) -> str | None:
    if value is None:
        return None
    if isinstance(shape, str):
        return None if _is_word(value, shape) else name
    if isinstance(shape, list):
        if not isinstance(value, list):
            return name
        odd_ones = (name if one is None else _odd(one, shape[0], name) for one in value)
        return next((one for one in odd_ones if one is not None), None)
    if not isinstance(value, Mapping):
        return name
    inner = [(field, shape.get(field) or shape.get(_EACH)) for field in value]
    odd = (_odd(value[field], its, field if field in shape else name) for field, its in inner if its is not None)
    return next((one for one in odd if one is not None), None)


def _is_word(value: Any, shape: str) -> bool:
    if shape == _FLAG:
        return value is True or value is False or value in ("true", "false")
    return isinstance(value, str) and (shape == _TEXT or (value.isprintable() and len(value) <= _LONGEST_ID))
