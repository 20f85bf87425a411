"""The corpus as it stands in the text files beside this one.

A line is what is typed, a mark, and what must come of it::

    dnd on 30m            ->  dnd state=on until=10:30       done, with these arguments
    dnd of                ??  /dp dnd off | /dp dnd on       asked back, with these buttons
    sms jordan            ..  sms to=+14155550150            its form opens, with these fields filled in
    call 12               !!  too short                      refused, in a sentence with these words
    dndd on 30m           ~~  dnd on 30m                     a slip: does what that line does, or offers it

``[priya]`` in front is who types, by default Ana. It is ten o'clock on Tuesday, 10 March 2026, in Los Angeles.
"""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
MARKS: Final = {"->": "done", "??": "asked", "..": "form", "!!": "refused", "~~": "slip"}
_UNSEEN: Final = re.compile(r"\\u([0-9a-f]{4})")
_ENTRY: Final = re.compile(r"(?:\[(?P<who>\w+)\] )?(?P<typed>.*?)\s+(?P<mark>->|\?\?|\.\.|!!|~~)\s+(?P<rest>.+)")


@dataclass(frozen=True)
class Entry:
    """One line of the corpus. ``kind`` is a value of MARKS; ``verb`` and ``args`` are of what is done or filled in;
    ``said`` are the labels of buttons, words of a refusal, or the line that was meant."""

    typed: str
    kind: str
    who: str = "ana"
    verb: str = ""
    args: tuple[tuple[str, str], ...] = ()
    said: tuple[str, ...] = ()


def read_entry(line: str) -> Entry:
    """Read one line of a file."""
    match = _ENTRY.fullmatch(line.strip())
    assert match is not None, f"no entry: {line!r}"
    kind, rest = MARKS[match["mark"]], match["rest"].strip()
    typed = _UNSEEN.sub(lambda found: chr(int(found[1], 16)), match["typed"])
    who = match["who"] or "ana"
    if kind in {"done", "form"}:
        verb, *pairs = shlex.split(rest)
        args = sorted(tuple(pair.split("=", 1)) for pair in pairs)
        return Entry(typed, kind, who, verb, tuple((name, value) for name, value in args))
    return Entry(typed, kind, who, said=tuple(part.strip() for part in rest.split(" | ")))


def read_file(name: str) -> list[Entry]:
    """Read a file of the corpus. Empty lines and those that begin with # are for its readers."""
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [read_entry(line) for line in lines if line.strip() and not line.startswith("#")]


def read_all() -> list[Entry]:
    """Read the whole corpus."""
    return [*read_file("lines.txt"), *read_file("slips.txt")]
