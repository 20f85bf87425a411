"""How often a database is asked and written to: counts, which are the same on a busy machine."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Engine, event

_WRITES: Final = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)


@dataclass(frozen=True)
class Commit:
    """A transaction that wrote into ``tables``. ``synced``: it waited for the disk, on SQLite."""

    tables: frozenset[str]
    synced: bool


@dataclass
class Counted:
    """All statements, and the transactions that wrote something."""

    statements: list[str] = field(default_factory=list)
    commits: list[Commit] = field(default_factory=list)

    def into(self, *tables: str) -> list[Commit]:
        """The transactions that wrote into one of these."""
        return [one for one in self.commits if not one.tables.isdisjoint(tables)]


@contextmanager
def counting() -> Iterator[Counted]:
    """Counts in all databases of this process."""
    counted = Counted()
    written: dict[int, set[str]] = {}

    def execute(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        counted.statements.append(statement)
        if (writes := _WRITES.match(statement)) is not None:
            written.setdefault(id(connection), set()).add(writes[1])

    def commit(connection: Any) -> None:
        if tables := written.pop(id(connection), None):
            counted.commits.append(Commit(frozenset(tables), _waits_for_the_disk(connection)))

    event.listen(Engine, "before_cursor_execute", execute)
    event.listen(Engine, "commit", commit)
    try:
        yield counted
    finally:
        event.remove(Engine, "before_cursor_execute", execute)
        event.remove(Engine, "commit", commit)


def _waits_for_the_disk(connection: Any) -> bool:
    raw = connection.connection.driver_connection
    return bool(connection.dialect.name == "sqlite" and raw.execute("PRAGMA synchronous").fetchone() == (2,))
