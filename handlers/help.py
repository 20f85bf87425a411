"""Handles ``help``: lists all words, or shows one of them with examples."""

from collections.abc import Callable
from typing import Annotated

from bot.basics.errors import UserError
from bot.basics.words import did_you_mean
from bot.contract.argument import Text
from bot.contract.context import CommandInfo, Ctx
from bot.contract.doubt import Doubt
from bot.contract.prose import listed, prose
from bot.contract.reply import Answer, Bold, Button, Card, Code, Fact, Listing, Row
from bot.contract.routing import Router

router = Router()


@router.command(
    "help",
    usage="[word]",
    summary="What you can type here",
    aliases=("?",),
    examples=("help", "help sms"),
    title="Help",
    submit="Show",
    needs_connection=False,
)
async def help_(
    ctx: Ctx, word: Annotated[str | None, Text("Command", longest=100, placeholder="sms, dnd, calls …")] = None
) -> Answer:
    """Show help, made from the route table: what is not in it cannot be typed."""
    known = {info.word: info for info in ctx.deps.routes.commands() if info.word}
    typed = ctx.deps.settings.typed
    if word is None:
        rows = tuple(_row(info) for info in known.values())
        return Listing(
            "What you can type",
            rows,
            note=prose(
                "More about one command: ", Code(typed("help sms")), ". Everything also works after an @mention."
            ),
            buttons=(Button("Menu", "menu.menu"),),
        )
    wanted = word.strip().lstrip("/").casefold()
    wanted = wanted.removeprefix(typed("").lstrip("/").casefold()).strip(" -") or wanted
    info = known.get(wanted)
    if info is None:
        if near := did_you_mean(wanted[:40], known):
            raise Doubt(
                f"There is no command “{wanted[:30]}”. Did you mean:",
                [Button(typed(f"help {one}"), "help.help_", {"word": one}) for one in near],
            )
        raise UserError(f"There is no command “{wanted[:30]}”. Type {typed('help')} to see all commands.")
    return _card(typed, info)


def _row(info: CommandInfo) -> Row:
    return Row(prose(Bold(info.word), f" {info.usage}" if info.usage else ""), note=info.summary)


def _card(typed: Callable[[str], str], info: CommandInfo) -> Card:
    examples = listed([prose(Code(typed(example))) for example in info.examples], last=", ")
    facts = [Fact("Type", prose(Code(typed(f"{info.word} {info.usage}"))))]
    if examples:
        facts.append(Fact("For example", examples))
    return Card(info.summary, facts=tuple(facts), note="If you leave something out, a form asks for it.")
