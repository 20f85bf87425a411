"""The card of a request for cover, with buttons for colleagues."""

from datetime import datetime

from bot.activity.cover import Cover
from bot.basics.language import say
from bot.contract.context import Ctx
from bot.contract.prose import listed, prose, sentence
from bot.contract.reply import Bold, Button, Card, Mention, Prose, When


def lines_of(cover: Cover) -> Prose:
    return prose(*listed([(Bold(name),) for name in cover.lines.values()]))


def cover_card(card: str, cover: Cover, *, is_open: bool) -> Card:
    """Return the card of a cover request. ``is_open``: nobody has taken over, and it was not withdrawn."""
    return Card(
        sentence(
            "🙋 {who} asks for cover on {lines} until {when}",
            who=Bold(cover.name),
            lines=lines_of(cover),
            when=When(cover.until, "date"),
        ),
        text=cover.note,
        note=say("Whoever takes over goes on duty now, and off duty again then.") if is_open else "",
        buttons=(Button("Take over", "oncall.take", {"card": card}, style="primary"),) if is_open else (),
    )


def cover_stamp(taken_by: str | None, taken_at: datetime | None, *, withdrawn: bool) -> Prose:
    """Say who took over, or that the request was withdrawn."""
    if taken_by:
        return prose(
            say("Covered by "), Mention(taken_by), *((say(" since "), When(taken_at, "date")) if taken_at else ())
        )
    return say("Taken back: cover is no longer needed.") if withdrawn else ""


async def meant_for_others(ctx: Ctx, *, silent: bool, only: str = "") -> Prose:
    """Say what it means for those whom the person covers for that they answer no calls from now on, or that somebody
    else does; "" when they cover for nobody. ``silent``: nobody else does. ``only``: the one line it is
    about, such as ``callcenter:5527``."""
    notifications = ctx.deps.notifications
    covers = await notifications.covering(ctx.person) if notifications else ()
    said = [
        sentence(" You are covering for {who} until {when}.", who=Bold(one.name), when=When(one.until, "date"))
        for one in covers
        if not only or only in one.lines
    ]
    if not said:
        return ""
    what = (
        say(" Nobody answers for them now: ask for cover, or let them know.")
        if silent
        else say(" Whoever takes over answers for them too.")
    )
    return prose(*said, what)
