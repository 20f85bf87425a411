"""Handles ``help``: what can be typed, in groups, with examples that can be pressed."""

from typing import Annotated, Final

from bot.basics.language import mark, say
from bot.basics.words import FILLERS, did_you_mean
from bot.contract.argument import Carried, Text
from bot.contract.context import CommandInfo, Ctx
from bot.contract.doubt import WORDS, Doubt
from bot.contract.nearest import about
from bot.contract.prose import listed, prose, sentence
from bot.contract.reply import Answer, Bold, Button, Card, Code, Fact, Listing, Row
from bot.contract.routing import Router

router = Router()

_ON_A_CALL: Final = ("live", "add-to-call", "park", "unpark", "record", "note")
GROUPS: Final[tuple[tuple[str, str, tuple[str, ...]], ...]] = (
    ("you", mark("You"), ("dnd", "duty", "status", "whoami")),
    ("calls", mark("Calls"), ("call", "hangup", "transfer", "calls", "last", "label", *_ON_A_CALL)),
    ("texts", mark("Texts"), ("sms", "scheduled")),
    ("team", mark("Your team"), ("open", "oncall", "board", "alerts", "add", "remove", "stats")),
    ("people", mark("Customers"), ("who", "contact", "block", "unblock", "blocked")),
    ("news", mark("Notifications"), ("notify", "labels", "news")),
)
"""The groups of help: id, title, commands. What stands in none is in the last one."""
REST: Final = ("rest", mark("Everything else"))
_MOST_NEAR: Final = 4


@router.command(
    "help",
    usage="[word]",
    summary="What you can type here",
    aliases=("?",),
    phrases=dict.fromkeys(
        (
            "help me",
            "help with",
            "help me with",
            "what can you do",
            "what can i do",
            "what can i type",
            "commands",
            "how do i",
            "how to",
            "how can i",
            "show help",
            "show commands",
        ),
        "",
    ),
    examples=("help", "help sms"),
    title="Help",
    submit="Show",
    needs_connection=False,
)
async def help_(
    ctx: Ctx, word: Annotated[str | None, Text("Command", longest=100, placeholder="sms, dnd, calls …")] = None
) -> Answer:
    """Show the groups, or one command with its examples. Made from the route table: what is not in it cannot be
    typed."""
    known = _known(ctx)
    typed = ctx.deps.settings.typed
    wanted = (word or "").strip().lstrip("/").casefold().strip("!?., ")
    if not wanted or wanted in FILLERS:
        return _overview(ctx)
    wanted = wanted.removeprefix(typed("").lstrip("/").casefold()).strip(" -") or wanted
    if (info := known.get(wanted)) is not None:
        return _card(ctx, info)
    if (found := _group_called(wanted)) is not None:
        return _of_group(ctx, *found)
    called = any(wanted in info.said for info in known.values())
    mistyped = [] if called else did_you_mean(wanted[:40], known)
    if near := mistyped or about(wanted[:40], known.values()):
        if len(near) == 1 and not mistyped:
            return _card(ctx, known[near[0]])
        raise Doubt(
            say("There is no command “{wanted}”. Did you mean:", wanted=wanted[:30]),
            [Button(typed(f"help {one}"), "help.help_", {"word": one}) for one in near[:_MOST_NEAR]],
        )
    return _overview(ctx, say("There is no help about “{wanted}”. This is what you can do here:", wanted=wanted[:30]))


@router.button(needs_connection=False)
async def group(ctx: Ctx, group: Annotated[str, Carried("Group", longest=20)]) -> Answer:
    """Show the commands of one group."""
    title = next((title for key, title, _ in (*GROUPS, (*REST, ())) if key == group), REST[1])
    return _of_group(ctx, group, title)


def _known(ctx: Ctx) -> dict[str, CommandInfo]:
    return {info.word: info for info in ctx.deps.routes.commands() if info.word}


def _words_of(ctx: Ctx, group: str) -> list[str]:
    """Return the commands of a group that there are, those of no group in the last one."""
    known = _known(ctx)
    listed_words = {word for _, _, words in GROUPS for word in words}
    mine = next((words for key, _, words in GROUPS if key == group), None)
    return [word for word in (known if mine is None else mine) if word in known and (mine or word not in listed_words)]


def _overview(ctx: Ctx, said: str = "") -> Listing:
    keys = [(key, title) for key, title, _ in GROUPS] + [REST]
    rows = tuple(
        Row(
            (Bold(say(title)),),
            note=", ".join(_words_of(ctx, key)),
            button=Button("Show", "help.group", {"group": key}),
        )
        for key, title in keys
        if _words_of(ctx, key)
    )
    typed = ctx.deps.settings.typed
    note = sentence(
        "About one command: {typed}. Everything works after an @mention too.", typed=Code(typed("help sms"))
    )
    return Listing(said or say("What you can do here"), rows, note=note, buttons=(Button("Menu", "menu.menu"),))


def _of_group(ctx: Ctx, group: str, title: str) -> Listing:
    known = _known(ctx)
    rows = tuple(_row(ctx, known[word]) for word in _words_of(ctx, group))
    return Listing(say(title), rows, note=say("An example opens first what it would do."), buttons=(_BACK,))


_BACK: Final = Button("All groups", "help.help_")


def _row(ctx: Ctx, info: CommandInfo) -> Row:
    example = next(iter(info.examples), "")
    usage = prose(Bold(info.word), f" {say(info.usage)}" if info.usage else "")
    return Row(say(info.summary), note=usage, button=_try(ctx, info, example) if example else None)


def _try(ctx: Ctx, info: CommandInfo, example: str) -> Button:
    """Return the button that runs an example; one that would change something at once opens its form instead."""
    return Button(ctx.deps.settings.typed(example)[:75], WORDS, {"t": example}, form=info.changes)


def _card(ctx: Ctx, info: CommandInfo) -> Card:
    typed = ctx.deps.settings.typed
    facts = [Fact(say("Type"), prose(Code(typed(f"{info.word} {say(info.usage)}".strip()))))]
    others = [one for one in info.said if one != info.word][:6]
    if others:
        facts.append(Fact(say("Or"), listed([prose(Code(typed(one))) for one in others], last=", ")))
    examples = tuple(_try(ctx, info, example) for example in info.examples)
    note = say("If you leave something out, a form asks for it.") if info.usage else ""
    return Card(say(info.summary), facts=tuple(facts), note=note, buttons=(*examples, _BACK))


def _group_called(wanted: str) -> tuple[str, str] | None:
    return next(
        ((key, title) for key, title, _ in GROUPS if wanted in {key, title.casefold(), say(title).casefold()}), None
    )
