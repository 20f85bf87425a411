"""Handles Slack's shortcuts: global ones, and those of a message, for the numbers in it."""

from typing import Annotated, Final

from bot.arguments.phonebook import parties_of, party_of
from bot.basics.phone import numbers_in
from bot.basics.words import verbatim
from bot.cards.caller import caller_card
from bot.contract.argument import Text
from bot.contract.context import Ctx
from bot.contract.prose import prose
from bot.contract.reply import Answer, Button, Form, Listing, RawArgs, Reply, Row
from bot.contract.routing import Router

router = Router()

MOST: Final = 10

MessageText = Annotated[str, Text("Message", shown=False, longest=50_000)]


@router.shortcut("Send a text", summary="Send a text message from your Dialpad number")
async def send_a_text(ctx: Ctx) -> Answer:
    """Open the form for a text message."""
    return Form("sms.sms")


@router.shortcut("Set my duty", summary="Go on or off duty for call center calls")
async def set_my_duty(ctx: Ctx) -> Answer:
    """Open the duty form."""
    return Form("duty.duty")


@router.message_shortcut("Text this number", summary="Send a text to a number in the message")
async def text_number(ctx: Ctx, text: MessageText = "") -> Answer:
    """Open the text form, with the message's number filled in."""
    return await _choose(ctx, text, "sms.sms", "to", many=True, label="Text")


@router.message_shortcut("Call this number", summary="Call a number in the message")
async def call_number(ctx: Ctx, text: MessageText = "") -> Answer:
    """Open the call form, with the message's number filled in."""
    return await _choose(ctx, text, "call.call", "to", many=False, label="Call")


@router.message_shortcut("Look up caller", summary="Who is the number in the message?")
async def look_up(ctx: Ctx, text: MessageText = "") -> Answer:
    """Look up the number of a message; the form when there are several."""
    numbers = await _numbers(ctx, text)
    if len(numbers) == 1:
        return await caller_card(ctx, await party_of(ctx, numbers[0]))
    return await _choose(ctx, text, "who.who", "number", many=False, label="Look up")


@router.message_shortcut("Block this number", summary="Block a number in the message, for the whole company")
async def block_number(ctx: Ctx, text: MessageText = "") -> Answer:
    """Open the block form, with the number filled in; it is confirmed before anything is blocked."""
    return await _choose(ctx, text, "block.block", "numbers", many=True, label="Block")


async def _numbers(ctx: Ctx, text: str) -> list[str]:
    return numbers_in(verbatim(text), await ctx.region())


async def _choose(ctx: Ctx, text: str, route: str, argument: str, *, many: bool, label: str) -> Answer:
    numbers = await _numbers(ctx, text)
    if not numbers:
        return Reply("There is no phone number in that message.")

    def args(number: str) -> RawArgs:
        return {argument: [number] if many else number}

    if len(numbers) == 1:
        return Form(route, args(numbers[0]))
    opens_form = route == "sms.sms"
    rows = tuple(
        Row(prose(party.shown()), button=Button(label, route, args(party.number), form=opens_form))
        for party in await parties_of(ctx, numbers[:MOST])
    )
    more = f"{len(numbers) - MOST} more numbers are in the message." if len(numbers) > MOST else ""
    return Listing("Which number?", rows, note=more)
