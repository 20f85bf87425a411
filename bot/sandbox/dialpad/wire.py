"""How an answer looks on the wire: every integer a string, nothing empty."""

from dataclasses import dataclass
from typing import Any

from bot.sandbox.dialpad.model import Json


@dataclass(frozen=True)
class Answer:
    """``body`` None is an answer that tells nothing: an empty object on the wire, which every client can read."""

    body: Json | None = None
    status: int = 200


def to_wire(value: Any) -> Any:
    """Integers become strings (all of Dialpad's are 64 bit); None, "", [] and {} inside objects are left out."""
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
