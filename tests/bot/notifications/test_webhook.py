import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest
from starlette.applications import Starlette

from bot.basics.company import CompanyKey
from bot.basics.person import PersonKey
from bot.dialpad.events import parse_event
from bot.dialpad.signed import open_envelope, parse_document
from bot.notifications.webhook import ANSWER_WITHIN_S, build_hook_route
from bot.store.hooks import Hook
from tests.bot.dialpad.envelopes import SECRET, sign
from tests.bot.dialpad.hostile import ODD, REFUSED
from tests.payloads import payload

NOW = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
OWNER = PersonKey("T0NORTHLT", "U0PRIYA03")
COMPANY = CompanyKey(OWNER.team_id, "61")
SIGNED = Hook("signed", OWNER, COMPANY, "webhook", SECRET, NOW, NOW)
PLAIN = Hook("plain", OWNER, COMPANY, "webhook", None, NOW, NOW)
LINE = Hook("line", OWNER, COMPANY, "websocket", SECRET, NOW, NOW)
MISSED = payload("call missed")


class Inside:
    """What stands behind the route: three hooks, and a memory that can be made to fail or to hang."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.error: Exception | None = None
        self.gate = asyncio.Event()
        self.gate.set()

    async def find(self, name: str) -> Hook | None:
        if self.error is not None:
            raise self.error
        return {hook.id: hook for hook in (SIGNED, PLAIN, LINE)}.get(name)

    async def receive(self, hook: Hook, raw: bytes) -> bool:
        body = open_envelope(raw, hook.secret)
        parse_event(parse_document(body))
        await self.gate.wait()
        self.bodies.append(body)
        return True


@pytest.fixture
def inside() -> Inside:
    return Inside()


def poster(inside: Inside, answer_within_s: float = ANSWER_WITHIN_S) -> httpx.AsyncClient:
    """Whoever posts to the bot."""
    app = Starlette(routes=[build_hook_route(inside.find, inside.receive, answer_within_s=answer_within_s)])
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://chatops.test/dialpad/events/")


@pytest.fixture
async def dialpad(inside: Inside) -> AsyncIterator[httpx.AsyncClient]:
    async with poster(inside) as made:
        yield made


@pytest.mark.parametrize("content_type", ["application/jwt", "application/json", "text/plain", "image/png", ""])
async def test_a_signed_event_is_taken_whatever_it_says_it_is(
    dialpad: httpx.AsyncClient, inside: Inside, content_type: str
) -> None:
    answer = await dialpad.post("signed", content=sign(MISSED), headers={"content-type": content_type})

    assert (answer.status_code, [json.loads(body) for body in inside.bodies]) == (200, [MISSED])


async def test_plain_json_is_taken_where_the_hook_has_no_secret(dialpad: httpx.AsyncClient) -> None:
    assert (await dialpad.post("plain", json=MISSED)).status_code == 200


@pytest.mark.parametrize(("body", "status"), REFUSED.values(), ids=REFUSED)
async def test_what_cannot_be_believed_is_refused_for_good_and_plainly(
    dialpad: httpx.AsyncClient, inside: Inside, body: bytes, status: int
) -> None:
    answer = await dialpad.post("signed", content=body)

    assert (answer.status_code, answer.text, inside.bodies) == (status, "this event was not accepted", [])


@pytest.mark.parametrize("body", ODD.values(), ids=ODD)
async def test_what_is_only_odd_is_taken(dialpad: httpx.AsyncClient, inside: Inside, body: bytes) -> None:
    answer = await dialpad.post("signed", content=body)

    assert (answer.status_code, len(inside.bodies)) == (200, 1)


@pytest.mark.parametrize("name", ["nobody", "line", "a" * 5000, "%00", "..%2Fhealthz"])
async def test_an_unknown_hook_is_not_found(dialpad: httpx.AsyncClient, name: str) -> None:
    assert (await dialpad.post(name, content=sign(MISSED))).status_code == 404


@pytest.mark.parametrize("error", [OSError("disk full"), LookupError("a mistake of ours"), TimeoutError()])
async def test_trouble_of_ours_is_never_a_refusal(dialpad: httpx.AsyncClient, inside: Inside, error: Exception) -> None:
    inside.error = error

    answer = await dialpad.post("signed", content=sign(MISSED))
    assert (answer.status_code, answer.text) == (503, "try again")


async def test_a_database_that_takes_too_long_is_answered_in_time_and_still_stores_it(
    dialpad: httpx.AsyncClient, inside: Inside
) -> None:
    inside.gate.clear()
    async with poster(inside, answer_within_s=0.05) as hasty:
        assert (await hasty.post("signed", content=sign(MISSED))).status_code == 503

    inside.gate.set()
    assert (await dialpad.post("signed", content=sign(MISSED))).status_code == 200
    assert len(inside.bodies) == 2


async def test_nothing_is_read_by_get(dialpad: httpx.AsyncClient) -> None:
    assert (await dialpad.get("signed")).status_code == 405
