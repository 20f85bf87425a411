"""Handles ``live`` and ``add-to-call``: the calls that go on now, and the buttons of live calls."""

import re
from dataclasses import replace
from typing import Annotated, Final

from bot.arguments.group import Group, GroupChoice
from bot.basics.errors import FieldError
from bot.basics.language import say
from bot.cards import call_control
from bot.cards.call_control import (
    HUNG_UP,
    AddedTo,
    LiveCallId,
    OngoingCall,
    PassedTo,
    check_may,
    choose_own,
    find_heard,
    find_live,
    live_card,
    names_of_others,
    note_words,
    show_live_calls,
)
from bot.cards.past_call import other_side
from bot.contract.argument import Carried, Choice, Option, Text
from bot.contract.context import Ctx
from bot.contract.prose import prose, sentence
from bot.contract.reply import Answer, Button, Confirm, Fact, Form, Prose, Reply
from bot.contract.routing import Router
from bot.dialpad.action import Risk
from bot.dialpad.actions.call import AddParticipant, HangUp, LabelCall, TransferCall, Unpark
from bot.dialpad.actions.users import SetCallRecording

router = Router()

_ADDED: Final = "added to it"
_ADD_TO_CALL: Final = re.compile(
    r"(?:add|bring|invite|pull|get) (?P<who>.+?) (?:to|into|onto|in|on) (?:(?:the|my|this|our) )?call", re.IGNORECASE
)
How = Annotated[
    str,
    Choice(
        "How",
        options=(
            Option("Right away", "now", "You leave the call."),
            Option("Talk to them first", "first", "The caller is on hold meanwhile."),
            Option("To their voicemail", "voicemail", "Their phone does not ring."),
        ),
        aliases=(("blind", "now"), ("cold", "now"), ("warm", "first")),
    ),
]


@router.command(
    "live",
    usage="[call center, department or office]",
    summary="The calls that go on now: yours, and those of lines you supervise",
    phrases=dict.fromkeys(
        (
            "calls live",
            "live calls",
            "calls now",
            "calls going on",
            "active calls",
            "current calls",
            "ongoing calls",
            "who is on a call",
            "who's on a call",
            "whos on a call",
            "who is on the phone",
            "who's on the phone",
            "whos on the phone",
            "who is talking",
            "who's talking",
            "show live calls",
            "list live calls",
            "my live calls",
            "my current call",
            "who am i talking to",
            "who am i speaking to",
            "who is calling",
            "who's calling",
            "who is calling me",
            "who's calling me",
            "who is on the line",
            "longest call",
            "longest call now",
            "calls right now",
            "calls at the moment",
        ),
        "",
    ),
    patterns=((re.compile(r"is [\w'-]+(?: [\w'-]+)? (?:on (?:a|the) (?:call|phone)|talking)", re.IGNORECASE), ""),),
    examples=("live", "live Support"),
    title="Live calls",
)
async def live(
    ctx: Ctx,
    group: Annotated[
        Group | None,
        GroupChoice("Line", keywords=("in", "on", "of", "for", "at"), bare=True, placeholder="A line you supervise"),
    ] = None,
) -> Answer:
    """List the live calls that this person may act on, the longest first; with a line, only that line's."""
    return await show_live_calls(ctx, group)


@router.button(title="Live call")
async def manage(ctx: Ctx, call: LiveCallId) -> Answer:
    """Show one live call with everything that this person may do with it."""
    found = await find_live(ctx, call, "changed")
    return live_card(ctx, found, await names_of_others(ctx, [found]))


async def _opened(ctx: Ctx, form: Form) -> Form:
    """Say above the fields which call it is."""
    found = await find_live(ctx, str(form.args.get("call") or ""), "changed")
    names = await names_of_others(ctx, [found])
    about: Prose = sentence("The call with {other_side}.", other_side=other_side(found.view, names))
    args = form.args if form.route != "live.transfer" or "how" in form.args else {**form.args, "how": "now"}
    return replace(form, args=args, about=about)


@router.button(title="Transfer the call", submit="Transfer", risk=TransferCall.risk, opening=_opened)
async def transfer(ctx: Ctx, to: PassedTo, how: How = "now", call: LiveCallId = "") -> Answer:
    """Transfer a call to whom the form names, as it says."""
    found = await _theirs(ctx, call, "transferred")
    if found.view.number == to.number:
        raise FieldError("to", say("They are on this call already. Choose somebody else."))
    if how == "first" and not found.i_talk:
        raise FieldError("how", say("Only whoever is on the call can talk to them first. Choose another way."))
    if how == "voicemail" and not to.is_ours:
        raise FieldError("how", say("Only colleagues and lines of yours have a voicemail here. Choose another way."))
    if how == "first":
        return await call_control.ask_first(ctx, found, to)
    return await call_control.transfer_now(ctx, found, to, to_voicemail=how == "voicemail")


async def _theirs(ctx: Ctx, call: str, what: str) -> OngoingCall:
    """Find a live call for whoever has it or leads its line. Raises UserError."""
    found = await find_live(ctx, call, what)
    check_may(found, what)
    return found


@router.button(title="Talk to them first", risk=TransferCall.risk)
async def first(ctx: Ctx, to: PassedTo, call: LiveCallId) -> Answer:
    """Call whoever is to take over, with the caller on hold."""
    return await call_control.ask_first(ctx, await _theirs(ctx, call, "transferred"), to)


