"""A bot that people can connect to, a Dialpad to sign in at, and the browsers they do it with.

The store is the real one on SQLite, Dialpad the embedded one; only Slack's people are made up.
"""

import contextlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import httpx
from starlette.applications import Starlette

from bot.basics.person import PersonKey
from bot.basics.settings import Settings
from bot.connect.connector import Connected, Connector
from bot.connect.pages import connect_routes
from bot.contract.context import Profile
from bot.contract.reply import Reply
from bot.dialpad.accounts import Accounts
from bot.dialpad.client import DialpadClient
from bot.dialpad.connection import DialpadConnection
from bot.dialpad.oauth import DialpadOAuth
from bot.notifications.disconnecting import Disconnector
from bot.notifications.hooks import DialpadHooks
from bot.notifications.removals import RemovalsAtDialpad
from bot.sandbox.cast import ANA, GUS, NOOR, PEOPLE, TEAM_ID, Person
from bot.sandbox.dialpad import DialpadSandbox, OAuthApp
from bot.store.keys import generate_key, parse_keys
from bot.store.store import Store
from tests.bot.dialpad.wire import Time
from tests.bot.notifications.having_events import Ears
from tests.prepared import sqlite_with_tables

BOT = "https://chatops.example.test"
DIALPAD = "https://dialpad.example.test"
SCOPES = ("offline_access", "calls:list")
APP = OAuthApp("northlight-chatops", "made-up-secret", (f"{BOT}/connect/callback",), SCOPES)


class Clock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, minutes: float) -> None:
        self.at += timedelta(minutes=minutes)


class KnownPeople:
    """Slack's people by id. A test may put somebody else in."""

    def __init__(self) -> None:
        zone = ZoneInfo("America/Los_Angeles")
        self.profiles = {one.slack_id: Profile(one.name, one.email, zone) for one in PEOPLE if one.slack_id}

    def look_again(self, key: PersonKey, *, after_s: float = 0.0) -> None:
        """Nothing is kept."""

    async def profile(self, key: PersonKey) -> Profile:
        return self.profiles[key.user_id]

    async def with_email(self, team_id: str, email: str) -> str | None:
        return next((name for name, profile in self.profiles.items() if profile.email == email), None)


def key_of(person: Person) -> PersonKey:
    assert person.slack_id is not None
    return PersonKey(TEAM_ID, person.slack_id)


NOOR_KEY, ANA_KEY, GUS_KEY = key_of(NOOR), key_of(ANA), key_of(GUS)


class ToldInSlack:
    """What people were told in direct messages."""

    def __init__(self) -> None:
        self.told: list[tuple[PersonKey, Reply]] = []

    async def tell(self, person: PersonKey, reply: Reply) -> None:
        self.told.append((person, reply))


@dataclass
class Place:
    """Everything a person needs to connect."""

    store: Store
    dialpad: DialpadSandbox
    client: DialpadClient
    people: KnownPeople
    connector: Connector
    hooks: DialpadHooks
    clock: Clock
    web: Starlette
    messages: ToldInSlack
    told: list[Connected] = field(default_factory=list)
    """Who was told in Slack that they are connected."""

    @contextlib.asynccontextmanager
    async def browser(self) -> AsyncIterator["Browser"]:
        """A browser of its own: other browsers' cookies are not in it."""
        transports: dict[str, httpx.AsyncBaseTransport | None] = {
            BOT: httpx.ASGITransport(app=self.web),
            DIALPAD: httpx.ASGITransport(app=self.dialpad.app),
        }
        async with httpx.AsyncClient(mounts=transports) as http:
            yield Browser(http)

    async def connections(self) -> list[DialpadConnection]:
        """Every stored connection of the cast."""
        found = [await self.store.connections.get(key_of(person)) for person in PEOPLE if person.slack_id]
        return [link for link in found if link is not None]

    def asked(self, path: str) -> int:
        """How many requests Dialpad had for this path."""
        return sum(one.path == path for one in self.dialpad.requests)


class Browser:
    """Somebody's way through the pages, one step at a time."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def open(self, url: str) -> httpx.Response:
        return await self.http.get(url)

    async def press_continue(self, url: str) -> httpx.Response:
        return await self.http.post(url)

    async def answer_dialpad(self, authorize_url: str, person: Person, *, decision: str = "allow") -> str:
        """Sign in at Dialpad as ``person``; the address Dialpad sends the browser back to."""
        page = await self.http.get(authorize_url)
        found = re.search(r'name="request" value="([^"]+)"', page.text)
        assert found, page.text
        fields = {"request": found[1], "user_id": str(person.dialpad_id), "decision": decision}
        answer = await self.http.post(f"{DIALPAD}/oauth2/authorize", data=fields)
        return answer.headers["location"]

    async def go_to_dialpad_and_back(self, url: str, person: Person, *, decision: str = "allow") -> str:
        """From the page to the callback's address, which is not opened yet."""
        await self.open(url)
        disconnector = await self.press_continue(url)
        assert urlsplit(disconnector.headers["location"]).netloc == urlsplit(DIALPAD).netloc
        return await self.answer_dialpad(disconnector.headers["location"], person, decision=decision)


@contextlib.asynccontextmanager
async def a_place(folder: Path, *, with_oauth: bool = True) -> AsyncIterator[Place]:
    """Set up, and closed at the end."""
    clock = Clock()
    store = await Store.open(sqlite_with_tables(folder / "bot.db"), parse_keys(generate_key()), clock)
    dialpad = DialpadSandbox(oauth_app=APP, now=clock, enforce_limits=False)
    time = Time()
    client = DialpadClient(DIALPAD, transport=httpx.ASGITransport(app=dialpad.app), clock=time, sleep=time.sleep)
    oauth = DialpadOAuth(
        APP.client_id, APP.client_secret, DIALPAD, f"{BOT}/connect/callback", SCOPES, http=client.http, clock=clock
    )
    people = KnownPeople()
    accounts = Accounts(client, store.connections, oauth=oauth if with_oauth else None, clock=clock)
    removals = RemovalsAtDialpad(
        accounts=accounts, removals=store.removals, oauth=oauth if with_oauth else None, now=clock, public_url=BOT
    )
    hooks = DialpadHooks(
        accounts=accounts, hooks=store.hooks, listener=Ears(), kind="webhook", public_url=BOT, left=removals
    )
    messages = ToldInSlack()
    connector = Connector(
        accounts=accounts,
        disconnector=Disconnector(store=store, accounts=accounts, hooks=hooks, removals=removals),
        oauth=oauth if with_oauth else None,
        connections=store.connections,
        connect_links=store.connect_links,
        states=store.oauth_states,
        people=people,
        base_url=BOT,
        typed=Settings(_env_file=None).typed,
        now=clock,
        requests=store.connection_requests,
        connected_elsewhere=store.removals.connected_elsewhere,
        tell=messages.tell,
    )
    told: list[Connected] = []

    async def tell(done: Connected) -> None:
        told.append(done)

    web = Starlette(routes=connect_routes(connector, tell, https=True))
    try:
        yield Place(store, dialpad, client, people, connector, hooks, clock, web, messages, told)
    finally:
        await client.aclose()
        await store.aclose()
