from datetime import UTC, datetime, timedelta

from bot.basics.clock_jumps import ClockJumps

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class Clocks:
    """One that can be set, and one that cannot."""

    def __init__(self) -> None:
        self.now, self.tick = NOON, 100.0
        self.jumps = ClockJumps(lambda: self.now, lambda: self.tick)

    def pass_(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.tick += seconds


def test_time_that_passes_is_no_jump() -> None:
    clocks = Clocks()
    clocks.pass_(3600)
    assert clocks.jumps.went_back() is None


def test_a_clock_set_back_is_noticed_once_with_the_time_it_would_be() -> None:
    clocks = Clocks()
    clocks.pass_(10)
    clocks.now -= timedelta(hours=1)
    assert clocks.jumps.went_back() == NOON + timedelta(seconds=10)
    clocks.pass_(1)
    assert clocks.jumps.went_back() is None


def test_keeping_a_clock_right_and_setting_it_forward_are_nothing_to_notice() -> None:
    clocks = Clocks()
    clocks.now -= timedelta(seconds=1)
    assert clocks.jumps.went_back() is None
    clocks.now += timedelta(hours=1)
    assert clocks.jumps.went_back() is None
