"""Handles links to calls and recordings in Dialpad that people post: previews, for those who may see the call."""

from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Final

from bot.activity.calls import CallView
from bot.activity.past_calls import past_call
from bot.basics.errors import ChatopsError, NotConnected, UserError
from bot.basics.language import say
from bot.cards import recordings
from bot.cards.connecting import CONNECT_BUTTON
from bot.cards.linked_call import linked_call_card
from bot.cards.live_call import legs_with_recap
from bot.cards.recap import show_recap
from bot.cards.rights import Rights, rights_of
from bot.contract.argument import Carried
from bot.contract.board import CallSearch
from bot.contract.context import Ctx
from bot.contract.reply import Answer, Attachment, Button, Nothing, Reply, Shown, Unfurls
from bot.contract.routing import Router
from bot.dialpad.action import Risk
from bot.dialpad.actions.call import GetCall
from bot.dialpad.links import DialpadLink, read_link

router = Router()

MOST: Final = 3
"""Links of one message that get a preview."""
_SINCE: Final = timedelta(days=30)
_COMPOSER: Final = "composer"
_NUDGED: Final = "nudged_by_link"
"""The preference with the day on which somebody was last told to connect because of a link."""
LinkedCallId = Annotated[str, Carried("Call", longest=40)]


@router.event("link_shared", risk=Risk.CHANGE)
async def preview(
    ctx: Ctx,
    links: Annotated[str, Carried("Links", longest=50_000)] = "",
    channel: Annotated[str, Carried("Channel", longest=40)] = "",
    source: Annotated[str, Carried("Source", longest=40)] = "",
    shared: Annotated[str, Carried("Shared with another company", longest=5)] = "",
) -> Answer:
    """Show which call a link is to, if whoever posted it may see the call; otherwise nothing."""
    found = {url: link for url in links.split("\n") if (link := read_link(url)) is not None}
    if not found or shared:
        return Nothing()
    try:
        rights = await rights_of(ctx)
        cards: dict[str, Shown] = {}
        for url, link in list(found.items())[:MOST]:
            view = await _find(ctx, link, rights)
            if view is not None:
                cards[url] = linked_call_card(view, in_full=await _is_shown_in(ctx, channel, view))
    except NotConnected:
        return Unfurls({}, await _nudge(ctx)) if source != _COMPOSER else Nothing()
    return Unfurls(cards) if cards else Nothing()


async def _find(ctx: Ctx, link: DialpadLink, rights: Rights) -> CallView | None:
    """Find the call that a link is to, as the person who asks may see it: what was heard of their lines, else what
    Dialpad answers to their own token."""
    board = ctx.deps.notifications

    def fits(view: CallView) -> bool:
        named = link.mark in view.shared_marks or any(one.id == link.recording for _, one in view.recordings)
        return named and rights.cover(view.places)

    if link.call:
        heard = None if board is None else await board.heard_call(ctx.person, link.call)
        if heard is not None and rights.cover(heard.places):
            return heard
        try:
            return past_call(await ctx.send(GetCall(id=link.call))).view
        except NotConnected:
            raise
        except ChatopsError:
            return None
    if board is None:
        return None
    return next(iter((await board.heard_calls(ctx.person, CallSearch(fits, ctx.now - _SINCE, 1))).calls), None)


async def _is_shown_in(ctx: Ctx, channel: str, view: CallView) -> bool:
    """Tell whether a channel is shown this line's calls anyway, with who called."""
    board = ctx.deps.notifications
    if board is None or not channel:
        return False
    here = await board.subscriptions_here(ctx.person, channel)
    return any(not one.paused and (not one.places or set(one.places) & view.places) for one in here)


async def _nudge(ctx: Ctx) -> Reply | None:
    """Return what to tell somebody who is not connected, at most once a day."""
    today = ctx.now.date().isoformat()
    if (await ctx.deps.preferences.get(ctx.person)).get(_NUDGED) == today:
        return None
    await ctx.deps.preferences.set(ctx.person, {_NUDGED: today})
    return Reply(say("Connect Dialpad, and links to calls that you post here say which call it is."), (CONNECT_BUTTON,))


async def _theirs(ctx: Ctx, call: str) -> CallView:
    """Find a call as whoever pressed may see it. Raises UserError."""
    view = await _find(ctx, DialpadLink(call=call), await rights_of(ctx))
    if view is None:
        raise UserError(say("Dialpad does not show you this call. Somebody of its line, or an admin, can see it."))
    return view


@router.button(title="AI recap")
async def recap(ctx: Ctx, call: LinkedCallId) -> Answer:
    """Show what Dialpad Ai wrote about a call, to whoever pressed only, with their own rights."""
    view = await _theirs(ctx, call)
    return await show_recap(ctx, legs_with_recap(view), Button("Try again", "links.recap", {"call": call}))


@router.button(title="Recording")
async def listen(ctx: Ctx, call: LinkedCallId) -> Answer:
    """Send the recording to whoever pressed only, fetched with their own token."""
    answer = await recordings.listen(ctx, await _theirs(ctx, call), "", 0)
    if isinstance(answer, Attachment) and isinstance(answer.card, Reply):
        return replace(answer, card=replace(answer.card, buttons=()))  # the others of several are on the call's card
    return answer
