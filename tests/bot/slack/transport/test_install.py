"""An app in several workspaces: found by team, renewed once, forgotten when removed."""

import asyncio
import html
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from pydantic import SecretStr
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.oauth.installation_store import Installation
from starlette.applications import Starlette

from bot.basics.settings import Settings
from bot.door import Door
from bot.slack.api.web_client import open_session
from bot.slack.transport.install import Installs, NotInstalled
from bot.slack.transport.listeners import build_bolt
from bot.slack.transport.uninstalls import Uninstalled
from bot.store.installations import Guests
from bot.store.keys import generate_key, parse_keys
from bot.store.store import Store
from tests.bot.slack.conftest import Bot, serving

KEYS = parse_keys(generate_key())


class Api:
    """Slack's ``oauth.v2.access`` and ``auth.test``: takes each refresh token once, and remembers how often."""

    def __init__(self) -> None:
        self.renewals = 0
        self.used: set[str] = set()
        self.before_answering: Callable[[], Awaitable[None]] | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        sent = b""
        more = True
        while more:
            message = await receive()
            sent += message.get("body", b"")
            more = message.get("more_body", False)
        asked = parse_qs(sent.decode())
        if self.before_answering is not None:
            await self.before_answering()
        refresh = asked.get("refresh_token", [""])[0]
        if refresh in self.used:
            await self._answer(send, '{"ok": false, "error": "invalid_refresh_token"}')
            return
        if refresh:
            self.used.add(refresh)
        if scope["path"].endswith("oauth.v2.access"):
            self.renewals += 1
        body = (
            f'{{"ok": true, "access_token": "xoxe.xoxb-{self.renewals}", "refresh_token": "xoxe-{self.renewals}", '
            '"expires_in": 43200, "team": {"id": "T1"}, "bot_user_id": "U1", "bot_id": "B1", "app_id": "A1", '
            '"authed_user": {"id": "U2"}, "scope": "chat:write", "token_type": "bot", "user_id": "U1"}'
        )
        await self._answer(send, body)

    async def _answer(self, send: Any, body: str) -> None:
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body.encode()})


@pytest.fixture
def api() -> Api:
    return Api()


@asynccontextmanager
async def process(url: str, api_address: str) -> AsyncIterator[Installs]:
    """One process of the bot, with its own connection to the database."""
    store = await Store.open(url, KEYS)
    await store.migrate()
    async with open_session() as session:
        settings = Settings(
            _env_file=None,
            slack_client_id="1.2",
            slack_client_secret=SecretStr("shh"),
            slack_api_url=f"{api_address}/api/",
        )
        made = Installs(settings, session, store.context, ["chat:write", "commands"])
        await made.prepare()
        try:
            yield made
        finally:
            await store.aclose()


@pytest.fixture
async def installs(api: Api, sqlite_url: str) -> AsyncIterator[Installs]:
    async with serving(api) as address, process(sqlite_url, address) as made:
        yield made


@pytest.fixture
async def two_processes(api: Api, database_url: str) -> AsyncIterator[tuple[Installs, Installs]]:
    async with (
        serving(api) as address,
        process(database_url, address) as first,
        process(database_url, address) as second,
    ):
        yield first, second


def installation(team: str | None, token: str, **more: Any) -> Installation:
    return Installation(app_id="A1", team_id=team, bot_token=token, bot_id="B1", user_id="U1", **more)


def ending(seconds: float) -> Installation:
    """One of T1 whose token ends in so many seconds."""
    ends = int(time.time() + seconds)
    return installation("T1", "xoxb-old", bot_refresh_token="xoxe-0", bot_token_expires_at=ends)


async def test_each_workspace_speaks_with_its_own_token(installs: Installs) -> None:
    await installs._store.async_save(installation("T1", "xoxb-1"))
    await installs._store.async_save(installation("T2", "xoxb-2", enterprise_id="E9"))

    assert (await installs.of("T1")).token == "xoxb-1"
    assert (await installs.of("T2")).token == "xoxb-2"


