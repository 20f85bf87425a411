"""Texts that wait at Dialpad to be sent later, and what became of those that went to many."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from bot.arguments.phonebook import parties_of
from bot.basics.language import say
from bot.cards.text_preview import names_of
from bot.contract.context import Ctx
from bot.contract.prose import plural, prose, sentence
from bot.contract.reply import Bold, Button, Card, Prose, Row, When
from bot.dialpad.actions.message import BulkRecipient, BulkText, ScheduledText

LONGEST_WORDS: Final = 200
_ON_ITS_WAY: Final = frozenset({"", "pending", "sent", "unknown"})
_NAMED: Final = 10


def due_at(scheduled: ScheduledText) -> datetime | None:
    """Return when a scheduled text is sent; Dialpad says it in seconds."""
    return None if scheduled.scheduled_time is None else datetime.fromtimestamp(scheduled.scheduled_time, UTC)


def schedule_buttons(name: str) -> tuple[Button, ...]:
    """Return what can be done with a text that waits, by Dialpad's id of it."""
    if not name:
        return ()
    return (
        Button("Cancel it", "scheduled.cancel", {"schedule": name}),
        Button("Send now", "scheduled.send_now", {"schedule": name}),
        Button("Change…", "scheduled.change", {"schedule": name}, form=True),
    )


async def scheduled_row(ctx: Ctx, scheduled: ScheduledText) -> Row:
    """Return one waiting text as a row: when, to whom, and how it begins."""
    at = due_at(scheduled)
    when: Prose = (When(at, "date"),) if at else say("Later")
    words = " ".join((scheduled.text or say("(a picture)")).split())
    shown = words if len(words) <= LONGEST_WORDS else words[: LONGEST_WORDS - 1] + "…"
    return Row(
        sentence(
            "{when} to {people}: “{text}”",
            when=when,
            people=await recipients_of(ctx, scheduled),
            text=shown,
        ),
        more=schedule_buttons(scheduled.schedule_id or ""),
    )


async def recipients_of(ctx: Ctx, scheduled: ScheduledText) -> Prose:
    """Name the recipients of a scheduled text, the first ten of many."""
    if scheduled.channel_hashtag:
        return (Bold(f"#{scheduled.channel_hashtag.lstrip('#')}"), say(" in Dialpad"))
    named = names_of(await parties_of(ctx, scheduled.to_numbers[:_NAMED]))
    more = len(scheduled.to_numbers) - _NAMED
    return sentence("{named} and {more} more", named=named, more=more) if more > 0 else named


async def note_scheduled(ctx: Ctx, numbers: Sequence[str], schedule: str, at: datetime | None) -> None:
    """Note for the customers' cards that a text to them waits, or with None that it does not any more."""
    board = ctx.deps.notifications
    if board is None or not schedule:
        return
    for number in numbers:
        if at is None:
            await board.did(ctx.person, number, "unscheduled", to=schedule)
        else:
            await board.did(ctx.person, number, "scheduled", to=schedule, words=at.isoformat())


async def bulk_card(ctx: Ctx, bulk: BulkText) -> Card:
    """Return what became of a text to many, recipient by recipient."""
    failed = [one for one in bulk.recipients if _why_not(one)]
    waiting = [one for one in bulk.recipients if one not in failed and not _has_arrived(one)]
    arrived = [one for one in bulk.recipients if one not in failed and one not in waiting]
    lines: list[Prose] = []
    if bulk.classified_spam:
        lines.append(say("⚠️ Dialpad took it for spam and sent it to nobody."))
    if failed:
        missed = [prose(await _named(ctx, one), f": {_why_not(one)}") for one in failed]
        lines.append(prose("🔴 ", Bold(say("Not delivered")), *(prose("\n", line) for line in missed)))
    for sign, head, some in (("⏳", say("On its way"), waiting), ("✅", say("Delivered"), arrived)):
        if some:
            numbers = [one.phone_number or "" for one in some]
            lines.append(prose(f"{sign} ", Bold(head), ": ", names_of(await parties_of(ctx, numbers))))
    args = {"bulk": bulk.bulk_message_id or ""}
    again = [one.phone_number for one in failed if one.phone_number and "opted out" not in _why_not(one)]
    buttons = [Button("Look again", "scheduled.bulk", args, in_place=True)] if waiting else []
    if again:
        buttons.append(Button("Text them again…", "sms.sms", {"to": again, "text": bulk.text or ""}, form=True))
    return Card(
        say("Your text to {people}", people=plural(len(bulk.recipients), "person", "people")),
        text=prose(*(prose("\n" if index else "", line) for index, line in enumerate(lines))),
        note=say("Only you can see this."),
        buttons=tuple(buttons),
    )


async def _named(ctx: Ctx, one: BulkRecipient) -> Prose:
    return (
        names_of(await parties_of(ctx, [one.phone_number])) if one.phone_number else one.display_name or say("Somebody")
    )


def _has_arrived(one: BulkRecipient) -> bool:
    """Tell whether it arrived. Dialpad reports no delivery to its own numbers: there it has when it was sent."""
    if one.delivery_method == "internal":
        return bool(one.attempted_send)
    return (one.delivery_status or "") not in _ON_ITS_WAY


def _why_not(one: BulkRecipient) -> str:
    """Return why it did not arrive, in a few words; "" when it did, or may yet."""
    if one.error_message:
        return one.error_message.rstrip(".").casefold().replace("the recipient has", "they have")
    if one.delivery_status in {"failed", "undelivered"}:
        return (one.delivery_error_details or say("the carrier did not say why")).rstrip(".").casefold()
    return ""
