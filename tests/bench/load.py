"""Signed slash commands over kept-alive connections, and how long each waited for its acknowledgement."""

import asyncio
import hashlib
import hmac
import time
from itertools import count
from typing import Final
from urllib.parse import urlencode

SECRET: Final = "bench-signing-secret"
COMMAND: Final = "/dp"
WITHIN_S: Final = 10.0
SETTLED_PATH: Final = "/settled"
SETTLED: Final = f"GET {SETTLED_PATH} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n".encode()

_number = count(1)


class Refused(Exception):
    """A server answered with something else than 200: what it would measure is not an acknowledgement."""


def build_request(text: str, now: int) -> bytes:
    """One HTTP request as Slack sends it. No two are alike, so that none is taken for a repeat."""
    number = next(_number)
    body = urlencode(
        {
            "token": "legacy",
            "team_id": "T0NORTHLT",
            "team_domain": "northlight",
            "channel_id": "C0SUPPORT",
            "channel_name": "support",
            "user_id": "U0ANA0001",
            "user_name": "ana",
            "command": COMMAND,
            "text": text,
            "api_app_id": "A0BENCH01",
            "is_enterprise_install": "false",
            "response_url": f"http://127.0.0.1:9/commands/T0NORTHLT/{number}/bench",
            "trigger_id": f"{now}.{number}.bench",
        }
    ).encode()
    signature = hmac.new(SECRET.encode(), f"v0:{now}:".encode() + body, hashlib.sha256).hexdigest()
    head = (
        "POST /slack/events HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: */*\r\nuser-agent: Slackbot 1.0\r\n"
        "content-type: application/x-www-form-urlencoded\r\n"
        f"x-slack-request-timestamp: {now}\r\nx-slack-signature: v0={signature}\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def measure(port: int, text: str, *, requests: int, connections: int = 1, settle: bool = True) -> list[float]:
    """Milliseconds each request took, one after the other on each connection. Raises Refused.

    ``settle``: each leaves when what the one before set off has ended, so that its work is not counted here.
    """
    async with asyncio.timeout(WITHIN_S + requests):
        share = requests // connections
        found = await asyncio.gather(*(_one_connection(port, text, share, settle) for _ in range(connections)))
    return [waited for one in found for waited in one]


async def _one_connection(port: int, text: str, requests: int, settle: bool) -> list[float]:
    prepared = [build_request(text, int(time.time())) for _ in range(requests)]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    took = []
    try:
        for request in prepared:
            if settle:
                await ask(reader, writer, SETTLED)
            started = time.perf_counter()
            await ask(reader, writer, request)
            took.append((time.perf_counter() - started) * 1000)
    finally:
        writer.close()
        await writer.wait_closed()
    return took


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> None:
    """Send one request and read its answer. Raises Refused."""
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    body = await _read_body(reader, head)
    if not head.startswith(b"HTTP/1.1 200"):
        raise Refused((head + body).decode(errors="replace"))


async def _read_body(reader: asyncio.StreamReader, head: bytes) -> bytes:
    lower = head.lower()
    if b"transfer-encoding: chunked" in lower:
        return await reader.readuntil(b"0\r\n\r\n")
    _, found, rest = lower.partition(b"content-length:")
    return await reader.readexactly(int(rest.split(b"\r\n", 1)[0])) if found else b""
