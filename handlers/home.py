"""Handles the app's Home tab: who one is, open work, the phone, call centers, actions and notifications."""

from typing import Annotated, Final

import structlog

from bot.basics.errors import ChatopsError, NotConnected
from bot.basics.language import say
from bot.cards.connecting import CONNECT_BUTTON
from bot.cards.home import (
    MOST_FAVOURITES,
    MOST_LINES,
    MOST_RECENT,
    Membership,
    action_rows,
    connection_row,
    heading,
    line_rows,
    notification_rows,
    phone_toggles,
)
from bot.cards.led_lines import Led, led_lines
from bot.cards.presence import standing_rows
from bot.cards.rights import Rights, read_rights
from bot.cards.silence import silent_groups
from bot.cards.work_list import in_order, look_up_names, show_all, work_rows
from bot.catalogue.favorites import favorites_of
from bot.contract.argument import Carried
from bot.contract.context import Ctx
from bot.contract.reply import Answer, Button, Card, Listing, Row
from bot.contract.routing import Router
from bot.dialpad.action import Entity, Risk
from bot.dialpad.actions import ALL
from bot.dialpad.actions.people import User
from bot.dialpad.actions.users import GetUser

router = Router()
_log = structlog.get_logger(__name__)

REFRESH = Button("Refresh", "home.refresh")
MOST_WORK: Final = 5
"""Open work that Home shows."""
_RUN: Final = frozenset(one.slug for one in ALL if one.risk is not Risk.READ)
"""Actions that are shown as what somebody did last: those that did something."""
_AGAIN: Final = (REFRESH, Button("Who am I?", "whoami.whoami"))


@router.event("app_home_opened")
async def home(ctx: Ctx, quiet: Annotated[str, Carried("Quiet", longest=3)] = "") -> Answer:
    """Show the Home tab. Never an error: opening the tab shows a page in any case. ``quiet``: nobody asked for it, so
    Dialpad is not asked about the person again who was asked about moments ago."""
    return await _page(ctx, quiet=bool(quiet))


@router.button()
async def refresh(ctx: Ctx) -> Answer:
    """Draw the Home tab again."""
    return await _page(ctx)


async def _page(ctx: Ctx, *, quiet: bool = False) -> Answer:
    try:
        return await _drawn(ctx, quiet=quiet)
    except NotConnected as problem:
        return _connect(broken=problem.broken)
    except ChatopsError as problem:
        _log.warning("home tab without Dialpad", problem=type(problem).__name__)
        return await _without_dialpad(ctx)


async def _drawn(ctx: Ctx, *, quiet: bool) -> Listing:
    link = await ctx.account.link()
    me = await _me(ctx, quiet=quiet)
    led = await led_lines(ctx, me, MOST_LINES)
    silent = await silent_groups(ctx, me)
    asked = set(ctx.deps.settings.dialpad_scopes) if link.scopes else set()
    office = await _office(ctx, me)
    about = Membership(office, tuple(sorted(asked - set(link.scopes))))
    toggles = phone_toggles(me, silent=bool(me.do_not_disturb or silent))
    pending = await ctx.deps.later.pending(ctx.person)
    rows = [
        connection_row(me, link, read_rights(me), led.by_supervising, about),
        *await _open_work(ctx, me),
        heading(say("Your phone")),
        *standing_rows(me, pending, silent, toggles),
        *await _lines(ctx, led, answers=True),
        *await _chosen(ctx, me),
    ]
    return Listing(say("{me} at Dialpad", me=me.name), tuple(rows), buttons=_BUTTONS)


async def _me(ctx: Ctx, *, quiet: bool) -> User:
    """Return what Dialpad says of the person, and keep it."""
    cockpit = ctx.deps.cockpit
    if quiet and cockpit is not None and (known := cockpit.known(ctx.person, fresh=True)) is not None:
        return known
    me = await ctx.send(GetUser())
    if cockpit is not None:
        cockpit.know(ctx.person, me)
    return me


