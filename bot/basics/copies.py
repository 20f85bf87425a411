"""Copies in memory of what others know, of which only so many are kept."""

from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


def keep_copy(copies: dict[K, V], key: K, copy: V, most: int) -> None:
    """Store a copy, and drop the oldest when there are more than ``most``."""
    if key not in copies and len(copies) >= most:
        del copies[next(iter(copies))]
    copies[key] = copy
