"""Writes a consistent copy of a database into one file while a bot runs on it, and puts such a copy back.

The file is a SQLite database, whichever database it comes from. It holds no key: without the keys, what is sealed in it
stays sealed.
"""

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL
from sqlalchemy.exc import SQLAlchemyError

from bot.store import migrate
from bot.store.database import DatabaseProblem, build_url, say_error, sqlite_file
from bot.store.in_use import alone_on
from bot.store.sqlite import connect_to_existing
from bot.store.transfer import copy_tables, open_as_it_is, reading, writing


class FileExists(DatabaseProblem):
    """The file that is to be written exists."""


def back_up(url: URL, file: Path) -> int:
    """Write a copy of the database into a new file that only its owner may read; its size in bytes. Raises
    DatabaseProblem."""
    if file.exists():
        raise FileExists(f"{file} exists. Choose another name: a backup is never overwritten.")
    source = sqlite_file(url)
    try:
        with _draft(file) as draft:
            if source is not None:
                _vacuum_into(source, draft)
            else:
                with reading(url) as theirs, writing(build_url(f"sqlite:///{draft}")) as ours:
                    copy_tables(theirs, ours)
    except (OSError, sqlite3.Error, SQLAlchemyError) as error:
        raise DatabaseProblem(f"The backup was not written: {say_error(error)}.") from error
    return file.stat().st_size


def restore(file: Path, url: URL, *, replace: bool) -> None:
    """Put a backup in the database's place. Raises DatabaseInUse while a bot runs on it, FileExists or NotEmpty unless
    what is there may be replaced, and DatabaseProblem."""
    if not file.is_file():
        raise DatabaseProblem(f"There is no file {file}.")
    try:
        with alone_on(url):
            target = sqlite_file(url)
            if target is None:
                with reading(build_url(f"sqlite:///{file}")) as theirs, writing(url) as ours:
                    copy_tables(theirs, ours, replace=replace)
                return
            if target.exists() and target.stat().st_size and not replace:
                raise FileExists(f"{target} exists. Add --yes to replace it with the backup.")
            with open_as_it_is(build_url(f"sqlite:///{file}")) as connection:
                if not migrate.is_known(connection):
                    raise DatabaseProblem(f"{file} is no backup of this bot, or one of a newer version.")
            with _draft(target) as draft:
                _vacuum_into(file, draft)
                for beside in ("-wal", "-shm"):
                    target.with_name(target.name + beside).unlink(missing_ok=True)
    except (OSError, sqlite3.Error, SQLAlchemyError) as error:
        raise DatabaseProblem(f"Nothing was restored: {say_error(error)}.") from error


@contextmanager
def _draft(file: Path) -> Iterator[Path]:
    """Give a path beside ``file`` to write to, which takes its place when all went well."""
    draft = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        yield draft
        _sync(draft)
        draft.replace(file)
        _sync(file.parent)
    finally:
        for left in ("", "-wal", "-shm", "-journal"):
            draft.with_name(draft.name + left).unlink(missing_ok=True)


def _vacuum_into(source: Path, target: Path) -> None:
    """Copy a SQLite database as it is at this moment, without what was deleted from it."""
    connection = connect_to_existing(source)
    try:
        if (said := connection.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
            raise DatabaseProblem(f"{source} is damaged: {said}.")
        connection.execute("VACUUM INTO ?", (str(target),))
    finally:
        connection.close()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
