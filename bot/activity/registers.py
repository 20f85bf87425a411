"""State that events can be merged into in any order, and more than once, with the same result.

A state is a set of named registers. Each keeps the value with the highest stamp, ties going to the larger value as
text, so joining is commutative, associative and idempotent: an event older than the one already known changes nothing.
"""

import json
from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from bot.basics.names import in_one_line

Register: TypeAlias = tuple[int, int, Any]
"""When it was said (epoch ms), the rank of the event that said it, and the value (JSON)."""

_SPOKEN: Final = frozenset({"text", "transcript", "recap"})
"""Registers, by the last part of their name, whose line breaks mean something."""

State: TypeAlias = dict[str, Register]


def join(one: Mapping[str, Register], other: Mapping[str, Register]) -> State:
    """Merge two states: in each register the newer value stays."""
    joined: State = dict(one)
    for name, register in other.items():
        known = joined.get(name)
        if known is None or _order(register) > _order(known):
            joined[name] = register
    return joined


def _order(register: Register) -> tuple[int, int, str]:
    return register[0], register[1], json.dumps(register[2], sort_keys=True, ensure_ascii=False)


def fragment(at: int, rank: int, values: Mapping[str, Any], prefix: str = "") -> State:
    """Return the state that one event contributes. Values that are None are left out, so they override nothing."""
    return {f"{prefix}{name}": (at, rank, value) for name, value in values.items() if value is not None}


def value(state: Mapping[str, Register], name: str) -> Any:
    """Return the value of a register, None when it was never set. All but what people wrote or said is in one line:
    names are chosen by strangers."""
    register = state.get(name)
    if register is None or isinstance(register[2], bool | int | float):
        return None if register is None else register[2]
    return register[2] if name.rpartition(".")[2] in _SPOKEN else in_one_line(register[2])


def to_json(state: Mapping[str, Register]) -> dict[str, list[Any]]:
    """Return the state as it is stored."""
    return {name: list(register) for name, register in sorted(state.items())}


def from_json(stored: Mapping[str, Any]) -> State:
    """Undo ``to_json``."""
    return {name: (int(one[0]), int(one[1]), one[2]) for name, one in stored.items()}
