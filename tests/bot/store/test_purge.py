"""How what has expired is deleted: a few rows at a time, and by how long that takes."""

import pytest
from sqlalchemy import Connection

from bot.store import purge
from bot.store.purge import AT_FIRST, LEAST, MOST, TAKES_S, _Portions
from bot.store.store import Store


@pytest.fixture
def portions(store: Store) -> _Portions:
    return _Portions(store.database)


async def test_what_is_quick_is_done_more_at_a_time_up_to_a_limit(portions: _Portions) -> None:
    asked: list[int] = []

    def work(_: Connection, most: int) -> None:
        asked.append(most)

    for _ in range(8):
        await portions.take(work)
    assert asked[:3] == [AT_FIRST, 2 * AT_FIRST, 4 * AT_FIRST]
    assert asked[-1] == portions.taken == MOST


async def test_what_takes_long_is_done_less_at_a_time(portions: _Portions, monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = iter([0.0, 2 * TAKES_S, 0.0, 4.0, 0.0, 0.0])
    monkeypatch.setattr(purge, "time", type("Clock", (), {"perf_counter": lambda: next(seconds)}))
    monkeypatch.setattr(purge, "asyncio", type("Loop", (), {"sleep": staticmethod(_at_once)}))
    asked: list[int] = []

    def work(_: Connection, most: int) -> None:
        asked.append(most)

    for _ in range(3):
        await portions.take(work)
    assert asked == [AT_FIRST, AT_FIRST // 2, LEAST]


async def _at_once(_: float) -> None:
    """Nobody rests in a test."""
