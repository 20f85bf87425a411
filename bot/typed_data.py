"""Reads what is given to ``--data``: JSON typed on the line, from a file (``@file``) or from standard input (``-``)."""

import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from bot.basics.errors import ChatopsError
from bot.basics.json_objects import DEEPEST, is_shallow

_EXAMPLE: Final = 'such as {"id": 5}'
_LONGEST_NUMBER: Final = 40
"""Digits; Dialpad's longest ids have 19."""
LARGEST: Final = 16 * 1024 * 1024
"""Bytes; Dialpad takes 1 MB."""


class BadInput(ChatopsError):
    """What was typed cannot be used; the message says what to type."""


def read_values(data: str) -> dict[str, Any]:
    """Return the JSON object of ``--data``. Raises BadInput for everything else."""
    text = _fetch(data)
    try:
        values = json.loads(
            text or "{}",
            object_pairs_hook=_each_once,
            parse_constant=_no_number,
            parse_int=_whole_number,
            parse_float=_finite_number,
        )
    except RecursionError:
        raise _too_deep() from None
    except json.JSONDecodeError as problem:
        where = f"line {problem.lineno}, column {problem.colno}"
        raise BadInput(f"--data is not JSON ({where}: {problem.msg}). Give one JSON object, {_EXAMPLE}") from None
    if not isinstance(values, dict):
        raise BadInput(f"--data takes one JSON object, {_EXAMPLE}")
    if not is_shallow(values):
        raise _too_deep()
    _check_characters(values)
    return values


def _fetch(data: str) -> str:
    if data == "-":
        return _as_text(sys.stdin.buffer.read(LARGEST + 1), "Standard input")
    if data.startswith("@"):
        path = Path(data[1:])
        try:
            with path.open("rb") as file:
                return _as_text(file.read(LARGEST + 1), f"The file {_shown(path)}")
        except (OSError, ValueError) as problem:  # ValueError: a NUL in the name
            why = getattr(problem, "strerror", None) or "it has no such name"
            raise BadInput(f"The file {_shown(path)} cannot be read: {why}.") from None
    return data


def _shown(path: Path) -> str:
    return str(path).encode(errors="replace").decode()[:200] or "without a name"


def _as_text(found: bytes, where: str) -> str:
    if len(found) > LARGEST:
        raise BadInput(f"{where} is larger than {LARGEST // 1024**2} MB, which is more than Dialpad takes.")
    try:
        return found.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(f"{where} is not UTF-8 text. Save it as UTF-8 and try again.") from None


def _too_deep() -> BadInput:
    return BadInput(f"--data is nested more than {DEEPEST} levels deep. No action takes that.")


def _each_once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, value in pairs:
        if name in made:
            shown = name.encode(errors="replace").decode()[:60]
            raise BadInput(f"--data has “{shown}” twice in one object. Give it once.")
        made[name] = value
    return made


def _no_number(said: str) -> Any:
    raise BadInput(f"--data has {said}, which is no number in JSON. Leave it out, or give a number.")


def _whole_number(digits: str) -> int:
    if len(digits) > _LONGEST_NUMBER:
        raise BadInput(f"--data has a number of {len(digits):,} digits ({digits[:10]}…). No action takes that.")
    return int(digits)


def _finite_number(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise BadInput(f"--data has {digits[:20]}, which is too large. No action takes that.")
    return number


def _check_characters(values: dict[str, Any]) -> None:
    try:
        json.dumps(values, ensure_ascii=False).encode()
    except UnicodeEncodeError as problem:
        half = ord(problem.object[problem.start])
        raise BadInput(
            f"--data has half a character (\\u{half:04x}), such as an emoji that was cut in two. Write the whole one."
            if not 0xDC80 <= half <= 0xDCFF
            else "--data has a byte that is not UTF-8. Save or type it as UTF-8."
        ) from None
