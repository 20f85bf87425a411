"""Actions that call or text somebody, run by their name: they too show what colleagues do before anything leaves."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.arguments.phonebook import parties_of
from bot.basics.errors import ChatopsError, OutcomeUnknown
from bot.cards.answering import has_left, look_before, may_leave
from bot.catalogue.answers import route_of
from bot.catalogue.running import CONFIRMED
from bot.contract.argument import Carried
from bot.contract.context import Ctx
from bot.contract.reply import Answer, Confirm
from bot.contract.routing import Handler, Route
from bot.dialpad.action import Action
from bot.dialpad.actions.call import PlaceCall
from bot.dialpad.actions.callback import RequestCallback
from bot.dialpad.actions.sms import SendSms
from bot.dialpad.actions.users import RingUser

SEEN: Final = "_seen"
"""The name under which a confirmation carries the marks of what the person has seen."""
_REACHES: Final[Mapping[type[Action[Any]], str]] = {
    SendSms: "to_numbers",
    PlaceCall: "phone_number",
    RingUser: "phone_number",
    RequestCallback: "phone_number",
}
"""Actions by which a person gets in touch with somebody, and the argument that says with whom."""


def with_colleagues(routes: list[Route]) -> list[Route]:
    """Return the routes of actions, of which those that reach somebody look first at what colleagues do."""
    by_id = {route.id: route for route in routes}
    for action, field in _REACHES.items():
        asking, sure = by_id[route_of(action)], by_id[f"{CONFIRMED}{action.slug.lower()}"]
        ask = _Ask(asking.handler, field, is_call=action is not SendSms)
        by_id[asking.id] = replace(asking, handler=ask)
        carried = {**sure.arguments, SEEN: Carried("Seen", longest=20_000)}
        by_id[sure.id] = replace(sure, handler=_Confirmed(sure.handler, ask), arguments=carried)
    return list(by_id.values())


@dataclass(frozen=True)
class _Ask:
    """Asks before an action, with what colleagues do."""

    ask: Handler
    field: str
    is_call: bool

    async def __call__(self, ctx: Ctx, **values: Any) -> Answer:
        return await self.after(ctx, values)

    async def after(self, ctx: Ctx, values: Mapping[str, Any], since: str | None = None) -> Answer:
        answer = await self.ask(ctx, **values)
        numbers = self.numbers(values)
        if not isinstance(answer, Confirm) or not numbers:
            return answer
        before = await look_before(ctx, await parties_of(ctx, numbers), is_call=self.is_call, since=since)
        args = {**answer.args, SEEN: before.seen} if before.seen else answer.args
        return replace(answer, facts=(*before.facts, *answer.facts), args=args)

    def numbers(self, values: Mapping[str, Any]) -> list[str]:
        given = values.get(self.field) or ()
        return [given] if isinstance(given, str) else [str(one) for one in given]


@dataclass(frozen=True)
class _Confirmed:
    """Runs an action that was agreed to, or shows once more what is new."""

    run: Handler
    asking: _Ask

    async def __call__(self, ctx: Ctx, **values: Any) -> Answer:
        seen = str(values.pop(SEEN, ""))
        numbers = self.asking.numbers(values)
        text = None if self.asking.is_call else str(values.get("text") or "")
        if not await may_leave(ctx, numbers, seen, text):
            return await self.asking.after(ctx, values, seen)
        try:
            answer = await self.run(ctx, **values)
        except OutcomeUnknown:
            raise
        except ChatopsError:
            await has_left(ctx, numbers, None, text)
            raise
        made = ctx.done[-1].object.rpartition(":")[2] if ctx.done else ""
        await has_left(ctx, numbers, made or ctx.reference, text)
        return answer
