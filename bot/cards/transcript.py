"""The transcript of a call, for the person who asked."""

from typing import Final

from bot.basics.errors import NotFound
from bot.basics.language import say
from bot.contract.context import Ctx
from bot.contract.reply import Answer, Card, Reply
from bot.dialpad.actions.transcripts import GetTranscript

LONGEST: Final = 2800


async def show_transcript(ctx: Ctx, call: str) -> Answer:
    """Return a call's transcript."""
    try:
        lines = (await ctx.send(GetTranscript(call_id=call))).lines
    except NotFound:
        lines = ()
    spoken = [
        f"{line.name or say('Somebody')}: {line.content}"
        for line in lines
        if line.type == "transcript" and line.content
    ]
    if not spoken:
        return Reply(
            say("This call has no transcript. Dialpad Ai writes one a few minutes after a call, if it is turned on.")
        )
    text = "\n".join(spoken)
    head = text[:LONGEST]
    cut = len(head) < len(text)
    return Card(
        say("Transcript"),
        text=(head.rpartition("\n")[0] or head) if cut else text,
        note=say("Only you can see this.") + (say(" The rest is in Dialpad.") if cut else ""),
    )
