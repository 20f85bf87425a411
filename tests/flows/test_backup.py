"""A backup of a running bot, put back after it: what was set for later still happens; nobody replaces it meanwhile."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from bot import databases
from bot.sandbox.cast import ANA
from bot.store.in_use import DatabaseInUse
from tests.flows.hands import Hands
from tests.flows.inside import PATIENT_S
from tests.flows.stage import freshen, office_hours, quick_demo


async def test_a_backup_of_a_running_bot_goes_on_where_it_was(tmp_path: Path) -> None:
    database, backup = tmp_path / "bot.db", tmp_path / "backup.db"
    clock = office_hours()
    async with quick_demo(database=database, clock=clock) as demo:
        await freshen(demo)
        settings = demo.bot.settings
        ana = Hands(demo, ANA)
        await ana.type("/dp dnd on for 30m")
        told = await asyncio.to_thread(databases.back_up, settings, backup)
        assert f"{database}.key" in told
        await ana.type("/dp dnd off")
        with pytest.raises(DatabaseInUse):
            await asyncio.to_thread(databases.restore, settings, backup, replace=True)
        assert await ana.pending() == []

    await asyncio.to_thread(databases.restore, settings, backup, replace=True)
    async with quick_demo(database=database, clock=clock) as demo:
        ana = Hands(demo, ANA)
        assert len(await ana.pending()) == 1
        demo.clock.forward(timedelta(minutes=31))
        async with asyncio.timeout(PATIENT_S):
            while await demo.bot.store.kept.next_at():  # noqa: ASYNC110  # the database is asked, it tells nobody
                await asyncio.sleep(0)
