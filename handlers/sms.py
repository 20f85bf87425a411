"""Handles ``sms``: a text message to one or several numbers, shown letter for letter before it is sent."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Final

from bot.arguments.own_number import LineUsed, OwnNumber, OwnNumberChoice, line_given
from bot.arguments.party import Party
from bot.arguments.recipients import Recipients
from bot.arguments.send_at import AT_LEAST, SendAt, SendTime, earliest, in_words
from bot.arguments.text_from import TextFrom, TypedSender
from bot.basics.errors import BadRequest, ChatopsError, FieldError, OutcomeUnknown, UserError
from bot.basics.language import ENGLISH, say, spoken
from bot.cards.answering import Seen, has_left, look_before, may_leave, notice_when_opened, stop_answering
from bot.cards.delivery import why_not_delivered
from bot.cards.scheduled_texts import note_scheduled, schedule_buttons
from bot.cards.text_preview import MOST, TextDraft, names_of, preview_text
from bot.contract.argument import Carried, Text
from bot.contract.context import Ctx, Origin
from bot.contract.doubt import Doubt
from bot.contract.prose import plural, sentence
from bot.contract.reply import Answer, Button, Form, Raw, RawArgs, Reply, When
from bot.contract.routing import Router
from bot.dialpad.action import ME
from bot.dialpad.actions.message import ScheduleText, SendBulkText
from bot.dialpad.actions.sms import SendSms, SentSms

router = Router()

LONGEST: Final = 1500
"""Most characters of one text. Not in Dialpad's reference; longer ones are refused by carriers anyway (10 segments)."""

TextTo = Annotated[
    tuple[Party, ...],
    Recipients(
        "To",
        many=True,
        most=MOST,
        placeholder="Names or numbers",
        hint="Up to 50: contacts, colleagues or numbers. More than 10 get it from your own number.",
    ),
]
TextToSend = Annotated[
    str,
    Text(
        "Message",
        verbatim=True,
        emoji=True,
        introduced=True,
        multiline=True,
        longest=LONGEST,
        hint="You see a preview before it is sent.",
    ),
]
Sender = Annotated[
    OwnNumber | None,
    OwnNumberChoice("From", placeholder="Your own number", hint="Leave it empty to send from your own number."),
]
SenderSaid = Annotated[
    TypedSender | None,
    TextFrom("From", placeholder="Your own number", hint="Leave it empty to send from your own number."),
]

At = Annotated[str, Carried("At", longest=40)]
_MESSAGE: Final = "(?:text|txt|message|msg|sms)"
_ITS_OWN: Final = rf"\b(?:the|my|this|that|your|his|her|our|their|new|last|next|a|an|one|any|some) {_MESSAGE}\b"
"""A message that the text speaks of: "send Jordan the message: hi"."""
_SAYING: Final = tuple(
    (re.compile(said, re.IGNORECASE | re.DOTALL), "{who}:")
    for said in (
        (
            r"(?:send|write|drop|give|shoot) (?P<who>(?!(?:a|an|the|my|this)\b).+?) (?:a|an) (?:quick |short )?"
            r"(?:text|txt|message|msg|sms)(?: (?:saying|that says|which says|to say))?(?: that)?:? (?P<verbatim>.+)"
        ),
        (
            rf"(?:send|write) (?:to )?(?P<who>(?!(?:a|an|the|my|this)\b)(?:(?!{_ITS_OWN})[^:]){{1,60}}?) {_MESSAGE}"
            r"(?: (?:saying|that says|which says|to say))?: ?(?P<verbatim>.+)"
        ),
        r"let (?P<who>(?!(?:me|us|him|her|them)\b).{1,60}?) know(?: that)?[:,]? (?P<verbatim>.+)",
        r"(?:answer|reply) (?P<who>(?!(?:rates?|times?)\b)[^:]{1,60}): (?P<verbatim>.+)",
    )
)
"""Where words for texting stand between the address and the text."""


async def _opened(ctx: Ctx, form: Form) -> Form:
    """Fill in the line that the other side used, and say who else is writing to them."""
    line = await line_given(ctx, str(form.args.get("line") or ""))
    args = form.args if "sender" in form.args or not line else {**form.args, "sender": line}
    return replace(form, args=args, notice=form.notice or await notice_when_opened(ctx, form.args, "to"))