async def test_an_org_wide_installation_is_found_by_the_org(installs: Installs) -> None:
    await installs._store.async_save(installation(None, "xoxb-org", enterprise_id="E1", is_enterprise_install=True))

    assert (await installs.of("E1")).token == "xoxb-org"


async def test_a_workspace_that_never_installed_is_not_spoken_to(installs: Installs) -> None:
    with pytest.raises(NotInstalled):
        await installs.of("T404")


async def test_a_token_about_to_end_is_renewed_once_however_many_wait(installs: Installs, api: Api) -> None:
    await installs._store.async_save(ending(60))

    clients = await asyncio.gather(*(installs.of("T1") for _ in range(20)))

    assert api.renewals == 1
    assert {client.token for client in clients} == {"xoxe.xoxb-1"}


async def test_two_processes_renew_a_token_once(two_processes: tuple[Installs, Installs], api: Api) -> None:
    first, second = two_processes
    await first._store.async_save(ending(-60))

    clients = await asyncio.gather(*(one.of("T1") for one in (first, second) * 5))

    assert api.renewals == 1
    assert {client.token for client in clients} == {"xoxe.xoxb-1"}


async def test_a_token_that_is_still_good_is_used_while_another_process_renews_it(
    two_processes: tuple[Installs, Installs], api: Api
) -> None:
    first, second = two_processes
    await first._store.async_save(ending(60))
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        asked.set()
        await go_on.wait()

    api.before_answering = wait
    renewing = asyncio.create_task(first.of("T1"))
    await asked.wait()
    assert (await second.of("T1")).token == "xoxb-old"

    go_on.set()
    assert (await renewing).token == (await second.of("T1")).token == "xoxe.xoxb-1"
    assert api.renewals == 1


async def test_a_token_that_slack_does_not_renew_is_used_until_it_ends(installs: Installs, api: Api) -> None:
    api.used.add("xoxe-0")
    await installs._store.async_save(ending(60))

    assert (await installs.of("T1")).token == "xoxb-old"


async def test_an_installation_made_while_a_token_was_renewed_is_not_overwritten(
    two_processes: tuple[Installs, Installs], api: Api
) -> None:
    first, second = two_processes
    await first._store.async_save(ending(60))

    async def install_again() -> None:
        await second._store.async_save(installation("T1", "xoxb-new"))

    api.before_answering = install_again
    assert (await first.of("T1")).token == "xoxb-new"


async def test_what_one_process_forgets_or_stores_the_other_knows_at_once(
    two_processes: tuple[Installs, Installs],
) -> None:
    first, second = two_processes
    await first._store.async_save(installation("T1", "xoxb-1"))
    assert (await second.of("T1")).token == "xoxb-1"

    await first._store.async_save(installation("T1", "xoxb-2"))
    assert (await second.of("T1")).token == "xoxb-2"

    await first.forget(Uninstalled("T1", None))
    with pytest.raises(NotInstalled):
        await second.of("T1")


async def test_a_guests_workspace_is_answered_through_the_one_they_spoke_to(
    two_processes: tuple[Installs, ...],
) -> None:
    first, second = two_processes
    await first._store.async_save(installation("T1", "xoxb-1"))
    await Guests(first._installations._context).note("TGUEST", "T1")
    assert (await second.of("TGUEST")).token == "xoxb-1"

    await first._store.async_save(installation("TGUEST", "xoxb-own"))
    assert (await second.of("TGUEST")).token == "xoxb-own"


async def test_a_removed_app_is_forgotten(installs: Installs) -> None:
    await installs._store.async_save(installation("T1", "xoxb-1"))
    await installs.of("T1")

    await installs.forget(Uninstalled("T1", None))

    with pytest.raises(NotInstalled):
        await installs.of("T1")


