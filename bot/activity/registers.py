"""What is known of one thing that events tell about, such that their order and their repetition change nothing.

A state is a set of named registers. Each keeps the value with the highest stamp, ties going to the larger value as
text, so joining is commutative, associative and idempotent: whatever order events come in, the end is the same, and
an older event than the one already known changes nothing.
"""

import json
from collections.abc import Mapping
from typing import Any, TypeAlias

Register: TypeAlias = tuple[int, int, Any]
"""When it was said (epoch ms), the rank of what said it, and the value (JSON)."""

State: TypeAlias = dict[str, Register]


def join(one: Mapping[str, Register], other: Mapping[str, Register]) -> State:
    """Everything that either knows."""
    joined: State = dict(one)
    for name, register in other.items():
        known = joined.get(name)
        if known is None or _order(register) > _order(known):
            joined[name] = register
    return joined


def _order(register: Register) -> tuple[int, int, str]:
    return register[0], register[1], json.dumps(register[2], sort_keys=True, ensure_ascii=False)


def fragment(at: int, rank: int, values: Mapping[str, Any], prefix: str = "") -> State:
    """One event's part of a state. What it leaves out (None) it does not contradict."""
    return {f"{prefix}{name}": (at, rank, value) for name, value in values.items() if value is not None}


def value(state: Mapping[str, Register], name: str) -> Any:
    """The value of a register, None when nobody has said it."""
    register = state.get(name)
    return None if register is None else register[2]


def to_json(state: Mapping[str, Register]) -> dict[str, list[Any]]:
    """As it is stored."""
    return {name: list(register) for name, register in sorted(state.items())}


def from_json(stored: Mapping[str, Any]) -> State:
    """Undo ``to_json``."""
    return {name: (int(one[0]), int(one[1]), one[2]) for name, one in stored.items()}