async def _dropped(ctx: Ctx, args: RawArgs) -> None:
    await stop_answering(ctx, args, "to")


@router.command(
    "sms",
    usage="<numbers or names> [from <line>:] [at <time>:] <text>",
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
                "text for",
                "sms for",
                "sms to",
                "message for",
                "message to",
                "write sms to",
                "write an sms to",
                "write message to",
                "write a message to",
                "say to",
                "reply",
                "inform",
                "reply to",
                *(
                    f"schedule {article}{message}{to}"
                    for article in ("", "a ", "an ")
                    for message in ("text", "message", "sms")
                    for to in ("", " to", " for")
                ),
                "answer to",
                "send message",
                "send a message",
            ),
            "",
        ),
        **dict.fromkeys(("call me", "call me back", "ring me", "ring me back", "phone me"), "=text"),
    },
    patterns=_SAYING,
    examples=(
        "sms +1 415 555 0150 Running late, there at 3",
        "sms Jordan Lee Your order is ready",
        "sms Jordan Lee tomorrow 9:00: We are open again",
    ),
    title="Send a text",
    submit="Preview",
    action=SendSms,
    short=True,
    opening=_opened,
    dropped=_dropped,
)
async def sms(
    ctx: Ctx,
    to: TextTo,
    text: TextToSend,
    sender: SenderSaid = None,
    at: Annotated[
        SendAt | None,
        SendTime(
            "Send later",
            placeholder="17:00, tomorrow 9:00, 2h …",
            hint="Leave it empty to send it now. At least 10 minutes from now, from your own number.",
        ),
    ] = None,
    line: LineUsed = "",
) -> Answer:
    """Check everything that can be checked and show what would be sent. Sends nothing."""
    if sender is not None and sender.typed and not (sender.is_sure or (at is not None and at.is_sure)):
        raise _whose_words(to, text, sender, at)
    draft = TextDraft(to, text, sender, line)
    if at is None:
        return await preview_text(ctx, draft, await look_before(ctx, to))
    return await _later(ctx, draft, at)


def _whose_words(to: tuple[Party, ...], text: str, sender: TypedSender, at: SendAt | None) -> Doubt:
    """Ask whether "from Support" is the line that a text is sent from, or the text's beginning."""
    whole = " ".join(part for part in (sender.typed, at.typed if at else "", text) if part)
    said = f"{at.typed} {text}" if at is not None and at.typed else text
    line, words = TextDraft(to, said, sender, ""), TextDraft(to, whole, None, "")
    return Doubt(
        say("Is {sender} the line that it is sent from, or part of the text?", sender=sender.name),
        (Button(say("From {sender}: “{said}”", sender=sender.name, said=said), "sms.sms", line.args),
         Button(say("As text: “{whole}”", whole=whole), "sms.sms", words.args)),
    )  # fmt: skip


async def _later(ctx: Ctx, draft: TextDraft, at: SendAt) -> Answer:
    """Show what would be sent at a time, or ask whether it is one and not the text's beginning."""
    whole = f"{at.typed} {draft.text}" if at.typed else draft.text
    now = Button(
        say("Send now: “{whole}”", whole=whole) if at.typed else "Send it now", "sms.sms", {**draft.args, "text": whole}
    )
    if at.meant:
        times = [
            Button(
                say("Send {when}: “{text}”", when=_small(one.text), text=draft.text),
                "sms.sms",
                {**draft.args, "at": one.value},
            )
            for one in at.meant
        ]
        raise Doubt(say("Is that when it is sent, or part of the text?"), (*times, now))
    if at.at is None:
        choose = Button("Choose a time…", "sms.sms", draft.args, form=True)
        said = say("“{typed}” is past. ", typed=at.typed.rstrip(":")) if at.is_past else ""
        raise Doubt(say("{said}When should it be sent?", said=said), (choose, now))
    if at.at < ctx.now + AT_LEAST:
        raise await _too_soon(ctx, draft, now)
    timed = replace(draft, at=at.at)
    if not at.is_sure:
        then = Button(
            say("Send {when}: “{text}”", when=_small(await _said(ctx, at.at)), text=draft.text),
            "sms.sms",
            timed.args,
        )
        raise Doubt(say("Is that when it is sent, or part of the text?"), (then, now))
    before = await look_before(ctx, draft.to)
    return await preview_text(ctx, timed, before, instead=(now,) if at.typed else ())


