"""Tells when Dialpad itself took an agent off duty, because they missed or declined a call. Pure and order-free.

What is known of an agent are registers: whether they are on duty, since when they are off and with what reason, which
call they did not take last, and when somebody last changed their duty from here.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.activity.registers import State, fragment, value

TOGETHER: Final = timedelta(seconds=30)
"""How long after a call that they did not take somebody's going off duty is due to it."""
EARLY: Final = timedelta(seconds=5)
"""By how much the two may come in the other order."""
OURS_FOR: Final = timedelta(seconds=60)
"""For how long a change of duty from here explains what Dialpad says."""
_NO_REASON: Final = frozenset({"", "off duty", "unavailable"})
_DIALPADS: Final = ("missed", "declin", "unanswered", "no answer", "did not answer")
"""Words of a reason that no person chooses. Dialpad does not document its own."""
MISSED_A_CALL: Final = "missed a call"
"""What is said of somebody whom Dialpad took off duty."""
OFF_AT, REASON, MISSED_AT, MISSED_LINE, MISSED_PLACE, OURS_AT = (
    "off_at", "off_reason", "missed_at", "missed_line", "missed_place", "ours_at",
)  # fmt: skip


@dataclass(frozen=True)
class TakenOff:
    """Somebody whom Dialpad took off duty. ``line`` and ``place``: whose call they did not take, "" for unknown."""

    at: datetime
    line: str = ""
    place: str = ""


def missed(at: datetime, line: str, place: str) -> State:
    """Return what a call says of an agent who did not take it."""
    ms = _ms(at)
    return fragment(ms, 0, {MISSED_AT: ms, MISSED_LINE: line, MISSED_PLACE: place})


def changed_here(at: datetime) -> State:
    """Return that somebody changes an agent's duty from here."""
    return fragment(_ms(at), 0, {OURS_AT: _ms(at)})


def gone_off(at: datetime, reason: str) -> State:
    """Return that an agent went off duty."""
    return fragment(_ms(at), 0, {OFF_AT: _ms(at), REASON: reason})


def taken_off(known: State) -> TakenOff | None:
    """Return since when an agent is off duty because Dialpad took them off; None for anybody else."""
    off_at, on = _moment(value(known, OFF_AT)), known.get("on")
    if off_at is None or (on is not None and on[2] is not False and on[0] > _ms(off_at)):
        return None  # a status of the same moment came before: they were still on duty when the call ended
    reason = str(value(known, REASON) or "").strip().replace("_", " ").casefold()
    is_told = any(word in reason for word in _DIALPADS)
    ours_at, missed_at = _moment(value(known, OURS_AT)), _moment(value(known, MISSED_AT))
    if ours_at is not None and -EARLY <= off_at - ours_at <= OURS_FOR:
        return None
    together = missed_at is not None and -EARLY <= off_at - missed_at <= TOGETHER
    if not is_told and not (together and reason in _NO_REASON):
        return None
    line, place = (str(value(known, name) or "") for name in (MISSED_LINE, MISSED_PLACE))
    return TakenOff(off_at, line, place) if together else TakenOff(off_at)


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _moment(stored: object) -> datetime | None:
    return datetime.fromtimestamp(stored / 1000, UTC) if isinstance(stored, int) else None
