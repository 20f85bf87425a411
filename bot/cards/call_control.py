"""Live calls: which of them are a person's to act on, what they may do with each, and doing it with their rights."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Final, TypeVar

from bot.activity.calls import CallDeedKind, CallView
from bot.activity.past_calls import past_call
from bot.arguments.caller import CallerChoice
from bot.arguments.group import Group
from bot.arguments.party import Party
from bot.arguments.phonebook import parties_of
from bot.basics.errors import Conflict, NotFound, OutcomeUnknown, Unreadable, UserError
from bot.basics.language import mark, say
from bot.basics.times import lasting_of
from bot.cards.live_call import controls, deeds_of, live_state, moved_words, outcome_words, queueing
from bot.cards.past_call import other_side
from bot.cards.placed_calls import forget_call, placed_ids
from bot.cards.rights import Rights, rights_of
from bot.contract.argument import Carried
from bot.contract.board import CallSearch
from bot.contract.context import Ctx
from bot.contract.prose import listed, prose, sentence
from bot.contract.reply import Answer, Button, Card, Confirm, Fact, Listing, Part, Prose, RawArgs, Reply, Row, When
from bot.dialpad.action import ME, Action, Response
from bot.dialpad.actions.call import AddParticipant, GetCall, HangUp, PlaceCall, ToCall, ToNumber, TransferCall, Unpark
from bot.dialpad.actions.users import SetCallRecording

A = TypeVar("A", bound=Response)


class CallOver(UserError):
    """A call that was to be acted on has ended."""


LiveCallId = Annotated[str, Carried("Call", longest=40)]
PassedTo = Annotated[Party, CallerChoice("To", placeholder="A colleague, a line, a contact or a number")]
AddedTo = Annotated[Party, CallerChoice("Who", placeholder="A colleague, a line, a contact or a number")]

SHOWN: Final = 8
FEW: Final = 3
"""So many calls at most are listed with everything that can be done about each: one press, and one to agree."""
_BEGAN_WITHIN: Final = timedelta(hours=12)
"""What began earlier and was never said to end, is no live call any more: its end was lost."""
_MOST: Final = 200
_LOOKED_UP: Final = 3
"""Dialpad answers for single calls only 10 times a minute, for the whole company."""
HUNG_UP: Final = mark("hung up")
NONE: Final = mark(
    "You have no live call that I know of: I know those that were started from Slack, and those of lines that have "
    "notifications here. Use the Dialpad app for others."
)
_UNKNOWN: Final = mark("I don't know that call any more. It has probably ended.")


@dataclass(frozen=True)
class OngoingCall:
    """A call that goes on, as one person may act on it. ``me``: their id at Dialpad. ``leads``: they supervise its line
    or administer the company. ``belongs``: it came in on a line of theirs. ``card``: its card, "" for none."""

    view: CallView
    me: str
    leads: bool
    belongs: bool
    card: str = ""

    @property
    def id(self) -> str:
        return self.view.call_id

    @property
    def is_parked(self) -> bool:
        return self.view.aside == "parked"

    @property
    def mine(self) -> bool:
        """Tell whether this person is on it, or had it before it was parked."""
        return any(one.user == self.me for one in self.view.on_it) or (
            self.is_parked and self.me in self.view.talked_to
        )

    @property
    def i_talk(self) -> bool:
        return not self.is_parked and any(one.user == self.me and one.talks for one in self.view.on_it)

    @property
    def i_made_it(self) -> bool:
        return self.mine and not self.view.inbound

    @property
    def talker(self) -> str:
        """Return the id at Dialpad of whoever talks: this person, if they do."""
        talking = [one.user for one in self.view.on_it if one.talks]
        return self.me if self.me in talking else talking[0] if talking else ""

    @property
    def persons_leg(self) -> str:
        """Return the leg of whoever talks, which is the one that others can be added to."""
        return next((one.leg for one in self.view.on_it if one.user == self.talker), self.view.live_leg)

    @property
    def is_recorded(self) -> bool | None:
        """Tell whether it is being recorded, as far as that was turned on or off from here."""
        said = [one.what for one in self.view.deeds if one.what in {"recording", "not recording"}]
        return said[-1] == "recording" if said else None


@dataclass(frozen=True)
class LiveCalls:
    """The calls that go on now which a person may see, the longest first. ``listens``: whether any calls are heard."""

    calls: tuple[OngoingCall, ...]
    listens: bool


async def live_calls(ctx: Ctx) -> LiveCalls:
    """Find a person's own live calls, and those of lines that they supervise: never a list of others' to pick from."""
    rights, me = await rights_of(ctx), await _me(ctx)
    board = ctx.deps.notifications
    found: list[OngoingCall] = []
    listens = False

    def seen(view: CallView) -> bool:
        live = _as_live(view, me, rights)
        return view.phase != "ended" and (live.mine or live.leads)

    if board is not None:
        heard = await board.heard_calls(ctx.person, CallSearch(seen, ctx.now - _BEGAN_WITHIN, _MOST))
        found = [_as_live(view, me, rights, heard.cards.get(view.call_id, "")) for view in heard.calls]
        listens = heard.since is not None
    known = {leg for live in found for leg in live.view.legs}
    for call_id in (await placed_ids(ctx))[:_LOOKED_UP]:
        view = None if call_id in known else await _look_up(ctx, call_id)
        if view is not None and view.phase != "ended":
            found.append(_as_live(view, me, rights))
    return LiveCalls(tuple(sorted(found, key=lambda live: live.view.started or live.view.at)), listens)


async def live_of(ctx: Ctx, view: CallView, card: str = "") -> OngoingCall:
    """Return a live call as the person who asks may act on it."""
    return _as_live(view, await _me(ctx), await rights_of(ctx), card)


async def _me(ctx: Ctx) -> str:
    return str((await ctx.account.link()).dialpad_user_id)


def _as_live(view: CallView, me: str, rights: Rights, card: str = "") -> OngoingCall:
    leads = rights.is_admin or bool(rights.led & view.places)
    return OngoingCall(view, me, leads, rights.cover(view.places), card)


async def _look_up(ctx: Ctx, call_id: str) -> CallView | None:
    """Return a call as the bot has heard of it, else as Dialpad knows it now."""
    board = ctx.deps.notifications
    heard = None if board is None else await board.heard_call(ctx.person, call_id)
    if heard is not None:
        return heard
    try:
        return past_call(await ctx.send(GetCall(id=call_id))).view
    except NotFound:
        await forget_call(ctx, call_id)
        return None


async def find_live(ctx: Ctx, call: str, what: str) -> OngoingCall:
    """Find one live call for whoever may act on it. ``what``: what was to be done, in English, as in "nothing was
    parked". Raises UserError that says how the call ended, or who may act on it."""
    view = await _look_up(ctx, call)
    if view is None:
        raise UserError(say(_UNKNOWN))
    live = await live_of(ctx, view)
    if not (live.mine or live.leads or live.belongs):
        whose = view.line or say(" and ").join(view.people) or say("that line")
        raise UserError(
            say("You do not belong to {whose}, so this call is not yours to act on. Somebody there can.", whose=whose)
        )
    if view.phase == "ended":
        raise CallOver(_ended(view, what))
    return live