@router.button(title="Complete transfer", risk=TransferCall.risk)
async def complete(
    ctx: Ctx, call: LiveCallId, other: LiveCallId, name: Annotated[str, Carried("Name", longest=75)] = ""
) -> Answer:
    """Connect the caller to whoever was called meanwhile."""
    return await call_control.connect_both(ctx, await _theirs(ctx, call, "transferred"), other, name or say("They"))


@router.command(
    "add-to-call",
    usage="<number or name>",
    summary="Add somebody to the call you are on",
    aliases=("conference",),
    phrases=dict.fromkeys(
        (
            "add to call",
            "add to the call",
            "add to my call",
            "add participant",
            "conference in",
            "bring in",
            "invite to call",
            "invite to the call",
        ),
        "",
    ),
    patterns=((_ADD_TO_CALL, "{who}"),),
    examples=("add-to-call Sam Okafor", "add-to-call +1 415 555 0151"),
    title="Add to the call",
    submit="Continue",
    action=AddParticipant,
)
async def add_to_call(ctx: Ctx, who: AddedTo, call: LiveCallId = "") -> Answer:
    """Show whom the call would bring in. Calls nobody."""

    def button(one: OngoingCall) -> Button:
        return Button("Add", "live.add_to_call", {"who": who.number, "call": one.id})

    found = await choose_own(ctx, call, _ADDED, lambda one: one.i_talk, button)
    if not isinstance(found, OngoingCall):
        return found
    names = await names_of_others(ctx, [found])
    args = {"who": who.number, "call": found.id}
    return Confirm(
        "live.bring_in",
        args,
        say("Add to the call?"),
        (
            Fact(say("Call with"), prose(*other_side(found.view, names))),
            Fact(say("Who"), prose(who.shown(), f" ({who.detail})" if who.detail else "")),
        ),
        say("Add"),
        note=say("They are called now, and join when they answer."),
        edit=Button("Edit", "live.add_to_call", args, form=True),
    )


@router.confirmed(action=AddParticipant)
async def bring_in(ctx: Ctx, who: AddedTo, call: LiveCallId) -> Answer:
    """Call somebody into the call."""
    return await call_control.add_somebody(ctx, await _theirs(ctx, call, _ADDED), who)


@router.button(title="Add to the call", submit="Call them", risk=AddParticipant.risk, opening=_opened)
async def add(ctx: Ctx, who: AddedTo, call: LiveCallId = "") -> Answer:
    """Call somebody into a call."""
    return await call_control.add_somebody(ctx, await _theirs(ctx, call, _ADDED), who)


@router.button(title="Park", risk=Unpark.risk)
async def park(ctx: Ctx, call: LiveCallId) -> Answer:
    """Put a caller aside."""
    found = await _theirs(ctx, call, "parked")
    if found.is_parked:
        return Reply(say("This call is parked already."), (Button("Take it back", "live.take", {"call": found.id}),))
    return await call_control.park_call(ctx, found)


@router.button(title="Take the call", risk=Unpark.risk)
async def take(ctx: Ctx, call: LiveCallId) -> Answer:
    """Take a parked call, which anybody of its line may."""
    return await call_control.take_back(ctx, await find_live(ctx, call, "taken back"))


@router.button(title="Record", risk=SetCallRecording.risk)
async def record(ctx: Ctx, call: LiveCallId, state: Annotated[str, Carried("On or off", longest=3)] = "on") -> Answer:
    """Start or stop recording."""
    found = await _theirs(ctx, call, "recorded" if state == "on" else "changed")
    if not found.talker or found.is_parked:
        return Reply(say("Nobody talks on this call now, so there is nothing to record."))
    return await call_control.record_call(ctx, found, on=state == "on")


@router.button(title="Note on the call", submit="Save", risk=Risk.CHANGE)
async def note(
    ctx: Ctx,
    words: Annotated[str, Text("Note", longest=300, placeholder="Wants a refund", hint="Your colleagues see it.")],
    call: LiveCallId = "",
) -> Answer:
    """Leave a note on a call, also when it has ended meanwhile."""
    view = await find_heard(ctx, call)
    if view is None:
        return Reply(say("I don't know that call any more."))
    return await note_words(ctx, view, words)


@router.button(title="Label the call", submit="Save", risk=LabelCall.risk)
async def label(
    ctx: Ctx,
    labels: Annotated[
        str, Text("Labels", longest=300, placeholder="vip, callback", hint="Separated by commas. This replaces them.")
    ] = "",
    call: LiveCallId = "",
) -> Answer:
    """Replace a call's labels, also when it has ended meanwhile."""
    wanted = list(dict.fromkeys(one.strip() for one in labels.split(",") if one.strip()))
    view = await find_heard(ctx, call)
    await ctx.send(LabelCall(id=view.call_id if view is not None else call, labels=wanted))
    if wanted and ctx.deps.notifications is not None:
        await ctx.deps.notifications.note_on_call(ctx.person, call, "labeled", ", ".join(wanted))
    said = (
        say("The call is labeled {wanted}.", wanted=", ".join(wanted))
        if wanted
        else say("The call no longer has any labels.")
    )
    return Reply(said, tone="done")


@router.button(title="Hang up")
async def hang_up(ctx: Ctx, call: LiveCallId) -> Answer:
    """Ask before a call ends for everybody on it. Ends nothing."""
    found = await _theirs(ctx, call, HUNG_UP)
    return call_control.ask_to_hang_up(found, await names_of_others(ctx, [found]))


@router.confirmed(action=HangUp)
async def end(ctx: Ctx, call: LiveCallId) -> Answer:
    """End a call for everybody on it."""
    return await call_control.hang_up(ctx, await _theirs(ctx, call, HUNG_UP))
