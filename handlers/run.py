"""Handles ``run``: any of Dialpad's actions, found by its words and run from a form made from its class."""

import json
from itertools import groupby
from typing import Annotated, Any, Final

from bot.basics.errors import FieldError, UserError
from bot.basics.language import mark, say
from bot.cards.reaching_out import with_colleagues
from bot.catalogue import favorites
from bot.catalogue.answers import FIND, as_words, reader_of, route_of
from bot.catalogue.fields import fields_of
from bot.catalogue.groups import group_word
from bot.catalogue.routes import build_routes
from bot.catalogue.search import find
from bot.catalogue.statistics import look, look_by_clock
from bot.catalogue.typed import ActionChoice, named_action, read_pairs, recent_actions
from bot.contract.argument import Carried, Text
from bot.contract.context import Ctx
from bot.contract.prose import plural, sentence
from bot.contract.reading import Refused, missing, parse_arguments
from bot.contract.reply import Answer, Button, Card, Code, Form, Listing, Prose, Raw, RawArgs, Reply, Row
from bot.contract.routing import Route, Router
from bot.dialpad.action import Action, Risk
from bot.dialpad.actions import ALL, group_of
from bot.dialpad.actions.oauth2 import RUN_AS

router = Router()
router.routes += with_colleagues(build_routes())

ON_MENU: Final = 12
SHOWN: Final = 8
"""Most matches listed: as many as fit on a screen."""
_MARKS: Final = {
    Risk.READ: "", Risk.CHANGE: mark("changes"), Risk.OUTWARD: mark("asks first"), Risk.DESTRUCTIVE: mark("asks first"),
}  # fmt: skip


# Finding one


@router.command(
    "run",
    usage="[words, or NAME key=value …]",
    summary="Any of Dialpad's actions",
    aliases=("action", "actions"),
    examples=("run", "run hold queue", "run list call centers", "run refresh"),
    title="Run an action",
    submit="Continue",
    risk=Risk.CHANGE,
)
async def run(
    ctx: Ctx,
    words: Annotated[
        str | None, Text("What to run", verbatim=True, longest=6_000, placeholder="list call centers")
    ] = None,
) -> Answer:
    """List what can be run; with words the actions that match, or the form of the only one."""
    text = (words or "").strip()
    if not text:
        return await _menu(ctx)
    if text.casefold() == "refresh":
        return await refresh(ctx)
    first, _, rest = text.partition(" ")
    action = named_action(first)
    if action is not None:
        return await _typed(ctx, action, rest)
    hits = find(text, 40)
    if not hits:
        return Reply(
            say("No action matches “{said}”. Try other words, such as number, hold queue or schedule.", said=text[:40]),
            (Button("Choose from all", "run.pick", form=True),), tone="warning",
        )  # fmt: skip
    if len(hits) == 1 or _is_meant(text, hits):
        return await _open(ctx, hits[0])
    return _matches(text, hits)


def _matches(text: str, hits: list[type[Action[Any]]]) -> Listing:
    rows = tuple(_row(action) for action in hits[:SHOWN])
    if len(hits) <= SHOWN:
        return Listing(sentence("{actions} for “{said}”", actions=plural(len(hits), "action"), said=text[:40]), rows)
    more = say("{count} more match. Add a word to narrow it down.", count=len(hits) - SHOWN)
    choose = Button("Choose from all", "run.pick", form=True)
    return Listing(sentence("Best matches for “{said}”", said=text[:40]), rows, note=more, buttons=(choose,))


def _is_meant(text: str, hits: list[type[Action[Any]]]) -> bool:
    return text.casefold() == hits[0].name.casefold() and hits[1].name.casefold() != hits[0].name.casefold()


async def _open(ctx: Ctx, action: type[Action[Any]], args: RawArgs | None = None) -> Answer:
    """Open an action's form; run an action without fields."""
    route = _route(action)
    if action in RUN_AS or not fields_of(action) or all(not field.argument.shown for field in fields_of(action)):
        return await route.handler(ctx, **await parse_arguments(ctx, route, args or {}))
    return Form(route.id, args or {})


def _route(action: type[Action[Any]]) -> Route:
    return _ROUTES[route_of(action)]


_ROUTES: Final = {route.id: route for route in router.routes}


def _row(action: type[Action[Any]], note: Prose = "") -> Row:
    risk = say(_MARKS[action.risk])
    where = group_word(group_of(action))
    said = note or " · ".join(part for part in (where, risk, consequence_of(action)) if part)
    fields = [field for field in fields_of(action) if field.argument.shown]
    form = bool(fields) and action not in RUN_AS
    return Row(say(action.name), note=said, button=Button("Open", route_of(action), form=form))


def consequence_of(action: type[Action[Any]]) -> str:
    """Return the first sentence of what an action does."""
    return say(" ".join((action.__doc__ or "").split())).partition(". ")[0].rstrip(".")


async def _menu(ctx: Ctx) -> Answer:
    rows: list[Row] = []
    for kept in await favorites.favorites_of(ctx):
        action = named_action(str(kept.get("slug")))
        if action is not None:
            args = {str(k): v for k, v in dict(kept.get("args") or {}).items()}
            rows.append(
                Row(
                    ("★ ", say(action.name)),
                    note=_said(args),
                    button=Button("Open", route_of(action), args, form=bool(args)),
                )
            )
    recent = (await recent_actions(ctx))[: max(3, ON_MENU - len(rows))]
    rows += [_row(action) for action in recent]
    if not rows:
        rows = [_row(action) for slug in _FIRST if (action := named_action(slug)) is not None]
    groups = [(group, len(list(actions))) for group, actions in groupby(sorted(ALL, key=group_of), key=group_of)]
    buttons = [Button("Search all…", "run.pick", form=True, style="primary")]
    buttons += [Button(f"{group_word(group)} {count}", "run.group", {"group": group}) for group, count in groups]
    buttons.append(Button("Refresh lists", "run.refresh"))
    note = sentence("Or type {typed} and part of its name.", typed=Code(ctx.deps.settings.typed("run")))
    return Listing(say("What would you like to run?"), tuple(rows), buttons=tuple(buttons), note=note)


