"""Handles the app's Home tab: the connection, toggle buttons, and timed changes."""

from typing import Final

import structlog

from bot.basics.errors import ChatopsError, NotConnected
from bot.cards.connecting import CONNECT_BUTTON
from bot.cards.presence import is_operator, standing_rows
from bot.cards.rights import read_rights
from bot.cards.silence import silent_groups
from bot.cards.work_list import in_order, look_up_names, show_all, work_rows
from bot.contract.context import Ctx
from bot.contract.reply import Answer, Bold, Button, Card, Listing, Row
from bot.contract.routing import Router
from bot.dialpad.actions.people import User
from bot.dialpad.actions.users import GetUser

router = Router()
_log = structlog.get_logger(__name__)

REFRESH = Button("Refresh", "home.refresh")
MOST_WORK: Final = 5
"""Open work that Home shows."""


@router.event("app_home_opened")
async def home(ctx: Ctx) -> Answer:
    """Show the Home tab. Never an error: opening the tab shows a page in any case."""
    return await _page(ctx)


@router.button()
async def refresh(ctx: Ctx) -> Answer:
    """Draw the Home tab again."""
    return await _page(ctx)


async def _page(ctx: Ctx) -> Answer:
    try:
        await ctx.account.link()
        me = await ctx.send(GetUser())
        pending = await ctx.deps.later.pending(ctx.person)
        quiet = await silent_groups(ctx, me)
        waiting = await _open_work(ctx, me)
    except NotConnected as problem:
        return _connect(broken=problem.broken)
    except ChatopsError as problem:
        _log.warning("home tab without Dialpad", problem=type(problem).__name__)
        return Card(
            "Dialpad is not responding right now",
            text="What you see here comes from Dialpad. Try again in a minute.",
            buttons=(REFRESH, Button("Who am I?", "whoami.whoami")),
        )
    standing = (Row((Bold("Your phone"),)), *standing_rows(me, pending, quiet))
    return Listing(
        f"{me.name} at Dialpad", (*waiting, *standing), buttons=_buttons(me, silent=bool(me.do_not_disturb or quiet))
    )


async def _open_work(ctx: Ctx, me: User) -> list[Row]:
    """Return what waits for this person: what they have claimed or are offered, and what nobody has on their own lines,
    the longest-waiting first. An admin's own lines are those they belong to."""
    board = ctx.deps.notifications
    if board is None:
        return []
    places, mine = read_rights(me).places, ctx.person.user_id
    found = [
        one
        for one in await board.open_work(ctx.person)
        if mine in {one.item.owner, one.item.asked} or (one.item.line in places and one.item.asks(ctx.now))
    ]
    ordered = in_order(found, mine, ctx.now)
    names = await look_up_names(ctx.deps.directory, ctx.account, ordered[:MOST_WORK])
    heading = Row((Bold(f"Open work ({len(found):,})" if found else "Open work"),), button=show_all())
    rows = work_rows(ordered, names, ctx.now, MOST_WORK, mine)
    return [heading, *(rows or [Row("Nothing waits for you.")])]


def _connect(*, broken: bool) -> Card:
    text = "Dialpad ended your connection." if broken else "Connect your Dialpad account to use your phone from Slack."
    return Card(
        "Dialpad in Slack",
        text=text,
        buttons=(CONNECT_BUTTON, Button("Help", "help.help_")),
    )


def _buttons(me: User, *, silent: bool) -> tuple[Button, ...]:
    if silent:
        dnd: tuple[Button, ...] = (Button("Turn off do not disturb", "dnd.dnd", {"state": "off"}),)
    else:
        dnd = (
            Button("Do not disturb", "dnd.dnd", {"state": "on"}),
            Button("… for 30 min", "dnd.dnd", {"state": "on", "until": "30m"}),
            Button("… for 1 hour", "dnd.dnd", {"state": "on", "until": "1h"}),
        )
    duty: tuple[Button, ...] = ()
    if is_operator(me):
        word, state = ("Go off duty", "off") if me.is_on_duty else ("Go on duty", "on")
        duty = (Button(word, "duty.duty", {"state": state}),)
    return (
        *dnd,
        *duty,
        Button("Status…", "status.status", form=True),
        Button("Send a text…", "sms.sms", form=True),
        Button("Call…", "call.call", form=True),
        Button("Run an action…", "run.pick", form=True),
        Button("Notifications", "notify.mine"),
        Button("Who am I?", "whoami.whoami"),
        Button("Help", "help.help_"),
        REFRESH,
    )
