"""Handles ``oncall``: shows who is on duty for a call center, since when, and why others are not; asks for cover."""

import asyncio
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated, Final

from bot.activity.cover import Cover, view_cover
from bot.activity.roster import Roster
from bot.arguments.group import Group, GroupChoice
from bot.arguments.moment import Moment, MomentWords
from bot.basics.errors import Conflict, DialpadError, FieldError, Unavailable, UserError
from bot.basics.language import say
from bot.basics.person import PersonKey
from bot.basics.times import UNTIL
from bot.cards.channel_line import line_of_channel
from bot.cards.cover import lines_of, meant_for_others
from bot.cards.live_call import CardId
from bot.cards.roster import has_do_not_disturb, read_roster, roster_card
from bot.cards.timed_changes import for_a_while, waiting_key
from bot.contract.argument import Carried, Choice, Option, Text
from bot.contract.board import Notifications, PostedCard
from bot.contract.context import Ctx
from bot.contract.prose import sentence
from bot.contract.reading import fill_in
from bot.contract.reply import Answer, Bold, Button, Listing, Mention, Nothing, Raw, Reply, Row, When
from bot.contract.routing import Router
from bot.dialpad.action import ME, Entity, Risk
from bot.dialpad.actions.callcenters import (
    CallCenterStatus,
    GetCallCenterStatus,
    GetDutyStatus,
    ListCallCenterOperators,
    SetDutyStatus,
)
from bot.dialpad.actions.people import User
from bot.dialpad.actions.users import GetUser, ToggleDnd

router = Router()

REMIND_AFTER: Final = timedelta(minutes=15)
"""How long after asking for cover a person is told that nobody has taken over."""
RING: Final = "ring"
SILENT: Final = "silent"
"""How somebody with do not disturb on takes over: they turn it off, or leave it on."""
LONGEST_REASON: Final = 75
"""Most characters of a reason at Dialpad; see ``handlers/duty.py``."""


@router.command(
    "oncall",
    usage="[call center] | cover me until 18:00",
    summary="See who is on duty, or ask for cover",
    aliases=("on-call",),
    phrases={
        **dict.fromkeys(
            (
                "who is on duty",
                "who's on duty",
                "whos on duty",
                "who is on call",
                "who's on call",
                "whos on call",
                "who is oncall",
                "who can cover",
                "free agents",
                "available agents",
                "who's oncall",
                "on call",
                "who is off duty",
                "who's off duty",
                "who is on in",
                "who's on in",
                "whos on in",
                "who is on at",
                "who's on at",
                "who is working",
                "who's working",
                "who is on",
                "who's on",
                "whos on",
                "who is on shift",
                "who's on shift",
                "whos on shift",
                "who works",
                "who works today",
                "who is here",
                "who's here",
                "whos here",
                "who on duty",
                "who off duty",
                "who free",
                *(f"{who} {where}" for who in ("who is", "who's", "whos") for where in ("around", "free", "available")),
                *(
                    f"{who} {where}"
                    for one in ("anyone", "anybody", "someone", "somebody")
                    for who in (one, f"is {one}")
                    for where in ("around", "free", "available", "there", "in", "on duty")
                ),
                "list agents",
                "list the agents of",
                "list operators",
                "who are the agents of",
                "who are the agents in",
                "agents of",
                "agents in",
                "who can take a call",
                "who can take calls",
                "who can take this call",
            ),
            "",
        ),
        "cover me": "cover me",
        "cover for me": "cover me",
        "ask for cover": "cover me",
        **{
            f"{who} {cover} me": "cover me"
            for who in (
                "i need someone to",
                "i need somebody to",
                "can someone",
                "can somebody",
                "can anyone",
                "can anybody",
                "who can",
                "someone",
                "somebody",
            )
            for cover in ("cover", "cover for")
        },
        "i need cover": "cover me",
    },
    patterns=(
        (re.compile(r"(?:is|are) .+ (?:on|off) duty", re.IGNORECASE), ""),
        (re.compile(r"(?:how long|since when) (?:is|has|have|was|are) .+ (?:on|off) duty", re.IGNORECASE), ""),
        (
            re.compile(
                r"is [\w'-]+(?: [\w'-]+)? (?:available|free|busy|there|working|here|in|around|on shift)", re.IGNORECASE
            ),
            "",
        ),
    ),
    examples=("oncall", "oncall Support", "oncall cover me until 18:00"),
    title="Who is on duty?",
    submit="Look",
    action=ListCallCenterOperators,
    risk=Risk.CHANGE,  # because of asking for cover; showing changes nothing
    short=True,
)
async def oncall(
    ctx: Ctx,
    group: Annotated[
        Group | None,
        GroupChoice(
            "Call center",
            keywords=("in", "on", "for", "at"),
            bare=True,
            kinds=("callcenter",),
            placeholder="Your own",
            hint="Leave it empty for your own call center.",
        ),
    ] = None,
    cover_me: Annotated[
        str | None, Choice("Cover", keywords=("cover",), shown=False, options=(Option("Me", "me"),))
    ] = None,
    until: Annotated[str | None, MomentWords("Until", keywords=("for", *UNTIL), bare=True, shown=False)] = None,
) -> Answer:
    """Show who is on duty in a call center. With none named: in the only one the person is in, or a choice."""
    if cover_me:
        route = next(route for route in router.routes if route.id == "oncall.cover")
        typed = {"until": until or "", "group": group.raw if group else ""}
        return await fill_in(ctx, route, {name: text for name, text in typed.items() if text})
    if group:
        return await _present(ctx, group)
    if (here := await line_of_channel(ctx, ("callcenter",))) is not None:
        return await _present(ctx, here)
    choices = await _choices(ctx)
    if len(choices) == 1:
        return await _present(ctx, choices[0])
    if not choices:
        return Reply(say("Your company has no call center that you can see."))
    return Listing(
        say("Which call center?"),
        tuple(Row(choice.name, button=Button("Show", "oncall.oncall", {"group": choice.raw})) for choice in choices),
    )


