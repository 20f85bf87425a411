"""Pictures in blocks: only those that are in the workspace and that Slack has had time to look at."""

from typing import Any

import pytest

from bot.sandbox.slack.methods.files import PROCESSING_S
from tests.bot.sandbox.slack.stage import ANA, SUPPORT, Stage

PNG = b"\x89PNG\r\n\x1a\n and more"


async def upload(stage: Stage, name: str = "picture.png", content: bytes = PNG) -> str:
    step = await stage.call("files.getUploadURLExternal", filename=name, length=len(content))
    await stage.http.post(step["upload_url"], content=content)
    done = await stage.call("files.completeUploadExternal", files=[{"id": step["file_id"], "title": name}])
    assert done["files"][0]["mimetype"] == ""
    return str(step["file_id"])


def image(**slack_file: str) -> dict[str, Any]:
    return {"type": "image", "alt_text": "Picture from Jordan Lee", "slack_file": slack_file}


async def post(stage: Stage, *blocks: dict[str, Any]) -> dict[str, Any]:
    return await stage.call("chat.postMessage", channel=SUPPORT, text="Look", blocks=list(blocks))


async def test_a_picture_is_shown_once_slack_has_looked_at_it(stage: Stage) -> None:
    file = await upload(stage)
    early = await post(stage, image(id=file))
    assert early["error"] == "invalid_blocks"
    assert "invalid slack file" in early["response_metadata"]["messages"][0]

    stage.advance(PROCESSING_S)
    known = (await stage.call("files.info", file=file))["file"]
    assert known["mimetype"] == "image/png"
    assert (await post(stage, image(id=file)))["ok"]
    assert (await post(stage, image(url=known["url_private"])))["ok"]
    assert (await stage.http.get(f"/files/{file}/image", params={"as": ANA})).content == PNG


@pytest.mark.parametrize("asked", [{"id": "F0NOWHERE"}, {"url": "http://slack.test/files/F0NOWHERE/x.png"}])
async def test_a_file_that_is_not_there_is_refused(stage: Stage, asked: dict[str, str]) -> None:
    assert (await post(stage, image(**asked)))["error"] == "invalid_blocks"


async def test_a_file_that_is_no_picture_is_refused(stage: Stage) -> None:
    file = await upload(stage, "calls.csv", b"a,b")
    stage.advance(PROCESSING_S)

    assert (await post(stage, image(id=file)))["error"] == "invalid_blocks"


async def test_a_file_is_named_in_one_way(stage: Stage) -> None:
    file = await upload(stage)
    stage.advance(PROCESSING_S)

    for asked in ({}, {"id": file, "url": "http://slack.test/x"}):
        assert (await post(stage, image(**asked)))["error"] == "invalid_blocks"


async def test_a_change_is_held_to_the_same(stage: Stage) -> None:
    posted = await post(stage, {"type": "divider"})
    change = {"channel": SUPPORT, "ts": posted["ts"], "text": "Look", "blocks": [image(id="F0NOWHERE")]}

    assert (await stage.call("chat.update", **change))["error"] == "invalid_blocks"
