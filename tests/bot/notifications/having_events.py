"""Everything that makes events come in, against an embedded Dialpad, without a network and without waiting."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from bot.basics.person import PersonKey
from bot.dialpad.accounts import Accounts
from bot.dialpad.client import DialpadClient, Http
from bot.dialpad.connection import DialpadConnection
from bot.notifications.disconnecting import Disconnector
from bot.notifications.hooks import DialpadHooks
from bot.notifications.removals import RemovalsAtDialpad
from bot.sandbox.cast import COMPANY_ID, TEAM_ID, Person
from bot.sandbox.dialpad import DialpadSandbox
from bot.sandbox.dialpad.resources.webhooks import WEBHOOK, WEBSOCKET
from bot.store.hooks import Hook, HookKind
from bot.store.keys import generate_key, parse_keys
from bot.store.store import Store
from tests.bot.dialpad.wire import Time
from tests.bot.store.clock import Clock
from tests.prepared import sqlite_with_tables

PUBLIC_URL = "https://bot.example"
SHELVES = ("call", "sms", "agent_status", "contact", "changelog", "fax")


class Ears:
    """Remembers what is listened to, the newest state of each hook."""

    def __init__(self) -> None:
        self.hooks: dict[str, Hook] = {}

    async def listen(self, hook: Hook) -> None:
        self.hooks[hook.id] = hook

    async def forget(self, hook_id: str) -> None:
        self.hooks.pop(hook_id, None)


@dataclass
class Having:
    dialpad: DialpadSandbox
    store: Store
    accounts: Accounts
    clock: Clock
    listener: Ears = field(default_factory=Ears)

    def hooks(self, kind: HookKind = "webhook", public_url: str | None = PUBLIC_URL) -> DialpadHooks:
        return DialpadHooks(
            accounts=self.accounts,
            hooks=self.store.hooks,
            listener=self.listener,
            kind=kind,
            public_url=public_url,
            left=self.removals(public_url),
        )

    def removals(self, public_url: str | None = PUBLIC_URL) -> RemovalsAtDialpad:
        return RemovalsAtDialpad(
            accounts=self.accounts, removals=self.store.removals, oauth=None, now=self.clock, public_url=public_url
        )

    def disconnector(self) -> Disconnector:
        return Disconnector(store=self.store, accounts=self.accounts, hooks=self.hooks(), removals=self.removals())

    async def connect(self, *people: Person) -> None:
        for person in people:
            await self.store.connections.save(key_of(person), link_of(person))

    @property
    def webhooks(self) -> list[dict[str, Any]]:
        """As they are at Dialpad."""
        return self.dialpad.state.documents.all(WEBHOOK)

    @property
    def websockets(self) -> list[dict[str, Any]]:
        """Without the one that the company has had before."""
        return [one for one in self.dialpad.state.documents.all(WEBSOCKET) if one["secret"] is not None]

    def subscriptions(self, kind: str) -> list[dict[str, Any]]:
        return self.dialpad.state.documents.all(f"{kind} subscription")

    @property
    def counts(self) -> dict[str, int]:
        """How many subscriptions there are of each kind at Dialpad."""
        return {kind: len(self.subscriptions(kind)) for kind in SHELVES if self.subscriptions(kind)}


def key_of(person: Person) -> PersonKey:
    return PersonKey(TEAM_ID, str(person.slack_id))


def link_of(person: Person) -> DialpadConnection:
    return DialpadConnection(
        kind="api_key",
        access_token=SecretStr(person.token),
        refresh_token=None,
        expires_at=None,
        scopes=(),
        dialpad_user_id=str(person.dialpad_id),
        dialpad_name=person.name,
        company_id=str(COMPANY_ID),
        is_company_key=False,
        broken=False,
        connected_at=datetime(2026, 3, 2, tzinfo=UTC),
    )


@asynccontextmanager
async def having_events(folder: Path) -> AsyncIterator[Having]:
    clock = Clock()
    dialpad = DialpadSandbox(now=clock, enforce_limits=False)
    store = await Store.open(sqlite_with_tables(folder / "bot.db"), parse_keys(generate_key()), clock)

    time = Time()
    wire = Http(httpx.ASGITransport(dialpad.app))
    client = DialpadClient("http://dialpad.test", http=wire, clock=time, sleep=time.sleep)
    yield Having(dialpad, store, Accounts(client, store.connections), clock)
    await client.aclose()
    await store.aclose()
