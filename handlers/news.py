"""Handles ``news``: what this version brought."""

from importlib.metadata import version
from typing import Final

from bot.basics.language import say
from bot.cards.whats_new import NEWS
from bot.contract.context import Ctx
from bot.contract.reply import Answer, Button, Listing, Row
from bot.contract.routing import Router

router = Router()

PHRASES: Final = ("what's new", "whats new", "what is new", "what has changed", "what's changed", "changelog")


@router.command(
    "news",
    summary="What is new here",
    aliases=("whatsnew",),
    phrases=dict.fromkeys(PHRASES, ""),
    examples=("news",),
    title="What's new",
    needs_connection=False,
)
async def news(ctx: Ctx) -> Answer:
    """Show what this version brought, each with the help of its command."""
    rows = tuple(Row(say(one.what), button=Button("How", "help.help_", {"word": one.word})) for one in NEWS)
    return Listing(
        say("New in version {version}", version=version("dialpad-chatops")),
        rows,
        buttons=(Button("All help", "help.help_"),),
    )
