import asyncio
from dataclasses import replace

from bot.activity.news import NewsKind
from bot.activity.subscriptions.subscription import Subscription
from bot.basics.person import PersonKey
from bot.store.store import Store

ANA = PersonKey("T1", "U1")
SUBSCRIPTION = Subscription("w1", ANA, "U1", kinds=frozenset({NewsKind.MISSED, NewsKind.SMS, NewsKind.VOICEMAIL}))


async def test_switches_that_are_pressed_at_once_all_count(store: Store) -> None:
    await store.subscriptions.save(SUBSCRIPTION)
    await asyncio.gather(
        *(
            store.subscriptions.switch(SUBSCRIPTION.company, "w1", kind, on=False)
            for kind in (NewsKind.MISSED, NewsKind.SMS)
        ),
        store.subscriptions.switch(SUBSCRIPTION.company, "w1", NewsKind.RECAP, on=True),
    )

    assert await store.subscriptions.get(SUBSCRIPTION.company, "w1") == replace(
        SUBSCRIPTION, kinds=frozenset({NewsKind.VOICEMAIL, NewsKind.RECAP})
    )


async def test_a_subscription_without_events_is_kept_as_paused(store: Store) -> None:
    await store.subscriptions.save(replace(SUBSCRIPTION, kinds=frozenset({NewsKind.SMS})))
    await store.subscriptions.switch(SUBSCRIPTION.company, "w1", NewsKind.SMS, on=False)

    assert await store.subscriptions.of_company(SUBSCRIPTION.company) == []
    assert await store.subscriptions.get(SUBSCRIPTION.company, "w1") == replace(
        SUBSCRIPTION, kinds=frozenset(), paused=True
    )


async def test_a_switch_of_a_subscription_that_is_gone_says_so(store: Store) -> None:
    assert await store.subscriptions.switch(SUBSCRIPTION.company, "w1", NewsKind.SMS, on=True) is None
