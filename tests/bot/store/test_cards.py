import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import Connection, Table
from sqlalchemy.sql.elements import ColumnElement

from bot.activity.registers import State, fragment, value
from bot.activity.subscriptions.filters import LongerFilter
from bot.activity.subscriptions.subscription import Subscription
from bot.basics.company import CompanyKey
from bot.basics.person import PersonKey
from bot.store import purge
from bot.store.absorbing import Absorbing, CardPart
from bot.store.card_rows import StoredCard, cards
from bot.store.keys import Keyring, generate_key, parse_keys
from bot.store.postings import DuePlace, NewPosting, Posting
from bot.store.store import Store
from bot.store.table_rules import Retention
from tests.bot.store.clock import Clock

TEAM = "T0NORTHLT"
COMPANY = CompanyKey(TEAM, "6100")
HERE = NewPosting("C1", "w1")


def part(at: int, **said: object) -> State:
    return fragment(at, 0, said)


async def absorb(store: Store, names: list[str], state: State, *wanted: NewPosting) -> str:
    return await store.cards.absorb(COMPANY, "call", names, state, lambda *_: wanted)


async def card_of(store: Store, name: str) -> StoredCard:
    found = await store.cards.named(COMPANY, name)
    assert found is not None
    return found


async def posting_of(store: Store, card: str) -> Posting:
    (found,) = await store.postings.of_card(COMPANY, card)
    return found


async def post(store: Store, posting: Posting, version: int = 1) -> None:
    await store.postings.attempt([posting.id], None)
    await store.postings.posted([posting.id], place="C1", ts="1.0", versions={posting.id: version}, looks="x")


async def test_what_is_said_of_one_name_is_one_card(store: Store) -> None:
    first = await absorb(store, ["call:1"], part(1, a=1))
    second = await absorb(store, ["call:1", "call:2"], part(2, a=2, b=3))

    assert first == second
    card = await card_of(store, "call:2")
    assert (value(card.state, "a"), value(card.state, "b"), card.version) == (2, 3, 2)


@pytest.mark.parametrize(
    "name",
    ["call:1\x00", "call:\ud83d", "call:" + "".join(map(str, range(4_000)))],
    ids=["zero byte", "half a character", "long"],
)
async def test_a_name_that_no_database_takes_is_a_name(store: Store, name: str) -> None:
    assert await absorb(store, [name], part(1, a=1)) == await absorb(store, [name], part(2, a=2))
    assert (await card_of(store, name)).version == 2


