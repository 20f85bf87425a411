"""Prints lists and answers in a terminal: as a table for people, as JSON or CSV for other programs."""

import csv
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from io import StringIO
from typing import TYPE_CHECKING, Any, Final, TextIO

if TYPE_CHECKING:
    from rich.console import Console

# rich is imported where something is printed: the command line imports this module before it knows what is asked.
# ruff: noqa: PLC0415

WIDTH: Final = 200
"""Columns of a table that is not written to a terminal."""
_FORMULA: Final = re.compile(r"[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
"""What a spreadsheet takes for the beginning of a formula, also in full width."""
_PLAIN_NUMBER: Final = re.compile(r"[+-]?\d+(?:\.\d+)?")


class Output(StrEnum):
    """The forms in which a list can be printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def write_json(value: Any, out: TextIO) -> None:
    """Print JSON, in characters that ``out`` can write."""
    out.write(json.dumps(value, ensure_ascii=not _takes_everything(out), indent=2) + "\n")


def _takes_everything(out: TextIO) -> bool:
    return (getattr(out, "encoding", None) or "utf-8").casefold().replace("-", "") == "utf8"


def write_csv(rows: Sequence[Mapping[str, Any]], out: TextIO) -> None:
    """Print rows as CSV with a line of column names. Objects become columns, such as ``hold_queue.max_hold_count``;
    lists stay JSON. A cell that a spreadsheet would run as a formula begins with an apostrophe."""
    flat = [dict(_columns(row, "")) for row in rows]
    names = list(dict.fromkeys(name for row in flat for name in row))
    written = StringIO(newline="")
    writer = csv.writer(written, lineterminator="\n")
    if names:
        writer.writerow([_harmless(name) for name in names])
    writer.writerows([_harmless(row.get(name, "")) for name in names] for row in flat)
    text = written.getvalue()
    out.write(text if _takes_everything(out) else text.encode(out.encoding, "backslashreplace").decode(out.encoding))


def _columns(row: Mapping[str, Any], before: str) -> Iterable[tuple[str, Any]]:
    for name, value in row.items():
        if isinstance(value, Mapping):
            yield from _columns(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def _harmless(value: Any) -> str:
    """Return a cell that no spreadsheet runs: phone numbers and other numbers stay as they are."""
    text = "\n".join(cell(value).split("\r\n")).replace("\r", "\n")
    return f"'{text}" if _FORMULA.match(text) and not _PLAIN_NUMBER.fullmatch(text) else text


def cell(value: Any) -> str:
    """Write a value as text, "" for none."""
    match value:
        case None:
            return ""
        case str():
            return value
        case _:
            return json.dumps(value, ensure_ascii=False)


def write_table(rows: Sequence[Mapping[str, Any]], headings: Mapping[str, str], out: TextIO) -> None:
    """Print the named columns of rows under their headings. Colours and boxes follow the terminal, and NO_COLOR."""
    from rich.table import Table

    table = Table(*headings.values())
    for row in rows:
        table.add_row(*(visible(cell(row.get(name))) for name in headings))
    console_of(out).print(table)


def console_of(out: TextIO) -> "Console":
    """Build the console that tables are printed on; without markup, since what is printed is what others wrote."""
    from rich.console import Console

    wide = None if out.isatty() else WIDTH
    return Console(file=out, width=wide, markup=False, highlight=False, emoji=False)


def visible(text: str) -> str:
    """Replace control characters, which could steer a terminal, by marks."""
    return "".join(char if char.isprintable() else "␣" if char in "\n\t" else "\ufffd" for char in text)
