"""A version number that grows with every change, and a way to wait for the next one."""

import asyncio
from collections.abc import AsyncGenerator


class Changes:
    def __init__(self) -> None:
        self.version = 0
        self._waiting: set[asyncio.Event] = set()
        self._closed = False

    def bump(self) -> None:
        self.version += 1
        self._wake()

    def close(self) -> None:
        """End every open stream, so that a server with a panel attached can stop."""
        self._closed = True
        self._wake()

    async def stream(self) -> AsyncGenerator[int, None]:
        """Yield the version now, then again after each change; several changes in a row may come as one."""
        news = asyncio.Event()
        self._waiting.add(news)
        try:
            while not self._closed:
                news.clear()
                yield self.version
                await news.wait()
        finally:
            self._waiting.discard(news)

    def _wake(self) -> None:
        for news in self._waiting:
            news.set()
