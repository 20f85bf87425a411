"""What a trace is made of, told as it happens. Nothing listens by itself; ``bot.telemetry`` has the one that does.

What is told is named by routes, methods, slugs, kinds and outcomes: never by a person, a number, a text or a token.
"""

from collections.abc import Iterator
from contextlib import contextmanager


class Spans:
    """Hears of requests and events, and does nothing about it."""

    @contextmanager
    def request(self, origin: str, route: str) -> Iterator[None]:
        """Enclose what is done for one request of Slack's. What is asked of Slack and Dialpad meanwhile belongs to
        it."""
        yield

    def handled(self, route: str, outcome: str) -> None:
        """Say how the request that is under way ended: ``done`` or an error's type."""

    def slack_answered(self, method: str, status: int | None, seconds: float) -> None:
        """Tell of a request to Slack's Web API that is over; ``status`` is None when there was no answer."""

    def dialpad_answered(self, slug: str, status: int | None, seconds: float) -> None:
        """Tell of a request to Dialpad that is over; ``status`` is None when there was no answer."""

    def folded(self, kind: str, seconds: float, together: int, problem: str) -> None:
        """Tell of an event of Dialpad's that was folded, in a batch of so many; ``problem`` is an error's type, or
        empty."""
