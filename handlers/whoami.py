"""Handles ``whoami``: shows the person's Dialpad account, how it is connected, and the timed changes that are due."""

from typing import Annotated

from bot.basics.language import ENGLISH, LANGUAGES, say, spoken
from bot.cards.presence import standing_facts, standing_rows
from bot.cards.silence import silent_groups
from bot.contract.argument import Carried
from bot.contract.context import Ctx
from bot.contract.prose import listed, prose, sentence
from bot.contract.reply import Answer, Bold, Button, Card, Fact, Listing, Phone, Prose, Reply, Row, When
from bot.contract.routing import Router
from bot.dialpad.action import Risk
from bot.dialpad.actions.users import GetUser
from bot.dialpad.connection import DialpadConnection

router = Router()


@router.command(
    "whoami",
    summary="Your Dialpad connection and status",
    aliases=("me",),
    phrases=dict.fromkeys(
        (
            "who am i",
            "who am i connected as",
            "who am i logged in as",
            "who am i signed in as",
            "my account",
            "what's my status",
            "what is my status",
            "whats my status",
            "what's my number",
            "what is my number",
            "my extension",
            "my ext",
            "what's my ext",
            "which is my number",
            "which number do i have",
            "my phone number",
            "what's my phone number",
            "what is my phone number",
            "what's my extension",
            "my number",
        ),
        "",
    ),
    examples=("whoami",),
    title="Who am I?",
)
async def whoami(ctx: Ctx) -> Answer:
    """Show the person's Dialpad account. Raises NotConnected, which offers to connect."""
    link = await ctx.account.link()
    me = await ctx.send(GetUser())
    pending = await ctx.deps.later.pending(ctx.person)
    quiet = await silent_groups(ctx, me)
    numbers = [(Phone(number),) for number in me.phone_numbers[:3]]
    first = Fact(say("Numbers"), listed(numbers) if numbers else say("None"))
    rest = (*_language(), Fact(say("Connected"), _how(link)))
    buttons = (
        Button("Do not disturb", "dnd.dnd"),
        Button("Duty", "duty.duty"),
        Button("Status…", "status.status", form=True),
        Button("Country", "country.country"),
        Button("Disconnect", "disconnect.disconnect"),
    )
    name = me.name if me.id else link.name
    if pending:
        rows = (_row(first), *standing_rows(me, pending, quiet), *map(_row, rest))
        return Listing(say("You are {name} at Dialpad", name=name), rows, buttons=buttons)
    return Card(
        say("You are {name} at Dialpad", name=name), facts=(first, *standing_facts(me, quiet), *rest), buttons=buttons
    )


def _language() -> tuple[Fact, ...]:
    """Say in which language the person reads, where it is not the usual one."""
    if spoken() == ENGLISH:
        return ()
    return (Fact(say("Language"), say("{language}, as in your Slack", language=LANGUAGES[spoken()])),)


def _row(fact: Fact) -> Row:
    return Row(prose(Bold(fact.label), ": ", fact.value))


@router.button(risk=Risk.CHANGE)
async def keep(ctx: Ctx, key: Annotated[str, Carried("What")]) -> Answer:
    """Cancel a timed change. Only the person's own: the key of another person's finds nothing."""
    if not any(one.key == key for one in await ctx.deps.later.pending(ctx.person)):
        return Reply(say("That change has already happened, so it could not be canceled."))
    await ctx.deps.later.cancel(key)
    return Reply(say("It stays as it is now, until you change it."), tone="done")


def _how(link: DialpadConnection) -> Prose:
    how = say("in the browser") if link.kind == "oauth" else say("with an API key")
    if link.is_company_key:
        how += say(" of the whole company")
    return sentence("Since {when}, {how}", when=When(link.connected_at, "date"), how=how)
