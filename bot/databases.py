"""The database as ``dialpad-chatops db`` backs it up, restores, checks and copies it, also while a bot runs on it."""

from collections.abc import Sequence
from pathlib import Path

from bot.basics.settings import Settings
from bot.store import backup
from bot.store.database import build_url, find_database, sqlite_file
from bot.store.in_use import is_in_use
from bot.store.integrity import Checked, check_database
from bot.store.keys import key_file_for
from bot.store.store import read_keyring
from bot.store.transfer import CopiedTable, copy_database


def back_up(settings: Settings, file: Path) -> str:
    """Write a backup; say what was written, and which keys it needs. Raises DatabaseProblem."""
    size = backup.back_up(find_database(settings.database_url), file)
    return f"{file} written, {size / 1000:,.0f} kB. It needs {_keys(settings)} to be read: keep that too, elsewhere."


def restore(settings: Settings, file: Path, *, replace: bool) -> str:
    """Put a backup back; say what to do next. Raises DatabaseInUse while a bot runs, and DatabaseProblem."""
    backup.restore(file, build_url(settings.database_url), replace=replace)
    return "Restored. Look at it with `dialpad-chatops db check`, then start the bot."


def check(settings: Settings, file: Path | None) -> list[Checked]:
    """Check the database, or a backup of it, with today's keys. Raises DatabaseProblem and KeyProblem."""
    url = find_database(f"sqlite:///{file}" if file is not None else settings.database_url)
    keys = settings.encryption_keys.get_secret_value() if settings.encryption_keys else None
    return check_database(url, read_keyring(settings.database_url, keys))


def copy(settings: Settings, to: str, *, replace: bool) -> tuple[Sequence[CopiedTable], str]:
    """Copy everything into another database; its tables, and what to do next. Raises DatabaseProblem."""
    source = find_database(settings.database_url)
    copied = copy_database(source, build_url(to), replace=replace)
    late = "A bot is still running on the first one: what it does from now on is not in the copy. "
    return (
        copied,
        f"{late if is_in_use(source) else ''}Start the bot with DATABASE_URL set to it and {_keys(settings)}.",
    )


def _keys(settings: Settings) -> str:
    """Say which keys open what is stored now."""
    file = sqlite_file(build_url(settings.database_url))
    if settings.encryption_keys or file is None:
        return "the same ENCRYPTION_KEYS"
    return f"the key in {key_file_for(file)} as ENCRYPTION_KEYS"
