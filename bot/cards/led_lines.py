"""The call centers that a person may change at Dialpad: those they supervise, and for a company admin all."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from bot.basics.language import say
from bot.cards.rights import read_rights
from bot.contract.context import Ctx
from bot.dialpad.action import Entity
from bot.dialpad.actions.people import User

MOST_FOUND: Final = 100
"""Call centers of a company that are counted."""
_KIND: Final = "callcenter:"


@dataclass(frozen=True)
class Led:
    """Call centers, names by their places: those that are ``shown``, and all that are known. ``by_supervising``: those
    in which the person themselves is a supervisor."""

    shown: Mapping[str, str] = field(default_factory=dict)
    every: Mapping[str, str] = field(default_factory=dict)
    by_supervising: Mapping[str, str] = field(default_factory=dict)

    @property
    def left(self) -> int:
        """Return how many are not shown."""
        return len(self.every) - len(self.shown)


async def led_lines(ctx: Ctx, me: User, most: int) -> Led:
    """Return the call centers that this person may change, their own first. Raises NotConnected."""
    rights = read_rights(me)
    own = sorted(one for one in rights.led if one.startswith(_KIND))
    every: dict[str, str] = {}
    for place in own:
        name = await ctx.deps.directory.name_of(ctx.account, Entity.CALL_CENTER, place.removeprefix(_KIND))
        every[place] = name or say("Call center")
    supervised = dict(every)
    if rights.is_admin:
        found = await ctx.deps.directory.search(ctx.account, Entity.CALL_CENTER, "", MOST_FOUND)
        theirs = sorted(found, key=lambda one: (f"{_KIND}{one.id}" not in rights.places, one.name.casefold()))
        every |= {f"{_KIND}{one.id}": one.name for one in theirs if f"{_KIND}{one.id}" not in every}
    return Led(dict(islice(every.items(), most)), every, supervised)
