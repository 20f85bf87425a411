"""What an event may cost, in counts: they are the same on every machine."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.dialpad.events import parse_event
from bot.dialpad.signed import open_envelope, parse_document
from bot.notifications.intake import Arrived, Intake
from bot.notifications.routing import EventRouter
from bot.store.hooks import Hook
from bot.store.keys import generate_key, parse_keys
from bot.store.store import Store
from tests.bench.accepting import build_events
from tests.bench.counting import Counter, Spent
from tests.bench.event_servers import COMPANY, OWNER
from tests.bench.folding import show_old_cards, subscribe


@asynccontextmanager
async def counting() -> AsyncIterator[Counter]:
    counter = Counter()
    yield counter
    counter.close()


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[tuple[Store, Intake]]:
    store = await Store.open(f"sqlite:///{folder / 'bench.db'}", parse_keys(generate_key()))
    await store.migrate()
    yield store, Intake(store, EventRouter(store, None, lambda: None))  # type: ignore[arg-type]  # nobody is asked
    await store.aclose()


async def spent_on_a_batch(folder: Path, *, subscriptions: int, old_cards: int = 0) -> Spent:
    """What folding ten calls takes once another ten were folded."""
    async with opened(folder) as (store, intake), counting() as counter:
        await subscribe(store, COMPANY.company, subscriptions)
        await show_old_cards(store, old_cards)
        hook = await store.hooks.create(OWNER, COMPANY, "webhook")
        await intake._fold(await stored(store, hook))
        batch = await stored(store, hook)
        before = counter.now()
        await intake._fold(batch)
        return counter.now().since(before)


async def stored(store: Store, hook: Hook) -> list[Arrived]:
    """The events of ten calls, as they wait to be folded."""
    batch = []
    for raw in build_events(10, hook.secret):
        body = open_envelope(raw, hook.secret)
        event = parse_event(parse_document(body))
        name = await store.events.receive(event.key, hook_id=hook.id, kind=event.kind, body=body, timed=True)
        assert name is not None
        batch.append(Arrived(name, event, hook))
    return batch


async def test_a_batch_of_events_is_one_transaction(tmp_path: Path) -> None:
    assert (await spent_on_a_batch(tmp_path, subscriptions=10)).commits == 1


@pytest.mark.parametrize("more", [{"subscriptions": 400}, {"subscriptions": 10, "old_cards": 400}])
async def test_a_batch_takes_as_many_statements_whatever_is_there_already(tmp_path: Path, more: dict[str, int]) -> None:
    few, many = tmp_path / "few", tmp_path / "many"
    few.mkdir()
    many.mkdir()

    assert await _statements(few, {"subscriptions": 10}) == await _statements(many, more)


async def _statements(folder: Path, load: dict[str, int]) -> int:
    return (await spent_on_a_batch(folder, **load)).statements


async def test_events_that_arrive_together_share_a_transaction(tmp_path: Path) -> None:
    async with opened(tmp_path) as (store, intake), counting() as counter:
        hook = await store.hooks.create(OWNER, COMPANY, "webhook")
        before = counter.now()
        await asyncio.gather(*(intake.receive(hook, one) for one in build_events(20, hook.secret)))

        assert counter.now().since(before).commits <= 2
