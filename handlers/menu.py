"""Handles ``/dp`` without a word: shows everyday commands as buttons."""

from bot.basics.errors import NotConnected
from bot.basics.language import say
from bot.cards.connecting import CONNECT_BUTTON
from bot.catalogue.answers import route_of
from bot.contract.context import Ctx
from bot.contract.reply import Answer, Button, Card
from bot.contract.routing import Router
from bot.dialpad.actions.contacts import CreateContact

router = Router()


@router.command("", summary="Menu", aliases=("menu",), title="Dialpad", needs_connection=False)
async def menu(ctx: Ctx) -> Answer:
    """Show the menu. Asks Dialpad for nothing, so that it always opens."""
    try:
        name = (await ctx.account.link()).name
    except NotConnected:
        return Card(
            say("Dialpad"),
            text=say("Connect your Dialpad account to use your phone system from Slack."),
            buttons=(CONNECT_BUTTON, Button("Help", "help.help_")),
        )
    return Card(
        say("What would you like to do?"),
        buttons=(
            Button("Do not disturb", "dnd.dnd"),
            Button("Duty", "duty.duty"),
            Button("Status…", "status.status", form=True),
            Button("Send a text…", "sms.sms", form=True),
            Button("Call…", "call.call", form=True),
            Button("Look up calls…", "calls.calls", form=True),
            Button("Who is it?", "who.who", form=True),
            Button("Save a contact…", route_of(CreateContact), form=True),
            Button("Block…", "block.block", form=True),
            Button("Who is on duty?", "oncall.oncall"),
            Button("Open work", "open.work"),
            Button("Run an action…", "run.pick", form=True),
            Button("Help", "help.help_"),
        ),
        note=say(
            "You act as {name}. Type {typed} for everything else.", name=name, typed=ctx.deps.settings.typed("help")
        ),
    )
