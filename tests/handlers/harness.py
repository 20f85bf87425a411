"""Handlers as people meet them: typed words, forms and presses, against the embedded Dialpad.

Everything is real between the typed text and the sandbox's state; only Slack's people, the stored links and the
timer are stand-ins that remember.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

import httpx
from pydantic import SecretStr

from bot.basics.errors import UserError
from bot.basics.person import PersonKey
from bot.basics.settings import Settings
from bot.basics.words import did_you_mean
from bot.contract.context import ConnectOutcome, Ctx, Deps, Ended, Origin, Profile, Where
from bot.contract.doubt import WORDS as DOUBT_WORDS
from bot.contract.doubt import Doubt, NotUnderstood
from bot.contract.later import Pending
from bot.contract.reading import missing, parse_arguments, read_words
from bot.contract.reply import (
    Answer,
    Attachment,
    Button,
    Card,
    Confirm,
    Form,
    Listing,
    MessageContent,
    Nothing,
    Part,
    Prose,
    RawArgs,
    Reply,
    Unfurls,
)
from bot.contract.reply import When as WhenPart
from bot.contract.routing import Route, RouteKind, RouteTable, build_table
from bot.dialpad.accounts import Accounts
from bot.dialpad.client import DialpadClient
from bot.dialpad.connection import DialpadConnection
from bot.dialpad.directory import Directory
from bot.dialpad.downloads import DialpadDownloads
from bot.sandbox.cast import COMPANY_ID, CONNECTED_AT_START, PEOPLE, TEAM_ID, TIME_ZONE, Person
from bot.sandbox.dialpad import DialpadSandbox
from bot.slack.conversation.permissions import Permissions
from bot.store.audit import Audit
from bot.store.bulk import BulkJobs
from bot.store.database import build_url, open_database
from bot.store.directory import StoredDirectory
from bot.store.keys import generate_key, parse_keys
from bot.store.processes import Processes
from bot.store.role_policies import RolePolicies
from bot.store.schema import StoreContext
from handlers import all_routers
from tests.handlers.kept_notifications import RememberedBoard
from tests.prepared import sqlite_with_tables

PATIENT_S: Final = 30.0
"""However busy the machine is, names are known when asked."""
MORNING: Final = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
"""10:00 at Northlight."""


@dataclass
class Clock:
    """Stands still until somebody moves it."""

    now: datetime = MORNING
    ticks: float = 1000.0

    def __call__(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        return self.ticks

    async def sleep(self, seconds: float) -> None:
        self.ticks += seconds

    def move(self, **span: float) -> None:
        self.now += timedelta(**span)
        self.ticks += timedelta(**span).total_seconds()


@dataclass(frozen=True)
class Kept:
    """One request that waits for its time."""

    when: datetime
    route: str
    args: Mapping[str, Any]
    person: PersonKey
    place: Mapping[str, Any]


class RememberedLater:
    """A timer nobody winds: ``World.pass_time`` runs what has come due."""

    def __init__(self) -> None:
        self.kept: dict[str, Kept] = {}

    async def at(
        self,
        when: datetime,
        key: str,
        route: str,
        args: Mapping[str, Any],
        person: PersonKey,
        place: Mapping[str, Any],
    ) -> None:
        assert when.tzinfo is not None
        self.kept[key] = Kept(when, route, args, person, place)

    async def cancel(self, key: str) -> bool:
        return self.kept.pop(key, None) is not None

    async def pending(self, person: PersonKey) -> list[Pending]:
        waiting = [
            Pending(key, one.route, one.args, one.when) for key, one in self.kept.items() if one.person == person
        ]
        return sorted(waiting, key=lambda one: one.when)


class KeptDialpadConnections:
    """Links in a dictionary."""

    def __init__(self) -> None:
        self.dialpad_connections: dict[PersonKey, DialpadConnection] = {}

    async def get(self, key: PersonKey) -> DialpadConnection | None:
        return self.dialpad_connections.get(key)

    async def save(self, key: PersonKey, link: DialpadConnection) -> None:
        self.dialpad_connections[key] = link

    async def mark_broken(self, key: PersonKey) -> bool:
        link = self.dialpad_connections[key]
        self.dialpad_connections[key] = replace(link, broken=True)
        return not link.broken

    async def delete(self, key: PersonKey) -> None:
        self.dialpad_connections.pop(key, None)


@dataclass
class RememberedConnections:
    """Hands out addresses, takes only the key ``good-key``, and forgets links."""

    dialpad_connections: KeptDialpadConnections
    later: RememberedLater
    ends: Ended = field(default_factory=Ended)
    offers_oauth: bool = True
    started: list[PersonKey] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    decided: list[tuple[PersonKey, str, bool]] = field(default_factory=list)

    async def start(self, key: PersonKey) -> str:
        self.started.append(key)
        return f"http://localhost:3000/connect/{len(self.started)}"

    async def decide(self, person: PersonKey, request: str, *, yes: bool) -> Reply:
        self.decided.append((person, request, yes))
        return Reply("Decided.")

    async def connect_with_key(self, key: PersonKey, api_key: str) -> ConnectOutcome:
        self.keys.append(api_key)
        if api_key != "good-key":
            raise UserError("Dialpad does not know this key. Check that all of it was pasted.")
        return ConnectOutcome("Noor Haddad")

    async def would_end(self, key: PersonKey) -> Ended:
        return replace(self.ends, timed=len(await self.later.pending(key)))

    async def disconnect(self, key: PersonKey) -> Ended | None:
        ended = await self.would_end(key)
        for one in await self.later.pending(key):
            await self.later.cancel(one.key)
        return ended if self.dialpad_connections.dialpad_connections.pop(key, None) is not None else None


class Slackers:
    """The cast's profiles."""

    def look_again(self, key: PersonKey, *, after_s: float = 0.0) -> None:
        """Nothing is kept."""

    async def profile(self, key: PersonKey) -> Profile:
        for person in PEOPLE:
            if person.slack_id == key.user_id:
                return Profile(person.name, person.email, ZoneInfo(TIME_ZONE), is_admin=person.role == "admin")
        return Profile("Somebody", None, ZoneInfo(TIME_ZONE))

    async def with_email(self, team_id: str, email: str) -> str | None:
        return next((one.slack_id for one in PEOPLE if one.email == email), None)


