"""What a look at what is due costs does not depend on how many cards were shown, and no change is lost in it."""

import asyncio
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import Connection, event, insert, text, update

from bot.store.card_rows import cards
from bot.store.postings import NewPosting, postings
from bot.store.sqlite import SqliteDatabase
from bot.store.store import Store
from tests.bot.store.test_cards import COMPANY, absorb, part
from tests.bot.two_replicas import Replica

DUE = 5
STEPS = 10


async def shown_before(store: Store, first: int, last: int) -> None:
    """So many cards of a channel are in Slack, and nothing is due."""
    now = store.now()
    row = {
        "team_id": COMPANY.team_id, "company": COMPANY.company, "channel": "C1", "subscription_id": "w1",
        "place": "C1", "shown": 1, "tries": 0, "doubtful": False, "step": 0, "created_at": now - timedelta(days=9),
    }  # fmt: skip
    rows = [{**row, "id": f"p{n}", "card_id": f"c{n}", "ts": f"{n}.0"} for n in range(first, last)]
    await store.database.write(lambda connection: connection.execute(insert(postings), rows))


async def look(store: Store) -> None:
    now = store.now() + timedelta(seconds=10)
    assert sum(one.fresh for one in await store.postings.due_places(now)) == DUE
    assert len(await store.postings.due(COMPANY.team_id, "C1", now)) == DUE
    await store.postings.next_due(now)


async def make_due(store: Store) -> None:
    for number in range(DUE):
        await absorb(store, [f"call:{number}"], part(1, a=1), NewPosting("C1", "w1"))


async def test_on_sqlite_a_look_takes_as_many_steps_with_50000_old_cards_as_with_500(sqlite_store: Store) -> None:
    database = cast(SqliteDatabase, sqlite_store.database)
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += STEPS
        return 0

    event.listen(
        database._reading.engine, "checkout", lambda connection, *_: connection.set_progress_handler(count, STEPS)
    )
    database._reading.close()
    await make_due(sqlite_store)
    taken = []
    for first, last in ((0, 500), (500, 50_000)):
        await shown_before(sqlite_store, first, last)
        steps = 0
        await look(sqlite_store)
        taken.append(steps)

    assert taken[1] <= taken[0] * 1.1 + STEPS


async def test_on_postgres_a_look_reads_only_what_is_due(pair: tuple[Replica, Replica]) -> None:
    store = pair[0].store
    await make_due(store)
    await shown_before(store, 0, 20_000)
    asked: list[tuple[str, Any]] = []
    engine = store.database.engine.sync_engine
    event.listen(
        engine, "before_cursor_execute", lambda _c, _u, statement, values, *_: asked.append((statement, values))
    )
    await store.database.write(lambda connection: connection.execute(text("ANALYZE postings")))
    asked.clear()
    await look(store)

    def explain(connection: Connection) -> list[Any]:
        plans = []
        for statement, values in list(asked):
            found = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", values)
            plans.append(found.scalar_one()[0]["Plan"])
        return plans

    read = [rows_read(plan) for plan in await store.database.read(explain)]
    assert len(read) == 4
    assert max(read) <= 10 * DUE


def rows_read(plan: dict[str, Any]) -> int:
    """How many rows of postings a plan looked at, in index or table."""
    own = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0) if plan.get("Relation Name") == "postings" else 0
    return int(own) + sum(rows_read(one) for one in plan.get("Plans", ()))


async def test_a_change_that_is_written_while_a_message_is_noted_stays_due(pair: tuple[Replica, Replica]) -> None:
    store, other = pair[0].store, pair[1].store
    card = await absorb(store, ["call:1"], part(1, a=1), NewPosting("C1", "w1"))
    (posting,) = await store.postings.of_card(COMPANY, card)
    assert await store.postings.attempt([posting.id], None)
    found = await store.cards.get(COMPANY, card)
    assert found is not None

    async with other.database.engine.begin() as changing:
        await changing.execute(update(cards).where(cards.c.id == card).values(version=found.version + 1))
        noting = asyncio.create_task(
            store.postings.posted([posting.id], place="C1", ts="1.0", versions={posting.id: found.version}, looks=None)
        )
        while not noting.done() and not await _somebody_waits(other):  # noqa: ASYNC110  the database tells nobody
            await asyncio.sleep(0)
    await noting

    assert len(await store.postings.due(COMPANY.team_id, "C1", store.now())) == 1


async def _somebody_waits(store: Store) -> bool:
    asked = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    return bool(await store.database.read(lambda connection: connection.execute(asked).scalar_one()))


async def test_what_arrives_together_is_noted_in_few_transactions(sqlite_store: Store) -> None:
    names = []
    for number in range(30):
        card = await absorb(sqlite_store, [f"call:{number}"], part(1, a=1), NewPosting(f"C{number}", "w1"))
        names += [one.id for one in await sqlite_store.postings.of_card(COMPANY, card)]
    commits = 0

    def count(_connection: Connection) -> None:
        nonlocal commits
        commits += 1

    event.listen(cast(SqliteDatabase, sqlite_store.database)._writing, "commit", count)
    await asyncio.gather(
        *(
            sqlite_store.postings.posted([name], place="C1", ts=f"{number}.0", versions={name: 1}, looks=None)
            for number, name in enumerate(names)
        )
    )

    assert commits <= 2
    assert not any(await sqlite_store.postings.next_due())
