"""Requests for cover: asking a colleague to take over somebody's duty for a while."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.activity.registers import Register, State, fragment
from bot.basics.stored_json import IsoMoment, StoredJson

LONGEST_COVER: Final = timedelta(days=30)
"""How long ago a request for cover may have been taken over that somebody still stands in for."""
_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Cover:
    """A request for cover. ``asker`` is a Slack id; ``lines`` maps call centers such as ``callcenter:5527`` to
    names."""

    asker: str = ""
    name: str = ""
    until: IsoMoment = _LONG_AGO
    lines: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


_COVER: Final = StoredJson(Cover)


def read_cover(cover: Cover) -> State:
    """Return a cover request as the state of its card."""
    return fragment(0, 0, _COVER.dump(cover))


def view_cover(state: Mapping[str, Register]) -> Cover:
    """Undo ``read_cover``."""
    return _COVER.load({name: register[2] for name, register in state.items()})
