import os
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import bot
import handlers

pytestmark = pytest.mark.process

CHECKOUT = Path(__file__).parents[2]

RUN_BY_ALEMBIC = "bot.store.migrations.env"
"""Alembic runs this file, with its own context around it; nobody imports it."""

SUBSCRIPTION = '''
import sys

sys.path.insert(0, {checkout!r})
problems, module = [], ["python itself"]


def complain(what):
    problems.append(f"{{module[0]}}: {{what}}")


def ours():
    """Whether the code that asks is in one of our own files."""
    frame = sys._getframe(2)
    while frame and frame.f_code.co_filename.startswith(("<frozen", {standard!r})):
        frame = frame.f_back
    mine = tuple({checkout!r} + folder for folder in ("/bot/", "/handlers/"))
    return frame is not None and frame.f_code.co_filename.startswith(mine)


def watch(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.bind", "subprocess.Popen", "os.mkdir", "os.remove"):
        complain(event)
    elif event == "open" and isinstance(args[2], int) and args[2] & 3:
        complain(f"opens {{args[0]}} for writing")


sys.addaudithook(watch)

import asyncio, importlib, logging, os, threading

read = type(os.environ).__getitem__


def read_watched(self, key):
    if ours():
        complain(f"reads {{key}} from the environment")
    return read(self, key)


type(os.environ).__getitem__ = read_watched
asyncio.events.new_event_loop = asyncio.new_event_loop = lambda: complain("starts an event loop")

for name in {names!r}:
    module[0] = name
    before = set(threading.enumerate()), logging.getLogger().handlers[:], logging.getLogger().level
    importlib.import_module(name)
    if (set(threading.enumerate()), logging.getLogger().handlers, logging.getLogger().level) != before:
        complain("starts a thread or sets up logging")

import structlog
from prometheus_client import REGISTRY

module[0] = "something"
if structlog.is_configured():
    complain("configures structlog")
if any(metric.name.startswith("chatops") for metric in REGISTRY.collect()):
    complain("registers metrics on the global registry")
sys.exit("\\n".join(problems) or None)
'''


def module_names() -> Iterator[str]:
    for package in (bot, handlers):
        yield package.__name__
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if found.name != RUN_BY_ALEMBIC:
                yield found.name


def import_in_a_bare_process(folder: Path, names: list[str]) -> subprocess.CompletedProcess[str]:
    """Import ``names`` one after the other with an empty environment and nothing in the working directory."""
    standard = str(Path(os.__file__).parent)
    program = SUBSCRIPTION.format(checkout=str(CHECKOUT), standard=standard, names=names)
    return subprocess.run(
        [sys.executable, "-B", "-c", program], cwd=folder, env={}, capture_output=True, text=True, check=False
    )


def test_importing_every_module_says_reads_writes_and_starts_nothing(tmp_path: Path) -> None:
    done = import_in_a_bare_process(tmp_path, list(module_names()))

    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("code", "complaint"),
    [
        ("import os; os.environ.get('HOME')", "reads HOME"),
        ("import os; os.getenv('HOME')", "reads HOME"),
        ("open('made', 'w').close()", "opens made for writing"),
        ("import socket; socket.create_connection(('127.0.0.1', 9))", "socket.connect"),
        ("import threading; threading.Thread(target=threading.Event().wait, daemon=True).start()", "starts a thread"),
        ("import asyncio; asyncio.run(asyncio.sleep(0))", "starts an event loop"),
        ("import logging; logging.basicConfig()", "sets up logging"),
        ("print('hello')", "hello"),
    ],
)
def test_the_watch_sees_each_kind_of_effect(tmp_path: Path, code: str, complaint: str) -> None:
    tree, folder = tmp_path / "tree", tmp_path / "empty"
    (tree / "bot").mkdir(parents=True)
    folder.mkdir()
    (tree / "bot" / "__init__.py").write_text(f"try:\n    {code}\nexcept Exception: pass\n")
    standard = str(Path(os.__file__).parent)
    program = SUBSCRIPTION.format(checkout=str(tree), standard=standard, names=["bot"])
    done = subprocess.run(
        [sys.executable, "-B", "-c", program], cwd=folder, env={}, capture_output=True, text=True, check=False
    )

    assert complaint in done.stdout + done.stderr
