"""Find what nothing in the product uses. What only a test calls is dead too: tests are not looked at.

Vulture finds names that occur once. Four kinds of names are used without being written down anywhere else, and are
told from the rest by where they stand, since a list of them would be longer than the finds: actions (classes with a
``slug``, found by looking through their folder), fields of Dialpad's requests and answers (classes that are no
dataclass), the revisions of migrations, and what frameworks call by name (``ignore_names`` and ``ignore_decorators``
in pyproject.toml, each with its reason).
"""

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from vulture import Vulture

ROOT = Path(__file__).parents[1]
MIGRATIONS = "bot/store/migrations"


def fields(path: Path) -> Iterator[int]:
    """Lines that declare a field of a class that is no dataclass."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ClassDef) and not any("dataclass" in ast.unparse(one) for one in node.decorator_list):
            yield from (line.lineno for line in node.body if isinstance(line, ast.AnnAssign))


def actions(path: Path) -> Iterator[str]:
    """Names of classes that are found by their slug."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ClassDef) and any(
            isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "slug" for line in node.body
        ):
            yield node.name


def main() -> int:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["vulture"]
    search = Vulture(ignore_names=settings["ignore_names"], ignore_decorators=settings["ignore_decorators"])
    search.scavenge([ROOT / path for path in settings["paths"]])
    found = 0
    for item in search.get_unused_code(min_confidence=settings["min_confidence"]):
        path = Path(item.filename)
        path = path if path.is_absolute() else Path.cwd() / path
        if path.is_relative_to(ROOT / MIGRATIONS) or (item.typ == "variable" and item.first_lineno in fields(path)):
            continue
        if item.typ == "class" and item.name in actions(path):
            continue
        found += 1
        sys.stdout.write(f"{item.get_report()}\n")
    return int(found > 0)


if __name__ == "__main__":
    sys.exit(main())
