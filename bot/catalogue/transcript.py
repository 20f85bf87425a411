"""Shows the transcript of a call."""

from bot.basics.language import say
from bot.contract.reply import Answer, Bold, Button, Listing, Reply, Row, When
from bot.dialpad.actions.transcripts import Transcript

MOST_LINES = 40


def transcript_of(transcript: Transcript, about: str, buttons: tuple[Button, ...]) -> Answer:
    """Show the first ``MOST_LINES`` lines of a transcript."""
    spoken = [line for line in transcript.lines if line.content]
    if not spoken:
        return Reply(say("This call has no transcript. Dialpad Ai writes one when it is turned on."), buttons)
    rows = [
        Row(
            (Bold(line.name or say("Somebody")), *((" ", When(line.time)) if line.time else ())),
            note=(line.content or "")[:600] if line.type in {None, "transcript"} else f"({line.content})",
        )
        for line in spoken[:MOST_LINES]
    ]
    left = len(spoken) - len(rows)
    more = say(" {count} more lines are in Dialpad.", count=left) if left else ""
    note = f"{say('Only you can see this.')}{more}"
    return Listing(say("Transcript: {about}", about=about), tuple(rows), note=note, buttons=buttons)
