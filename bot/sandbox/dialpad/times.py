"""Dialpad's three formats for a moment: epoch milliseconds, ISO without a zone, and (rarely) seconds."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    return datetime.now(UTC)


def epoch_ms(moment: datetime | None) -> int | None:
    """Return milliseconds since 1970, as calls, duty statuses and events have it."""
    return None if moment is None else round(moment.timestamp() * 1000)


def naive_iso(moment: datetime | None) -> str | None:
    """Return ISO 8601 in UTC without a zone, as users, devices, texts and transcript lines have it."""
    return None if moment is None else moment.astimezone(UTC).replace(tzinfo=None).isoformat()


def elapsed_ms(start: datetime | None, end: datetime | None) -> float:
    """Return the milliseconds between two moments as a float, the way Dialpad gives call durations; 0.0 when one is
    missing."""
    if start is None or end is None:
        return 0.0
    return round((end - start).total_seconds() * 1000, 3)
