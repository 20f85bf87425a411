"""A class or type has a name of its own, and keeps it wherever it is imported."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
FOLDERS = [CHECKOUT / "bot", CHECKOUT / "handlers"]
SANDBOXES = [CHECKOUT / "bot/sandbox/dialpad", CHECKOUT / "bot/sandbox/slack"]
"""Programs of their own: they speak the same API's words as the product and share no code with it."""
SECOND_NAMES = {
    ("handlers/__init__.py", "handlers.help"),  # `help` is a builtin
}


def product() -> list[Path]:
    return [path for path in files(*FOLDERS) if not path.is_relative_to(CHECKOUT / "bot/sandbox")]


def files(*folders: Path) -> list[Path]:
    return sorted(path for folder in folders for path in folder.rglob("*.py"))


def types_of(tree: ast.Module) -> Iterator[str]:
    """The public classes and type aliases of a file; an alias is known by its capital letter."""
    for statement in tree.body:
        match statement:
            case ast.ClassDef(name=name):
                pass
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Subscript() | ast.BinOp() | ast.Name()):
                pass
            case ast.AnnAssign(target=ast.Name(id=name), annotation=ast.Name(id="TypeAlias")):
                pass
            case _:
                continue
        if not name.startswith("_") and not name.isupper() and name[0].isupper():
            yield name


def doubles(paths: list[Path]) -> dict[str, list[str]]:
    found = defaultdict(list)
    for path in paths:
        for name in types_of(ast.parse(path.read_text())):
            found[name].append(path.as_posix())
    return {name: where for name, where in found.items() if len(where) > 1}


def second_names(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in {"bot", "handlers"}:
            for name in node.names:
                whole = f"{node.module}.{name.name}"
                if name.asname and (f"{path.parent.name}/{path.name}", whole) not in SECOND_NAMES:
                    yield f"{path}: {whole} as {name.asname}"


@pytest.mark.parametrize("paths", [product(), *map(files, SANDBOXES)], ids=["product", "dialpad", "slack"])
def test_no_two_types_share_a_name(paths: list[Path]) -> None:
    assert doubles(paths) == {}


def test_what_is_imported_keeps_its_name() -> None:
    assert [found for path in files(*FOLDERS) for found in second_names(path)] == []


def test_two_types_of_one_name_are_found(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("class Plan:\n    pass\n")
    (tmp_path / "two.py").write_text("Plan: TypeAlias = dict[str, str]\n")

    assert list(doubles(files(tmp_path))) == ["Plan"]


def test_a_second_name_is_found(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("from bot.store import audit as audits\n")

    assert len(list(second_names(tmp_path / "one.py"))) == 1
