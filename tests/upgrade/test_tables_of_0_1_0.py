"""The tables of version 0.1.0, brought up to date."""

import contextlib
import sqlite3
from pathlib import Path
from typing import Final

import pytest
from typer.testing import CliRunner

from bot.__main__ import app
from tests.upgrade.opened import KEY, count_rows, read_written, restore

VERSION: Final = "version_0_1_0"
GONE: Final = frozenset(
    {"turns", "application_versions", "dbos_migrations", "notifications", "operation_outputs", "queues", "streams"}
    | {f"workflow_{what}" for what in ("events", "events_history", "input", "output", "schedules", "status")}
)
"""Tables whose rows meant something for a second only, or to the workflow engine of then."""


def test_bringing_them_up_to_date_keeps_every_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written, file = read_written(VERSION), tmp_path / "bot.db"
    restore(VERSION, file)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{file}")
    monkeypatch.setenv("ENCRYPTION_KEYS", KEY)
    done = CliRunner().invoke(app, ["db", "upgrade"])
    assert done.exit_code == 0, done.output

    expected = {name: count for name, count in written["rows"].items() if name not in GONE}
    with contextlib.closing(sqlite3.connect(file)) as connection:
        kept = count_rows(connection, expected)
    assert kept == expected
