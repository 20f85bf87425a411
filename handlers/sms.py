"""Handles ``sms``: a text message to one or several numbers, shown letter for letter before it is sent."""

import asyncio
from dataclasses import dataclass, field, replace
from typing import Annotated, Final

from bot.arguments.own_number import LineUsed, OwnNumber, OwnNumberChoice, line_given, line_to_use
from bot.arguments.party import Party
from bot.arguments.recipients import Recipients
from bot.basics.errors import BadRequest, ChatopsError, FieldError, OutcomeUnknown, UserError
from bot.basics.segments import count_segments
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
from bot.cards.delivery import why_not_delivered
from bot.cards.number_flags import blocked_among, opted_out_among
from bot.contract.argument import Text
from bot.contract.context import Ctx
from bot.contract.prose import listed, plural, prose
from bot.contract.reply import Answer, Button, Confirm, Fact, Form, Prose, Raw, RawArgs, Reply
from bot.contract.routing import Router
from bot.dialpad.action import ME
from bot.dialpad.actions.sms import SendSms, SentSms

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
    Text(
        "Message",
        verbatim=True,
        emoji=True,
        multiline=True,
        longest=LONGEST,
        hint="You see a preview before it is sent.",
    ),
]
Sender = Annotated[
    OwnNumber | None,
    OwnNumberChoice("From", placeholder="Your own number", hint="Leave it empty to send from your own number."),
]


async def _opened(ctx: Ctx, form: Form) -> Form:
    """Fill in the line that the other side used, and say who else is writing to them."""
    line = await line_given(ctx, str(form.args.get("line") or ""))
    args = form.args if "sender" in form.args or not line else {**form.args, "sender": line}
    return replace(form, args=args, notice=form.notice or await notice_when_opened(ctx, form.args, "to"))


@router.command(
    "sms",
    usage="<numbers or names> <text>",
    summary="Send a text message",
    aliases=("text",),
    phrases={
        **dict.fromkeys(
            (
                "txt",
                "message",
                "msg",
                "send",
                "send a text",
                "send text",
                "send a text to",
                "send text to",
                "send sms",
                "send sms to",
                "send an sms to",
                "send a message to",
                "send message to",
                "tell",
                "write",
                "write to",
                "write a text to",
                "text to",
            ),
            "",
        ),
        **dict.fromkeys(("call me", "call me back", "ring me", "ring me back", "phone me"), "=text"),
    },
    examples=("sms +1 415 555 0150 Running late, there at 3", "sms Jordan Lee Your order is ready"),
    title="Send a text",
    submit="Preview",
    action=SendSms,
    short=True,
    opening=_opened,
)
async def sms(ctx: Ctx, to: TextTo, text: TextToSend, sender: Sender = None, line: LineUsed = "") -> Answer:
    """Check everything that can be checked and show what would be sent. Sends nothing."""
    return await _preview(ctx, _Draft(to, text, sender, line), await look_before(ctx, to))


@dataclass(frozen=True)
class _Draft:
    """A text as somebody wants to send it. ``line``: the number of ours that the other side used, "" for none."""

    to: tuple[Party, ...]
    text: str = field(repr=False)
    sender: OwnNumber | None
    line: str

    @property
    def numbers(self) -> list[str]:
        return [party.number for party in self.to]

    @property
    def args(self) -> RawArgs:
        args: dict[str, Raw] = {"to": self.numbers, "text": self.text}
        args |= {"sender": self.sender.number} if self.sender else {}
        return args | ({"line": self.line} if self.line else {})


