"""What outlives a bot: the embedded Slack and Dialpad, written down as JSON and put back into fresh ones."""

import base64
import itertools
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final
from urllib.parse import quote

from pydantic import TypeAdapter

from bot.sandbox.demo import Demo
from bot.sandbox.dialpad import DialpadSandbox
from bot.sandbox.dialpad.access import Grant
from bot.sandbox.dialpad.model import Call, Contact, Group, Message, User
from bot.sandbox.dialpad.resources.webhooks import WEBHOOK, WEBSOCKET
from bot.sandbox.slack import SlackSandbox
from bot.sandbox.slack.workspace import Conversation, Upload

Json = dict[str, Any]
Outside = Callable[[SlackSandbox, DialpadSandbox], None]

ADDRESS: Final = "https://demo.example"
"""Stands where the demo was reached: the next one is reached elsewhere."""
_USERS, _GROUPS, _CALLS, _CONTACTS = (
    TypeAdapter(dict[int, User]),
    TypeAdapter(dict[int, Group]),
    TypeAdapter(dict[int, Call]),
    TypeAdapter(dict[str, Contact]),
)
_MESSAGES, _GRANTS = TypeAdapter(list[Message]), TypeAdapter(list[Grant])
_FIRST_NEW_NUMBER: Final = 10_000
"""Ids that Slack gives out after this are none that it gave out before."""


def write_down(demo: Demo, more: Json) -> Json:
    """What both know, and ``more``; nothing in it says where the demo was reached."""
    text = json.dumps({**more, "slack": _slack(demo.slack), "dialpad": _dialpad(demo.dialpad)}, ensure_ascii=False)
    written: Json = json.loads(_moved(text, demo.url, ADDRESS))
    return written


def moved_to(url: str, written: Any) -> Any:
    """The same with the address of a running demo."""
    return json.loads(_moved(json.dumps(written), ADDRESS, url))


def put_back(written: Json) -> Outside:
    """For ``running_demo(outside=...)``."""

    def put(slack: SlackSandbox, dialpad: DialpadSandbox) -> None:
        known = moved_to(slack.base_url, {"slack": written["slack"], "dialpad": written["dialpad"]})
        slack.enforce_limits = False
        _into_slack(slack, known["slack"])
        _into_dialpad(dialpad, known["dialpad"])

    return put


def _moved(text: str, old: str, new: str) -> str:
    return text.replace(old, new).replace(quote(old, safe=""), quote(new, safe=""))


def _slack(slack: SlackSandbox) -> Json:
    space = slack.workspace
    return {
        "channels": [{**vars(one), "pins": sorted(one.pins)} for one in space.channels.values()],
        "ephemerals": space.ephemerals,
        "modals": space.modals,
        "homes": space.homes,
        "usergroups": space.usergroups,
        "files": [
            {**vars(one), "content": one.content and base64.b64encode(one.content).decode()}
            for one in space.files.values()
        ],
    }


def _into_slack(slack: SlackSandbox, known: Json) -> None:
    space = slack.workspace
    space.channels.clear()
    for one in known["channels"]:
        space.channels[one["id"]] = Conversation(**{**one, "pins": set(one["pins"])})
    space.ephemerals |= known["ephemerals"]
    space.modals |= known["modals"]
    space.homes |= known["homes"]
    space.usergroups |= known["usergroups"]
    for one in known["files"]:
        content = None if one["content"] is None else base64.b64decode(one["content"])
        space.files[one["id"]] = Upload(**{**one, "content": content})
    space._numbers = itertools.count(_FIRST_NEW_NUMBER)


def _dialpad(dialpad: DialpadSandbox) -> Json:
    state = dialpad.state
    messages = [replace(one, picture=None) for one in state.messages]  # the pictures themselves are in Slack by now
    return {
        "users": _USERS.dump_python(state.users, mode="json"),
        "groups": _GROUPS.dump_python(state.groups, mode="json"),
        "calls": _CALLS.dump_python(state.calls, mode="json"),
        "contacts": _CONTACTS.dump_python(state.contacts, mode="json"),
        "messages": _MESSAGES.dump_python(messages, mode="json"),
        "unreachable": sorted(state.unreachable),
        "documents": {
            name: shelf
            for name, shelf in state.documents._shelves.items()
            if name in {WEBHOOK, WEBSOCKET} or "subscription" in name
        },
        "grants": _GRANTS.dump_python(dialpad.tokens._grants(), mode="json"),
        "next_id": state._next_id,
    }


def _into_dialpad(dialpad: DialpadSandbox, known: Json) -> None:
    state = dialpad.state
    state.users = _USERS.validate_python(known["users"])
    state.groups = _GROUPS.validate_python(known["groups"])
    state.calls = _CALLS.validate_python(known["calls"])
    state.contacts = _CONTACTS.validate_python(known["contacts"])
    state.messages = _MESSAGES.validate_python(known["messages"])
    state.unreachable = set(known["unreachable"])
    for shelf, documents in known["documents"].items():
        state.documents._shelves[shelf] = {int(name): document for name, document in documents.items()}
    for grant in _GRANTS.validate_python(known["grants"]):
        dialpad.tokens._by_access[grant.access_token] = grant
        if grant.refresh_token is not None:
            dialpad.tokens._by_refresh[grant.refresh_token] = grant
    state._next_id = known["next_id"]
