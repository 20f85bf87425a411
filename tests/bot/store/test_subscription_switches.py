import asyncio
from dataclasses import replace

from bot.activity.happening import Kind
from bot.activity.subscriptions.subscription import Watch
from bot.basics.person import PersonKey
from bot.store.store import Store

ANA = PersonKey("T1", "U1")
WATCH = Watch("w1", ANA, "U1", kinds=frozenset({Kind.MISSED, Kind.SMS, Kind.VOICEMAIL}))


async def test_switches_that_are_pressed_at_once_all_count(store: Store) -> None:
    await store.watches.save(WATCH)
    await asyncio.gather(
        *(store.watches.switch("w1", kind, on=False) for kind in (Kind.MISSED, Kind.SMS)),
        store.watches.switch("w1", Kind.RECAP, on=True),
    )

    assert await store.watches.get("w1") == replace(WATCH, kinds=frozenset({Kind.VOICEMAIL, Kind.RECAP}))


async def test_a_subscription_without_events_is_kept_as_paused(store: Store) -> None:
    await store.watches.save(replace(WATCH, kinds=frozenset({Kind.SMS})))
    await store.watches.switch("w1", Kind.SMS, on=False)

    assert await store.watches.of_team("T1") == []
    assert await store.watches.get("w1") == replace(WATCH, kinds=frozenset(), paused=True)


async def test_a_switch_of_a_subscription_that_is_gone_says_so(store: Store) -> None:
    assert await store.watches.switch("w1", Kind.SMS, on=True) is None
