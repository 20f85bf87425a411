"""The root command is a setting. A text that spells it out is wrong wherever somebody chose another."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
SPELT_OUT = re.compile(r"(?<![\w./])/dp\b")
MAY = {("bot/basics/settings.py", "/dp"): "the setting's own default; the generated pages and manifest.yml go by it"}


def sources() -> list[Path]:
    """Everything that talks to people, without the sandboxes, which show what a person typed."""
    found = [path for folder in ("bot", "handlers") for path in sorted((CHECKOUT / folder).rglob("*.py"))]
    return [path for path in found if "sandbox" not in path.relative_to(CHECKOUT).parts]


def literals(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and text of every string in code, also within f-strings. One that is a statement of its own is a
    docstring, or stands under a name as one."""
    explanations = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in explanations:
            yield node.lineno, node.value


def spelt_out(code: str) -> list[tuple[int, str]]:
    return [(line, text) for line, text in literals(ast.parse(code)) if SPELT_OUT.search(text)]


def test_no_text_spells_the_command_out() -> None:
    found = {
        (str(path.relative_to(CHECKOUT)), text)
        for path in sources()
        for _, text in spelt_out(path.read_text(encoding="utf-8"))
    }

    assert found == set(MAY), "take it from Settings.typed (ctx.deps.settings.typed in a handler)"


@pytest.mark.parametrize(
    "code", ['x = "Type /dp help"', 'x = f"Type /dp {word}"', 'say("/dp-dnd")', 'x = ("a " "/dp connect")']
)
def test_what_is_looked_for_is_found(code: str) -> None:
    assert len(spelt_out(code)) == 1


@pytest.mark.parametrize("code", ['"""``/dp`` alone."""', "x = 1  # /dp", 'x = "a/dp"', 'x = "/dpi"', 'f"{root} help"'])
def test_explanations_and_other_words_are_left_alone(code: str) -> None:
    assert spelt_out(code) == []
