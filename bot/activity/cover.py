"""Somebody asks a colleague to take over their duty for a while."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.activity.registers import Register, State, fragment, value


@dataclass(frozen=True)
class Cover:
    """``asker`` is a Slack id; ``lines`` are the call centers, ``callcenter:5527`` to the name each is shown by."""

    asker: str
    name: str
    until: datetime
    lines: Mapping[str, str]
    note: str = ""


def read_cover(cover: Cover) -> State:
    """As a card's state."""
    said: dict[str, Any] = {
        "asker": cover.asker,
        "name": cover.name,
        "until": cover.until.isoformat(),
        "lines": dict(cover.lines),
        "note": cover.note,
    }
    return fragment(0, 0, said)


def view_cover(state: Mapping[str, Register]) -> Cover:
    """Undo ``read_cover``."""
    until = value(state, "until")
    return Cover(
        asker=str(value(state, "asker") or ""),
        name=str(value(state, "name") or ""),
        until=datetime.fromisoformat(until) if until else datetime.fromtimestamp(0, UTC),
        lines=value(state, "lines") or {},
        note=str(value(state, "note") or ""),
    )
