"""Handles ``calls``: lists calls, newest first, and shows the details of one."""

import re
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Annotated, Final

from bot.activity.calls import CallView, Outcome
from bot.activity.past_calls import PastCall, past_call, past_calls
from bot.arguments.caller import CallerChoice
from bot.arguments.group import Group, GroupChoice
from bot.arguments.party import Party
from bot.arguments.period import Period, Since
from bot.arguments.phonebook import parties_of
from bot.basics.errors import DialpadError, NotAllowed, NotFound
from bot.basics.language import mark, say
from bot.cards.channel_line import line_of_channel
from bot.cards.past_call import call_card, call_row
from bot.cards.placed_calls import placed_calls
from bot.cards.recap import show_recap
from bot.cards.rights import rights_of
from bot.cards.transcript import show_transcript
from bot.contract.argument import Carried, Choice, Option
from bot.contract.board import CallSearch, HeardCalls
from bot.contract.context import Ctx, Origin
from bot.contract.prose import listed, prose, sentence
from bot.contract.reply import Answer, Button, Card, Listing, Prose, Raw, Reply, When
from bot.contract.routing import Router
from bot.dialpad.action import Page
from bot.dialpad.actions.call import Call, GetCall, ListCalls
from bot.dialpad.actions.users import ListUsers
from bot.dialpad.call_windows import windows

router = Router()

ROWS: Final = 8
MOST_PAGES: Final = 6
"""Most pages read for one answer, 50 legs each: enough for a day of a busy line."""
USUAL: Final = timedelta(days=7)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ONLY: Final[dict[str, frozenset[Outcome]]] = {"missed": frozenset({"missed", "abandoned", "not answered"})}
"""Words that stand for more than one outcome."""
_TITLES: Final = {
    "": mark("Calls"), "missed": mark("Missed calls"), "answered": mark("Answered calls"),
    "voicemail": mark("Voicemail calls"),
}  # fmt: skip

_ABOUT: Final = tuple(
    (re.compile(said, re.IGNORECASE), "with {who} {rest}")
    for said in (
        (
            r"(?:did|has) (?P<who>(?!(?:i|we|you|anybody|anyone|somebody|someone)\b).+?) "
            r"(?:call|called|ring|rang|phone|phoned)(?: (?:me|us|in|back|again))*(?: (?P<rest>.+))?"
        ),
        (
            r"who (?:picked up|answered|took|talked to|spoke to|spoke with) (?P<who>.+?)(?:'s)?(?: calls?)?"
            r"(?P<rest> (?:today|yesterday|this morning))?"
        ),
        r"when did (?P<who>(?!(?:i|we|you)\b).+?)(?: last)? (?:call|ring|phone)(?: (?:me|us|in))?(?P<rest>)",
    )
)


