"""Two hours of a busy line: no alarm that is not needed, nothing open that nobody knows of. `make day` plays a whole
day."""

from tests.day.habits import fill
from tests.day.play import Plan, play
from tests.day.report import text


async def test_in_two_busy_hours_every_alarm_is_needed_and_everything_open_is_known() -> None:
    outcome = await play(Plan(seed=11, calls=36, texts=16, hours=2), fill)

    said = text(outcome)
    assert not outcome.day.findings, said
    assert outcome.items > 15, said
    assert outcome.day.alarms["asked"], said
