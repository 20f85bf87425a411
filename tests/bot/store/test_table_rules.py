"""What every table declares about its rows, and that a new one needs its module and its migration and nothing else."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Column, Connection, LargeBinary, Table, Text, insert, select

from bot.basics.person import PersonKey
from bot.store.keys import KeyProblem, generate_key, parse_keys, row_name
from bot.store.schema import MomentColumn, metadata, person_columns
from bot.store.store import Store
from bot.store.table_rules import Forever, Goes, Otherwise, With, all_tables, older_than, rules, rules_of
from tests.bot.store.clock import Clock
from tests.bot.store.test_connections import LINK

every_table = pytest.mark.parametrize("table", all_tables(), ids=lambda table: table.name)
KEPT_FOR = timedelta(days=7)


@every_table
def test_a_table_says_how_long_its_rows_are_kept_or_what_ends_them_instead(table: Table) -> None:
    forget = rules_of(table).forget

    assert not isinstance(forget, Forever) or forget.why


@every_table
def test_a_table_says_what_happens_when_its_workspace_leaves(table: Table) -> None:
    leaves = rules_of(table).workspace

    assert isinstance(leaves, With | Otherwise) or "team_id" in table.c
    assert not isinstance(leaves, Otherwise) or leaves.what


@every_table
def test_a_table_of_persons_says_what_happens_when_they_leave_and_no_other_does(table: Table) -> None:
    leaves = rules_of(table).person

    assert (leaves is not None) == ("user_id" in table.c)
    assert not isinstance(leaves, Otherwise) or leaves.what


@every_table
def test_what_goes_with_another_row_names_columns_that_are_there(table: Table) -> None:
    for link in (rules_of(table).forget, rules_of(table).workspace):
        if isinstance(link, With):
            assert link.column in table.c
            assert link.its in metadata.tables[link.table].c
    leaves = rules_of(table).workspace
    assert not isinstance(leaves, With) or "team_id" in metadata.tables[leaves.table].c


@every_table
def test_bytes_are_sealed_and_change_their_key_with_all_others(table: Table) -> None:
    bytes_ = [column.name for column in table.c if isinstance(column.type, LargeBinary)]

    assert bytes_ in ([], ["sealed"])
    if rules_of(table).read_at_start or rules_of(table).wipe is not None:
        assert bytes_ == ["sealed"]


def test_a_table_that_declares_nothing_is_named() -> None:
    forgotten = Table("forgotten", metadata.__class__(), Column("id", Text, primary_key=True))

    with pytest.raises(LookupError, match="the table forgotten does not declare its rules"):
        rules_of(forgotten)


@pytest.fixture
async def notes(store: Store) -> AsyncIterator[Table]:
    """A table as a new module would declare it, and as its migration would make it."""
    table = Table(
        "notes_of_a_test",
        metadata,
        Column("id", Text, primary_key=True),
        *person_columns(),
        Column("sealed", LargeBinary, nullable=False),
        Column("written_at", MomentColumn, nullable=False),
        info=rules(forget=older_than("written_at", KEPT_FOR), person=Goes(), read_at_start=True),
    )
    try:
        await store.database.write(table.create)
        yield table
        await store.database.write(table.drop)  # a Postgres database goes on to the next test
    finally:
        metadata.remove(table)


async def write(store: Store, table: Table, name: str, person: PersonKey) -> None:
    """As the new table's query class would, which is made with ``store.context``."""
    context = store.context
    sealed = context.keys.seal(b"a note", row_name(table.name, name))
    values = {"id": name, "team_id": person.team_id, "user_id": person.user_id, "written_at": context.now()}
    await context.run(insert(table).values(sealed=sealed, **values))


async def rows(store: Store, table: Table) -> list[Any]:
    def query(connection: Connection) -> list[Any]:
        return list(connection.execute(select(table).order_by(table.c.id)))

    return await store.database.read(query)


async def test_rows_of_a_new_table_are_forgotten_in_time(
    store: Store, notes: Table, ana: PersonKey, clock: Clock
) -> None:
    await write(store, notes, "old", ana)
    clock.at += KEPT_FOR
    await write(store, notes, "new", ana)

    assert (await store.purge())[notes.name] == 1
    assert [row.id for row in await rows(store, notes)] == ["new"]


async def test_rows_of_a_new_table_go_with_their_person(
    store: Store, notes: Table, ana: PersonKey, sam: PersonKey
) -> None:
    await store.connections.save(ana, LINK)
    await write(store, notes, "ana's", ana)
    await write(store, notes, "sam's", sam)

    await store.departures.leave(ana)
    assert [row.id for row in await rows(store, notes)] == ["sam's"]


async def test_rows_of_a_new_table_go_with_their_workspace(store: Store, notes: Table, ana: PersonKey) -> None:
    await write(store, notes, "ana's", ana)
    await write(store, notes, "foreign", PersonKey("T0OTHER01", ana.user_id))

    await store.departures.forget_workspace(ana.team_id)
    assert [row.id for row in await rows(store, notes)] == ["foreign"]


async def test_rows_of_a_new_table_change_their_key_and_miss_a_lost_one(
    notes: Table, database_url: str, ana: PersonKey
) -> None:
    old, new = generate_key(), generate_key()
    before, both, after = [await Store.open(database_url, parse_keys(keys)) for keys in (old, f"{new},{old}", new)]
    await write(before, notes, "ana's", ana)

    with pytest.raises(KeyProblem, match="1 stored"):
        await after.check_keys()
    assert (await both.rotate()).resealed == 1
    await after.check_keys()
    (row,) = await rows(after, notes)
    assert after.keys.open(row.sealed, row_name(notes.name, "ana's")) == b"a note"
    for store in (before, both, after):
        await store.aclose()
