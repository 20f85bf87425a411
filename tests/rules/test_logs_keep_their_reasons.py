"""What is logged under a name that ``redact`` takes for a secret's comes out as "…": the reason would be lost."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.basics.logs import redact

CHECKOUT = Path(__file__).parents[2]
LEVELS = frozenset({"debug", "info", "warning", "error", "exception", "critical", "bind"})


def erased(tree: ast.AST) -> Iterator[str]:
    """Names of keywords in calls to a logger whose values never reach the log."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LEVELS:
            for keyword in node.keywords:
                line = f"{keyword.arg}=is_archived"
                if keyword.arg and redact(line) != line:
                    yield f"{keyword.arg} in line {node.lineno}"


def test_no_log_line_loses_its_reason() -> None:
    found = {
        str(path.relative_to(CHECKOUT)): names
        for folder in ("bot", "handlers")
        for path in sorted((CHECKOUT / folder).rglob("*.py"))
        if (names := list(erased(ast.parse(path.read_text(encoding="utf-8")))))
    }

    assert found == {}


@pytest.mark.parametrize("name", ["code", "state", "token"])
def test_a_name_that_is_erased_is_found(name: str) -> None:
    assert list(erased(ast.parse(f'log.info("x", {name}=1)')))