class NoMessages:
    """Nobody sees them."""

    async def post(self, team_id: str, channel: str, content: MessageContent, name: str) -> tuple[str, str]:
        return channel, name

    async def update(self, team_id: str, spot: tuple[str, str], content: MessageContent, name: str) -> None:
        """Nobody looks."""


class NoGroups:
    """There are no user groups."""

    async def members(self, team_id: str, group: str) -> None:
        return None


class Chosen:
    """Preferences in a dictionary."""

    def __init__(self) -> None:
        self.chosen: dict[PersonKey, dict[str, Any]] = {}

    async def get(self, person: PersonKey) -> Mapping[str, Any]:
        return self.chosen.get(person, {})

    async def set(self, person: PersonKey, changes: Mapping[str, Any]) -> Mapping[str, Any]:
        merged = {**self.chosen.get(person, {}), **changes}
        self.chosen[person] = {name: value for name, value in merged.items() if value is not None}
        return self.chosen[person]


def key_of(person: Person) -> PersonKey:
    assert person.slack_id is not None
    return PersonKey(TEAM_ID, person.slack_id)


class Wire(httpx.AsyncBaseTransport):
    """The way to the sandbox, which can fall silent (no answer, nothing arrives) or be cut (no connection)."""

    def __init__(self, sandbox: DialpadSandbox) -> None:
        self._inner = httpx.ASGITransport(sandbox.app)
        self.state: Literal["fine", "silent", "cut"] = "fine"

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.state == "silent":
            raise httpx.ReadTimeout("no answer", request=request)
        if self.state == "cut":
            raise httpx.ConnectError("refused", request=request)
        return await self._inner.handle_async_request(request)


@cache
def routes() -> RouteTable:
    """Nothing changes it, and thousands of tests need it."""
    return build_table(all_routers())


