"""A number's card: what Dialpad knows about it, how sure that is, and what can be done."""

import asyncio
from typing import Final

from bot.activity.calls import CallView
from bot.activity.past_calls import past_calls
from bot.arguments.party import Party
from bot.basics.errors import DialpadError, NotAllowed
from bot.basics.language import mark, say
from bot.cards.live_call import CUT_SHORT
from bot.cards.number_flags import is_blocked, opted_out_among
from bot.cards.past_call import call_row
from bot.cards.rights import rights_of
from bot.catalogue.answers import route_of
from bot.contract.board import CallSearch, HeardCalls
from bot.contract.context import Ctx
from bot.contract.prose import prose, sentence
from bot.contract.reply import Button, Card, Fact, Phone, Prose, When
from bot.dialpad.actions.call import Call, ListCalls
from bot.dialpad.actions.contacts import CreateContact
from bot.dialpad.call_windows import LONGEST_WINDOW

LAST_CALLS: Final = 3


async def caller_card(ctx: Ctx, party: Party) -> Card:
    """Return the card with everything about one number; what Dialpad does not say just now is left out, or said so."""
    blocked, opted_out, calls = await asyncio.gather(
        _blocked(ctx, party), _opted_out(ctx, party), _last_calls(ctx, party)
    )
    cut_short = party.kind == "unknown" and await ctx.deps.directory.is_cut_short(ctx.account)
    facts = [
        Fact(say("Number"), (Phone(party.number),)) if party.name else None,
        Fact(say("Who"), _who(party, cut_short=cut_short)),
        Fact(say("Blocked"), say("Yes, for the whole company") if blocked else say("No"))
        if blocked is not None
        else None,
        Fact(say("Texts"), say("Opted out (STOP)")) if opted_out else None,
        Fact(say("Last calls"), calls),
    ]
    return Card(
        prose(party.shown()) if not party.name else party.name,
        facts=tuple(fact for fact in facts if fact),
        buttons=_buttons(party, blocked=bool(blocked), textable=not opted_out),
    )


def _who(party: Party, *, cut_short: bool) -> Prose:
    company = say(" at {company}", company=party.detail) if party.detail else ""
    unknown = CUT_SHORT if cut_short else mark("Nobody in your contacts or your company has this number")
    known = {
        "contact": say("Contact{company}", company=company),
        "colleague": say("Colleague"),
        "line": say("Your company's own line ({line})", line=party.detail),
        "unknown": say(unknown),
    }[party.kind]
    return (
        say("{known}. Dialpad has this number under other names too, so it may be somebody else.", known=known)
        if party.is_shared
        else known
    )


async def _blocked(ctx: Ctx, party: Party) -> bool | None:
    try:
        return await is_blocked(ctx, party.number)
    except DialpadError:
        return None


async def _opted_out(ctx: Ctx, party: Party) -> bool:
    try:
        return bool(await opted_out_among(ctx, [party.number]))
    except DialpadError:
        return False


async def _last_calls(ctx: Ctx, party: Party) -> Prose:
    none: Prose = say("None found")
    try:
        found = await _listed_calls(ctx, party)
    except NotAllowed:
        heard = await _heard_calls(ctx, party)
        if heard.since is None:
            return say("Only company admins can see them")
        found, none = (
            list(heard.calls),
            sentence("None heard on your lines since {when}", when=When(heard.since, "date")),
        )
    except DialpadError:
        return say("Dialpad did not say")
    rows = [call_row(view, {party.number: party.name}) for view in found[:LAST_CALLS]]
    lines = [prose(row.note, ": ", row.text) for row in rows]
    return prose(*(prose("\n" if index else "", line) for index, line in enumerate(lines))) if lines else none


async def _listed_calls(ctx: Ctx, party: Party) -> list[CallView]:
    """Return the newest calls in Dialpad's list. Raises NotAllowed."""
    after = int((ctx.now - LONGEST_WINDOW).timestamp() * 1000)
    legs: list[Call] = []
    found: list[CallView] = []
    pages = 0
    async for page in ctx.pages(ListCalls(started_after=after)):
        legs += page.items
        found = [call.view for call in past_calls(legs) if call.view.number == party.number]
        pages += 1
        if len(found) >= LAST_CALLS or pages >= LAST_CALLS:
            break
    return found


async def _heard_calls(ctx: Ctx, party: Party) -> HeardCalls:
    """Return the newest calls that were heard of the lines this person belongs to."""
    board = ctx.deps.notifications
    if board is None:
        return HeardCalls()
    rights = await rights_of(ctx)
    since = ctx.now - LONGEST_WINDOW
    search = CallSearch(lambda view: rights.cover(view.places), since, LAST_CALLS, number=party.number)
    return await board.heard_calls(ctx.person, search)


def _buttons(party: Party, *, blocked: bool, textable: bool) -> tuple[Button, ...]:
    buttons = [Button("Call", "call.call", {"to": party.number})]
    if textable:
        buttons.append(Button("Text", "sms.sms", {"to": [party.number]}, form=True))
    buttons.append(Button("Calls", "calls.calls", {"who": party.number}))
    if party.kind == "unknown":
        buttons.append(Button("Save contact", route_of(CreateContact), {"phones": [party.number]}, form=True))
    if blocked:
        buttons.append(Button("Unblock", "unblock.unblock", {"numbers": [party.number]}))
    elif not party.is_ours:
        buttons.append(Button("Block", "block.block", {"numbers": [party.number]}))
    return tuple(buttons)
