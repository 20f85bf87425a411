"""The store as a whole: open it, bring its schema up to date, hand its parts out, close it."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.store import migrate, purge, rotate
from bot.store.alerts import StoredAlerts
from bot.store.approvals import Approvals
from bot.store.audit import Audit
from bot.store.bulk import BulkJobs
from bot.store.cards import Cards
from bot.store.confirmations import Confirmations
from bot.store.connect_links import ConnectLinks
from bot.store.connection_requests import ConnectionRequests
from bot.store.connections import StoredConnections
from bot.store.database import Database, DatabaseProblem, build_url, open_database, say_error, sqlite_file
from bot.store.departures import Departures
from bot.store.directory import StoredDirectory
from bot.store.events import Events
from bot.store.gaps import Gaps
from bot.store.histories import Histories
from bot.store.hooks import Hooks
from bot.store.inbox import Inbox
from bot.store.installations import seal_plain_text
from bot.store.keys import KeyProblem, Keyring, key_file_for, parse_keys, read_or_create_key_file
from bot.store.oauth_states import OAuthStates
from bot.store.opt_outs import OptOuts
from bot.store.planning import fix_plans
from bot.store.postings import Postings
from bot.store.preferences import Preferences
from bot.store.processes import Processes
from bot.store.removals import Removals
from bot.store.request_turns import RequestTurns
from bot.store.requests_before_connecting import RequestsBeforeConnecting
from bot.store.role_policies import RolePolicies
from bot.store.rosters import Rosters
from bot.store.schema import Clock, StoreContext
from bot.store.subscription_changes import SubscriptionChanges
from bot.store.subscriptions import Subscriptions
from bot.store.table_rules import USUAL, Retention
from bot.store.timed_requests import TimedRequests

PING_WITHIN_S = 3


def read_clock() -> datetime:
    return datetime.now(UTC)


def read_keyring(url: str, encryption_keys: str | None) -> Keyring:
    """Read the keys from the settings, or without them from a file beside a SQLite database, made when missing."""
    if encryption_keys:
        return parse_keys(encryption_keys)
    file = sqlite_file(build_url(url))
    if file is None:
        raise KeyProblem("With Postgres, ENCRYPTION_KEYS must be set. Make one with `dialpad-chatops keys generate`.")
    return read_or_create_key_file(key_file_for(file))


@dataclass
class Upgrade:
    """Whether this process found the tables of an earlier version and brought them up."""

    happened: bool = False


@dataclass(frozen=True)
class Store:
    """The bot's database with all its tables. Made by ``Store.open``; ``await aclose()`` before the process ends.

    Query classes that have no attribute here are made with ``context`` where they are used.
    """

    context: StoreContext
    database: Database
    keys: Keyring
    connections: StoredConnections
    oauth_states: OAuthStates
    connect_links: ConnectLinks
    connection_requests: ConnectionRequests
    confirmations: Confirmations
    remembered: RequestsBeforeConnecting
    inbox: Inbox
    preferences: Preferences
    approvals: Approvals
    audit: Audit
    kept: TimedRequests
    hooks: Hooks
    events: Events
    gaps: Gaps
    subscriptions: Subscriptions
    subscription_changes: SubscriptionChanges
    histories: Histories
    opt_outs: OptOuts
    bulk: BulkJobs
    cards: Cards
    postings: Postings
    role_policies: RolePolicies
    rosters: Rosters
    alerts: StoredAlerts
    removals: Removals
    departures: Departures
    processes: Processes
    request_turns: RequestTurns
    directory: StoredDirectory
    now: Clock
    retention: Retention
    upgrade: Upgrade = field(default_factory=Upgrade)

    @classmethod
    async def open(cls, url: str, keys: Keyring, now: Clock = read_clock, retention: Retention = USUAL) -> "Store":
        """Open the store; it connects with the first query. Raises DatabaseProblem for an address that cannot be
        one."""
        address = build_url(url)
        database = open_database(address)
        context = StoreContext(database, keys, now)
        processes, histories = Processes(context), Histories(context)
        return cls(
            context=context,
            database=database,
            keys=keys,
            connections=StoredConnections(context),
            oauth_states=OAuthStates(context),
            connect_links=ConnectLinks(context),
            connection_requests=ConnectionRequests(context),
            confirmations=Confirmations(context),
            remembered=RequestsBeforeConnecting(context),
            inbox=Inbox(context, processes.id),
            preferences=Preferences(context),
            approvals=Approvals(context),
            audit=Audit(context),
            kept=TimedRequests(context, processes.id),
            hooks=Hooks(context),
            events=Events(context, processes.id),
            gaps=Gaps(context),
            subscriptions=Subscriptions(context),
            subscription_changes=SubscriptionChanges(context),
            histories=histories,
            opt_outs=OptOuts(context, histories),
            bulk=BulkJobs(context),
            cards=Cards(context, histories),
            postings=Postings(context, processes.id),
            role_policies=RolePolicies(context),
            rosters=Rosters(context),
            alerts=StoredAlerts(context),
            removals=Removals(context),
            departures=Departures(context),
            processes=processes,
            request_turns=RequestTurns(context),
            directory=StoredDirectory(context, processes),
            now=now,
            retention=retention,
        )

    async def aclose(self) -> None:
        """Finish running writes, then close connections and threads. May be called twice."""
        try:
            await self.audit.aclose()
        finally:
            await self.database.aclose()

    async def migrate(self) -> None:
        """Bring the schema to this version, then check that long-lived values can be read with these keys.

        Raises DatabaseProblem when the database cannot be reached, KeyProblem when a key is missing.
        """
        try:
            await self.database.write(self._upgrade)
        except (SQLAlchemyError, OSError) as error:
            raise DatabaseProblem(
                f"The database cannot be used: {say_error(error)}. Check DATABASE_URL and that it is running."
            ) from error
        await self.check_keys()

    def _upgrade(self, connection: Connection) -> None:
        self.upgrade.happened = migrate.is_earlier(connection)
        migrate.upgrade(connection)
        fix_plans(connection)
        seal_plain_text(connection, self.keys)

    async def check_keys(self) -> None:
        """Check that connections and timed requests can be read. Raises KeyProblem when their key is not available."""

        def query(connection: Connection) -> int:
            return rotate.count_unreadable(connection, self.keys)

        if unreadable := await self.database.read(query):
            raise KeyProblem(
                f"{unreadable} stored connections or timers were encrypted with a key that is not here. Put it back "
                "into ENCRYPTION_KEYS (or the key file beside the database), or give them up with "
                "`dialpad-chatops keys rotate --drop-unreadable`: those people then connect again."
            )

    async def ping(self) -> None:
        """Check the database. Raises DatabaseProblem when it does not answer within 3 s, takes no writes, or has
        another version's schema."""
        said = "The database does not answer"
        try:
            async with asyncio.timeout(PING_WITHIN_S):
                current = await self.database.read(migrate.is_current)
                if current:
                    said = "The database takes no writes"
                    await self.request_turns.try_to_write()
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            raise DatabaseProblem(f"{said}: {say_error(error)}.") from error
        if not current:
            raise DatabaseProblem("The database has another version's tables. Run `dialpad-chatops db upgrade`.")

    async def purge(self) -> dict[str, int]:
        """Delete everything expired; return table name to rows deleted."""
        return await purge.purge(self.database, self.now(), self.retention)

    async def rotate(self, *, drop_unreadable: bool = False) -> rotate.Rotation:
        """Seal everything with the first key, so that the others can be taken out of ENCRYPTION_KEYS afterwards."""
        return await rotate.rotate(self.database, self.keys, drop_unreadable=drop_unreadable)
