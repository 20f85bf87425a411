"""Handles ``roles``: who may do what here, and a second person's approval."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Final

from bot.arguments.group import Group, GroupChoice
from bot.arguments.slack_names import InSlack, UserGroups
from bot.arguments.switch import Switch
from bot.basics.errors import FieldError, UserError
from bot.basics.language import mark, say
from bot.catalogue.typed import ActionChoice, named_action
from bot.contract.argument import Carried, Choice, Option
from bot.contract.context import Ctx
from bot.contract.prose import listed, plural, prose, sentence
from bot.contract.reply import Answer, Bold, Button, Form, Listing, Mention, Prose, Raw, Reply, Row
from bot.contract.roles import FREE, Requirement, Role, RolePolicy
from bot.contract.routing import Router
from bot.dialpad.action import Action, Risk

router = Router()

_CLASSES: Final[Mapping[Risk, str]] = {
    Risk.READ: mark("Reading"), Risk.CHANGE: mark("Changing"), Risk.OUTWARD: mark("Reaching people outside"),
    Risk.DESTRUCTIVE: mark("Deleting"),
}  # fmt: skip
_WHO: Final = (
    Option("Everybody", "member"), Option("Supervisors and admins", "supervisor"), Option("Admins", "admin"),
)  # fmt: skip
_WHERE: Final = (
    Option("Anywhere", "anywhere"), Option("Only in direct messages with me", "direct"),
    Option("Only in the channels chosen below", "channels"),
)  # fmt: skip
_APPROVAL: Final = (
    Option("Nobody", "none"), Option("A supervisor or admin", "supervisor"), Option("An admin", "admin"),
)  # fmt: skip
_HOURS: Final = (
    Option("1 hour", "1"), Option("4 hours", "4"), Option("8 hours", "8"), Option("1 day", "24"),
    Option("3 days", "72"), Option("7 days", "168"),
)  # fmt: skip
_SAID: Final = {
    Role.MEMBER: mark("everybody"), Role.SUPERVISOR: mark("supervisors and admins"), Role.ADMIN: mark("admins"),
}  # fmt: skip
_ONE: Final = {Role.MEMBER: mark("member"), Role.SUPERVISOR: mark("supervisor"), Role.ADMIN: mark("admin")}
_PLACES: Final = {"anywhere": mark("anywhere"), "direct": mark("in direct messages with me")}
_MOST_RULES: Final = 40


async def _policy(ctx: Ctx) -> RolePolicy:
    """Return what holds. Raises UserError for whoever is no admin."""
    gate = ctx.gate
    if not await gate.holds(ctx, Role.ADMIN):
        mine = await gate.role_of(ctx)
        raise UserError(
            say("Only admins can see and change this. You are a {role} here; ask an admin.", role=say(_ONE[mine]))
        )
    return await gate.policy(await ctx.account.company())


# Seeing them


@router.command(
    "roles",
    summary="Who may do what here, and what needs a second person's approval",
    aliases=("role", "permissions"),
    phrases=dict.fromkeys(
        (
            "who may do what",
            "who can do what",
            "roles and permissions",
            "approvals",
            "who is admin",
            "who is an admin",
            "who are the admins",
            "who is supervisor",
            "who is a supervisor",
            "who are the supervisors",
            "who is the admin",
            "who is the supervisor",
            "what may i do",
            "who has access",
            "who has rights",
            "what am i allowed to do",
        ),
        "",
    ),
    sentences=(
        (
            re.compile(
                r"who (?:may|can|is allowed to|has permission to|is able to) (?:block|unblock|send|text|delete|change"
                r"|see|run|add|remove|use|export|label|record|listen|notify|set)\b.*",
                re.IGNORECASE,
            ),
            "",
        ),
    ),
    examples=("roles",),
    title="Roles",
)
async def roles(ctx: Ctx) -> Answer:
    """Show who has which role and what needs which. For admins."""
    gate = ctx.gate
    if not await gate.holds(ctx, Role.ADMIN):
        mine = await gate.role_of(ctx)
        return Reply(say("You are a {role} here. Only admins see and change who may do what.", role=say(_ONE[mine])))
    return _listing(ctx, gate.file, await _policy(ctx))


def _listing(ctx: Ctx, file: str, policy: RolePolicy, said: str = "") -> Listing:
    can = not file
    rows = [
        Row(prose(Bold(say("Admins")), ": ", _people(policy.admins, policy, Role.ADMIN))),
        Row(prose(Bold(say("Supervisors")), ": ", _people(policy.supervisors, policy, Role.SUPERVISOR))),
    ]
    rows += [
        Row(prose(Bold(say(name)), ": ", _in_words(policy.rules.get(risk.value, FREE))))
        for risk, name in _CLASSES.items()
    ]
    others = [name for name in policy.rules if name not in set(Risk)]
    for name in others[:_MOST_RULES]:
        drop = Button("Remove", "roles.drop", {"name": name}) if can else None
        rows.append(Row(prose(Bold(_called(name)), ": ", _in_words(policy.rules[name])), button=drop))
    asked: Prose = sentence("in {who}", who=Mention(policy.ask_in)) if policy.ask_in else say("in direct messages")
    note: Prose = sentence(
        "{said}Approval is asked for {where} and is good for {hours}. Dialpad's own permissions hold besides.",
        said=f"{said} " if said else "",
        where=asked,
        hours=plural(policy.hours, "hour"),
    )
    if file:
        note = sentence("{note} All this is in the file {file} and is changed there.", note=note, file=file)
    buttons = (
        Button("Change…", "roles.edit", form=True, style="primary"),
        Button("Rule for one action…", "roles.rule", form=True),
    )
    return Listing(say("Who may do what"), tuple(rows), note=note, buttons=buttons if can else ())


def _people(named: tuple[str, ...], policy: RolePolicy, role: Role) -> Prose:
    sources: list[Prose] = [(Mention(one),) for one in named]
    if role is Role.ADMIN and policy.slack_admins:
        sources.append(say("admins of this Slack workspace"))
    if policy.dialpad_roles:
        sources.append(
            say("admins at Dialpad") if role is Role.ADMIN else say("supervisors of a call center at Dialpad")
        )
    return listed(sources) if sources else say("nobody")


def _in_words(rule: Requirement) -> Prose:
    where: Prose = say(_PLACES.get(rule.where, ""))
    if rule.where == "channels":
        where = sentence("in {channels}", channels=listed([(Mention(one),) for one in rule.channels], " or "))
    approval = {
        Role.SUPERVISOR: say(", after a supervisor's or admin's approval"),
        Role.ADMIN: say(", after an admin's approval"),
    }
    office = say(" of {office}", office=rule.office_name or say("one office")) if rule.office else ""
    return prose(f"{say(_SAID[rule.least])}{office}, ", where, approval.get(rule.approval or Role.MEMBER, ""))


def _called(name: str) -> str:
    action = named_action(name)
    return say(action.name) if action else name


# Changing them


def _who(risk: Risk) -> Choice:
    return Choice("Who may", options=_WHO, group=_CLASSES[risk])


def _where(risk: Risk) -> Choice:
    return Choice("Where", options=_WHERE, group=_CLASSES[risk])


def _approval(risk: Risk) -> Choice:
    return Choice("Has to approve", options=_APPROVAL, group=_CLASSES[risk])


async def _filled(ctx: Ctx, form: Form) -> Form:
    """Fill in what holds now."""
    policy = await _policy(ctx)
    _refuse_file(ctx)
    now: dict[str, Raw] = {
        "admins": [one for one in policy.admins if not one.startswith("S")],
        "admin_groups": [one for one in policy.admins if one.startswith("S")],
        "supervisors": [one for one in policy.supervisors if not one.startswith("S")],
        "supervisor_groups": [one for one in policy.supervisors if one.startswith("S")],
        "slack_admins": policy.slack_admins,
        "dialpad_roles": policy.dialpad_roles,
        "channels": list(dict.fromkeys(one for risk in Risk for one in policy.rules.get(risk.value, FREE).channels)),
        "ask_in": [policy.ask_in] if policy.ask_in else [],
        "hours": str(policy.hours),
    }
    for risk in Risk:
        rule = policy.rules.get(risk.value, FREE)
        now |= {f"{risk.value}_who": rule.least.value, f"{risk.value}_where": rule.where}
        if risk is not Risk.READ:
            now[f"{risk.value}_approval"] = rule.approval.value if rule.approval else "none"
    return replace(form, args={**{name: one for name, one in now.items() if one not in ("", [])}, **form.args})


def _refuse_file(ctx: Ctx) -> None:
    if file := ctx.gate.file:
        raise UserError(
            say(
                "The roles are in the file {file}, which goes before what is chosen here. Change them there.", file=file
            )
        )


@router.button(title="Roles", submit="Save", risk=Risk.CHANGE, opening=_filled)
async def edit(
    ctx: Ctx,
    *,
    admins: Annotated[tuple[str, ...], InSlack("Admins", hint="They see and change this, and the audit.")] = (),
    admin_groups: Annotated[tuple[str, ...], UserGroups("Admins: user groups")] = (),
    supervisors: Annotated[tuple[str, ...], InSlack("Supervisors")] = (),
    supervisor_groups: Annotated[tuple[str, ...], UserGroups("Supervisors: user groups")] = (),
    slack_admins: Annotated[bool, Switch("Admins of this Slack workspace are admins")] = False,
    dialpad_roles: Annotated[
        bool,
        Switch("Dialpad's roles count", hint="Its admins are admins, supervisors of its call centers are supervisors."),
    ] = False,
    read_who: Annotated[str, _who(Risk.READ)] = "member",
    read_where: Annotated[str, _where(Risk.READ)] = "anywhere",
    change_who: Annotated[str, _who(Risk.CHANGE)] = "member",
    change_where: Annotated[str, _where(Risk.CHANGE)] = "anywhere",
    change_approval: Annotated[str, _approval(Risk.CHANGE)] = "none",
    outward_who: Annotated[str, _who(Risk.OUTWARD)] = "member",
    outward_where: Annotated[str, _where(Risk.OUTWARD)] = "anywhere",
    outward_approval: Annotated[str, _approval(Risk.OUTWARD)] = "none",
    destructive_who: Annotated[str, _who(Risk.DESTRUCTIVE)] = "member",
    destructive_where: Annotated[str, _where(Risk.DESTRUCTIVE)] = "anywhere",
    destructive_approval: Annotated[str, _approval(Risk.DESTRUCTIVE)] = "none",
    channels: Annotated[
        tuple[str, ...],
        InSlack("Channels", kind="channels", group="Places", hint="For whatever is only for the channels chosen here."),
    ] = (),
    ask_in: Annotated[
        tuple[str, ...],
        InSlack("Ask for approval in", kind="channels", most=1, group="Places",
                hint="Empty: in direct messages to those named above."),
    ] = (),
    hours: Annotated[str, Choice("An approval is good for", options=_HOURS, group="Places")] = "24",
) -> Answer:  # fmt: skip
    """Save who has which role and what each risk class needs."""
    before = await _policy(ctx)
    _refuse_file(ctx)
    chosen = {
        Risk.READ: (read_who, read_where, "none"),
        Risk.CHANGE: (change_who, change_where, change_approval),
        Risk.OUTWARD: (outward_who, outward_where, outward_approval),
        Risk.DESTRUCTIVE: (destructive_who, destructive_where, destructive_approval),
    }
    rules = {name: rule for name, rule in before.rules.items() if name not in set(Risk)}
    for risk, (who, where, approval) in chosen.items():
        rule = _rule(who, where, approval, channels)
        if rule.where == "channels" and not channels:
            raise FieldError("channels", say("Choose at least one channel, because something is only for these."))
        if rule != FREE:
            rules[risk.value] = rule
    policy = replace(
        before, admins=(*admins, *admin_groups), supervisors=(*supervisors, *supervisor_groups),
        slack_admins=slack_admins, dialpad_roles=dialpad_roles, rules=rules, ask_in=ask_in[0] if ask_in else "",
        hours=int(hours),
    )  # fmt: skip
    return await _save(ctx, policy, "admins")


def _rule(who: str, where: str, approval: str, channels: tuple[str, ...]) -> Requirement:
    place: Any = where
    return Requirement(
        Role(who), place, channels if where == "channels" else (), None if approval == "none" else Role(approval)
    )


async def _save(ctx: Ctx, policy: RolePolicy, field: str) -> Answer:
    """Save, unless whoever saves would lock themselves out."""
    gate = ctx.gate
    if not await gate.holds(ctx, Role.ADMIN, policy):
        raise FieldError(
            field, say("With this you would no longer be an admin yourself. Name yourself, or keep the switch on.")
        )
    policy = replace(policy, saved_by=ctx.person.user_id)
    await gate.save(await ctx.account.company(), policy)
    ctx.touched("roles", "company", rules=len(policy.rules), admins=len(policy.admins))
    return _listing(ctx, gate.file, policy, say("Saved."))


@router.button(title="Rule for one action", submit="Save", risk=Risk.CHANGE)
async def rule(
    ctx: Ctx,
    action: Annotated[type[Action[Any]], ActionChoice("Action", placeholder="Type part of its name")],
    who: Annotated[str, Choice("Who may", options=_WHO)] = "member",
    where: Annotated[str, Choice("Where", options=_WHERE)] = "anywhere",
    channels: Annotated[tuple[str, ...], InSlack("Channels", kind="channels")] = (),
    approval: Annotated[str, Choice("Has to approve", options=_APPROVAL)] = "none",
    office: Annotated[
        Group | None, GroupChoice("Only people of this office", kinds=("office",), placeholder="All offices")
    ] = None,
) -> Answer:
    """Save a rule for one action, which then goes before the one of its class."""
    before = await _policy(ctx)
    _refuse_file(ctx)
    if where == "channels" and not channels:
        raise FieldError("channels", say("Choose at least one channel."))
    if approval != "none" and action.risk is Risk.READ:
        raise FieldError("approval", say("This only reads. Choose who may do it instead."))
    made = _rule(who, where, approval, channels)
    if office is not None:
        made = replace(made, office=office.id, office_name=office.name)
    rules = {**before.rules, action.slug: made}
    return await _save(ctx, replace(before, rules=rules), "who")


@router.button(risk=Risk.CHANGE)
async def drop(ctx: Ctx, name: Annotated[str, Carried("Rule")]) -> Answer:
    """Remove the rule for one action: that of its class holds again."""
    before = await _policy(ctx)
    _refuse_file(ctx)
    return await _save(
        ctx, replace(before, rules={one: two for one, two in before.rules.items() if one != name}), "who"
    )


# Asking and approving

_Name = Annotated[str, Carried("Request", longest=40)]


@router.button(risk=Risk.CHANGE)
async def ask(ctx: Ctx, name: _Name) -> Answer:
    """Ask for what was refused."""
    return await ctx.approvals.send(ctx, name)


@router.button(risk=Risk.CHANGE)
async def approve(ctx: Ctx, name: _Name) -> Answer:
    """Approve what somebody else asked for."""
    return await ctx.approvals.decide(ctx, name, yes=True)


@router.button(risk=Risk.CHANGE)
async def decline(ctx: Ctx, name: _Name) -> Answer:
    """Decline what somebody else asked for."""
    return await ctx.approvals.decide(ctx, name, yes=False)


@router.later()
async def run_approved(ctx: Ctx, name: _Name) -> Answer:
    """Run what was approved, as whoever asked for it."""
    return await ctx.approvals.run(ctx, name)


@router.later()
async def declined(ctx: Ctx, name: _Name) -> Answer:
    """Tell whoever asked that it was declined."""
    return await ctx.approvals.say_declined(ctx, name)


@router.later()
async def expired(ctx: Ctx, name: _Name) -> Answer:
    """End a request that nobody decided in time."""
    return await ctx.approvals.expire(ctx, name)
