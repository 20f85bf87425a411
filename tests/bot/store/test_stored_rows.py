"""JSON in the store's rows as earlier versions wrote it: written the same, and read with fields missing or unknown."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Table, select, update

from bot.basics.person import PersonKey
from bot.store.confirmations import Confirmed, confirmations
from bot.store.keys import Keyring, hash_token, row_name
from bot.store.oauth_states import OAuthState, oauth_states
from bot.store.removals import HookLeft, removals
from bot.store.store import Store
from bot.store.timed_requests import TimedRequest, kept
from tests.bot.store.clock import Clock
from tests.bot.store.test_connections import LINK

ARGS: dict[str, Any] = {"to": ["+14155550150"], "loud": True, "text": "Hi"}
PLACE: dict[str, Any] = {"where": {"channel": "C1"}, "yes": "Send", "later": None}
HOOK_ROW: dict[str, Any] = {"id": "h1", "kind": "webhook", "endpoint_id": "7", "subscriptions": {"call": "8"}}


async def sealed(store: Store, keys: Keyring, table: Table, *key: str) -> Any:
    def query(connection: Connection) -> bytes:
        return bytes(connection.execute(select(table.c.sealed)).scalar_one())

    return keys.open_json(await store.database.read(query), row_name(table.name, *key))


async def seal(store: Store, keys: Keyring, table: Table, row: Any, *key: str) -> None:
    written = keys.seal_json(row, row_name(table.name, *key))

    def change(connection: Connection) -> None:
        connection.execute(update(table).values(sealed=written))

    await store.database.write(change)


async def test_a_confirmation_is_written_and_read_as_ever(sqlite_store: Store, keys: Keyring, ana: PersonKey) -> None:
    name = await sqlite_store.confirmations.create(ana, "sms.sms", ARGS, PLACE)
    row = {"route": "sms.sms", "args": ARGS, "place": PLACE}
    assert await sealed(sqlite_store, keys, confirmations, name) == row

    await seal(sqlite_store, keys, confirmations, row, name)
    assert await sqlite_store.confirmations.take(name, ana) == Confirmed("sms.sms", ARGS, PLACE)


async def test_a_confirmation_of_another_version_is_read(sqlite_store: Store, keys: Keyring, ana: PersonKey) -> None:
    name = await sqlite_store.confirmations.create(ana, "sms.sms", ARGS)
    await seal(sqlite_store, keys, confirmations, {"route": "sms.sms", "args": {}, "later": 1}, name)
    assert await sqlite_store.confirmations.take(name, ana) == Confirmed("sms.sms", {}, {})


async def test_a_sign_in_is_written_and_read_as_ever(sqlite_store: Store, keys: Keyring, ana: PersonKey) -> None:
    state = await sqlite_store.oauth_states.create(ana, "verifier", "token", {"from": "home"})
    row = {"verifier": "verifier", "token": "token", "carry": {"from": "home"}}
    assert await sealed(sqlite_store, keys, oauth_states, hash_token(state)) == row

    await seal(sqlite_store, keys, oauth_states, row, hash_token(state))
    assert await sqlite_store.oauth_states.take(state) == OAuthState(ana, "verifier", "token", {"from": "home"})


async def test_a_timed_request_is_written_and_read_as_ever(
    sqlite_store: Store, keys: Keyring, clock: Clock, ana: PersonKey
) -> None:
    due = clock() + timedelta(hours=1)
    name, _ = await sqlite_store.kept.put("dnd:1", ana, due, "dnd.dnd", ARGS, PLACE)
    row = {"args": ARGS, "place": PLACE}
    assert await sealed(sqlite_store, keys, kept, "dnd:1") == row

    await seal(sqlite_store, keys, kept, {**row, "later": 1}, "dnd:1")
    assert await sqlite_store.kept.get(name) == TimedRequest(name, "dnd:1", ana, "dnd.dnd", ARGS, PLACE, due)


async def test_a_hook_that_is_left_is_written_and_read_as_ever(sqlite_store: Store, ana: PersonKey) -> None:
    hook = HookLeft("h1", "webhook", "7", {"call": "8"})
    await sqlite_store.removals.add(ana, "61", hook, LINK)

    def query(connection: Connection) -> Any:
        return connection.execute(select(removals.c.hooks)).scalar_one()

    assert await sqlite_store.database.read(query) == [HOOK_ROW]
    (removal,) = await sqlite_store.removals.all()
    assert removal.hooks == (hook,)


async def test_a_hook_of_another_version_is_read(sqlite_store: Store, ana: PersonKey) -> None:
    await sqlite_store.removals.add(ana, "61", HookLeft("h1", "webhook", None), LINK)
    rows = [{"id": "h2", "kind": "websocket", "endpoint_id": None, "later": True}]

    def change(connection: Connection) -> None:
        connection.execute(update(removals).values(hooks=rows))

    await sqlite_store.database.write(change)
    (removal,) = await sqlite_store.removals.all()
    assert removal.hooks == (HookLeft("h2", "websocket", None, {}),)
