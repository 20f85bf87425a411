"""Every shell line of the documents is typed on a machine that has only a checkout, or is listed with why it is not."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.install.conftest import Supplies, skip_without_rights
from tests.install.documented import NOT_RUN, ShellLine, blocks_of_no_kind, shell_lines
from tests.install.machine import HOME, Machine, machine

GOES_ON: Final = {
    "make demo": "http://localhost:3000",
    'make demo ARGS="--port 3100 --no-browser"': "http://localhost:3100",
    "dialpad-chatops demo": "http://localhost:3000",
    "make run": "Ready.",
    "dialpad-chatops --config /etc/dialpad-chatops.env run": "Ready.",
}
"""What does not end by itself, and what it says when it is ready."""
SERVES_THE_OTHERS: Final = {
    "dialpad-chatops sandbox dialpad": "http://localhost:3001",
    "dialpad-chatops sandbox slack": "http://localhost:3002",
}
"""These run all the time: the others need a Slack and a Dialpad."""
SETTINGS: Final = {
    "SLACK_BOT_TOKEN": "xoxb-sandbox",
    "SLACK_APP_TOKEN": "xapp-sandbox",
    "SLACK_CONFIG_TOKEN": "xoxe.xoxp-sandbox",
    "SLACK_API_URL": "http://localhost:3002/api/",
    "DIALPAD_BASE_URL": "http://localhost:3001",
    "DIALPAD_API_KEY": "sandbox-company-key",
}
AN_APP: Final = "A0123456789"
"""Stands for the reader's own app: the one that `slack create` has made."""


@pytest.fixture(scope="module")
def fresh(supplies: Supplies, ground: Path) -> Iterator[Machine]:
    skip_without_rights()
    with machine(ground / "machine", supplies.wheels, SETTINGS) as made:
        environment = "\n".join(f"{name}={value}" for name, value in SETTINGS.items())
        (made.image.root / "etc/dialpad-chatops.env").write_text(environment, encoding="utf-8")
        (made.image.root / "safe/filter.json").write_text('{"email": "ana@northlight.example"}', encoding="utf-8")
        dialpad, slack = (f".venv/bin/{line}" for line in SERVES_THE_OTHERS)
        with made.running(dialpad, "http://localhost:3001"), made.running(slack, "http://localhost:3002"):
            yield made


def failed(fresh: Machine, line: ShellLine) -> str:
    """Type a line, and say what was wrong with how it went; nothing when all went well."""
    typed = line.to_run.replace(AN_APP, fresh.made.get("app", AN_APP))
    if ready := GOES_ON.get(line.to_run):
        done = fresh.run_until(typed, ready)
        good = done.code == 0 or (done.code > 0 and typed.startswith("make"))  # make says that it was interrupted
    else:
        done = fresh.run(typed)
        good = done.code == 0
    if app := re.search(r"The app (A\w+) is made", done.said):
        fresh.made["app"] = app[1]
    if good and "Traceback" not in done.said:
        return ""
    return f"{line.page}: {typed}\nexit status {done.code}\n{done.said}\n"


def test_every_line_that_can_be_run_here_does_what_it_says(fresh: Machine) -> None:

    lines = [line for line in shell_lines() if line.text not in {*NOT_RUN, *SERVES_THE_OTHERS}]
    wrong = [said for line in lines if (said := failed(fresh, line))]

    assert len(lines) > len(GOES_ON)
    assert not wrong, "\n".join(wrong)


def test_the_checkout_is_where_it_was(fresh: Machine) -> None:
    assert (fresh.image.root / HOME.lstrip("/") / "pyproject.toml").exists()


def test_what_is_not_run_stands_in_the_documents() -> None:
    there = {line.text for line in shell_lines()}

    assert {line for line in NOT_RUN if line not in there} == set()
    assert {line for line in SERVES_THE_OTHERS if line not in there} == set()
    assert {line for line in GOES_ON if line not in {one.to_run for one in shell_lines()}} == set()


def test_every_block_is_known_to_be_for_a_shell_or_not() -> None:
    assert list(blocks_of_no_kind()) == []
