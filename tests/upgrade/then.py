"""``dialpad-chatops`` as a process whose clock is another: ``python -m tests.upgrade.then <seconds ahead> run``.

An old database goes on at the moment at which it was left, and what it holds would long have expired by now.
"""

import sys
from datetime import UTC, datetime, timedelta

from bot import app
from bot.__main__ import main
from tests.hurry import hurried


def begin(seconds: float) -> None:
    ahead = timedelta(seconds=seconds)
    start = app.Bot.start.__func__  # type: ignore[attr-defined]  # what the class method is made of
    start.__kwdefaults__["now"] = lambda: datetime.now(UTC) + ahead
    sys.argv = ["dialpad-chatops", *sys.argv[2:]]
    with hurried():
        main()


if __name__ == "__main__":
    begin(float(sys.argv[1]))
