"""``disconnect``: end the connection at Dialpad and forget it here."""

from bot.answers.prose import prose
from bot.context import Ctx
from bot.dialpad.action import Risk
from bot.errors import NotConnected
from bot.reply import Answer, Bold, Button, Confirm, Fact, Reply
from bot.routing import Router

router = Router()


@router.command(
    "disconnect",
    summary="Disconnect your Dialpad account",
    aliases=("logout",),
    examples=("disconnect",),
    title="Disconnect Dialpad",
    submit="Continue",
    risk=Risk.DESTRUCTIVE,
)
async def disconnect(ctx: Ctx) -> Answer:
    """Says what would end. Ends nothing."""
    try:
        name = (await ctx.account.link()).dialpad_name
    except NotConnected as problem:
        if not problem.broken:
            return Reply("You are not connected to Dialpad.", buttons=(Button("Connect", "connect.connect"),))
        name = "nobody any more"
    waiting = len(await ctx.deps.later.pending(ctx.person))
    what = "1 change that is still due will" if waiting == 1 else f"{waiting} changes that are still due will"
    return Confirm(
        route="disconnect.end",
        args={},
        title="Disconnect Dialpad?",
        facts=(
            Fact("Connected as", name),
            Fact(
                "What follows", "The access is revoked at Dialpad and forgotten here. You can connect again any time."
            ),
        ),
        yes="Disconnect",
        note=f"{what} not happen." if waiting else "",
        danger=True,
    )


@router.confirmed(risk=Risk.DESTRUCTIVE)
async def end(ctx: Ctx) -> Answer:
    """Agreed to."""
    waiting = await ctx.deps.later.pending(ctx.person)
    gone = await ctx.deps.connections.disconnect(ctx.person)
    for one in waiting:
        await ctx.deps.later.cancel(one.key)
    connect = (Button("Connect again", "connect.connect"),)
    if not gone:
        return Reply("You were not connected to Dialpad any more.", buttons=connect)
    return Reply(
        prose(Bold("Disconnected."), " Nothing of your Dialpad access is kept here."), buttons=connect, tone="done"
    )
