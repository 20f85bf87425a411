"""The webhooks that are compared: ours, and a bare one with the same guarantees."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from joserfc import jws
from joserfc.jwk import OctKey

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
from tests.bench.bare_store import BareStore
from tests.bench.counting import Counter
from tests.bench.slack_floors import Settled
from tests.bot.dialpad.envelopes import SECRET

OWNER: Final = PersonKey("T0NORTHLT", "U0PRIYA03")
COMPANY: Final = CompanyKey("T0NORTHLT", "61")
WHERE: Final = f"{PATH}/bench"


async def at_once() -> None:
    """Nothing is under way once it is answered."""


@asynccontextmanager
async def serving_floor(counter: Counter) -> AsyncIterator[tuple[ASGI, Settled]]:
    """The signature is checked and the row is on disk."""
    key = OctKey.import_key(SECRET.get_secret_value())
    with TemporaryDirectory(prefix="chatops-bench-") as folder:
        store = BareStore(Path(folder) / "floor.db", "CREATE TABLE e (key PRIMARY KEY, body)", counter)

        async def app(scope: Any, receive: Any, send: Any) -> None:
            body, more = b"", True
            while more:
                part = await receive()
                body, more = body + part.get("body", b""), part.get("more_body", False)
            opened = jws.deserialize_compact(body, key, algorithms=["HS256"])
            name = body.rpartition(b".")[2].decode()
            await store.write("INSERT OR IGNORE INTO e VALUES (?, ?)", name, opened.payload)
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
            await send({"type": "http.response.body", "body": b"ok"})

        yield app, at_once


@asynccontextmanager
async def serving_ours(*, folds: bool) -> AsyncIterator[tuple[ASGI, Settled]]:
    """Our web app; with ``folds`` what an event becomes is folded into cards meanwhile."""
    with TemporaryDirectory(prefix="chatops-bench-") as folder:
        store = await Store.open(f"sqlite:///{Path(folder) / 'bench.db'}", parse_keys(generate_key()))
        await store.migrate()
        made = await store.hooks.create(OWNER, COMPANY, "webhook")
        intake = Intake(store, EventRouter(store, None, lambda: None))  # type: ignore[arg-type]  # nobody is asked
        if folds:
            intake.start()

        yield build_app(store, made.id, intake), intake.settle
        await intake.drain()
        await store.aclose()


def build_app(store: Store, hook_id: str, intake: Intake) -> ASGI:
    """Our web app with nothing but the webhook."""

    async def find(_: str) -> Hook | None:
        """As in the product, but with a secret that the other process knows."""
        found = await store.hooks.get(hook_id)
        return found and replace(found, secret=SECRET)

    return build_web(
        slack_events=None,
        others=[build_hook_route(KnownHooks(find).find, intake.receive)],
        readiness=Readiness([], read_clock),
        metrics=Metrics(),
        insiders=Insiders(),
    )
