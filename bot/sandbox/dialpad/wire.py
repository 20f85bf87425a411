"""The JSON of answers: every integer a string, nothing empty."""

from dataclasses import dataclass
from typing import Any

from bot.sandbox.dialpad.model import Json


@dataclass(frozen=True)
class Answer:
    """An answer before it is written. ``body`` None becomes an empty object, which every client can read."""

    body: Json | None = None
    status: int = 200


def to_wire(value: Any) -> Any:
    """Turn integers into strings (all of Dialpad's are 64 bit) and leave None, "", [] and {} inside objects out."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return str(value)
    if isinstance(value, dict):
        rendered = {key: to_wire(item) for key, item in value.items()}
        return {key: item for key, item in rendered.items() if item not in (None, "", [], {})}
    if isinstance(value, list | tuple):
        return [to_wire(item) for item in value]
    return value
