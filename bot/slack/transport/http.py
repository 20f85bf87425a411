"""Receives Slack's requests over signed HTTP: verifies and parses them, then passes Bolt a parsed body.

Bolt would look for the word "payload" in a body to tell a form from JSON, and so lose ``/dp run payload``; it would
also parse before it verifies. What carries no signature that could be Slack's is refused before its body is read.
"""

import asyncio
import hmac
import re
import time
from collections.abc import Callable
from hashlib import sha256
from typing import Any, Final
from urllib.parse import parse_qsl

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.basics.json_objects import parse_object
from bot.slack.transport.duplicates import Duplicates
from bot.slack.transport.shapes import find_odd_field

_log = structlog.get_logger(__name__)

LATEST: Final = 60 * 5
"""Seconds a signature is good for."""
LARGEST_CHECK: Final = 1_000
"""Bytes of a certificate check, which is read without a signature."""
_SIGNATURE: Final = re.compile(r"v0=[0-9a-f]{64}", re.ASCII)
_CHECK: Final = b"ssl_check=1"


class Refusal(Exception):
    """A request that is not Slack's, or not readable: ``status`` and a plain text."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


class SlackHttp:
    """Serves the request URL. ``clock`` returns Unix seconds."""

    def __init__(self, app: AsyncApp, signing_secret: str, *, clock: Callable[[], float] = time.time) -> None:
        if not signing_secret:
            raise ValueError("Slack over HTTP needs SLACK_SIGNING_SECRET")
        self._app = app
        self._secret = signing_secret.encode()
        self._clock = clock
        self._duplicates = Duplicates(clock)
        self._running: dict[str, asyncio.Future[Response]] = {}

    async def events(self, request: Request) -> Response:
        """Answer ``POST /slack/events``."""
        headers = request.headers
        timestamp, signature = headers.get("x-slack-request-timestamp", ""), headers.get("x-slack-signature", "")
        try:
            if not signature and await _is_check(request):
                return PlainTextResponse("")  # Slack checks the certificate, and signs nothing
            self._refuse_early(timestamp, signature)
            raw = await request.body()
            signature = self._verify(timestamp, signature, raw)
            body = parse_body(raw, headers.get("content-type", ""))
        except Refusal as refusal:
            return PlainTextResponse(refusal.text, refusal.status)
        if (odd := find_odd_field(body)) is not None:
            _log.warning("slack payload refused", odd_field=odd)
            return PlainTextResponse(f"The field {odd} is not what Slack sends.", 400)
        if body.get("type") == "url_verification":
            return PlainTextResponse(str(body.get("challenge", "")))
        return await self._once(signature, body)

    async def _once(self, signature: str, body: dict[str, Any]) -> Response:
        """Run a signed request; the same one sent again gets the same answer while it runs, and an empty one after."""
        if signature in self._running:
            return await asyncio.shield(self._running[signature])
        if not self._duplicates.add(signature):
            return PlainTextResponse("")
        running: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
        self._running[signature] = running
        answer: Response = PlainTextResponse("", 503)
        try:
            answer = await self._dispatch(body)
        finally:
            del self._running[signature]
            running.set_result(answer)
            if answer.status_code >= 500:
                self._duplicates.forget(signature)
        return answer

    async def _dispatch(self, body: dict[str, Any]) -> Response:
        # In this mode Bolt takes the body as it is; it has no other meaning to Bolt.
        done = await self._app.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode"))
        if done.status == 404:
            return PlainTextResponse("")  # a request without a listener is acknowledged as well
        media = done.headers.get("content-type", ["text/plain;charset=utf-8"])[0]
        return Response(done.body, done.status, media_type=media)

    def _refuse_early(self, timestamp: str, signature: str) -> None:
        """Refuse by the headers alone what cannot be Slack's. Raises Refusal."""
        if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
            raise Refusal(400, "The X-Slack-Request-Timestamp header is missing or not a number.")
        if abs(self._clock() - int(timestamp)) > LATEST:
            raise Refusal(401, "This request is more than five minutes old.")
        if not _SIGNATURE.fullmatch(signature):
            raise Refusal(401, "The signature does not match.")

    def _verify(self, timestamp: str, signature: str, raw: bytes) -> str:
        """Check the signature and return it: it identifies the request. Raises Refusal."""
        signed = hmac.new(self._secret, b"v0:" + timestamp.encode() + b":" + raw, sha256).hexdigest()
        if not hmac.compare_digest(f"v0={signed}", signature):
            raise Refusal(401, "The signature does not match.")
        return signed


async def _is_check(request: Request) -> bool:
    """Tell whether this is Slack's check of the certificate: a short form without a signature."""
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > LARGEST_CHECK:
        return False
    raw = await request.body()
    return raw == _CHECK or raw.startswith(_CHECK + b"&")


def parse_body(raw: bytes, content_type: str) -> dict[str, Any]:
    """Parse Slack's body: JSON, a form, or a form with JSON in ``payload``. Raises Refusal."""
    media = content_type.partition(";")[0].strip().lower()
    try:
        if media == "application/json":
            return parse_object(raw)
        if media == "application/x-www-form-urlencoded":
            fields = dict(parse_qsl(raw.decode(), keep_blank_values=True))
            return fields if "command" in fields or "payload" not in fields else parse_object(fields["payload"])
    except ValueError:
        raise Refusal(400, "The body cannot be read.") from None
    raise Refusal(415, "The body must be JSON or a form.")
