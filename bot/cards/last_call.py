"""The newest call of whoever asks, as far as it is known: heard here, started from Slack, or in Dialpad's own list."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from bot.activity.calls import CallView
from bot.activity.past_calls import past_calls
from bot.arguments.party import Party
from bot.basics.errors import DialpadError
from bot.cards.placed_calls import placed_calls
from bot.cards.rights import rights_of
from bot.contract.board import CallSearch
from bot.contract.context import Ctx
from bot.dialpad.actions.call import ListCalls

SINCE: Final = timedelta(days=7)


def _any(view: CallView) -> bool:
    return True


async def last_call(
    ctx: Ctx, party: Party | None, wanted: Callable[[CallView], bool] = _any, *, of_lines: bool = False
) -> CallView | None:
    """Return the newest call with somebody on the lines of whoever asks, or their own newest; None when none is known.
    ``wanted``: which calls count. ``of_lines``: those of their lines do too, whoever they are with."""
    found: list[CallView] = []
    if ctx.deps.notifications is not None:
        rights, mine = await rights_of(ctx), f"user:{(await ctx.account.link()).dialpad_user_id}"

        def fits(view: CallView) -> bool:
            concerns = rights.cover(view.places) if party or of_lines else mine in view.places
            return bool(view.call_id) and concerns and _is_with(view, party) and wanted(view)

        number = party.number if party and not party.is_ours else ""
        found += (
            await ctx.deps.notifications.heard_calls(ctx.person, CallSearch(fits, ctx.now - SINCE, 1, number=number))
        ).calls
    try:
        placed = await placed_calls(ctx)
    except DialpadError:
        placed = []
    found += [view for view in placed if view.call_id and _is_with(view, party) and wanted(view)]
    if not found:
        found = [view for view in await _listed(ctx, party) if wanted(view)]
    return max(found, key=lambda view: view.started or view.at, default=None)


def _is_with(view: CallView, party: Party | None) -> bool:
    return party is None or party.number in (view.number, view.dialled)


async def _listed(ctx: Ctx, party: Party | None) -> list[CallView]:
    """Return the newest calls of Dialpad's list, which it shows to company admins only."""
    after = int((ctx.now - SINCE).timestamp() * 1000)
    mine = {} if party else {"target_type": "user", "target_id": (await ctx.account.link()).dialpad_user_id}
    try:
        page = await ctx.send(ListCalls.model_validate({"started_after": after, **mine}))
    except DialpadError:
        return []
    views = [call.view for call in past_calls(page.items)]
    return [view for view in views if view.call_id and (party is None or view.number == party.number)]
