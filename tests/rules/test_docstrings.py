"""A docstring's first line says plainly what the thing is or does; what the name cannot give comes after it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]

NOT_WHAT_IT_DOES = re.compile(
    r"^(?:(?:False|None|True|Empty) (?:when|where|while|for|until|if)\b|Raises\b|See ``|As ``|The same\b|With ``"
    r"|``\w+``[: ]|Needs\b|Never\b|Whether(?: \w+)?\.?$)"
)
"""How a line begins that speaks of the answer, the errors or the arguments only."""


def docstrings(*folders: str) -> Iterator[tuple[str, str, str]]:
    """File, name and first line of every docstring of a public module, class or function."""
    for folder in folders:
        for path in sorted((CHECKOUT / folder).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for node in ast.walk(tree):
                if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                    continue
                text = ast.get_docstring(node)
                name = getattr(node, "name", "module")
                if text and not name.startswith("_"):
                    yield f"{path.relative_to(CHECKOUT)}:{getattr(node, 'lineno', 1)}", name, text.splitlines()[0]


def test_a_docstring_begins_with_what_the_thing_is_or_does() -> None:
    found = [
        f"{where} {name}: {line}" for where, name, line in docstrings("bot", "handlers") if NOT_WHAT_IT_DOES.match(line)
    ]

    assert not found, "\n".join(found)


@pytest.mark.parametrize("line", ["False when nobody is.", "Raises UserError.", "``key`` is Slack's.", "As ``open``."])
def test_a_line_about_the_answer_alone_is_found(line: str) -> None:
    assert NOT_WHAT_IT_DOES.match(line)
