"""What waits for the word of somebody else: undoing a change, connecting an account."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.activity.news import NewsKind
from bot.activity.subscriptions.subscription import Actors, Subscription
from bot.basics.company import CompanyKey
from bot.basics.person import PersonKey
from bot.store.connection_requests import LIFETIME
from bot.store.store import Store
from bot.store.subscription_changes import KEPT_FOR
from tests.bot.store.clock import Clock
from tests.bot.store.test_connections import LINK

OURS: Final = CompanyKey("T0NORTHLT", "6100")
THEIRS: Final = CompanyKey("T0NORTHLT", str(LINK.company_id))
"""Whose account waits to be connected."""


async def test_a_change_and_a_removal_are_kept_for_their_owner(store: Store, ana: PersonKey, clock: Clock) -> None:
    before = Subscription("w1", ana, "C1", frozenset({NewsKind.MISSED}), company_id=OURS.company)
    after = replace(before, actors=Actors(escalation="U0SAM0002"), paused=True, paused_by="U0SAM0002")
    changed, removed = [
        await store.subscription_changes.get(OURS, await store.subscription_changes.add(before, to, "U0SAM0002"))
        for to in (after, None)
    ]
    assert changed is not None
    assert (changed.before, changed.after, changed.changed_by) == (before, after, "U0SAM0002")
    assert removed is not None
    assert (removed.before, removed.after) == (before, None)

    clock.pass_(seconds=KEPT_FOR.total_seconds())
    assert (await store.purge())["subscription_changes"] == 2


async def test_a_connection_that_waits_is_taken_once_by_who_was_asked(
    store: Store, ana: PersonKey, sam: PersonKey
) -> None:
    name = await store.connection_requests.add(ana, LINK, [sam.user_id])
    assert await store.connection_requests.take(THEIRS, name, ana) is None
    assert await store.connection_requests.take(THEIRS, name, PersonKey("T0OTHER01", sam.user_id)) is None
    taken = await store.connection_requests.take(THEIRS, name, sam)
    assert taken is not None
    assert (taken.person, taken.link) == (ana, LINK)
    assert await store.connection_requests.take(THEIRS, name, sam) is None


async def test_a_connection_that_nobody_agreed_to_is_forgotten_with_its_token(
    store: Store, ana: PersonKey, sam: PersonKey, clock: Clock
) -> None:
    name = await store.connection_requests.add(ana, LINK, [sam.user_id])
    clock.pass_(seconds=LIFETIME.total_seconds())
    assert await store.connection_requests.take(THEIRS, name, sam) is None
    await store.connection_requests.add(ana, LINK, [sam.user_id])
    clock.pass_(seconds=(LIFETIME + timedelta(seconds=1)).total_seconds())
    assert (await store.purge())["connection_requests"] == 1
