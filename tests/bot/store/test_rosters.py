from dataclasses import replace

from bot.activity.roster import Agent, Roster
from bot.basics.company import CompanyKey
from bot.store.rosters import FollowedRoster
from bot.store.store import Store
from tests.bot.store.clock import Clock

COMPANY = CompanyKey("T0NORTHLT", "6100")
ANA = Agent("101", "Ana Ferreira", "ana@x.example", on_duty=True)


def roster(clock: Clock, *agents: Agent, call_center: str = "11") -> Roster:
    return Roster(call_center, "Support", clock(), agents)


async def the_due(store: Store) -> FollowedRoster:
    (found,) = await store.rosters.due()
    return found


async def test_the_last_copy_is_kept_sealed(store: Store, clock: Clock) -> None:
    for agents in ((), (ANA,)):
        await store.rosters.note(COMPANY, roster(clock, *agents))
    assert await store.rosters.get(COMPANY, "11") == roster(clock, ANA)
    assert await store.rosters.of_company(COMPANY) == [roster(clock, ANA)]


async def test_another_company_or_workspace_sees_nothing_of_it(store: Store, clock: Clock) -> None:
    await store.rosters.note(COMPANY, roster(clock, ANA))
    assert await store.rosters.get(CompanyKey("T0NORTHLT", "7000"), "11") is None
    assert await store.rosters.of_company(CompanyKey("T0NORTHLT", "7000")) == []
    assert await store.rosters.of_company(CompanyKey("T0OTHER", "6100")) == []


async def test_what_is_followed_is_due_at_once_and_again_after_each_look(store: Store, clock: Clock) -> None:
    await store.rosters.follow(COMPANY, ["11"])
    first = await the_due(store)
    assert (first.known, first.version) == (None, 0)

    assert await store.rosters.looked(first, roster(clock, ANA), changed=True, next_s=120)
    assert await store.rosters.due() == []
    clock.pass_(seconds=121)
    assert ((again := await the_due(store)).version, again.known and again.known.agents) == (1, (ANA,))


async def test_of_two_processes_that_look_at_once_one_keeps_what_it_found(store: Store, clock: Clock) -> None:
    await store.rosters.follow(COMPANY, ["11"])
    seen = await the_due(store)
    assert await store.rosters.looked(seen, roster(clock, ANA), changed=True, next_s=120)
    assert not await store.rosters.looked(seen, roster(clock), changed=True, next_s=120)


async def test_a_question_in_between_hurries_the_look_and_leaves_the_copy_to_it(store: Store, clock: Clock) -> None:
    await store.rosters.follow(COMPANY, ["11"])
    await store.rosters.looked(await the_due(store), roster(clock, ANA), changed=True, next_s=120)

    await store.rosters.note(COMPANY, roster(clock, ANA))
    assert await store.rosters.due() == []
    await store.rosters.note(COMPANY, roster(clock, replace(ANA, on_duty=False)))
    assert (await the_due(store)).known == roster(clock, ANA)


async def hurry(store: Store) -> None:
    await store.database.write(lambda connection: store.rosters.hurry(connection, COMPANY, ["11", "12"], 15))


async def test_news_hurry_only_what_is_followed_and_never_delay(store: Store, clock: Clock) -> None:
    await store.rosters.note(COMPANY, roster(clock, call_center="12"))
    await store.rosters.follow(COMPANY, ["11"])
    await hurry(store)
    await store.rosters.looked(await the_due(store), roster(clock, ANA), changed=False, next_s=120)

    await hurry(store)
    clock.pass_(seconds=10)
    await hurry(store)
    clock.pass_(seconds=6)
    assert [one.call_center for one in await store.rosters.due()] == ["11"]


async def test_a_look_waits_until_changes_have_settled_and_not_for_ever(store: Store, clock: Clock) -> None:
    await store.rosters.follow(COMPANY, ["11"])
    await store.rosters.looked(await the_due(store), roster(clock, ANA), changed=False, next_s=120)
    waited = 0
    while not await store.rosters.due():
        await store.database.write(lambda connection: store.rosters.hurry(connection, COMPANY, ["11"], 10, 30))
        clock.pass_(seconds=5)
        waited += 5
    assert waited == 30

    await store.rosters.looked(await the_due(store), roster(clock, ANA), changed=False, next_s=120)
    await store.database.write(lambda connection: store.rosters.hurry(connection, COMPANY, ["11"], 10, 30))
    clock.pass_(seconds=10)
    assert await store.rosters.due()


async def test_what_nobody_follows_any_more_is_looked_at_no_more_and_forgotten_in_the_end(
    store: Store, clock: Clock
) -> None:
    await store.rosters.follow(COMPANY, ["11"])
    await store.rosters.look_later(await the_due(store), None)
    clock.pass_(days=31)
    assert await store.rosters.due() == []
    assert (await store.purge())["rosters"] == 1


async def test_a_problem_is_news_once_until_it_has_worked_again(store: Store, clock: Clock) -> None:
    await store.rosters.follow(COMPANY, ["11"])
    seen = await the_due(store)
    told = [await store.rosters.note_problem(seen, code) for code in ("paid_teams_only", "paid_teams_only", "", "x")]
    assert told == [True, False, True, True]
