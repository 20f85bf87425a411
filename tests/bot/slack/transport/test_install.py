"""An app in several workspaces: found by team, renewed once, forgotten when removed."""

import asyncio
import html
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from pydantic import SecretStr
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.oauth.installation_store import Installation
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from starlette.applications import Starlette

from bot.basics.settings import Settings
from bot.slack.api.web_client import open_session
from bot.slack.transport.install import Installs, NotInstalled
from bot.slack.transport.listeners import build_bolt
from bot.slack.transport.uninstalls import Uninstalled
from tests.bot.slack.conftest import Bot, serving


class Api:
    """Slack's ``oauth.v2.access`` and ``auth.test``: hands out a new token each time and remembers how often."""

    def __init__(self) -> None:
        self.renewals = 0
        self.broken = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):
            pass
        if scope["path"].endswith("oauth.v2.access"):
            self.renewals += 1
        body = (
            f'{{"ok": true, "access_token": "xoxe.xoxb-{self.renewals}", "refresh_token": "xoxe-{self.renewals}", '
            '"expires_in": 43200, "team": {"id": "T1"}, "bot_user_id": "U1", "bot_id": "B1", "app_id": "A1", '
            '"authed_user": {"id": "U2"}, "scope": "chat:write", "token_type": "bot", "user_id": "U1"}'
        )
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body.encode()})


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    made = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'installs.db'}")
    yield made
    await made.dispose()


@pytest.fixture
async def installs(api: Api, engine: AsyncEngine) -> AsyncIterator[Installs]:
    async with serving(api) as address, open_session() as session:
        settings = Settings(
            _env_file=None,
            slack_client_id="1.2",
            slack_client_secret=SecretStr("shh"),
            slack_api_url=f"{address}/api/",
        )
        made = Installs(settings, session, engine, ["chat:write", "commands"])
        await made.prepare()
        yield made


def installation(team: str | None, token: str, **more: Any) -> Installation:
    return Installation(app_id="A1", team_id=team, bot_token=token, bot_id="B1", user_id="U1", **more)


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
    old = installation("T1", "xoxb-old", bot_refresh_token="xoxe-0", bot_token_expires_at=int(time.time()) + 60)
    await installs._store.async_save(old)

    clients = await asyncio.gather(*(installs.of("T1") for _ in range(20)))

    assert api.renewals == 1
    assert {client.token for client in clients} == {"xoxe.xoxb-1"}


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
    app = build_bolt(http_bot.dispatcher, installs=installs, leaves=leavers)
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
