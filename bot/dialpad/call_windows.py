"""How much of Dialpad's call list is asked for at once."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

LONGEST_WINDOW: Final = timedelta(days=29)
"""Dialpad was seen to refuse to list the calls of 30 days and more."""


def windows(after_ms: int, before_ms: int) -> Iterator[tuple[int, int]]:
    """Split the time between two bounds, in epoch ms and both exclusive, into parts that Dialpad takes, the newest
    first."""
    longest = LONGEST_WINDOW // timedelta(milliseconds=1)
    while before_ms - after_ms > longest:
        yield before_ms - longest, before_ms
        before_ms -= longest - 1  # what began at the bound itself is in neither part otherwise
    yield after_ms, before_ms
