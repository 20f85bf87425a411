"""Rows of a version that kept no company: whose they are, as far as that can be known."""

from collections.abc import Mapping
from typing import Any, Final

import pytest
from sqlalchemy import JSON, Connection, column, insert, select, table

from bot.activity.roster import Roster, to_json
from bot.activity.subscriptions import stored
from bot.activity.subscriptions.subscription import Subscription
from bot.basics.company import CompanyKey
from bot.basics.person import PersonKey
from bot.store import migrate
from bot.store.connection_requests import Asked
from bot.store.keys import Keyring, generate_key, parse_keys, row_name
from bot.store.store import Store

TEAM: Final = "T0NORTHLT"
_JSON: Final = frozenset({"rule", "scopes", "subscriptions", "before", "after", "asked"})
LINES: Final[Mapping[str, Any]] = {"only": {"places": {"callcenter:11": "Support"}}}
EVERY_LINE: Final[Mapping[str, Any]] = {"only": {"places": {}}}


@pytest.fixture
def database_url(empty_database_url: str) -> str:
    """Here the tables are made as they were."""
    return empty_database_url


@pytest.fixture
async def old(database_url: str, keys: Keyring) -> Store:
    store = await Store.open(database_url, keys)
    await store.database.write(lambda connection: migrate.upgrade(connection, "0007"))
    return store


def put(connection: Connection, name: str, /, **values: Any) -> None:
    columns = [column(one, JSON) if one in _JSON else column(one) for one in values]
    connection.execute(insert(table(name, *columns)).values(**values))


def connect(connection: Connection, user: str, company: str | None, team: str = TEAM) -> None:
    put(
        connection, "links", team_id=team, user_id=user, kind="oauth", sealed=b"x", scopes=[], dialpad_name="",
        company_id=company, is_company_key=False, broken=False, connected_at=1,
    )  # fmt: skip


def subscribe(connection: Connection, name: str, user: str, rule: Mapping[str, Any], team: str = TEAM) -> None:
    put(
        connection, "watches", id=name, team_id=team, user_id=user, channel="C1", rule=dict(rule), paused=False,
        problem="", created_at=1,
    )  # fmt: skip


def show(connection: Connection, card: str, *subscriptions: str, team: str = TEAM) -> None:
    """A card with its name, posted for these subscriptions."""
    put(connection, "cards", id=card, team_id=team, kind="call", sealed=b"x", version=1, changed_at=1)
    put(connection, "card_names", team_id=team, name=f"call:{card}", card_id=card)
    for number, one in enumerate(subscriptions):
        put(
            connection, "postings", id=f"{card}-{one}", card_id=card, team_id=team, channel=f"C{number}", watch_id=one,
            shown=0, tries=0, doubtful=False, step=0, created_at=1,
        )  # fmt: skip


async def companies(store: Store, name: str, by: str = "id") -> dict[str, str]:
    rows = table(name, column(by), column("company"))

    def query(connection: Connection) -> dict[str, str]:
        return dict(tuple(row) for row in connection.execute(select(rows.c[by], rows.c.company)))

    return await store.database.read(query)


async def test_what_a_subscription_shows_is_its_owners_companys(old: Store) -> None:
    def fill(connection: Connection) -> None:
        connect(connection, "UA", "6100")
        connect(connection, "UB", "6200")
        subscribe(connection, "lines", "UA", LINES)
        subscribe(connection, "trial", "UB", EVERY_LINE)
        show(connection, "ours", "lines")
        show(connection, "theirs", "trial")
        show(connection, "heard by both", "lines", "trial")
        show(connection, "shown to nobody")

    await old.database.write(fill)
    await old.database.write(migrate.upgrade)

    expected = {"ours": "6100", "theirs": "6200", "heard by both": "6100", "shown to nobody": ""}
    assert await companies(old, "watches") == {"lines": "6100", "trial": "6200"}
    assert await companies(old, "cards") == expected
    assert await companies(old, "card_names", "card_id") == expected
    assert await companies(old, "postings") == {
        "ours-lines": "6100", "theirs-trial": "6200", "heard by both-lines": "6100", "heard by both-trial": "6100",
    }  # fmt: skip
    await old.aclose()


async def test_with_one_company_in_a_workspace_everything_is_that_ones(old: Store) -> None:
    def fill(connection: Connection) -> None:
        for user in ("UA", "UB"):
            connect(connection, user, "6100")
        connect(connection, "UC", "6200", team="T0OTHER")
        show(connection, "an agent's")
        put(connection, "rosters", team_id=TEAM, call_center="11", company="6100", version=1, seen_at=1, problem="")

    await old.database.write(fill)
    await old.database.write(migrate.upgrade)

    assert await companies(old, "cards") == {"an agent's": "6100"}
    assert await companies(old, "rosters", "call_center") == {"11": "6100"}
    await old.aclose()


