"""Our own way from the signed request to the acknowledgement, with a route table of any size.

All of it is real: the web app, the verification, Bolt with our listeners, the dispatcher, the store on disk with its
inbox and audit. Only the handlers do nothing, because what they do comes after the acknowledgement.
"""

import contextlib
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

from bot.basics.metrics import Metrics
from bot.basics.person import PersonKey
from bot.basics.settings import Settings
from bot.contract.context import Ctx, Deps
from bot.contract.reply import Nothing
from bot.contract.routing import Router, RouteTable, build_table
from bot.dialpad.accounts import Accounts
from bot.dialpad.action import Risk
from bot.dialpad.client import DialpadClient
from bot.dialpad.directory import Directory
from bot.readiness import Readiness
from bot.sandbox.serving import ASGI
from bot.slack.api.messages import ResponseUrls, SlackMessages
from bot.slack.api.people import SlackPeople
from bot.slack.api.web_client import OneWorkspace, build_web_client, open_session
from bot.slack.conversation.dispatch import Dispatcher, Stores
from bot.slack.transport.http import SlackHttp
from bot.slack.transport.listeners import build_bolt
from bot.store.audit_chain import audit
from bot.store.keys import generate_key, parse_keys
from bot.store.store import Store, read_clock
from bot.web import Insiders, build_web
from tests.bench.load import COMMAND, SECRET, TEAM, USER

NOWHERE = "http://127.0.0.1:9"
"""The handlers here say nothing, so nothing is ever asked of Slack or Dialpad."""


class NotUsed:
    """Stands where a part would be that no handler here touches."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the handlers of the bench do not use {name}")


def build_routes(ids: int) -> RouteTable:
    """A table of ``ids`` routes: one that reads, one that changes something, and others beside them."""
    router = Router()
    for word in ("look", "change", *(f"word{number}" for number in range(ids - 2))):

        async def handle(ctx: Ctx) -> Nothing:
            return Nothing()

        handle.__name__ = word
        risk = Risk.CHANGE if word == "change" else Risk.READ
        router.command(word, summary="Does nothing", risk=risk)(handle)
    return build_table([router])


@contextlib.asynccontextmanager
async def serving_ours(ids: int, *, audit_rows: int = 0) -> AsyncIterator[tuple[ASGI, Dispatcher]]:
    """The web app as ``bot.app`` puts it together, with so many entries in its audit log."""
    async with contextlib.AsyncExitStack() as closing:
        folder = closing.enter_context(tempfile.TemporaryDirectory(prefix="chatops-bench-"))
        store = await Store.open(f"sqlite:///{Path(folder) / 'bench.db'}", parse_keys(generate_key()))
        closing.push_async_callback(store.aclose)
        await store.migrate()
        await _fill_audit(store, audit_rows)
        client = DialpadClient(NOWHERE)
        closing.push_async_callback(client.aclose)
        session = open_session()
        closing.push_async_callback(session.close)
        settings = Settings(_env_file=None, command=COMMAND, slack_api_url=f"{NOWHERE}/api/")
        clients = OneWorkspace(build_web_client(settings, session, "xoxb-bench"))
        table = build_routes(ids)
        accounts = Accounts(client, store.connections)
        deps = Deps(
            settings=settings,
            accounts=accounts,
            connections=cast(Any, NotUsed()),
            directory=Directory(store.directory, accounts),
            later=cast(Any, NotUsed()),
            people=SlackPeople(clients, time.monotonic),
            preferences=store.preferences,
            routes=table,
        )
        stores = Stores(store.inbox, store.confirmations, store.remembered, store.audit)
        dispatcher = Dispatcher(table, deps, stores, SlackMessages(clients, ResponseUrls(session, time.monotonic)))
        closing.push_async_callback(dispatcher.aclose)
        slack = SlackHttp(build_bolt(dispatcher), SECRET)
        web = build_web(
            slack_events=slack.events,
            others=[],
            readiness=Readiness([], read_clock),
            metrics=Metrics(),
            insiders=Insiders(),
        )
        yield web, dispatcher


async def _fill_audit(store: Store, count: int) -> None:
    """Write one entry, and so many copies of it."""
    if not count:
        return
    await store.audit.record(PersonKey(TEAM, USER), route="ours.change", outcome="done", origin="command")
    names = ", ".join(column.name for column in audit.columns if column.name != "id")
    copied = (
        f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) "  # noqa: S608  (our own)
        f"INSERT INTO audit ({names}) SELECT {names} FROM audit, n"
    )
    await store.database.write(lambda connection: connection.exec_driver_sql(copied))