def _ended(view: CallView, what: str) -> str:
    """Say how a call ended, and that nothing was done."""
    by = (
        say(" by {answered_by}", answered_by=say(" and ").join(view.answered_by))
        if view.outcome == "answered" and view.answered_by
        else ""
    )
    length = lasting_of(view.talked)
    talked = f", {length}" if length else ""
    moved = [one for one in view.deeds if one.what in {"transferred", "sent to voicemail"}]
    became = moved_words(moved[-1]) if moved else f"{outcome_words(view)}{by}{talked}"
    return f"{_already_ended(what)} {became}."


def _already_ended(what: str) -> str:
    return say(
        "That call has already ended{undone}.",
        undone="" if what == HUNG_UP else say(", so nothing was {what}", what=say(what)),
    )


async def find_heard(ctx: Ctx, call: str) -> CallView | None:
    """Find a call that goes on or has ended, for whoever belongs to it. None for one that is not known. Raises
    UserError."""
    view = await _look_up(ctx, call)
    if view is None:
        return None
    live = await live_of(ctx, view)
    if not (live.leads or live.belongs):
        raise UserError(
            say("You do not belong to {line}, so this call is not yours to change.", line=view.line or say("that line"))
        )
    return view


async def note_words(ctx: Ctx, view: CallView, words: str) -> Answer:
    """Leave a note on a call's card."""
    if ctx.deps.notifications is None:
        return Reply(say("Notes need notifications, which are not switched on here."))
    await ctx.deps.notifications.note_on_call(ctx.person, view.call_id, "noted", " ".join(words.split()))
    parties = await parties_of(ctx, [view.number] if view.number else [])
    side = other_side(view, {party.number: party.name for party in parties})
    when = (say(" of "), When(view.started, "date")) if view.started and view.phase == "ended" else ()
    return Reply(prose(say("Noted on the card of the call with "), side, *when, "."), tone="done")


