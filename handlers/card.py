"""Handles the buttons of call cards: claim, release, mark handled, label, details, voicemails and recordings."""

from datetime import datetime
from typing import Annotated, Final

from bot.activity.calls import CallView, view_call
from bot.activity.news import needs_somebody
from bot.arguments.phonebook import party_of
from bot.basics.errors import UserError
from bot.cards import recordings
from bot.cards.live_call import CardId, CardStatus, call_content, caller_of, hearing, look_up_caller, reach
from bot.cards.rights import rights_of
from bot.contract.argument import Carried, Text
from bot.contract.board import Notifications, PostedCard
from bot.contract.context import Ctx
from bot.contract.prose import prose
from bot.contract.reply import Answer, Button, Card, Fact, Mention, Prose, Reply, When
from bot.contract.routing import Router
from bot.dialpad.action import Risk
from bot.dialpad.actions.call import LabelCall
from bot.dialpad.actions.recordingsharelink import CreateRecordingLink

router = Router()

LONGEST_TRANSCRIPT: Final = 2_800


async def _find(ctx: Ctx, name: str) -> tuple[Notifications, PostedCard, CallView]:
    """Find a card's call, if this person may see its line. Raises UserError and NotConnected."""
    notifications = ctx.deps.notifications
    found = await notifications.card(ctx.person, name) if notifications is not None else None
    if notifications is None or found is None or found.kind != "call":
        raise UserError("I no longer have this call. You can still find it in Dialpad's history.")
    view = view_call(found.state)
    rights = await rights_of(ctx)
    made_up = view.line_id == "callcenter:test"
    if not made_up and not rights.cover(view.places):
        whose = view.line or " and ".join(view.people) or "that line"
        raise UserError(f"You do not belong to {whose}, so you cannot claim this call. Somebody there can.")
    return notifications, found, view


def _by(person: str | None, at: datetime | None) -> Prose:
    return prose(Mention(person or ""), *((" at ", When(at, "date")) if at else ()))


@router.button(title="Claim", risk=Risk.CHANGE)
async def claim(ctx: Ctx, card: CardId) -> Answer:
    """Claim a call. Exactly one person gets it; everybody else is told who."""
    notifications, before, view = await _find(ctx, card)
    me = ctx.person.user_id
    if before.handled_by:
        return Reply(prose("This call was already handled by ", _by(before.handled_by, before.handled_at), "."))
    if not needs_somebody(view):
        return Reply("Somebody has already talked to them, so there is no need to claim this call.")
    if before.claimed_by == me:
        return Reply("You have already claimed this call.", _next(view, card))
    after = await notifications.claim(before, ctx.person)
    if after is None or after.claimed_by != me:
        return _too_late(after)
    return Reply("The call is yours. Get back to them, then mark it handled.", _next(view, card), tone="done")


def _too_late(card: PostedCard | None) -> Reply:
    if card is None:
        return Reply("I no longer have this call. You can still find it in Dialpad's history.")
    if card.handled_by:
        return Reply(prose("This call was already handled by ", _by(card.handled_by, card.handled_at), "."))
    return Reply(prose("Somebody was faster: it was claimed by ", _by(card.claimed_by, card.claimed_at), "."))


def _next(view: CallView, card: str) -> tuple[Button, ...]:
    done = Button("Mark handled", "card.handled", {"card": card})
    return (*reach(view, caller_of(view, None)), done) if view.number else (done,)


@router.button(title="Release", risk=Risk.CHANGE)
async def release(ctx: Ctx, card: CardId) -> Answer:
    """Release a call, which only the person who claimed it can."""
    notifications, before, _ = await _find(ctx, card)
    if before.handled_by:
        return Reply(prose("This call was already handled by ", _by(before.handled_by, before.handled_at), "."))
    if before.claimed_by is None:
        return Reply("Nobody has claimed this call.")
    if before.claimed_by != ctx.person.user_id:
        return Reply(
            prose("It is claimed by ", _by(before.claimed_by, before.claimed_at), ". Only they can release it.")
        )
    await notifications.release(before, ctx.person)
    return Reply("The call was released, so somebody else can claim it.", tone="done")


