"""Reads the table that somebody sends for a bulk change: whatever their spreadsheet made of it."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.basics.errors import UserError
from bot.basics.language import say

MOST_ROWS: Final = 5_000
LARGEST: Final = 3_000_000
_SEPARATORS: Final = ",;\t"
_LOOKED_AT: Final = 20
_SEP: Final = re.compile(r"sep=([,;\t|])", re.IGNORECASE)


@dataclass(frozen=True)
class SheetRow:
    """One row: its number as a spreadsheet counts, and its cells by heading."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class BulkSheet:
    """The heading and the rows that are not empty."""

    heading: tuple[str, ...]
    rows: tuple[SheetRow, ...]


def read_sheet(content: bytes) -> BulkSheet:
    """Read a CSV file. Raises UserError."""
    if len(content) > LARGEST:
        size, most = len(content) // 1_000_000, LARGEST // 1_000_000
        raise UserError(say("The file has {size} MB; the limit is {most} MB.", size=size, most=most))
    text = _decode(content)
    if "\x00" in text or text[:2] == "PK":
        raise UserError(say("That is no CSV file. In your spreadsheet, save it as CSV, then attach that."))
    separator = _separator(text)
    try:
        found = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error:
        raise UserError(
            say("The file's quotes do not match, so its rows cannot be told apart. Save it as CSV again.")
        ) from None
    if found and _SEP.fullmatch(text.splitlines()[0].strip()):
        found[0] = []  # how a spreadsheet is told the separator
    rows = [
        SheetRow(number, tuple(_plain(cell) for cell in row))
        for number, row in enumerate(found, start=1)
        if any(cell.strip() for cell in row)
    ]
    if not rows:
        raise UserError(say("The file is empty. Attach another one."))
    heading, *others = rows
    if not others:
        raise UserError(say("The file has a heading and no rows under it."))
    if len(others) > MOST_ROWS:
        raise UserError(
            say("The file has {count:,} rows; the limit is {most:,}. Divide it.", count=len(others), most=MOST_ROWS)
        )
    return BulkSheet(heading.cells, tuple(others))


def _decode(content: bytes) -> str:
    """Decode what spreadsheets write: UTF-8 with or without its mark, UTF-16, or Windows' Latin-1."""
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        try:
            return content.decode("utf-16")
        except UnicodeDecodeError:
            raise UserError(say("The file's text cannot be read. Save it as CSV in UTF-8.")) from None
    if content[1:2] == b"\x00" and content[3:4] == b"\x00":
        return content.decode("utf-16-le", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _separator(text: str) -> str:
    """Return the sign that divides the heading into most cells, looking at the first rows where it does not."""
    lines = [line for line in text.splitlines() if line.strip()][:_LOOKED_AT]
    if lines and (told := _SEP.fullmatch(lines[0].strip())):
        return told[1]
    counts = [
        (sum(line.count(sign) for line in lines[:1]), sum(line.count(sign) for line in lines), sign)
        for sign in _SEPARATORS
    ]
    return max(counts, key=lambda one: one[:2])[2]


def _plain(cell: str) -> str:
    """Return a cell's text. A mark that keeps spreadsheets from running it, as we write it ourselves, is taken off."""
    text = " ".join(cell.replace("\u00a0", " ").split())
    return text[1:] if text[:1] == "'" and text[1:2] in "=+-@" and len(text) > 1 else text


def column_of(heading: Sequence[str], names: Sequence[str]) -> int | None:
    """Return which column has one of these names, in people's words."""
    wanted = {_bare(name) for name in names}
    return next((place for place, cell in enumerate(heading) if _bare(cell) in wanted), None)


def _bare(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())
