"""What the written pages name exists: paths, modules, classes, functions, links, commands, and the README's example."""

import ast
import re
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
import typer.main
import yaml

from bot.__main__ import app
from tests.each import for_each

CHECKOUT: Final = Path(__file__).parents[2]
PAGES: Final = (
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs/admin.md",
    "docs/architecture.md",
    "docs/glossary.md",
    "docs/README.md",
    "docs/dialpad-account.md",
    "docs/install.md",
    "docs/live-calls.md",
    "docs/notifications.md",
    "docs/oncall.md",
    "docs/open-work.md",
    "docs/operations.md",
    "docs/performance.md",
    "docs/privacy.md",
    "docs/reliability.md",
    "docs/rights.md",
    "docs/scaling.md",
    "docs/settings.md",
    "docs/slack-app.md",
    "docs/supervisors.md",
    "docs/terminal.md",
    "docs/upgrade.md",
    *sorted(str(path.relative_to(CHECKOUT)) for path in (CHECKOUT / "docs/decisions").glob("*.md")),
)
LONGEST_README: Final = 200

NAMES_OF_OTHERS: Final = frozenset(
    {
        "chat.postMessage", "message.im", "http.client.request.duration", "http.request.method", "url.template",
        "http.response.status_code", "server.address", "error.type",
        "hold_queue.max_hold_count", "NaN",
    }
)  # fmt: skip
"""Slack's, Dialpad's, OpenTelemetry's or JavaScript's."""

FENCE: Final = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
SPAN: Final = re.compile(r"`([^`\n]+)`")
LINK: Final = re.compile(r"\]\((?!https?:|#)([^)#\s]+)[^)]*\)")
PATH: Final = re.compile(r"(?:bot|handlers|tests|docs|\.ci)(?:/[\w.-]+)*/?")
DOTTED: Final = re.compile(r"[A-Za-z_]\w*(?:\.\w+)+")
CALLED: Final = re.compile(r"([a-z_]\w*)\(\)")
CLASS: Final = re.compile(r"[A-Z][a-z]+\w*")
EXAMPLE: Final = re.compile(r"<!-- from (\S+) -->\n```python\n(.*?)```\n<!-- end -->", re.DOTALL)
TERM: Final = re.compile(r"^- \*\*(.+?)\*\*: .+$", re.MULTILINE)


@cache
def read(page: str) -> str:
    return (CHECKOUT / page).read_text(encoding="utf-8")


@cache
def known() -> tuple[Mapping[str, set[str]], set[str]]:
    """Every class of ours with what its body names, and every function."""
    classes: dict[str, set[str]] = {}
    functions: set[str] = set()
    for folder in ("bot", "handlers", "tests"):
        for path in (CHECKOUT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ClassDef):
                    classes.setdefault(node.name, set()).update(named_in(node))
                elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    functions.add(node.name)
    return classes, functions


