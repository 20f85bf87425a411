"""Who may see a card: what came through one person's own connection is visible to that person only."""

from collections.abc import Mapping

from bot.activity.registers import Register, State, fragment
from bot.basics.person import PersonKey


def heard_for(listener: PersonKey | None) -> State:
    """Return the mark that a card came through ``listener``'s own connection or, with None, through the company's."""
    return fragment(0, 0, {_mark(listener): True})


def concerns(state: Mapping[str, Register], person: PersonKey) -> bool:
    """Tell whether ``person`` may count the card. A card made by the Test button counts for nobody."""
    return _mark(None) in state or _mark(person) in state


def _mark(listener: PersonKey | None) -> str:
    return f"heard:{listener.user_id if listener else ''}"
