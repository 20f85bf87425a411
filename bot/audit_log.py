"""The audit as ``dialpad-chatops audit`` shows it."""

from collections.abc import Sequence
from typing import Any, TextIO

from bot.app import open_store
from bot.basics.settings import Settings
from bot.contract.audit_trail import AuditRow
from bot.dialpad.audited import as_text
from bot.printing import Output, write_csv, write_json, write_table


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


def show(rows: Sequence[AuditRow], out: TextIO, output: Output) -> None:
    """Print entries."""
    if output is Output.JSON:
        write_json([describe(row) for row in rows], out)
    elif output is Output.CSV:
        write_csv([describe(row) for row in rows], out)
    else:
        headings = ("At", "Person", "What", "Object", "Details", "Outcome", "As, at Dialpad")
        write_table([_in_words(row) for row in rows], {name: name for name in headings}, out)


def _in_words(row: AuditRow) -> dict[str, str]:
    acting = row.about.dialpad_user_id or ("the company's key" if row.about.dialpad_company_id else "")
    return {
        "At": f"{row.at:%Y-%m-%d %H:%M:%S} UTC",
        "Person": row.person.user_id,
        "What": row.action or row.route,
        "Object": row.about.object,
        "Details": as_text(row.about.details),
        "Outcome": row.outcome,
        "As, at Dialpad": acting,
    }
