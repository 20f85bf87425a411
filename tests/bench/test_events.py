"""The bench of events: everything is measured in a short run, and what is too dear is said."""

import pytest

from tests.bench.events import AGAIN, FLOOR, OURS, find_faults, main, to_floor

PROMISED = {FLOOR: [100.0, 120.0], OURS: [70.0, 84.0], AGAIN: [101.0, 119.0]}


def test_everything_comes_out_of_a_short_run(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--rounds", "1", "--requests", "60", "--calls", "10", "--small"])

    shown = capsys.readouterr().out
    assert "Events accepted in a second" in shown
    assert "CPU ms of an event" in shown
    assert "200 subscriptions, 1,000 old cards" in shown


def test_what_is_as_promised_is_no_fault() -> None:
    assert to_floor(PROMISED) == pytest.approx(0.7)
    assert find_faults({1: PROMISED}, {"few": 2.0, "many": 2.1}) == []


def test_what_is_too_dear_is_said() -> None:
    slow = PROMISED | {OURS: [50.0, 60.0]}

    assert find_faults({10: slow}, {}) == ["over 10 connections 0.50 of the floor, at least 0.6 is promised"]
    assert find_faults({}, {"few": 3.0, "many": 4.5}) == [
        "many: 4.50 ms an event, at most 4.0 is promised",
        "many: 1.50 times the least, at most 1.1 is promised",
    ]
