import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.basics.metrics import Metrics
from bot.web import Check, build_web


async def well() -> str | None:
    return None


async def unwell() -> str | None:
    return "The database does not answer."


async def answer(_: Request) -> Response:
    return PlainTextResponse("heard")


async def ask(method: str, path: str, *ready: Check, over_http: bool = True) -> httpx.Response:
    """One request to a bot with one page beside its own."""
    page = Route("/connect/callback", answer)
    web = build_web(slack_events=answer if over_http else None, others=[page], ready=ready, metrics=Metrics())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=web), base_url="http://chatops.test") as browser:
        return await browser.request(method, path)


async def test_a_process_that_answers_is_healthy_whatever_else_is_wrong() -> None:
    assert (await ask("GET", "/healthz", unwell)).status_code == 200


async def test_it_is_ready_when_every_check_is_content() -> None:
    assert (await ask("GET", "/readyz", well, well)).status_code == 200


async def test_it_is_not_ready_when_one_check_complains_and_says_which() -> None:
    found = await ask("GET", "/readyz", well, unwell)

    assert found.status_code == 503
    assert found.text == "The database does not answer."


async def test_metrics_are_in_prometheus_text_form() -> None:
    found = await ask("GET", "/metrics")

    assert found.headers["content-type"].startswith("text/plain")
    assert "chatops_acknowledged_seconds" in found.text


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

    web = build_web(slack_events=None, others=[], ready=[], metrics=metrics, look=look)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=web), base_url="http://chatops.test") as browser:
        found = (await browser.get("/metrics")).text

    assert "chatops_events_waiting 2.0" in found
    assert "chatops_events_parked 3.0" in found
    assert "chatops_events_oldest_waiting_seconds 60.0" in found
