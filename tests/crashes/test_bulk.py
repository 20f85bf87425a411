"""A bulk change in a process that is killed five times: each row reaches Dialpad once."""

import asyncio
import json
import os
import shutil
import signal
from collections import Counter
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

from bot.activity.news import NewsKind
from bot.activity.subscriptions.subscription import Subscription
from bot.sandbox.cast import PRIYA
from tests.crashes.outside import OWNER, Outside, outside

ROWS: Final = 2_000 if os.environ.get("CI") else 200
"""Twenty rows a second is what Dialpad takes; where that matters more, a tenth has to do."""
KILLS: Final = 5
PATIENT_S: Final = 600.0
LOOK_S: Final = 0.02
NUMBERS: Final = [f"+1415556{number:04}" for number in range(ROWS)]


async def test_each_row_is_done_once_however_often_it_is_killed(tmp_path: Path) -> None:
    async with outside(Subscription("w1", OWNER, "C0SUPPORT", kinds=frozenset({NewsKind.MISSED}))) as here:
        shutil.copytree(here.start, tmp_path, dirs_exist_ok=True)
        child = await born(here, tmp_path)
        await start(here)
        for kill in range(KILLS):
            await until(here, lambda kill=kill: len(blocked(here)) >= (kill + 1) * ROWS // (KILLS + 2))
            os.kill(child, signal.SIGKILL)
            assert await ended(here) == -signal.SIGKILL
            child = await born(here, tmp_path)
        try:
            await until(here, lambda: here.count("Block numbers", ": finished", to=PRIYA))
        finally:
            os.kill(child, signal.SIGKILL)
            await ended(here)
    assert Counter(blocked(here)) == Counter(NUMBERS)
    assert here.count("100%", f"{ROWS:,} of {ROWS:,}", to=PRIYA) == 1


def blocked(here: Outside) -> list[str]:
    """The numbers that Dialpad was asked to block and did."""
    asked = [one for one in here.dialpad.requests if one.method == "POST" and one.path.endswith("/blockednumbers/add")]
    return [number for one in asked if one.status == 200 for number in one.body["numbers"]]


async def start(here: Outside) -> None:
    """Priya attaches the file and agrees."""
    priya = here.slack.person(str(PRIYA.slack_id))
    await priya.command("#support", "/dp bulk")
    form = await priya.until(lambda: priya.modal if priya.modal and "bulk.bulk" in str(priya.modal) else None)
    file = priya.upload("list.csv", "\n".join(["Number", *NUMBERS]).encode())
    await priya.submit(form, {"kind": "block", "file": [file]})

    def preview() -> Any:
        shown = priya.modal
        return shown if shown is not None and (shown.get("submit") or {}).get("text") == "Start" else None

    await priya.submit(await priya.until(preview))


async def until(here: Outside, is_so: Any) -> None:
    async with asyncio.timeout(PATIENT_S):
        while not is_so():  # noqa: ASYNC110  # Dialpad tells nobody
            await asyncio.sleep(LOOK_S)


async def born(here: Outside, folder: Path) -> int:
    """The process id of a new bot on what the last one left."""
    assert here.nursery.stdin is not None
    assert here.nursery.stdout is not None
    life = replace(here.life, database=str(folder / "bot.db"))
    here.nursery.stdin.write(json.dumps(asdict(life)).encode() + b"\n")
    return int(await here.nursery.stdout.readline())


async def ended(here: Outside) -> int:
    assert here.nursery.stdout is not None
    return int(await here.nursery.stdout.readline())
