"""What is sent is what Slack sends, and reaches what is measured."""

import time
from collections.abc import Callable

import httpx
import pytest
from slack_sdk.signature import Clock, SignatureVerifier

from bot.basics.company import own_company
from bot.basics.person import PersonKey
from bot.store.audit import Audit
from tests.bench.acknowledging import CHANGE, READ, ROUTE
from tests.bench.load import SECRET, TEAM, USER, build_command, build_press, build_submission
from tests.bench.ours import serving_ours

BUILDERS: dict[str, tuple[Callable[[int], bytes], str]] = {
    "read": (lambda now: build_command(READ, now), "look"),
    "change": (lambda now: build_command(CHANGE, now), "change"),
    "press": (lambda now: build_press(ROUTE, now), "change"),
    "form": (lambda now: build_submission(ROUTE, now), "change"),
}


def _parts(request: bytes) -> tuple[dict[str, str], bytes]:
    head, body = request.split(b"\r\n\r\n")
    return dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:]), body


@pytest.mark.parametrize("name", BUILDERS)
async def test_what_is_measured_reaches_its_handler(name: str) -> None:
    build, route = BUILDERS[name]
    headers, body = _parts(build(int(time.time())))
    async with serving_ours(10) as (app, dispatcher):
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://bench.test") as slack:
            answer = await slack.post("/slack/events", content=body, headers=headers)
        await dispatcher.idle()
        audit = dispatcher.stores.audit
        assert isinstance(audit, Audit)
        entries = await audit.recent(own_company(PersonKey(TEAM, USER)))

    assert answer.status_code == 200
    assert [(one.route.rpartition(".")[2], one.outcome) for one in entries] == [(route, "done")]


@pytest.mark.parametrize("name", BUILDERS)
def test_a_request_carries_slacks_signature(name: str) -> None:
    class At(Clock):
        def now(self) -> float:
            return 1_770_000_000

    headers, body = _parts(BUILDERS[name][0](1_770_000_000))

    assert SignatureVerifier(SECRET, At()).is_valid_request(body, headers)


@pytest.mark.parametrize("name", BUILDERS)
def test_no_two_requests_are_alike(name: str) -> None:
    assert len({BUILDERS[name][0](1_770_000_000) for _ in range(50)}) == 50


def test_the_large_form_is_large() -> None:
    assert 50_000 < len(build_submission(ROUTE, 1_770_000_000)) < 80_000
