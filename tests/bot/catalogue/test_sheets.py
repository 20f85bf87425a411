"""What is said of a file of statistics."""

import pytest

from bot.catalogue.sheets import MOST_BARS, MOST_FACTS, Sheet

CALLS = """\
date_started,call_id,category,external_number,target_id,name,time_to_answer,talk_duration,hold_occurrences,percent_ai_talk_time,is_internal,campaign_id
2026-11-23 09:05:54.388365,6529997769220096,incoming,14155550150,5527000000000011,Support,10.1,947.0,1,41.2,false,
2026-11-23 10:15:01.001,6529997769220097,abandoned,14155550151,5527000000000011,Support,,,0,,false,
2026-11-23 11:00:00,6529997769220098,incoming,14155550152,5527000000000011,Support,4.1,60.5,2,50.2,false,
"""


def facts(text: str) -> dict[str, str]:
    return {str(one.label): str(one.value) for one in Sheet.parse(text).facts()}


def test_of_calls_what_adds_up_is_summed_and_what_is_an_average_is_averaged() -> None:
    assert facts(CALLS) == {
        "Talk duration": "16 min 48 s",
        "Hold occurrences": "3",
        "Average time to answer": "7 s",
        "Average percent AI talk time": "45.7%",
    }


def test_calls_are_counted_by_what_became_of_them() -> None:
    lines = Sheet.parse(CALLS).bars().splitlines()
    assert lines[0] == "Rows by category"
    assert [line.split()[0] for line in lines[1:]] == ["incoming", "abandoned"]
    assert [line.split()[-1] for line in lines[1:]] == ["2", "1"]


@pytest.mark.parametrize(
    "column",
    ["external_number", "id", "phone", "year", "extension", "zip", "average_calls", "longest_duration",
     "percent_answered", "first_calls", "office", "score_total_rate"],
)  # fmt: skip
def test_numbers_that_are_no_amounts_are_never_added(column: str) -> None:
    sheet = Sheet.parse(f"name,{column}\nAna,14155550150\nSam,14155550151\n")
    assert "28,311,100,301" not in str(sheet.facts())
    assert sheet.bars() == ""


def test_a_column_with_words_in_it_is_no_amount() -> None:
    assert facts("name,calls\nAna,2\nSam,many\n") == {}


def test_counts_are_drawn_by_person_and_summed_over_days() -> None:
    sheet = Sheet.parse("date,name,all_calls,missed\n2026-11-22,Ana,2,0\n2026-11-23,Ana,3,1\n2026-11-23,Sam,1,0\n")
    assert [(str(one.label), str(one.value)) for one in sheet.facts()] == [("All calls", "6"), ("Missed", "1")]
    assert [line.split()[0] + line.split()[-1] for line in sheet.bars().splitlines()[1:]] == ["Ana5", "Sam1"]


def test_days_are_in_order_and_not_by_size() -> None:
    sheet = Sheet.parse("date,all_calls\n2026-11-21,9\n2026-11-20,1\n")
    assert [line.split()[0] for line in sheet.bars().splitlines()[1:]] == ["2026-11-20", "2026-11-21"]


@pytest.mark.parametrize("text", ["", "name,calls\n", "\n\n", "calls\n\n", "name,calls\nAna\n", "a,b\n1,2,3\n"])
def test_what_holds_nothing_says_nothing(text: str) -> None:
    assert Sheet.parse(text).facts() == ()
    assert Sheet.parse(text).bars() == ""


def test_a_long_file_stays_short() -> None:
    columns = [f"kind{number}_calls" for number in range(40)]
    rows = [",".join([f"Person {row}", *("1" for _ in columns)]) for row in range(100)]
    sheet = Sheet.parse("\n".join([",".join(["name", *columns]), *rows]))
    assert len(sheet.facts()) == MOST_FACTS
    assert len(sheet.bars().splitlines()) == MOST_BARS + 1
