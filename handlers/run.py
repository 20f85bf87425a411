"""``run``: any of Dialpad's actions, found by its words, asked for in a form made from its class."""

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from typing import Annotated, Any, Final

from bot.answers.of_action import as_command, is_list, reader_of, route_of
from bot.answers.of_action_running import AS, CONFIRMED, FIND, FROM, SURE, ask, confirmed, prefill, sure
from bot.answers.of_action_stats import look
from bot.answers.prose import plural, prose
from bot.arguments.argument import Argument, Carried, Lookup, Option, Text
from bot.arguments.of_action import arguments_of, fields_of
from bot.arguments.of_action_edit import WAS
from bot.arguments.reading import Refused, missing, parse_arguments
from bot.context import Ctx
from bot.dialpad.action import Action, Risk
from bot.dialpad.actions import ALL, by_slug, group_of
from bot.dialpad.actions.oauth2 import RUN_AS
from bot.dialpad.actions.search import find
from bot.errors import FieldError, UserError
from bot.reply import Answer, Button, Card, Code, Form, Listing, Prose, Raw, RawArgs, Reply, Row
from bot.routing import Kind, Route, Router

router = Router()

MORE: Final = "_more"
"""Carried by a form that shows all its fields."""
_SHOWN: Final = 12
_TITLE: Final = 24
_FAVOURITES: Final = 10
_GROUP_WORDS: Final = {
    "accesscontrolpolicies": "Access policies", "app": "App settings", "blockednumbers": "Blocked numbers",
    "callback": "Callbacks", "callcenters": "Call centers", "calllabels": "Call labels",
    "callreviewsharelink": "Links to call reviews", "callrouters": "Call routers", "call": "Calls",
    "coachingteams": "Coaching teams", "conference": "Meetings", "customivrs": "Announcements", "faxline": "Fax",
    "oauth2": "Connecting", "recordingsharelink": "Links to recordings", "schedulereports": "Scheduled reports",
    "sms": "Text messages", "stats": "Statistics", "userdevices": "Devices", "users": "People",
}  # fmt: skip
_MARKS: Final = {Risk.READ: "", Risk.CHANGE: "changes", Risk.OUTWARD: "asks first", Risk.DESTRUCTIVE: "asks first"}


# The 192


def build_routes() -> list[Route]:
    """The routes of every action: asking, and where needed agreeing and typing the name."""
    routes: list[Route] = []
    for action in ALL:
        routes += _routes_of(action)
    return routes


def _routes_of(action: type[Action[Any]]) -> list[Route]:
    arguments, required = arguments_of(action)
    carried: dict[str, Argument] = {MORE: Carried("More")}
    if is_list(action):
        carried |= {
            FIND: Text("Only rows with", hint="Words that have to stand in the row.", longest=100),
            FROM: Carried("From", longest=6),
            AS: Carried("As", longest=4),
        }
    changes_what_is_there = reader_of(action) is not None
    if changes_what_is_there:
        carried[WAS] = Carried("Was", longest=1_000)
        arguments = {
            name: replace(argument, awaited=name in {f.name for f in fields_of(action) if f.place == "path"})
            for name, argument in arguments.items()
        }
    slug = action.slug.lower()
    asking = Route(
        id=route_of(action), kind=Kind.BUTTON, handler=_Asking(action, ask), arguments={**arguments, **carried},
        required=frozenset() if action in RUN_AS else required, summary=action.name, title=_title(action.name),
        submit=_submit_word(action), risk=action.risk, intro=" ".join((action.__doc__ or "").split()),
        prefill=partial(_prefill, action) if changes_what_is_there else None,
    )  # fmt: skip
    routes = [asking]
    if action.risk in {Risk.OUTWARD, Risk.DESTRUCTIVE}:
        routes.append(
            replace(asking, id=CONFIRMED + slug, kind=Kind.CONFIRMED, handler=_Asking(action, confirmed), prefill=None)
        )
        hidden = {name: replace(argument, shown=False) for name, argument in asking.arguments.items()}
        typed: Argument = Text("Its name", longest=500, hint="Letter for letter.")
        routes.append(
            replace(
                asking, id=SURE + slug, handler=_Asking(action, _sure), arguments={"typed": typed, **hidden},
                required=frozenset({"typed", *asking.required}), submit="Continue", prefill=None, intro="",
            )
        )  # fmt: skip
    return routes


