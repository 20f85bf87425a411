"""Requests over kept-alive connections, how long each waited, and what the server spent on them."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Final
from urllib.parse import urlencode

from tests.bench.counting import Spent

SECRET: Final = "bench-signing-secret"
COMMAND: Final = "/dp"
WITHIN_S: Final = 30.0
SETTLED_PATH: Final = "/settled"
"""Answers with what the server has spent, once nothing is under way there."""
SETTLED: Final = f"GET {SETTLED_PATH} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n".encode()
TEAM, USER = "T0NORTHLT", "U0ANA0001"

_number = count(1)


class Refused(Exception):
    """A server answered with something else than 200: what it would measure is not an acknowledgement."""


def build_command(text: str, now: int, *, secret: str = SECRET) -> bytes:
    """A slash command as Slack sends it. No two are alike, so that none is taken for a repeat."""
    number = next(_number)
    return _signed(
        {
            "token": "legacy",
            "team_id": TEAM,
            "team_domain": "northlight",
            "channel_id": "C0SUPPORT",
            "channel_name": "support",
            "user_id": USER,
            "user_name": "ana",
            "command": COMMAND,
            "text": text,
            "api_app_id": "A0BENCH01",
            "is_enterprise_install": "false",
            "response_url": f"http://127.0.0.1:9/commands/{TEAM}/{number}/bench",
            "trigger_id": f"{now}.{number}.bench",
        },
        now,
        secret,
    )


def build_press(route: str, now: int) -> bytes:
    """A press of a button in a message that only one person sees."""
    number = next(_number)
    action = {"type": "button", "action_id": route, "block_id": "b", "value": "{}", "action_ts": f"{now}.{number:06}"}
    container = {"type": "message", "message_ts": f"{now}.000100", "channel_id": "C0SUPPORT", "is_ephemeral": True}
    return _signed(
        _interaction(
            "block_actions", number, now, actions=[action], container=container,
            channel={"id": "C0SUPPORT", "name": "support"}, response_url=f"http://127.0.0.1:9/actions/{number}",
        ),
        now,
    )  # fmt: skip


def build_submission(route: str, now: int, *, size: int = 50_000) -> bytes:
    """A form that was sent, of about so many bytes: as large as those with many choices."""
    number = next(_number)
    said = {"type": "mrkdwn", "text": "What happens next, and to whom. " * 90}
    blocks = [
        {"type": "section", "block_id": f"s{place}", "text": said} for place in range(size // len(str(said["text"])))
    ]
    view = {
        "id": f"V{number}", "team_id": TEAM, "type": "modal", "callback_id": route, "hash": f"{now}.{number}",
        "title": {"type": "plain_text", "text": "Change"}, "submit": {"type": "plain_text", "text": "Done"},
        "blocks": blocks, "state": {"values": {}}, "private_metadata": "", "root_view_id": f"V{number}",
        "app_installed_team_id": TEAM,
    }  # fmt: skip
    return _signed(_interaction("view_submission", number, now, view=view, response_urls=[]), now)


def _interaction(kind: str, number: int, now: int, **more: Any) -> dict[str, str]:
    payload = {
        "type": kind,
        "team": {"id": TEAM, "domain": "northlight"},
        "user": {"id": USER, "username": "ana", "team_id": TEAM},
        "api_app_id": "A0BENCH01",
        "token": "legacy",
        "is_enterprise_install": False,
        "enterprise": None,
        "trigger_id": f"{now}.{number}.bench",
        **more,
    }
    return {"payload": json.dumps(payload)}


def _signed(fields: Mapping[str, str], now: int, secret: str = SECRET) -> bytes:
    body = urlencode(fields).encode()
    signature = hmac.new(secret.encode(), f"v0:{now}:".encode() + body, hashlib.sha256).hexdigest()
    signed = {"x-slack-request-timestamp": str(now), "x-slack-signature": f"v0={signature}"}
    return build_post("/slack/events", body, {"content-type": "application/x-www-form-urlencoded", **signed})


def build_post(path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    """A whole HTTP request."""
    lines = [f"POST {path} HTTP/1.1", "host: 127.0.0.1", "accept: */*", *(f"{n}: {v}" for n, v in headers.items())]
    return "\r\n".join([*lines, f"content-length: {len(body)}", "", ""]).encode() + body


@dataclass(frozen=True)
class Burst:
    """What so many requests took. ``waits`` in ms, by request; ``seconds``: all of them; ``spent`` by the server, with
    the work that they set off."""

    waits: Sequence[float]
    seconds: float
    spent: Spent

    @property
    def cpu_ms(self) -> float:
        """Of one request."""
        return self.spent.cpu_s * 1000 / len(self.waits)

    @property
    def rate(self) -> float:
        """Requests in a second."""
        return len(self.waits) / self.seconds

    def each(self, what: str) -> float | None:
        """``commits``, ``statements`` or ``syncs`` of one request; None where nobody counted."""
        value: int = getattr(self.spent, what)
        return None if value < 0 else value / len(self.waits)


async def send(port: int, requests: Sequence[bytes], connections: int = 1, *, settle: bool = False) -> Burst:
    """Send all of these, one after the other on each connection. Raises Refused.

    ``settle``: each leaves when what the one before set off has ended, so that its work is not waited for.
    """
    waiting, waits = iter(requests), list[float]()
    async with asyncio.timeout(WITHIN_S + len(requests)):
        before = await spent(port)
        began = time.perf_counter()
        await asyncio.gather(*(_one_connection(port, waiting, settle, waits) for _ in range(connections)))
        seconds = time.perf_counter() - began
        return Burst(waits, seconds, (await spent(port)).since(before))


async def _one_connection(port: int, waiting: Iterator[bytes], settle: bool, waits: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for request in waiting:
            if settle:
                await ask(reader, writer, SETTLED)
            began = time.perf_counter()
            await ask(reader, writer, request)
            waits.append((time.perf_counter() - began) * 1000)
    finally:
        writer.close()
        await writer.wait_closed()


async def spent(port: int) -> Spent:
    """What a server has spent so far, asked when it has nothing to do."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        return Spent(**json.loads(await ask(reader, writer, SETTLED)))
    finally:
        writer.close()
        await writer.wait_closed()


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> bytes:
    """Send one request and read its answer. Raises Refused."""
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    body = await _read_body(reader, head)
    if not head.startswith(b"HTTP/1.1 200"):
        raise Refused((head + body).decode(errors="replace"))
    return body


