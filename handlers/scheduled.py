"""Handles ``scheduled``: the texts that wait to be sent later, and who got a text that went to many."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Final

from bot.arguments.send_at import AT_LEAST, SendAt, SendTime, earliest, in_words
from bot.basics.errors import BadRequest, Conflict, FieldError, NotFound, UserError
from bot.basics.language import mark, say
from bot.cards.scheduled_texts import bulk_card, due_at, note_scheduled, recipients_of, schedule_buttons, scheduled_row
from bot.contract.argument import Carried, Text
from bot.contract.context import Ctx
from bot.contract.prose import sentence
from bot.contract.reply import Answer, Button, Confirm, Fact, Form, Listing, Raw, Reply, When
from bot.contract.routing import Router
from bot.dialpad.action import Risk
from bot.dialpad.actions.message import (
    DeleteScheduledText,
    GetBulkText,
    GetScheduledText,
    ListScheduledTexts,
    ScheduledText,
    SendScheduledTextNow,
    UpdateScheduledText,
)

router = Router()

ROWS: Final = 8
MOST_PAGES: Final = 10
"""Pages of twenty that are read for one list."""
LONGEST: Final = 1500
_GONE: Final = mark("This text does not wait any more: it was sent or canceled.")

ScheduleName = Annotated[str, Carried("Scheduled text", longest=200)]
WhenToSend = Annotated[
    SendAt | None,
    SendTime("Send at", placeholder="17:00, tomorrow 9:00, 2h …", hint="Leave it empty to keep the time."),
]
Words = Annotated[str, Text("Message", verbatim=True, emoji=True, multiline=True, longest=LONGEST)]


@router.command(
    "scheduled",
    summary="Your texts that are sent later",
    phrases=dict.fromkeys(
        (
            "scheduled texts",
            "my scheduled texts",
            "scheduled messages",
            "show scheduled",
            "show scheduled texts",
            "list scheduled texts",
            "what is scheduled",
            "what's scheduled",
            "whats scheduled",
            "texts for later",
            "cancel scheduled text",
            "cancel scheduled texts",
            "cancel the scheduled text",
            "cancel my scheduled text",
            "cancel my text",
            "cancel my texts",
            "cancel text",
            "cancel the text",
            "unschedule",
        ),
        "",
    ),
    examples=("scheduled",),
    title="Scheduled texts",
    action=ListScheduledTexts,
)
async def scheduled(ctx: Ctx, begin: Annotated[str, Carried("From", longest=4)] = "0") -> Answer:
    """List the person's own texts that wait, the next one first."""
    found = await _all(ctx)
    at = int(begin) if begin.isascii() and begin.isdigit() and int(begin) < len(found) else 0
    shown = found[at : at + ROWS]
    more = (Button("More", "scheduled.scheduled", {"begin": str(at + ROWS)}),) if found[at + ROWS :] else ()
    return Listing(
        say("Your texts that are sent later"),
        tuple([await scheduled_row(ctx, one) for one in shown]),
        empty=say("No text waits to be sent."),
        buttons=(*more, Button("Write one…", "sms.sms", form=True)),
    )


async def _all(ctx: Ctx) -> list[ScheduledText]:
    """Return the texts that wait, the next one first."""
    found: list[ScheduledText] = []
    cursor: str | None = None
    for _ in range(MOST_PAGES):
        try:
            page = await ctx.send(ListScheduledTexts(cursor=cursor))
        except BadRequest:
            if cursor is None:
                raise
            break  # Dialpad's cursors have been wrong before: what there is so far is shown
        found += [one for one in page.items if one.status in {None, "active"}]
        cursor = page.cursor
        if not cursor:
            break
    return sorted(found, key=lambda one: one.scheduled_time or 0)


async def _find(ctx: Ctx, schedule: str) -> ScheduledText:
    """Find a text that still waits. Raises UserError."""
    try:
        found = await ctx.send(GetScheduledText(id=schedule))
    except NotFound:
        raise UserError(say(_GONE)) from None
    if found.status not in {None, "active"}:
        raise UserError(say(_GONE))
    return found


@router.button(title="Cancel it", risk=Risk.CHANGE)
async def cancel(ctx: Ctx, schedule: ScheduleName) -> Answer:
    """Cancel a text, and offer to write it anew: nothing else remembers its words."""
    found = await _find(ctx, schedule)
    try:
        await ctx.send(DeleteScheduledText(id=schedule))
    except (Conflict, NotFound):
        raise UserError(say(_GONE)) from None
    await note_scheduled(ctx, found.to_numbers, schedule, None)
    again: dict[str, Raw] = {"to": list(found.to_numbers), "text": found.text or ""}
    buttons = (Button("Write it again…", "sms.sms", again, form=True),) if found.to_numbers else ()
    return Reply(
        sentence("The text to {recipients} is not sent.", recipients=await recipients_of(ctx, found)),
        buttons,
        tone="done",
    )