@router.button(title="Mark handled", risk=Risk.CHANGE)
async def handled(ctx: Ctx, card: CardId) -> Answer:
    """Mark a call as handled: only the person who claimed it can, or anybody while it is unclaimed."""
    notifications, before, _ = await _find(ctx, card)
    me = ctx.person.user_id
    if before.handled_by:
        whose = "you" if before.handled_by == me else _by(before.handled_by, before.handled_at)
        return Reply(prose("This call was already marked as handled by ", whose, "."))
    if before.claimed_by not in {None, me}:
        return Reply(
            prose("It is claimed by ", _by(before.claimed_by, before.claimed_at), ", who will mark it handled.")
        )
    after = await notifications.handle(before, ctx.person)
    if after is None or after.handled_by != me:
        return _too_late(after)
    return Reply("Marked as handled.", tone="done")


@router.button(title="Call")
async def show(ctx: Ctx, card: CardId) -> Answer:
    """Show the card alone, to somebody who is not in the channel."""
    _, found, view = await _find(ctx, card)
    known = await look_up_caller(ctx.deps.directory, ctx.account, view.number)
    shown, stamp = call_content(view, known, _standing(found))
    return Card(shown.title, shown.facts, shown.text, note=stamp, buttons=shown.buttons)


@router.button(title="Call")
async def more(ctx: Ctx, card: CardId) -> Answer:
    """Show everything known about the call, to the person who asked only."""
    _, found, view = await _find(ctx, card)
    facts = [
        Fact("Line", view.line) if view.line else None,
        Fact("Rang at", ", ".join(view.people)) if view.people else None,
        Fact("Answered by", " and ".join(view.answered_by)) if view.answered_by else None,
        Fact("Legs", str(len(view.legs))) if len(view.legs) > 1 else None,
        Fact("Recorded", "Not ready yet") if view.was_recorded and not view.recording_ready else None,
        Fact("Claimed", _by(found.claimed_by, found.claimed_at)) if found.claimed_by else None,
        Fact("Handled", _by(found.handled_by, found.handled_at)) if found.handled_by else None,
    ]
    buttons: tuple[Button, ...] = (Button("Details in Dialpad", "calls.detail", {"call": view.call_id}),)
    title: Prose = "This call"
    if view.number:
        party = await party_of(ctx, view.number)
        title = prose("Call with ", party.shown())
        buttons = (Button("Who is this?", "who.who", {"number": view.number}), *buttons)
    heard = hearing(view, card)
    if heard:
        buttons = (*heard, Button("Share link…", "card.share", {"card": card}), *buttons)
    text = "\n".join(part for part in (view.transcript, view.recap, *(f"• {one}" for one in view.to_do)) if part)
    return Card(
        title,
        facts=tuple(fact for fact in facts if fact),
        text=text[:LONGEST_TRANSCRIPT],
        note="Only you can see this.",
        buttons=buttons,
    )


@router.button(title="Listen")
async def listen(ctx: Ctx, card: CardId, part: Annotated[str, Carried("Part", longest=3)] = "0") -> Answer:
    """Send the voicemail or recording as a file, to the person who asked only, fetched with their own token."""
    _, _, view = await _find(ctx, card)
    return await recordings.listen(ctx, view, card, int(part) if part.isascii() and part.isdigit() else 0)


@router.button(title="Share link")
async def share(ctx: Ctx, card: CardId) -> Answer:
    """Say who could open a link to the recording. Makes none."""
    _, _, view = await _find(ctx, card)
    return recordings.offer_link(view, card)


@router.confirmed(action=CreateRecordingLink)
async def make_link(ctx: Ctx, card: CardId) -> Answer:
    """Make a link to the recording, shown to the person who asked only."""
    _, _, view = await _find(ctx, card)
    return await recordings.make_link(ctx, view)


@router.button(title="Label the call", submit="Save", risk=Risk.CHANGE)
async def label(
    ctx: Ctx,
    labels: Annotated[
        str,
        Text(
            "Labels",
            longest=300,
            placeholder="vip, callback",
            hint="Separated by commas. This replaces the call's labels.",
        ),
    ] = "",
    card: CardId = "",
) -> Answer:
    """Replace the call's labels at Dialpad, with the token of the person who asked."""
    _, _, view = await _find(ctx, card)
    wanted = list(dict.fromkeys(one.strip() for one in labels.split(",") if one.strip()))
    await ctx.send(LabelCall(id=view.call_id, labels=wanted))
    said = f"The call is labeled {', '.join(wanted)}." if wanted else "The call no longer has any labels."
    return Reply(said, tone="done")


def _standing(card: PostedCard) -> CardStatus:
    return CardStatus(card.id, "", card.claimed_by, card.claimed_at, card.handled_by, card.handled_at)
