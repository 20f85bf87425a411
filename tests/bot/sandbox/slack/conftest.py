"""A stage per test."""

from collections.abc import AsyncIterator

import pytest

from tests.bot.sandbox.slack.stage import Stage


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    made = Stage()
    yield made
    await made.aclose()