async def _too_soon(ctx: Ctx, draft: TextDraft, now: Button) -> UserError:
    nearest = earliest(ctx.now)
    said = await _said(ctx, nearest)
    only = say("Dialpad sends a text later only from ten minutes on.")
    if ctx.origin is Origin.FORM:
        return FieldError(
            "at",
            say(
                "{only} The nearest is {nearest}. Leave it empty to send now.",
                only=only,
                nearest=said[:1].lower() + said[1:],
            ),
        )
    return Doubt(only, (Button(said, "sms.sms", replace(draft, at=nearest).args), now))


async def _said(ctx: Ctx, moment: datetime) -> str:
    return in_words(moment, ctx.now, await ctx.zone())


def _small(words: str) -> str:
    """Return a time as it is said in a sentence: "today at 5:00 PM", "Monday 16 March at 9:00 AM"."""
    first = words.partition(" ")[0]
    return (
        f"{first.lower()}{words[len(first) :]}"
        if first in {"Today", "Tomorrow", "At", "In", "Until"} or spoken() != ENGLISH
        else words
    )


@router.confirmed(action=SendSms, dropped=_dropped)
async def send(
    ctx: Ctx, to: TextTo, text: TextToSend, sender: Sender = None, line: LineUsed = "", seen: Seen = ""
) -> Answer:
    """Send the text. It is never retried automatically: a text sent twice cannot be taken back. When something was
    said meanwhile, it is shown once more instead."""
    draft = TextDraft(to, text, sender, line)
    if not await may_leave(ctx, draft.numbers, seen, text, line):
        return await preview_text(ctx, draft, await look_before(ctx, to, since=seen), say("Still send this text?"))
    async with _leaving(ctx, draft) as left:
        number = sender.number if sender else None
        try:
            sent = await ctx.send(SendSms(to_numbers=draft.numbers, text=text, user_id=ME, from_number=number))
        except OutcomeUnknown:
            return _unclear(draft)
        left.append(None if sent.message_status == "failed" else sent.id or ctx.reference)
    return _sent(sent, draft)


@router.confirmed(action=SendBulkText, dropped=_dropped)
async def send_bulk(
    ctx: Ctx, to: TextTo, text: TextToSend, sender: Sender = None, line: LineUsed = "", seen: Seen = ""
) -> Answer:
    """Send the text to many, as Dialpad's bulk text."""
    draft = TextDraft(to, text, sender, line)
    if sender is None:
        raise FieldError("sender", say("A bulk text needs a number of your own to send from."))
    if not await may_leave(ctx, draft.numbers, seen, text, line):
        return await preview_text(ctx, draft, await look_before(ctx, to, since=seen), say("Still send this text?"))
    async with _leaving(ctx, draft) as left:
        try:
            made = await ctx.send(SendBulkText(from_number=sender.number, to_numbers=draft.numbers, text=text))
        except OutcomeUnknown:
            return _unclear(draft)
        bulk = made.bulk_message.bulk_message_id if made.bulk_message else None
        left.append(None if made.success is False else bulk or ctx.reference)
    if made.success is False:
        raise UserError(
            say("Dialpad did not send it. It says: “{message}”", message=made.message or say("nothing more"))
        )
    look = (Button("Who got it", "scheduled.bulk", {"bulk": bulk}),) if bulk else ()
    return Reply(
        say("Your text is on its way to {people}.", people=plural(len(draft.to), "person", "people")),
        look,
        tone="done",
    )


