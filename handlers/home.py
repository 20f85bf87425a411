"""Handles the app's Home tab: the connection, toggle buttons, and timed changes."""

import structlog

from bot.basics.errors import ChatopsError, NotConnected
from bot.cards.connecting import CONNECT_BUTTON
from bot.cards.presence import is_operator, standing_rows
from bot.contract.context import Ctx
from bot.contract.reply import Answer, Button, Card, Listing
from bot.contract.routing import Router
from bot.dialpad.actions.people import User
from bot.dialpad.actions.users import GetUser

router = Router()
_log = structlog.get_logger(__name__)

REFRESH = Button("Refresh", "home.refresh")


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
    except NotConnected as problem:
        return _connect(broken=problem.broken)
    except ChatopsError as problem:
        _log.warning("home tab without Dialpad", problem=type(problem).__name__)
        return Card(
            "Dialpad is not responding right now",
            text="What you see here comes from Dialpad. Try again in a minute.",
            buttons=(REFRESH, Button("Who am I?", "whoami.whoami")),
        )
    return Listing(f"{me.name} at Dialpad", standing_rows(me, pending), buttons=_buttons(me))


def _connect(*, broken: bool) -> Card:
    text = "Dialpad ended your connection." if broken else "Connect your Dialpad account to use your phone from Slack."
    return Card(
        "Dialpad in Slack",
        text=text,
        buttons=(CONNECT_BUTTON, Button("Help", "help.help_")),
    )


def _buttons(me: User) -> tuple[Button, ...]:
    if me.do_not_disturb:
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
        REFRESH,
    )
