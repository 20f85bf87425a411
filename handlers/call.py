"""Handles ``call``: rings the person's own phone first, then calls the other side."""

import asyncio
import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Final

from bot.arguments.caller import CallerChoice
from bot.arguments.moment import Moment
from bot.arguments.own_number import LineUsed, OwnNumber, OwnNumberChoice, line_given, line_to_use
from bot.arguments.party import Party
from bot.arguments.send_at import in_words
from bot.basics.errors import ChatopsError, Conflict, FieldError, OutcomeUnknown, UserError
from bot.basics.language import say
from bot.cards.answering import (
    Before,
    Seen,
    has_left,
    look_before,
    may_leave,
    not_from_there,
    notice_when_opened,
    stop_answering,
)
from bot.cards.number_flags import blocked_among
from bot.cards.placed_calls import remember_call
from bot.contract.context import Ctx
from bot.contract.doubt import Doubt
from bot.contract.prose import prose, sentence
from bot.contract.reply import Answer, Button, Confirm, Fact, Form, Prose, RawArgs, Reply
from bot.contract.routing import Router
from bot.dialpad.action import ME
from bot.dialpad.actions.call import PlaceCall

router = Router()

CallTo = Annotated[Party, CallerChoice("Call", placeholder="A number or a name")]
OwnNumberShown = Annotated[
    OwnNumber | None,
    OwnNumberChoice(
        "Show this number",
        keywords=("from", "as", "via"),
        placeholder="Your usual number",
        hint="What the other side sees. Leave it empty to use your usual number.",
    ),
]


async def _opened(ctx: Ctx, form: Form) -> Form:
    """Fill in the line that the other side used, and say who else is about to call them."""
    line = await line_given(ctx, str(form.args.get("line") or ""))
    args = form.args if "shown" in form.args or not line else {**form.args, "shown": line}
    notice = form.notice or await notice_when_opened(ctx, form.args, "to", is_call=True)
    return replace(form, args=args, notice=notice)


async def _dropped(ctx: Ctx, args: RawArgs) -> None:
    await stop_answering(ctx, args, "to")


_TIME: Final = (
    r"(?:(?:on|for) )?(?:tomorrow|tonight|today at|next week|this (?:afternoon|evening)|(?:next )?"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|at (?:noon|[0-9])|in (?:[0-9]|an? |half ))"
)
_LATER: Final = re.compile(
    rf"(?:call|ring|phone|dial)(?: back)? (?P<who>(?!(?:me|us)\b).+?)(?: back)? (?P<at>{_TIME}.*)", re.IGNORECASE
)


@dataclass(frozen=True)
class _Later(Moment):
    """When somebody is to be called, which only patterns put in: nobody types the keyword."""

    @property
    def vocabulary(self) -> tuple[str, ...]:
        return ()


@router.command(
    "call",
    usage="<number or name>",
    summary="Call somebody from your Dialpad phone",
    phrases={
        **dict.fromkeys(
            (
                "dial",
                "ring",
                "phone",
                "call back",
                "ring back",
                "phone back",
                "ring up",
                "call up",
                "give a call to",
                "callback",
                "call to",
                "call with",
                "make a call to",
                "make a call with",
                "do a call to",
                "do a call with",
                "have a call with",
                "place a call to",
                "start a call with",
                "phone to",
                "ring to",
                "speak to",
                "speak with",
                "talk to",
                "talk with",
            ),
            "",
        ),
    },
    sentences=((_LATER, "{who} call-when {at}"),),
    examples=("call +1 415 555 0150", "call Jordan Lee"),
    title="Call",
    submit="Continue",
    action=PlaceCall,
    short=True,
    opening=_opened,
    dropped=_dropped,
)
async def call(
    ctx: Ctx,
    to: CallTo,
    shown: OwnNumberShown = None,
    at: Annotated[datetime | None, _Later("When", keywords=("call-when",), shown=False)] = None,
    line: LineUsed = "",
) -> Answer:
    """Show who would be called and which number they see. Calls nobody."""
    if at is not None:
        raise await _not_later(ctx, to, at)
    return await _preview(ctx, to, shown, line, await look_before(ctx, [to], is_call=True))