async def _choices(ctx: Ctx) -> list[Group]:
    """List the person's own call centers, else some of the company's; the last known ones while Dialpad is down."""
    try:
        mine = await _call_centers_of(ctx, await ctx.send(GetUser()))
        if not mine:
            found = await ctx.deps.directory.search(ctx.account, Entity.CALL_CENTER, "", 10)
            return [Group("callcenter", entry.id, entry.name) for entry in found]
    except Unavailable:
        if not (known := await _known(ctx)):
            raise
        return [Group("callcenter", roster.call_center, roster.name) for roster in known]
    return mine


async def _call_centers_of(ctx: Ctx, me: User) -> list[Group]:
    ids = [place.group_id for place in me.group_details if place.group_type == "callcenter" and place.group_id]
    names = await asyncio.gather(*(ctx.deps.directory.name_of(ctx.account, Entity.CALL_CENTER, i) for i in ids))
    return [Group("callcenter", i, name or say("Call center")) for i, name in zip(ids, names, strict=True)]


async def _known(ctx: Ctx) -> list[Roster]:
    """Return the last known rosters of the person's company."""
    return list(await ctx.deps.notifications.rosters(await ctx.account.company())) if ctx.deps.notifications else []


async def _present(ctx: Ctx, group: Group) -> Listing:
    here: dict[str, Raw] = {"group": group.raw}
    buttons = (
        Button("Refresh", "oncall.oncall", here),
        Button("My duty", "duty.duty"),
        Button("Ask for cover", "oncall.cover", here, form=True),
        Button("Follow here", "notify.save", {"kinds": ["handover"], "places": [group.raw]}, form=True),
    )
    try:
        roster, status = await asyncio.gather(_ask(ctx, group), _status(ctx, group))
    except Unavailable:
        last = next((one for one in await _known(ctx) if one.call_center == group.id), None)
        if last is None:
            raise
        return roster_card(last, None, buttons=buttons[:1], stale=True)
    return roster_card(roster, status, buttons=buttons, stale=False)


async def _ask(ctx: Ctx, group: Group) -> Roster:
    operators = await ctx.send(ListCallCenterOperators(id=group.id))
    roster = read_roster(group.id, group.name, operators.users, ctx.now)
    if ctx.deps.notifications is not None:
        await ctx.deps.notifications.note_roster(await ctx.account.company(), roster)
    return roster


async def _status(ctx: Ctx, group: Group) -> CallCenterStatus | None:
    """Fetch the call center's queue; None when that fails, because the roster is useful without it."""
    try:
        return await ctx.send(GetCallCenterStatus(id=group.id))
    except DialpadError:
        return None


# Cover


