import asyncio

from sqlalchemy import Connection, text

from bot.basics.person import PersonKey
from bot.store.oauth_states import OAuthState
from bot.store.store import Store
from tests.bot.store.clock import Clock


async def test_a_state_gives_back_the_person_and_the_verifier(store: Store, ana: PersonKey) -> None:
    state = await store.oauth_states.create(ana, "the-verifier", "the-page", {"channel": "D1"})

    assert await store.oauth_states.take(state) == OAuthState(ana, "the-verifier", "the-page", {"channel": "D1"})


async def test_a_state_is_used_once_even_by_five_at_once(store: Store, ana: PersonKey) -> None:
    state = await store.oauth_states.create(ana, "the-verifier")

    taken = await asyncio.gather(*(store.oauth_states.take(state) for _ in range(5)))

    assert sum(one is not None for one in taken) == 1


async def test_a_state_ends_after_ten_minutes(store: Store, ana: PersonKey, clock: Clock) -> None:
    state = await store.oauth_states.create(ana, "the-verifier")
    clock.pass_(minutes=10)

    assert await store.oauth_states.take(state) is None


async def test_an_invented_state_opens_nothing(store: Store) -> None:
    assert await store.oauth_states.take("' OR 1=1 --") is None


async def test_neither_state_nor_page_token_nor_verifier_is_readable_at_rest(store: Store, ana: PersonKey) -> None:
    state = await store.oauth_states.create(ana, "the-verifier")
    token = await store.connect_links.create(ana)

    def everything(connection: Connection) -> str:
        rows = [
            tuple(row)
            for table in ("oauth_states", "connect_links")
            for row in connection.execute(
                text(f"SELECT * FROM {table}")  # noqa: S608  # the two names stand above
            )
        ]
        return repr(rows)

    at_rest = await store.database.read(everything)
    assert not [secret for secret in (state, token, "the-verifier") if secret in at_rest]


async def test_looking_at_a_page_does_not_use_it_up(store: Store, ana: PersonKey) -> None:
    token = await store.connect_links.create(ana, {"name": "Ana"})

    first, second = await store.connect_links.look(token), await store.connect_links.look(token)

    assert first == second
    assert first is not None
    assert (first.person, first.place) == (ana, {"name": "Ana"})


async def test_a_page_is_taken_once(store: Store, ana: PersonKey) -> None:
    token = await store.connect_links.create(ana)

    taken = await asyncio.gather(*(store.connect_links.take(token) for _ in range(5)))

    assert [one.person for one in taken if one] == [ana]
    assert await store.connect_links.look(token) is None


async def test_a_page_ends_after_fifteen_minutes(store: Store, ana: PersonKey, clock: Clock) -> None:
    token = await store.connect_links.create(ana)
    clock.pass_(minutes=15)

    assert await store.connect_links.look(token) is None
    assert await store.connect_links.take(token) is None


async def test_remembered_requests_come_back_in_order_and_once(
    store: Store, ana: PersonKey, sam: PersonKey, clock: Clock
) -> None:
    for text_ in ("first", "second", "third"):
        await store.remembered.save(ana, {"text": text_})
        clock.pass_(seconds=1)

    assert await store.remembered.take_all(sam) == []
    assert await store.remembered.take_all(ana) == [{"text": "first"}, {"text": "second"}, {"text": "third"}]
    assert await store.remembered.take_all(ana) == []


async def test_a_request_is_remembered_for_thirty_minutes(store: Store, ana: PersonKey, clock: Clock) -> None:
    await store.remembered.save(ana, {"text": "old"})
    clock.pass_(minutes=20)
    await store.remembered.save(ana, {"text": "new"})
    clock.pass_(minutes=10)

    assert await store.remembered.take_all(ana) == [{"text": "new"}]


async def test_of_many_remembered_requests_the_newest_ten_run(store: Store, ana: PersonKey, clock: Clock) -> None:
    for number in range(14):
        await store.remembered.save(ana, {"number": number})
        clock.pass_(seconds=1)

    assert await store.remembered.take_all(ana) == [{"number": number} for number in range(4, 14)]
