"""Brings the schema to this version. When several replicas start at the same moment, one does it and the rest wait."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from bot.store.table_rules import all_metadata

_FOLDER = Path(__file__).parent / "migrations"
_ADVISORY_LOCK = 0x6469_616C  # any number, as long as every replica uses the same


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Tell Alembic to compare our tables only, because the durable work's own tables share the database."""
    return kind != "table" or name in all_metadata().tables


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Upgrade the schema inside the connection's transaction, which holds the write lock on SQLite from its BEGIN
    on."""
    _lock(connection)
    command.upgrade(_build_config(connection), revision)


def downgrade(connection: Connection, revision: str) -> None:
    _lock(connection)
    command.downgrade(_build_config(connection), revision)


def is_current(connection: Connection) -> bool:
    """Tell whether the schema is the one this version was written for."""
    script = ScriptDirectory.from_config(_build_config(connection))
    return set(MigrationContext.configure(connection).get_current_heads()) == set(script.get_heads())


def is_known(connection: Connection) -> bool:
    """Tell whether the schema is one that this version can bring up to date: its own, or an earlier one."""
    known = {revision.revision for revision in ScriptDirectory.from_config(_build_config(connection)).walk_revisions()}
    heads = set(MigrationContext.configure(connection).get_current_heads())
    return bool(heads) and heads <= known


def _lock(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _ADVISORY_LOCK})


def _build_config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    attributes: dict[str, Any] = config.attributes
    attributes["connection"] = connection
    return config