@cache
def settings() -> Settings:
    """As ``routes``: reading them takes longer than most tests."""
    return Settings(_env_file=None)


class World:
    """The bot's handlers, a Dialpad, and people who type."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.sandbox = DialpadSandbox(now=self.clock, enforce_limits=False, base_url="http://dialpad.example")
        self.wire = Wire(self.sandbox)
        self.table = routes()
        self.dialpad_connections = KeptDialpadConnections()
        for person in CONNECTED_AT_START:
            self.connect(person)
        self.client = DialpadClient(
            "http://dialpad.example",
            transport=self.wire,
            clock=self.clock.monotonic,
            sleep=self.clock.sleep,
            jitter=lambda: 0.5,
        )
        self.later = RememberedLater()
        self.chosen = Chosen()
        self.connections = RememberedConnections(self.dialpad_connections, self.later)
        self.notifications = RememberedBoard()
        self.accounts = Accounts(self.client, self.dialpad_connections, clock=self.clock)
        self._folder = TemporaryDirectory(prefix="world-")
        self.database = open_database(build_url(sqlite_with_tables(Path(self._folder.name) / "bot.db")))
        context = StoreContext(self.database, parse_keys(generate_key()), self.clock)
        self.directory = Directory(StoredDirectory(context, Processes(context)), self.accounts, first_load=PATIENT_S)
        self.gate = Permissions(RolePolicies(context), NoGroups(), self.clock.monotonic)
        self.deps = Deps(
            settings=settings(),
            accounts=self.accounts,
            connections=self.connections,
            directory=self.directory,
            later=self.later,
            people=Slackers(),
            preferences=self.chosen,
            routes=self.table,
            notifications=self.notifications,
            downloads=DialpadDownloads(self.client.http, self.client.base_url, self.client.http),
            gate=self.gate,
            bulk=BulkJobs(context),
            messages=NoMessages(),
            audit=Audit(context),
        )

    async def aclose(self) -> None:
        await self.directory.aclose()
        await self.database.aclose()
        self._folder.cleanup()
        self.sandbox.close()
        await self.client.aclose()

    def connect(self, person: Person) -> None:
        """As if the person had pasted their sandbox token."""
        self.dialpad_connections.dialpad_connections[key_of(person)] = DialpadConnection(
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
            connected_at=MORNING,
        )

    def ctx(self, person: Person, origin: Origin = Origin.TYPED) -> Ctx:
        return Ctx(
            person=key_of(person),
            where=Where(channel="C0GENERAL"),
            origin=origin,
            deps=self.deps,
            now=self.clock(),
            reference="abcd1234",
            account=self.accounts.of(key_of(person)),
        )

    async def type(self, person: Person, text: str) -> Answer:
        """``/dp <text>``. What is missing opens the form, as the listener does it."""
        word, _, rest = text.strip().partition(" ")
        route = self.table.by_word.get(word.casefold())
        if route is None:
            near = did_you_mean(word[:40], self.table.by_word)
            raise UserError(f"There is no command {word[:40]}; near: {near}")
        ctx = self.ctx(person)
        try:
            raw = await read_words(ctx, route, rest)
            return await self.run(person, route, raw, Origin.TYPED)
        except NotUnderstood:
            raise
        except Doubt as asked:
            return Reply(asked.text, asked.choices, tone="warning")

    async def run(self, person: Person, route: Route, raw: RawArgs, origin: Origin) -> Answer:
        if missing(route, raw):
            return Form(route.id, raw)
        ctx = self.ctx(person, origin)
        return await route.handler(ctx, **await parse_arguments(ctx, route, raw))

    async def press(self, person: Person, answer: Answer, label: str) -> Answer:
        """The button with this label; the form opens where the button says so."""
        button = button_of(answer, label)
        if button.form:
            return Form(button.route, button.args)
        if button.route == DOUBT_WORDS:
            return await self.type(person, str(button.args["t"]))
        try:
            return await self.run(person, self.table.by_id[button.route], button.args, Origin.BUTTON)
        except Doubt as asked:
            return Reply(asked.text, asked.choices, tone="warning")

    async def agree(self, person: Person, answer: Answer) -> Answer:
        """Presses the confirmation's button."""
        assert isinstance(answer, Confirm), answer
        assert self.table.by_id[answer.route].kind is RouteKind.CONFIRMED
        return await self.run(person, self.table.by_id[answer.route], answer.args, Origin.CONFIRMED)

    async def subscribe(self, person: Person, words: str) -> Answer:
        """``/dp notify <words>`` and Save, where there is something to save."""
        return await self.agreed(person, await self.type(person, f"notify {words}"))

    async def agreed(self, person: Person, answer: Answer) -> Answer:
        """The answer itself, or that of the confirmation's button."""
        return await self.agree(person, answer) if isinstance(answer, Confirm) else answer

    async def submit(self, person: Person, route: str, **raw: Any) -> Answer:
        """A form with these fields."""
        return await self.run(person, self.table.by_id[route], raw, Origin.FORM)

    async def pass_time(self, **span: float) -> list[Answer]:
        """Moves the clock and runs what has come due."""
        self.clock.move(**span)
        due = {key: one for key, one in self.later.kept.items() if one.when <= self.clock()}
        answers: list[Answer] = []
        for key, one in due.items():
            del self.later.kept[key]
            person = next(p for p in PEOPLE if p.slack_id == one.person.user_id)
            answers.append(await self.run(person, self.table.by_id[one.route], one.args, Origin.LATER))
        return answers

    def snapshot(self) -> str:
        """Everything in the sandbox that a person could have changed."""
        state = self.sandbox.state
        records = (
            state.users, state.groups, state.calls, state.messages, state.contacts, state.blocked, state.opt_outs,
        )  # fmt: skip
        return repr(records)


