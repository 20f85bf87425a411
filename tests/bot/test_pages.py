import re

import pytest

from bot.app import build_routes
from bot.contract.routing import RouteKind, RouteTable
from bot.pages import write_pages


@pytest.fixture(scope="module")
def table() -> RouteTable:
    return build_routes()


@pytest.fixture(scope="module")
def commands(table: RouteTable) -> str:
    return write_pages(table)["commands.md"]


def test_every_word_has_its_section(table: RouteTable, commands: str) -> None:
    words = [route.word for route in table.of_kind(RouteKind.COMMAND) if route.word]

    assert re.findall(r"^## (\S+)$", commands, re.MULTILINE)[: len(words)] == words


def test_every_example_is_shown(table: RouteTable, commands: str) -> None:
    examples = [example for route in table.of_kind(RouteKind.COMMAND) for example in route.examples]

    assert examples
    assert [example for example in examples if f"`/dp {example}`" not in commands] == []


def test_every_shortcut_is_listed(table: RouteTable, commands: str) -> None:
    names = [route.word for kind in (RouteKind.SHORTCUT, RouteKind.MESSAGE) for route in table.of_kind(kind)]

    assert [name for name in names if f"| {name} |" not in commands] == []


def test_every_row_of_a_table_has_as_many_cells_as_its_heading(commands: str) -> None:
    for part in commands.split("\n\n"):
        rows = [line for line in part.splitlines() if line.startswith("|")]
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in rows}) <= 1, part


def test_code_marks_are_closed_on_every_line(commands: str) -> None:
    assert [line for line in commands.splitlines() if line.count("`") % 2] == []


def test_the_same_table_gives_the_same_pages(table: RouteTable) -> None:
    assert write_pages(table) == write_pages(build_routes())
