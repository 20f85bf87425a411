"""One real Chromium for a module, and the whole demo with the page that it looks at."""

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, async_playwright, expect

from bot.sandbox.demo import Demo
from tests.browser.visitor import Visitor
from tests.flows.stage import freshen, quick_demo

PATIENCE_MS = 15_000
"""How long a test waits for what it expects: far longer than it takes, for machines that run other tests beside."""

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator[Browser]:
    """One browser per module: starting it takes longer than most tests."""
    path = shutil.which("chromium")
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no chromium on this machine")
    expect.set_options(timeout=PATIENCE_MS)
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running() -> AsyncIterator[Demo]:
    """Slack, Dialpad, the bot and the page."""
    async with quick_demo() as started:
        yield started


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def window(chromium: Browser) -> AsyncIterator[BrowserContext]:
    """One for a module: the page's sixty files are fetched once."""
    context = await chromium.new_context(viewport={"width": 1440, "height": 900}, color_scheme="light")
    yield context
    await context.close()


@pytest_asyncio.fixture(loop_scope="module")
async def visitor(running: Demo, window: BrowserContext) -> AsyncIterator[Visitor]:
    """Somebody at the page of a demo that is as if just started. Fails a test whose page threw an error."""
    await freshen(running)
    shots = os.environ.get("SHOTS")
    came = Visitor(running, await window.new_page(), Path.cwd() / shots if shots else None)
    try:
        yield came
    finally:
        await came.page.evaluate("localStorage.clear()")
        await window.clear_cookies()
        for page in window.pages:
            await page.close()
    assert not came.errors