async def test_the_newest_come_first_however_many_changed_at_once(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.cards._AT_ONCE", 2)
    since = store.now()
    made = []
    for number in range(7):
        if number % 3 == 0:
            clock.pass_(seconds=60)
        made.append(await absorb(store, [f"call:{number}"], part(1, a=number)))
    other = CompanyKey(TEAM, "6200")
    await store.cards.absorb(other, "call", ["call:0"], part(1, a=1), lambda *_: [])
    found = [one async for one in store.cards.newest(COMPANY, "call", since)]
    assert {one.card.id for one in found} == set(made)
    assert [one.at for one in found] == sorted((one.at for one in found), reverse=True)
    late = [one async for one in store.cards.newest(COMPANY, "call", found[0].at)]
    assert [one.card.id for one in late] == made[-1:]


async def test_a_repeat_changes_nothing(store: Store) -> None:
    for _ in range(3):
        await absorb(store, ["call:1"], part(1, a=1), HERE)

    card = await card_of(store, "call:1")
    assert card.version == 1
    assert len(await store.postings.of_card(COMPANY, card.id)) == 1


async def test_processes_that_meet_the_same_call_make_one_card(store: Store) -> None:
    found = await asyncio.gather(
        *(absorb(store, ["call:1", f"call:{n}"], part(n, **{f"x{n}": n}), HERE) for n in range(1, 9))
    )

    assert len(set(found)) == 1
    card = await card_of(store, "call:8")
    assert sorted(card.state) == [f"x{n}" for n in range(1, 9)]
    assert len(await store.postings.of_card(COMPANY, card.id)) == 1


async def test_two_cards_that_are_one_are_joined_with_their_claim(store: Store) -> None:
    await absorb(store, ["call:1"], part(1, a=1), HERE)
    two = await absorb(store, ["call:2"], part(1, b=2), NewPosting("C2", "w2"))
    await store.cards.claim(COMPANY, two, "U1")

    joined = await absorb(store, ["call:1", "call:2"], part(2, c=3))

    card = await card_of(store, "call:1")
    assert card.id == joined == (await card_of(store, "call:2")).id
    assert sorted(card.state) == ["a", "b", "c"]
    assert card.claimed_by == "U1"
    assert {each.channel for each in await store.postings.of_card(COMPANY, joined)} == {"C1", "C2"}


async def test_a_claim_is_exclusive_however_many_come_at_once(store: Store) -> None:
    card = await absorb(store, ["call:1"], part(1, a=1))

    found = await asyncio.gather(*(store.cards.claim(COMPANY, card, f"U{n}") for n in range(8)))

    assert len({one.claimed_by for one in found if one}) == 1


async def test_only_the_claimer_gives_back_and_nobody_claims_what_is_handled(store: Store) -> None:
    card = await absorb(store, ["call:1"], part(1, a=1))
    await store.cards.claim(COMPANY, card, "U1")
    refused = await store.cards.release(COMPANY, card, "U2")
    assert refused is not None
    assert refused.claimed_by == "U1"
    await store.cards.release(COMPANY, card, "U1")
    await store.cards.handle(COMPANY, card, "U2")
    after = await store.cards.claim(COMPANY, card, "U1")

    assert after is not None
    assert (after.claimed_by, after.handled_by) == (None, "U2")


async def test_a_claim_that_is_taken_back_late_leaves_a_newer_one_of_the_same_person(
    store: Store, clock: Clock
) -> None:
    card = await absorb(store, ["call:1"], part(1, a=1))
    old = await store.cards.claim(COMPANY, card, "U1")
    assert old is not None
    await store.cards.release(COMPANY, card, "U1")
    clock.pass_(minutes=1)
    await store.cards.claim(COMPANY, card, "U1")
    after = await store.cards.release(COMPANY, card, "U1", claimed_at=old.claimed_at)

    assert after is not None
    assert after.claimed_by == "U1"


async def test_what_is_held_for_the_same_moment_is_due_together(store: Store, clock: Clock) -> None:
    until = clock() + timedelta(hours=1)
    for number in (1, 2):
        await absorb(store, [f"call:{number}"], part(1, a=number), NewPosting("C1", "w1", wait_s=4, not_before=until))
        clock.pass_(seconds=1.7)

    assert (await store.postings.next_due()).posting == until
    assert await store.postings.due(TEAM, "C1", until - timedelta(microseconds=1)) == []
    assert len(await store.postings.due(TEAM, "C1", until)) == 2


async def test_what_is_wanted_is_due_and_what_is_posted_is_not(store: Store, clock: Clock) -> None:
    card = await absorb(store, ["call:1"], part(1, a=1), HERE)
    assert await store.postings.due_places(clock()) == [DuePlace(TEAM, "C1", fresh=1)]
    await post(store, await posting_of(store, card))

    assert await store.postings.due_places(clock()) == []
    assert not any(await store.postings.next_due())
    found = await store.cards.at(COMPANY, "C1", "1.0")
    assert found is not None
    assert found.id == card


async def test_a_change_makes_it_due_again(store: Store, clock: Clock) -> None:
    card = await absorb(store, ["call:1"], part(1, a=1), HERE)
    await post(store, await posting_of(store, card))
    await absorb(store, ["call:1"], part(2, a=2))

    assert [one.ts for one in await store.postings.due(TEAM, "C1", clock())] == ["1.0"]


async def test_a_change_while_it_was_on_its_way_keeps_it_due(store: Store, clock: Clock) -> None:
    card = await absorb(store, ["call:1"], part(1, a=1), HERE)
    posting = await posting_of(store, card)
    await store.postings.attempt([posting.id], None)
    await absorb(store, ["call:1"], part(2, a=2))
    await store.postings.posted([posting.id], place="C1", ts="1.0", versions={posting.id: 1}, looks="x")

    assert len(await store.postings.due(TEAM, "C1", clock())) == 1


async def test_what_may_have_been_posted_is_never_made_due_again(store: Store, clock: Clock) -> None:
    card = await absorb(store, ["call:1"], part(1, a=1), HERE)
    await store.postings.set_aside([(await posting_of(store, card)).id], doubtful=True)
    await absorb(store, ["call:1"], part(2, a=2), HERE)
    await store.cards.claim(COMPANY, card, "U1")

    assert await store.postings.due(TEAM, "C1", clock()) == []


async def test_a_step_is_taken_by_one(store: Store, clock: Clock) -> None:
    card = await absorb(store, ["call:1"], part(1, a=1), NewPosting("C1", "w1", escalate_s=60))
    assert await store.postings.due_escalations(clock()) == []
    clock.pass_(seconds=60)
    (due,) = await store.postings.due_escalations(clock())

    taken = await asyncio.gather(*(store.postings.step(due, to=1, next_s=60) for _ in range(4)))

    assert sorted(taken) == [False, False, False, True]
    assert (await posting_of(store, card)).step == 1


async def test_a_call_that_was_shown_ringing_escalates_once_it_is_missed(store: Store, clock: Clock) -> None:
    await absorb(store, ["call:1"], part(1, a=1), HERE)
    await absorb(store, ["call:1"], part(2, a=2), NewPosting("C1", "w1", escalate_s=60))
    await absorb(store, ["call:1"], part(3, a=3), NewPosting("C1", "w1", escalate_s=6000))

    assert any(await store.postings.next_due())
    assert len(await store.postings.due_escalations(clock() + timedelta(seconds=61))) == 1


async def test_what_has_not_changed_for_a_month_is_forgotten(store: Store, clock: Clock) -> None:
    old = await absorb(store, ["call:1"], part(1, a=1), HERE)
    clock.pass_(days=31)
    kept = await absorb(store, ["call:2"], part(1, a=1), HERE)

    gone = await store.purge()
    assert (gone["cards"], gone["postings"], gone["card_names"]) == (1, 1, 1)
    assert await store.postings.of_card(COMPANY, old) == []
    assert await store.cards.named(COMPANY, "call:1") is None
    assert (await card_of(store, "call:2")).id == kept


async def test_many_are_forgotten_a_few_at_a_time_each_with_what_is_its(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AT_FIRST", "LEAST", "MOST"):
        monkeypatch.setattr(purge, name, 2)
    for number in range(5):
        await absorb(store, [f"call:{number}"], part(1, a=1), HERE)
    clock.pass_(days=31)
    deleted: list[int] = []
    delete = purge._delete_these

    def noted(connection: Connection, table: Table, these: ColumnElement[bool], found: Counter[str]) -> None:
        before = found[cards.name]
        delete(connection, table, these, found)
        if table is cards:
            deleted.append(found[cards.name] - before)

    monkeypatch.setattr(purge, "_delete_these", noted)
    gone = await store.purge()

    assert (gone["cards"], gone["postings"], gone["card_names"]) == (5, 5, 5)
    assert deleted == [2, 2, 1]


async def test_what_a_card_knows_lies_sealed(store: Store, keys: Keyring) -> None:
    card = await absorb(store, ["call:1"], part(1, number="+14155550150"))

    found = await store.cards.get(COMPANY, card)
    assert found is not None
    assert "+14155550150" not in repr(found)
    assert value(found.state, "number") == "+14155550150"


async def test_subscriptions_are_kept_changed_and_removed(store: Store, sam: PersonKey, ana: PersonKey) -> None:
    subscription = Subscription(store.subscriptions.new_id(), sam, "C1", company_id="6100")
    await store.subscriptions.save(subscription)
    await store.subscriptions.save(
        Subscription(subscription.id, sam, "C1", included=(LongerFilter(9),), paused=True, company_id="6100")
    )
    await store.subscriptions.save(Subscription("other", ana, "C2", company_id="6100"))

    assert await store.subscriptions.get(COMPANY, subscription.id) == Subscription(
        subscription.id, sam, "C1", included=(LongerFilter(9),), paused=True, company_id="6100"
    )
    assert [one.id for one in await store.subscriptions.of_company(COMPANY)] == ["other"]
    assert [one.id for one in await store.subscriptions.here(COMPANY, "C1")] == [subscription.id]
    assert await store.subscriptions.delete(COMPANY, subscription.id)
    assert not await store.subscriptions.delete(COMPANY, subscription.id)


async def test_a_problem_is_news_once(store: Store, sam: PersonKey) -> None:
    await store.subscriptions.save(Subscription("w", sam, "C1", company_id="6100"))

    told = [
        await store.subscriptions.note_problem(COMPANY, "w", code)
        for code in ("is_archived", "is_archived", "", "is_archived")
    ]

    assert told == [True, False, True, True]


@pytest.mark.postgres
async def test_a_press_before_its_message_is_recorded_as_posted_is_shown_after_all(postgres_url: str) -> None:
    store = await Store.open(postgres_url, parse_keys(generate_key()), Clock())
    posting = await posting_of(store, await absorb(store, ["call:1"], part(1, a=1), HERE))
    async with await psycopg.AsyncConnection.connect(postgres_url) as theirs:
        await theirs.execute("UPDATE cards SET version = version + 1")  # a claim, at another process
        recording = asyncio.create_task(post(store, posting))
        async with await psycopg.AsyncConnection.connect(postgres_url, autocommit=True) as onlooker:
            waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
            while not recording.done() and not await (await onlooker.execute(waiting)).fetchall():  # noqa: ASYNC110
                await asyncio.sleep(0)
    await recording

    assert (await posting_of(store, posting.card_id)).due_at is not None
    await store.aclose()


@pytest.mark.parametrize(
    ("calls", "texts", "left"),
    [(30, 30, {"call:1", "talk:1"}), (15, 30, {"talk:1"}), (30, 5, {"call:1"}), (15, 5, set())],
)
async def test_calls_and_texts_are_kept_as_long_as_was_set(
    store: Store, clock: Clock, calls: int, texts: int, left: set[str]
) -> None:
    for kind in ("call", "talk"):
        planned = CardPart(kind, (f"{kind}:1",), part(1, a=1), lambda *_: ())
        await store.database.write(
            lambda held, planned=planned: Absorbing(store.context, store.histories).absorb(held, COMPANY, [planned])  # type: ignore[misc]  # mypy cannot infer the lambda
        )
    clock.pass_(days=16)
    retention = Retention(timedelta(days=calls), timedelta(days=texts))
    gone = (await replace(store, retention=retention).purge())["cards"]

    kept = {name for name in ("call:1", "talk:1") if await store.cards.named(COMPANY, name) is not None}
    assert (kept, gone) == (left, 2 - len(left))
