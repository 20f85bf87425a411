import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.basics.metrics import Metrics
from bot.basics.settings import Settings
from bot.readiness import Probe, Readiness, Trouble
from bot.web import Insiders, build_web

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TOKEN = "made-up-metrics-token"
DOWN = Trouble("The database does not answer.", "Start it.")
DIALPAD = Trouble("Dialpad has not answered for 40 seconds.", "See its status page.", blocks=False)


def probe(name: str, trouble: Trouble | None) -> Probe:
    async def look() -> Trouble | None:
        return trouble

    return Probe(name, look)


async def answer(_: Request) -> Response:
    return PlainTextResponse("heard")


async def ask(
    method: str,
    path: str,
    *troubles: Trouble | None,
    over_http: bool = True,
    insiders: Insiders | None = None,
    host: str = "localhost:3000",
    client: str = "127.0.0.1",
    headers: Mapping[str, str] | None = None,
) -> httpx.Response:
    """One request to a bot with one page beside its own."""
    probes: Sequence[Probe] = [probe(f"check {number}", trouble) for number, trouble in enumerate(troubles)]
    web = build_web(
        slack_events=answer if over_http else None,
        others=[Route("/connect/callback", answer)],
        readiness=Readiness(probes, lambda: NOW),
        metrics=Metrics(),
        insiders=insiders or Insiders(),
    )
    transport = httpx.ASGITransport(app=web, client=(client, 5))
    async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as browser:
        raw = {name.encode("latin-1"): value.encode("latin-1") for name, value in (headers or {}).items()}
        return await browser.request(method, path, headers=raw)


async def test_what_is_delivered_passes_through_none_of_starlettes_layers_and_all_else_does() -> None:
    passed: dict[str, bool] = {}

    async def note(scope: Any, receive: Any, send: Any) -> None:
        passed[scope["path"]] = "starlette.exception_handlers" in scope
        await PlainTextResponse("heard")(scope, receive, send)

    async def note_request(request: Request) -> Response:
        passed[request.url.path] = "starlette.exception_handlers" in request.scope
        return PlainTextResponse("heard")

    class Delivered:
        """An ASGI app that is no function, as Dialpad's route is one."""

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            await note(scope, receive, send)

    web = build_web(
        slack_events=note_request,
        others=[Route("/dialpad/events/{hook}", Delivered(), methods=["POST"]), Route("/page", note_request)],
        readiness=Readiness([], lambda: NOW),
        metrics=Metrics(),
        insiders=Insiders(),
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=web), base_url="http://localhost:3000") as client:
        for path in ("/slack/events", "/dialpad/events/h1"):
            assert (await client.post(path)).text == "heard"
            assert (await client.get(path)).status_code == 405
        assert (await client.get("/page")).text == "heard"

    assert passed == {"/slack/events": False, "/dialpad/events/h1": False, "/page": True}


async def test_a_process_that_answers_is_healthy_whatever_else_is_wrong() -> None:
    assert (await ask("GET", "/healthz", DOWN)).status_code == 200


async def test_it_is_ready_when_every_check_is_content() -> None:
    found = await ask("GET", "/readyz", None, None)

    assert found.status_code == 200
    assert found.json() == {
        "ready": True,
        "checks": [{"name": f"check {number}", "ok": True, "level": "ok"} for number in range(2)],
    }


async def test_it_is_not_ready_when_one_check_fails_and_says_since_when_and_what_to_do() -> None:
    found = await ask("GET", "/readyz", None, DOWN)

    assert found.status_code == 503
    assert found.json()["checks"][1] == {
        "name": "check 1", "ok": False, "level": "fails", "since": NOW.isoformat(),
        "said": DOWN.said, "todo": DOWN.todo,
    }  # fmt: skip


async def test_what_another_process_could_not_do_better_is_said_and_stays_in_service() -> None:
    found = await ask("GET", "/readyz", None, DIALPAD)

    assert found.status_code == 200
    assert found.json()["checks"][1]["level"] == "warns"


STRANGERS: dict[str, dict[str, Any]] = {
    "from elsewhere": {"client": "203.0.113.7"},
    "from elsewhere, naming this machine": {"client": "203.0.113.7", "headers": {"x-forwarded-for": "127.0.0.1"}},
    "through a proxy here": {"headers": {"x-forwarded-for": "203.0.113.7"}},
    "through a tunnel here": {"host": "chatops.example.com"},
    "through a proxy here that says nothing": {"insiders": Insiders(is_public=True)},
    "without the token": {"insiders": Insiders(TOKEN)},
    "with another token": {"insiders": Insiders(TOKEN), "headers": {"authorization": "Bearer wrong"}},
    "with half of it": {"insiders": Insiders(TOKEN), "headers": {"authorization": f"Bearer {TOKEN[:-1]}"}},
    "with an empty one": {"insiders": Insiders(TOKEN), "headers": {"authorization": "Bearer "}},
    "with the token as a password": {"insiders": Insiders(TOKEN), "headers": {"authorization": f"Basic {TOKEN}"}},
    "with letters that are none": {"insiders": Insiders(TOKEN), "headers": {"authorization": "Bearer \xc3\xa4\xff"}},
}


