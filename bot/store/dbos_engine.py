"""The process's one DBOS instance: its tables in the bot's database, its threads, its start and its shutdown.

DBOS is a global: its decorators register functions on a registry, and one instance runs them. Here both exist only
between ``launch`` and ``shutdown``, so importing does nothing, and tests can start one after another.

Workflows are coroutines that DBOS runs on its own event loop in its own thread. Whatever they do with the bot's clients
and database goes through ``Engine.on_bot_loop``.
"""

import asyncio
import json
import logging
import secrets
import threading
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeAlias, TypeVar

from dbos import DBOS, DBOSClient, DBOSConfig, EnqueueOptions, Serializer
from sqlalchemy import URL, Connection, create_engine, inspect
from sqlalchemy import Engine as SqlEngine

from bot.store.sqlite import build_engine

T = TypeVar("T")
Workflow: TypeAlias = Callable[..., Coroutine[Any, Any, Any]]

APP_NAME = "dialpad-chatops"
WORK_VERSION = "1"
"""Version of the workflows; DBOS hands work only to processes of the version that queued it. By default it derives
one from the source, and work queued before an upgrade would wait for a version that is gone. Raise this only with a
workflow whose steps changed so that old ones cannot go on, and then under a new workflow name instead."""
RETIRED = ("event",)
"""Workflows of earlier versions whose work is done without one now: what is queued of them is deleted, and their rows
say what is left to do."""
UNFINISHED = ["DELAYED", "ENQUEUED", "PENDING"]
THREADS = 16
CONNECTIONS = 8
LISTEN_S = 0.25
"""How often, in seconds, a workflow that waits for a message polls on SQLite; a shutdown waits as long. Postgres
notifies."""
_SCHEMA = "dbos"
"""Where DBOS keeps its tables on Postgres."""
_only_one = threading.Lock()


@dataclass(frozen=True)
class Queue:
    """A queue of workflows. ``at_once``: how many of them one process runs together. ``poll_s``: how often it checks
    for new ones."""

    name: str
    at_once: int
    poll_s: float = 1.0


@dataclass(frozen=True)
class Queued:
    """A workflow that has not ended. ``executor`` is the process that runs it, None while it waits. ``delayed``: its
    time has not come, by the clock of when it was queued."""

    id: str
    executor: str | None
    delayed: bool = False


class JsonSerializer(Serializer):
    """JSON instead of DBOS's default pickles, which run code when read. An exception is stored as its text."""

    def serialize(self, data: Any) -> str:
        return json.dumps(data, default=repr, separators=(",", ":"))

    def deserialize(cls, serialized_data: str) -> Any:  # noqa: N805  # the name DBOS gave it
        return json.loads(serialized_data)

    def name(self) -> str:
        return "chatops_json"