def check_may(live: OngoingCall, what: str) -> None:
    """Check that this person may act on a call: it is theirs, or they lead its line. Raises UserError."""
    if live.mine or live.leads:
        return
    whose = say(" and ").join(one.name for one in live.view.on_it if one.talks and one.name) or say("a colleague")
    raise UserError(
        say(
            "This is {whose}'s call, so nothing was {what}. They can do that, or a supervisor.",
            whose=whose,
            what=say(what),
        )
    )


async def choose_own(
    ctx: Ctx, call: str, what: str, fits: Callable[[OngoingCall], bool], button: Callable[[OngoingCall], Button]
) -> OngoingCall | Answer:
    """Return the call that a button names, else the person's own one that fits; else what to say instead: that there
    is none, or which ones there are."""
    if call:
        try:
            live = await find_live(ctx, call, what)
        except CallOver as over:
            return Reply(over.text)
        check_may(live, what)
        return live
    own = [live for live in (await live_calls(ctx)).calls if live.mine and fits(live)]
    if len(own) == 1:
        return own[0]
    if not own:
        return Reply(say(NONE))
    names = await names_of_others(ctx, own)
    return Listing(say("Which call?"), tuple(Row(*_described(ctx, live, names), button=button(live)) for live in own))


async def names_of_others(ctx: Ctx, calls: "list[OngoingCall] | tuple[OngoingCall, ...]") -> dict[str, str]:
    """Return what the directory calls the other sides, by number."""
    parties = await parties_of(ctx, [live.view.number for live in calls if live.view.number])
    return {party.number: party.name for party in parties}


def _described(ctx: Ctx, live: OngoingCall, names: dict[str, str]) -> tuple[Prose, Prose]:
    view = live.view
    line = f" · {view.line}" if view.line else ""
    text = prose(live_state(view), " · ", "" if view.inbound else say("to "), other_side(view, names), line)
    went = lasting_of(ctx.now - view.started) if view.started else ""
    who = _who(view)
    return text, " · ".join(one for one in (say("for {went}", went=went) if went else "", who) if one)


def _who(view: CallView) -> str:
    talking = [one.name for one in view.on_it if one.talks and one.name]
    ringing = [one.name for one in view.on_it if not one.talks and one.name]
    if talking:
        return say("with {talking}", talking=say(" and ").join(talking))
    names = f"{say(' and ').join(ringing[:3])}{('…' if len(ringing) > 3 else '')}"
    if not ringing:
        return ""
    return say("rings at {names}", names=names) if view.inbound else say("by {names}", names=names)


# What it looks like


async def show_live_calls(ctx: Ctx, group: Group | None = None) -> Answer:
    """Return the live calls that a person may see, each with what they may do; with a line, only that line's."""
    found = await live_calls(ctx)
    of_line = [one for one in found.calls if group is None or group.raw in one.view.places]
    calls = of_line[:SHOWN]
    names = await names_of_others(ctx, calls)
    rows = tuple(_row(ctx, live, names, few=len(calls) <= FEW) for live in calls)
    left = len(of_line) - len(calls)
    unheard = (
        "" if found.listens else say("I know only calls started from Slack: no line has notifications of calls here.")
    )
    more = say("And {left} more.", left=left) if left else ""
    nobody = say("Nobody is on a call now, as far as I know: neither you nor anybody of the lines you supervise.")
    shown: RawArgs = {"group": group.raw} if group is not None else {}
    return Listing(
        say("On a call now in {line}", line=group.name) if group is not None else say("On a call now"),
        rows,
        empty=nobody if group is None else say("Nobody is on a call of {line} now, as far as I know.", line=group.name),
        note=prose(more, " " if more and unheard else "", unheard),
        buttons=(
            Button("Refresh", "live.live", shown, in_place=True),
            *(() if group is None else (Button("All live calls", "live.live", in_place=True),)),
        ),
    )


def _row(ctx: Ctx, live: OngoingCall, names: dict[str, str], *, few: bool) -> Row:
    text, note = _described(ctx, live, names)
    manage = Button("More…", "live.manage", {"call": live.id})
    return Row(text, note, more=(*(offers(live) if few else offers(live)[:4]), manage))


def live_card(ctx: Ctx, live: OngoingCall, names: dict[str, str]) -> Card:
    """Return one live call with everything that this person may do with it."""
    view = live.view
    text, note = _described(ctx, live, names)
    told = deeds_of(view)
    parts: list[Prose] = [prose("• " if index == 0 else "\n• ", one) for index, one in enumerate(told)]
    facts = (Fact(say("Labels"), ", ".join(view.labels)),) if view.labels else ()
    return Card(
        text,
        facts=(Fact(say("So far"), note), *facts),
        text=prose(*parts),
        note=say("Only you can see this."),
        buttons=(*offers(live), Button("Refresh", "live.manage", {"call": live.id}, in_place=True)),
    )