def named_in(tree: ast.ClassDef | ast.Module) -> Iterator[str]:
    """What is defined or assigned directly in a class or a module."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        yield from (target.id for target in targets if isinstance(target, ast.Name))


def is_module(name: str) -> bool:
    """``bot.cards``, ``bot.cards.rights``, or what a module names: ``bot.cards.rights.rights_of``."""
    path = CHECKOUT.joinpath(*name.split("."))
    if path.with_suffix(".py").exists() or (path / "__init__.py").exists():
        return True
    module = path.parent.with_suffix(".py")
    return module.exists() and path.name in named_in(ast.parse(module.read_text(encoding="utf-8")))


def exists(name: str) -> bool:
    """Whether a span of code names something that is there. What is no name of ours is not looked at."""
    classes, functions = known()
    if PATH.fullmatch(name):
        return (CHECKOUT / name).exists() or (is_module(name) if "/" not in name else False)
    if DOTTED.fullmatch(name) and not name.startswith("chatops."):
        first, _, last = name.partition(".")
        if first in {"bot", "handlers", "tests"}:
            return is_module(name)
        if first in classes:
            return last in classes[first]
        return is_module(f"handlers.{name}") or (CHECKOUT / name).exists()
    if called := CALLED.fullmatch(name):
        return called[1] in functions
    return name in classes if CLASS.fullmatch(name) else True


def spans(page: str) -> list[str]:
    return SPAN.findall(FENCE.sub("", read(page)))


@for_each("page", PAGES)
def test_what_a_page_names_exists(page: str) -> None:
    assert [name for name in spans(page) if name not in NAMES_OF_OTHERS and not exists(name)] == []


@for_each("page", PAGES)
def test_a_page_links_to_what_is_there(page: str) -> None:
    links = LINK.findall(read(page))

    assert [link for link in links if not (CHECKOUT / page).parent.joinpath(link).exists()] == []


@pytest.mark.parametrize(
    "name",
    [
        "bot/nowhere.py", "handlers/nobody.py", "tests/rules/test_nothing.py", "bot.nowhere", "bot.cards.rights.wrong",
        "Dispatcher.nothing", "dnd.nothing", "nothing.toml", "never_defined()", "NeverDefined",
    ],
)  # fmt: skip
def test_what_is_gone_is_found(name: str) -> None:
    assert not exists(name)


@pytest.mark.parametrize(
    "name",
    [
        "bot/cards", "handlers/", "bot/app.py", "bot.cards.rights", "bot.cards.rights.rights_of", "handlers",
        "Risk.CHANGE", "Dispatcher.receive", "dnd.back", "pyproject.toml", "plan()", "Reply", "/dp dnd on", "ARGS",
    ],
)  # fmt: skip
def test_what_is_there_is_found(name: str) -> None:
    assert exists(name)


# Commands


def commands() -> Iterator[str]:
    """``demo``, ``events list`` and so on: what stands after ``dialpad-chatops``."""
    found: Mapping[str, Any] = vars(typer.main.get_command(app))["commands"]
    for name, command in found.items():
        yield name
        yield from (f"{name} {inner}" for inner in vars(command).get("commands", {}))


@for_each("page", PAGES)
def test_a_page_tells_to_make_what_there_is(page: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
    told = re.findall(r"(?:`|^)make ([a-z-]+)", read(page), re.MULTILINE)

    assert set(told) <= targets


@for_each("page", PAGES)
def test_a_page_tells_to_run_what_there_is(page: str) -> None:
    there = set(commands())
    groups = {name.partition(" ")[0] for name in there if " " in name}
    told = [
        f"{first} {second}" if first in groups and second else first
        for first, second in re.findall(r"(?<!inject )dialpad-chatops ([a-z]+)(?: ([a-z]+))?", read(page))
    ]

    assert [name for name in told if name not in there] == []


def shell_lines(page: str) -> Iterator[list[str]]:
    """The arguments of each line in a block that calls our command, without comment and environment."""
    for block in FENCE.findall(read(page)):
        for line in block.splitlines():
            words = shlex.split(line.partition("  #")[0], posix=True) if "dialpad-chatops " in line else []
            called = [number for number, word in enumerate(words) if word.rpartition("/")[2] == "dialpad-chatops"]
            rest = words[called[0] + 1 :] if called else []
            if rest and rest != ["--version"] and all("=" in word for word in words[: called[0]]):
                yield rest


@for_each("page", PAGES)
def test_a_shell_line_has_the_options_that_the_command_takes(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_CONFIG_TOKEN", "xoxe.xoxp-made-up")  # it would be asked for
    for words in shell_lines(page):
        command: Any = typer.main.get_command(app)
        given = list(words)
        if given[0] == "--config":
            given = given[2:]
        while given and given[0] in vars(command).get("commands", {}):
            command = vars(command)["commands"][given.pop(0)]
        with command.make_context("dialpad-chatops", given, resilient_parsing=False) as parsed:
            assert parsed.args == [], words


# The README


def test_the_readmes_example_is_the_code() -> None:
    examples = EXAMPLE.findall(read("README.md"))

    assert examples
    assert [path for path, code in examples if code not in read(path)] == []


def test_the_readme_is_readable_in_one_go() -> None:
    assert len(read("README.md").splitlines()) < LONGEST_README


def test_the_readme_names_every_room() -> None:
    rooms = {path.parent.name for path in (CHECKOUT / "bot").glob("*/__init__.py")}

    assert rooms <= set(re.findall(r"^  (\w+)/ ", read("README.md"), re.MULTILINE))


def test_the_architecture_names_every_room() -> None:
    rooms = {f"bot/{path.parent.name}" for path in (CHECKOUT / "bot").glob("*/__init__.py")}

    assert {
        room for room in rooms if not re.search(rf"^\| `{room}[`/]", read("docs/architecture.md"), re.MULTILINE)
    } == set()


def test_the_architectures_picture_is_the_layers_contract() -> None:
    contracts = tomllib.loads(read("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    layers = [set(re.findall(r"\w+", layer)) for layer in contracts[0]["layers"]]
    picture = FENCE.findall(read("docs/architecture.md"))[0]
    bands = [set(re.findall(r"bot/(\w+)", band)) for band in re.split("─+", picture)]

    assert bands[1:] == layers[1:]
    assert bands[0] <= layers[0]


# The glossary


def terms() -> list[str]:
    return TERM.findall(read("docs/glossary.md"))


def plain(text: str) -> str:
    """Lower case, words apart: ``EventKind``, ``event_kind`` and "event kind" are the same."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text)
    return re.sub(r"[^a-z0-9]+", " ", apart.casefold())


def test_every_line_of_the_glossary_is_a_term() -> None:
    assert len(terms()) == len(re.findall(r"^- ", read("docs/glossary.md"), re.MULTILINE)) > 0


def test_no_term_stands_twice_and_all_are_in_order() -> None:
    folded = [term.casefold() for term in terms()]

    assert folded == sorted(set(folded))


def test_every_term_is_used_in_the_code_or_the_docs() -> None:
    pages = [CHECKOUT / page for page in (*PAGES, "docs/actions.md", "docs/commands.md") if "glossary" not in page]
    sources = [path for folder in ("bot", "handlers") for path in (CHECKOUT / folder).rglob("*.py")]
    used = plain("\n".join(path.read_text(encoding="utf-8") for path in (*pages, *sources)))

    assert [term for term in terms() if plain(term).strip() not in used] == []


# Hooks


def test_the_commit_hooks_are_what_make_check_does() -> None:
    recipe = re.search(r"^check:.*\n((?:\t.*\n)+)", read("Makefile"), re.MULTILINE)
    assert recipe is not None
    checked = [line.strip().replace("$(BIN)", ".venv/bin") for line in recipe[1].splitlines()]
    (local,) = yaml.safe_load(read(".pre-commit-config.yaml"))["repos"]

    assert [hook["entry"] for hook in local["hooks"]] == checked
    assert local["repo"] == "local"
    assert {hook["language"] for hook in local["hooks"]} == {"system"}
