import asyncio

import pytest

from bot.basics.errors import NotConfirmed
from bot.basics.person import PersonKey
from bot.store.store import Store
from tests.bot.store.clock import Clock

ARGS = {"to": ["+14155550150"], "text": "Your order is ready 🎉"}
PLACE = {"channel": "D1", "ts": "1.2"}


async def refusal(store: Store, name: str, person: PersonKey) -> str:
    with pytest.raises(NotConfirmed) as caught:
        await store.confirmations.take(name, person)
    return caught.value.why


async def test_a_confirmation_gives_back_exactly_what_was_asked(store: Store, ana: PersonKey) -> None:
    name = await store.confirmations.create(ana, "sms.send", ARGS, PLACE)

    confirmed = await store.confirmations.take(name, ana)

    assert (confirmed.route, confirmed.args, confirmed.place) == ("sms.send", ARGS, PLACE)


async def test_a_confirmation_is_used_once(store: Store, ana: PersonKey) -> None:
    name = await store.confirmations.create(ana, "sms.send", ARGS)
    await store.confirmations.take(name, ana)

    assert await refusal(store, name, ana) == "used"


async def test_of_ten_clicks_at_once_one_gets_the_confirmation(store: Store, ana: PersonKey) -> None:
    name = await store.confirmations.create(ana, "sms.send", ARGS)

    outcomes = await asyncio.gather(*(store.confirmations.take(name, ana) for _ in range(10)), return_exceptions=True)

    refused = [outcome.why for outcome in outcomes if isinstance(outcome, NotConfirmed)]
    assert refused == ["used"] * 9


async def test_nobody_else_can_confirm_and_the_asker_still_can(store: Store, ana: PersonKey, sam: PersonKey) -> None:
    name = await store.confirmations.create(ana, "sms.send", ARGS)

    assert await refusal(store, name, sam) == "foreign"
    assert (await store.confirmations.take(name, ana)).args == ARGS


async def test_after_ten_minutes_it_is_late(store: Store, ana: PersonKey, clock: Clock) -> None:
    name = await store.confirmations.create(ana, "sms.send", ARGS)
    clock.pass_(minutes=10)

    assert await refusal(store, name, ana) == "late"


async def test_an_invented_id_is_unknown(store: Store, ana: PersonKey) -> None:
    assert await refusal(store, "no-such-thing", ana) == "unknown"


async def test_late_is_still_explained_after_a_purge_and_unknown_a_day_later(
    store: Store, ana: PersonKey, clock: Clock
) -> None:
    name = await store.confirmations.create(ana, "sms.send", ARGS)
    clock.pass_(hours=1)
    await store.purge()
    assert await refusal(store, name, ana) == "late"

    clock.pass_(days=1)
    assert (await store.purge())["confirmations"] == 1
    assert await refusal(store, name, ana) == "unknown"