async def test_slack_saying_that_the_app_is_gone_forgets_the_token(installs: Installs, http_bot: Bot) -> None:
    await installs._store.async_save(installation("T1", "xoxb-1"))
    app = build_bolt(http_bot.dispatcher, installs=installs)
    body = {"type": "event_callback", "event_id": "E", "team_id": "T1", "event": {"type": "app_uninstalled"}}
    done = await app.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode"))

    assert done.status == 200
    with pytest.raises(NotInstalled):
        await installs.of("T1")


class Leavers:
    """Remembers whose data was to go."""

    def __init__(self) -> None:
        self.left: list[str] = []

    async def leave_workspace(self, team_id: str) -> None:
        self.left.append(team_id)


async def uninstall(http_bot: Bot, installs: Installs, **body: Any) -> tuple[int, list[str]]:
    """Slack's answer, and whose data was to go."""
    leavers = Leavers()
    guests = Guests(installs._installations._context)
    app = build_bolt(http_bot.dispatcher, installs=installs, leaves=leavers, guests=guests)
    event = {"type": "event_callback", "event_id": "E", "event": {"type": "app_uninstalled"}, **body}
    done = await app.async_dispatch(AsyncBoltRequest(body=event, mode="socket_mode"))
    return done.status, leavers.left


async def test_a_workspace_that_removed_the_app_takes_its_data_along(installs: Installs, http_bot: Bot) -> None:
    await installs._store.async_save(installation("T1", "xoxb-1"))
    await installs._store.async_save(installation("T2", "xoxb-2"))

    assert await uninstall(http_bot, installs, team_id="T1", event_time=int(time.time()) + 1) == (200, ["T1"])
    assert (await installs.of("T2")).token == "xoxb-2"


async def test_word_of_an_older_installation_removes_nothing(installs: Installs, http_bot: Bot) -> None:
    await installs._store.async_save(installation("T1", "xoxb-new"))

    for event in ({"type": "app_uninstalled"}, {"type": "tokens_revoked", "tokens": {"bot": ["U1"]}}):
        late = int(time.time()) - 600
        assert await uninstall(http_bot, installs, team_id="T1", event_time=late, event=event) == (200, [])
    assert (await installs.of("T1")).token == "xoxb-new"


async def test_a_persons_own_revoked_token_is_not_the_apps(installs: Installs, http_bot: Bot) -> None:
    await installs._store.async_save(installation("T1", "xoxb-1"))

    event = {"type": "tokens_revoked", "tokens": {"oauth": ["U2"], "bot": []}}
    assert await uninstall(http_bot, installs, team_id="T1", event=event) == (200, [])
    assert (await installs.of("T1")).token == "xoxb-1"


async def test_an_org_that_removed_the_app_is_forgotten_whole(installs: Installs, http_bot: Bot) -> None:
    org = installation(None, "xoxb-org", enterprise_id="E1", is_enterprise_install=True)
    await installs._store.async_save(org)
    await installs._store.async_save(installation("T1", "xoxb-1", enterprise_id="E1"))

    authorized = [{"enterprise_id": "E1", "team_id": None, "is_enterprise_install": True}]
    assert await uninstall(http_bot, installs, team_id="T1", authorizations=authorized) == (200, ["E1"])
    with pytest.raises(NotInstalled):
        await installs.of("E1")
    assert (await installs.of("T1")).token == "xoxb-1"


async def test_guests_who_spoke_to_no_other_installation_go_with_it(installs: Installs, http_bot: Bot) -> None:
    for team in ("T1", "T2", "TOWN"):
        await installs._store.async_save(installation(team, f"xoxb-{team}"))
    guests = Guests(installs._installations._context)
    for guest, through in (("TGUEST", "T1"), ("TBOTH", "T1"), ("TBOTH", "T2"), ("TOWN", "T1")):
        await guests.note(guest, through)

    assert await uninstall(http_bot, installs, team_id="T1") == (200, ["TGUEST", "T1"])
    assert (await installs.of("TBOTH")).token == "xoxb-T2"


