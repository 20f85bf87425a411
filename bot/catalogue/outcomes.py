"""Lists of call outcomes as people write them, one per line, and as Dialpad keeps them.

"Left a voicemail (outbound)" is an outcome for outbound calls alone; a line that begins with "-" is a more exact
outcome below the one above it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.basics.language import say
from bot.contract.argument import Text
from bot.contract.context import Ctx
from bot.contract.reply import Raw

_USAGE: Final = "~usage"
_ALWAYS: Final = "everything"
_LINE: Final = re.compile(r"(?P<below>[-–—•*]\s*)?(?P<name>.*?)\s*(\((?P<usage>[^()]*)\))?")
_USAGES: Final = {
    "in": "inbound", "inbound": "inbound", "incoming": "inbound", "inbound only": "inbound",
    "out": "outbound", "outbound": "outbound", "outgoing": "outbound", "outbound only": "outbound",
    _ALWAYS: _ALWAYS,
}  # fmt: skip
OUTCOMES: Final = "dispositions"
"""What Dialpad calls the outcomes in a list."""
EXAMPLE: Final = "Resolved\nFollow-up needed\n- Callback\nLeft a voicemail (outbound)"


def read_outcomes(text: str) -> dict[str, Any]:
    """Read outcomes from lines. Raises ValueError, with a sentence, for lines that mean nothing."""
    found: dict[str, Any] = {}
    above: dict[str, Any] | None = None
    for line in filter(None, map(str.strip, text.splitlines())):
        match = _LINE.fullmatch(line)
        if match is None or not match["name"]:
            raise ValueError(say("“{line}” has no name.", line=line))
        usage = _USAGES.get((match["usage"] or "").casefold())
        name = match["name"] if usage or not match["usage"] else f"{match['name']} ({match['usage']})"
        if name.startswith("~"):
            raise ValueError(say("The name of an outcome cannot begin with ~."))
        inside = {_USAGE: usage or _ALWAYS}
        if match["below"] is None:
            above = found.setdefault(name, inside)
        elif above is None:
            raise ValueError(say("The first line cannot begin with -."))
        else:
            above[name] = inside
    return found


def write_outcomes(outcomes: Mapping[str, Any]) -> str:
    """Write outcomes as the lines that ``read_outcomes`` reads. Raises TypeError for what are none."""
    return "\n".join(_lines(outcomes, ""))


def shown_outcomes(outcomes: Mapping[str, Any]) -> str:
    """Show outcomes as they are written; anything else as it is."""
    try:
        return write_outcomes(outcomes)
    except TypeError:
        return ", ".join(map(str, outcomes))


def _lines(outcomes: Mapping[str, Any], before: str) -> Iterator[str]:
    for name, inside in outcomes.items():
        if name == _USAGE:
            continue
        if not isinstance(inside, Mapping):
            raise TypeError("no outcomes")
        usage = str(inside.get(_USAGE) or _ALWAYS)
        yield f"{before}{name}" if usage == _ALWAYS else f"{before}{name} ({usage})"
        yield from _lines(inside, f"{before}- ")


@dataclass(frozen=True)
class OutcomeLines(Text):
    """A list of call outcomes, one per line. The value is Dialpad's object of them; JSON is taken too."""

    async def parse(self, ctx: Ctx, name: str, raw: Raw) -> Any:
        text = "\n".join(raw) if isinstance(raw, list) else str(raw)
        try:
            return _read_object(text) if text.lstrip().startswith("{") else read_outcomes(text)
        except ValueError as problem:
            raise self.refuse(
                name, say("{problem} Write one outcome per line, such as Resolved.", problem=problem)
            ) from None


def _read_object(text: str) -> dict[str, Any]:
    import json  # noqa: PLC0415  wanted by few

    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError(say("That is not JSON.")) from None
    write_outcomes(found)
    return dict(found)