@router.command(
    "calls",
    usage="[with <number or person>] [in <group>] [today | yesterday | last 7 days | since monday] [missed]",
    summary="Look up calls",
    phrases={
        **dict.fromkeys(
            (
                "my calls",
                "show calls",
                "show me calls",
                "list calls",
                "recent calls",
                "call log",
                "call history",
                "calls from today",
                "list of my calls",
                "list of calls",
                "the list of my calls",
                "calls of",
                "show calls of",
                "show my calls",
                "show calls from",
                "todays calls",
                "today's calls",
                "yesterdays calls",
                *(
                    f"{did} {one} {call}"
                    for one in ("anyone", "anybody", "someone", "somebody")
                    for did, call in (("did", "call"), ("did", "call me"), ("has", "called"), ("has", "called me"))
                ),
            ),
            "",
        ),
        **dict.fromkeys(
            (
                "missed",
                "missed calls",
                "missed calls of",
                "missed calls for",
                "show missed calls",
                "my missed calls",
                "show me missed calls",
                "who called and i missed",
                "what did i miss",
                "did i miss anything",
                "did i miss a call",
                "any missed calls",
                "calls missed",
                "calls i missed",
                "calls i have missed",
                "which calls i have missed",
                "which calls have i missed",
                "which calls did i miss",
                "what calls did i miss",
                "lost calls",
                "my lost calls",
                "show my lost calls",
                "what calls i lost",
                "which calls i lost",
                "unanswered calls",
                "abandoned calls",
            ),
            "missed",
        ),
        **dict.fromkeys(
            (
                "voicemail",
                "voicemails",
                "my voicemail",
                "my voicemails",
                "show voicemails",
                "list voicemails",
                "any voicemail",
                "any voicemails",
                "new voicemail",
                "new voicemails",
                "any new voicemails",
                "voice mail",
                "voice mails",
                "my voice mail",
                "my voice mails",
                "any vm",
                "any vms",
                "any voice mail",
                "any voice mails",
                "play voicemail",
                "play my voicemail",
                "listen to voicemail",
                "listen to my voicemail",
                "listen voicemail",
                "check voicemail",
                "check my voicemail",
                "vm",
                "vms",
                "do i have voicemail",
                "do i have any voicemails",
            ),
            "voicemail",
        ),
        **dict.fromkeys(
            (
                "who called",
                "who called me",
                "who just called",
                "who just called me",
                "who was that",
                "last calls",
                "who has called",
                "who has called me",
                "who rang",
                "who rang me",
                "who just rang",
                "who did call",
                "who did call me",
                "who phoned",
                "who phoned me",
            ),
            "",
        ),
        **{f"{calls} last {few}": "" for calls in ("calls", "show") for few in ("5", "10", "20")},
        **{f"{my}last {few} calls": "" for my in ("", "my ", "show ", "the ") for few in ("3", "5", "10", "20")},
    },
    patterns=_ABOUT,
    examples=("calls today missed", "calls with +1 415 555 0150", "calls in Support yesterday"),
    title="Look up calls",
    submit="Look up",
    action=ListCalls,
    short=True,
)
async def calls(
    ctx: Ctx,
    since: Annotated[
        Period | None,
        Since(
            "When",
            keywords=("since", "from", "on", "of", "in", "during"),
            bare=True,
            placeholder="Last 7 days",
            hint="Today, yesterday, monday …",
        ),
    ] = None,
    only: Annotated[
        str | None,
        Choice(
            "Only",
            options=(Option("Missed", "missed"), Option("Answered", "answered"), Option("Voicemail", "voicemail")),
            aliases=(("miss", "missed"), ("voicemails", "voicemail"), ("unanswered", "missed")),
        ),
    ] = None,
    group: Annotated[
        Group | None,
        GroupChoice("Line", keywords=("in", "on"), bare=True, placeholder="Call center, department or office"),
    ] = None,
    who: Annotated[
        Party | None,
        CallerChoice("With", keywords=("with", "from", "to", "of", "by"), bare=True, placeholder="Number or name"),
    ] = None,
    before: Annotated[str, Carried("Before", longest=20)] = "",
) -> Answer:
    """List calls. Dialpad shows its list to company admins only; others see what was heard of their own lines' calls,
    and where nothing is listened to, what they called from Slack."""
    note: Prose = ""
    detail = "calls.detail"
    here = await _here(ctx) if group is None and who is None else None
    group = group or here
    try:
        found, oldest = await _find(ctx, since, only, group, who, _bound(before))
    except NotAllowed:
        heard = await _heard(ctx, since, only, group, who, _bound(before))
        if heard.since is None:
            return await _not_shown(ctx)
        found, detail = list(heard.calls), "calls.heard"
        oldest = _ms(_began(found[-1])) if heard.more and found else None
        note = _covered(heard.since)
    names = await _names(ctx, found)
    args: dict[str, Raw] = {}
    if since:
        args["since"] = since.raw
    if only:
        args["only"] = only
    if group:
        args["group"] = group.raw
    if who:
        args["who"] = who.number
    buttons = (
        *((Button("Older", "calls.calls", args | {"before": str(oldest)}),) if oldest else ()),
        *(
            (Button(say("Not only {line}", line=here.name)[:75], "calls.calls", _without(args, "group")),)
            if here
            else ()
        ),
        Button("Search…", "calls.calls", args, form=True),
    )
    return Listing(
        prose(
            say(_TITLES.get(only or "", "Calls")),
            sentence(" with {shown}", shown=who.shown()) if who else "",
            say(" in {group}", group=group.name) if group else "",
            f" {since.words}" if since else say(" in the last 7 days"),
        ),
        tuple(call_row(view, names, detail=detail) for view in found),
        empty=say("No calls found.") if not before else say("No older calls."),
        buttons=buttons,
        note=prose(note, " " if note and ctx.what_is_missing else "", ctx.what_is_missing),
    )


async def _here(ctx: Ctx) -> Group | None:
    """Return the line that this channel is about, for a line that was typed here by somebody who belongs to it."""
    here = await line_of_channel(ctx) if ctx.origin is Origin.TYPED else None
    return here if here is not None and (await rights_of(ctx)).cover({here.raw}) else None


def _without(args: dict[str, Raw], name: str) -> dict[str, Raw]:
    return {key: value for key, value in args.items() if key != name}


@router.button(title="Call")
async def detail(ctx: Ctx, call: Annotated[str, Carried("Call", longest=40)]) -> Answer:
    """Show one call."""
    try:
        conversation = past_call(await ctx.send(GetCall(id=call)))
    except NotFound:
        return Reply(say("Dialpad no longer has this call."))
    return await _card(ctx, conversation)


@router.button(title="Call")
async def heard(ctx: Ctx, call: Annotated[str, Carried("Call", longest=40)]) -> Answer:
    """Show one call as it was heard, to somebody of the lines and people it concerned."""
    board = ctx.deps.notifications
    view = None if board is None else await board.heard_call(ctx.person, call)
    if view is None or not (await rights_of(ctx)).cover(view.places):
        return Reply(say("This call is not among those of your lines any more."))
    return await _card(ctx, PastCall(view))


async def _card(ctx: Ctx, conversation: PastCall) -> Card:
    number = conversation.view.number
    parties = await parties_of(ctx, [number] if number else [])
    ours = any(party.is_ours for party in parties)
    return call_card(conversation, {party.number: party.name for party in parties}, can_block=not ours)


