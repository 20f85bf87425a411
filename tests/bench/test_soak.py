"""The soak in a few seconds: it runs, and says what grows."""

import pytest

from tests.bench.proc import Use
from tests.bench.soak import Window, rows_of, run


def test_a_short_run_looks_at_everything() -> None:
    rows = {row.what: row for row in run(minutes=0.05, rate=30)}

    assert rows["memory after 0.05 minutes at 30 requests a second"].ours > 0
    assert rows["requests that were not acknowledged"].ours < 0.05 * 60 * 30 / 2  # some may be late on a busy machine
    assert {"tasks", "open files", "threads", "p99 of the acknowledgement of an event"} <= rows.keys()


def _window(memory_mb: float, wait_ms: float, kinds: dict[str, int]) -> Window:
    return Window({"event": [wait_ms] * 10}, 0, Use(1.0, 1, memory_mb, 30, 16), 10, kinds)


@pytest.mark.parametrize(("memory", "wait", "met"), [(104, 1.1, (True, True)), (106, 1.4, (False, False))])
def test_what_grows_is_named(memory: float, wait: float, met: tuple[bool, bool]) -> None:
    start, end = _window(100, 1.0, {"bot.Thing": 5, "dict": 7}), _window(memory, wait, {"bot.Thing": 500, "dict": 7})
    found = rows_of([start, start, *[start] * 7, end], 20, 50)

    assert (found[0].met, found[1].met) == met
    assert found[0].more == {"more bot.Thing": 495}
