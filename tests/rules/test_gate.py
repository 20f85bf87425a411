"""Whatever is sent to Dialpad for a request passes the gate: nothing that answers requests goes around it."""

import ast
from pathlib import Path
from typing import Final

CHECKOUT: Final = Path(__file__).parents[2]
ROOMS: Final = ("handlers", "bot/cards", "bot/catalogue", "bot/arguments")
CHECKED: Final = {"bot/catalogue/running.py: account.send"}
"""It asks ``ctx.check`` right before: what a form is filled with is not in the audit."""


def test_requests_are_sent_with_their_context() -> None:
    found = {
        f"{file.relative_to(CHECKOUT)}: account.{node.func.attr}"
        for room in ROOMS
        for file in sorted((CHECKOUT / room).rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"send", "pages"}
        and isinstance(node.func.value, ast.Attribute)
        and node.func.value.attr == "account"
    }
    assert found == CHECKED
