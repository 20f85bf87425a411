"""Handles Slack's shortcuts: global ones, and those of a message, for the numbers in it."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Final

from bot.arguments.moment import Moment
from bot.arguments.phonebook import parties_of, party_of
from bot.basics.errors import ChatopsError
from bot.basics.language import say
from bot.basics.phone import extensions_in, numbers_in
from bot.basics.words import verbatim
from bot.cards.caller import caller_card
from bot.cards.rights import rights_of
from bot.cards.timed_changes import waiting_key
from bot.contract.argument import Carried, Text
from bot.contract.context import Ctx
from bot.contract.prose import prose, sentence
from bot.contract.reply import Answer, Button, Card, Fact, Form, Link, Listing, Prose, Raw, RawArgs, Reply, Row, When
from bot.contract.routing import Router
from bot.dialpad.action import Risk

router = Router()

MOST: Final = 10

MessageText = Annotated[str, Text("Message", shown=False, longest=50_000)]
SaidIn = Annotated[str, Carried("Channel", longest=40)]
MessageTs = Annotated[str, Carried("Message", longest=40)]
Number = Annotated[str, Carried("Number", longest=40)]


@router.shortcut("Send a text", summary="Send a text message from your Dialpad number")
async def send_a_text(ctx: Ctx) -> Answer:
    """Open the form for a text message."""
    return Form("sms.sms")


@router.shortcut("My duty", summary="Go on or off duty for call center calls")
async def set_my_duty(ctx: Ctx) -> Answer:
    """Open the duty form."""
    return Form("duty.duty")


@router.message_shortcut("Text this number", summary="Send a text to a number in the message")
async def text_number(ctx: Ctx, text: MessageText = "") -> Answer:
    """Open the text form, with the message's number filled in."""
    return await _choose(ctx, text, "sms.sms", "to", many=True, label="Text")


@router.message_shortcut("Call this number", summary="Call a number in the message")
async def call_number(ctx: Ctx, text: MessageText = "") -> Answer:
    """Open the call form, with the message's number filled in; what extension to dial stands above it."""
    answer = await _choose(ctx, text, "call.call", "to", many=False, label="Call")
    extensions = extensions_in(verbatim(text), await ctx.region()) if isinstance(answer, Form) else {}
    digits = extensions.get(str(answer.args.get("to"))) if isinstance(answer, Form) else None
    if digits is None or not isinstance(answer, Form):
        return answer
    notice = say("Dial {digits} when they have answered: extensions are not dialed from here.", digits=digits)
    return replace(answer, notice=notice)


@router.message_shortcut("Look up or save contact", summary="Who is the number in the message? Or save it as a contact")
async def look_up(ctx: Ctx, text: MessageText = "") -> Answer:
    """Look up the number of a message, with a button to save one that nobody knows; a choice when there are several."""
    numbers = await _numbers(ctx, text)
    if len(numbers) == 1:
        return await caller_card(ctx, await party_of(ctx, numbers[0]))
    return await _choose(ctx, text, "who.who", "number", many=False, label="Look up")


@router.message_shortcut("Block this number", summary="Block a number in the message, for the whole company")
async def block_number(ctx: Ctx, text: MessageText = "") -> Answer:
    """Open the block form, with the number filled in; it is confirmed before anything is blocked."""
    return await _choose(ctx, text, "block.block", "numbers", many=True, label="Block")


@router.message_shortcut("Follow up later", summary="Put the message, and the number in it, off until later")
async def follow_up(ctx: Ctx, text: MessageText = "", channel: SaidIn = "", ts: MessageTs = "") -> Answer:
    """Open the form that asks until when; with several numbers, ask first which one it is about."""
    numbers = await _numbers(ctx, text)
    at: dict[str, Raw] = {"until": "tomorrow", "channel": channel, "ts": ts}
    if len(numbers) <= 1:
        return Form("shortcuts.remind", at | ({"number": numbers[0]} if numbers else {}))
    rows = [
        Row(party.shown(), button=Button("Follow up", "shortcuts.remind", at | {"number": party.number}, form=True))
        for party in await parties_of(ctx, numbers[:MOST])
    ]
    none = Button("Only the message", "shortcuts.remind", at, form=True)
    return Listing(say("Which number is it about?"), tuple(rows), note=_more_of(numbers), buttons=(none,))


async def _opened(ctx: Ctx, form: Form) -> Form:
    """Say above the fields what it is about."""
    number = str(form.args.get("number") or "")
    whom: Prose = prose((await party_of(ctx, number)).shown()) if number else say("this message")
    return replace(form, about=sentence("You are reminded of {whom} in a direct message.", whom=whom))