def buttons_of(answer: Answer) -> list[Button]:
    if isinstance(answer, Reply | Card):
        return list(answer.buttons)
    if isinstance(answer, Listing):
        rows = [[*([row.button] if row.button else []), *row.more] for row in answer.rows]
        return [*(button for row in rows for button in row), *answer.buttons]
    if isinstance(answer, Confirm):
        return [*([answer.edit] if answer.edit else []), *answer.instead]
    return []


def button_of(answer: Answer, label: str) -> Button:
    found = [button for button in buttons_of(answer) if button.label == label]
    assert found, f"no {label!r} among {[button.label for button in buttons_of(answer)]}"
    return found[0]


def plain(prose: Prose) -> str:
    """What people read, without looks. Moments are in Northlight's time zone."""
    return prose if isinstance(prose, str) else "".join(_part(part) for part in prose)


def _part(part: Part) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, WhenPart):
        return part.at.astimezone(ZoneInfo(TIME_ZONE)).strftime("%d %H:%M")
    for name in ("text", "e164", "slack_id"):
        if hasattr(part, name):
            return str(getattr(part, name))
    raise AssertionError(part)


def words_of(answer: Answer) -> str:
    """All that the answer says, one line per piece."""
    if isinstance(answer, Reply | Nothing | Unfurls):
        shown = answer.cards.values() if isinstance(answer, Unfurls) else ()
        said = answer.said if isinstance(answer, Unfurls) else answer
        return "\n".join([*map(words_of, shown), *([plain(said.text)] if isinstance(said, Reply) else [])])
    if isinstance(answer, Form):
        return f"form {answer.route} {dict(answer.args)}"
    if isinstance(answer, Attachment):
        return "\n".join([answer.name, plain(answer.text), words_of(answer.card or Nothing())])
    if isinstance(answer, Listing):
        rows = [f"{plain(row.text)} | {plain(row.note)}" for row in answer.rows] or [plain(answer.empty)]
        return "\n".join([plain(answer.title), *rows, plain(answer.note)])
    facts = [f"{fact.label}: {plain(fact.value)}" for fact in answer.facts]
    if isinstance(answer, Confirm):
        return "\n".join([answer.title, *facts, answer.quote, plain(answer.note)])
    return "\n".join([plain(answer.title), *facts, plain(answer.text), plain(answer.note)])
