"""The card that asks somebody to connect their own Dialpad account."""

from typing import Final

from bot.basics.language import say
from bot.contract.context import Ctx, Origin
from bot.contract.reply import Button, Card

CONNECT: Final = "connect.connect"
CONNECT_BUTTON: Final = Button("Connect", CONNECT, style="primary")
WITH_KEY: Final = Button("Use an API key", "connect.with_key", form=True)


async def connect_card(ctx: Ctx, text: str) -> Card:
    """Return the card for somebody who is not connected. ``text`` says what they can do once they are."""
    title = say("You are not connected to Dialpad")
    if ctx.origin is Origin.EVENT:
        # Home stays on the screen for longer than the address is valid.
        return Card(title, text=text, buttons=(CONNECT_BUTTON,))
    buttons = [WITH_KEY]
    if ctx.deps.connections.offers_oauth:
        address = await ctx.deps.connections.start(ctx.person)
        buttons.insert(0, Button("Connect Dialpad", url=address, style="primary"))
    return Card(title, text=text, buttons=tuple(buttons))
