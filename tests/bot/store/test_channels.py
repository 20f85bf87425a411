"""A channel whose id changes is followed by everything that names it, and by nothing else."""

from datetime import timedelta

from sqlalchemy import Connection, insert, select

from bot.basics.person import PersonKey
from bot.store.channels import Channels
from bot.store.postings import postings
from bot.store.store import Store
from bot.store.subscriptions import subscriptions

OLD, NEW = "C0OLD", "C0NEW"


async def add_posting(store: Store, name: str, card: str, channel: str, ts: str | None = None) -> None:
    def change(connection: Connection) -> None:
        connection.execute(
            insert(postings).values(
                id=name, card_id=card, team_id="T1", company="61", channel=channel, subscription_id="s",
                ts=ts, place=ts and channel, shown=0, tries=0, doubtful=False, step=0, created_at=store.now(),
            )
        )  # fmt: skip

    await store.database.write(change)


async def places(store: Store) -> dict[str, tuple[str, str | None]]:
    def query(connection: Connection) -> dict[str, tuple[str, str | None]]:
        rows = connection.execute(select(postings.c.id, postings.c.channel, postings.c.place))
        return {row.id: (row.channel, row.place) for row in rows}

    return await store.database.read(query)


async def test_postings_follow_and_a_card_stays_once_in_a_channel(store: Store) -> None:
    await add_posting(store, "posted", "a", OLD, "1.0")
    await add_posting(store, "elsewhere", "a", "C0OTHER", "1.0")
    await add_posting(store, "waiting", "b", OLD)
    await add_posting(store, "again", "a", NEW)
    await add_posting(store, "first", "c", OLD)
    await add_posting(store, "second", "c", NEW, "2.0")

    for _ in range(2):
        await Channels(store.context).renamed(OLD, NEW)
        assert await places(store) == {
            "posted": (NEW, NEW),
            "elsewhere": ("C0OTHER", "C0OTHER"),
            "waiting": (NEW, None),
            "second": (NEW, NEW),
        }


async def test_subscriptions_follow(store: Store) -> None:
    def change(connection: Connection) -> None:
        row = {
            "team_id": "T1",
            "user_id": "U1",
            "company": "61",
            "rule": {},
            "paused": False,
            "problem": "",
            "created_at": store.now(),
        }
        filled = {column.key: row.get(column.key) for column in subscriptions.c}
        for name, channel in (("s1", OLD), ("s2", "C0OTHER")):
            connection.execute(insert(subscriptions).values(**{**filled, "id": name, "channel": channel}))

    def query(connection: Connection) -> list[str]:
        return list(connection.execute(select(subscriptions.c.channel).order_by(subscriptions.c.id)).scalars())

    await store.database.write(change)
    await Channels(store.context).renamed(OLD, NEW)

    assert await store.database.read(query) == [NEW, "C0OTHER"]


async def test_requests_that_wait_are_answered_in_the_channel_as_it_is_called_now(store: Store, ana: PersonKey) -> None:
    place = {"where": {"channel": OLD, "thread_ts": "1.0"}}
    due = store.now() + timedelta(hours=1)
    name, _ = await store.kept.put("dnd:ana", ana, due, "dnd.back", {"text": OLD + " is old"}, place)
    await store.remembered.save(ana, {"where": {"channel": OLD}})
    asked = await store.confirmations.create(ana, "sms.send", {}, place)
    await store.kept.put("other", ana, due, "dnd.back", {}, {"where": {"channel": "C0OTHER"}})

    await Channels(store.context).renamed(OLD, NEW)

    found = await store.kept.get(name)
    assert found is not None
    assert (found.place["where"], found.args) == ({"channel": NEW, "thread_ts": "1.0"}, {"text": OLD + " is old"})
    assert await store.remembered.take_all(ana) == [{"where": {"channel": NEW}}]
    assert (await store.confirmations.take(asked, ana)).place == {"where": {"channel": NEW, "thread_ts": "1.0"}}
