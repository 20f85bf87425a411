"""Requests from Slack to the bot, by signed HTTP or Socket Mode, and their acknowledgements."""

import asyncio
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlencode

import httpx

from bot.sandbox.slack.clock import Timers
from bot.sandbox.slack.limits import ACK_SECONDS
from bot.sandbox.slack.socket import SocketHub
from bot.sandbox.slack.workspace import Json

DeliveryKind = Literal["slash_commands", "interactive", "events_api"]


@dataclass(frozen=True)
class Ack:
    """An acknowledgement. ``reason`` is ``ok``, ``operation_timeout`` (none within 3 s) or ``dispatch_failed`` (the
    bot was not reached, or answered with an error status). ``payload`` is a dict, a text, or None for an empty
    acknowledgement."""

    reason: Literal["ok", "operation_timeout", "dispatch_failed"]
    payload: Any = None
    status: int = 200
    no_retry: bool = False

    @property
    def ok(self) -> bool:
        return self.reason == "ok"


def sign(secret: str, timestamp: str, body: str) -> str:
    digest = hmac.new(secret.encode(), f"v0:{timestamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return f"v0={digest}"


class Delivery:
    """Delivers requests to the bot. ``request_url`` None means Socket Mode."""

    def __init__(self, timers: Timers, signing_secret: str, sockets: SocketHub) -> None:
        self.request_url: str | None = None
        self.ack_seconds = ACK_SECONDS
        self.transport: httpx.AsyncBaseTransport | None = None
        self.sockets = sockets
        self._timers = timers
        self._secret = signing_secret
        self._http: httpx.AsyncClient | None = None
        self._sending: set[asyncio.Future[Any]] = set()

    async def idle(self) -> None:
        """Wait until the bot has acknowledged everything, or did not in time."""
        await asyncio.sleep(0)  # what was begun just now is on its way then
        while self._sending:
            await asyncio.wait(set(self._sending))

    async def send(
        self, kind: DeliveryKind, payload: Json, *, accepts_payload: bool = False, attempt: int = 0, why: str = ""
    ) -> Ack:
        """Send ``payload`` to the bot and wait up to ``ack_seconds``. ``attempt`` and ``why`` are sent with an event
        that is retried."""
        if self.request_url is None:
            work = self.sockets.deliver(kind, payload, accepts_payload=accepts_payload, attempt=attempt, why=why)
            task = asyncio.ensure_future(work)
        else:
            task = asyncio.ensure_future(self._post(self.request_url, kind, payload, attempt, why))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)
        try:
            status, answer, headers = await self._timers.within(self.ack_seconds, task)
        except TimeoutError:
            return Ack("operation_timeout")
        except (ConnectionError, httpx.HTTPError):
            return Ack("dispatch_failed", status=0)
        if not 200 <= status < 300:
            return Ack("dispatch_failed", status=status, no_retry=headers.get("x-slack-no-retry") == "1")
        return Ack("ok", answer, status)

    async def verify_url(self) -> bool:
        """Make the ``url_verification`` handshake, as Slack does when a request URL is saved."""
        if self.request_url is None:
            return False
        challenge = {"type": "url_verification", "token": "", "challenge": "sandbox-challenge"}
        ack = await self.send("events_api", challenge)
        found = ack.payload.get("challenge") if isinstance(ack.payload, dict) else ack.payload
        return bool(found == challenge["challenge"])

    async def aclose(self) -> None:
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    async def _post(
        self, url: str, kind: DeliveryKind, payload: Json, attempt: int, why: str
    ) -> tuple[int, Any, dict[str, str]]:
        if self._http is None:
            self._http = httpx.AsyncClient(transport=self.transport, trust_env=False, timeout=None)  # noqa: S113  (ack_seconds is the limit)
        body, content_type = _encode(kind, payload)
        timestamp = str(int(self._timers.now()))
        headers = {
            "content-type": content_type,
            "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "x-slack-request-timestamp": timestamp,
            "x-slack-signature": sign(self._secret, timestamp, body),
        }
        if attempt:
            headers |= {"x-slack-retry-num": str(attempt), "x-slack-retry-reason": why}
        answer = await self._http.post(url, content=body.encode(), headers=headers)
        return answer.status_code, _decode(answer), {k.lower(): v for k, v in answer.headers.items()}


def _encode(kind: DeliveryKind, payload: Json) -> tuple[str, str]:
    if kind == "events_api":
        return json.dumps(payload, ensure_ascii=False), "application/json"
    fields = payload if kind == "slash_commands" else {"payload": json.dumps(payload, ensure_ascii=False)}
    return urlencode(fields), "application/x-www-form-urlencoded"


def _decode(answer: httpx.Response) -> Any:
    if not answer.text:
        return None
    if answer.headers.get("content-type", "").startswith("application/json"):
        try:
            return answer.json()
        except ValueError:
            return answer.text
    return answer.text