async def _not_later(ctx: Ctx, to: Party, at: datetime) -> Doubt:
    """Offer what can be done about a call at a time: a phone that rings by itself would ring at nobody."""
    when = in_words(at, ctx.now, await ctx.zone())
    whom = to.plain(await ctx.region())
    return Doubt(
        say("A call starts at once, as your own phone rings first. Shall I remind you of {whom}?", whom=whom),
        (
            Button(
                say("Remind me: {when}", when=when), "shortcuts.remind", {"until": at.isoformat(), "number": to.number}
            ),
            Button("Call now", "call.call", {"to": to.number}),
        ),
    )


async def _preview(ctx: Ctx, to: Party, shown: OwnNumber | None, line: str, before: Before, title: str = "") -> Confirm:
    used, blocked = await asyncio.gather(line_to_use(ctx, shown, line, for_calls=True), blocked_among(ctx, [to.number]))
    if used.line.number == to.number:
        raise FieldError("to", say("That is your own number. Choose somebody else."))
    args = {"to": to.number} | ({"shown": used.chosen.number} if used.chosen else {}) | ({"line": line} if line else {})
    notes: list[Prose] = [say("Your own phone rings first. When you pick up, Dialpad calls the other side.")]
    if used.refused:
        notes += [" ", not_from_there(used.refused, "call")]
    if to.extension:
        extension = say(
            "Dial {digits} when they have answered: extensions are not dialed from here.", digits=to.extension
        )
        notes += [" ", extension]
    if blocked:
        notes.append(say(" This number is blocked here, so it cannot call back."))
    return Confirm(
        route="call.dial",
        args={**args, **({"seen": before.seen} if before.seen else {})},
        title=title or say("Call now?"),
        facts=(
            Fact(say("To"), prose(to.shown(), f" ({to.detail})" if to.detail else "")),
            *before.facts,
            Fact(say("They see"), used.line.shown()),
        ),
        yes=say("Call"),
        note=prose(*notes),
        edit=Button("Edit", "call.call", args, form=True),
    )


@router.confirmed(action=PlaceCall, dropped=_dropped)
async def dial(ctx: Ctx, to: CallTo, shown: OwnNumberShown = None, line: LineUsed = "", seen: Seen = "") -> Answer:
    """Start the call, and store its id for ``hangup`` and ``transfer``. When something was said meanwhile, it is shown
    once more instead."""
    if not await may_leave(ctx, [to.number], seen, None, line):
        before = await look_before(ctx, [to], is_call=True, since=seen)
        return await _preview(ctx, to, shown, line, before, say("Still call them?"))
    try:
        caller_id = shown.number if shown else None
        placed = await ctx.send(PlaceCall(user_id=ME, phone_number=to.number, outbound_caller_id=caller_id))
    except OutcomeUnknown:
        return Reply(
            say("Dialpad did not answer, so your phone may or may not ring. Wait a moment before you try again."),
            tone="warning",
        )
    except ChatopsError as problem:
        await has_left(ctx, [to.number], None, None)
        if isinstance(problem, Conflict):
            raise UserError(
                say("Dialpad could not start the call: you may be on another one. End it and try again.")
            ) from None
        raise
    await has_left(ctx, [to.number], placed.call_id, None, line)
    if placed.call_id is None:
        return Reply(sentence("Calling {shown}. Pick up your phone.", shown=to.shown()), tone="done")
    await remember_call(ctx, placed.call_id)
    return Reply(
        sentence("Calling {shown}. Pick up your phone.", shown=to.shown()),
        buttons=(Button("Hang up", "hangup.hangup", {"call": placed.call_id}, style="danger"),),
        tone="done",
    )
