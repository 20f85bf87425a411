"""The tables of version 0.1.0, brought up to date."""

import contextlib
import runpy
import sqlite3
from pathlib import Path
from typing import Final

import pytest

from tests.upgrade.opened import KEY, count_rows, read_written, restore

VERSION: Final = "version_0_1_0"


def test_bringing_them_up_to_date_keeps_every_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written, file = read_written(VERSION), tmp_path / "bot.db"
    restore(VERSION, written, file)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{file}")
    monkeypatch.setenv("ENCRYPTION_KEYS", KEY)
    monkeypatch.setattr("sys.argv", ["dialpad-chatops", "db", "upgrade"])
    with contextlib.suppress(SystemExit):
        runpy.run_module("bot", run_name="__main__")

    with contextlib.closing(sqlite3.connect(file)) as connection:
        kept = count_rows(connection, written["rows"])
    assert kept == written["rows"]