def _title(name: str) -> str:
    """At most 24 characters, Slack's limit; what it says in full stands below it."""
    return name if len(name) <= _TITLE else name[: _TITLE - 1].rstrip() + "…"


def _submit_word(action: type[Action[Any]]) -> str:
    if action.risk in {Risk.OUTWARD, Risk.DESTRUCTIVE}:
        return "Continue"
    if action.risk is Risk.READ:
        return "Show"
    return "Save" if action.request.method in {"PATCH", "PUT"} else "Do it"


@dataclass(frozen=True)
class _Asking:
    """A handler for one action; its keyword arguments have dots in their names."""

    action: type[Action[Any]]
    then: Callable[..., Awaitable[Answer]]

    async def __call__(self, ctx: Ctx, **values: Any) -> Answer:
        return await self.then(ctx, self.action, {name: one for name, one in values.items() if name != MORE})


async def _sure(ctx: Ctx, action: type[Action[Any]], values: dict[str, Any]) -> Answer:
    return await sure(ctx, action, str(values.pop("typed", "")), values)


async def _prefill(action: type[Action[Any]], ctx: Ctx, args: RawArgs) -> RawArgs:
    return await prefill(ctx, action, args)


router.routes += build_routes()


# Finding one


@dataclass(frozen=True)
class ActionChoice(Lookup):
    """The value is an action; raw it is its slug."""

    async def parse(self, ctx: Ctx, name: str, raw: Raw) -> type[Action[Any]]:
        action = _named(str(raw).strip())
        if action is None:
            hits = find(str(raw), 1)
            if not hits:
                raise self.refuse(name, "No action fits. Type a word of its name, such as number or hold queue.")
            action = hits[0]
        return action

    async def suggest(self, ctx: Ctx, query: str) -> list[Option]:
        actions = find(query, 50) if query.strip() else [*await _recent(ctx), *ALL][:100]
        return [
            Option(action.name[:75], action.slug[:75], _group_word(group_of(action))[:75])
            for action in dict.fromkeys(actions)
        ]

    async def describe(self, ctx: Ctx, raw: str) -> Option:
        action = _named(raw)
        return Option((action.name if action else raw)[:75], raw[:75])


def _named(text: str) -> type[Action[Any]] | None:
    slug = text.upper()
    for wanted in (slug, f"DIALPAD_{slug}"):
        try:
            return by_slug(wanted)
        except KeyError:
            continue
    return None


def _group_word(group: str) -> str:
    return _GROUP_WORDS.get(group, group[:1].upper() + group[1:])


