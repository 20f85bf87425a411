"""Handles ``sms``: a text message to one or several numbers, shown letter for letter before it is sent."""

import asyncio
from typing import Annotated, Final

from bot.arguments.own_number import OwnNumber, OwnNumberChoice, own_number
from bot.arguments.party import Party
from bot.arguments.recipients import Recipients
from bot.basics.errors import BadRequest, FieldError, OutcomeUnknown, UserError
from bot.basics.segments import count_segments
from bot.cards.number_flags import blocked_among, opted_out_among
from bot.cards.open_work import note_deed
from bot.contract.argument import Text
from bot.contract.context import Ctx
from bot.contract.prose import listed, plural, prose
from bot.contract.reply import Answer, Button, Confirm, Fact, Prose, RawArgs, Reply
from bot.contract.routing import Router
from bot.dialpad.action import ME
from bot.dialpad.actions.sms import SendSms

router = Router()

LONGEST: Final = 1500
"""Most characters of one text. Not in Dialpad's reference; longer ones are refused by carriers anyway (10 segments)."""

TextTo = Annotated[
    tuple[Party, ...],
    Recipients(
        "To", many=True, most=10, placeholder="Names or numbers", hint="Up to 10: contacts, colleagues or numbers."
    ),
]
TextToSend = Annotated[
    str,
    Text("Message", verbatim=True, multiline=True, longest=LONGEST, hint="You see a preview before it is sent."),
]
Sender = Annotated[
    OwnNumber | None,
    OwnNumberChoice("From", placeholder="Your own number", hint="Leave it empty to send from your own number."),
]


@router.command(
    "sms",
    usage="<numbers or names> <text>",
    summary="Send a text message",
    aliases=("text",),
    examples=("sms +1 415 555 0150 Running late, there at 3", "sms Jordan Lee Your order is ready"),
    title="Send a text",
    submit="Preview",
    action=SendSms,
    short=True,
)
async def sms(ctx: Ctx, to: TextTo, text: TextToSend, sender: Sender = None) -> Answer:
    """Check everything that can be checked and show what would be sent. Sends nothing."""
    blocked, opted_out, line = await asyncio.gather(
        blocked_among(ctx, [party.number for party in to]),
        opted_out_among(ctx, [party.number for party in to]),
        _line(ctx, sender),
    )
    if refusing := [party for party in to if party.number in opted_out]:
        verb = "have" if len(refusing) > 1 else "has"
        names = ", ".join([party.plain(await ctx.region()) for party in refusing])
        raise FieldError("to", f"{names} {verb} opted out of texts (STOP). Leave them out.")
    if line.number in {party.number for party in to}:
        raise FieldError("to", "That is the number you are sending from. Choose somebody else.")
    notes: list[Prose] = []
    if hit := [party for party in to if party.number in blocked]:
        notes.append(
            prose(
                listed([party.shown() for party in hit]),
                f" {'are' if len(hit) > 1 else 'is'} blocked here, so a reply will not arrive. ",
            )
        )
    if len(to) > 1:
        notes.append("Each person gets a separate text and does not see the others.")
    args = _args(to, text, sender)
    return Confirm(
        route="sms.send",
        args=args,
        title="Send this text?",
        facts=(
            Fact("To", listed([party.shown() for party in to])),
            Fact("From", line.shown()),
            Fact("Length", _length(text, len(to))),
        ),
        quote=text,
        yes="Send",
        note=prose(*notes),
        edit=Button("Edit", "sms.sms", args, form=True),
    )


@router.confirmed(action=SendSms)
async def send(ctx: Ctx, to: TextTo, text: TextToSend, sender: Sender = None) -> Answer:
    """Send the text. It is never retried automatically: a text sent twice cannot be taken back."""
    numbers = [party.number for party in to]
    again = (
        Button("Send another", "sms.sms", {"to": numbers}, form=True),
        *((Button("Call", "call.call", {"to": numbers[0]}),) if len(numbers) == 1 else ()),
    )
    names = listed([party.shown() for party in to])
    try:
        sent = await ctx.send(
            SendSms(to_numbers=numbers, text=text, user_id=ME, from_number=sender.number if sender else None)
        )
    except OutcomeUnknown:
        return Reply(
            prose("Dialpad did not answer, so the text to ", names, " may or may not have been sent. "
                  "Check the conversation in Dialpad before you send it again."),
            tone="warning",
        )  # fmt: skip
    except BadRequest as refused:
        if "opted out" in refused.message.casefold():
            raise UserError("The text was not sent: a recipient has opted out of texts (STOP).") from None
        raise
    if sent.id is not None and sent.message_status != "failed":
        for number in numbers:
            await note_deed(ctx, number, "texted", to=sent.id)
    if sent.message_status == "failed":
        return Reply(
            prose("Dialpad could not send the text to ", names, _why(sent.message_delivery_result), "."),
            buttons=(Button("Edit", "sms.sms", _args(to, text, sender), form=True),),
            tone="warning",
        )
    state = "is on its way to" if sent.message_status == "pending" else "was sent to"
    return Reply(prose(f"Your text {state} ", names, "."), buttons=again, tone="done")


_WHY: Final = {
    "invalid_destination": ": the number cannot receive texts",
    "invalid_source": ": your number cannot send texts",
    "no_route": ": no carrier reaches the number",
    "not_supported": ": the number cannot receive texts",
    "rejected": ": the carrier rejected it",
    "rejected_spam": ": the carrier took it for spam",
    "time_out": ": the carrier did not respond",
}


def _why(result: str | None) -> str:
    return _WHY.get(result or "", "")


async def _line(ctx: Ctx, sender: OwnNumber | None) -> OwnNumber:
    return sender or await own_number(ctx)


def _args(to: tuple[Party, ...], text: str, sender: OwnNumber | None) -> RawArgs:
    args: dict[str, str | bool | list[str]] = {"to": [party.number for party in to], "text": text}
    return args | ({"sender": sender.number} if sender else {})


def _length(text: str, recipients: int) -> str:
    segments = count_segments(text)
    length = f"{plural(len(text), 'character')}, {plural(segments.count, 'SMS', 'SMS')}"
    if recipients > 1:
        length += f" each, {segments.count * recipients} in all"
    if segments.culprits and segments.count > 1:
        shown = " ".join(segments.culprits[:5])
        length += f" (fewer without {shown})"
    return length
