"""Two processes of the bot on one Postgres database, as far as the store knows them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import Connection, update

from bot.store.keys import generate_key, parse_keys
from bot.store.processes import processes
from bot.store.store import Store


class Replica:
    """One of them."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.processes = store.processes
        self.id = store.processes.id

    async def fall_silent(self, seconds: float) -> None:
        """It has not been heard of for so long, by the database's clock."""

        def change(connection: Connection) -> None:
            beat_at = processes.c.beat_at - int(seconds * 1_000_000)
            connection.execute(update(processes).where(processes.c.id == self.id).values(beat_at=beat_at))

        await self.store.database.write(change)


@asynccontextmanager
async def two_replicas(postgres_url: str) -> AsyncIterator[tuple[Replica, Replica]]:
    """Both have joined."""
    keys = parse_keys(generate_key())
    stores = [await Store.open(postgres_url, keys) for _ in range(2)]
    for store in stores:
        await store.processes.join()
    yield Replica(stores[0]), Replica(stores[1])
    for store in stores:
        await store.aclose()
