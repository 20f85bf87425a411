"""Events that could not be delivered, as ``dialpad-chatops events`` lists, retries and drops them.

All of it works beside a running bot: rows change in the database, and a bot takes them from there.
"""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, TextIO

from bot.app import open_store
from bot.basics.company import OWN
from bot.basics.errors import ChatopsError
from bot.basics.settings import Settings
from bot.printing import Output, write_csv, write_json, write_table
from bot.store.events import ParkedEvent
from bot.store.store import Store


class NotParked(ChatopsError):
    """No parked event has the key that was typed; the message says what to type."""


async def read_parked(settings: Settings) -> list[ParkedEvent]:
    """Return the parked events, the oldest first."""
    async with _store(settings) as store:
        return await store.events.parked()


async def retry(settings: Settings, keys: Collection[str]) -> int:
    """Have these parked events delivered again, or all when no key is given; how many that is. Raises NotParked."""
    async with _store(settings) as store:
        return await store.events.unpark(await _named(store, keys))


async def drop(settings: Settings, keys: Collection[str]) -> int:
    """Delete these parked events, or all when no key is given; how many that was. Raises NotParked."""
    async with _store(settings) as store:
        return await store.events.drop(await _named(store, keys))


def describe(event: ParkedEvent) -> dict[str, Any]:
    """Describe an event as JSON for other programs, without its content."""
    return {
        "key": event.key,
        "kind": event.kind,
        "hook": event.hook_id,
        "company": event.company,
        "received": event.received_at.isoformat(),
        "parked": event.parked_at.isoformat(),
        "tries": event.tries,
    }


def show(events: Sequence[ParkedEvent], out: TextIO, output: Output) -> None:
    """Print parked events."""
    if output is Output.JSON:
        write_json([describe(event) for event in events], out)
    elif output is Output.CSV:
        write_csv([describe(event) for event in events], out)
    else:
        headings = ("Key", "Kind", "Hook", "Company", "Received", "Parked", "Tries")
        write_table([_in_words(event) for event in events], {name: name for name in headings}, out)


def _in_words(event: ParkedEvent) -> dict[str, str]:
    return {
        "Key": event.key,
        "Kind": event.kind,
        "Hook": event.hook_id,
        "Company": "hook no longer exists" if event.company is None else _company(event.company),
        "Received": _moment(event.received_at),
        "Parked": _moment(event.parked_at),
        "Tries": str(event.tries),
    }


def _company(company: str) -> str:
    """Return a company's id; what Dialpad never named is only known by its person."""
    return f"unknown, of {company.removeprefix(OWN)}" if company.startswith(OWN) else company or "unknown"


@asynccontextmanager
async def _store(settings: Settings) -> AsyncIterator[Store]:
    # An event whose encryption key is lost can still be dropped, so keys are not checked.
    store = await open_store(settings, check_keys=False)
    try:
        yield store
    finally:
        await store.aclose()


async def _named(store: Store, keys: Collection[str]) -> list[str] | None:
    if not keys:
        return None
    known = {event.key: event.name for event in await store.events.parked()}
    unknown = [key for key in keys if key.strip().lower() not in known]
    if unknown:
        raise NotParked(f"Nothing set aside has the key {', '.join(unknown)}. `dialpad-chatops events list` shows all.")
    return [known[key.strip().lower()] for key in keys]


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
