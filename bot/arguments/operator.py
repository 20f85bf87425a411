"""The argument for an operator of the call center that a call waits at."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.arguments.colleague import ColleagueChoice
from bot.basics.errors import ChatopsError
from bot.basics.language import say
from bot.basics.name_search import fold
from bot.contract.argument import Option
from bot.contract.context import Ctx
from bot.contract.reply import Raw
from bot.dialpad.actions.callcenters import ListCallCenterOperators
from bot.dialpad.actions.people import User

LINE: Final = "line"
"""The field that carries the call center's id, beside an operator."""


async def _operators_of(ctx: Ctx, line: str) -> list[User]:
    """Return who answers calls for a call center, those on duty first. Raises DialpadError."""
    found = await ctx.send(ListCallCenterOperators(id=line))
    people = [one for one in found.users if one.id]
    return sorted(people, key=lambda one: (not one.is_on_duty, fold(one.name)))


@dataclass(frozen=True)
class OperatorChoice(ColleagueChoice):
    """An operator of the call center whose id stands in the field ``line``; the value is a Colleague."""

    async def suggest_beside(self, ctx: Ctx, query: str, others: Mapping[str, Raw]) -> list[Option]:
        line, asked = str(others.get(LINE) or ""), fold(query)
        if not line:
            return await self.suggest(ctx, query)
        try:
            people = await _operators_of(ctx, line)
        except ChatopsError:
            return []  # a type-ahead has no place for an error
        return [
            Option(one.name[:75], one.id or "", say("on duty") if one.is_on_duty else say("off duty"))
            for one in people
            if asked in fold(one.name)
        ]