class Engine:
    """The registry of workflows and queues, and what runs them from ``launch`` to ``shutdown``."""

    def __init__(self, url: URL, *, executor: str | None = None) -> None:
        """Prepare an engine for the database at ``url``, which comes from ``bot.store.database.build_url``.
        ``executor`` names this process: on SQLite, where there is one, the same name at each start, so that it resumes
        the workflows it was running when it died; on Postgres a new one each time, and what it was running is taken
        over by whoever finds it dead."""
        self._url = url
        self._sqlite = url.get_backend_name() == "sqlite"
        self.executor = executor or ("local" if self._sqlite else secrets.token_hex(8))
        self._workflows: dict[str, tuple[Workflow, Queue]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: ThreadPoolExecutor | None = None
        self._sql: SqlEngine | None = None
        self._client: DBOSClient | None = None

    def add(self, name: str, workflow: Workflow, queue: Queue) -> None:
        """Register a workflow. It takes and returns JSON values: ids, never message bodies, numbers or tokens. After
        a crash it is found by ``name`` and goes on from its last finished step, so a name must never change."""
        if self._loop is not None:
            raise RuntimeError("workflows are added before launch")
        if name in self._workflows:
            raise RuntimeError(f"two workflows are named {name}")
        self._workflows[name] = (workflow, queue)

    async def launch(self) -> None:
        """Migrate DBOS's tables and start its threads; unfinished workflows resume at once."""
        if not _only_one.acquire(blocking=False):
            raise RuntimeError("another engine runs in this process")
        self._loop = asyncio.get_running_loop()
        # A thread of our own: launching blocks, and DBOS would adopt the loop it is launched from.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="work-engine")
        try:
            await self._in_thread(self._launch)
        except BaseException:
            await asyncio.shield(self.shutdown())
            raise

    async def shutdown(self) -> None:
        """Stop; what was running resumes at the next launch. May be called twice, and without a launch."""
        if self._thread is None:
            return
        launched = self._loop is not None
        await self._in_thread(self._destroy if launched else self._disconnect)
        self._thread.shutdown()
        self._thread = self._loop = None
        if launched:
            _only_one.release()

    async def on_bot_loop(self, work: Coroutine[Any, Any, T]) -> T:
        """Run ``work`` on the event loop that launched the engine, where clients live. Called inside a workflow."""
        if self._loop is None:
            work.close()
            raise asyncio.CancelledError
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    def current_id(self) -> str:
        """Return the id of the workflow that calls this, before it switches to the bot's loop."""
        name = DBOS.workflow_id
        if name is None:
            raise RuntimeError("this is no workflow")
        return name

    def enqueue(
        self, connection: Connection, workflow: str, args: Sequence[Any], *, workflow_id: str, delay_s: float = 0.0
    ) -> None:
        """Queue a workflow in the caller's own transaction: it exists when, and only when, that commits.

        The same ``workflow_id`` twice is one workflow. ``delay_s``: not before so many seconds from now.
        """
        options = EnqueueOptions(
            workflow_name=workflow,
            queue_name=self._workflows[workflow][1].name,
            workflow_id=workflow_id,
            app_version=WORK_VERSION,
        )
        if delay_s > 0:
            options["delay_seconds"] = delay_s
        self._need_client().enqueue_in_transaction(connection, options, *args)

    async def unfinished(self, workflow: str) -> list[Queued]:
        """Return every workflow of this name that is queued or running, in all processes."""
        found = await self._in_thread(
            partial(
                self._need_client().list_workflows,
                name=workflow,
                status=UNFINISHED,
                load_input=False,
                load_output=False,
            )
        )
        return [
            Queued(one.workflow_id, one.executor_id if one.status == "PENDING" else None, one.status == "DELAYED")
            for one in found
        ]

    async def take_over(self, ids: Sequence[str]) -> None:
        """Queue workflows again whose process no longer exists."""
        if ids:
            await self._in_thread(partial(self._need_client().resume_workflows, list(ids)))

    async def begin_now(self, ids: Sequence[str]) -> None:
        """Start delayed workflows now. Those that have begun meanwhile are left alone."""
        for one in ids:
            await self._in_thread(partial(self._need_client().set_workflow_delay, one, delay_seconds=0.0))

    async def forget_finished(self, before: timedelta) -> int:
        """Delete the records of workflows that ended longer ago than ``before``, at most 1000 at a time."""
        ended = (datetime.now(UTC) - before).isoformat()
        client = self._need_client()
        found = await self._in_thread(
            partial(
                client.list_workflows,
                status=["SUCCESS", "ERROR", "CANCELLED"],
                completed_before=ended,
                limit=1000,
                load_input=False,
                load_output=False,
            )
        )
        if found:
            await self._in_thread(partial(client.delete_workflows, [one.workflow_id for one in found]))
        return len(found)

    def _launch(self) -> None:
        # Before launch, which starts left-over workflows at once: they may queue others.
        self._connect()
        self._forget_retired()
        config = DBOSConfig(
            name=APP_NAME,
            system_database_engine=self._sql,
            application_version=WORK_VERSION,
            executor_id=self.executor,
            serializer=JsonSerializer(),
            enable_otlp=False,
            log_level="WARNING",
            max_executor_threads=THREADS,
            notification_listener_polling_interval_sec=LISTEN_S,
        )
        DBOS(config=config)
        for name, (workflow, _) in self._workflows.items():
            DBOS.workflow(name=name)(_as_function(workflow))
        DBOS.launch()
        for queue in {queue.name: queue for _, queue in self._workflows.values()}.values():
            DBOS.register_queue(
                queue.name,
                worker_concurrency=queue.at_once,
                polling_interval_sec=queue.poll_s,
                on_conflict="always_update",
            )

    def _connect(self) -> None:
        _quieten()
        self._sql = self._build_sql_engine()
        self._client = DBOSClient(
            system_database_engine=self._sql, serializer=JsonSerializer(), application_name=APP_NAME, lazy=True
        )

    def _forget_retired(self) -> None:
        schema = None if self._sqlite else _SCHEMA
        if self._sql is None or not inspect(self._sql).has_table("workflow_status", schema):
            return  # nothing was ever queued in this database
        client = self._need_client()
        for name in RETIRED:
            queued = client.list_workflows(name=name, status=UNFINISHED, load_input=False, load_output=False)
            if queued:
                client.delete_workflows([one.workflow_id for one in queued])

    def _destroy(self) -> None:
        DBOS.destroy(destroy_registry=True)
        try:
            if not self._sqlite:
                self._hand_over()
        finally:
            self._disconnect()

    def _hand_over(self) -> None:
        """Queue again what this process could not finish, for the others."""
        client = self._need_client()
        mine = client.list_workflows(status="PENDING", executor_id=self.executor, load_input=False, load_output=False)
        if mine:
            client.resume_workflows([one.workflow_id for one in mine])

    def _disconnect(self) -> None:
        if self._client is not None:
            self._client.destroy()
            self._client = None
        if self._sql is not None:
            self._sql.dispose()
            self._sql = None

    def _build_sql_engine(self) -> SqlEngine:
        if self._sqlite:
            return build_engine(self._url.set(drivername="sqlite+pysqlite"), begins="on write", size=CONNECTIONS)
        return create_engine(self._url, pool_size=CONNECTIONS, max_overflow=CONNECTIONS, pool_pre_ping=True)

    def _need_client(self) -> DBOSClient:
        if self._client is None:
            raise RuntimeError("the engine is not running")
        return self._client

    async def _in_thread(self, work: Callable[[], T]) -> T:
        if self._thread is None:
            raise RuntimeError("the engine is not running")
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


def _as_function(workflow: Workflow) -> Workflow:
    """Wrap a workflow in a function: DBOS sets attributes on what it registers, which a bound method refuses."""

    async def run(*args: Any) -> Any:
        return await workflow(*args)

    return run


def _quieten() -> None:
    """Route DBOS's logging through the root logger: it prints to the console unless its logger has a handler."""
    logger = logging.getLogger("dbos")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    logger.setLevel(logging.WARNING)
