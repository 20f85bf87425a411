"""The audit as ``dialpad-chatops audit`` shows it."""

from collections.abc import Sequence
from typing import Any, Final, TextIO

from rich.console import Console
from rich.table import Table

from bot.app import open_store
from bot.basics.settings import Settings
from bot.dialpad.audited import as_text
from bot.store.audit import AuditRow

_WIDTH: Final = 200
"""Columns of a table that is not written to a terminal."""


async def read(settings: Settings, *, about: str, user_id: str, limit: int) -> list[AuditRow]:
    """Return the newest entries that are about an object and of one person, where these are given."""
    store = await open_store(settings, check_keys=False)
    try:
        return await store.audit.recent_of_all(user_id=user_id, about=about, limit=limit)
    finally:
        await store.aclose()


def describe(row: AuditRow) -> dict[str, Any]:
    """Describe an entry as JSON for other programs."""
    return {
        "at": row.at.isoformat(),
        "team": row.person.team_id,
        "person": row.person.user_id,
        "action": row.action,
        "route": row.route,
        "outcome": row.outcome,
        "origin": row.origin,
        "reference": row.reference,
        "object": row.about.object,
        "details": dict(row.about.details),
        "dialpad_user": row.about.dialpad_user_id,
        "dialpad_company": row.about.dialpad_company_id,
    }


def show(rows: Sequence[AuditRow], out: TextIO) -> None:
    """Print entries as a table."""
    table = Table("At", "Person", "What", "Object", "Details", "Outcome", "As, at Dialpad")
    for row in rows:
        what = row.action or row.route
        acting = row.about.dialpad_user_id or ("the company's key" if row.about.dialpad_company_id else "")
        at = f"{row.at:%Y-%m-%d %H:%M:%S} UTC"
        about = (row.about.object, as_text(row.about.details))
        table.add_row(at, row.person.user_id, what, *about, row.outcome, acting)
    Console(file=out, width=None if out.isatty() else _WIDTH).print(table)
