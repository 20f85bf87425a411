"""Writes that share a transaction: what is asked for while one is under way is written together in the next."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from sqlalchemy import Connection

from bot.store.database import Database, is_away

Item = TypeVar("Item")
Result = TypeVar("Result")

MOST_TURNS: Final = 8
"""Turns of the event loop that the first item waits for others: where there are always more, a few milliseconds."""
MOST_TOGETHER: Final = 256
"""Items of one transaction, so that the first of them does not wait without limit."""


@dataclass(frozen=True)
class _Asked(Generic[Item, Result]):
    """Items are told apart by who waits for them."""

    item: Item
    written: "asyncio.Future[Result]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class GroupWrites(Generic[Item, Result]):
    """Writes items of one kind. ``change`` writes several in a transaction and returns a result for each, in order. It
    may be called again, for each item alone, when the database does not take all of them."""

    def __init__(
        self,
        database: Database,
        change: Callable[[Connection, Sequence[Item]], Sequence[Result]],
        *,
        synced: bool = True,
        gather_s: Callable[[], float] = lambda: 0.0,
    ) -> None:
        """``synced`` as in ``Database.write``. ``gather_s``: how long the first of a group waits for others."""
        self._database = database
        self._change = change
        self._synced = synced
        self._gather_s = gather_s
        self._asked: list[_Asked[Item, Result]] = []
        self._writing: asyncio.Task[None] | None = None

    async def write(self, item: Item) -> Result:
        """Write one; it is written when this returns. Raises the database's errors."""
        asked: _Asked[Item, Result] = _Asked(item)  # subscripted, it would cost as much as a row
        self._asked.append(asked)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all())
        return await asked.written

    async def _write_all(self) -> None:
        while self._asked:
            if (pause_s := self._gather_s()) > 0:
                await asyncio.sleep(pause_s)
            await self._gather()
            together, self._asked = self._asked[:MOST_TOGETHER], self._asked[MOST_TOGETHER:]
            await self._write(together)

    async def _gather(self) -> None:
        """Let those come along who are about to ask: wait while each turn of the loop brings some."""
        count = 0
        for _ in range(MOST_TURNS):
            if not count < len(self._asked) < MOST_TOGETHER:
                return
            count = len(self._asked)
            await asyncio.sleep(0)

    async def _write(self, together: Sequence[_Asked[Item, Result]]) -> None:
        items = [one.item for one in together]
        try:
            results = await self._database.write(
                lambda connection: self._change(connection, items), synced=self._synced
            )
        except Exception as error:  # noqa: BLE001  whatever it is, those who wait for it are told
            if len(together) > 1 and not is_away(error):
                for one in together:  # one that no database takes is refused alone
                    await self._write([one])
                return
            for one in together:
                if not one.written.done():
                    one.written.set_exception(error)
            return
        for one, result in zip(together, results, strict=True):
            if not one.written.done():
                one.written.set_result(result)
