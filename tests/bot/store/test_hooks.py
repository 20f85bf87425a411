from datetime import timedelta

from sqlalchemy import Connection

from bot.basics.company import CompanyKey
from bot.basics.person import PersonKey
from bot.store.store import Store
from tests.bot.store.clock import Clock


async def test_a_hook_is_read_as_it_was_made(store: Store, ana: PersonKey) -> None:
    made = await store.hooks.create(ana, CompanyKey(ana.team_id, "61"), "webhook")

    assert await store.hooks.get(made.id) == made


async def test_every_hook_has_its_own_address_and_a_strong_secret(store: Store, ana: PersonKey) -> None:
    one, other = [await store.hooks.create(ana, CompanyKey(ana.team_id, "61"), "webhook") for _ in range(2)]

    assert one.secret is not None
    assert (one.id != other.id, one.secret != other.secret) == (True, True)
    assert len(one.secret.get_secret_value()) >= 43


async def test_the_secret_lies_sealed(store: Store, ana: PersonKey) -> None:
    made = await store.hooks.create(ana, CompanyKey(ana.team_id, "61"), "webhook")
    assert made.secret is not None

    def everything(connection: Connection) -> str:
        return repr(connection.exec_driver_sql("SELECT * FROM hooks").all())

    assert made.secret.get_secret_value() not in await store.database.read(everything)
    assert made.secret.get_secret_value() not in repr(made)


async def test_what_exists_at_dialpad_is_remembered(store: Store, ana: PersonKey) -> None:
    made = await store.hooks.create(ana, CompanyKey(ana.team_id, "61"), "webhook")
    await store.hooks.note(made.id, endpoint_id="7", subscriptions={"call": "8"}, reach="person")

    kept = await store.hooks.get(made.id)
    assert kept is not None
    assert (kept.endpoint_id, dict(kept.subscriptions), kept.reach) == ("7", {"call": "8"}, "person")


async def test_hooks_are_listed_by_workspace_and_company(store: Store, ana: PersonKey) -> None:
    ours = await store.hooks.create(ana, CompanyKey(ana.team_id, "61"), "webhook")
    await store.hooks.create(PersonKey("T9", "U9"), CompanyKey("T9", "61"), "webhook")
    await store.hooks.create(ana, CompanyKey(ana.team_id, "62"), "webhook")

    assert [hook.id for hook in await store.hooks.of_company(CompanyKey(ana.team_id, "61"))] == [ours.id]
    assert len(await store.hooks.all()) == 3


async def test_the_moment_until_which_all_was_heard_never_goes_back(store: Store, ana: PersonKey, clock: Clock) -> None:
    made = await store.hooks.create(ana, CompanyKey(ana.team_id, "61"), "webhook")
    later = clock() + timedelta(minutes=5)
    await store.hooks.heard(made.id, later)
    await store.hooks.heard(made.id, clock())

    kept = await store.hooks.get(made.id)
    assert kept is not None
    assert kept.heard_at == later


async def test_a_removed_hook_is_gone(store: Store, ana: PersonKey) -> None:
    made = await store.hooks.create(ana, CompanyKey(ana.team_id, "61"), "webhook")

    assert (await store.hooks.remove(made.id), await store.hooks.remove(made.id)) == (True, False)
    assert await store.hooks.get(made.id) is None
