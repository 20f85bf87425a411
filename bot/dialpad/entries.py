"""Entries to choose from."""

from dataclasses import dataclass

from bot.basics.opening_hours import OpeningHours, from_json, to_json
from bot.basics.phone import read_number
from bot.basics.stored_directory import StoredEntry
from bot.dialpad.action import Entity


@dataclass(frozen=True)
class Entry:
    """One entry to choose. ``detail`` distinguishes it from others of the same name: a moment in it is as in ISO 8601,
    and whoever shows it writes it by the reader's clock. ``phones`` are E.164."""

    id: str
    name: str
    detail: str
    entity: Entity
    phones: tuple[str, ...] = ()
    hours: OpeningHours | None = None
    """When it is open, of a line whose hours Dialpad tells."""
    extension: str = ""
    """The digits that colleagues dial to reach it, or that are dialled after a contact's number."""


def to_store(entry: Entry) -> StoredEntry:
    hours = to_json(entry.hours) if entry.hours is not None else None
    return StoredEntry(entry.id, entry.name, entry.detail, entry.entity.value, entry.phones, hours, entry.extension)


def from_store(entry: StoredEntry, region: str = "") -> Entry:
    """Return an entry as it is used. With ``region``, numbers that were written without their country code are read
    as numbers of it; what is none stays as it is."""
    hours = from_json(entry.hours) if entry.hours is not None else None
    phones = tuple(dict.fromkeys(read_number(one, region) or one for one in entry.phones)) if region else entry.phones
    return Entry(entry.id, entry.name, entry.detail, Entity(entry.entity), phones, hours, entry.extension)
