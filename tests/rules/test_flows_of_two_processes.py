"""The list of flows that cannot be told of two processes is neither too long nor too short."""

import ast
from pathlib import Path

from tests.flows.one_process import ITS_INSIDE, ONE_PROCESS, reason

FLOWS = Path(__file__).parents[1] / "flows"


def functions(file: Path) -> dict[str, str]:
    """The source of each test, fixture and whatever else a file defines, by name."""
    text = file.read_text(encoding="utf-8")
    found = [one for one in ast.parse(text).body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
    return {one.name: ast.get_source_segment(text, one) or "" for one in found}


def test_whatever_uses_what_only_one_process_has_is_listed() -> None:
    missing = [
        f"{file.name}::{name}"
        for file in sorted(FLOWS.glob("test_*.py"))
        for name, source in functions(file).items()
        if ITS_INSIDE.search(source) and reason(file.name, name) is None
    ]
    assert missing == []


def test_whatever_is_listed_uses_it() -> None:
    needless = []
    for listed in ONE_PROCESS:
        name, _, function = listed.partition("::")
        there = functions(FLOWS / name)
        if not any(ITS_INSIDE.search(there[one]) for one in ([function] if function else there)):
            needless.append(listed)
    assert needless == []
