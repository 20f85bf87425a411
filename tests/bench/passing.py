"""Time that passes with what is waited for, so that nobody waits: what Dialpad allows takes minutes."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

NOW: Final = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)


@dataclass
class Passing:
    """A clock in seconds that only ``sleep`` moves."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.seconds)

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        await asyncio.sleep(0)
