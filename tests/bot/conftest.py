"""A made-up world for whoever reads arguments."""

from collections.abc import AsyncIterator

import pytest

from tests.handlers.harness import World


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World()
    yield made
    await made.aclose()
