"""Grades of scorecards come as statistics do: prepared in the background, delivered when they are ready."""

from bot.contract.reply import Attachment
from bot.sandbox.cast import PRIYA
from tests.handlers.harness import World, words_of


async def test_grades_come_as_a_file_once_they_are_ready(world: World) -> None:
    line = "run DIALPAD_START_SCORECARD_EXPORT scorecards_type=scorecard_export_calls"
    said = await world.agree(PRIYA, await world.type(PRIYA, line))
    assert "Preparing your statistics" in words_of(said)
    assert "still working" in words_of(await world.press(PRIYA, said, "Check now"))
    found = [one for one in await world.pass_time(seconds=10) if isinstance(one, Attachment)]
    assert len(found) == 1
    assert b"Support calls" in found[0].content
