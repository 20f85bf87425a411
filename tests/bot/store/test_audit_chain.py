"""The chain of the audit: an entry that was changed, taken out or put in is found and named."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, Update, delete, insert, select, update

from bot.basics.person import PersonKey
from bot.store.audit_chain import ChainReport, audit, audit_chains, check_chains
from bot.store.schema import Everywhere, everywhere
from bot.store.store import Store
from bot.store.table_rules import Retention
from tests.bot.store.clock import Clock

ANA, SAM = PersonKey("T0NORTHLT", "U0ANA0001"), PersonKey("T0NORTHLT", "U0SAM0002")
GUS = PersonKey("T0OTHER01", "U0GUS0007")


async def write(store: Store, person: PersonKey, *routes: str) -> None:
    for route in routes:
        await store.audit.record(person, route=route, outcome="done", origin="typed")


async def chain(store: Store) -> int:
    total = 0
    while count := await store.audit.chain():
        total += count
    return total


async def report(store: Store) -> ChainReport:
    return await store.database.read(check_chains)


async def test_entries_are_chained_by_workspace_and_verified(store: Store) -> None:
    await write(store, ANA, "dnd.dnd", "sms.send")
    await write(store, GUS, "duty.duty")
    assert (await report(store)).waiting == 3
    assert await chain(store) == 3
    found = await report(store)
    assert (found.chained, found.waiting, found.problems) == (3, 0, [])
    assert [end.partition(":")[0] for end in found.ends] == ["T0NORTHLT 2", "T0OTHER01 1"]
    await write(store, SAM, "block.now")
    assert await chain(store) == 1
    assert (await report(store)).problems == []


def change(no: int, **values: str) -> Update:
    return everywhere(update(audit).where(audit.c.chain_no == no).values(**values), Everywhere.OPERATOR)


SPOILED: dict[str, tuple[Callable[[Connection], object], str]] = {
    "changed": (
        lambda held: held.execute(change(2, outcome="failed")),
        "link 2 of T0NORTHLT was changed",
    ),
    "whose it is changed": (
        lambda held: held.execute(change(3, user_id="U0X")),
        "link 3 of T0NORTHLT was changed",
    ),
    "lost in the middle": (
        lambda held: held.execute(everywhere(delete(audit).where(audit.c.chain_no.in_([2, 3])), Everywhere.OPERATOR)),
        "links 2 to 3 of T0NORTHLT are missing before",
    ),
    "lost at the beginning": (
        lambda held: held.execute(everywhere(delete(audit).where(audit.c.chain_no == 1), Everywhere.OPERATOR)),
        "link 1 of T0NORTHLT is missing before",
    ),
    "lost at the end": (
        lambda held: held.execute(everywhere(delete(audit).where(audit.c.chain_no == 5), Everywhere.OPERATOR)),
        "link 5 of T0NORTHLT is missing at the end",
    ),
    "all lost": (
        lambda held: held.execute(everywhere(delete(audit), Everywhere.OPERATOR)),
        "links 1 to 5 of T0NORTHLT are missing at the end",
    ),
    "added": (
        lambda held: held.execute(insert(audit).from_select(
            [one.name for one in audit.c if one.name != "id"],
            everywhere(
                select(*((audit.c.chain_no + 1).label("n") if one.name == "chain_no" else one
                         for one in audit.c if one.name != "id")).where(audit.c.chain_no == 5),
                Everywhere.OPERATOR,
            ),
        )),
        "link 6 of T0NORTHLT was added",
    ),
    "the ends lost": (
        lambda held: held.execute(delete(audit_chains)),
        "the ends of the chain of T0NORTHLT are missing",
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", SPOILED)
async def test_what_was_done_to_the_chain_is_named(store: Store, how: str) -> None:
    await write(store, ANA, "a.a", "b.b", "c.c", "d.d", "e.e")
    await chain(store)
    spoil, said = SPOILED[how]
    await store.database.write(spoil)
    problems = (await report(store)).problems
    assert problems
    assert said in problems[0]


async def test_two_processes_that_chain_at_once_make_one_chain(store: Store) -> None:
    await asyncio.gather(*(write(store, person, *["a.a"] * 20) for person in (ANA, SAM, ANA, SAM)))
    await asyncio.gather(*(chain(store) for _ in range(4)))
    found = await report(store)
    assert (found.chained, found.waiting, found.problems) == (80, 0, [])


async def test_what_is_old_is_deleted_and_the_rest_still_verifies(store: Store, clock: Clock) -> None:
    await write(store, ANA, "a.a", "b.b")
    clock.pass_(days=100)
    await write(store, ANA, "c.c")
    await chain(store)
    clock.pass_(days=90)
    gone = await replace(store, retention=Retention(audit=timedelta(days=180))).purge()
    assert gone["audit"] == 2
    found = await report(store)
    assert (found.chained, found.problems) == (1, [])
    await write(store, ANA, "d.d")
    await chain(store)
    assert (await report(store)).problems == []


async def test_an_older_one_behind_a_younger_one_waits_for_it(store: Store, clock: Clock) -> None:
    old = store.audit.build_line(ANA, route="late.late", outcome="done", origin="typed")
    clock.pass_(days=2)
    await write(store, ANA, "a.a")
    await store.audit.write([old])
    await chain(store)
    clock.pass_(days=179)
    assert (await store.purge())["audit"] == 0
    clock.pass_(days=2)
    assert (await store.purge())["audit"] == 2
    assert (await report(store)).problems == []


async def test_an_entry_that_is_not_chained_yet_is_not_deleted(store: Store, clock: Clock) -> None:
    await write(store, ANA, "a.a")
    clock.pass_(days=200)
    assert (await store.purge())["audit"] == 0
    await chain(store)
    assert (await store.purge())["audit"] == 1


async def test_a_workspace_that_leaves_takes_its_chain_along(store: Store) -> None:
    await write(store, ANA, "a.a")
    await write(store, GUS, "b.b")
    await chain(store)
    await store.departures.forget_workspace("T0NORTHLT")
    found = await report(store)
    assert (found.chained, found.problems) == (1, [])
