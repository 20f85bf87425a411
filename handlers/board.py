"""Handles ``board``: one message for a call center, kept up to date: who answers, who waits, how the day goes."""

from typing import Annotated

from bot.activity.news import NewsKind
from bot.activity.subscriptions.filters import PlaceFilter
from bot.activity.subscriptions.overlap import find_overlaps, find_same
from bot.activity.subscriptions.subscription import Subscription
from bot.activity.subscriptions.words import in_words
from bot.arguments.group import WATCHED_KINDS, WATCHED_LINE, Group
from bot.arguments.note_to_channel import NOTE_TO_CHANNEL
from bot.arguments.switch import Switch
from bot.basics.errors import UserError
from bot.basics.language import say
from bot.cards.board import BOARD
from bot.cards.channel_line import line_of_channel
from bot.cards.rights import rights_of
from bot.cards.subscription_preview import NOT_HERE, already_there, notes_on, preview
from bot.contract.argument import Carried
from bot.contract.board import Notifications
from bot.contract.context import Ctx
from bot.contract.reply import Answer, Button, Confirm, Fact, Form, Listing, Nothing, Prose, Raw, Reply, Row
from bot.contract.routing import Router
from bot.dialpad.action import Risk

router = Router()


@router.command(
    "board",
    usage="[call center or department] [off]",
    summary="Keep a message here that says who is on duty, who waits and how the day goes",
    aliases=("wallboard",),
    phrases={
        "show board": "",
        "post a board for": "",
        "live board": "",
        "board of": "",
        "show board of": "",
        "post board": "",
        **dict.fromkeys(
            (
                "remove board",
                "remove the board",
                "stop board",
                "stop the board",
                "delete board",
                "delete the board",
                "turn off board",
                "turn off the board",
                "remove wallboard",
                "stop wallboard",
                "hide board",
            ),
            "off",
        ),
    },
    examples=("board Support", "board off"),
    title="Board",
    submit="Preview",
)
async def board(
    ctx: Ctx,
    group: Annotated[
        Group | None,
        WATCHED_LINE,
    ] = None,
    state: Annotated[bool | None, Switch("Board", shown=False, bare=True)] = None,
) -> Answer:
    """Show what would be posted: a message for this line in this channel, changed in place from then on. Off: ask
    whether the one that is there shall be removed."""
    notifications = ctx.notifications
    if state is False:
        return await _off(ctx, notifications, group)
    group = group or await line_of_channel(ctx, WATCHED_KINDS)
    if group is None:
        return Form("board.board", notice=say("Which line is the board for?"))
    rights = await rights_of(ctx)
    if not rights.cover({group.raw}):
        raise UserError(
            say(
                "You do not belong to {group}. Ask somebody who does, or a Dialpad admin, to post its board.",
                group=group.name,
            )
        )
    channel = ctx.person.user_id if ctx.where.is_direct or not ctx.where.channel else ctx.where.channel
    made = Subscription(
        notifications.new_subscription_id(), ctx.person, channel, frozenset({NewsKind.BOARD}),
        (PlaceFilter(group.raw, group.name),), zone=str(await ctx.zone()),
    )  # fmt: skip
    here = await notifications.subscriptions_here(ctx.person, channel)
    if same := find_same(made, here):
        return _again(made, same)
    notes: list[Prose] = []
    if not made.is_personal and not await notifications.may_post(ctx.person, channel):
        notes.append(say(NOT_HERE))
    return preview(
        made,
        None,
        overlaps=find_overlaps(made, here),
        forecasts=await notifications.forecast(made, None),
        notes=[*notes, *notes_on(made, made.zone)],
    )


async def _off(ctx: Ctx, notifications: Notifications, group: Group | None) -> Answer:
    """Ask whether a board of this channel shall be removed, and which where there are several."""
    channel = ctx.person.user_id if ctx.where.is_direct or not ctx.where.channel else ctx.where.channel
    here = await notifications.subscriptions_here(ctx.person, channel)
    boards = [one for one in here if NewsKind.BOARD in one.kinds and (group is None or group.raw in one.places)]
    if not boards:
        whose = say(" of {group}", group=group.name) if group else ""
        return Reply(
            say("There is no board{whose} here.", whose=whose), (Button("See what is posted here", "notify.notify"),)
        )
    if len(boards) == 1:
        this: dict[str, Raw] = {"subscription": boards[0].id}
        return Confirm(
            "notify.remove_now",
            this,
            say("Remove the board?"),
            (Fact(say("It shows"), in_words(boards[0])),),
            say("Remove"),
            note=say("The message that is there stays as it is, and is kept up to date no more."),
            danger=True,
        )
    rows = tuple(
        Row(in_words(one), button=Button("Remove", "notify.remove", {"subscription": one.id}, "danger"))
        for one in boards
    )
    return Listing(say("Which board?"), rows)


def _again(made: Subscription, same: Subscription) -> Reply:
    """Say that the board is there already, with a button that posts it anew, at the end of the channel."""
    there = already_there(made, same)
    anew = Button("Post it again down here", "board.anew", {"subscription": same.id}, "primary", in_place=True)
    return Reply(there.text, (*there.buttons[:-1], *(() if same.paused else (anew,)), there.buttons[-1]))


@router.button(risk=Risk.CHANGE)
async def anew(ctx: Ctx, subscription: Annotated[str, Carried("Subscription", longest=40)]) -> Answer:
    """Post a board anew; the message that was there says that it moved."""
    notifications = ctx.notifications
    found = await notifications.subscription(ctx.person, subscription)
    if found is None:
        return Reply(say("Somebody removed this board meanwhile."), tone="warning")
    await notifications.post_boards_anew(found)
    return Reply(say("The board is posted again at the end of the channel."), tone="done")


@router.button(title="Seen", submit="Note", risk=Risk.CHANGE)
async def seen(
    ctx: Ctx,
    card: Annotated[str, Carried("Card", longest=40)],
    note: Annotated[str, NOTE_TO_CHANNEL] = "",
) -> Answer:
    """Note on a board that somebody has seen what is wrong, with what they do about it."""
    notifications = ctx.notifications
    found = await notifications.card(ctx.person, card)
    if found is None or found.kind != BOARD:
        return Reply(say("This board is gone."), tone="warning")
    await notifications.see_board(found, ctx.person, note.strip())
    return Nothing()