async def _read_body(reader: asyncio.StreamReader, head: bytes) -> bytes:
    lower = head.lower()
    if b"transfer-encoding: chunked" in lower:
        return await reader.readuntil(b"0\r\n\r\n")
    _, found, rest = lower.partition(b"content-length:")
    return await reader.readexactly(int(rest.split(b"\r\n", 1)[0])) if found else b""


@dataclass(frozen=True)
class Subject:
    """One of several servers that are compared: where it listens, and what it is asked; ``share`` of the requests."""

    name: str
    port: int
    build: Callable[[int], bytes]
    share: float = 1.0


async def take_turns(
    subjects: Sequence[Subject], *, rounds: int, requests: int, connections: int = 1, settle: bool = False
) -> dict[str, list[Burst]]:
    """Ask every subject once in each round, in turn and then in reverse turn. The first round warms up and is dropped.

    Times say little on a machine that others use too; ratios within a round do.
    """
    found: dict[str, list[Burst]] = {one.name: [] for one in subjects}
    for number in range(rounds + 1):
        for one in subjects if number % 2 else reversed(subjects):
            now = int(time.time())
            prepared = [one.build(now) for _ in range(max(connections, int(requests * one.share)))]
            found[one.name].append(await send(one.port, prepared, connections, settle=settle))
    return {name: bursts[1:] for name, bursts in found.items()}
