"""What a connection tells of why Dialpad refused."""

from dataclasses import replace

import pytest

from bot.basics.errors import NotAllowed
from bot.sandbox.cast import PRIYA
from tests.bot.notifications.having_events import link_of

NEEDED = ("change_log",)


@pytest.mark.parametrize(
    ("granted", "said", "lacks"),
    [
        (("calls:list",), "No.", NEEDED),
        (("calls:list", "change_log"), "This requires a company admin API key.", ()),
        (("calls:list", "change_log"), "This requires the scope change_log.", NEEDED),
        ((), "This requires the scope change_log.", NEEDED),
        ((), "This requires a company admin API key.", ()),
    ],
    ids=[
        "granted others",
        "granted it",
        "granted it once",
        "a pasted key and Dialpad says so",
        "a pasted key that is no admin's",
    ],
)
def test_a_missing_scope_is_named(granted: tuple[str, ...], said: str, lacks: tuple[str, ...]) -> None:
    assert replace(link_of(PRIYA), scopes=granted).lacks(NEEDED, NotAllowed(said)) == lacks
