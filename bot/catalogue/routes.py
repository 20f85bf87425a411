"""Builds the routes of all actions from their classes: the form, the confirmation and the one that asks for the
name."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any, Final

from bot.basics.language import ENGLISH, speaking
from bot.catalogue.answers import AS, FIND, FROM, is_list, reader_of, route_of
from bot.catalogue.daily import DAILY, arranged
from bot.catalogue.favorites import starring
from bot.catalogue.fields import arguments_of, fields_of
from bot.catalogue.running import CONFIRMED, SURE, ask, confirmed, prefill, sure
from bot.contract.argument import EMPTIED, FILLED, MORE, STARRED, Argument, Carried, Text
from bot.contract.context import Ctx
from bot.contract.reply import Answer, Form
from bot.contract.routing import Route, RouteKind
from bot.dialpad.action import Action, Risk, needs_of
from bot.dialpad.actions import ALL
from bot.dialpad.actions.oauth2 import RUN_AS

_TITLE: Final = 24


def build_routes() -> list[Route]:
    """Build the routes of every action: its form and, where needed, its confirmation and the form that asks for the
    name."""
    routes: list[Route] = []
    for action in ALL:
        routes += _routes_of(action)
    return routes


@cache
def route_for(action: type[Action[Any]]) -> Route:
    """Return the route that asks for an action's fields and runs it."""
    return _routes_of(action)[0]


def _routes_of(action: type[Action[Any]]) -> list[Route]:
    arguments, required = arguments_of(action)
    carried: dict[str, Argument] = {MORE: Carried("More"), STARRED: Carried("Favorite", longest=4)}
    if is_list(action):
        carried |= {
            FIND: Text("Only rows with", hint="Words that must appear in the row.", longest=100),
            FROM: Carried("From", longest=6),
            AS: Carried("As", longest=4),
        }
    changes_what_is_there = reader_of(action) is not None
    if changes_what_is_there:
        carried[FILLED] = Carried("Was", longest=1_000)
        carried[EMPTIED] = Carried("Emptied", longest=2_000)
        arguments = {
            name: replace(argument, awaited=name in {f.name for f in fields_of(action) if f.place == "path"})
            for name, argument in arguments.items()
        }
    slug, daily = action.slug.lower(), DAILY.get(action.slug)
    asking = Route(
        id=route_of(action), kind=RouteKind.BUTTON, handler=_Asking(action, ask),
        arguments={**arranged(action, arguments), **carried},
        required=frozenset() if action in RUN_AS else required, summary=action.name,
        title=daily.title if daily else _title(action.name), submit=daily.submit if daily else _submit_word(action),
        risk=action.risk, intro=daily.intro if daily else _intro(action),
        opening=partial(_opening, action),
        action=action,
    )  # fmt: skip
    routes = [asking]
    if action.risk in {Risk.OUTWARD, Risk.DESTRUCTIVE}:
        routes.append(
            replace(
                asking, id=CONFIRMED + slug, kind=RouteKind.CONFIRMED, handler=_Asking(action, confirmed), opening=None
            )
        )
        hidden = {name: replace(argument, shown=False) for name, argument in asking.arguments.items()}
        del hidden[STARRED]  # this form is a question
        typed: Argument = Text("Its name", longest=500, hint="Exactly as it is written.")
        routes.append(
            replace(
                asking, id=SURE + slug, handler=_Asking(action, _sure), arguments={"typed": typed, **hidden},
                required=frozenset({"typed", *asking.required}), submit="Continue", opening=None, intro="",
            )
        )  # fmt: skip
    return routes


def _title(name: str) -> str:
    """Shorten an action's name to a title of at most 24 characters, Slack's limit; the form's intro has it in full."""
    return name if len(name) <= _TITLE else name[: _TITLE - 1].rstrip() + "…"


def _intro(action: type[Action[Any]]) -> str:
    """Return what the action does and what of Dialpad it needs, as its form begins."""
    said = " ".join((action.__doc__ or "").split())
    with speaking(ENGLISH):
        needs = needs_of(action)
    return f"{said} Your company's Dialpad account needs {needs} for this." if needs else said


def _submit_word(action: type[Action[Any]]) -> str:
    if action.risk in {Risk.OUTWARD, Risk.DESTRUCTIVE}:
        return "Continue"
    if action.risk is Risk.READ:
        return "Show"
    return "Save"


@dataclass(frozen=True)
class _Asking:
    """A handler for one action; its keyword arguments have dots in their names."""

    action: type[Action[Any]]
    then: Callable[..., Awaitable[Answer]]

    async def __call__(self, ctx: Ctx, **values: Any) -> Answer:
        return await self.then(
            ctx, self.action, {name: one for name, one in values.items() if name not in {MORE, STARRED}}
        )


async def _sure(ctx: Ctx, action: type[Action[Any]], values: dict[str, Any]) -> Answer:
    return await sure(ctx, action, str(values.pop("typed", "")), values)


async def _opening(action: type[Action[Any]], ctx: Ctx, form: Form) -> Form:
    """Fill a form in with what there is at Dialpad, and mark it as a favorite where it is one."""
    starred = await starring(ctx, action, form)
    return replace(starred, args=await prefill(ctx, action, starred.args))
