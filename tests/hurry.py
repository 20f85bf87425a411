"""The bot's own waits, shortened: what tests would only sit through. No test is about how long they are."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import pytest

from bot import homes_at_start
from bot.notifications import poster
from bot.notifications import routing as deliver
from bot.slack.api import pace
from bot.slack.conversation import homes
from bot.store import durable_later

POSTING: Final[dict[Any, dict[str, float]]] = {
    deliver: {"SETTLE_S": 0.05, "PART_S": 0.1, "DEBOUNCE_S": 0.05, "DUTY_SETTLE_S": 0.1},
    poster: {"FIRST_WAIT_S": 0.1, "BUSY_S": 0.02},
    homes_at_start: {"HOMES_AFTER_S": 3_600.0},  # they would draw Home in the middle of a test
    homes: {"WATCH_EVERY_S": 0.2},
    pace: {
        **dict.fromkeys(
            ("POST_EVERY_S", "UPDATE_EVERY_S", "UPDATE_HERE_EVERY_S", "BOARDS_APART_S", "FIND_EVERY_S"), 0.02
        ),
        **dict.fromkeys(("POSTS_A_MINUTE", "UPDATES_A_MINUTE"), 3000),
    },
}
WRITTEN_ELSEWHERE: Final[dict[Any, dict[str, float]]] = {durable_later: {"LOOK_EVERY_S": 0.05}}
"""For a bot whose database tests write into, which tells it of nothing."""


def hurry(patched: pytest.MonkeyPatch, *waits: dict[Any, dict[str, Any]]) -> None:
    """Until ``patched`` is undone."""
    for module, values in [pair for one in waits for pair in one.items()]:
        for name, value in values.items():
            patched.setattr(module, name, value)


@contextmanager
def hurried(*more: dict[Any, dict[str, Any]]) -> Iterator[None]:
    """From an event to its message without a pause."""
    with pytest.MonkeyPatch.context() as patched:
        hurry(patched, POSTING, *more)
        yield
