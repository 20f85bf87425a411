import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]

BLOCK_KIT = frozenset(
    {
        "actions", "button", "context", "divider", "external_select", "header", "image", "input", "modal", "mrkdwn",
        "plain_text", "plain_text_input", "radio_buttons", "rich_text", "section", "static_select",
    }
)  # fmt: skip
"""What ``"type"`` says in Slack's blocks, elements and views; the ones we use and some more."""


MOST_LAYERS = 8
"""As many as somebody can keep in mind; a ninth says that a room is wrong."""


def sources(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    """Path within the checkout and syntax tree of every Python file below ``folders``."""
    for folder in folders:
        for path in sorted((CHECKOUT / folder).rglob("*.py")):
            yield str(path.relative_to(CHECKOUT)), ast.parse(path.read_text(encoding="utf-8"))


def speaks_block_kit(node: ast.AST) -> bool:
    """Whether this is a dictionary such as ``{"type": "section"}``."""
    return isinstance(node, ast.Dict) and any(
        isinstance(key, ast.Constant)
        and key.value == "type"
        and isinstance(value, ast.Constant)
        and value.value in BLOCK_KIT
        for key, value in zip(node.keys, node.values, strict=True)
    )


@pytest.mark.process
def test_the_contracts_of_pyproject_hold() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache", "--no-logo"], cwd=CHECKOUT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


def test_the_layers_are_packages_and_few() -> None:
    contracts = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = contracts["contracts"][0]["layers"]
    placed = {name.strip() for layer in layers for name in re.split("[|:]", layer)}
    found = {
        path.stem
        for path in (CHECKOUT / "bot").iterdir()
        if (path.suffix == ".py" and path.name != "__init__.py") or (path / "__init__.py").exists()
    }

    assert placed == found
    assert len(layers) <= MOST_LAYERS


def test_tests_stand_in_the_room_of_what_they_test() -> None:
    rooms = {path.name for path in (CHECKOUT / "bot").iterdir() if (path / "__init__.py").exists()}
    mirrored = {path.name for path in (CHECKOUT / "tests" / "bot").iterdir() if (path / "__init__.py").exists()}

    assert mirrored == rooms


def test_only_bot_slack_and_the_sandbox_know_block_kit() -> None:
    knowing = {
        path
        for path, tree in sources("bot", "handlers")
        if not path.startswith(("bot/slack/", "bot/sandbox/")) and any(map(speaks_block_kit, ast.walk(tree)))
    }

    assert knowing == set()


@pytest.mark.parametrize("text", ['{"type": "section"}', '[{"a": {"type": "modal", "b": 1}}]'])
def test_block_kit_is_recognised_where_it_is_written(text: str) -> None:
    assert any(map(speaks_block_kit, ast.walk(ast.parse(text))))
