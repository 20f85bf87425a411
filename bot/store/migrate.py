"""Brings the schema to this version. When several replicas start at the same moment, one does it and the rest wait.

Alembic is imported when there is something to do: it is large, and a bot that finds its tables starts without it.
"""

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, inspect, text

from bot.store.table_rules import all_metadata

if TYPE_CHECKING:
    from alembic.config import Config

# ruff: noqa: PLC0415

_FOLDER = Path(__file__).parent / "migrations"
_REVISION = re.compile(r'^(revision|down_revision) = "(\w+)"', re.MULTILINE)
_ADVISORY_LOCK = 0x6469_616C  # any number, as long as every replica uses the same


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Tell Alembic to compare our tables only, because the durable work's own tables share the database."""
    return kind != "table" or name in all_metadata().tables


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Upgrade the schema inside the connection's transaction, which holds the write lock on SQLite from its BEGIN
    on."""
    _lock(connection)
    if revision != "head" or not is_current(connection):
        from alembic import command

        command.upgrade(_build_config(connection), revision)


def downgrade(connection: Connection, revision: str) -> None:
    from alembic import command

    _lock(connection)
    command.downgrade(_build_config(connection), revision)


def is_current(connection: Connection) -> bool:
    """Tell whether the schema is the one this version was written for."""
    return _revisions(connection) == {newest()}


def is_earlier(connection: Connection) -> bool:
    """Tell whether the schema is one that another version wrote, not this one and not nobody."""
    return bool(_revisions(connection)) and not is_current(connection)


@cache
def newest() -> str:
    """Return the revision of this version: the one that no other follows. Their numbers say nothing of it: two that are
    made side by side take theirs before it is known which comes first."""
    follows: dict[str, str] = {}
    for file in (_FOLDER / "versions").glob("[0-9]*.py"):
        named = dict(_REVISION.findall(file.read_text(encoding="utf-8")))
        follows[named["revision"]] = named.get("down_revision", "")
    (last,) = follows.keys() - set(follows.values())
    return last


def is_known(connection: Connection) -> bool:
    """Tell whether the schema is one that this version can bring up to date: its own, or an earlier one."""
    from alembic.script import ScriptDirectory

    known = {revision.revision for revision in ScriptDirectory.from_config(_build_config(connection)).walk_revisions()}
    heads = _revisions(connection)
    return bool(heads) and heads <= known


def _revisions(connection: Connection) -> set[str]:
    """Return the revisions that the schema is at, none for a database without tables of ours."""
    if not inspect(connection).has_table("alembic_version"):
        return set()
    return set(connection.execute(text("SELECT version_num FROM alembic_version")).scalars())


def _lock(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _ADVISORY_LOCK})


def _build_config(connection: Connection) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    attributes: dict[str, Any] = config.attributes
    attributes["connection"] = connection
    return config