async def test_whoever_speaks_from_another_workspace_is_remembered(installs: Installs, http_bot: Bot) -> None:
    await installs._store.async_save(installation("T1", "xoxb-1"))
    said = {"type": "app_mention", "user": "U0GUEST", "user_team": "TGUEST", "channel": "C1", "text": "<@U1> hm"}

    await uninstall(http_bot, installs, event=said, authorizations=[{"team_id": "T1"}])
    assert (await installs.of("TGUEST")).token == "xoxb-1"


async def test_a_workspace_that_joined_an_org_since_is_found_all_the_same(installs: Installs, http_bot: Bot) -> None:
    await installs._store.async_save(installation("T1", "xoxb-1"))

    authorized = [{"enterprise_id": "E1", "team_id": "T1", "is_enterprise_install": False}]
    assert await uninstall(http_bot, installs, team_id="T1", authorizations=authorized) == (200, ["T1"])
    with pytest.raises(NotInstalled):
        await installs.of("T1")


async def test_what_could_not_be_forgotten_is_heard_again(installs: Installs, http_bot: Bot) -> None:
    class Broken:
        async def leave_workspace(self, team_id: str) -> None:
            raise OSError("disk full")

    await installs._store.async_save(installation("T1", "xoxb-1"))
    app = build_bolt(http_bot.dispatcher, installs=installs, leaves=Broken())
    body = {"type": "event_callback", "event_id": "E", "team_id": "T1", "event": {"type": "app_uninstalled"}}

    assert (await app.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode"))).status == 503
    assert (await installs.of("T1")).token == "xoxb-1"


async def test_installing_leads_to_slack_and_back_to_a_stored_token(installs: Installs) -> None:
    transport = httpx.ASGITransport(Starlette(routes=installs.routes))
    async with httpx.AsyncClient(transport=transport, base_url="https://bot.example") as browser:
        page = await browser.get("/slack/install")
        [address] = re.findall(r'href="([^"]*/oauth/v2/authorize[^"]*)"', page.text)
        query = parse_qs(urlsplit(html.unescape(address)).query)
        assert query["client_id"] == ["1.2"]
        back = {"code": "c", "state": query["state"][0]}

        done = await browser.get("/slack/oauth_redirect", params=back)
        again = await browser.get("/slack/oauth_redirect", params=back)

    assert done.status_code == 200
    assert (await installs.of("T1")).token == "xoxe.xoxb-1"
    assert again.status_code in {400, 401}


async def test_a_callback_with_a_made_up_state_stores_nothing(installs: Installs, api: Api) -> None:
    transport = httpx.ASGITransport(Starlette(routes=installs.routes))
    async with httpx.AsyncClient(transport=transport, base_url="https://bot.example") as browser:
        done = await browser.get("/slack/oauth_redirect", params={"code": "c", "state": "made-up"})

    assert done.status_code in {400, 401}
    assert api.renewals == 0


@pytest.mark.parametrize("path", ["/slack/install", "/slack/oauth_redirect"])
@pytest.mark.parametrize(
    "query",
    [
        "", "?state=x&code=y", "?code=y", "?state=%00&code=%00", "?state=&code=", "?error=access_denied&state=x",
        "?error=", "?state=x&state=y&code=1&code=2", "?%ff=%fe&&=", "?state=" + "z" * 5_000, "?team=%E2%80%AE&user=x",
    ],
)  # fmt: skip
async def test_whatever_a_stranger_asks_of_the_two_pages_is_answered(
    installs: Installs, path: str, query: str, caplog: pytest.LogCaptureFixture
) -> None:
    transport = httpx.ASGITransport(Door(Starlette(routes=installs.routes)))
    async with httpx.AsyncClient(transport=transport, base_url="https://chatops.test") as browser:
        answer = await browser.get(path + query, headers={"cookie": "slack-app-oauth-state=x; =;"})

    assert answer.status_code < 500
    assert [record for record in caplog.records if record.exc_info] == []
