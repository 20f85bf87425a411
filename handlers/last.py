"""Handles ``last``: one's last call, and what people say for it: "recap last call", "call the last caller back"."""

import re
from typing import Annotated, Final

from bot.activity.calls import CallView
from bot.activity.past_calls import PastCall
from bot.arguments.caller import CallerChoice
from bot.arguments.party import Party
from bot.arguments.phonebook import parties_of
from bot.basics.language import say
from bot.cards.last_call import last_call
from bot.cards.live_call import legs_with_recap
from bot.cards.past_call import call_card, other_side
from bot.cards.recap import show_recap
from bot.cards.transcript import show_transcript
from bot.contract.argument import Choice, Option, Text
from bot.contract.context import Ctx
from bot.contract.prose import prose, sentence
from bot.contract.reply import Answer, Button, Reply, When
from bot.contract.routing import Router

router = Router()

LONGEST_TEXT: Final = 1_500
"""Characters of a text to the last caller, as many as one text may have."""
_MISSED: Final = frozenset({"missed", "abandoned", "voicemail"})
_OF: Final = r"(?: (?:of|for|from))?(?: (?:the|my|this|that|a))?(?: (?:last|latest|newest))?(?: call)?"
_WITH: Final = r"(?:(?: with| of)? (?P<who>(?!(?:of|with|the|my)\b).+))?"
_LAST: Final = r"(?:the |my )?(?:last|latest|newest) (?P<only>missed )?(?:call(?:er)?|number|one|person)"
_THEM: Final = (
    r"(?:him|her|them|(?:the |my )?last (?:caller|one|person|customer|call)"
    r"|th(?:at|is) (?:caller|customer|person|number))"
)
_WRITE: Final = "text|txt|sms|message|msg|write(?: to)?"
_BACK: Final = {
    "missed call": "missed call", "missed": "missed call", "call": "call", "caller": "call", "one": "call",
    "person": "call", "number": "call",
}  # fmt: skip


def _said(*patterns: tuple[str, str]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern, re.IGNORECASE), words) for pattern, words in patterns)


