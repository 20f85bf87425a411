import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from bot.store.group_writes import MOST_TOGETHER, MOST_TURNS, GroupWrites
from bot.store.store import Store


class Written:
    """What was written, group by group; ``bad`` is taken by no database."""

    def __init__(self, bad: str = "") -> None:
        self.groups: list[list[str]] = []
        self.bad = bad

    def __call__(self, connection: Connection, items: Sequence[str]) -> list[str]:
        if self.bad in items:
            raise ValueError(self.bad)
        self.groups.append(list(items))
        return [item.upper() for item in items]


async def test_what_is_asked_for_meanwhile_is_written_together_and_each_hears_its_own(sqlite_store: Store) -> None:
    written = Written()
    writes = GroupWrites(sqlite_store.database, written)

    assert await asyncio.gather(*map(writes.write, "abc")) == ["A", "B", "C"]
    assert await writes.write("d") == "D"
    assert written.groups == [["a", "b", "c"], ["d"]]


async def test_a_group_is_never_longer_than_so_many(sqlite_store: Store) -> None:
    written = Written()
    writes = GroupWrites(sqlite_store.database, written)
    await asyncio.gather(*(writes.write(str(number)) for number in range(MOST_TOGETHER + 1)))

    assert [len(group) for group in written.groups] == [MOST_TOGETHER, 1]


async def test_one_that_cannot_be_written_fails_alone(sqlite_store: Store) -> None:
    writes = GroupWrites(sqlite_store.database, Written(bad="b"))
    found = await asyncio.gather(*map(writes.write, "abc"), return_exceptions=True)

    assert (found[0], found[2]) == ("A", "C")
    assert isinstance(found[1], ValueError)


async def test_a_database_that_is_away_is_asked_once_for_all(sqlite_store: Store) -> None:
    asked: list[int] = []

    def away(connection: Connection, items: Sequence[str]) -> list[str]:
        asked.append(len(items))
        connection.execute(text("SELECT * FROM nowhere"))
        return []

    found = await asyncio.gather(*map(GroupWrites(sqlite_store.database, away).write, "abc"), return_exceptions=True)
    assert asked == [3]
    assert all(isinstance(one, OperationalError) for one in found)


async def test_a_writer_that_was_cancelled_is_followed_by_another(sqlite_store: Store) -> None:
    writes = GroupWrites(sqlite_store.database, Written())
    waiting = asyncio.create_task(writes.write("a"))
    await asyncio.sleep(0)
    assert writes._writing is not None
    writes._writing.cancel()
    await asyncio.wait({writes._writing})

    assert await writes.write("b") == "B"
    assert await waiting == "A"


async def test_who_gives_up_waiting_stops_nobody(sqlite_store: Store) -> None:
    writes = GroupWrites(sqlite_store.database, Written())
    first, second = (asyncio.create_task(writes.write(item)) for item in "ab")
    await asyncio.sleep(0)
    first.cancel()

    assert await second == "B"
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_who_comes_a_turn_later_comes_along(sqlite_store: Store) -> None:
    written = Written()
    writes = GroupWrites(sqlite_store.database, written)

    async def later(item: str, turns: int) -> str:
        for _ in range(turns):
            await asyncio.sleep(0)
        return await writes.write(item)

    await asyncio.gather(*(later(item, turns) for turns, item in enumerate("abc")))
    assert written.groups == [["a", "b", "c"]]


async def test_the_first_does_not_wait_for_ever_for_more(sqlite_store: Store) -> None:
    written = Written()
    writes = GroupWrites(sqlite_store.database, written)
    first = asyncio.create_task(writes.write("first"))
    others: list[asyncio.Task[str]] = []
    while not first.done():
        others.append(asyncio.create_task(writes.write(str(len(others)))))
        await asyncio.sleep(0)
    await asyncio.gather(*others)

    assert len(written.groups[0]) <= MOST_TURNS + 2
