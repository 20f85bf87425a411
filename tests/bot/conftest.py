"""A made-up world for whoever reads arguments, and two processes for whoever shares a database."""

from collections.abc import AsyncIterator

import pytest

from tests.bot.two_replicas import Replica, two_replicas
from tests.handlers.harness import World


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World()
    yield made
    await made.aclose()


@pytest.fixture
async def pair(postgres_url: str) -> AsyncIterator[tuple[Replica, Replica]]:
    """Two processes that have joined."""
    async with two_replicas(postgres_url) as both:
        yield both
