"""The program: rows come out, are kept beside what was measured before, and become a page."""

import json
from pathlib import Path

import pytest

from tests.bench.__main__ import main
from tests.bench.groups import GROUPS
from tests.bench.page import describe_machine, render_page
from tests.bench.rows import LEAST, Goal, Row, paired, read_row, spread


def test_every_row_of_a_group_comes_out_of_a_short_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    figures, page = tmp_path / "figures.json", tmp_path / "page.md"
    figures.write_text(json.dumps({"rows": [Row("audit", "measured before", "ms", 1.0).as_json()]}))

    main(["--quick", "--only", "read,dialpad", "--json", str(figures), "--write", str(page)])

    names = {one["name"] for one in json.loads(figures.read_text())["rows"]}
    assert names == {"audit", "read", "dialpad"}
    written = page.read_text()
    for what in ("measured before", "acknowledge a read, p50 at 1 connection", "CPU of 10,000 people in pages"):
        assert what in written
    assert "acknowledge a read" in capsys.readouterr().out


def test_what_is_no_row_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--only", "everything"])

    assert "there is no row everything" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("row", "met"),
    [
        (Row("x", "", "ms", 1.2, 1.0, Goal(1.25), ratio=1.2), True),
        (Row("x", "", "ms", 1.3, 1.0, Goal(1.25), ratio=1.3), False),
        (Row("x", "", "a second", 60, 100, Goal(0.6, LEAST), ratio=0.6), True),
        (Row("x", "", "MB", 121, goal=Goal(120, of="ours")), False),
        (Row("x", "", "MB", 121), None),
    ],
)
def test_a_row_knows_whether_its_goal_is_met(row: Row, met: bool | None) -> None:
    assert row.met is met
    assert read_row(json.loads(json.dumps(row.as_json()))) == row


def test_one_slow_round_does_not_decide() -> None:
    assert paired([2.0, 2.2, 9.0], [1.0, 1.1, 1.0]) == pytest.approx(2.0)


def test_two_equal_floors_differ_by_so_much_whichever_is_the_slower() -> None:
    assert spread([1.0, 1.0], [2.0, 2.0]) == spread([2.0, 2.0], [1.0, 1.0]) == 2


def test_the_page_says_what_was_measured_on_what_and_nothing_of_the_place() -> None:
    page = render_page(describe_machine(), [Row("read", "acknowledge", "ms", 0.3, 0.25, Goal(1.25), 1.02, 1.2, "Bolt")])

    assert "| acknowledge | 0.3 ms | 0.25 | 1.20x | 1.02x | at most 1.25x | met |" in page
    assert "1 of 1 goals met" in page
    assert str(Path.cwd()) not in page


def test_each_group_says_what_it_means() -> None:
    assert all(group.means and not group.means.endswith(".") for group in GROUPS.values())