async def _office(ctx: Ctx, me: User) -> str:
    return (await ctx.deps.directory.name_of(ctx.account, Entity.OFFICE, me.office_id) or "") if me.office_id else ""


async def _lines(ctx: Ctx, led: Led, *, answers: bool) -> list[Row]:
    """Return the call centers that this person supervises; nothing for anybody else."""
    if ctx.deps.cockpit is None:
        return []
    views = await ctx.deps.cockpit.lines(ctx.person, led.shown, await ctx.zone())
    return line_rows(views, ctx.now, led.left, answers=answers) if views else []


async def _chosen(ctx: Ctx, me: User | None) -> list[Row]:
    """Return the person's favourites, what they ran last, and the notifications that concern them. Without ``me`` those
    that are their own."""
    favourites = await favorites_of(ctx)
    cockpit = ctx.deps.cockpit
    if cockpit is None:
        return action_rows(favourites, ())
    recent = await cockpit.last_actions(ctx.person, _RUN, MOST_RECENT + MOST_FAVOURITES)
    rights = read_rights(me) if me is not None else Rights(frozenset(), is_admin=False)
    concerning = await cockpit.concerning(ctx.person, rights.places, every=rights.is_admin)
    notifications = notification_rows(concerning, ctx.person.user_id, is_admin=rights.is_admin)
    return [*action_rows(favourites, recent), *notifications]


async def _open_work(ctx: Ctx, me: User | None) -> list[Row]:
    """Return what waits for this person: what they have claimed or are offered, and what nobody has on their own lines,
    the longest-waiting first. An admin's own lines are those they belong to. Without ``me`` only what is theirs."""
    board = ctx.deps.notifications
    if board is None:
        return []
    places, mine = read_rights(me).places if me is not None else frozenset[str](), ctx.person.user_id
    found = [
        one
        for one in await board.open_work(ctx.person)
        if mine in {one.item.owner, one.item.asked} or (one.item.line in places and one.item.asks(ctx.now))
    ]
    ordered = in_order(found, mine, ctx.now)
    names = await look_up_names(ctx.deps.directory, ctx.account, ordered[:MOST_WORK])
    top = heading(say("Open work ({count:,})", count=len(found)) if found else say("Open work"), show_all())
    rows = work_rows(ordered, names, ctx.now, MOST_WORK, mine)
    return [top, *(rows or [Row(say("Nothing waits for you."))])]


async def _without_dialpad(ctx: Ctx) -> Answer:
    """Show what is known without Dialpad, and say so."""
    cockpit = ctx.deps.cockpit
    me = cockpit.known(ctx.person, fresh=False) if cockpit is not None else None
    rows = [Row(say("What comes from Dialpad is as it was when it last answered. Try again in a minute."))]
    try:
        rows += await _open_work(ctx, me)
        if me is not None:
            rows += await _lines(ctx, await led_lines(ctx, me, MOST_LINES), answers=False)
        rows += await _chosen(ctx, me)
    except ChatopsError as problem:
        _log.info("home tab with less", problem=type(problem).__name__)
    return Listing(say("Dialpad is not responding right now"), tuple(rows), buttons=_AGAIN)


def _connect(*, broken: bool) -> Card:
    text = (
        say("Dialpad ended your connection.")
        if broken
        else say("Connect your Dialpad account to use your phone from Slack.")
    )
    return Card(
        say("Dialpad in Slack"),
        text=text,
        buttons=(CONNECT_BUTTON, Button("Help", "help.help_")),
    )


_BUTTONS: Final = (
    Button("Send a text…", "sms.sms", form=True),
    Button("Call…", "call.call", form=True),
    Button("Run an action…", "run.pick", form=True),
    Button("Notifications", "notify.mine"),
    Button("Who am I?", "whoami.whoami"),
    Button("Live calls", "live.live"),
    Button("Help", "help.help_"),
    REFRESH,
)
