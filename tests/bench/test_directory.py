import pytest

from tests.bench.directory import MadeUp, main


def test_every_kind_of_question_comes_out_of_a_short_run(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--contacts", "300", "--people", "200", "--asked", "14", "--databases", "sqlite"])

    shown = capsys.readouterr().out
    for row in ("beginning", "misspelt", "inside", "number", "MB of memory", "MB on disk"):
        assert row in shown
    assert "6 requests in" in shown  # three pages, two, and one of the contacts that are one person's own
    assert "requests to read it again" in shown


def test_the_same_contact_is_made_up_each_time() -> None:
    assert MadeUp(10, 10).contact(3) == MadeUp(10, 10).contact(3)