@router.button(title="Ask for cover", submit="Ask", risk=Risk.CHANGE)
async def cover(
    ctx: Ctx,
    until: Annotated[
        datetime, Moment("Until", placeholder="2 hours, 18:00, end of day …", hint="You go back on duty then.")
    ],
    group: Annotated[
        Group | None,
        GroupChoice(
            "Call center",
            kinds=("callcenter",),
            placeholder="All of yours",
            hint="Anyone who answers its calls can take over.",
        ),
    ] = None,
    note: Annotated[
        str | None, Text("Why", longest=200, placeholder="Dentist", hint="Your colleagues in this channel see it.")
    ] = None,
) -> Answer:
    """Ask for cover in this channel. The person stays on duty until somebody takes over."""
    notifications = ctx.notifications
    if ctx.where.is_direct or not ctx.where.channel:
        raise UserError(say("Ask for cover in the channel where your colleagues see it."))
    if not await notifications.may_post(ctx.person, ctx.where.channel):
        raise UserError(
            say("I am not in this channel, so nobody would see it. Invite me with /invite, then ask again.")
        )
    me = await ctx.send(GetUser())
    if not me.is_on_duty:
        raise UserError(say("You are off duty, so there is nothing to cover."))
    mine = await _call_centers_of(ctx, me)
    asked = [one for one in mine if group is None or one.id == group.id]
    if not asked:
        raise FieldError(
            "group", say("You do not answer calls for {group}.", group=group.name if group else say("a call center"))
        )
    lines = {one.raw: one.name for one in asked}
    card = await notifications.ask_cover(
        ctx.person, ctx.where.channel, Cover(ctx.person.user_id, me.name, until, lines, note or "")
    )
    look_at = min(until, ctx.now + REMIND_AFTER)
    await ctx.deps.later.at(
        look_at, f"cover:{card}", "oncall.still_open", {"card": card}, ctx.person, ctx.where.to_json()
    )
    back = Button("Take it back", "oncall.withdraw", {"card": card})
    silent = say(" Do not disturb is on, so no call rings at your phone until then.") if _is_silent(me, lines) else ""
    others = await meant_for_others(ctx, silent=False)
    return Reply(
        sentence(
            "Asked here. You stay on duty until somebody takes over.{silent}{others}", silent=silent, others=others
        ),
        (back,),
        tone="done",
    )


@router.button(title="Take over", risk=Risk.CHANGE)
async def take(ctx: Ctx, card: CardId, how: Annotated[str, Carried("How", longest=10)] = "") -> Answer:
    """Take over for a colleague. Exactly one person can: they go on duty with their own token, then the colleague off
    duty.

    With do not disturb on they are asked first: no call would ring at their phone. ``how`` is what they chose then, to
    let them ring or to stay silent."""
    notifications, found, asked = await _find(ctx, card)
    me = ctx.person.user_id
    if (refused := _not_free(ctx, found, asked)) is not None:
        return refused
    mine = await ctx.send(GetUser())
    if not {place.group_id for place in mine.group_details} & {line.partition(":")[2] for line in asked.lines}:
        raise UserError(
            say(
                "You do not answer calls for {lines}, so you cannot take over there.",
                lines=say(" or ").join(asked.lines.values()),
            )
        )
    silent = _is_silent(mine, asked.lines)
    if silent and not how:
        return _silent_cover(card, asked)
    after = await notifications.take(found, ctx.person)
    if after is None or after.claimed_by != me:
        return _too_late(after, asked)
    try:
        if silent and how == RING:
            await _let_ring(ctx, mine, asked)
            silent = False
        await _go_on_duty(ctx, mine, asked.until)
    except Exception:
        await notifications.give_back(after, ctx.person)
        raise
    await ctx.deps.later.cancel(f"cover:{card}")
    asker = PersonKey(ctx.person.team_id, asked.asker)
    stand_in = {"until": asked.until.isoformat(), "by": mine.name} | ({"silent": "yes"} if silent else {})
    await ctx.deps.later.at(ctx.now, f"covered:{card}", "oncall.stand_down", stand_in, asker, {})
    return Reply(
        sentence(
            "You are covering for {name} until {when}. I'll let them know.{silent}",
            name=Bold(asked.name),
            when=When(asked.until, "date"),
            silent=say(" Do not disturb is on, so no call rings at your phone until you turn it off.")
            if silent
            else "",
        ),
        (Button("Turn do not disturb off", "dnd.dnd", {"state": "off"}),) if silent else (),
        tone="warning" if silent else "done",
    )


def _not_free(ctx: Ctx, found: PostedCard, asked: Cover) -> Reply | None:
    """Say why a request for cover cannot be taken over by this person, None when it can."""
    me = ctx.person.user_id
    if asked.asker == me:
        return Reply(say("You asked for this yourself. Somebody else has to take over."))
    if found.claimed_by == me:
        return Reply(
            sentence(
                "You are already covering for {name} until {when}.",
                name=Bold(asked.name),
                when=When(asked.until, "date"),
            )
        )
    if found.claimed_by or found.handled_by:
        return _too_late(found, asked)
    if ctx.now >= asked.until:
        return Reply(sentence("This was only until {when}, which has passed.", when=When(asked.until, "date")))
    return None


def _is_silent(person: User, lines: Iterable[str]) -> bool:
    """Tell whether do not disturb keeps all calls of those of these lines that they answer from ringing."""
    mine = {place.group_id for place in person.group_details}
    ids = [one for line in lines if (one := line.partition(":")[2]) in mine]
    return has_do_not_disturb(person, *ids)


