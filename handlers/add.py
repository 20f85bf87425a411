"""Handles ``add`` and ``remove``: who answers the calls of a call center, department or office."""

import json
import re
from dataclasses import dataclass
from typing import Annotated, Any, Final

from bot.arguments.colleague import ColleagueChoice
from bot.arguments.group import Group, GroupChoice
from bot.basics.language import say
from bot.cards.channel_line import line_of_channel
from bot.catalogue.answers import route_of
from bot.catalogue.routes import route_for
from bot.contract.argument import Carried, Text
from bot.contract.context import Ctx
from bot.contract.reading import fill_in
from bot.contract.reply import Answer, Button, Confirm, Fact, Form, Raw
from bot.contract.routing import Router
from bot.dialpad.action import Action, Entity, Risk
from bot.dialpad.actions.callcenters import AddCallCenterOperator, RemoveCallCenterOperator
from bot.dialpad.actions.departments import AddDepartmentOperator, RemoveDepartmentOperator
from bot.dialpad.actions.offices import AddOfficeOperator, RemoveOfficeOperator

router = Router()

_ADDING: Final[dict[str, tuple[type[Action[Any]], str]]] = {
    "callcenter": (AddCallCenterOperator, "user_id"),
    "department": (AddDepartmentOperator, "operator_id"),
    "office": (AddOfficeOperator, "operator_id"),
}
_REMOVING: Final[dict[str, tuple[type[Action[Any]], str]]] = {
    "callcenter": (RemoveCallCenterOperator, "user_id"),
    "department": (RemoveDepartmentOperator, "operator_id"),
    "office": (RemoveOfficeOperator, "operator_id"),
}
_ROLE: Final = re.compile(r"\s+as\s+(?:an?\s+)?(?P<role>operator|agent|supervisor|admin)\s*$", re.IGNORECASE)
_TO: Final = re.compile(r"(?:^|\s)(?:to|into|in)\s+", re.IGNORECASE)
_THE: Final = re.compile(r"^the\s+", re.IGNORECASE)
_LINE: Final = re.compile(r"\s+(?:line|queue|call center|department|team)$", re.IGNORECASE)
_TAKE_OUT: Final = re.compile(r"(?:take|get|pull) (?P<who>.+?) (?:out of|out from|from) (?P<line>.+)", re.IGNORECASE)
_FROM: Final = re.compile(r"(?:^|\s)(?:from|out of|of)\s+", re.IGNORECASE)


@dataclass(frozen=True)
class WhoAndWhere(Text):
    """A colleague and a line, with the words between them."""

    @property
    def vocabulary(self) -> tuple[str, ...]:
        return ("to", "into", "from", "as", "supervisor", "operator", "admin")


_COLLEAGUE: Final = ColleagueChoice("Who")
_GROUP: Final = GroupChoice("Where")


@router.command(
    "add",
    usage="<colleague> to <call center, department or office> [as supervisor]",
    summary="Let a colleague answer a line's calls",
    phrases=dict.fromkeys(("add operator", "add an operator", "add agent", "add an agent", "add colleague"), ""),
    examples=("add @noor to Sales", "add Noor Haddad to Sales as supervisor"),
    title="Add to a call center",
    submit="Continue",
    action=AddCallCenterOperator,
)
async def add(
    ctx: Ctx, words: Annotated[str, WhoAndWhere("Who, and where", longest=300, placeholder="@noor to Sales")] = ""
) -> Answer:
    """Ask whether a colleague shall answer a line's calls; without one of them, open the form."""
    role = _ROLE.search(words)
    as_role: dict[str, Raw] = {}
    if role:
        words = words[: role.start()]
        as_role = {"role": {"agent": "operator"}.get(role["role"].casefold(), role["role"].casefold())}
    return await _change(ctx, _ADDING, words, _TO, as_role)


@router.command(
    "remove",
    usage="<colleague> from <call center, department or office>",
    summary="A colleague no longer answers a line's calls",
    phrases=dict.fromkeys(("remove operator", "remove agent", "take out"), ""),
    patterns=((_TAKE_OUT, "{who} from {line}"),),
    examples=("remove @noor from Sales",),
    title="Take out",
    submit="Save",
    action=RemoveCallCenterOperator,
)
async def remove(
    ctx: Ctx,
    words: Annotated[str, WhoAndWhere("Who, and from where", longest=300, placeholder="@noor from Sales")] = "",
) -> Answer:
    """Ask whether a colleague shall be taken out of a line; without one of them, open the form."""
    return await _change(ctx, _REMOVING, words, _FROM, {})


async def _change(
    ctx: Ctx, actions: dict[str, tuple[type[Action[Any]], str]], words: str, between: re.Pattern[str],
    rest: dict[str, Raw],
) -> Answer:  # fmt: skip
    parts = between.split(words.strip())
    who, where = parts[0].strip(), _LINE.sub("", _THE.sub("", " ".join(parts[1:]).strip()))
    group: Group | None = await _GROUP.parse(ctx, "words", where) if where else await line_of_channel(ctx)
    action, field = actions[group.kind if group else "callcenter"]
    args = dict(rest)
    if who:
        args[field] = (await _COLLEAGUE.parse(ctx, "words", who)).id
    if group:
        args["id"] = group.id
    if not who or group is None or not where:  # a line that was not named is shown before anything is done
        return Form(route_of(action), args)
    if actions is _REMOVING:
        name = await ctx.deps.directory.name_of(ctx.account, Entity.USER, str(args[field])) or say("They")
        return _asked(action, args, name, group)
    return await fill_in(ctx, route_for(action), args)


def _asked(action: type[Action[Any]], args: dict[str, Raw], name: str, group: Group) -> Confirm:
    """Ask before somebody is taken out of a line: a mistyped name would leave it short."""
    return Confirm(
        "add.removed",
        {"slug": action.slug, "args": json.dumps(args)},
        say("Take out of the line?"),
        (
            Fact(say("Who"), name),
            Fact(say("Line"), group.name),
            Fact(say("What happens"), say("Calls of {group} no longer ring there.", group=group.name)),
        ),
        say("Take out"),
        edit=Button("Edit", route_of(action), args, form=True),
    )


@router.confirmed(risk=Risk.CHANGE)
async def removed(
    ctx: Ctx, slug: Annotated[str, Carried("Action", longest=80)], args: Annotated[str, Carried("Who, and where")]
) -> Answer:
    """Take somebody out of a line, once that was agreed to."""
    action = next(action for action, _ in _REMOVING.values() if action.slug == slug)
    return await fill_in(ctx, route_for(action), json.loads(args))
