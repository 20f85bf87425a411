from tests.bench import directory
from tests.bench.directory import MadeUp


def test_every_row_comes_out_of_a_short_run() -> None:
    rows = {row.what: row for row in directory.measure(quick=True)}

    answers = rows["type-ahead on SQLite, CPU of an answer at p99"]
    assert {"CPU p99 beginning, ms", "CPU p99 misspelt, ms", "CPU p99 number, ms"} <= answers.more.keys()
    assert rows["first reading on SQLite"].ours == 6  # three pages, two, and one of the contacts that are one person's


def test_the_same_contact_is_made_up_each_time() -> None:
    assert MadeUp(10, 10).contact(3) == MadeUp(10, 10).contact(3)