@router.command(
    "run",
    usage="[words, or NAME key=value …]",
    summary="Any of the 192 Dialpad actions",
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
    """Without words what can be run; with words what fits, and its form when only one does."""
    text = (words or "").strip()
    if not text:
        return await _menu(ctx)
    if text.casefold() == "refresh":
        return await refresh(ctx)
    first, _, rest = text.partition(" ")
    action = _named(first)
    if action is not None:
        return await _typed(ctx, action, rest)
    hits = find(text, 40)
    if not hits:
        return Reply(
            f"No action fits “{text[:40]}”. Try other words, such as number, hold queue or schedule.",
            (Button("Choose from all", "run.pick", form=True),), tone="warning",
        )  # fmt: skip
    if len(hits) == 1 or _is_meant(text, hits):
        return await _open(ctx, hits[0])
    return _matches(text, hits)


def _matches(text: str, hits: list[type[Action[Any]]]) -> Listing:
    rows = tuple(_row(action) for action in hits[:SHOWN])
    if len(hits) <= SHOWN:
        return Listing(prose(plural(len(hits), "action"), f" for “{text[:40]}”"), rows)
    more = f"{len(hits) - SHOWN} more fit. Add a word to narrow it down."
    choose = Button("Choose from all", "run.pick", form=True)
    return Listing(prose("Best matches", f" for “{text[:40]}”"), rows, note=more, buttons=(choose,))


SHOWN: Final = 8
"""Matches that fit on a screen without scrolling the best one away."""


def _is_meant(text: str, hits: list[type[Action[Any]]]) -> bool:
    return text.casefold() == hits[0].name.casefold() and hits[1].name.casefold() != hits[0].name.casefold()


async def _open(ctx: Ctx, action: type[Action[Any]], args: RawArgs | None = None) -> Answer:
    """Its form; what asks nothing runs."""
    route = _route(action)
    if action in RUN_AS or not fields_of(action) or all(not field.argument.shown for field in fields_of(action)):
        return await route.handler(ctx, **await parse_arguments(ctx, route, args or {}))
    return Form(route.id, args or {})


def _route(action: type[Action[Any]]) -> Route:
    return _ROUTES[route_of(action)]


_ROUTES: Final = {route.id: route for route in router.routes}


def _row(action: type[Action[Any]], note: Prose = "") -> Row:
    risk = _MARKS[action.risk]
    where = _group_word(group_of(action))
    said = note or " · ".join(part for part in (where, risk, consequence_of(action)) if part)
    fields = [field for field in fields_of(action) if field.argument.shown]
    form = bool(fields) and action not in RUN_AS
    return Row(action.name, note=said, button=Button("Open", route_of(action), form=form))


def consequence_of(action: type[Action[Any]]) -> str:
    """The first sentence of what it does."""
    return " ".join((action.__doc__ or "").split()).partition(". ")[0].rstrip(".")


async def _recent(ctx: Ctx) -> list[type[Action[Any]]]:
    known = (await ctx.deps.preferences.get(ctx.person)).get("recent") or []
    return [action for slug in known if (action := _named(str(slug))) is not None]


async def _menu(ctx: Ctx) -> Answer:
    chosen = await ctx.deps.preferences.get(ctx.person)
    rows: list[Row] = []
    for kept in (chosen.get("favourites") or [])[:_FAVOURITES]:
        action = _named(str(kept.get("slug")))
        if action is not None:
            args = {str(k): v for k, v in dict(kept.get("args") or {}).items()}
            rows.append(
                Row(
                    ("★ ", action.name),
                    note=_said(args),
                    button=Button("Open", route_of(action), args, form=bool(args)),
                )
            )
    recent = (await _recent(ctx))[: max(3, _SHOWN - len(rows))]
    rows += [_row(action) for action in recent]
    if not rows:
        rows = [_row(action) for slug in _FIRST if (action := _named(slug)) is not None]
    groups = [(group, len(list(actions))) for group, actions in groupby(sorted(ALL, key=group_of), key=group_of)]
    buttons = [Button("Search all…", "run.pick", form=True, style="primary")]
    buttons += [Button(f"{_group_word(group)} {count}", "run.group", {"group": group}) for group, count in groups]
    buttons.append(Button("Refresh lists", "run.refresh"))
    note = prose("Or type ", Code(f"{ctx.deps.settings.command} run"), " and words of its name.")
    return Listing("What would you like to run?", tuple(rows), buttons=tuple(buttons), note=note)


_FIRST: Final = (
    "DIALPAD_LIST_USERS", "DIALPAD_RETRIEVE_CALL_CENTERS_INFORMATION", "DIALPAD_RETRIEVE_CONTACT_LIST",
    "DIALPAD_RETRIEVE_CALL_INFORMATION", "DIALPAD_RETRIEVE_COACHING_STATS_V2", "DIALPAD_RETRIEVE_NUMBERS_VIA_API_V2",
)  # fmt: skip
"""What is offered before anything was run."""


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
    """The type-ahead over all of them; leads to the chosen one's form."""
    return await _open(ctx, action)


@router.shortcut("Run an action", summary="Any of the 192 Dialpad actions")
async def run_an_action(ctx: Ctx) -> Answer:
    """Opens the type-ahead."""
    return Form("run.pick")


@router.button()
async def group(ctx: Ctx, group: Annotated[str, Carried("Group", longest=40)]) -> Answer:
    """The actions of one kind of thing."""
    actions = [action for action in ALL if group_of(action) == group]
    return Listing(_group_word(group), tuple(_row(action, consequence_of(action)) for action in actions))


@router.button()
async def refresh(ctx: Ctx) -> Answer:
    """Names for type-ahead are read anew."""
    await ctx.deps.directory.forget(ctx.account)
    return Reply("The lists of people, lines and numbers are read anew.", tone="done")


# Typing one


async def _typed(ctx: Ctx, action: type[Action[Any]], rest: str) -> Answer:
    """``NAME key=value …``: runs when it is complete, else the form opens with what was given."""
    route = _route(action)
    raw = read_pairs(action, rest)
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


_PAIR: Final = re.compile(r"(?:^|(?<=\s))(?P<name>[A-Za-z_][A-Za-z0-9_.]*)=")


def read_pairs(action: type[Action[Any]], text: str) -> dict[str, Raw]:
    """Raw arguments from ``key=value`` words; a value goes on until the next key. Raises UserError for unknown keys."""
    fields = {field.name: field for field in fields_of(action)}
    kinds = {".".join(field.kind_path): field.name for field in fields.values() if field.kind_path}
    starts = [match for match in _PAIR.finditer(text) if text.count('"', 0, match.start()) % 2 == 0]
    known = {*fields, *kinds, FIND}
    unknown = next((match["name"] for match in starts if match["name"] not in known), None)
    head = text[: starts[0].start()].strip() if starts else text.strip()
    if unknown is not None or (starts and head):
        word = unknown or head[:30]
        raise UserError(f"“{word[:40]}” is nothing that “{action.name}” takes. It takes: {_taken(fields, kinds)}.")
    raw: dict[str, Raw] = {}
    for match, following in zip(starts, [*starts[1:], None], strict=False):
        value = text[match.end() : following.start() if following else len(text)].strip()
        raw[match["name"]] = _unquoted(value)
    if head and not starts:
        first = next((field for field in fields.values() if field.required), None) or next(iter(fields.values()), None)
        if first is None:
            raise UserError(f"{action.name} takes nothing. Leave “{head[:30]}” out.")
        raw[first.name] = _unquoted(head)
    for kind_name, name in kinds.items():
        if kind_name in raw:
            kind = str(raw.pop(kind_name))
            raw[name] = f"{kind}:{raw.get(name, '')}"
    return raw


def _taken(fields: dict[str, Any], kinds: dict[str, str]) -> str:
    names = [name for name in (*fields, *kinds) if name != "cursor"]
    return ", ".join(names[:12]) + (" and more" if len(names) > 12 else "") if names else "nothing"


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] in "\"“”'" and value[-1] in "\"“”'" else value


