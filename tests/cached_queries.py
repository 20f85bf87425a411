"""Finds a query that is compiled anew each time it runs, among all that the tests make."""

from typing import Any, Final

from sqlalchemy import CompoundSelect, Delete, Engine, Insert, Select, Update, event
from sqlalchemy.engine.interfaces import CacheStats

_QUERIES: Final = (Select, CompoundSelect, Insert, Update, Delete)
_NEVER_KEPT: Final = (CacheStats.NO_CACHE_KEY, CacheStats.CACHING_DISABLED)


def watch_every_compilation() -> None:
    """From now on every query of this process is looked at: compiling one costs ten times what running it does."""
    event.listen(Engine, "after_cursor_execute", _look)


def _look(_connection: Any, _cursor: Any, statement: str, _parameters: Any, context: Any, _many: bool) -> None:
    compiled = None if context is None else context.compiled
    if compiled is not None and isinstance(compiled.statement, _QUERIES):
        assert context.cache_hit not in _NEVER_KEPT, f"SQLAlchemy compiles this anew each time: {statement}"
