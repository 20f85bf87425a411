"""Handles ``status``: the text colleagues see beside a name, also for a while."""

from datetime import datetime
from typing import Annotated, Final

from bot.arguments.moment import Moment
from bot.arguments.text_with_time import TextWithTime, ends_in
from bot.basics.language import say
from bot.basics.times import UNTIL
from bot.basics.words import FILLERS, did_you_mean
from bot.cards.timed_changes import for_a_while, waiting_key
from bot.contract.argument import Text
from bot.contract.context import Ctx, Origin
from bot.contract.doubt import Doubt
from bot.contract.prose import prose, sentence, till
from bot.contract.reply import Answer, Bold, Button, Nothing, Prose, Reply
from bot.contract.routing import Router
from bot.dialpad.action import Risk
from bot.dialpad.actions.users import GetUser, SetStatusMessage

router = Router()

LONGEST: Final = 100
"""Most characters. Dialpad publishes no limit; its apps show one line."""

_CLEARING: Final = frozenset({"clear", "none", "off", "remove", "delete"})


@router.command(
    "status",
    usage="<text> [for 1h | until 17:00], or status clear",
    summary="Set or clear your status message",
    phrases={
        "set status": "",
        "set my status": "",
        "set status to": "",
        "set my status to": "",
        "clear status": "clear",
        "clear my status": "clear",
        "remove my status": "clear",
        **dict.fromkeys(("erase my status", "delete my status", "reset my status", "empty my status"), "clear"),
        **{f"{verb} my status {to}": "" for verb in ("change", "put", "update") for to in ("to", "at", "as", "in")},
        "set my status as": "",
        "set my status at": "",
        "my status is": "",
        "status message": "",
    },
    examples=("status At lunch until 13:00", "status Working from home", "status clear"),
    title="Status message",
    submit="Set status",
    action=SetStatusMessage,
)
async def status(
    ctx: Ctx,
    text: Annotated[
        str,
        TextWithTime(
            "Status",
            longest=LONGEST,
            emoji=True,
            placeholder="At lunch",
            hint="Your colleagues see it. Write clear to remove it.",
        ),
    ],
    until: Annotated[
        datetime | None,
        Moment(
            "Until",
            keywords=("for", "during", *UNTIL),
            bare=True,
            placeholder="1 hour, 17:00, tomorrow …",
            hint="Then it is cleared automatically. Leave it empty to keep it.",
        ),
    ] = None,
) -> Answer:
    """Set or clear the status. The bot clears it in time itself: the unit of Dialpad's ``expiration`` is
    undocumented."""
    if ctx.origin is not Origin.FORM and " " not in text and (near := did_you_mean(text, _CLEARING, most=1)):
        raise Doubt(
            say("Clear your status, or set it to “{said}”?", said=text),
            (Button("Clear it", "status.status", {"text": near[0]}),
             Button(say("Set it to “{said}”", said=text), "status.set_to", {"text": text})),
        )  # fmt: skip
    return await _set(ctx, text, until or ends_in(text, ctx.now))


@router.button(title="Status message", risk=Risk.CHANGE)
async def set_to(ctx: Ctx, text: Annotated[str, Text("Status", longest=LONGEST)]) -> Answer:
    """Set the status to a text that is nearly the word for clearing it."""
    return await _set(ctx, text, None)


async def _set(ctx: Ctx, text: str, until: datetime | None) -> Answer:
    key = waiting_key(ctx.person, "status")
    before = (await ctx.send(GetUser())).status_message or ""
    if _bare(text) in _CLEARING:
        await ctx.deps.later.cancel(key)
        if not before:
            return Reply(say("You had no status message."))
        await ctx.send(SetStatusMessage(status_message=""))
        return Reply(sentence("Status: {before} → none.", before=_quoted(before)), tone="done", buttons=(_change(""),))
    one_line = " ".join(text.split())
    async with for_a_while(ctx, until, key, "status.back", {"text": one_line}):
        await ctx.send(SetStatusMessage(status_message=one_line))
    return Reply(
        sentence(
            "Status: {before}{now}{till}.",
            before=prose(_quoted(before), " → ") if before else "",
            now=_quoted(one_line),
            till=till(until),
        ),
        tone="done",
        buttons=(Button("Clear", "status.status", {"text": "clear"}), _change(one_line)),
    )


@router.later(risk=Risk.CHANGE)
async def back(ctx: Ctx, text: Annotated[str, Text("Status", shown=False)]) -> Answer:
    """Clear a status that was set for a while, if it is still the one shown."""
    if (await ctx.send(GetUser())).status_message != text:
        return Nothing()
    await ctx.send(SetStatusMessage(status_message=""))
    return Reply(sentence("Time's up: your status {said} was cleared.", said=_quoted(text)), buttons=(_change(""),))


def _bare(text: str) -> str:
    """Return a text without what changes nothing at its end: "clear pls" is "clear"."""
    words = [word.strip(",.!") for word in text.casefold().split()]
    while len(words) > 1 and (words[-1] in FILLERS or not words[-1]):
        words.pop()
    return " ".join(words)


def _quoted(text: str) -> Prose:
    return prose("“", Bold(text), "”")


def _change(text: str) -> Button:
    return Button("Change…", "status.status", {"text": text} if text else {}, form=True)