@router.button(title="Follow up later", submit="Remind me", risk=Risk.CHANGE, needs_connection=False, opening=_opened)
async def remind(
    ctx: Ctx,
    until: Annotated[datetime, Moment("When", placeholder="tomorrow 9:00")],
    about: Annotated[str, Text("Note to yourself", longest=300, placeholder="Ask about the invoice")] = "",
    number: Number = "",
    channel: SaidIn = "",
    ts: MessageTs = "",
) -> Answer:
    """Remind this person of a message at a time, and put what waits for its number off until then."""
    links = ctx.deps.links
    link = await links.permalink(ctx.person, channel, ts) if links is not None and channel and ts else ""
    args = {"number": number, "about": about, "link": link}
    key = waiting_key(ctx.person, "follow", f"{channel}:{ts}:{number}")
    await ctx.deps.later.at(until, key, "shortcuts.due", args, ctx.person, {})
    put_off = await _put_off(ctx, number, until) if number else False
    whom: Prose = prose((await party_of(ctx, number)).shown()) if number else say("this message")
    also = say(" What waits for them is put off until then, too.") if put_off else ""
    cancel = Button("Cancel", "shortcuts.forget", {"key": key})
    return Reply(
        sentence("I'll remind you of {whom} {when}.{also}", whom=whom, when=When(until, "date"), also=also),
        (cancel,),
        tone="done",
    )


async def _put_off(ctx: Ctx, number: str, until: datetime) -> bool:
    """Put open work of a number off, as far as it is this person's or nobody's. False when there is none."""
    board = ctx.deps.notifications
    if board is None:
        return False
    try:
        rights = await rights_of(ctx)
    except ChatopsError:
        return False  # the reminder itself needs no Dialpad
    done = False
    for dealings in await board.dealings(ctx.person, [number]):
        for item in dealings.items:
            if item.is_settled or not item.cards or not rights.cover({item.line, *item.places}):
                continue
            card = await board.card(ctx.person, item.cards[-1])
            if card is not None:
                done |= (await board.act(card, ctx.person, "snoozed", until=until)).done
    return done


@router.button(title="Follow up", risk=Risk.CHANGE, needs_connection=False)
async def forget(ctx: Ctx, key: Annotated[str, Carried("Reminder", longest=200)]) -> Answer:
    """Cancel a reminder. Open work that was put off with it stays put off."""
    mine = [one for one in await ctx.deps.later.pending(ctx.person) if one.key == key]
    if not mine:
        return Reply(say("There is no such reminder any more."))
    await ctx.deps.later.cancel(key)
    return Reply(say("Canceled. I won't remind you."), tone="done")


@router.later(risk=Risk.READ)
async def due(
    ctx: Ctx,
    number: Number = "",
    about: Annotated[str, Carried("Note")] = "",
    link: Annotated[str, Carried("Link", longest=500)] = "",
) -> Answer:
    """Remind a person of a message, with what can be done about its number."""
    party = await party_of(ctx, number) if number else None
    facts = (Fact(say("Message"), (Link(link, say("Open it in Slack")),)),) if link else ()
    buttons: tuple[Button, ...] = ()
    if party is not None:
        buttons = (
            Button("Call", "call.call", {"to": number}),
            Button("Text", "sms.sms", {"to": [number]}, form=True),
            Button("Look up", "who.who", {"number": number}),
        )
    again = Button("Remind me again…", "shortcuts.again", {"number": number, "about": about, "link": link}, form=True)
    title = sentence("Follow up with {shown}", shown=party.shown()) if party else say("Follow up on a message")
    return Card(title, facts=facts, text=about, buttons=(*buttons, again))


@router.button(title="Follow up later", submit="Remind me", risk=Risk.CHANGE, needs_connection=False)
async def again(
    ctx: Ctx,
    until: Annotated[datetime, Moment("When", placeholder="tomorrow 9:00")],
    number: Number = "",
    about: Annotated[str, Carried("Note")] = "",
    link: Annotated[str, Carried("Link", longest=500)] = "",
) -> Answer:
    """Remind this person of the same once more."""
    args = {"number": number, "about": about, "link": link}
    key = waiting_key(ctx.person, "follow", f"{number}:{link}"[-100:])
    await ctx.deps.later.at(until, key, "shortcuts.due", args, ctx.person, {})
    cancel = Button("Cancel", "shortcuts.forget", {"key": key})
    return Reply(sentence("I'll remind you again {when}.", when=When(until, "date")), (cancel,), tone="done")


async def _numbers(ctx: Ctx, text: str) -> list[str]:
    return numbers_in(verbatim(text), await ctx.region())


def _more_of(numbers: list[str]) -> str:
    return say("{count} more numbers are in the message.", count=len(numbers) - MOST) if len(numbers) > MOST else ""


async def _choose(ctx: Ctx, text: str, route: str, argument: str, *, many: bool, label: str) -> Answer:
    numbers = await _numbers(ctx, text)
    if not numbers:
        return Reply(say("There is no phone number in that message."))

    def args(number: str) -> RawArgs:
        return {argument: [number] if many else number}

    if len(numbers) == 1:
        return Form(route, args(numbers[0]))
    opens_form = route == "sms.sms"
    rows = tuple(
        Row(prose(party.shown()), button=Button(label, route, args(party.number), form=opens_form))
        for party in await parties_of(ctx, numbers[:MOST])
    )
    return Listing(say("Which number?"), rows, note=_more_of(numbers))
