"""Real processes, killed with signal 9 between receiving and delivering, and in the middle of delivering."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.store.keys import generate_key
from tests.payloads import payload

pytestmark = pytest.mark.crash

ROOT = Path(__file__).parents[3]
MISSED = f"{payload('call missed')['call_id']} +14155550150"
MARKER = "delivered 999 +14155550150"


@contextmanager
def start(url: str, key: str, task: str) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(  # our own script
        [sys.executable, "-m", "tests.bot.notifications.receiving", url, key, task],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def kill_after(url: str, key: str, task: str, line: str) -> None:
    with start(url, key, task) as process:
        assert process.stdout is not None
        assert line in iter(process.stdout.readline, "")


def deliveries(url: str, key: str) -> list[str]:
    with start(url, key, "run") as process:
        said, _ = process.communicate(timeout=60)
    return [line for line in said.splitlines() if line.startswith(("delivered", "begins"))]


def test_an_event_outlives_a_kill_before_and_a_kill_during_its_delivery(database_url: str) -> None:
    key = generate_key()
    kill_after(database_url, key, "receive", "received\n")
    kill_after(database_url, key, "hang", f"begins {MISSED}\n")

    assert deliveries(database_url, key) == [f"delivered {MISSED}", MARKER]
