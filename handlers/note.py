"""Handles ``note``: leaves a note on the call one is on, or had last."""

from datetime import timedelta
from typing import Annotated, Final

from bot.activity.calls import CallView
from bot.basics.language import say
from bot.cards.call_control import LiveCallId, find_heard, live_calls, names_of_others, note_words
from bot.cards.past_call import other_side
from bot.contract.argument import Text
from bot.contract.board import CallSearch
from bot.contract.context import Ctx
from bot.contract.reply import Answer, Button, Listing, Reply, Row
from bot.contract.routing import Router
from bot.dialpad.action import Risk

router = Router()

_LATELY: Final = timedelta(hours=4)
NoteWords = Annotated[
    str, Text("Note", longest=300, placeholder="Wants a refund", hint="Your colleagues see it on the card.")
]


@router.command(
    "note",
    usage="<text>",
    summary="Leave a note on the call you are on, or had last",
    phrases=dict.fromkeys(
        (
            "add note",
            "add a note",
            "make a note",
            "make note",
            "take a note",
            "write a note",
            "note on the call",
            "note on my call",
            "note for the call",
            "note to the call",
        ),
        "",
    ),
    examples=("note wants a refund by Friday",),
    title="Note on the call",
    submit="Save",
    risk=Risk.CHANGE,
)
async def note(ctx: Ctx, note: NoteWords, call: LiveCallId = "") -> Answer:
    """Note something on one's own live call, else on the last one; with several live ones, ask which."""
    if call:
        view: CallView | None = await find_heard(ctx, call)
    else:
        own = [live for live in (await live_calls(ctx)).calls if live.mine]
        if len(own) > 1:
            names = await names_of_others(ctx, own)
            rows = tuple(
                Row(other_side(one.view, names), button=Button("Note", "note.note", {"note": note, "call": one.id}))
                for one in own
            )
            return Listing(say("On which call?"), rows)
        view = own[0].view if own else await _last(ctx)
    if view is None:
        return Reply(say("No call of yours in the last 4 hours is known here, so there is nothing to note it on."))
    return await note_words(ctx, view, note)


async def _last(ctx: Ctx) -> CallView | None:
    board, me = ctx.deps.notifications, str((await ctx.account.link()).dialpad_user_id)
    if board is None:
        return None

    def fits(view: CallView) -> bool:
        return bool(view.call_id) and me in view.talked_to

    found = await board.heard_calls(ctx.person, CallSearch(fits, ctx.now - _LATELY, 1))
    return found.calls[0] if found.calls else None
