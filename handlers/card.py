"""Handles the buttons of cards: who takes care of what waits, and listening, labels, details and notes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final

from bot.activity.calls import CallView, view_call
from bot.activity.histories import Deed
from bot.activity.items import MADE_UP_LINE, Item, may
from bot.activity.registers import value
from bot.activity.texts import view_conversation
from bot.arguments.colleague import Colleague, ColleagueChoice
from bot.arguments.moment import Moment
from bot.arguments.operator import OperatorChoice
from bot.arguments.phonebook import party_of
from bot.basics.errors import Conflict, FieldError, NotFound, UserError
from bot.basics.language import mark, say
from bot.basics.person import PersonKey
from bot.basics.times import lasting_of
from bot.cards import recordings
from bot.cards.call_control import live_of, offers
from bot.cards.conversation import SentText, conversation_card
from bot.cards.faxes import open_fax
from bot.cards.live_call import (
    CardId,
    call_content,
    caller_of,
    deeds_of,
    hearing,
    legs_with_recap,
    look_up_caller,
    reach,
    tidy,
)
from bot.cards.open_work import CardStatus, names_of, state_of, story_of, taking
from bot.cards.recap import show_recap
from bot.cards.rights import rights_of
from bot.cards.subscription_form import slack_id_of
from bot.contract.argument import Carried, Text
from bot.contract.board import Notifications, PostedCard
from bot.contract.context import Ctx
from bot.contract.prose import listed, prose, sentence
from bot.contract.reply import Answer, Bold, Button, Card, Fact, Mention, Prose, Reply, When
from bot.contract.routing import Router
from bot.dialpad.action import Entity, Risk
from bot.dialpad.actions.call import AssignOperator, LabelCall, ListAssignedOperators, UnassignAllOperators
from bot.dialpad.actions.recordingsharelink import CreateRecordingLink

router = Router()

LONGEST_TRANSCRIPT: Final = 2_800
_NOT_WAITING: Final = mark("This call does not wait in the queue any more: somebody answers it, or they hung up.")


@dataclass(frozen=True)
class _Found:
    """A card that this person may act on: a call's or a conversation's. ``item`` is the open work it is about."""

    board: Notifications
    card: PostedCard
    item: Item | None
    call: CallView | None
    number: str
    leads: bool
    """Whether they lead the line, and so may take work from its owner."""


async def _find(ctx: Ctx, name: str) -> _Found:
    """Find a card, if this person may see its line. Raises UserError and NotConnected."""
    board = ctx.deps.notifications
    found = await board.card(ctx.person, name) if board is not None else None
    if board is None or found is None or found.kind not in {"call", "talk"}:
        raise UserError(say("I no longer have this. You can still find it in Dialpad's history."))
    rights = await rights_of(ctx)
    call = view_call(found.state) if found.kind == "call" else None
    talk = view_conversation(found.state) if call is None else None
    places = call.places if call is not None else frozenset({talk.place} - {""} if talk else ())
    is_made_up = call is not None and call.line_id == MADE_UP_LINE
    if not is_made_up and not rights.cover(places):
        whose = (call.line or say(" and ").join(call.people) if call else talk.line_name if talk else "") or say(
            "that line"
        )
        raise UserError(
            say("You do not belong to {whose}, so this is not yours to take. Somebody there can.", whose=whose)
        )
    number = call.number if call else talk.number if talk else ""
    return _Found(board, found, await board.item(found), call, number, rights.lead(places))


async def _find_call(ctx: Ctx, name: str) -> tuple[_Found, CallView]:
    found = await _find(ctx, name)
    if found.call is None:
        raise UserError(say("That works for calls only."))
    return found, found.call


def _by(person: str, at: datetime | None) -> Prose:
    return prose(Mention(person), *((" ", When(at, "date")) if at else ()))


@router.button(title="Claim", risk=Risk.CHANGE)
async def claim(ctx: Ctx, card: CardId) -> Answer:
    """Claim what waits. Exactly one person gets it; everybody else is told who."""
    found = await _find(ctx, card)
    item, me = found.item, ctx.person.user_id
    if item is None:
        return Reply(say("Somebody has already talked to them, so there is nothing to claim."))
    if item.owner == me:
        return Reply(say("You have already claimed this."), _next(found))
    acted = await found.board.act(found.card, ctx.person, "claimed")
    if not acted.done:
        return _taken(acted.item, found, faster=True)
    return Reply(say("It is yours. A call or text that reaches them settles it."), _next(found), tone="done")


def _taken(item: Item | None, found: _Found, *, faster: bool = False) -> Reply:
    """Say how it stands instead. ``faster``: somebody else claimed it at the same moment."""
    if item is None:
        return Reply(say("I no longer have this. You can still find it in Dialpad's history."))
    if item.is_settled:
        reopen = Button("Reopen", "card.reopen", {"card": found.card.id})
        return Reply(sentence("This is settled: {settled}.", settled=_settled(item)), (reopen,))
    if item.owner:
        over = (Button("Take over", "card.takeover", {"card": found.card.id}),) if found.leads else ()
        by = _by(item.owner, item.owned_at)
        faster_said = sentence("Somebody was faster: it is claimed by {by}.", by=by)
        return Reply(faster_said if faster else sentence("It is claimed by {by}.", by=by), over)
    return Reply(
        say("Nobody has claimed this."), (Button("Claim", "card.claim", {"card": found.card.id}, style="primary"),)
    )


def _settled(item: Item) -> Prose:
    status = CardStatus("", item.settled.at if item.settled else item.since, item)
    said = state_of(status)
    return said[1:] if isinstance(said, tuple) else said


def _next(found: _Found) -> tuple[Button, ...]:
    done = Button("Done", "card.handled", {"card": found.card.id})
    if not found.number:
        return (done,)
    if found.call is None:
        return (Button("Call", "call.call", {"to": found.number}), done)
    return (*reach(found.call, caller_of(found.call, None)), done)


async def _act(ctx: Ctx, card: str, deed: Deed, said: Prose, **how: Any) -> Answer:
    """Do one thing about open work and say so, or how it stands instead."""
    found = await _find(ctx, card)
    before = found.item
    if before is None or not may(before, deed, ctx.person.user_id, over=found.leads):
        return _taken(before, found)
    acted = await found.board.act(found.card, ctx.person, deed, over=found.leads, **how)
    if not acted.done:
        return _taken(acted.item, found)
    return Reply(said, tone="done")


@router.button(title="Give back", risk=Risk.CHANGE)
async def release(ctx: Ctx, card: CardId) -> Answer:
    """Give work back, which only the person who claimed it can."""
    return await _act(ctx, card, "released", say("Given back. Somebody else can claim it."))


@router.button(title="Done", risk=Risk.CHANGE)
async def handled(ctx: Ctx, card: CardId) -> Answer:
    """Settle what waits: whoever claimed it, whoever leads the line, or anybody while nobody has claimed it."""
    return await _act(ctx, card, "done", say("Done. It is reopened if they call or text again."))


@router.button(title="Reopen", risk=Risk.CHANGE)
async def reopen(ctx: Ctx, card: CardId) -> Answer:
    """Open settled work again, whoever settled it."""
    return await _act(ctx, card, "reopened", say("Open again. Somebody can claim it."))


@router.button(title="Open again", risk=Risk.CHANGE)
async def wake(ctx: Ctx, card: CardId) -> Answer:
    """End the waiting of work that was put off."""
    return await _act(ctx, card, "woken", say("Open again."))


@router.button(title="Take over", risk=Risk.CHANGE)
async def takeover(ctx: Ctx, card: CardId) -> Answer:
    """Take work from whoever has it: a supervisor from anybody, anyone from somebody who is not connected any more."""
    found = await _find(ctx, card)
    item, me = found.item, ctx.person.user_id
    if item is None or item.is_settled or not item.owner:
        return _taken(item, found)
    if item.owner == me:
        return Reply(say("It is yours already."), _next(found))
    over = found.leads or await found.board.is_gone(PersonKey(ctx.person.team_id, item.owner))
    if not over:
        return Reply(
            sentence(
                "It is claimed by {by}. They or a supervisor can give it to you.", by=_by(item.owner, item.owned_at)
            )
        )
    acted = await found.board.act(found.card, ctx.person, "taken over", over=True, to=item.owner)
    if not acted.done:
        return _taken(acted.item, found, faster=True)
    return Reply(sentence("It is yours now. {who} had it.", who=Mention(item.owner)), _next(found), tone="done")


@router.button(title="Hand over", submit="Ask them", risk=Risk.CHANGE)
async def hand(
    ctx: Ctx,
    to: Annotated[Colleague, ColleagueChoice("To", placeholder="A colleague", hint="They are asked first.")],
    card: CardId = "",
) -> Answer:
    """Ask a colleague to take work over. It stays where it is until they accept."""
    whom = await slack_id_of(ctx, "to", to)
    if whom == ctx.person.user_id:
        raise FieldError("to", say("That is you. Press Claim instead."))
    return await _act(
        ctx, card, "handed", sentence("I asked {who}. You hear what they say.", who=Mention(whom)), to=whom
    )


@router.button(title="Accept", risk=Risk.CHANGE)
async def accept(ctx: Ctx, card: CardId) -> Answer:
    """Take work that somebody handed over."""
    return await _act(ctx, card, "accepted", say("It is yours. Get back to them."))


@router.button(title="Decline", risk=Risk.CHANGE)
async def decline(ctx: Ctx, card: CardId) -> Answer:
    """Decline work that somebody handed over."""
    return await _act(ctx, card, "declined", say("Declined. Whoever asked you is told."))


@router.button(title="Put off", submit="Put off", risk=Risk.CHANGE)
async def snooze(
    ctx: Ctx,
    until: Annotated[
        datetime | None,
        Moment("Until", placeholder="tomorrow 9:00", hint="Leave it empty to wait until they call or text again."),
    ] = None,
    card: CardId = "",
) -> Answer:
    """Put work off until a time, or until the customer is heard of again."""
    if until is None:
        return await _act(
            ctx, card, "waits", say("It waits until they call or text again. Nobody is asked until then.")
        )
    said = sentence("Put off until {when}. Nobody is asked until then.", when=When(until, "date"))
    return await _act(ctx, card, "snoozed", said, until=until)


@router.button(title="Note", submit="Save", risk=Risk.CHANGE)
async def note(
    ctx: Ctx,
    words: Annotated[str, Text("Note", longest=300, placeholder="Wants a refund", hint="Your colleagues see it.")],
    card: CardId = "",
) -> Answer:
    """Leave a note for colleagues."""
    return await _act(ctx, card, "noted", say("Noted on the card."), words=" ".join(words.split()))


@router.button(title="Open work")
async def show(ctx: Ctx, card: CardId) -> Answer:
    """Show the card alone, to somebody who is not in the channel."""
    found = await _find(ctx, card)
    known = await look_up_caller(ctx.deps.directory, ctx.account, found.number)
    names = await names_of(ctx.deps.directory, ctx.account, [found.item] if found.item else [])
    status = CardStatus(card, ctx.now, found.item, names=names)
    if found.call is not None:
        return call_content(found.call, known, status)
    last = [SentText(one) for one in await found.board.last_texts(found.card)]
    return conversation_card(view_conversation(found.card.state), known, status, last, in_thread=False)


@router.button(title="Call")
async def more(
    ctx: Ctx, card: CardId, subscription: Annotated[str, Carried("Subscription", longest=40)] = ""
) -> Answer:
    """Show everything known about the call and everything that can be done, to the person who asked only."""
    found, view = await _find_call(ctx, card)
    status = CardStatus(card, ctx.now, found.item)
    facts = [
        Fact(say("So far"), story) if (story := story_of(status)) else None,
        Fact(say("Line"), view.line) if view.line else None,
        Fact(say("Rang at"), ", ".join(view.people)) if view.people else None,
        Fact(say("Waited"), waited) if view.inbound and (waited := lasting_of(view.waited)) else None,
        Fact(say("Answered by"), say(" and ").join(view.answered_by)) if view.answered_by else None,
        Fact(say("Done from here"), listed(done)) if (done := deeds_of(view)) else None,
        Fact(say("Recorded"), say("Not ready yet")) if view.was_recorded and not view.recording_ready else None,
    ]
    first, rest = taking(status)
    heard = hearing(view, card)
    listened = [one for one in heard if one.route != "card.recap"]
    share = [Button("Share link…", "card.share", {"card": card})] if listened else []
    going = view.phase != "ended"
    buttons: list[Button] = [*(offers(await live_of(ctx, view, card)) if going else ()), *heard, *share]
    buttons += [*first, *rest, Button("Note…", "card.note", {"card": card}, form=True)]
    title: Prose = say("This call")
    known = None
    if view.number:
        party = await party_of(ctx, view.number)
        title = sentence("Call with {shown}", shown=party.shown())
        known = await look_up_caller(ctx.deps.directory, ctx.account, view.number)
        buttons += [*reach(view, caller_of(view, known)), Button("Who is this?", "who.who", {"number": view.number})]
    buttons += [
        *(one for one in tidy(view, caller_of(view, known), card) if not going or one.route != "card.label"),
        Button("Details in Dialpad", "calls.detail", {"call": view.call_id}),
    ]
    if subscription:
        buttons.append(Button("Notification settings", "notify.settings", {"subscription": subscription}))
    text = "\n".join(part for part in (view.transcript, view.recap, *(f"• {one}" for one in view.to_do)) if part)
    return Card(
        title,
        facts=tuple(fact for fact in facts if fact),
        text=text[:LONGEST_TRANSCRIPT],
        note=say("Only you can see this."),
        buttons=tuple(buttons if found.item is not None else [one for one in buttons if one.route != "card.note"]),
    )


@router.button(title="Listen")
async def listen(ctx: Ctx, card: CardId, part: Annotated[str, Carried("Part", longest=3)] = "0") -> Answer:
    """Send the voicemail or recording as a file, to the person who asked only, fetched with their own token."""
    _, view = await _find_call(ctx, card)
    return await recordings.listen(ctx, view, card, int(part) if part.isascii() and part.isdigit() else 0)


@router.button(title="Assign this call", submit="Assign", risk=Risk.CHANGE)
async def assign(
    ctx: Ctx,
    to: Annotated[
        Colleague,
        OperatorChoice(
            "To", placeholder="An operator of this call center", hint="Only their phone rings for this call."
        ),
    ],
    card: CardId = "",
    line: Annotated[str, Carried("Line", longest=25)] = "",
) -> Answer:
    """Let a waiting call go only to one operator, or to one more of them."""
    found, view = await _find_waiting(ctx, card)
    try:
        before = await ctx.send(ListAssignedOperators(id=view.call_id))
        if to.id in before.operator_ids:
            return Reply(sentence("This call is for {to} already{by_whom}.", to=Bold(to.name), by_whom=_by_whom(view)))
        answer = await ctx.send(AssignOperator(id=view.call_id, operator_ids=[to.id]))
    except (Conflict, NotFound):
        raise UserError(say(_NOT_WAITING)) from None
    if (failure := answer.failure) is not None:
        raise FieldError(
            "to",
            say(
                "Dialpad did not assign it to {to}. It says: “{failure}”",
                to=to.name,
                failure=failure or say("nothing more"),
            ),
        )
    assigned = answer.assigned_operators.operator_ids if answer.assigned_operators else (*before.operator_ids, to.id)
    names = {one: to.name if one == to.id else await _operator_named(ctx, one) for one in assigned}
    await found.board.note_assigned(found.card, ctx.person, names)
    take_back = Button("Take back", "card.unassign", {"card": card})
    operators = listed([(Bold(name),) for name in names.values()])
    said = (
        sentence("This call is for {operators} now: only their phone rings for it.", operators=operators)
        if len(names) == 1
        else sentence("This call is for {operators} now: only their phones ring for it.", operators=operators)
    )
    return Reply(said, (take_back,), tone="done")


@router.button(title="Take back", risk=Risk.CHANGE)
async def unassign(ctx: Ctx, card: CardId) -> Answer:
    """Let a waiting call go to any operator again."""
    found, view = await _find_waiting(ctx, card)
    try:
        answer = await ctx.send(UnassignAllOperators(id=view.call_id))
    except (Conflict, NotFound):
        raise UserError(say(_NOT_WAITING)) from None
    await found.board.note_assigned(found.card, ctx.person, {})
    if not answer.operator_ids and not answer.count:
        return Reply(say("This call was not assigned to anybody any more."))
    names = [(Bold(await _operator_named(ctx, one)),) for one in answer.operator_ids]
    whom = sentence(" from {names}", names=listed(names)) if names else ""
    return Reply(sentence("Taken back{whom}. It goes to any free operator again.", whom=whom), tone="done")


async def _find_waiting(ctx: Ctx, card: str) -> tuple[_Found, CallView]:
    """Find a call that waits in a queue, for whoever may assign it. Raises UserError."""
    found, view = await _find_call(ctx, card)
    if not view.in_queue:
        by = say(" and ").join(view.answered_by)
        raise UserError(say("{by} answered this call meanwhile.", by=by) if by else say(_NOT_WAITING))
    if not found.leads:
        raise UserError(
            say("Only supervisors of {line} can assign its waiting calls.", line=view.line or say("the call center"))
        )
    return found, view


async def _operator_named(ctx: Ctx, operator: str) -> str:
    return await ctx.deps.directory.name_of(ctx.account, Entity.USER, operator) or say("an operator")


def _by_whom(view: CallView) -> Prose:
    return sentence(", by {who}", who=Mention(view.assigned_by)) if view.assigned_by else ""


@router.button(title="Open fax")
async def fax(ctx: Ctx, card: CardId) -> Answer:
    """Send a fax as a file, to the person who asked only, fetched with their own token."""
    board = ctx.deps.notifications
    found = await board.card(ctx.person, card) if board is not None else None
    if found is None or found.kind != "notice":
        raise UserError(say("I no longer have this fax. You can still find it in Dialpad."))
    return await open_fax(ctx, {name: value(found.state, name) for name in ("fax", "fax_url", "place", "line")})


@router.button(title="AI recap")
async def recap(ctx: Ctx, card: CardId) -> Answer:
    """Show what Dialpad Ai wrote about the call, to the person who asked only, with their own rights."""
    _, view = await _find_call(ctx, card)
    link = (Button("Share link…", "card.share", {"card": card}),)
    return await show_recap(ctx, legs_with_recap(view), Button("Try again", "card.recap", {"card": card}), link)


@router.button(title="Share link")
async def share(ctx: Ctx, card: CardId) -> Answer:
    """Say who could open a link to the recording. Makes none."""
    _, view = await _find_call(ctx, card)
    return recordings.offer_link(view, card)


@router.confirmed(action=CreateRecordingLink)
async def make_link(ctx: Ctx, card: CardId) -> Answer:
    """Make a link to the recording, shown to the person who asked only."""
    _, view = await _find_call(ctx, card)
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
    found, view = await _find_call(ctx, card)
    wanted = list(dict.fromkeys(one.strip() for one in labels.split(",") if one.strip()))
    await ctx.send(LabelCall(id=view.call_id, labels=wanted))
    if wanted:
        await found.board.act(found.card, ctx.person, "labeled", words=", ".join(wanted))
    said = (
        say("The call is labeled {wanted}.", wanted=", ".join(wanted))
        if wanted
        else say("The call no longer has any labels.")
    )
    return Reply(said, tone="done")