_FIRST: Final = (
    "DIALPAD_LIST_USERS", "DIALPAD_RETRIEVE_CALL_CENTERS_INFORMATION", "DIALPAD_RETRIEVE_CONTACT_LIST",
    "DIALPAD_RETRIEVE_CALL_INFORMATION", "DIALPAD_RETRIEVE_COACHING_STATS_V2", "DIALPAD_RETRIEVE_NUMBERS_VIA_API_V2",
)  # fmt: skip
"""The actions offered to somebody who has not run any."""


def _said(args: RawArgs) -> str:
    said = [
        f"{name} {value if isinstance(value, str) else ', '.join(value)}"
        for name, value in args.items()
        if not isinstance(value, bool)
    ]
    return ", ".join(said)[:150]


@router.button(title="Run an action", submit="Continue")
async def pick(
    ctx: Ctx, action: Annotated[type[Action[Any]], ActionChoice("Action", placeholder="Type part of its name")]
) -> Answer:
    """Open the form of the action chosen in the type-ahead."""
    return await _open(ctx, action)


@router.shortcut("Run an action", summary="Any of Dialpad's actions")
async def run_an_action(ctx: Ctx) -> Answer:
    """Open the type-ahead over all actions."""
    return Form("run.pick")


@router.button()
async def group(ctx: Ctx, group: Annotated[str, Carried("Group", longest=40)]) -> Answer:
    """List the actions of one group."""
    actions = [action for action in ALL if group_of(action) == group]
    return Listing(group_word(group), tuple(_row(action, consequence_of(action)) for action in actions))


@router.button()
async def refresh(ctx: Ctx) -> Answer:
    """Clear the cached names for type-ahead, so that they are read again."""
    await ctx.deps.directory.forget(ctx.account)
    return Reply(say("People, lines and numbers were refreshed."), tone="done")


# Typing one


async def _typed(ctx: Ctx, action: type[Action[Any]], rest: str) -> Answer:
    """Run a typed ``NAME key=value …`` when it is complete, else open the form with what was given."""
    route = _route(action)
    raw = read_pairs(action, rest, beside=(FIND,))
    if action in RUN_AS:
        return await route.handler(ctx)
    nothing_to_change = reader_of(action) is not None and all(
        field.place == "path" for field in fields_of(action) if field.name in raw
    )
    if missing(route, raw) or nothing_to_change:
        return Form(route.id, raw)
    try:
        return await route.handler(ctx, **await parse_arguments(ctx, route, raw))
    except FieldError as problem:
        return Form(route.id, raw, {problem.field: problem.text})
    except Refused as problem:
        return Form(route.id, raw, problem.problems)


# Keeping one


@router.button(risk=Risk.CHANGE)
async def keep(
    ctx: Ctx, slug: Annotated[str, Carried("Action")], args: Annotated[str, Carried("Values", longest=2_000)] = "{}"
) -> Answer:
    """Save an action as a favourite, with what was entered."""
    action = named_action(slug)
    if action is None:
        raise UserError(say("That action no longer exists. Nothing was saved."))
    await favorites.keep(ctx, action.slug, _read(args))
    return Reply(
        sentence(
            "“{action}” is now a favorite. See {typed}.",
            action=say(action.name),
            typed=Code(ctx.deps.settings.typed("run")),
        ),
        (Button("Remove", "run.drop", {"slug": slug, "args": args}),),
        tone="done",
    )


@router.button(risk=Risk.CHANGE)
async def drop(
    ctx: Ctx, slug: Annotated[str, Carried("Action")], args: Annotated[str, Carried("Values", longest=2_000)] = "{}"
) -> Answer:
    """Remove an action from the favourites."""
    await favorites.drop(ctx, slug, _read(args))
    return Reply(say("It was removed from your favorites."), tone="done")


@router.button()
async def copy(
    ctx: Ctx, slug: Annotated[str, Carried("Action")], args: Annotated[str, Carried("Values", longest=2_000)] = "{}"
) -> Answer:
    """Show the command that does the same."""
    action = named_action(slug)
    if action is None:
        raise UserError(say("That action no longer exists."))
    return Card(say("The same as a command"), text=(Code(ctx.deps.settings.typed(as_words(action, _read(args)))),))


def _read(args: str) -> dict[str, Raw]:
    try:
        known = json.loads(args)
    except ValueError:
        return {}
    return {str(name): value for name, value in known.items()} if isinstance(known, dict) else {}


# Statistics


@router.button()
async def stats_look(
    ctx: Ctx, request: Annotated[str, Carried("Request")], late: Annotated[str, Carried("Late", longest=3)] = ""
) -> Answer:
    """Check now whether statistics are ready. They are delivered once: by this, or by the clock."""
    return await look(ctx, request, late=bool(late))


@router.later(risk=Risk.READ)
async def stats_ready(
    ctx: Ctx, request: Annotated[str, Carried("Request")], tries: Annotated[str, Carried("Tries", longest=3)] = "1"
) -> Answer:
    """Check whether statistics are ready, and schedule the next check until they are."""
    return await look_by_clock(ctx, request, int(tries) if tries.isdigit() else 1)
