"""Pictures on the page: sent from the phone panel, and drawn from a file in Slack."""

import struct
import zlib

import httpx
import pytest
from playwright.async_api import Locator, expect

from tests.browser.page.conftest import Playground

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


def png(width: int = 40, height: int = 30) -> bytes:
    """One colour."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    rows = b"".join(b"\0" + b"\x20\x90\x80" * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


async def is_drawn(picture: Locator) -> None:
    await expect(picture).to_be_visible()
    assert await picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 40


async def test_the_phone_panel_sends_a_picture(playground: Playground) -> None:
    page = await playground.open()
    await expect(page.get_by_test_id("phone-ring")).to_be_enabled()
    await page.get_by_test_id("phone-picture").set_input_files(
        {"name": "box.png", "mimeType": "image/png", "buffer": png()}
    )
    await expect(page.get_by_test_id("phone-picked")).to_contain_text("box.png")
    await page.get_by_test_id("phone-text-send").click()

    await is_drawn(page.get_by_test_id("text-sent").last.locator("img"))
    await expect(page.get_by_test_id("phone-picked")).to_be_hidden()


async def test_a_picture_can_be_left_out_again(playground: Playground) -> None:
    page = await playground.open()
    await expect(page.get_by_test_id("phone-ring")).to_be_enabled()
    await page.get_by_test_id("phone-picture").set_input_files(
        {"name": "box.png", "mimeType": "image/png", "buffer": png()}
    )
    await page.get_by_role("button", name="Send it without the picture").click()
    await page.get_by_test_id("phone-text").fill("Only words")
    await page.get_by_test_id("phone-text-send").click()

    sent = page.get_by_test_id("text-sent").last
    await expect(sent).to_contain_text("Only words")
    assert await sent.locator("img").count() == 0


async def test_a_picture_that_is_in_slack_is_drawn_with_its_words(playground: Playground) -> None:
    async with httpx.AsyncClient(base_url=playground.url) as client:
        sent = await client.post(
            "/client/upload", data={"as": "U0ANA0001"}, files={"file": ("box.png", png(), "image/png")}
        )
    file = sent.json()["file"]["id"]
    block = {"type": "image", "alt_text": "Picture from Jordan Lee", "slack_file": {"id": file}}
    page = await playground.open()
    await playground.post("C0PHONES1", text="Look", blocks=[block])

    await is_drawn(page.get_by_role("img", name="Picture from Jordan Lee"))
