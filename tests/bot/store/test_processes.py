"""Who is alive on one database, and what each process holds alone."""

import asyncio

from bot.activity.registers import fragment
from bot.basics.company import CompanyKey
from bot.store.keys import Keyring
from bot.store.postings import NewPosting
from bot.store.processes import ALIVE_FOR
from bot.store.store import Store
from tests.bot.store.clock import Clock
from tests.bot.two_replicas import Replica
from tests.counting import counting

LEADING = "leading"
COMPANY = CompanyKey("T1", "61")


async def test_one_leads_until_it_is_dead(pair: tuple[Replica, Replica]) -> None:
    one, other = pair
    assert (await one.processes.roll(LEADING)).leads
    assert not (await other.processes.roll(LEADING)).leads

    await one.fall_silent(ALIVE_FOR.total_seconds() - 1)
    assert not (await other.processes.roll(LEADING)).leads

    await one.fall_silent(2)
    roll = await other.processes.roll(LEADING)
    assert roll.leads
    assert roll.silent == {one.id}
    assert not roll.left


async def test_who_leaves_frees_everything_at_once(pair: tuple[Replica, Replica]) -> None:
    one, other = pair
    assert await one.processes.take("hook:1")
    assert not await other.processes.take("hook:1")

    await one.processes.leave()

    assert await other.processes.take("hook:1")
    assert (await other.processes.roll(LEADING)).left == {one.id}
    await other.processes.forget({one.id})
    assert (await other.processes.roll(LEADING)).left == frozenset()


async def test_what_a_silent_one_held_is_no_longer_its_own_when_it_comes_back(pair: tuple[Replica, Replica]) -> None:
    one, other = pair
    assert await one.processes.take("hook:1")
    await one.fall_silent(60)
    assert await other.processes.take("hook:1")

    await one.processes.beat()

    assert not await one.processes.take("hook:1")
    assert await one.processes.held() == frozenset()
    assert (await other.processes.roll(LEADING)).living == {one.id, other.id}


async def test_while_nothing_changes_a_look_is_one_statement(pair: tuple[Replica, Replica]) -> None:
    one, other = pair
    await one.processes.roll(LEADING)
    for process in (one, other):
        with counting() as counted:
            await process.processes.roll(LEADING)
        assert len(counted.statements) == 1


async def test_of_twenty_who_want_a_lease_at_once_one_gets_it(pair: tuple[Replica, Replica]) -> None:
    one, other = pair
    held = await asyncio.gather(*(who.processes.take(f"hook:{number}") for number in range(10) for who in (one, other)))
    assert held.count(True) == 10


async def test_who_waits_for_a_lease_gets_it_when_it_is_let_go(pair: tuple[Replica, Replica]) -> None:
    one, other = pair
    order: list[str] = []

    async def second() -> None:
        async with other.processes.holding("hooks"):
            order.append("second")

    async with one.processes.holding("hooks"):
        waiting = asyncio.create_task(second())
        order.append("first")
    await waiting
    assert order == ["first", "second"]


async def test_on_sqlite_whoever_joins_is_alone(sqlite_store: Store, keys: Keyring, clock: Clock) -> None:
    await sqlite_store.processes.join()
    assert await sqlite_store.processes.take("hook:1")

    again = await Store.open(sqlite_store.database.url.render_as_string(), keys, clock)
    await again.processes.join()
    roll = await again.processes.roll(LEADING)
    assert roll.leads
    assert roll.living == {again.processes.id}
    assert not roll.silent
    assert await again.processes.take("hook:1")
    await again.aclose()


# What is being posted


async def posted_somewhere(replica: Replica, card: str = "a") -> str:
    """A card that is due in a channel; the posting's id."""
    store = replica.store
    name = await store.cards.absorb(
        COMPANY, "call", [card], fragment(0, 0, {"a": card}), lambda *_: [NewPosting("C1", "S1")]
    )
    (posting,) = await store.postings.of_card(COMPANY, name)
    return posting.id


async def test_a_message_that_takes_long_is_left_to_the_process_that_sends_it(pair: tuple[Replica, Replica]) -> None:
    one, other = pair
    name = await posted_somewhere(one)

    assert await one.store.postings.attempt([name], None)
    assert not await other.store.postings.attempt([name], None)
    assert not await other.store.postings.take_interrupted([name])
    assert await other.store.postings.due("T1", "C1", other.store.now()) == []
    assert await other.store.postings.due_places(other.store.now()) == []

    await one.fall_silent(60)
    (found,) = await other.store.postings.due("T1", "C1", other.store.now())
    assert found.attempted_at is not None  # so it is looked for before it is sent again
    assert await other.store.postings.take_interrupted([name])


async def test_only_all_of_several_are_taken(pair: tuple[Replica, Replica]) -> None:
    one, other = pair
    names = [await posted_somewhere(one, card) for card in ("a", "b")]
    assert await one.store.postings.attempt(names[:1], None)

    assert not await other.store.postings.attempt(names, names[0])
    assert await other.store.postings.attempt(names[1:], None)
