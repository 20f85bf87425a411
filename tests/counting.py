"""How often a database is asked and written to: counts, which are the same on a busy machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, event


@dataclass
class Counted:
    """``statements`` are those that were asked or written, ``commits`` those that a disk was waited for: commits of
    what only read are none."""

    statements: list[str] = field(default_factory=list)
    commits: int = 0


@contextmanager
def counting() -> Iterator[Counted]:
    """Counts in all databases of this process."""
    counted = Counted()
    writing: set[int] = set()

    def execute(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        counted.statements.append(statement)
        if statement.lstrip().partition(" ")[0].upper() in {"INSERT", "UPDATE", "DELETE"}:
            writing.add(id(connection))

    def commit(connection: Any) -> None:
        counted.commits += id(connection) in writing
        writing.discard(id(connection))

    event.listen(Engine, "before_cursor_execute", execute)
    event.listen(Engine, "commit", commit)
    try:
        yield counted
    finally:
        event.remove(Engine, "before_cursor_execute", execute)
        event.remove(Engine, "commit", commit)
