"""Postgres: an ordinary pool; each write is a task of its own that no caller can cancel."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import URL, Connection
from sqlalchemy.exc import OperationalError

from bot.store.database import DatabaseProblem

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

T = TypeVar("T")

POOL_SIZE = 10
AGAIN = 3
"""How often a change is made again that Postgres undid because it and another waited for each other."""
_DEADLOCK = "40P01"


class PostgresDatabase:
    """The Postgres ``bot.store.database.Database``."""

    def __init__(self, url: URL) -> None:
        # Imported here: a bot on SQLite imports this module too, for it may hold tables.
        from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415

        self.url = url
        self.engine: AsyncEngine = create_async_engine(url, pool_size=POOL_SIZE, pool_pre_ping=True)
        self._tasks: set[asyncio.Task[object]] = set()
        self._closed = False

    async def read(self, query: Callable[[Connection], T]) -> T:
        return await self._in_task(self._read, query)

    async def look_up(self, query: Callable[[Connection], T]) -> T:
        return await self.read(query)

    async def write(self, change: Callable[[Connection], T], *, synced: bool = True) -> T:
        if synced:
            return await self._in_task(self._write, change)

        def unsynced(connection: Connection) -> T:
            connection.exec_driver_sql("SET LOCAL synchronous_commit TO OFF")
            return change(connection)

        return await self._in_task(self._write, unsynced)

    async def aclose(self) -> None:
        self._closed = True
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.engine.dispose()

    async def _in_task(
        self, run: Callable[[Callable[[Connection], T]], Coroutine[object, object, T]], work: Callable[[Connection], T]
    ) -> T:
        if self._closed:
            raise DatabaseProblem("The database is closed: the bot is shutting down.")
        task = asyncio.ensure_future(run(work))
        self._tasks.add(task)
        task.add_done_callback(self._forget)
        return await asyncio.shield(task)

    def _forget(self, task: "asyncio.Task[object]") -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # retrieved here in case the caller was cancelled and nobody else does

    async def _read(self, query: Callable[[Connection], T]) -> T:
        async with self.engine.connect() as connection:
            return await connection.run_sync(query)

    async def _write(self, change: Callable[[Connection], T]) -> T:
        for _ in range(AGAIN):
            try:
                return await self._write_once(change)
            except OperationalError as error:
                if getattr(error.orig, "sqlstate", None) != _DEADLOCK:
                    raise
        return await self._write_once(change)

    async def _write_once(self, change: Callable[[Connection], T]) -> T:
        async with self.engine.begin() as connection:
            return await connection.run_sync(change)
