"""``Where`` as earlier versions wrote it into forms, confirmations and timed requests."""

from typing import Any

import pytest

from bot.contract.context import Where


@pytest.mark.parametrize(
    ("where", "row"),
    [
        (Where(), {}),
        (Where("C1"), {"channel": "C1"}),
        (Where("D1", is_direct=True), {"channel": "D1", "is_direct": True}),
        (
            Where("C1", "1.2", "https://hooks.example/1"),
            {"channel": "C1", "thread_ts": "1.2", "response_url": "https://hooks.example/1"},
        ),
    ],
)
def test_where_is_written_and_read_as_ever(where: Where, row: dict[str, Any]) -> None:
    assert where.to_json() == row
    assert Where.from_json(row) == where


def test_what_is_empty_is_not_written() -> None:
    assert Where("", None, "").to_json() == {}


def test_a_field_of_a_later_version_does_no_harm() -> None:
    assert Where.from_json({"channel": "C1", "thread_ts": None, "later": [1]}) == Where("C1")


@pytest.mark.parametrize("foreign", [None, "C1", [], {"channel": 5}, {"is_direct": {}}])
def test_what_was_not_written_here_reads_as_nowhere(foreign: Any) -> None:
    assert Where.from_json(foreign) == Where()
