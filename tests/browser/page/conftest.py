"""The page in a real Chromium, served by both sandboxes, with no bot behind them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest_asyncio
from playwright.async_api import Browser, Page

from bot.sandbox.dialpad import DialpadSandbox
from bot.sandbox.serving import by_path, listen, serving
from bot.sandbox.slack import SlackSandbox

MANIFEST: dict[str, Any] = {
    "display_information": {"name": "Dialpad", "description": "Phones"},
    "features": {
        "bot_user": {"display_name": "Dialpad"},
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "slash_commands": [
            {"command": "/dp", "description": "Everything", "usage_hint": "dnd on", "should_escape": True},
            {"command": "/dp-sms", "description": "Send a text", "usage_hint": "<to> <text>"},
        ],
    },
    "oauth_config": {"scopes": {"bot": ["commands", "chat:write", "chat:write.public"]}},
    "settings": {"interactivity": {"is_enabled": True}, "socket_mode_enabled": True},
}


@dataclass
class Playground:
    """``errors`` collects what the page threw; the fixture fails the test when there is any."""

    url: str
    page: Page
    errors: list[str] = field(default_factory=list)

    async def post(self, channel: str, **message: Any) -> str:
        """Post as the app; returns the ts."""
        async with httpx.AsyncClient(base_url=self.url, headers={"Authorization": "Bearer xoxb-sandbox"}) as client:
            answer = (await client.post("/api/chat.postMessage", json={"channel": channel, **message})).json()
        assert answer["ok"], answer
        return str(answer["ts"])

    async def open(self, place: str = "C0PHONES1") -> Page:
        await self.page.goto(f"{self.url}/?as=U0ANA0001#{place}")
        await self.page.locator("body[data-connection=live]").wait_for()
        return self.page

    async def show_modal(self, blocks: list[dict[str, Any]]) -> None:
        """Put a view on the page as if the server had opened it."""
        view = {
            "id": "V1",
            "type": "modal",
            "title": {"type": "plain_text", "text": "A form"},
            "submit": {"type": "plain_text", "text": "Send"},
            "blocks": blocks,
            "state": {"values": {}},
        }
        await self.page.evaluate(
            """async (view) => {
                const { state, emit } = await import("/static/js/store.js");
                state.modals = [view];
                emit("modals");
            }""",
            view,
        )


@pytest_asyncio.fixture(loop_scope="module")
async def playground(chromium: Browser) -> AsyncIterator[Playground]:
    bound = listen(0)
    url = f"http://localhost:{bound.getsockname()[1]}"
    slack = SlackSandbox(manifest=MANIFEST, base_url=url, enforce_limits=False)
    dialpad = DialpadSandbox()
    async with serving(by_path({"/phone/": dialpad.app}, slack.app), bound):
        page = await chromium.new_page(viewport={"width": 1280, "height": 800})
        opened = Playground(url, page)
        page.on("pageerror", lambda error: opened.errors.append(str(error)))
        try:
            yield opened
        finally:
            await page.close()
            dialpad.close()
            await slack.aclose()
    assert not opened.errors
