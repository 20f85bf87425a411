"""The two webhooks that are compared: ours, and a bare one with the same guarantees."""

import asyncio
import sqlite3
import tempfile
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Final

from joserfc import jws
from joserfc.jwk import OctKey
from pydantic import SecretStr

from bot.basics.company import CompanyKey
from bot.basics.metrics import Metrics
from bot.basics.person import PersonKey
from bot.notifications.intake import Intake
from bot.notifications.known_hooks import KnownHooks
from bot.notifications.routing import EventRouter
from bot.notifications.webhook import PATH, build_hook_route
from bot.readiness import Readiness
from bot.sandbox.serving import ASGI
from bot.store.hooks import Hook
from bot.store.keys import generate_key, parse_keys
from bot.store.store import Store, read_clock
from bot.web import Insiders, build_web
from tests.bot.dialpad.envelopes import SECRET

OWNER: Final = PersonKey("T0NORTHLT", "U0PRIYA03")
COMPANY: Final = CompanyKey("T0NORTHLT", "61")
WHERE: Final = f"{PATH}/bench"


class BareStore:
    """SQLite rows by key; what arrives while a commit is under way shares the next."""

    def __init__(self, file: Path) -> None:
        self._jobs: SimpleQueue[tuple[str, bytes, asyncio.Future[None]]] = SimpleQueue()
        self._loop = asyncio.get_running_loop()
        threading.Thread(target=self._run, args=(file,), daemon=True).start()

    async def put(self, key: str, body: bytes) -> None:
        stored: asyncio.Future[None] = self._loop.create_future()
        self._jobs.put((key, body, stored))
        await stored

    def _run(self, file: Path) -> None:
        rows = sqlite3.connect(file, isolation_level=None)
        rows.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE e (key PRIMARY KEY, body)")
        while True:
            jobs = [self._jobs.get()]
            while not self._jobs.empty():
                jobs.append(self._jobs.get())
            rows.execute("BEGIN IMMEDIATE")
            rows.executemany("INSERT OR IGNORE INTO e VALUES (?, ?)", [(key, body) for key, body, _ in jobs])
            rows.execute("COMMIT")
            self._loop.call_soon_threadsafe(_all_stored, [stored for _, _, stored in jobs])


def _all_stored(waiting: list["asyncio.Future[None]"]) -> None:
    for stored in waiting:
        stored.set_result(None)


@asynccontextmanager
async def serving_floor() -> AsyncIterator[ASGI]:
    key = OctKey.import_key(SECRET.get_secret_value())
    with tempfile.TemporaryDirectory(prefix="chatops-bench-") as folder:
        store = BareStore(Path(folder) / "floor.db")

        async def app(scope: Any, receive: Any, send: Any) -> None:
            body, more = b"", True
            while more:
                part = await receive()
                body, more = body + part.get("body", b""), part.get("more_body", False)
            opened = jws.deserialize_compact(body, key, algorithms=["HS256"])
            await store.put(body.rpartition(b".")[2].decode(), opened.payload)
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
            await send({"type": "http.response.body", "body": b"ok"})

        yield app


@asynccontextmanager
async def serving_ours() -> AsyncIterator[ASGI]:
    """Our web app, with what an event becomes folded into cards meanwhile."""
    with tempfile.TemporaryDirectory(prefix="chatops-bench-") as folder:
        store = await Store.open(f"sqlite:///{Path(folder) / 'bench.db'}", parse_keys(generate_key()))
        await store.migrate()
        made = await store.hooks.create(OWNER, COMPANY, "webhook")
        intake = Intake(store, EventRouter(store, None, lambda: None))  # type: ignore[arg-type]  # nobody is asked
        intake.start()

        async def find(_: str) -> Hook | None:
            """As in the product, but with a secret that the other process knows."""
            found = await store.hooks.get(made.id)
            return found and Hook(
                found.id, found.owner, found.company, found.kind, SecretStr(SECRET.get_secret_value()),
                found.created_at, found.heard_at,
            )  # fmt: skip

        yield build_web(
            slack_events=None,
            others=[build_hook_route(KnownHooks(find).find, intake.receive)],
            readiness=Readiness([], read_clock),
            metrics=Metrics(),
            insiders=Insiders(),
        )
        await intake.drain()
        await store.aclose()
