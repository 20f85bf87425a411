"""Handles ``disconnect``: ends the connection and everything that depends on it, here and at Dialpad."""

from typing import Final

from bot.basics.errors import NotConnected
from bot.basics.language import mark, say, say_count
from bot.cards.connecting import CONNECT
from bot.contract.context import Ctx, Ended
from bot.contract.prose import plural, prose
from bot.contract.reply import Answer, Bold, Button, Confirm, Fact, Reply
from bot.contract.routing import Router
from bot.dialpad.action import Risk

router = Router()

_WHAT_BECOMES: Final = mark("Those of channels go on with a colleague who sees the same lines; the others are removed.")


@router.command(
    "disconnect",
    summary="Disconnect your Dialpad account",
    aliases=("logout",),
    phrases=dict.fromkeys(("log out", "log me out", "sign out", "sign me out", "log off", "log me off"), ""),
    examples=("disconnect",),
    title="Disconnect Dialpad",
    submit="Continue",
    risk=Risk.DESTRUCTIVE,
)
async def disconnect(ctx: Ctx) -> Answer:
    """Show what would end with the connection. Ends nothing."""
    try:
        name = (await ctx.deps.accounts.stored_connection(ctx.person)).name
    except NotConnected as problem:
        if not problem.broken:
            return Reply(say("You are not connected to Dialpad."), buttons=(Button("Connect", CONNECT),))
        name = say("nobody (Dialpad ended the connection)")
    ends = await ctx.deps.connections.would_end(ctx.person)
    due = say_count(
        "{count} change that is still due will not happen.", "{count} changes that are still due will not happen.",
        ends.timed,
    )  # fmt: skip
    subscriptions = (
        (Fact(say("Your subscriptions"), f"{ends.subscriptions:,}. {say(_WHAT_BECOMES)}"),)
        if ends.subscriptions
        else ()
    )
    return Confirm(
        route="disconnect.end",
        args={},
        title=say("Disconnect Dialpad?"),
        facts=(
            Fact(say("Connected as"), name),
            *subscriptions,
            Fact(
                say("What happens"),
                say("Your access is deleted here and revoked at Dialpad. You can connect again at any time."),
            ),
        ),
        yes=say("Disconnect"),
        note=due if ends.timed else "",
        danger=True,
    )


@router.confirmed(risk=Risk.DESTRUCTIVE)
async def end(ctx: Ctx) -> Answer:
    """End the connection after the person confirmed."""
    ended = await ctx.deps.connections.disconnect(ctx.person)
    connect = (Button("Connect again", CONNECT),)
    if ended is None:
        return Reply(say("You were no longer connected to Dialpad."), buttons=connect)
    left = bool(ended.hooks_left or ended.access_left)
    goes_on = f" {_passed_on(ended.passed_on)}" if ended.passed_on else ""
    told = prose(Bold(say("Disconnected.")), f" {_gone_here(ended)}{_left_there(ended) if left else '.'}{goes_on}")
    return Reply(told, buttons=connect, tone="warning" if left else "done")


def _passed_on(count: int) -> str:
    return say_count(
        "{count} subscription of a channel goes on with a colleague's account; they were told.",
        "{count} subscriptions of channels go on with a colleague's account; they were told.",
        count,
    )


def _gone_here(ended: Ended) -> str:
    gone = [say("Your access")]
    if ended.subscriptions:
        gone.append(plural(ended.subscriptions, "subscription"))
    if ended.timed:
        gone.append(plural(ended.timed, "timed change"))
    if len(gone) == 1:
        if ended.hooks_left or ended.access_left:
            return say("Your Dialpad access can no longer be used here")  # a sealed token is kept to remove the rest
        return say("None of your Dialpad access is stored here")
    return say("{gone} and {last} were removed here", gone=", ".join(gone[:-1]), last=gone[-1])


def _left_there(ended: Ended) -> str:
    """Say what Dialpad has not removed yet. Nothing that it sends is accepted any more."""
    if not ended.hooks_left:
        what = say("that your access is revoked there")
    elif not ended.access_left:
        what = say("that it stops sending your events")
    else:
        what = say("that it stops sending your events and that your access is revoked there")
    ignored = say(", and ignore anything it still sends") if ended.hooks_left else ""
    return say(
        ". Dialpad has not yet confirmed {what}: I'll keep trying until it does{ignored}.", what=what, ignored=ignored
    )
