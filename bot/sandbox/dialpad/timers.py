"""What happens by itself after a while: calls that nobody answers ring out."""

import asyncio
from collections.abc import Callable

Later = Callable[[float, Callable[[], None]], object]
"""Runs something in so many seconds, inside the event loop."""


def on_the_loop(seconds: float, run: Callable[[], None]) -> asyncio.TimerHandle:
    """A ``Later`` in real time. A loop that is closed before forgets it."""
    return asyncio.get_running_loop().call_later(seconds, run)
