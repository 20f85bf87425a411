"""Rules that each table declares beside its columns: how long its rows are kept, whose they are, and whether the bot
starts without being able to read them.

Purging, changing keys and deleting a person or a workspace go by this. A new table is its module and its migration.
"""

import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib import import_module
from typing import Final, TypeAlias

from sqlalchemy import Connection, MetaData, Table, false, select
from sqlalchemy.sql.elements import ColumnElement

from bot.store.schema import metadata


@dataclass(frozen=True)
class Retention:
    """How long what people ask about later is kept, as the settings say: calls and what they are shown as, texts, and
    the audit."""

    calls: timedelta = timedelta(days=30)
    texts: timedelta = timedelta(days=30)
    audit: timedelta = timedelta(days=180)

    @property
    def longest(self) -> timedelta:
        return max(self.calls, self.texts)


USUAL: Final = Retention()
Over: TypeAlias = Callable[[Table, datetime], ColumnElement[bool]]
"""Selects the table's rows that have expired at that moment."""
_RULES: Final = "rules"


@dataclass(frozen=True)
class Forever:
    """Rows that never expire. ``why`` says what deletes them."""

    why: str


@dataclass(frozen=True)
class Retained:
    """Rows that expire as the settings say. ``over`` selects those that have."""

    over: Callable[[Table, datetime, Retention], ColumnElement[bool]]


@dataclass(frozen=True)
class Pruned:
    """Rows that are deleted in an order of their own. ``prune`` deletes at most so many of those that have expired, and
    returns how many; 0 when there are none left."""

    prune: "Callable[[Connection, datetime, Retention, int], int]"


@dataclass(frozen=True)
class With:
    """A row is deleted with the row of another table whose ``its`` equals this one's ``column``."""

    column: str
    table: str
    its: str = "id"


@dataclass(frozen=True)
class Goes:
    """A row is deleted with its owner; with ``only``, when that is true of it as well."""

    only: Callable[[Table], ColumnElement[bool]] | None = None


@dataclass(frozen=True)
class Otherwise:
    """Rows that are not simply deleted with their owner. ``what`` says what happens instead."""

    what: str


@dataclass(frozen=True)
class Rules:
    """The rules of one table. ``forget``: which rows ``Store.purge`` deletes. ``wipe``: of which it wipes what is
    sealed. ``workspace`` and ``person``: what happens when they leave; a table with ``user_id`` has to say so.
    ``read_at_start``: rows that were sealed with a lost key keep the bot from starting."""

    forget: Over | Retained | Pruned | With | Forever
    wipe: Over | None = None
    workspace: Goes | With | Otherwise = Goes()
    person: Goes | Otherwise | None = None
    read_at_start: bool = False


def rules(
    *,
    forget: Over | Retained | Pruned | With | Forever,
    wipe: Over | None = None,
    workspace: Goes | With | Otherwise = Goes(),  # frozen
    person: Goes | Otherwise | None = None,
    read_at_start: bool = False,
) -> dict[str, Rules]:
    """Build a table's ``info``."""
    return {_RULES: Rules(forget, wipe, workspace, person, read_at_start)}


def rules_of(table: Table) -> Rules:
    """Return a table's rules. Raises LookupError for a table that declares none."""
    found: Rules | None = table.info.get(_RULES)
    if found is None:
        raise LookupError(f"the table {table.name} does not declare its rules")
    return found


def older_than(column: str, span: timedelta) -> Over:
    return lambda table, now: table.c[column] <= now - span


def expired(column: str = "expires_at") -> Over:
    return older_than(column, timedelta(0))


def all_metadata() -> MetaData:
    """Return the MetaData with the tables of every module of the store, importing those that are not loaded yet."""
    _import_all()
    return metadata


def all_tables() -> list[Table]:
    """Return all tables, those whose rows go with another table's before it."""
    return sorted(all_metadata().sorted_tables, key=_depth, reverse=True)


def followers(table: Table) -> Iterator[tuple[Table, With]]:
    """Yield the tables whose rows are deleted with this one's when a workspace leaves."""
    for other in all_tables():
        link = rules_of(other).workspace
        if isinstance(link, With) and link.table == table.name:
            yield other, link


def kept_for(column: str, how_long: Callable[[Retention], timedelta]) -> Retained:
    return Retained(lambda table, now, retention: table.c[column] <= now - how_long(retention))


def are_over(table: Table, now: datetime, retention: Retention) -> ColumnElement[bool]:
    forget = rules_of(table).forget
    match forget:
        case Forever() | Pruned():
            return false()
        case With():
            parent = metadata.tables[forget.table]
            return goes_with(table, forget, are_over(parent, now, retention))
        case Retained():
            return forget.over(table, now, retention)
        case _:
            return forget(table, now)


def goes_with(table: Table, link: With, where: ColumnElement[bool]) -> ColumnElement[bool]:
    """Select the rows of ``table`` that go with the linked table's rows for which ``where`` holds."""
    return table.c[link.column].in_(select(metadata.tables[link.table].c[link.its]).where(where))


def _depth(table: Table) -> int:
    declared = rules_of(table)
    links = [link for link in (declared.forget, declared.workspace) if isinstance(link, With)]
    return max((1 + _depth(metadata.tables[link.table]) for link in links), default=0)


@cache
def _import_all() -> None:
    package = "bot.store"
    for found in pkgutil.iter_modules(import_module(package).__path__, f"{package}."):
        if not found.ispkg:
            import_module(found.name)