def offers(live: OngoingCall) -> tuple[Button, ...]:
    """Return what this person may do with a call as it stands."""
    view, call = live.view, {"call": live.id}
    main, rest = controls(view)
    if not (live.mine or live.leads):
        return main if live.is_parked and live.belongs else ()
    assign = queueing(view, live.card) if live.leads and live.card else ()
    found: list[Button] = [*assign, *main, *(one for one in rest if one.route != "live.hang_up")]
    if view.phase == "talking" and not live.is_parked and live.talker:
        if live.is_recorded is not True:
            found.append(Button("Record", "live.record", {**call, "state": "on"}))
        if live.is_recorded is not False:
            found.append(Button("Stop recording", "live.record", {**call, "state": "off"}))
    found.append(Button("Note…", "live.note", call, form=True))
    found.append(Button("Label…", "live.label", {**call, "labels": ", ".join(view.labels)}, form=True))
    if view.phase == "talking" or live.i_made_it:
        found.append(Button("Hang up…", "live.hang_up", call, style="danger"))
    return tuple(found)


# Doing it


async def attempt(ctx: Ctx, live: OngoingCall, action: Action[A], what: str) -> A | Reply:
    """Run an action on a live call. Returns what to say instead when the call has ended or changed meanwhile, or when
    Dialpad did not answer."""
    try:
        return await ctx.send(action)
    except NotFound:
        await forget_call(ctx, live.id)
        return Reply(await _after_all(ctx, live, what) or _already_ended(what))
    except Conflict:
        ended = await _after_all(ctx, live, what)
        unsure = say("Nothing was {what}: the call is over, or nobody has answered it yet.", what=say(what))
        said = ended or (_already_ended(what) if what == HUNG_UP else unsure)
        return Reply(said, tone="info" if ended else "warning")
    except (OutcomeUnknown, Unreadable):
        return Reply(
            say(
                "Dialpad did not answer, so the call may or may not have been {what}. Look at your phone "
                "before you try again.",
                what=say(what),
            ),
            tone="warning",
        )


async def _after_all(ctx: Ctx, live: OngoingCall, what: str) -> str:
    """Say how a call ended that was thought to go on, "" when its end was not heard of."""
    board = ctx.deps.notifications
    view = None if board is None else await board.heard_call(ctx.person, live.id)
    return _ended(view, what) if view is not None and view.phase == "ended" else ""


async def note_on(ctx: Ctx, live: OngoingCall, what: CallDeedKind, words: str = "") -> None:
    """Let the call's card say what was done."""
    if ctx.deps.notifications is not None:
        await ctx.deps.notifications.note_on_call(ctx.person, live.id, what, words)


def named(party: Party) -> str:
    """Return what a card calls somebody: their name, or the number of who has none."""
    return party.name or party.number


async def transfer_now(ctx: Ctx, live: OngoingCall, to: Party, *, to_voicemail: bool = False) -> Answer:
    """Transfer a call, which goes on without whoever had it."""
    state = "voicemail" if to_voicemail else None
    action = TransferCall(id=live.view.live_leg, to=ToNumber(number=to.number), transfer_state=state)
    answer = await attempt(ctx, live, action, mark("transferred"))
    if isinstance(answer, Reply):
        return answer
    await forget_call(ctx, live.id)
    await note_on(ctx, live, "sent to voicemail" if to_voicemail else "transferred", named(to))
    if to_voicemail:
        return Reply(sentence("The caller is at the voicemail of {shown}.", shown=to.shown()), tone="done")
    return Reply(sentence("The call is now with {shown}.", shown=to.shown()), tone="done")


async def ask_first(ctx: Ctx, live: OngoingCall, to: Party) -> Answer:
    """Put the caller on hold and call whoever is to take over, from the phone of the person who has the call."""
    answer = await attempt(
        ctx, live, PlaceCall(user_id=ME, phone_number=to.number, is_consult=True), mark("put on hold for a second call")
    )
    if isinstance(answer, Reply):
        return answer
    whom = sentence("Calling {shown} from your phone; the caller is on hold.", shown=to.shown())
    if answer.call_id is None:
        return Reply(sentence("{whom} Complete the transfer on your phone.", whom=whom), tone="done")
    both = {"call": live.id, "other": answer.call_id, "name": named(to)[:75]}
    return Reply(
        sentence("{whom} When they know, connect the two.", whom=whom),
        (
            Button("Complete transfer", "live.complete", both, style="primary"),
            Button("Hang up on them", "hangup.hangup", {"call": answer.call_id}),
        ),
        tone="done",
    )


