"""Access to either database: functions over a plain SQLAlchemy connection, read or written.

A query is an ordinary function ``(Connection) -> result``. The same function runs on SQLite in a thread and on Postgres
through psycopg's async connection, so every query exists once. A write runs to its end even when the task that asked
for it is cancelled.
"""

import os
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias, TypeVar

from sqlalchemy import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionInTime

from bot.basics.errors import ChatopsError

if TYPE_CHECKING:  # it brings SQLAlchemy's object mapper, which nothing here needs
    from sqlalchemy.ext.asyncio import AsyncEngine

T = TypeVar("T")
Transaction: TypeAlias = Connection
"""One that is under way, for those who only pass it on."""

BUSY_TIMEOUT_MS = 15_000
"""How long, in ms, a connection to SQLite waits for another process that is writing."""


class DatabaseProblem(ChatopsError):
    """The database cannot be used. The message is for the person who runs the bot and never holds a password."""


DATABASE_ERRORS: Final = (SQLAlchemyError, OSError, DatabaseProblem)
"""What a database raises that does not do what it is asked."""


def is_away(error: BaseException) -> bool:
    """Tell whether the database could not do it just now: the same may work later."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, OperationalError | InterfaceError | NoConnectionInTime | DatabaseProblem)


class Database(Protocol):
    """The database that holds the store's tables."""

    url: URL

    async def read(self, query: Callable[[Connection], T]) -> T:
        """Run a query that changes nothing."""

    async def look_up(self, query: Callable[[Connection], T]) -> T:
        """Run a query that looks up a few rows by an index. On SQLite it runs where it is asked for: it takes 0.05 ms,
        and handing it to a thread and back three times that."""

    async def write(self, change: Callable[[Connection], T], *, synced: bool = True) -> T:
        """Run a change as one transaction: all of it is on disk when this returns, none of it when it raises.

        Not ``synced``: it outlives this process, but not a crash of the machine or the database's server
        (``bot.store.boots``). Cancelling the caller does not stop it. ``change`` must not wait for anything but the
        connection.
        """

    @property
    def engine(self) -> "AsyncEngine":
        """Return an engine for libraries that bring their own tables, such as Slack's installation store."""

    async def aclose(self) -> None:
        """Finish running work and close every connection and thread."""


def build_url(text: str) -> URL:
    """Parse ``sqlite:///x.db``, ``postgres://`` and the like into a URL with the driver this bot uses."""
    try:
        url = make_url(text)
        backend = url.get_backend_name()
    except ArgumentError:
        raise DatabaseProblem(
            "DATABASE_URL is no database address. Use sqlite:///file.db or postgresql://user@host/name."
        ) from None
    if backend in {"postgres", "postgresql"}:
        if find_spec("psycopg") is None:
            raise DatabaseProblem("Postgres needs another package. Install dialpad-chatops[postgres].")
        return url.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise DatabaseProblem("DATABASE_URL must begin with sqlite:/// or postgresql://.")
    if not url.database or url.database == ":memory:" or url.query:
        raise DatabaseProblem("SQLite needs a plain file: DATABASE_URL=sqlite:///dialpad-chatops.db")
    path = os.path.abspath(url.database)  # resolve() would follow a symlinked data folder
    return url.set(drivername="sqlite+aiosqlite", database=path)


def sqlite_file(url: URL) -> Path | None:
    """Return the path of a SQLite database's file, None for Postgres."""
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def find_database(text: str) -> URL:
    """Build the URL of a database that is there: looking at a SQLite file must not make it. Raises DatabaseProblem."""
    url = build_url(text)
    file = sqlite_file(url)
    if file is not None and not file.is_file():
        raise DatabaseProblem(f"There is no database {file}.")
    return url


def say_error(error: Exception) -> str:
    """Return the first line of the driver's own message: SQLAlchemy adds the statement and a link."""
    original = getattr(error, "orig", None) or error
    return (str(original).strip().splitlines() or [type(error).__name__])[0].rstrip(".")


def open_database(url: URL) -> Database:
    """Open a database; it connects with the first query. ``url`` comes from ``build_url``."""
    # Imported here so that a process on SQLite never loads libpq, and the other way round.
    if url.get_backend_name() == "sqlite":
        from bot.store.sqlite import SqliteDatabase  # noqa: PLC0415

        return SqliteDatabase(url)
    from bot.store.postgres import PostgresDatabase  # noqa: PLC0415

    return PostgresDatabase(url)
