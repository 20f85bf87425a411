"""What was sealed with a key that is not here: whoever waits for it can be told, and everything else goes on."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Final

import pytest

from bot.activity.roster import Roster
from bot.basics.company import CompanyKey
from bot.basics.errors import NotConfirmed
from bot.basics.person import PersonKey
from bot.store.channels import Channels
from bot.store.connection_requests import ConnectionRequest
from bot.store.keys import generate_key, parse_keys
from bot.store.store import Store
from tests.bot.store.clock import Clock
from tests.bot.store.test_connections import LINK

OURS: Final = CompanyKey("T0NORTHLT", "6100")


@pytest.fixture
async def other(store: Store, database_url: str, clock: Clock) -> AsyncIterator[Store]:
    """The same database, with another key."""
    opened = await Store.open(database_url, parse_keys(generate_key()), clock)
    yield opened
    await opened.aclose()


async def test_a_confirmation_says_that_nothing_was_done(store: Store, other: Store, ana: PersonKey) -> None:
    name = await store.confirmations.create(ana, "sms.send", {"text": "x"})
    with pytest.raises(NotConfirmed, match="encryption key is missing"):
        await other.confirmations.take(name, ana)
    with pytest.raises(NotConfirmed, match="already"):
        await store.confirmations.take(name, ana)


async def test_a_sign_in_begins_again(store: Store, other: Store, ana: PersonKey) -> None:
    state = await store.oauth_states.create(ana, "the-verifier")
    token = await store.connect_links.create(ana)

    assert await other.oauth_states.take(state) is None
    assert await other.connect_links.look(token) is None
    assert await other.connect_links.take(token) is None


async def test_a_connection_that_waits_is_used_up_and_names_whose_it_was(
    store: Store, other: Store, ana: PersonKey, sam: PersonKey
) -> None:
    name = await store.connection_requests.add(ana, replace(LINK, company_id=OURS.company), [sam.user_id])

    assert await other.connection_requests.take(OURS, name, sam) == ConnectionRequest(ana, None)
    assert await store.connection_requests.take(OURS, name, sam) is None


async def test_a_roster_is_read_anew_and_those_beside_it_are_known(store: Store, other: Store) -> None:
    await store.rosters.note(OURS, Roster("11", "Support", store.now(), ()))
    await other.rosters.note(OURS, Roster("12", "Sales", store.now(), ()))
    await store.rosters.follow(OURS, ["11", "12"])

    assert [one.name for one in await other.rosters.of_company(OURS)] == ["Sales"]
    (unread,) = [one for one in await other.rosters.due() if one.call_center == "11"]
    assert await other.rosters.looked(unread, Roster("11", "Support", store.now(), ()), changed=True, next_s=1)
    assert [one.name for one in await other.rosters.of_company(OURS)] == ["Sales", "Support"]


async def test_a_channel_with_another_id_is_followed_by_what_can_be_read(
    store: Store, other: Store, ana: PersonKey
) -> None:
    names = [
        (await one.kept.put(key, ana, store.now(), "dnd.off", {}, {"channel": "C0OLD"}))[0]
        for one, key in ((store, "lost"), (other, "read"))
    ]
    await Channels(other.context).renamed("C0OLD", "C0NEW")

    lost, read = [await one.kept.get(name) for one, name in zip((store, other), names, strict=True)]
    assert lost is not None
    assert read is not None
    assert (lost.place, read.place) == ({"channel": "C0OLD"}, {"channel": "C0NEW"})