# Keeping one


@router.button(risk=Risk.CHANGE)
async def keep(
    ctx: Ctx, slug: Annotated[str, Carried("Action")], args: Annotated[str, Carried("Values", longest=2_000)] = "{}"
) -> Answer:
    """Among the favourites, with what was entered."""
    action = _named(slug)
    if action is None:
        raise UserError("This action is no more. Nothing was kept.")
    kept = {"slug": action.slug, "args": _read(args)}
    favourites = list((await ctx.deps.preferences.get(ctx.person)).get("favourites") or [])
    if kept not in favourites:
        favourites = [kept, *favourites][:_FAVOURITES]
        await ctx.deps.preferences.set(ctx.person, {"favourites": favourites})
    return Reply(
        prose(f"“{action.name}” is a favourite now. See ", Code(f"{ctx.deps.settings.command} run"), "."),
        (Button("Take out", "run.drop", {"slug": slug, "args": args}),), tone="done",
    )  # fmt: skip


@router.button(risk=Risk.CHANGE)
async def drop(
    ctx: Ctx, slug: Annotated[str, Carried("Action")], args: Annotated[str, Carried("Values", longest=2_000)] = "{}"
) -> Answer:
    """Out of the favourites."""
    favourites = (await ctx.deps.preferences.get(ctx.person)).get("favourites") or []
    gone = {"slug": slug, "args": _read(args)}
    await ctx.deps.preferences.set(ctx.person, {"favourites": [one for one in favourites if one != gone]})
    return Reply("It is no longer among your favourites.", tone="done")


@router.button()
async def copy(
    ctx: Ctx, slug: Annotated[str, Carried("Action")], args: Annotated[str, Carried("Values", longest=2_000)] = "{}"
) -> Answer:
    """The command that does the same."""
    action = _named(slug)
    if action is None:
        raise UserError("This action is no more.")
    return Card("The same as a command", text=(Code(as_command(ctx.deps.settings.command, action, _read(args))),))


def _read(args: str) -> dict[str, Raw]:
    try:
        known = json.loads(args)
    except ValueError:
        return {}
    return {str(name): value for name, value in known.items()} if isinstance(known, dict) else {}


# Statistics


@router.button()
async def stats_look(ctx: Ctx, request: Annotated[str, Carried("Request")]) -> Answer:
    """Whether they are ready, now."""
    return await look(ctx, request, tries=0)


@router.later(risk=Risk.READ)
async def stats_ready(
    ctx: Ctx, request: Annotated[str, Carried("Request")], tries: Annotated[str, Carried("Tries", longest=3)] = "1"
) -> Answer:
    """Looks by itself, again and again, until they are."""
    return await look(ctx, request, tries=int(tries) if tries.isdigit() else 1)
