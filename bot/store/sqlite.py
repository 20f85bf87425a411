"""SQLite: one thread writes, a few threads read, and nobody waits for a lock inside this process.

Writes that arrive while another is being synced to disk are committed together. ``synchronous=FULL`` makes each commit
survive a power cut; NORMAL would not, in WAL mode.
"""

import asyncio
import os
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

from sqlalchemy import URL, Connection, create_engine, event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError, OperationalError

from bot.store.database import BUSY_TIMEOUT_MS, DatabaseProblem

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

T = TypeVar("T")

READERS = 4
_creating = threading.Lock()
BATCH = 256
"""At most so many changes share a commit, so that the first of them does not wait without limit."""
_SYNCED = "synced"
"""In a connection's ``info``: whether its commits wait for the disk, as they do when it is new."""


@dataclass(frozen=True)
class _Job:
    change: Callable[[Connection], Any]
    loop: asyncio.AbstractEventLoop
    future: "asyncio.Future[Any]"
    synced: bool


@dataclass(frozen=True)
class _Outcome:
    job: _Job
    result: Any = None
    error: BaseException | None = None


class _OpenConnections:
    """Connections that stay open, one for each thread that asks: fetching one from the pool costs as much as most
    queries."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._mine = threading.local()
        self._all: list[Connection] = []

    def run(self, query: Callable[[Connection], T]) -> T:
        """Run a query on this thread's connection, and leave nothing begun."""
        connection: Connection | None = getattr(self._mine, "connection", None)
        if connection is None:
            connection = self._mine.connection = self.engine.connect()
            self._all.append(connection)
        try:
            return query(connection)
        finally:
            if connection.in_transaction():
                connection.rollback()

    def close(self) -> None:
        """Close all of them, while nobody asks; whoever asks later opens new ones."""
        for connection in self._all:
            connection.close()
        self._all.clear()
        self._mine = threading.local()
        self.engine.dispose()


