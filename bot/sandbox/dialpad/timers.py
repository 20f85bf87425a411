"""Timers: calls that nobody answers ring out after a while."""

from collections.abc import Callable

RunLater = Callable[[float, Callable[[], None]], object]
"""Runs something in so many seconds, inside the event loop."""
