"""Calls that nobody answers are missed after a while, if the sandbox was made so."""

from collections.abc import Callable

import pytest

from bot.sandbox.cast import ANA, LEO, SUPPORT
from bot.sandbox.dialpad import DialpadSandbox
from tests.bot.sandbox.dialpad.conftest import Clock
from tests.bot.sandbox.dialpad.known import JORDAN


class Timers:
    """Time in seconds that moves only when a test says so."""

    def __init__(self) -> None:
        self.waiting: list[tuple[float, Callable[[], None]]] = []

    def __call__(self, seconds: float, run: Callable[[], None]) -> None:
        self.waiting.append((seconds, run))

    def forward(self, seconds: float) -> None:
        due = [run for wait, run in self.waiting if wait <= seconds]
        self.waiting = [(wait - seconds, run) for wait, run in self.waiting if wait > seconds]
        for run in due:
            run()


@pytest.fixture
def timers() -> Timers:
    return Timers()


@pytest.fixture
def lively(clock: Clock, timers: Timers) -> DialpadSandbox:
    return DialpadSandbox(now=clock, later=timers)


def words_of(sandbox: DialpadSandbox) -> list[str]:
    heard: list[str] = []
    sandbox.on_event(lambda kind, payload: heard.append(payload["state"]) if kind == "call" else None)
    return heard


def test_a_call_nobody_answers_is_missed_after_the_lines_ring_seconds(lively: DialpadSandbox, timers: Timers) -> None:
    lively.state.groups[SUPPORT.id].settings["ring_seconds"] = 20
    words = words_of(lively)
    call = lively.phone.ring(JORDAN, SUPPORT.phone)
    timers.forward(19)
    assert call.is_live
    timers.forward(1)
    assert (call.state, call.connected) == ("hangup", None)
    assert words[-2:] == ["missed", "hangup"]


def test_a_persons_phone_rings_for_thirty_seconds(lively: DialpadSandbox, timers: Timers) -> None:
    call = lively.phone.ring(JORDAN, LEO.phone or "")
    timers.forward(29)
    assert call.is_live
    timers.forward(1)
    assert not call.is_live


def test_an_answered_call_does_not_ring_out(lively: DialpadSandbox, timers: Timers) -> None:
    call = lively.phone.ring(JORDAN, SUPPORT.phone)
    lively.phone.answer(call.id, ANA)
    timers.forward(60)
    assert call.is_live


def test_it_can_be_switched_off(lively: DialpadSandbox, timers: Timers) -> None:
    lively.phone.rings_out = False
    call = lively.phone.ring(JORDAN, SUPPORT.phone)
    timers.forward(60)
    assert call.is_live


def test_without_timers_a_call_rings_for_ever(sandbox: DialpadSandbox) -> None:
    assert sandbox.phone.rings_out is False
    assert sandbox.phone.ring(JORDAN, SUPPORT.phone).is_live
