"""What these tests share: a clock moved by hand, a manifest, an app that remembers what Slack sent it."""

import asyncio
import copy
import json
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.sandbox.slack import SlackSandbox

Json = dict[str, Any]

ANA, SAM, PRIYA, NOOR, LEO, GUS = "U0ANA0001", "U0SAM0002", "U0PRIYA03", "U0NOOR004", "U0LEO0005", "U0GUS0007"
SUPPORT, SALES, LEADERSHIP, GENERAL = "C0SUPPORT", "C0SALES01", "C0LEADERS", "C0GENERAL"
BASE = "http://slack.test"

MANIFEST: Json = {
    "display_information": {"name": "Dialpad", "description": "Phones from Slack"},
    "features": {
        "bot_user": {"display_name": "Dialpad"},
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False},
        "slash_commands": [
            {"command": "/dp", "description": "Dialpad", "usage_hint": "dnd on", "should_escape": True},
            {"command": "/plain", "description": "Without escapes"},
        ],
        "shortcuts": [
            {"type": "global", "name": "Run", "callback_id": "run.open", "description": "Run an action"},
            {"type": "message", "name": "Text", "callback_id": "sms.message", "description": "Text this number"},
        ],
    },
    "oauth_config": {
        "redirect_urls": ["https://bot.test/slack/oauth_redirect"],
        "scopes": {
            "bot": [
                "app_mentions:read", "channels:history", "channels:join", "channels:manage", "channels:read",
                "chat:write", "commands", "files:read", "files:write", "groups:read", "im:history", "im:read",
                "im:write", "mpim:write", "pins:write", "reactions:read", "reactions:write", "team:read",
                "usergroups:read", "usergroups:write", "users.profile:read", "users:read", "users:read.email",
            ]
        },
    },
    "settings": {
        "event_subscriptions": {
            "bot_events": [
                "app_home_opened", "app_mention", "message.channels", "message.im",
                "reaction_added", "member_joined_channel", "tokens_revoked", "app_uninstalled",
            ]
        }
    },
}  # fmt: skip


class Clock:
    """Stands still until moved. Starts at the real time, so that signatures are fresh."""

    def __init__(self) -> None:
        self.moment = time.time()

    def __call__(self) -> float:
        return self.moment


@dataclass
class Received:
    """One request of Slack: ``payload`` is the command's form, the interaction or the event envelope."""

    payload: Json
    headers: dict[str, str]
    raw: bytes

    @property
    def type(self) -> str:
        return str(self.payload.get("type", "command"))


class Silence:
    """As an answer: the app never acknowledges."""


@dataclass
class RecordingApp:
    """An ASGI app that answers in the order of ``answers`` (None: an empty 200) and remembers all requests."""

    answers: list[Any] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        raw = await request.body()
        self.received.append(Received(_read(request, raw), dict(request.headers), raw))
        answer = self.answers.pop(0) if self.answers else None
        async with self.arrived:
            self.arrived.notify_all()
        if isinstance(answer, Silence):
            await asyncio.Event().wait()
        await _respond(answer)(scope, receive, send)

    async def until(self, count: int) -> list[Received]:
        """Wait until ``count`` requests came."""
        async with asyncio.timeout(5), self.arrived:
            await self.arrived.wait_for(lambda: len(self.received) >= count)
        return self.received

    @property
    def last(self) -> Received:
        """The last command or interaction; events come in the background."""
        return [one for one in self.received if one.type != "event_callback"][-1]

    def events(self, kind: str) -> list[Received]:
        return [one for one in self.received if one.payload.get("event", {}).get("type") == kind]


def _read(request: Request, raw: bytes) -> Json:
    if request.headers["content-type"].startswith("application/json"):
        return dict(json.loads(raw))
    form = dict(parse_qsl(raw.decode(), keep_blank_values=True))
    return dict(json.loads(form["payload"])) if "payload" in form else dict(form)


def _respond(answer: Any) -> Response:
    if isinstance(answer, Response):
        return answer
    if isinstance(answer, dict):
        return JSONResponse(answer)
    return PlainTextResponse(answer or "")


class Stage:
    """A sandbox whose app is a ``RecordingApp``, and a Web API client with the bot's token."""

    def __init__(self, *, enforce_limits: bool = False, scopes: list[str] | None = None) -> None:
        manifest = copy.deepcopy(MANIFEST)
        if scopes is not None:
            manifest["oauth_config"]["scopes"]["bot"] = scopes
        self.clock = Clock()
        self.app = RecordingApp()
        self.slack = SlackSandbox(manifest=manifest, base_url=BASE, now=self.clock, enforce_limits=enforce_limits)
        self.slack.deliver_to("http://bot.test/slack/events", transport=httpx.ASGITransport(self.app))
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(self.slack.app), base_url=BASE)
        self.ana = self.slack.person(ANA)

    async def call(self, method: str, token: str | None = None, **fields: Any) -> Json:
        """One Web API call with a JSON body; the answer's JSON."""
        headers = {"authorization": f"Bearer {token or 'xoxb-sandbox'}"}
        answer = await self.http.post(f"/api/{method}", json=fields, headers=headers)
        return dict(answer.json())

    async def trigger(self, view: Json | None = None) -> str:
        """A fresh trigger id: from a command, or from a button of a modal."""
        if view is None:
            await self.ana.command(SUPPORT, "/dp")
        else:
            await self.ana.press(view, "again")
        return str(self.app.last.payload["trigger_id"])

    async def open(self, **changes: Any) -> Json:
        """A modal opened for Ana, as she sees it."""
        answer = await self.call("views.open", trigger_id=await self.trigger(), view=modal(**changes))
        assert answer["ok"], answer
        assert self.ana.modal is not None
        return self.ana.modal

    def advance(self, seconds: float) -> None:
        self.clock.moment += seconds
        self.slack.tick()

    async def aclose(self) -> None:
        await self.http.aclose()
        await self.slack.aclose()


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def section(text: str = "Hello", **more: Any) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(action_id: str = "again", **more: Any) -> Json:
    return {"type": "button", "action_id": action_id, "text": plain("Press"), **more}


def actions(*elements: Json, **more: Any) -> Json:
    return {"type": "actions", "elements": list(elements), **more}


def option(value: str, text: str | None = None) -> Json:
    return {"text": plain(text or value), "value": value}


def text_input(block_id: str = "name", *, optional: bool = False, **element: Any) -> Json:
    inner = {"type": "plain_text_input", "action_id": "typed", **element}
    return {"type": "input", "block_id": block_id, "label": plain("Name"), "element": inner, "optional": optional}


def modal(**changes: Any) -> Json:
    view: Json = {
        "type": "modal",
        "callback_id": "sms.form",
        "title": plain("Send a text"),
        "submit": plain("Send"),
        "blocks": [text_input(), actions(button())],
    }
    return {key: value for key, value in {**view, **changes}.items() if value is not None}


def home(*blocks: Json) -> Json:
    return {"type": "home", "blocks": list(blocks) or [section()]}