@router.button(title="Send now")
async def send_now(ctx: Ctx, schedule: ScheduleName) -> Answer:
    """Show the text that would leave at once."""
    found = await _find(ctx, schedule)
    return Confirm(
        route="scheduled.send",
        args={"schedule": schedule},
        title=say("Send it now?"),
        facts=(Fact(say("To"), await recipients_of(ctx, found)), *_planned(found)),
        quote=found.text or "",
        yes=say("Send"),
        edit=Button("Change…", "scheduled.change", {"schedule": schedule}, form=True),
    )


def _planned(found: ScheduledText) -> tuple[Fact, ...]:
    at = due_at(found)
    return (Fact(say("Planned for"), (When(at, "date"),)),) if at else ()


@router.confirmed(action=SendScheduledTextNow)
async def send(ctx: Ctx, schedule: ScheduleName) -> Answer:
    """Send a waiting text at once. It is not repeated when no answer comes: a text sent twice cannot be taken back."""
    found = await _find(ctx, schedule)
    try:
        await ctx.send(SendScheduledTextNow(id=schedule))
    except (Conflict, NotFound):
        raise UserError(say(_GONE)) from None
    await note_scheduled(ctx, found.to_numbers, schedule, None)
    return Reply(
        sentence("Your text to {recipients} is on its way.", recipients=await recipients_of(ctx, found)),
        tone="done",
    )


async def _opened(ctx: Ctx, form: Form) -> Form:
    """Fill in what the text says now."""
    found = await _find(ctx, str(form.args.get("schedule") or ""))
    at = due_at(found)
    planned = sentence("Planned for {when}.", when=When(at, "date")) if at else ""
    return replace(form, args={"text": found.text or "", **form.args}, notice=planned)


@router.button(title="Change the text", submit="Preview", opening=_opened)
async def change(ctx: Ctx, text: Words, at: WhenToSend = None, schedule: ScheduleName = "") -> Answer:
    """Show what would be sent instead, and when."""
    found = await _find(ctx, schedule)
    moment = at.at if at is not None else None
    if at is not None and moment is None:
        raise FieldError("at", say("Type a time, such as 17:00 or tomorrow 9:00."))
    if moment is not None and moment < ctx.now + AT_LEAST:
        nearest = in_words(earliest(ctx.now), ctx.now, await ctx.zone())
        raise FieldError(
            "at", say("Dialpad sends a text later only from ten minutes on. The nearest is {nearest}.", nearest=nearest)
        )
    planned = moment or due_at(found)
    args: dict[str, Raw] = {"schedule": schedule, "text": text}
    return Confirm(
        route="scheduled.save",
        args=args | ({"at": moment.isoformat()} if moment else {}),
        title=say("Send this instead?"),
        facts=(
            Fact(say("To"), await recipients_of(ctx, found)),
            *((Fact(say("Send"), (When(planned, "date"),)),) if planned else ()),
        ),
        quote=text,
        yes=say("Save"),
        edit=Button("Edit", "scheduled.change", args, form=True),
    )


@router.confirmed(action=UpdateScheduledText)
async def save(
    ctx: Ctx, text: Words, schedule: ScheduleName, at: Annotated[str, Carried("At", longest=40)] = ""
) -> Answer:
    """Change a waiting text at Dialpad."""
    moment = datetime.fromisoformat(at) if at else None
    start = round(moment.timestamp()) if moment else None
    zone = (await ctx.zone()).key if moment else None
    try:
        changed = await ctx.send(UpdateScheduledText(id=schedule, text=text, start_date=start, timezone=zone))
    except (Conflict, NotFound):
        raise UserError(say(_GONE)) from None
    planned = due_at(changed) or moment
    if planned is not None:
        await note_scheduled(ctx, changed.to_numbers, schedule, planned)
    said = sentence("Changed. It is sent {when}.", when=When(planned, "date")) if planned else say("Changed.")
    return Reply(said, schedule_buttons(schedule), tone="done")


@router.button(title="Who got it")
async def bulk(ctx: Ctx, bulk: Annotated[str, Carried("Bulk text", longest=200)]) -> Answer:
    """Show what became of a text to many, to the person who sent it."""
    return await bulk_card(ctx, await ctx.send(GetBulkText(id=bulk)))
