"""Marks that nobody has to remember: by where a test lives and what it asks for.

A test that starts a process and has none of ``OUTSIDE`` fails and says which mark it needs.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, NoReturn

import pytest

BY_FOLDER: Final = {
    "tests/crashes/": ("crash",),
    "tests/browser/": ("browser",),
    "tests/bench/": ("process",),
    "tests/install/": ("process",),
    "tests/flows/": ("demo",),
    "tests/day/": ("demo",),
    "tests/corpus/": ("demo",),
    "tests/upgrade/": ("demo",),
}
BY_FILE: Final = {
    "tests/rules/test_forms_of_all_actions.py": "slow",
    "tests/bot/notifications/test_all_the_way.py": "slow",
    "tests/bot/notifications/test_escalation.py": "slow",
    "tests/bot/notifications/test_in_any_order.py": "slow",
    "tests/bot/notifications/test_intake.py": "slow",
    "tests/bot/notifications/test_owner_alerts.py": "slow",
    "tests/bot/notifications/test_poster.py": "slow",
    "tests/bot/notifications/test_two_hundred_at_once.py": "slow",
    "tests/bot/slack/conversation/test_flows.py": "slow",
    "tests/bot/slack/conversation/test_while_slack_is_away.py": "slow",
    "tests/bot/store/test_durable_later.py": "slow",
    "tests/bot/test_parked.py": "slow",
}
BY_FIXTURE: Final = {
    "postgres_server": "postgres",
    "postgres_url": "postgres",
    "chromium": "browser",
    "terminal": "process",
}
OUTSIDE: Final = frozenset({"browser", "crash", "postgres", "process"})
"""Whoever has one of these may start other processes."""
_FIRST: Final = ("crash", "browser", "demo")


def mark(item: pytest.Item) -> None:
    """As soon as it is collected: what ``-m`` leaves out is decided by the marks."""
    found = [name for folder, names in BY_FOLDER.items() if item.nodeid.startswith(folder) for name in names]
    found += [name for file, name in BY_FILE.items() if item.nodeid.startswith(file)]
    found += [name for fixture, name in BY_FIXTURE.items() if fixture in getattr(item, "fixturenames", ())]
    if item.nodeid.startswith("tests/flows/") and item.config.getoption("--two-processes"):
        found.append("process")
    for name in found:
        item.add_marker(name)


def turn(item: pytest.Item) -> int:
    """Its place in the order: what takes longest begins first, so that nobody waits for it alone at the end."""
    return next((place for place, name in enumerate(_FIRST) if item.get_closest_marker(name)), len(_FIRST))


@contextmanager
def kept_inside(item: pytest.Item) -> Iterator[None]:
    """A test without a mark starts no process: one that is run after every change would become slow unnoticed."""
    if any(item.get_closest_marker(name) for name in OUTSIDE):
        yield
        return

    def refuse(*_: Any, **__: Any) -> NoReturn:
        pytest.fail("This test starts a process: mark it with @pytest.mark.process.")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("subprocess.Popen.__init__", refuse)
        patched.setattr("os.fork", refuse)
        yield
