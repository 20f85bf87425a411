"""Lists and answers in a terminal."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.command_line import show, what_is_missing
from bot.printing import Output, write_csv, write_json, write_table

DANGEROUS = ("=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\uff1d1+1")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class OldPipe(io.StringIO):
    """A pipe that takes ASCII only, as in a bare environment."""

    encoding = "ascii"

    def write(self, text: str, /) -> int:
        return super().write(text.encode("ascii").decode())


def printed(answer: dict[str, object], output: Output | None = None, out: io.StringIO | None = None) -> str:
    out = out or io.StringIO()
    show(answer, out, output)
    return out.getvalue()


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_an_answer_is_json_in_a_pipe_and_a_table_on_a_terminal() -> None:
    answer: dict[str, object] = {"items": [{"id": "5", "name": "Support"}]}
    assert json.loads(printed(answer)) == answer
    assert "│" in printed(answer, out=Terminal())
    assert json.loads(printed(answer, Output.JSON, Terminal())) == answer


def test_csv_has_a_column_for_each_nested_field_and_lists_as_json() -> None:
    items = [{"id": "5", "hold": {"max": 3, "name": None}, "tags": ["a", "b"]}, {"id": "6", "extra": True}]
    assert rows_of(printed({"items": items}, Output.CSV)) == [
        {"id": "5", "hold.max": "3", "hold.name": "", "tags": '["a", "b"]', "extra": ""},
        {"id": "6", "hold.max": "", "hold.name": "", "tags": "", "extra": "true"},
    ]


@pytest.mark.parametrize("value", DANGEROUS)
def test_no_cell_is_a_formula(value: str) -> None:
    out = io.StringIO()
    write_csv([{"name": value, value: 1}], out)
    [heading, cells] = csv.reader(io.StringIO(out.getvalue(), newline=""))
    assert [cell[0] for cell in (cells[0], heading[1])] == ["'", "'"]


def test_phone_numbers_and_other_numbers_stay_as_they_are() -> None:
    out = io.StringIO()
    write_csv([{"number": "+14155550150", "balance": -3.5}], out)
    assert rows_of(out.getvalue()) == [{"number": "+14155550150", "balance": "-3.5"}]


@given(st.lists(st.dictionaries(st.text(min_size=1, max_size=5), st.text(max_size=8), min_size=1), min_size=1))
def test_every_row_can_be_read_back_and_begins_no_formula(rows: list[dict[str, str]]) -> None:
    out = io.StringIO()
    write_csv(rows, out)
    found = list(csv.reader(io.StringIO(out.getvalue(), newline="")))
    assert len(found) == len(rows) + 1
    numbers = "0123456789.+-"
    assert not [cell for row in found for cell in row if cell[:1] in set("=+-@\t\r") and cell.strip(numbers)]


@pytest.mark.parametrize("output", list(Output))
def test_an_old_pipe_takes_every_character(output: Output) -> None:
    printed({"items": [{"name": "Søren 🦊"}]}, output if output is not Output.TABLE else Output.JSON, OldPipe())


def test_json_for_an_old_pipe_is_still_json() -> None:
    out = OldPipe()
    write_json({"name": "Søren"}, out)
    assert json.loads(out.getvalue()) == {"name": "Søren"}


def test_what_others_wrote_steers_no_terminal() -> None:
    out = Terminal()
    write_table([{"name": "\x1b[31mred\nline [bold]x[/bold]"}], {"name": "Name"}, out)
    assert "\x1b[31m" not in out.getvalue()
    assert "[bold]x[/bold]" in out.getvalue()


def test_no_color_is_heeded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b[3" not in printed({"items": [{"id": "5"}]}, out=Terminal())


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"items": [{}], "cursor": "abc"}, "--all"),
        ({"items": [{}], "incomplete": True}, "incomplete"),
        ({"items": [{}]}, ""),
        ({"id": 5, "cursor": "abc"}, ""),
    ],
)
def test_a_list_that_is_not_whole_says_so(answer: dict[str, object], said: str) -> None:
    assert said in what_is_missing(answer)
    assert bool(what_is_missing(answer)) is bool(said)


@pytest.mark.parametrize("value", [None, ""])
def test_absent_null_and_empty_look_alike_in_a_table_and_csv(value: object) -> None:
    with_it, without = {"id": "5", "name": value}, {"id": "5"}
    assert rows_of(printed({"items": [with_it]}, Output.CSV)) == [{"id": "5", "name": ""}]
    assert printed({"items": [with_it]}, out=Terminal()) == printed({"items": [without]}, out=Terminal())