@router.confirmed(action=ScheduleText, dropped=_dropped)
async def schedule(
    ctx: Ctx, to: TextTo, text: TextToSend, at: At, sender: Sender = None, line: LineUsed = "", seen: Seen = ""
) -> Answer:
    """Let Dialpad send the text later. When its time has come too near meanwhile, it is shown once more with the
    nearest one."""
    draft = TextDraft(to, text, sender, line, datetime.fromisoformat(at))
    if draft.at is None or draft.at < ctx.now + AT_LEAST:
        later = replace(draft, at=earliest(ctx.now))
        note = say("Dialpad sends a text later only from ten minutes on, so this is the nearest time.")
        return await preview_text(ctx, later, await look_before(ctx, to, since=seen), note=note)
    action = ScheduleText(
        to_numbers=draft.numbers, text=text, start_date=round(draft.at.timestamp()), timezone=(await ctx.zone()).key,
        from_number=sender.number if sender else None, is_bulk=True if draft.is_bulk else None,
    )  # fmt: skip
    try:
        made = await ctx.send(action)
    except OutcomeUnknown:
        return _unclear(draft)
    except BadRequest as refused:
        if "opted out" not in refused.message.casefold():
            raise
        await _note_opt_out(ctx, draft.numbers)
        raise UserError(say("It was not scheduled: a recipient has opted out of texts (STOP).")) from None
    finally:
        await stop_answering(ctx, draft.args, "to")
    name = made.schedule_id or ""
    await note_scheduled(ctx, draft.numbers, name, draft.at)
    buttons = (*schedule_buttons(name), Button("All scheduled", "scheduled.scheduled"))
    return Reply(
        sentence("Your text to {names} is sent {when}.", names=names_of(draft.to), when=When(draft.at, "date")),
        buttons,
        tone="done",
    )


@asynccontextmanager
async def _leaving(ctx: Ctx, draft: TextDraft) -> AsyncIterator[list[str | None]]:
    """Note what became of a text that was about to leave. What is put into the list is Dialpad's id of it, None when
    it did not leave; nothing where that is not known."""
    left: list[str | None] = []
    try:
        yield left
    except BadRequest as refused:
        await has_left(ctx, draft.numbers, None, draft.text)
        if "opted out" not in refused.message.casefold():
            raise
        await _note_opt_out(ctx, draft.numbers)
        raise UserError(say("The text was not sent: a recipient has opted out of texts (STOP).")) from None
    except ChatopsError:
        await has_left(ctx, draft.numbers, None, draft.text)
        raise
    else:
        if left:
            await has_left(ctx, draft.numbers, left[-1], draft.text, draft.line)


def _unclear(draft: TextDraft) -> Reply:
    names = names_of(draft.to)
    if draft.at:
        said = sentence(
            "Dialpad did not answer, so the text to {names} may or may not have been scheduled. See what is scheduled "
            "before you send it again.",
            names=names,
        )
        return Reply(said, (Button("All scheduled", "scheduled.scheduled"),), tone="warning")
    said = sentence(
        "Dialpad did not answer, so the text to {names} may or may not have been sent. Check the conversation in "
        "Dialpad before you send it again.",
        names=names,
    )
    return Reply(said, tone="warning")


async def _note_opt_out(ctx: Ctx, numbers: list[str]) -> None:
    """Keep that Dialpad sends no more texts to somebody. Of several recipients it does not say which."""
    if len(numbers) == 1 and ctx.deps.notifications is not None:
        await ctx.deps.notifications.note_opt_out(ctx.person, numbers[0])


def _sent(sent: SentSms, draft: TextDraft) -> Reply:
    names = names_of(draft.to)
    if sent.message_status == "failed":
        why = why_not_delivered(sent.message_delivery_result or "")
        return Reply(
            sentence("Dialpad could not send the text to {names}{why}.", names=names, why=f": {why}" if why else ""),
            buttons=(Button("Edit", "sms.sms", draft.args, form=True),),
            tone="warning",
        )
    line: dict[str, Raw] = {"line": draft.line} if draft.line else {}
    again = Button("Send another", "sms.sms", {"to": draft.numbers, **line}, form=True)
    call = Button("Call", "call.call", {"to": draft.numbers[0], **line})
    buttons = (again, call) if len(draft.to) == 1 else (again,)
    said = (
        sentence("Your text is on its way to {names}.", names=names)
        if sent.message_status == "pending"
        else sentence("Your text was sent to {names}.", names=names)
    )
    return Reply(said, buttons=buttons, tone="done")