class SqliteDatabase:
    """The SQLite ``bot.store.database.Database``."""

    def __init__(self, url: URL) -> None:
        self.url = url
        sync = url.set(drivername="sqlite+pysqlite")
        self._reading = _OpenConnections(build_engine(sync, begins="never", size=READERS))
        self._writing = build_engine(sync, begins="always", size=1)
        self._looking_up = _OpenConnections(build_engine(sync, begins="never", size=READERS, busy_timeout_ms=0))
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="sqlite-read")
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        # A daemon: a process that forgot aclose() must still be able to exit, and SQLite survives being cut off.
        self._writer = threading.Thread(target=self._write_until_closed, name="sqlite-write", daemon=True)
        self._writer.start()
        self._closed = False
        self._shared: AsyncEngine | None = None

    async def read(self, query: Callable[[Connection], T]) -> T:
        self._refuse_when_closed()
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._reading.run, query)

    async def look_up(self, query: Callable[[Connection], T]) -> T:
        self._refuse_when_closed()
        try:
            return self._looking_up.run(query)
        except OperationalError:  # another process recovers the file: in a thread it can be waited for
            return await self.read(query)

    async def write(self, change: Callable[[Connection], T], *, synced: bool = True) -> T:
        self._refuse_when_closed()
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._jobs.put(_Job(change, loop, future, synced))
        return await future

    @property
    def engine(self) -> "AsyncEngine":
        if self._shared is None:
            from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415  few need it, and it is large

            self._shared = create_async_engine(self.url, pool_size=READERS)
            event.listen(self._shared.sync_engine, "connect", _prepare_shared)
        return self._shared

    async def aclose(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._jobs.put(None)
        await asyncio.to_thread(self._writer.join)
        await asyncio.to_thread(self._readers.shutdown)
        self._reading.close()
        self._looking_up.close()
        self._writing.dispose()
        if self._shared is not None:
            await self._shared.dispose()

    def _refuse_when_closed(self) -> None:
        if self._closed:
            raise DatabaseProblem("The database is closed: the bot is shutting down.")

    def _write_until_closed(self) -> None:
        connection: Connection | None = None  # kept open: fetching it from the pool costs as much as an INSERT
        while (job := self._jobs.get()) is not None:
            batch = [job]
            last = False
            while len(batch) < BATCH and not self._jobs.empty():
                more = self._jobs.get()
                if more is None:
                    last = True
                    break
                batch.append(more)
            try:
                connection = connection or self._writing.connect()
                _sync(connection, any(one.synced for one in batch))
                outcomes = _commit(connection, batch)
            except BaseException as error:  # noqa: BLE001  # it belongs to the callers; the writer must live on
                outcomes = [_Outcome(job, error=error) for job in batch]
            _deliver(outcomes)
            if last:
                break
        if connection is not None:
            connection.close()


def build_engine(
    url: URL,
    *,
    begins: Literal["always", "on write", "never"],
    size: int,
    busy_timeout_ms: int = BUSY_TIMEOUT_MS,
) -> Engine:
    """Build a synchronous engine; ``begins`` says when BEGIN IMMEDIATE is sent.

    ``on write`` leaves it to the driver, which sends it before the first INSERT, UPDATE or DELETE: for libraries that
    read and write through one engine.
    """
    engine = create_engine(url, pool_size=size, max_overflow=0, connect_args={"check_same_thread": False})

    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = "IMMEDIATE" if begins == "on write" else None
        _set_pragmas(connection)
        connection.execute(f"PRAGMA busy_timeout={busy_timeout_ms}")

    event.listen(engine, "do_connect", _keep_to_ourselves)
    event.listen(engine, "connect", prepare)
    if begins == "always":
        event.listen(engine, "begin", lambda connection: _say(connection, "BEGIN IMMEDIATE"))
    return engine


def _say(connection: Connection, statement: str) -> None:
    """Execute a statement about the transaction or the connection, which by way of SQLAlchemy costs five times as
    much."""
    raw = cast(sqlite3.Connection, connection.connection.driver_connection)  # None only where it is closed
    try:
        raw.execute(statement)
    except sqlite3.Error as error:
        raise DBAPIError.instance(statement, None, error, sqlite3.Error) from error


def connect_to_existing(file: Path) -> sqlite3.Connection:
    """Connect to a database that is there, and leave its mode as it is. Raises sqlite3.Error."""
    address = str(file.absolute()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    connection = sqlite3.connect(f"file:{address}?mode=rw", uri=True, isolation_level=None, check_same_thread=False)
    connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    return connection


def _keep_to_ourselves(_dialect: object, _record: object, arguments: list[Any], _named: object) -> None:
    """The file is its owner's alone, as are the two that SQLite makes beside it: who called whom is in them.

    A file that is there is never opened here: closing it would give up the locks that SQLite holds on it for all of
    this process, and another process that looks at the database for a moment would take itself for the last one and
    delete the log that this one goes on to write.
    """
    path = Path(arguments[0])
    try:
        with _creating:
            if not path.exists():
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        if path.stat().st_mode & 0o077:  # made by an earlier version
            path.chmod(0o600)
    except OSError:
        pass  # SQLite says what is wrong with the place, or the file is somebody else's to open up


def _set_pragmas(connection: sqlite3.Connection) -> None:
    """Set the pragmas that every connection to this file has."""
    connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    _switch_to_wal(connection)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """Switch the file to WAL, which the first process does; SQLite does not apply the busy time-out to that, so it
    is repeated."""
    give_up = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").fetchone()
        except sqlite3.OperationalError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.02)
        else:
            return


def _prepare_shared(connection: Any, _record: object) -> None:
    # aiosqlite behind SQLAlchemy's adapter: a cursor is all it offers. IMMEDIATE makes the driver open each
    # transaction with the write lock, so a library that reads first and writes later waits instead of failing.
    connection.isolation_level = "IMMEDIATE"
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _sync(connection: Connection, synced: bool) -> None:
    """Let the next commit wait for the disk, or not. Not in a transaction: it would do nothing there."""
    if connection.info.get(_SYNCED, True) is not synced:
        _say(connection, f"PRAGMA synchronous={'FULL' if synced else 'NORMAL'}")
        connection.info[_SYNCED] = synced


def _commit(connection: Connection, batch: Sequence[_Job]) -> list[_Outcome]:
    with connection.begin():
        if len(batch) == 1:
            return [_Outcome(batch[0], result=batch[0].change(connection))]
        return [_run_in_savepoint(connection, job) for job in batch]


def _run_in_savepoint(connection: Connection, job: _Job) -> _Outcome:
    """Run one of several changes in a transaction: when it fails, the others stay."""
    _say(connection, "SAVEPOINT change")
    try:
        result = job.change(connection)
    except Exception as error:  # noqa: BLE001  # it is handed to whoever asked for this change
        _say(connection, "ROLLBACK TO change")
        _say(connection, "RELEASE change")
        return _Outcome(job, error=error)
    _say(connection, "RELEASE change")
    return _Outcome(job, result=result)


def _deliver(outcomes: Sequence[_Outcome]) -> None:
    by_loop: dict[asyncio.AbstractEventLoop, list[_Outcome]] = {}
    for outcome in outcomes:
        by_loop.setdefault(outcome.job.loop, []).append(outcome)
    for loop, its in by_loop.items():
        try:
            loop.call_soon_threadsafe(_settle, its)
        except RuntimeError:
            continue  # that loop is closed: nobody waits there any more


def _settle(outcomes: Sequence[_Outcome]) -> None:
    for outcome in outcomes:
        future = outcome.job.future
        if future.done():
            continue  # its caller was cancelled; the change stands
        if outcome.error is not None:
            future.set_exception(outcome.error)
        else:
            future.set_result(outcome.result)
