"""The simulation does what queueing theory says, and the page says what it did."""

import random
from pathlib import Path

import pytest

from tests.bench.queueing import Cell, Costs, Outcome, Simulation
from tests.bench.rows import Row
from tests.bench.scaling import BEGIN, CALLS_OF_AN_EVENT, END, cells_for, climb, knee, read_costs, simulated, write_page

COSTS = Costs(accept_ms=0.5, fold_ms=2.0, command_ms=5.0, database_ms=0.3, commit_ms=2.0)


def run(events: float, commands: float = 0.0, cell: Cell | None = None, costs: Costs = COSTS) -> Outcome:
    dice = random.Random(1)  # noqa: S311
    return Simulation(cell or Cell(), costs, dice).run(events, commands, 20.0)


def test_who_comes_alone_waits_for_what_it_costs() -> None:
    assert run(0.5).ack_p50 == pytest.approx(0.5 + 0.3 + 2.0, abs=0.1)
    assert run(0.0, 0.5).ack_p50 == pytest.approx(5.0 + 2 * 0.3 + 2.0, abs=0.1)


def test_a_process_is_as_busy_as_what_arrives_costs() -> None:
    assert run(300, 10).busy == pytest.approx((300 * 2.5 + 10 * 5) / 3 / 1000, rel=0.05)


def test_the_wait_is_that_of_a_queue_with_one_server() -> None:
    costs = Costs(accept_ms=0.0, fold_ms=0.0, command_ms=10.0, database_ms=0.0, commit_ms=0.0)
    half_busy = run(0.0, 50, Cell(processes=1), costs)

    assert half_busy.ack_p50 == pytest.approx(10, abs=3)  # half find nobody before them
    assert 20 < half_busy.ack_p99 < 60


def test_what_is_too_much_is_left_over_and_still_accepted() -> None:
    much = run(3_000)

    assert much.left > 1_000
    assert much.busy > 0.95
    assert much.card_p99 > 5 * much.ack_p50


def test_a_busy_database_holds_up_every_process() -> None:
    costs = Costs(accept_ms=0.1, fold_ms=0.1, command_ms=1.0, database_ms=4.0, commit_ms=1.0)

    assert run(200, cell=Cell(database_cores=1), costs=costs).ack_p99 > 3 * run(200, costs=costs).ack_p99


def test_more_processes_carry_more() -> None:
    one, three = (knee(climb(Cell(processes=count), COSTS, lasts_s=10)) for count in (1, 3))

    assert 2 * one < three < 4.5 * one


def test_there_are_cells_enough_for_the_peak() -> None:
    assert cells_for(2_200, 800) == 3
    assert cells_for(2_200, 2_200 / 3) >= 3
    assert cells_for(10, 800) == 1


def test_costs_are_read_from_the_figures_and_what_is_missing_is_named() -> None:
    named = {
        "CPU of accepting an event at 10 connections": 0.4, "CPU of an event on Postgres, in our processes": 2.0,
        "CPU of one Dialpad call": 0.5, "whole command: dnd on": 5.0, "CPU of an event on Postgres, in Postgres": 0.3,
    }  # fmt: skip
    rows = [Row("x", what, "ms", value).as_json() for what, value in named.items()]

    assert read_costs({"rows": rows}) == Costs(0.4, 2.0 + CALLS_OF_AN_EVENT * 0.5, 5.0, 0.3, 2.0)
    with pytest.raises(KeyError, match="whole command"):
        read_costs({"rows": [one for one in rows if not one["what"].startswith("whole")]})


def test_the_page_keeps_what_is_written_by_hand(tmp_path: Path) -> None:
    page = tmp_path / "scaling.md"
    page.write_text(f"Before.\n{BEGIN}\nold\n{END}\nAfter.\n")

    write_page(page, "new\n")

    assert page.read_text() == f"Before.\n{BEGIN}\nnew\n{END}\nAfter.\n"


def test_the_page_says_how_many_cells_it_takes() -> None:
    told = simulated(Costs(accept_ms=1.0, fold_ms=8.0, command_ms=20.0, database_ms=1.0, commit_ms=2.0))

    assert "One process carries" in told
    assert "**" in told.partition("needs ")[2]
