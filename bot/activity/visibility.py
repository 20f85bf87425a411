"""Whose business a card is: what came through one person's own connection is nobody else's."""

from collections.abc import Mapping

from bot.activity.registers import Register, State, fragment
from bot.basics.person import PersonKey


def heard_for(listener: PersonKey | None) -> State:
    """The mark that a card was heard of through ``listener``'s own connection, or, with None, through the company's."""
    return fragment(0, 0, {_mark(listener): True})


def concerns(state: Mapping[str, Register], person: PersonKey) -> bool:
    """Whether ``person`` may count it. What was made up for a test concerns nobody."""
    return _mark(None) in state or _mark(person) in state


def _mark(listener: PersonKey | None) -> str:
    return f"heard:{listener.user_id if listener else ''}"
