"""Handles ``connect``: connects a Dialpad account, in the browser or with an API key."""

from typing import Annotated, Final

from bot.basics.errors import FieldError, NotConnected, UserError
from bot.basics.language import mark, say
from bot.cards.connecting import WITH_KEY
from bot.cards.welcome import welcome
from bot.contract.argument import Carried, Text
from bot.contract.context import Ctx
from bot.contract.prose import sentence
from bot.contract.reply import Answer, Bold, Button, Card, Part, Reply
from bot.contract.routing import Router
from bot.dialpad.action import Risk

router = Router()

QuestionId = Annotated[str, Carried("Request", longest=60)]

_KEY_HELP: Final = mark(
    "An API key comes from Dialpad: Admin Settings, My Company, Authentication, API Keys. Only company admins see it."
)


@router.command(
    "connect",
    summary="Connect your Dialpad account",
    aliases=("login",),
    phrases=dict.fromkeys(("log in", "log me in", "sign in", "sign me in"), ""),
    examples=("connect",),
    title="Connect Dialpad",
    submit="Connect",
    needs_connection=False,
)
async def connect(ctx: Ctx) -> Answer:
    """Offer the two ways to connect, or say whom the person is connected as already."""
    try:
        link = await ctx.account.link()
    except NotConnected as problem:
        return await _offer(ctx, broken=problem.broken)
    return Reply(
        sentence("You are connected to Dialpad as {dialpad_name}.", dialpad_name=Bold(link.name)),
        buttons=(
            Button("Who am I?", "whoami.whoami"),
            Button("Connect again", "connect.again"),
            Button("Disconnect", "disconnect.disconnect"),
        ),
    )


@router.button()
async def again(ctx: Ctx) -> Answer:
    """Connect again although there is a connection: to another account, or with more rights."""
    return await _offer(ctx, broken=False)


# Not a change in the sense of the inbox: the key must not be written down before it is encrypted as a connection.
@router.button(title="Dialpad API key", submit="Connect", needs_connection=False)
async def with_key(
    ctx: Ctx,
    key: Annotated[
        str,
        Text("API key", longest=500, placeholder="Paste it here", hint="It is stored encrypted and never shown again."),
    ],
) -> Answer:
    """Check an API key at Dialpad and store it. The key itself is in no answer, error or log."""
    if any(c.isspace() for c in key) or not key.isascii():
        raise FieldError("key", say("An API key has only letters and digits, and no spaces. Paste it again."))
    try:
        attached = await ctx.deps.connections.connect_with_key(ctx.person, key)
    except FieldError:
        raise
    except UserError as refused:
        raise FieldError("key", refused.text.replace(key, "…")) from None
    if attached.asked:
        return Reply(
            sentence(
                "Not connected yet: {name} has another e-mail address in Dialpad than you have in "
                "Slack, so I asked {asked} whether that is right. If nobody answers within a day, connect "
                "again.",
                name=Bold(attached.name),
                asked=attached.asked,
            ),
            tone="warning",
        )
    return welcome(attached.name, ctx.deps.settings.command)


@router.button(risk=Risk.CHANGE, needs_connection=False)
async def agree(ctx: Ctx, request: QuestionId) -> Answer:
    """Let somebody act with the Dialpad account that they signed in to, when its owner or an admin says so."""
    return await ctx.deps.connections.decide(ctx.person, request, yes=True)


@router.button(risk=Risk.CHANGE, needs_connection=False)
async def refuse(ctx: Ctx, request: QuestionId) -> Answer:
    """Keep somebody from acting with a Dialpad account that is not theirs."""
    return await ctx.deps.connections.decide(ctx.person, request, yes=False)


async def _offer(ctx: Ctx, *, broken: bool) -> Card:
    lead: tuple[Part, ...] = (say("Dialpad ended your last connection. "),) if broken else ()
    if not ctx.deps.connections.offers_oauth:
        return Card(
            say("Connect your Dialpad account"),
            text=sentence(
                "{lead}Paste an API key to act in Dialpad with its permissions. {where_from}",
                lead=lead,
                where_from=say(_KEY_HELP),
            ),
            buttons=(WITH_KEY,),
        )
    url = await ctx.deps.connections.start(ctx.person)
    return Card(
        say("Connect your Dialpad account"),
        text=sentence(
            "{lead}You act in Dialpad as yourself: nobody here can use anybody else's permissions.", lead=lead
        ),
        note=say("This link is only for you. It works once and expires after 15 minutes."),
        buttons=(Button("Connect", url=url, style="primary"), WITH_KEY),
    )
