import ast
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.process

CHECKOUT = Path(__file__).parents[2]

REGISTRY = re.compile(r"\bpypi[.]org\b|pythonhosted[.]org|registry[.]npmjs|(--|_)(extra-)?index[-_]url|/simple/")
MACHINE = re.compile(r"(?<![\w./}])/(work|root|home)/")
MOCK = re.compile(r"unittest[.]mock|\bMagicMock\b|\bAsyncMock\b|\bmocker[.]")

MAY_SLEEP = {
    "tests/postgres.py": "a server that is starting gives no sign that could be waited for, so it is asked again",
    "tests/bot/dialpad/test_pacer.py": "the event loop's time is made up there: nobody waits",
}


@cache
def files() -> tuple[tuple[str, str], ...]:
    """Path within the checkout and text of every file that is, or would be, committed."""
    git = shutil.which("git")
    if git is None or not (CHECKOUT / ".git").exists():
        pytest.skip("this is no git checkout, so nobody can say which files are ours")
    listing = [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    found = subprocess.run(listing, cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout
    paths = [CHECKOUT / name for name in found.split("\0") if name and CHECKOUT / name != Path(__file__)]
    return tuple(
        (str(path.relative_to(CHECKOUT)), path.read_text(encoding="utf-8", errors="replace"))
        for path in paths
        if path.is_file()
    )


def lines_with(pattern: re.Pattern[str], *, ending: str = "") -> list[str]:
    """``path:line: text`` of every line the pattern is found in."""
    return [
        f"{path}:{number}: {line.strip()[:100]}"
        for path, text in files()
        if path.endswith(ending)
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def naps(tree: ast.Module) -> Iterator[int]:
    """Lines that sleep for a fixed time. ``asyncio.sleep(0)`` only lets others run."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        called, time = ast.unparse(node.func), node.args[0]
        fixed = isinstance(time, ast.Constant) and isinstance(time.value, int | float) and time.value > 0
        if fixed and called in {"time.sleep", "asyncio.sleep", "sleep"}:
            yield node.lineno


def test_no_file_names_a_package_registry() -> None:
    assert lines_with(REGISTRY) == []


def test_no_file_names_a_place_on_one_machine() -> None:
    assert lines_with(MACHINE) == []


def test_no_test_replaces_our_code_with_mocks() -> None:
    assert lines_with(MOCK, ending=".py") == []


def test_no_test_sleeps_for_a_fixed_time() -> None:
    found = [
        f"{path}:{line}"
        for path, text in files()
        if path.startswith("tests/") and path.endswith(".py") and path not in MAY_SLEEP
        for line in naps(ast.parse(text))
    ]

    assert found == []


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (REGISTRY, "--index-url https://x.test"),
        (MACHINE, 'open("/home/ana/x")'),
        (MACHINE, "/root/.cache"),
        (MOCK, "from unittest.mock import patch"),
    ],
)
def test_what_is_looked_for_is_found(pattern: re.Pattern[str], text: str) -> None:
    assert pattern.search(text)


@pytest.mark.parametrize("text", ["/connect/home/x", "a/work/b", "src='./home/x.js'", "bot/contract/later.py"])
def test_an_ordinary_path_is_no_machines(text: str) -> None:
    assert not MACHINE.search(text)


@pytest.mark.parametrize(("code", "count"), [("time.sleep(0.1)", 1), ("asyncio.sleep(0)", 0), ("asyncio.sleep(x)", 0)])
def test_only_fixed_times_count_as_sleeping(code: str, count: int) -> None:
    assert len(list(naps(ast.parse(code)))) == count
