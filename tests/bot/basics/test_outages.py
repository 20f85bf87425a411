from typing import Any

import structlog
from sqlalchemy.exc import OperationalError

from bot.basics.outages import Outage


class Time:
    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


def lines_of(*steps: Exception | float | None) -> list[Any]:
    """What is logged: an exception is a failure, a number lets seconds pass, None is the end."""
    time = Time()
    with structlog.testing.capture_logs() as logs:
        outage = Outage("the database does not answer", structlog.get_logger(), time)
        for step in steps:
            if isinstance(step, Exception):
                outage.failed(step, queue="event")
            elif step is None:
                outage.over()
            else:
                time.at += step
    return logs


def test_an_outage_is_a_line_when_it_begins_and_one_when_it_is_over() -> None:
    steps = [step for _ in range(500) for step in (ConnectionRefusedError(), 0.05)]
    begun, over = lines_of(*steps, None, None)

    assert (begun["event"], begun["error"], begun["queue"]) == (
        "the database does not answer", "ConnectionRefusedError", "event",
    )  # fmt: skip
    assert over["event"] == "the database does not answer, over"
    assert (over["failures"], over["seconds"]) == (500, 25.0)


def test_what_goes_well_is_no_line() -> None:
    assert lines_of(None, None) == []


def test_the_next_outage_is_heard_again() -> None:
    assert len(lines_of(OSError(), None, OSError(), None)) == 4


def test_another_failure_in_between_is_heard() -> None:
    assert [line["error"] for line in lines_of(OSError(), KeyError(), OSError(), KeyError())] == ["OSError", "KeyError"]


def test_a_mistake_of_ours_comes_with_its_traceback_and_what_does_not_answer_without() -> None:
    down = OperationalError("SELECT", {"number": "+14155550123"}, Exception("down"))
    first, second, third = lines_of(down, TimeoutError(), LookupError())

    assert "exc_info" not in first
    assert "exc_info" not in second
    assert isinstance(third["exc_info"], LookupError)
