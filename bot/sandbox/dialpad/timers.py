"""What happens by itself after a while: calls that nobody answers ring out."""

from collections.abc import Callable

RunLater = Callable[[float, Callable[[], None]], object]
"""Runs something in so many seconds, inside the event loop."""