def _silent_cover(card: str, asked: Cover) -> Reply:
    return Reply(
        sentence(
            "Do not disturb is on, so no call for {lines} would ring at your phone. Nothing has changed yet.",
            lines=lines_of(asked),
        ),
        (
            Button("Turn it off and take over", "oncall.take", {"card": card, "how": RING}, style="primary"),
            Button("Take it anyway", "oncall.take", {"card": card, "how": SILENT}),
        ),
        tone="warning",
    )


async def _let_ring(ctx: Ctx, me: User, asked: Cover) -> None:
    """Turn do not disturb off, for all calls and for the lines that are covered."""
    if me.do_not_disturb:
        await ctx.send(ToggleDnd(do_not_disturb=False))
    lines = {line.partition(":")[2] for line in asked.lines}
    for place in me.group_details:
        if place.do_not_disturb and place.group_id in lines:
            await ctx.send(ToggleDnd(do_not_disturb=False, group_type="callcenter", group_id=place.group_id))


async def _go_on_duty(ctx: Ctx, me: User, until: datetime) -> None:
    """Put the person on duty until a time; one who already is stays on duty afterwards."""
    if me.is_on_duty:
        return
    async with for_a_while(ctx, until, waiting_key(ctx.person, "duty"), "duty.back", {"state": "off"}):
        await ctx.send(SetDutyStatus(id=ME, on_duty=True))


@router.later()
async def stand_down(
    ctx: Ctx,
    until: Annotated[str, Carried("Until", longest=40)],
    by: Annotated[str, Carried("Who", longest=100)],
    silent: Annotated[str, Carried("Silent", longest=3)] = "",
) -> Answer:
    """Put the person who asked off duty once somebody has taken over, and on again at the end.

    Runs as the person who asked, who agreed to it by asking.
    """
    end = datetime.fromisoformat(until)
    reason = say("Covered by {name}", name=by)
    try:
        if ctx.now >= end or not (await ctx.send(GetDutyStatus(id=ME))).on_duty:
            return Nothing()
        async with for_a_while(ctx, end, waiting_key(ctx.person, "duty"), "duty.back", {"state": "on"}):
            await ctx.send(SetDutyStatus(id=ME, on_duty=False, duty_status_reason=reason[:LONGEST_REASON]))
    except Conflict:
        return Nothing()  # they answer no call center's calls any more, so there is no duty to end
    return Reply(
        sentence(
            "{name} is covering for you. You are off duty until {when}, then on duty again.{silent}",
            name=Bold(by),
            when=When(end, "date"),
            silent=say(" {name} has do not disturb on, so no call rings at their phone.", name=by) if silent else "",
        ),
        (Button("Go on duty now", "duty.duty", {"state": "on"}),),
        tone="done",
    )


@router.later(risk=Risk.READ)
async def still_open(ctx: Ctx, card: CardId) -> Answer:
    """Tell the person who asked for cover that nobody has taken over yet."""
    found = await ctx.notifications.card(ctx.person, card)
    if found is None or found.claimed_by or found.handled_by:
        return Nothing()
    back = Button("Take it back", "oncall.withdraw", {"card": card})
    return Reply(say("Nobody has taken over for you yet, so you are still on duty."), (back,), tone="warning")


@router.button(title="Take it back", risk=Risk.CHANGE)
async def withdraw(ctx: Ctx, card: CardId) -> Answer:
    """Withdraw a request for cover: only the person who asked can, while nobody has taken over."""
    notifications, found, asked = await _find(ctx, card)
    if asked.asker != ctx.person.user_id:
        return Reply(say("Only {name} can take this back.", name=asked.name))
    if found.handled_by:
        return Reply(say("You have already taken it back."))
    after = found if found.claimed_by else await notifications.withdraw(found, ctx.person)
    if after is None or after.claimed_by:
        covering = Mention((after.claimed_by if after else None) or "")
        again = Button("Go on duty", "duty.duty", {"state": "on"})
        return Reply(
            sentence(
                "{covering} is already covering for you. Let them know, and go on duty yourself.", covering=covering
            ),
            (again,),
        )
    await ctx.deps.later.cancel(f"cover:{card}")
    return Reply(say("Taken back. You stay on duty."), tone="done")


async def _find(ctx: Ctx, card: str) -> tuple[Notifications, PostedCard, Cover]:
    notifications = ctx.notifications
    found = await notifications.card(ctx.person, card)
    if found is None or found.kind != "cover":
        raise UserError(
            say("I no longer have this request. Anyone who needs cover can ask again with: oncall cover me")
        )
    return notifications, found, view_cover(found.state)


def _too_late(card: PostedCard | None, asked: Cover) -> Reply:
    if card is None or card.claimed_by is None:
        return Reply(say("{name} no longer needs cover.", name=asked.name))
    return Reply(
        sentence(
            "Somebody was faster: {who} is covering for {name}.", who=Mention(card.claimed_by), name=Bold(asked.name)
        )
    )
