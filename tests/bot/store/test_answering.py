"""What is on its way to a customer is begun by one at a time, and only by who has seen all there is."""

import asyncio
from datetime import UTC, datetime, timedelta

from bot.activity.histories import Act, TextFact, Told, last_said
from bot.basics.company import CompanyKey
from bot.store.store import Store

OURS = CompanyKey("T0NORTHLT", "6100")
JORDAN, AMARA = "+14155550150", "+14155550151"
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
SUPPORT = "callcenter:5527"


async def heard(store: Store, text_id: str, *, of: str = JORDAN, minute: int = 0) -> None:
    fact = TextFact(text_id, f"card of {of}", SUPPORT, True, NOON + timedelta(minutes=minute))
    told = {f"card of {of}": Told(of, texts=(fact,))}
    await store.database.write(lambda connection: store.histories.fold(connection, OURS, told, {}))


def sending(by: str, token: str, minute: int = 30) -> Act:
    return Act(NOON + timedelta(minutes=minute), by, "sending", to=token, words="Yes")


async def marks(store: Store, *numbers: str) -> list[str]:
    found = [await store.histories.get(OURS, number) for number in numbers]
    return [said.mark for one in found if one is not None for said in last_said(one.history)]


async def test_what_somebody_has_not_seen_holds_a_text_back(store: Store) -> None:
    await heard(store, "1")
    seen = await marks(store, JORDAN)
    await heard(store, "2", minute=1)
    assert not await store.histories.begin(OURS, [JORDAN], seen, sending("U1", "a"))
    assert await store.histories.begin(OURS, [JORDAN], await marks(store, JORDAN), sending("U1", "a"))


async def test_a_text_that_becomes_known_late_holds_it_back_too(store: Store) -> None:
    await heard(store, "2", minute=5)
    seen = await marks(store, JORDAN)
    await heard(store, "1", minute=1)
    assert not await store.histories.begin(OURS, [JORDAN], seen, sending("U1", "a"))


async def test_of_two_at_once_one_begins(store: Store) -> None:
    await heard(store, "1")
    seen = await marks(store, JORDAN)
    begun = await asyncio.gather(
        *(store.histories.begin(OURS, [JORDAN], seen, sending(by, by)) for by in ("U1", "U2", "U3"))
    )
    assert sorted(begun) == [False, False, True]


async def test_for_several_recipients_it_is_all_or_none(store: Store) -> None:
    await heard(store, "1")
    seen = await marks(store, JORDAN)
    await heard(store, "2", of=AMARA)
    assert not await store.histories.begin(OURS, [JORDAN, AMARA], seen, sending("U1", "a"))
    assert await marks(store, JORDAN) == seen


async def test_of_whom_nothing_is_known_there_is_nothing_to_be_seen(store: Store) -> None:
    assert await store.histories.begin(OURS, [AMARA], [], sending("U1", "a"))
    assert await store.histories.get(OURS, AMARA) is None


async def test_what_was_seen_on_its_way_is_not_new_when_it_has_arrived(store: Store) -> None:
    await heard(store, "1")
    await store.histories.begin(OURS, [JORDAN], await marks(store, JORDAN), sending("U1", "token"))
    seen = await marks(store, JORDAN)
    texted = Act(NOON + timedelta(minutes=31), "U1", "texted", to="77", words="Yes")
    await store.histories.end(OURS, [JORDAN], "token", texted)
    assert await marks(store, JORDAN) == seen

    mine = TextFact("77", "card", SUPPORT, False, NOON + timedelta(minutes=31))
    told = {"card": Told(JORDAN, texts=(mine,))}
    await store.database.write(lambda connection: store.histories.fold(connection, OURS, told, {}))
    assert sorted(await marks(store, JORDAN)) == sorted(seen)


async def test_what_did_not_leave_is_forgotten(store: Store) -> None:
    await heard(store, "1")
    seen = await marks(store, JORDAN)
    await store.histories.begin(OURS, [JORDAN], seen, sending("U1", "token"))
    await store.histories.end(OURS, [JORDAN], "token", None)
    assert await marks(store, JORDAN) == seen


async def test_answering_again_and_again_leaves_one_trace(store: Store) -> None:
    await heard(store, "1")
    for minute in range(20, 40):
        at = NOON + timedelta(minutes=minute)
        await store.histories.note(OURS, [JORDAN], Act(at, "U1", "answering", until=at + timedelta(minutes=5)))
    customer = await store.histories.get(OURS, JORDAN)
    assert customer is not None
    assert len(customer.history.acts) == 1
    (one,) = customer.items[SUPPORT][-1].who_answers(NOON + timedelta(minutes=41))
    assert one.by == "U1"
    assert customer.items[SUPPORT][-1].who_answers(NOON + timedelta(minutes=45)) == ()