@pytest.mark.parametrize("who", STRANGERS)
async def test_strangers_hear_ready_or_not_and_nothing_more(who: str) -> None:
    well, unwell = [await ask("GET", "/readyz", trouble, **STRANGERS[who]) for trouble in (DIALPAD, DOWN)]

    assert (well.status_code, well.text) == (200, "ready")
    assert (unwell.status_code, unwell.text) == (503, "not ready")


@pytest.mark.parametrize("who", STRANGERS)
async def test_strangers_see_no_metrics(who: str) -> None:
    found = await ask("GET", "/metrics", **STRANGERS[who])

    assert found.status_code in {401, 403}
    assert "chatops_" not in found.text


@pytest.mark.parametrize("client", ["127.0.0.1", "203.0.113.7"])
@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
async def test_whoever_has_the_token_sees_everything(client: str, scheme: str) -> None:
    headers = {"authorization": f"{scheme} {TOKEN}", "x-forwarded-for": "203.0.113.7"}
    how: dict[str, Any] = {"insiders": Insiders(TOKEN, is_public=True), "client": client, "headers": headers}

    assert "chatops_ready" in (await ask("GET", "/metrics", **how)).text
    assert json.loads((await ask("GET", "/readyz", DOWN, **how)).text)["ready"] is False


@pytest.mark.parametrize(
    ("settings", "insiders"),
    [
        ({}, Insiders()),
        ({"public_url": "http://localhost:3000"}, Insiders()),
        ({"public_url": "https://chatops.example.com"}, Insiders(is_public=True)),
        ({"metrics_token": SecretStr(TOKEN)}, Insiders(TOKEN)),
    ],
)
def test_a_bot_with_a_public_address_trusts_nobody_for_being_near(settings: dict[str, Any], insiders: Insiders) -> None:
    assert Insiders.of(Settings(_env_file=None, **settings)) == insiders


async def test_metrics_are_in_prometheus_text_form() -> None:
    found = await ask("GET", "/metrics", None, DOWN, DIALPAD)

    assert found.headers["content-type"].startswith("text/plain")
    assert "chatops_acknowledged_seconds" in found.text
    assert "chatops_ready 0.0" in found.text
    assert 'chatops_check_ok{check="check 0"} 1.0' in found.text
    assert 'chatops_check_ok{check="check 2"} 0.0' in found.text


def test_metrics_of_two_bots_in_one_process_do_not_mix() -> None:
    one, other = Metrics(), Metrics()
    one.handled("sms.send", "done", ["DIALPAD_SEND_SMS"])

    assert other.registry.get_sample_value("chatops_dialpad_actions_total", {"slug": "DIALPAD_SEND_SMS"}) is None


async def test_slack_is_heard_at_its_path() -> None:
    assert (await ask("POST", "/slack/events")).text == "heard"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_slack_is_heard_by_post_only(method: str) -> None:
    assert (await ask(method, "/slack/events")).status_code == 405


async def test_with_socket_mode_there_is_no_request_url() -> None:
    assert (await ask("POST", "/slack/events", over_http=False)).status_code == 404


async def test_the_other_pages_are_served() -> None:
    assert (await ask("GET", "/connect/callback")).text == "heard"


async def test_what_is_counted_on_demand_is_counted_before_the_metrics_are_shown() -> None:
    metrics = Metrics()

    async def look() -> None:
        metrics.events(waiting=2, parked=3, oldest_s=60)

    web = build_web(
        slack_events=None,
        others=[],
        readiness=Readiness([], lambda: NOW),
        metrics=metrics,
        insiders=Insiders(),
        look=look,
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=web), base_url="http://localhost") as browser:
        found = (await browser.get("/metrics")).text

    assert "chatops_events_waiting 2.0" in found
    assert "chatops_events_parked 3.0" in found
    assert "chatops_events_oldest_waiting_seconds 60.0" in found


OWN_PORT = Insiders(TOKEN, is_public=True, port=9464)


@pytest.mark.parametrize("path", ["/metrics", "/readyz", "/healthz"])
async def test_whoever_reaches_the_port_for_operators_needs_no_token(path: str) -> None:
    found = await ask("GET", path, insiders=OWN_PORT, host="10.1.2.3:9464", client="10.9.9.9")

    assert found.status_code == 200


@pytest.mark.parametrize("path", ["/connect/callback", "/slack/events"])
async def test_the_port_for_operators_serves_nothing_else(path: str) -> None:
    found = await ask("GET", path, insiders=OWN_PORT, host="10.1.2.3:9464")

    assert found.status_code == 404


async def test_the_other_port_asks_for_the_token_as_before() -> None:
    assert (await ask("GET", "/metrics", insiders=OWN_PORT, host="10.1.2.3:3000")).status_code == 401
    assert (await ask("GET", "/connect/callback", insiders=OWN_PORT, host="10.1.2.3:3000")).status_code == 200
