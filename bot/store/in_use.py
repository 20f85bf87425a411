"""Tells whether a bot runs on a database: it holds a lock that everybody who would replace the database asks for.

On SQLite the lock is a file beside the database: the database's own locks are held for moments only, and would be lost
when this process closed the file once more. On Postgres it is an advisory lock of a connection of its own.
"""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from itertools import count
from pathlib import Path
from typing import Final

from sqlalchemy import URL, create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from bot.store.database import DatabaseProblem, say_error, sqlite_file

_ADVISORY_LOCK: Final = 0x6469_616D  # any number but that of bot/store/migrate.py, the same in every replica


WAIT_FOR_S: Final = 45.0
"""How long a bot that stops may take to finish what it has acknowledged."""
_TRY_EVERY_S: Final = 0.1


class DatabaseInUse(DatabaseProblem):
    """A bot runs on the database, or it is being replaced."""


@asynccontextmanager
async def in_use(url: URL) -> AsyncIterator[None]:
    """Hold a database while a bot runs on it. On SQLite one bot at a time: the next waits for one that is stopping.
    Raises DatabaseInUse when it does not stop, or the database is being replaced; DatabaseProblem when it does not
    answer."""
    file = sqlite_file(url)
    if file is not None:
        async with _only_one(file):
            yield
        return
    from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415  large, and SQLite needs none

    engine = create_async_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    try:
        connection = await engine.connect()
        await connection.execute(text("SELECT pg_advisory_lock_shared(:number)"), {"number": _ADVISORY_LOCK})
    except (SQLAlchemyError, OSError) as error:
        await engine.dispose()
        raise DatabaseProblem(
            f"The database cannot be used: {say_error(error)}. Check DATABASE_URL and that it is running."
        ) from error
    try:
        yield
    finally:
        await connection.close()
        await engine.dispose()


@asynccontextmanager
async def _only_one(file: Path) -> AsyncIterator[None]:
    refusal = f"Another bot runs on {file}, or it is being restored. Stop it first; several bots need Postgres."
    with ExitStack() as held:
        for waited in count():
            try:
                held.enter_context(_locked(file, refusal))
                break
            except DatabaseInUse:
                if waited * _TRY_EVERY_S >= WAIT_FOR_S:
                    raise
            await asyncio.sleep(_TRY_EVERY_S)
        yield


@contextmanager
def alone_on(url: URL) -> Iterator[None]:
    """Keep bots from starting on a database. Raises DatabaseInUse while one runs."""
    file = sqlite_file(url)
    refusal = f"A bot is running on {file or url.render_as_string()}. Stop it first."
    if file is not None:
        with _locked(file, refusal):
            yield
        return
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        taken = text("SELECT pg_try_advisory_lock(:number)")
        if not connection.execute(taken, {"number": _ADVISORY_LOCK}).scalar_one():
            raise DatabaseInUse(refusal)
        yield


def is_in_use(url: URL) -> bool:
    """Tell whether a bot runs on a database right now."""
    try:
        with alone_on(url):
            return False
    except DatabaseInUse:
        return True


@contextmanager
def _locked(database: Path, refusal: str) -> Iterator[None]:
    path = database.with_name(database.name + ".lock")
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise DatabaseProblem(f"The file {path} cannot be written. Check who owns the folder.") from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DatabaseInUse(refusal) from None
        yield
    finally:
        os.close(descriptor)
