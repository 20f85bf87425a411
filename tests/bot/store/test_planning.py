"""What a query costs does not depend on how many rows its company has."""

from datetime import UTC, datetime
from typing import Any, Final, cast

import pytest
from sqlalchemy import Connection, Integer, Table, event, insert, or_, select, text
from sqlalchemy.dialects import sqlite

from bot.activity.histories import CallFact, Told
from bot.activity.registers import State, fragment, to_json
from bot.basics.company import CompanyKey
from bot.store.absorbing import CardPart
from bot.store.card_rows import StoredCard, cards
from bot.store.keys import row_name
from bot.store.planning import fix_plans
from bot.store.postings import NewPosting
from bot.store.schema import MomentColumn, company_values, within
from bot.store.sqlite import SqliteDatabase
from bot.store.store import Store
from bot.store.table_rules import all_tables
from tests.bot.two_replicas import Replica


def columns_of_indexes(table: Table) -> list[list[str]]:
    """The names of each index's columns, but of those that hold only some rows."""
    whole = [one for one in table.indexes if one.dialect_options["sqlite"]["where"] is None]
    return [[column.name for column in table.primary_key], *(one.columns.keys() for one in whole)]


OURS: Final = CompanyKey("T0NORTHLT", "6100")
CUSTOMER: Final = "+14155550150"
NOON: Final = datetime(2026, 3, 10, 12, tzinfo=UTC)
STEPS: Final = 10
COMPANYS: Final = [table for table in all_tables() if {"team_id", "company"} <= set(table.c.keys())]
FIRST: Final = [
    pytest.param(table, name, id=f"{table.name}.{name}")
    for table in COMPANYS
    for name in sorted({names[0] for names in columns_of_indexes(table)} - {"team_id", "company", "list_id"})
    if not isinstance(table.c[name].type, MomentColumn)
]
"""Columns by which some of a company's rows can be found, in every table."""
BY_COMPANY: Final = [
    pytest.param(table, id=table.name)
    for table in COMPANYS
    if ["team_id", "company"] in [names[:2] for names in columns_of_indexes(table)]
]


def plan_of(connection: Connection, statement: Any) -> str:
    asked = statement.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    return "; ".join(row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}"))


@pytest.mark.parametrize(("table", "name"), FIRST)
async def test_rows_that_are_named_are_found_by_their_names(sqlite_store: Store, table: Table, name: str) -> None:
    names = range(100) if isinstance(table.c[name].type, Integer) else [f"n{number}" for number in range(100)]
    named = table.c[name].in_(names)
    asked = select(table).where(within(table, OURS), named)

    plan = await sqlite_store.database.read(lambda connection: plan_of(connection, asked))
    assert f"({name}=?" in plan or "(rowid=?" in plan
    assert "(team_id=? AND company=?)" not in plan


async def test_what_is_one_of_two_is_found_by_either(sqlite_store: Store) -> None:
    names = [f"n{number}" for number in range(100)]
    asked = select(cards).where(within(cards, OURS), or_(cards.c.id.in_(names), cards.c.about.in_(names)))

    plan = await sqlite_store.database.read(lambda connection: plan_of(connection, asked))
    assert "MULTI-INDEX OR" in plan


@pytest.mark.parametrize("table", BY_COMPANY)
async def test_all_of_a_company_is_found_by_the_company(sqlite_store: Store, table: Table) -> None:
    asked = select(table).where(within(table, OURS))
    plan = await sqlite_store.database.read(lambda connection: plan_of(connection, asked))
    assert "SCAN" not in plan


async def test_what_somebody_counted_is_put_right_when_the_bot_starts(sqlite_store: Store) -> None:
    def look(connection: Connection) -> set[Any]:
        return {tuple(row) for row in connection.execute(text("SELECT * FROM sqlite_stat1"))}

    was = await sqlite_store.database.read(look)
    await old_cards(sqlite_store, 0, 10)
    await sqlite_store.database.write(lambda connection: connection.execute(text("ANALYZE")))
    assert await sqlite_store.database.read(look) != was
    await sqlite_store.migrate()
    assert was <= await sqlite_store.database.read(look)


async def test_a_start_that_finds_everything_as_it_is_to_be_writes_nothing(sqlite_store: Store) -> None:
    def change(connection: Connection) -> int:
        was = connection.execute(text("SELECT total_changes()")).scalar_one()
        fix_plans(connection)
        return int(connection.execute(text("SELECT total_changes()")).scalar_one() - was)

    assert await sqlite_store.database.write(change) == 0


async def old_cards(store: Store, first: int, last: int) -> None:
    """So many calls of the company are over."""
    row = {**company_values(OURS), "kind": "call", "version": 1, "changed_at": store.now(), "customer": ""}
    rows = [
        {**row, "id": f"old{n}", "sealed": store.keys.seal_json(to_json(State({})), row_name(cards.name, f"old{n}"))}
        for n in range(first, last)
    ]
    await store.database.write(lambda connection: connection.execute(insert(cards), rows))


def tell(card: str, _: State, __: StoredCard | None) -> Told:
    return Told(CUSTOMER, CallFact(card, "callcenter:1", True, NOON, "missed", needs=True))


async def live_through(store: Store, call: str) -> None:
    """A call becomes known twice, and as two that are one; somebody asks about it, claims it, gives it back and is done
    with it."""
    channel = NewPosting("C1", "w1")
    for names in ([call], [f"{call} again"], [call, f"{call} again"]):
        part = CardPart("call", tuple(names), fragment(1, 0, {"a": len(names)}), lambda *_: [channel], telling=tell)
        await store.database.write(
            lambda connection, part=part: store.cards.absorbing.absorb(connection, OURS, [part])  # type: ignore[misc]  # mypy cannot infer the lambda
        )
    card = await store.cards.named(OURS, call)
    assert card is not None
    said = fragment(1, 0, {"a": 1})
    await store.cards.absorb(OURS, "ask", [f"ask {call}"], said, lambda *_: [channel], about=card.id)
    await store.cards.claim(OURS, card.id, "U1")
    await store.cards.release(OURS, card.id, "U1")
    await store.cards.handle(OURS, card.id, "U1")


async def test_on_sqlite_a_call_takes_as_many_steps_with_20000_old_cards_as_with_500(sqlite_store: Store) -> None:
    database = cast(SqliteDatabase, sqlite_store.database)
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    for engine in (database._reading.engine, database._looking_up.engine, database._writing):
        event.listen(engine, "checkout", lambda connection, *_: connection.set_progress_handler(count, STEPS))
        engine.dispose()
    database._reading.close()
    database._looking_up.close()
    await live_through(sqlite_store, "first")
    taken = []
    for first, last in ((0, 500), (500, 20_000)):
        await old_cards(sqlite_store, first, last)
        steps = 0
        await live_through(sqlite_store, f"call {first}")
        taken.append(steps)

    assert 0 < taken[1] <= taken[0] * 1.1, taken


async def test_on_postgres_a_call_reads_none_of_the_old_cards(pair: tuple[Replica, Replica]) -> None:
    store = pair[0].store
    await old_cards(store, 0, 20_000)
    await store.database.write(lambda connection: connection.execute(text("ANALYZE cards")))
    read = text("SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'cards'")
    found: list[int] = []
    engine = store.database.engine.sync_engine
    event.listen(engine, "commit", lambda connection: found.append(connection.execute(read).scalar_one_or_none() or 0))
    await live_through(store, "call")

    assert found
    assert max(found) < 100
