"""Tells whether the machine that keeps the database has started again since a row was written.

What is written without waiting for the disk outlives this process, and may be lost with the machine: on SQLite the one
this process runs on, on Postgres the server's. Who relies on such a row compares the boot it was written in with
today's.
"""

from pathlib import Path
from typing import Final

from sqlalchemy import URL, Text, literal, literal_column
from sqlalchemy.sql.elements import ColumnElement

_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")
"""On Linux, new at each start of the machine (``man 4 random``)."""


def read_boot(url: URL) -> ColumnElement[str] | None:
    """Return the name of the boot of now, as a value in a statement; None where it cannot be told."""
    if url.get_backend_name() != "sqlite":
        return literal_column("extract(epoch from pg_postmaster_start_time())::text", Text)
    try:
        return literal(_BOOT_ID.read_text(encoding="ascii").strip())
    except OSError:
        return None