async def connect_both(ctx: Ctx, live: OngoingCall, other: str, name: str) -> Answer:
    """Join the caller to whoever was called meanwhile; the person between them leaves."""
    answer = await attempt(
        ctx, live, TransferCall(id=live.view.live_leg, to=ToCall(call_id=other)), mark("transferred")
    )
    if isinstance(answer, Reply):
        return answer
    await note_on(ctx, live, "transferred", name)
    return Reply(say("{name} is talking to the caller now.", name=name), tone="done")


async def add_somebody(ctx: Ctx, live: OngoingCall, who: Party) -> Answer:
    """Call somebody into a call."""
    if who.number == live.view.number:
        raise UserError(say("They are on this call already. Choose somebody else."))
    action = AddParticipant(id=live.persons_leg, participant=ToNumber(number=who.number))
    answer = await attempt(ctx, live, action, mark("added to it"))
    if isinstance(answer, Reply):
        return answer
    await note_on(ctx, live, "added", named(who))
    return Reply(sentence("Calling {shown}. They join the call when they answer.", shown=who.shown()), tone="done")


async def park_call(ctx: Ctx, live: OngoingCall) -> Answer:
    """Put a caller aside, so that whoever had the call is free and anybody of the line can take it."""
    answer = await attempt(ctx, live, TransferCall(id=live.view.live_leg, transfer_state="parked"), mark("parked"))
    if isinstance(answer, Reply):
        return answer
    await note_on(ctx, live, "parked")
    take = Button("Take it back", "live.take", {"call": live.id})
    return Reply(say("Parked. The caller waits until somebody takes the call back."), (take,), tone="done")


async def take_back(ctx: Ctx, live: OngoingCall) -> Answer:
    """Take a parked call, on the phone of whoever asks."""
    if not live.is_parked:
        talking = [one.name for one in live.view.on_it if one.talks and one.name]
        by = say(": it is {by}", by=_who(live.view)) if talking else ""
        return Reply(say("This call is not parked any more{by}.", by=by))
    answer = await attempt(ctx, live, Unpark(id=live.view.live_leg, user_id=live.me), mark("taken back"))
    if isinstance(answer, Reply):
        return answer
    await note_on(ctx, live, "taken back")
    return Reply(say("The caller is on your phone now."), tone="done")


async def record_call(ctx: Ctx, live: OngoingCall, *, on: bool) -> Answer:
    """Start or stop recording; Dialpad tells both sides."""
    user = ME if live.talker == live.me else live.talker
    answer = await attempt(
        ctx, live, SetCallRecording(id=user, is_recording=on), mark("recorded") if on else mark("changed")
    )
    if isinstance(answer, Reply):
        return answer
    await note_on(ctx, live, "recording" if on else "not recording")
    state = "off" if on else "on"
    back = Button("Stop recording" if on else "Record", "live.record", {"call": live.id, "state": state})
    said = (
        say("This call is being recorded. Dialpad says so to both sides.") if on else say("The recording has stopped.")
    )
    return Reply(said, (back,), tone="done")


def ask_to_hang_up(live: OngoingCall, names: dict[str, str]) -> Confirm:
    """Ask before a call ends for everybody on it."""
    talking = [(one.name,) for one in live.view.on_it if one.talks and one.name]
    on_it: tuple[Fact, ...] = (Fact(say("On it"), listed(talking)),) if talking else ()
    started: tuple[Part, ...] = (When(live.view.started, "date"),) if live.view.started else ()
    return Confirm(
        route="live.end",
        args={"call": live.id},
        title=say("End this call?"),
        facts=(
            Fact(say("Call with"), prose(*other_side(live.view, names))),
            *on_it,
            *((Fact(say("Since"), started),) if started else ()),
        ),
        yes=say("Hang up"),
        note=say("It ends for everybody on it."),
        danger=True,
    )


async def hang_up(ctx: Ctx, live: OngoingCall) -> Answer:
    """End a call for everybody on it."""
    answer = await attempt(ctx, live, HangUp(id=live.view.live_leg), HUNG_UP)
    await forget_call(ctx, live.id)
    if isinstance(answer, Reply):
        return answer
    await note_on(ctx, live, "hung up")
    return Reply(say("You hung up.") if live.mine else say("The call has ended."), tone="done")
