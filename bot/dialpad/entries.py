"""Entries to choose from."""

from dataclasses import dataclass

from bot.basics.stored_directory import StoredEntry
from bot.dialpad.action import Entity


@dataclass(frozen=True)
class Entry:
    """One entry to choose. ``detail`` distinguishes it from others of the same name; ``phones`` are E.164."""

    id: str
    name: str
    detail: str
    entity: Entity
    phones: tuple[str, ...] = ()


def to_store(entry: Entry) -> StoredEntry:
    return StoredEntry(entry.id, entry.name, entry.detail, entry.entity.value, entry.phones)


def from_store(entry: StoredEntry) -> Entry:
    return Entry(entry.id, entry.name, entry.detail, Entity(entry.entity), entry.phones)
