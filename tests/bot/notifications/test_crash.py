"""Real processes, really killed. What they print also shows that nothing else is said and nobody is called."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.store.keys import generate_key

pytestmark = pytest.mark.crash

ROOT = Path(__file__).parents[3]
READ_WITHIN_S = 60


@contextmanager
def start(url: str, key: str, task: str) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(  # our own script
        [sys.executable, "-m", "tests.bot.notifications.crashing", url, key, task],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def kill_after(url: str, key: str, task: str, line: str) -> None:
    """Starts the bot and kills it with signal 9 as soon as it says ``line``."""
    with start(url, key, task) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == line + "\n"


def finish(url: str, key: str, task: str) -> tuple[str, str]:
    """Everything the bot says until it ends by itself."""
    with start(url, key, task) as process:
        return process.communicate(timeout=READ_WITHIN_S)


def test_a_job_outlives_a_kill_before_it_is_due_and_a_kill_in_the_middle_of_it(database_url: str) -> None:
    key = generate_key()
    kill_after(database_url, key, "schedule", "scheduled")
    kill_after(database_url, key, "hang", "ran dnd:ana back")

    assert finish(database_url, key, "run") == ("ran dnd:ana back\nran marker \nended\n", "")
    assert finish(database_url, key, "marker") == ("ran marker \nended\n", "")
