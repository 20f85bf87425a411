"""The demo's clock: real time, and time that somebody let pass."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.sandbox.cast import CUSTOMERS, SUPPORT
from bot.sandbox.clock import SandboxClock
from bot.sandbox.dialpad import DialpadSandbox
from bot.sandbox.dialpad.refusals import Refusal

START = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> SandboxClock:
    """One whose real time stands still."""
    return SandboxClock(lambda: START)


def test_it_goes_forward_by_what_was_let_pass(clock: SandboxClock) -> None:
    clock.forward(timedelta(minutes=5))
    clock.forward(timedelta(minutes=1))
    assert clock.now() == START + timedelta(minutes=6)
    assert clock.unix() == clock.now().timestamp()


async def test_what_was_to_happen_meanwhile_happens_in_its_order_at_its_own_moment(clock: SandboxClock) -> None:
    happened: list[tuple[str, datetime]] = []
    clock.later(90, lambda: happened.append(("second", clock.now())))
    clock.later(30, lambda: happened.append(("first", clock.now())))
    clock.later(600, lambda: happened.append(("not yet", clock.now())))
    clock.forward(timedelta(minutes=5))
    assert happened == [("first", START + timedelta(seconds=30)), ("second", START + timedelta(seconds=90))]
    assert clock.now() == START + timedelta(minutes=5)


async def test_without_anybody_putting_it_forward_real_time_rings() -> None:
    rang = asyncio.Event()
    SandboxClock().later(0, rang.set)
    await rang.wait()


def test_whoever_waits_is_told(clock: SandboxClock) -> None:
    told: list[datetime] = []
    clock.on_forward.append(lambda: told.append(clock.now()))
    clock.forward(timedelta(minutes=5))
    assert told == [START + timedelta(minutes=5)]


async def test_a_call_that_rings_is_missed_when_its_ring_time_has_passed(clock: SandboxClock) -> None:
    dialpad = DialpadSandbox(now=clock.now, later=clock.later, let_pass=clock.forward)
    call = dialpad.phone.ring(CUSTOMERS[0].phone, SUPPORT.phone)
    dialpad.phone.let_pass(5)
    assert not call.is_live
    assert call.ended == START + timedelta(seconds=30)


@pytest.mark.parametrize("minutes", [0, -5, 61])
def test_only_a_while_can_be_let_pass(clock: SandboxClock, minutes: int) -> None:
    dialpad = DialpadSandbox(now=clock.now, let_pass=clock.forward)
    with pytest.raises(Refusal):
        dialpad.phone.let_pass(minutes)
    assert clock.now() == START


def test_a_clock_of_somebody_elses_is_left_alone() -> None:
    dialpad = DialpadSandbox()
    assert dialpad.phone.snapshot()["can_let_pass"] is False
    with pytest.raises(Refusal):
        dialpad.phone.let_pass(5)
