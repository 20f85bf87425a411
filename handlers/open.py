"""Handles ``open``: lists what waits for somebody, the longest-waiting first, with buttons to take it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Final

from bot.activity.items import Item
from bot.arguments.group import Group, GroupChoice
from bot.basics.errors import UserError
from bot.basics.language import say
from bot.cards.rights import Rights, rights_of
from bot.cards.work_list import WorkSection, look_up_names, sections_of, work_row
from bot.contract.argument import Carried, Choice, Option
from bot.contract.board import Notifications, OpenWork
from bot.contract.context import Ctx
from bot.contract.reply import Answer, Bold, Button, Listing, Raw, Reply, Row
from bot.contract.routing import Router

router = Router()

ROWS: Final = 10
"""Items that are shown at once: with their buttons they fill a screen."""


@dataclass(frozen=True)
class _Scope:
    """Which open work was asked for. ``args``: how a button asks for it again."""

    title: str
    holds: Callable[[Item], bool]
    args: dict[str, Raw]


_HOW_MANY: Final = re.compile(
    r"how (?:many|much)(?: (?:calls?|callers?|people|persons|customers?))?(?: (?:are|is|do|does|we have))?(?: there)?"
    r" (?:waiting|waits?|in (?:the )?queue|queued|open|pending)(?: now)?(?P<rest> (?:in|on|for) .+)?",
    re.IGNORECASE,
)


@router.command(
    "open",
    usage="[mine | here | all | <call center or department>]",
    summary="See what waits for somebody",
    aliases=("work",),
    phrases={
        **dict.fromkeys(
            (
                "what is open",
                "what's open",
                "whats open",
                "what is waiting",
                "what's waiting",
                "open work",
                "open calls",
                "anything open",
                "is anybody waiting",
                "is anyone waiting",
                "are there calls waiting",
                "are there any calls waiting",
                "calls in queue",
                "calls in the queue",
                "queue",
                "the queue",
                "how long is the wait",
                "who is waiting",
                "who's waiting",
                "whos waiting",
                "whats waiting",
                "waiting",
                "anything waiting",
                "to do",
                "todo",
                "pending",
                "what is pending",
                "what's pending",
                "whats pending",
                "pending calls",
                "open items",
                "show open calls",
                "show open work",
                "what is still open",
                "what's still open",
                "whats still open",
            ),
            "",
        ),
        **dict.fromkeys(
            (
                "my work",
                "my open work",
                "my open calls",
                "what have i claimed",
                "anything for me",
                "what do i have",
                "what is mine",
                "what's mine",
                *(f"what {i} have {left}" for i in ("do i", "i") for left in ("pending", "open", "to do", "left")),
                "what i have",
                "what have i to do",
                "what have i pending",
                "my pending",
                "my pending calls",
                "my todos",
                "my to do",
            ),
            "mine",
        ),
    },
    patterns=((_HOW_MANY, "{rest}"),),
    examples=("open", "open mine", "open Support"),
    title="Open work",
    submit="Look",
)
async def work(
    ctx: Ctx,
    whose: Annotated[
        str | None,
        Choice(
            "Whose",
            options=(
                Option("What I have claimed", "mine"),
                Option("What this channel shows", "here"),
                Option("All of my lines", "all"),
            ),
            aliases=(("my", "mine"), ("me", "mine"), ("everything", "all")),
            unset="This channel's, else all of my lines",
        ),
    ] = None,
    group: Annotated[
        Group | None,
        GroupChoice("Line", keywords=("in", "on", "for"), bare=True, placeholder="A call center or department"),
    ] = None,
    skip: Annotated[str, Carried("Skip", longest=6)] = "",
) -> Answer:
    """List open work of the lines that this person belongs to: of one line, of this channel's, their own, or all."""
    board = ctx.deps.notifications
    if board is None:
        return Reply(say("Open work is kept where notifications are, and there are none here."))
    await ctx.account.link()
    me = ctx.person.user_id
    if whose == "mine" and group is None:  # known without Dialpad, and so also while that is down
        scope = _Scope(say("Your open work"), lambda item: _is_mine(item, me), {"whose": "mine"})
    else:
        scope = await _scope(ctx, board, await rights_of(ctx), whose, group)
    found = [one for one in await board.open_work(ctx.person) if scope.holds(one.item)]
    return await _list(ctx, scope, found, int(skip) if skip.isascii() and skip.isdigit() else 0)


@router.shortcut("Open work", summary="What waits for you and your lines, with buttons to take it")
async def open_work(ctx: Ctx) -> Answer:
    """List what waits for this person."""
    return await work(ctx, "all")


async def _scope(ctx: Ctx, board: Notifications, rights: Rights, whose: str | None, group: Group | None) -> _Scope:
    """Return what was asked for, of what the person may see. Raises UserError for a line that they do not belong to."""
    me = ctx.person.user_id

    def is_theirs(item: Item) -> bool:
        return rights.cover({item.line}) or _is_mine(item, me)

    if group is not None:
        if not rights.cover({group.raw}):
            raise UserError(
                say("You do not belong to {group}, so its open work is not shown to you.", group=group.name)
            )
        return _Scope(
            say("Open work for {group}", group=group.name), lambda item: item.line == group.raw, {"group": group.raw}
        )
    if whose != "all":
        here = await board.subscriptions_here(ctx.person, ctx.where.channel) if ctx.where.channel else []
        if here:
            places = {place for one in here for place in one.places}
            is_all = any(not one.places for one in here)
            return _Scope(
                say("Open work for this channel"),
                lambda item: is_theirs(item) and (is_all or bool(places & {item.line, *item.places})),
                {"whose": "here"},
            )
        if whose == "here":
            mine = ctx.deps.settings.typed("open mine")
            raise UserError(
                say("Nothing is posted here, so no line's work belongs here. Type {mine}, or a line's name.", mine=mine)
            )
    title = say("Open work of the whole company") if rights.is_admin else say("Open work of your lines")
    return _Scope(title, is_theirs, {"whose": "all"})


def _is_mine(item: Item, me: str) -> bool:
    return me in {item.owner, item.asked}


async def _list(ctx: Ctx, scope: _Scope, found: list[OpenWork], skip: int) -> Listing:
    me, skip = ctx.person.user_id, skip if skip < len(found) else 0
    sections = sections_of(found, me, ctx.now)
    shown = _part(sections, skip)
    names = await look_up_names(ctx.deps.directory, ctx.account, [one for part in shown for one in part.works])
    totals = {part.heading: len(part.works) for part in sections}
    rows: list[Row] = []
    for part in shown:
        rows.append(Row((Bold(f"{part.heading} ({totals[part.heading]:,})"),)))
        rows += [work_row(one, names, ctx.now, me, opens=True) for one in part.works]
    left = len(found) - skip - ROWS
    refresh = Button("Refresh", "open.work", scope.args)
    more = Button(say("… and {left:,} more", left=left), "open.work", scope.args | {"skip": str(skip + ROWS)})
    return Listing(
        f"{scope.title}: {len(found):,}" if found else scope.title,
        tuple(rows),
        empty=say("Nothing waits for anybody."),
        buttons=(*((more,) if left > 0 else ()), refresh),
    )


def _part(sections: list[WorkSection], skip: int) -> list[WorkSection]:
    """Return the sections from the item numbered ``skip`` on, as many items as are shown at once."""
    room, parts = ROWS, []
    for section in sections:
        works = section.works[skip : skip + room] if skip < len(section.works) else ()
        skip = max(0, skip - len(section.works))
        room -= len(works)
        if works:
            parts.append(WorkSection(section.heading, works))
    return parts
