"""Tells whether a bot runs on a database: it holds a lock that everybody who would replace the database asks for.

On SQLite the lock is a file beside the database: the database's own locks are held for moments only, and would be lost
when this process closed the file once more. On Postgres it is an advisory lock of a connection of its own.
"""

import fcntl
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import URL, create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from bot.store.database import DatabaseProblem, say_error, sqlite_file

_ADVISORY_LOCK: Final = 0x6469_616D  # any number but that of bot/store/migrate.py, the same in every replica


class DatabaseInUse(DatabaseProblem):
    """A bot runs on the database, or it is being replaced."""


@asynccontextmanager
async def in_use(url: URL) -> AsyncIterator[None]:
    """Hold a database while a bot runs on it. Raises DatabaseInUse while it is being replaced, DatabaseProblem when it
    does not answer."""
    file = sqlite_file(url)
    if file is not None:
        with _locked(file, fcntl.LOCK_SH, "This database is being restored. Start the bot again afterwards."):
            yield
        return
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


@contextmanager
def alone_on(url: URL) -> Iterator[None]:
    """Keep bots from starting on a database. Raises DatabaseInUse while one runs."""
    file = sqlite_file(url)
    refusal = f"A bot is running on {file or url.render_as_string()}. Stop it first."
    if file is not None:
        with _locked(file, fcntl.LOCK_EX, refusal):
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
def _locked(database: Path, kind: int, refusal: str) -> Iterator[None]:
    path = database.with_name(database.name + ".lock")
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise DatabaseProblem(f"The file {path} cannot be written. Check who owns the folder.") from error
    try:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DatabaseInUse(refusal) from None
        yield
    finally:
        os.close(descriptor)