@router.button(title="Transcript")
async def transcript(ctx: Ctx, call: Annotated[str, Carried("Call", longest=40)]) -> Answer:
    """Show a call's transcript to the person who asked."""
    return await show_transcript(ctx, call)


@router.button(title="AI recap")
async def recap(ctx: Ctx, call: Annotated[str, Carried("Call", longest=80)]) -> Answer:
    """Show what Dialpad Ai wrote about a call to the person who asked. ``call``: ids of its legs, the likeliest
    first."""
    return await show_recap(ctx, call.split(), Button("Try again", "calls.recap", {"call": call}))


async def _find(
    ctx: Ctx, since: Period | None, only: str | None, group: Group | None, who: Party | None, before: int | None
) -> tuple[list[CallView], int | None]:
    """Find the newest calls that fit, and the time to continue from (ms); None when there are no older ones."""
    after = since.after if since else ctx.now - USUAL
    end = before or (_ms(since.before) if since and since.before else None)
    target = (group.kind, group.id) if group else ("user", who.id) if who and who.kind == "colleague" else None
    search = ListCalls(target_type=target[0] if target else None, target_id=target[1] if target else None)
    legs: list[Call] = []
    pages = count(1)
    more = False
    async for page, goes_on in _pages(ctx, search, _ms(after), end):
        legs, more = legs + list(page.items), goes_on
        if len(_fitting(legs, only, who)) > ROWS or next(pages) >= MOST_PAGES:
            break
    found = _fitting(legs, only, who)
    shown = found[:ROWS]
    if len(found) > ROWS:
        began = shown[-1].started
        return shown, _ms(began) if began else None
    starts = [leg.date_started for leg in legs if leg.date_started]
    return shown, min(starts) if more and starts else None


async def _pages(ctx: Ctx, search: ListCalls, after: int, end: int | None) -> AsyncIterator[tuple[Page[Call], bool]]:
    """Yield pages from the newest call on, each with whether there may be more."""
    for first, last in windows(after, _ms(ctx.now) + 1 if end is None else end):
        async for page in ctx.pages(search.model_copy(update={"started_after": first, "started_before": last})):
            yield page, bool(page.cursor) or first > after


def _fitting(legs: Sequence[Call], only: str | None, who: Party | None) -> list[CallView]:
    views = [call.view for call in past_calls(legs)]
    if who and who.kind != "colleague":
        views = [view for view in views if who.number in (view.number, view.dialled)]
    return [view for view in views if only is None or view.outcome in _ONLY.get(only, {only})]


async def _heard(
    ctx: Ctx, since: Period | None, only: str | None, group: Group | None, who: Party | None, before: int | None
) -> HeardCalls:
    """Find the newest calls that were heard of the lines and people this person belongs to."""
    board = ctx.deps.notifications
    if board is None:
        return HeardCalls()
    rights = await rights_of(ctx)
    colleague = f"user:{who.id}" if who and who.kind == "colleague" else ""

    def fits(view: CallView) -> bool:
        theirs = rights.cover(view.places) and (group is None or group.raw in view.places)
        with_them = who is None or colleague in view.places or who.number in (view.number, view.dialled)
        return theirs and with_them and (only is None or view.outcome in _ONLY.get(only, {only}))

    end = _EPOCH + timedelta(milliseconds=before) if before else since.before if since else None
    customer = who.number if who and not who.is_ours else ""
    after = since.after if since else ctx.now - USUAL
    return await board.heard_calls(ctx.person, CallSearch(fits, after, ROWS, end, customer))


def _covered(since: datetime) -> Prose:
    return sentence(
        "Calls of your lines as they were heard here, since {when}. Dialpad shows its own list to company admins only.",
        when=When(since, "date"),
    )


def _began(view: CallView) -> datetime:
    return view.started or view.at


async def _names(ctx: Ctx, found: Sequence[CallView]) -> dict[str, str]:
    """Return what the directory calls those whom the calls were with, by number."""
    parties = await parties_of(ctx, [view.number for view in found if view.number])
    return {party.number: party.name for party in parties}


async def _not_shown(ctx: Ctx) -> Answer:
    """Say which admins can see call lists, by name where Dialpad shows them, and list the calls this person may see."""
    reason = sentence(
        "Only company admins can see call lists in Dialpad. {who_can_help}", who_can_help=await _who_can_help(ctx)
    )
    found = await placed_calls(ctx)
    if not found:
        return Reply(sentence("{reason} Your own calls are in the Dialpad app.", reason=reason), tone="warning")
    names = await _names(ctx, found)
    return Listing(say("Calls you made from Slack"), tuple(call_row(view, names) for view in found), note=reason)


async def _who_can_help(ctx: Ctx) -> Prose:
    try:
        page = await ctx.send(ListUsers(company_admin=True))
    except DialpadError:
        return say("Ask one of them.")
    names = [user.name for user in page.items[:3]]
    return sentence("Ask {names}.", names=listed(names, " or ")) if names else say("Ask one of them.")


def _bound(before: str) -> int | None:
    return int(before) if before.isascii() and before.isdigit() else None


def _ms(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)
