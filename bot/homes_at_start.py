"""Draws the Home tabs of people who are known, after a start with another version of the bot: nobody finds theirs
empty, or with buttons of the version before."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from bot.basics.outages import Outage
from bot.basics.person import PersonKey
from bot.replicas import Replicas
from bot.store.open_homes import OpenHomes

HOMES_AFTER_S: Final = 30.0
"""How long after the start: what people wait for goes first."""
HOME_EVERY_S: Final = 2.0
"""30 a minute, less than a third of what Slack takes and a fortieth of what Dialpad does."""
AGAIN_AFTER_S: Final = 60.0
log = structlog.get_logger(__name__)

ShowHome = Callable[[PersonKey], Awaitable[bool]]
"""Draws a person's Home. False when Slack did not take it."""


async def draw_homes_at_start(homes: OpenHomes, replicas: Replicas, show: ShowHome) -> None:
    """Draw one Home after the other, each once for this version, also over several starts. Only the leading process
    does."""
    waiting = Outage("Home tabs are not drawn yet", log)
    await asyncio.sleep(HOMES_AFTER_S)
    while True:
        await replicas.until_leading()
        try:
            await _draw(homes, replicas, show)
        except Exception as problem:  # noqa: BLE001  the database is away: the others are drawn in a while
            waiting.failed(problem)
            await asyncio.sleep(AGAIN_AFTER_S)
        else:
            return


async def _draw(homes: OpenHomes, replicas: Replicas, show: ShowHome) -> None:
    left = await homes.undrawn()
    for person in left:
        await replicas.until_leading()
        if await show(person):
            await homes.drawn(person)
        await asyncio.sleep(HOME_EVERY_S)
    if left:
        log.info("Home tabs were drawn", count=len(left))