async def _preview(ctx: Ctx, draft: _Draft, before: Before, title: str = "Send this text?") -> Confirm:
    to = draft.to
    blocked, opted_out, used = await asyncio.gather(
        blocked_among(ctx, draft.numbers),
        opted_out_among(ctx, draft.numbers),
        line_to_use(ctx, draft.sender, draft.line),
    )
    if refusing := [party for party in to if party.number in opted_out]:
        verb = "have" if len(refusing) > 1 else "has"
        names = ", ".join([party.plain(await ctx.region()) for party in refusing])
        instead = "Leave them out." if len(to) > len(refusing) else "Call them instead."
        raise FieldError("to", f"{names} {verb} opted out of texts (STOP). {instead}")
    if used.line.number in {party.number for party in to}:
        raise FieldError("to", "That is the number you are sending from. Choose somebody else.")
    draft = replace(draft, sender=used.chosen)
    notes: list[Prose] = []
    if used.refused:
        notes.append(not_from_there(used.refused, "text"))
    if hit := [party for party in to if party.number in blocked]:
        notes.append(
            prose(
                listed([party.shown() for party in hit]),
                f" {'are' if len(hit) > 1 else 'is'} blocked here, so a reply will not arrive. ",
            )
        )
    if len(to) > 1:
        notes.append("Each person gets a separate text and does not see the others.")
    return Confirm(
        route="sms.send",
        args={**draft.args, **({"seen": before.seen} if before.seen else {})},
        title=title,
        facts=(
            *before.facts,
            Fact("To", listed([party.shown() for party in to])),
            Fact("From", used.line.shown()),
            Fact("Length", _length(draft.text, len(to))),
        ),
        quote=draft.text,
        yes="Send",
        note=prose(*notes),
        edit=Button("Edit", "sms.sms", draft.args, form=True),
    )


async def _dropped(ctx: Ctx, args: RawArgs) -> None:
    await stop_answering(ctx, args, "to")


@router.confirmed(action=SendSms, dropped=_dropped)
async def send(
    ctx: Ctx, to: TextTo, text: TextToSend, sender: Sender = None, line: LineUsed = "", seen: Seen = ""
) -> Answer:
    """Send the text. It is never retried automatically: a text sent twice cannot be taken back. When something was
    said meanwhile, it is shown once more instead."""
    draft = _Draft(to, text, sender, line)
    if not await may_leave(ctx, draft.numbers, seen, text, line):
        return await _preview(ctx, draft, await look_before(ctx, to, since=seen), "Still send this text?")
    left: str | None = None
    try:
        number = sender.number if sender else None
        sent = await ctx.send(SendSms(to_numbers=draft.numbers, text=text, user_id=ME, from_number=number))
        left = None if sent.message_status == "failed" else sent.id or ctx.reference
    except OutcomeUnknown:
        return Reply(
            prose("Dialpad did not answer, so the text to ", _names(to), " may or may not have been sent. "
                  "Check the conversation in Dialpad before you send it again."),
            tone="warning",
        )  # fmt: skip
    except BadRequest as refused:
        await has_left(ctx, draft.numbers, None, text)
        if "opted out" not in refused.message.casefold():
            raise
        await _note_opt_out(ctx, draft.numbers)
        raise UserError("The text was not sent: a recipient has opted out of texts (STOP).") from None
    except ChatopsError:
        await has_left(ctx, draft.numbers, None, text)
        raise
    await has_left(ctx, draft.numbers, left, text, line)
    return _sent(sent, draft)


async def _note_opt_out(ctx: Ctx, numbers: list[str]) -> None:
    """Keep that Dialpad sends no more texts to somebody. Of several recipients it does not say which."""
    if len(numbers) == 1 and ctx.deps.notifications is not None:
        await ctx.deps.notifications.note_opt_out(ctx.person, numbers[0])


def _sent(sent: SentSms, draft: _Draft) -> Reply:
    names = _names(draft.to)
    if sent.message_status == "failed":
        why = why_not_delivered(sent.message_delivery_result or "")
        return Reply(
            prose("Dialpad could not send the text to ", names, f": {why}" if why else "", "."),
            buttons=(Button("Edit", "sms.sms", draft.args, form=True),),
            tone="warning",
        )
    line: dict[str, Raw] = {"line": draft.line} if draft.line else {}
    again = Button("Send another", "sms.sms", {"to": draft.numbers, **line}, form=True)
    call = Button("Call", "call.call", {"to": draft.numbers[0], **line})
    state = "is on its way to" if sent.message_status == "pending" else "was sent to"
    buttons = (again, call) if len(draft.to) == 1 else (again,)
    return Reply(prose(f"Your text {state} ", names, "."), buttons=buttons, tone="done")


def _names(to: tuple[Party, ...]) -> Prose:
    return listed([party.shown() for party in to])


def _length(text: str, recipients: int) -> str:
    segments = count_segments(text)
    length = f"{plural(len(text), 'character')}, {plural(segments.count, 'SMS', 'SMS')}"
    if recipients > 1:
        length += f" each, {segments.count * recipients} in all"
    if segments.culprits and segments.count > 1:
        shown = " ".join(segments.culprits[:5])
        length += f" (fewer without {shown})"
    return length