async def test_what_dialpad_named_no_company_for_is_its_owners_alone(old: Store) -> None:
    def fill(connection: Connection) -> None:
        connect(connection, "UA", None)
        subscribe(connection, "w1", "UA", LINES)
        show(connection, "c1", "w1")
        put(
            connection, "hooks", id="h1", team_id=TEAM, user_id="UA", company="", kind="webhook", reach="person",
            subscriptions={}, created_at=1, heard_at=1,
        )  # fmt: skip
        put(
            connection,
            "rosters",
            team_id=TEAM,
            call_center="11",
            company="",
            version=0,
            seen_at=1,
            due_at=1,
            problem="",
        )
        for user in ("UA", "U-gone"):
            put(
                connection, "audit", at=1, team_id=TEAM, user_id=user, action="", route="a.b", outcome="done",
                origin="typed", reference="",
            )  # fmt: skip

    await old.database.write(fill)
    await old.database.write(migrate.upgrade)

    for name in ("watches", "cards", "hooks"):
        assert set((await companies(old, name)).values()) == {"person:UA"}, name
    assert await companies(old, "rosters", "call_center") == {"11": "person:UA"}
    assert await companies(old, "audit", "user_id") == {"UA": "person:UA", "U-gone": "person:U-gone"}
    await old.aclose()


async def test_a_roster_that_was_sealed_before_is_still_read_also_with_new_keys(database_url: str) -> None:
    first, second = generate_key(), generate_key()
    store = await Store.open(database_url, parse_keys(f"{second},{first}"))
    known = Roster("11", "Support", store.now(), ())
    sealed = parse_keys(first).seal_json(to_json(known), row_name("rosters", TEAM, "11"))

    def fill(connection: Connection) -> None:
        migrate.upgrade(connection, "0007")
        connect(connection, "UA", "6100")
        roster = {"call_center": "11", "company": "6100", "version": 1, "seen_at": 1, "problem": ""}
        put(connection, "rosters", team_id=TEAM, sealed=sealed, **roster)
        connection.execute(table("links").delete())
        migrate.upgrade(connection)

    await store.database.write(fill)
    for _ in range(2):
        assert [one.name for one in await store.rosters.of_company(CompanyKey(TEAM, "6100"))] == ["Support"]
        await store.rotate()
    await store.aclose()


async def test_what_waited_for_somebodys_word_is_of_the_company_it_was_about(database_url: str, keys: Keyring) -> None:
    store = await Store.open(database_url, keys)
    before = Subscription("w1", PersonKey(TEAM, "UA"), "C1", company_id="6100")

    def fill(connection: Connection) -> None:
        migrate.upgrade(connection, "0014")
        connect(connection, "UA", "6100")
        connect(connection, "UB", "6200")
        for name, company, gone in (("c1", "6100", True), ("c2", "", False)):
            rule = {**stored.to_json(before), "paused": False, "company": company}
            put(
                connection, "subscription_changes", id=name, team_id=TEAM, user_id="UA", changed_by="UB",
                subscription_id="w1", channel="C1", before=rule, after=None if gone else rule, at=1,
            )  # fmt: skip
        for name, asked in (("r1", ["UA", "U-gone"]), ("r2", ["UA", "UB"]), ("r3", ["U-gone"])):
            put(
                connection, "connection_requests", id=name, team_id=TEAM, user_id="UX", asked=asked, sealed=b"x",
                expires_at=1,
            )  # fmt: skip
        put(connection, "inbox", key="k1", kind="command", received_at=5, holder="p1", touched_at=7, tries=1)
        migrate.upgrade(connection)

    await store.database.write(fill)

    assert await companies(store, "subscription_changes") == {"c1": "6100", "c2": "person:UA"}
    assert await companies(store, "connection_requests") == {"r1": "6100", "r2": "person:UX", "r3": "person:UX"}
    asked = await store.connection_requests.asked("r1", PersonKey(TEAM, "UA"))
    assert asked == Asked(CompanyKey(TEAM, "6100"), as_admin=False)
    changed = await store.subscription_changes.get(CompanyKey(TEAM, "6100"), "c1")
    assert changed is not None
    assert changed.before == before

    await store.database.write(lambda connection: migrate.downgrade(connection, "0014"))
    await store.database.write(migrate.upgrade)
    assert await companies(store, "subscription_changes") == {"c1": "6100", "c2": "person:UA"}
    await store.aclose()


async def test_going_back_keeps_one_of_two_rows_of_a_name(old: Store) -> None:
    await old.database.write(migrate.upgrade)

    def fill(connection: Connection) -> None:
        for company in ("6100", "6200"):
            put(connection, "card_names", team_id=TEAM, company=company, name="call:1", card_id=company)

    await old.database.write(fill)
    await old.database.write(lambda connection: migrate.downgrade(connection, "0007"))
    await old.database.write(migrate.upgrade)

    assert list(await companies(old, "card_names", "card_id")) == ["6100"]
    await old.aclose()
