"""Route ids lead somewhere, and what is agreed between rooms is written down once."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from bot.catalogue.routes import build_routes
from bot.contract.routing import build_table
from handlers import all_routers

CHECKOUT = Path(__file__).parents[2]
WORDS = [path.stem for path in (CHECKOUT / "handlers").glob("*.py") if path.stem != "__init__"]
ID = re.compile(rf"({'|'.join(WORDS)})\.[a-z_]+")
MARK = re.compile(r"_[a-z]+")


def files(*folders: str) -> list[Path]:
    """The product's; the sandboxes are programs of their own."""
    paths = sorted(path for folder in folders for path in (CHECKOUT / folder).rglob("*.py"))
    return [path for path in paths if not path.is_relative_to(CHECKOUT / "bot/sandbox")]


def texts(*folders: str) -> Iterator[tuple[str, str]]:
    """Every text in the product's code, with where it stands."""
    for path in files(*folders):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value, f"{path.relative_to(CHECKOUT)}:{node.lineno}"


def test_every_route_id_leads_somewhere() -> None:
    known = {*build_table(all_routers()).by_id, *(route.id for route in build_routes())}

    found = [(text, where) for text, where in texts("bot", "handlers") if ID.fullmatch(text)]

    assert len(found) > 50
    assert [(text, where) for text, where in found if text not in known] == []


def test_slacks_room_knows_no_route() -> None:
    assert [(text, where) for text, where in texts("bot/slack") if ID.fullmatch(text)] == []


def marks(tree: ast.Module) -> Iterator[str]:
    """What constants of a file stand for, where it begins with an underscore."""
    for statement in tree.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
            for node in ast.walk(statement.value):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and MARK.fullmatch(node.value):
                    yield node.value


def test_a_mark_is_written_down_once() -> None:
    declared = {mark for path in files("bot", "handlers") for mark in marks(ast.parse(path.read_text()))}
    found = defaultdict(list)
    for text, where in texts("bot", "handlers"):
        if text in declared:
            found[text].append(where)

    assert {"_more", "_was"} <= declared
    assert {text: places for text, places in found.items() if len(places) > 1} == {}