@router.command(
    "last",
    usage="[missed] [call | text | block | recap | transcript] [with <number or name>]",
    summary="Your last call, and what can be done with it",
    phrases={
        **dict.fromkeys(("last call", "my last call", "the last call", "last caller", "who was the last caller"), ""),
        **dict.fromkeys(("last missed call", "my last missed call", "last missed"), "missed"),
        **{f"block {which}caller": "block" for which in ("this ", "that ", "last ", "the last ", "my last ")},
        **{f"call back {the}last {what}": do for the in ("the ", "my ", "") for what, do in _BACK.items()},
    },
    sentences=_said(  # "ring" and the like begin a call by themselves
        (rf"(?:call|ring|phone|dial|return)(?: up| back)? {_LAST}(?: back| again)?", "{only} call"),
        (r"(?:call|ring|phone|dial)(?: up)? (?:them|him|her|it)(?: back| again)?|redial|call again", "call"),
    ),
    patterns=_said(
        (rf"block (?:{_LAST}|him|her|them)", "block"),
        (
            (
                rf"(?:text|txt|sms|message|msg|tell|reply to|write(?: to)?|send) {_THEM}"
                r"(?: back(?=[:,]| that\b))?[:,]? (?P<verbatim>.+)"
            ),
            "text saying",
        ),
        (rf"let {_THEM} know(?: that)?[:,]? (?P<verbatim>.+)", "text saying"),
        (rf"(?:{_WRITE}) {_THEM}", "text"),
        (rf"(?:(?:show|get|give)(?: me)? )?(?:the |a |an )?(?:ai )?(?:recap|summary){_OF}{_WITH}", "recap {who}"),
        (rf"summari[sz]e{_OF}{_WITH}", "recap {who}"),
        (rf"(?:(?:show|get|give)(?: me)? )?(?:the |a )?transcript(?:ion)?{_OF}{_WITH}", "transcript {who}"),
    ),
    examples=("last", "last missed", "last recap", "last transcript with Jordan Lee"),
    title="Your last call",
    submit="Look",
)
async def last(
    ctx: Ctx,
    only: Annotated[
        str | None, Choice("Only", options=(Option("Missed", "missed"),), aliases=(("unanswered", "missed"),))
    ] = None,
    do: Annotated[
        str | None,
        Choice(
            "What to do",
            options=(
                Option("Call back", "call"), Option("Block", "block"), Option("AI recap", "recap"),
                Option("Transcript", "transcript"), Option("Text", "text"),
            ),
            aliases=(("summary", "recap"), ("summarize", "recap"), ("back", "call"), ("callback", "call")),
            unset="Only show it",
        ),
    ] = None,
    who: Annotated[
        Party | None,
        CallerChoice("With", keywords=("with", "of", "from"), bare=True, any_number=True, placeholder="Number or name"),
    ] = None,
    text: Annotated[
        str | None,
        Text(
            "Text", keywords=("saying",), verbatim=True, emoji=True, introduced=True, longest=LONGEST_TEXT, shown=False
        ),
    ] = None,
) -> Answer:  # fmt: skip
    """Show the last call, or what was asked for of it. Calls and blocks nobody: those are looked at once more."""
    outside = do in {"call", "block", "text"}

    def wanted(view: CallView) -> bool:
        is_missed = view.inbound and view.outcome in _MISSED
        return (only is None or is_missed) and (not outside or bool(view.number)) and (do != "block" or view.inbound)

    view = await last_call(ctx, who, wanted, of_lines=only == "missed")
    if view is None:
        whom = say(" with {who}", who=who.plain(await ctx.region())) if who else ""
        return Reply(
            say("No missed call of yours{whom} in the last 7 days is known here.", whom=whom)
            if only
            else say("No call of yours{whom} in the last 7 days is known here.", whom=whom),
            (Button("Look up calls…", "calls.calls", form=True),),
            tone="warning",
        )
    if do == "recap":
        legs = legs_with_recap(view)
        return await show_recap(ctx, legs, Button("Try again", "calls.recap", {"call": " ".join(legs)}))
    if do == "transcript":
        return await show_transcript(ctx, view.call_id)
    parties = await parties_of(ctx, [view.number] if view.number else [])
    names = {party.number: party.name for party in parties}
    is_ours = any(party.is_ours for party in parties)
    if outside:
        return _once_more(view, names, block=do == "block", is_ours=is_ours, text=text, texts=do == "text")
    return call_card(PastCall(view), names, can_block=not is_ours)


def _once_more(
    view: CallView, names: dict[str, str], *, block: bool, is_ours: bool, texts: bool, text: str | None
) -> Reply:
    """Show whom the last call was with before anything reaches them."""
    side = prose(*other_side(view, names), *((", ", When(view.started, "date")) if view.started else ()))
    if not view.inbound:
        said = sentence("Your last call was to {side}.", side=side)
    elif view.outcome in _MISSED:
        said = sentence("Your last missed call was from {side}.", side=side)
    else:
        said = sentence("Your last call was from {side}.", side=side)
    call = Button("Call back", "call.call", {"to": view.number}, None if block or texts else "primary")
    write = Button("Text…", "sms.sms", {"to": [view.number]}, "primary" if texts else None, form=True)
    if text:
        write = Button(say("Text “{text}”", text=cut(text)), "sms.sms", {"to": [view.number], "text": text}, "primary")
    if texts:
        return Reply(said, (write, call))
    if block and is_ours:
        return Reply(
            sentence("{said} Numbers of your own company cannot be blocked.", said=said),
            (call, write),
            tone="warning",
        )
    stop = (Button("Block…", "block.block", {"numbers": [view.number]}, "danger"),) if block else ()
    return Reply(said, (*stop, call, write))


def cut(text: str) -> str:
    """Return as much of a text as a button has room for."""
    return text if len(text) <= 40 else text[:39] + "…"
