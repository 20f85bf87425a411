"""Decides who may do what, by what Slack and Dialpad say of a person and what their company has decided."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any, Final

import structlog

from bot.basics.company import CompanyKey
from bot.basics.errors import ChatopsError, NotConnected, UserError
from bot.basics.language import mark, say
from bot.basics.person import PersonKey
from bot.contract.context import Ctx, Origin
from bot.contract.prose import listed
from bot.contract.roles import (
    FREE,
    STORED_POLICY,
    NeedsApproval,
    NotPermitted,
    Requirement,
    Role,
    RolePolicy,
    UserGroupMembers,
)
from bot.contract.routing import RouteTable
from bot.dialpad.action import Action
from bot.dialpad.actions import ALL
from bot.dialpad.actions.users import GetUser
from bot.store.role_policies import RolePolicies

_log = structlog.get_logger(__name__)

ROLE_KNOWN_FOR_S: Final = 60.0
"""How long it is remembered who is in a user group, and what Dialpad says of a person. What a company has decided is
not: a change holds at once, in every process."""
NEVER_BARRED: Final = frozenset({"audit", "connect", "disconnect", "help", "home", "menu", "roles", "whoami"})
"""Files of handlers that no rule can be for: without them nobody could find out why, or change it."""
_NAMED: Final = 3
_WORDS: Final = {
    Role.MEMBER: mark("{name} is for members here, so nothing was done. {who} can."),
    Role.SUPERVISOR: mark("{name} is for supervisors here, so nothing was done. {who} can."),
    Role.ADMIN: mark("{name} is for admins here, so nothing was done. {who} can."),
}
A_ROLE: Final = {
    Role.MEMBER: mark("a member"),
    Role.SUPERVISOR: mark("a supervisor"),
    Role.ADMIN: mark("an admin"),
}
"""Somebody who has a role."""


@dataclass(frozen=True)
class _AtDialpad:
    """What Dialpad says of a person: the role that follows from it, and the id of their office."""

    role: Role = Role.MEMBER
    office: str = ""


class Permissions:
    """The gate that every action passes. ``fixed`` are the roles of a file, which then hold for all companies."""

    def __init__(
        self,
        policies: RolePolicies,
        groups: UserGroupMembers,
        monotonic: Callable[[], float],
        *,
        fixed: RolePolicy | None = None,
        file: str = "",
    ) -> None:
        self._policies = policies
        self._groups = groups
        self._monotonic = monotonic
        self._fixed = fixed
        self._file = file
        self._members: dict[tuple[str, str], tuple[float, frozenset[str]]] = {}
        self._at_dialpad: dict[object, tuple[float, _AtDialpad]] = {}

    @property
    def file(self) -> str:
        return self._file

    def forget(self) -> None:
        """Ask again, whoever wants to know."""
        self._members.clear()
        self._at_dialpad.clear()

    async def policy(self, company: CompanyKey) -> RolePolicy:
        if self._fixed is not None:
            return self._fixed
        stored = await self._policies.get(company)
        return RolePolicy() if stored is None else STORED_POLICY.load(stored)

    async def save(self, company: CompanyKey, policy: RolePolicy) -> None:
        if self._fixed is not None:
            raise UserError(say("The roles are in the file {file}, so they cannot be changed here.", file=self._file))
        await self._policies.save(company, STORED_POLICY.dump(policy))

    # Who may

    async def check(self, ctx: Ctx, action: Action[Any]) -> None:
        if await self._is_free(ctx):
            return
        policy = await self._holding(ctx, (await ctx.account.link()).company_of(ctx.person))
        needed = policy.needed_for(type(action))
        if needed == FREE:
            return
        await self._check(ctx, policy, needed, f"“{say(action.name)}”", action)
        if needed.approval is not None:
            raise NeedsApproval(action, needed.approval)

    async def check_early(self, ctx: Ctx, action: type[Action[Any]] | None, word: str) -> None:
        if await self._is_free(ctx):
            return
        try:
            policy = await self._holding(ctx, await ctx.account.company())
        except NotConnected:
            return  # they can do nothing at Dialpad, and are asked to connect first
        for needed, name in (
            (FREE if word in NEVER_BARRED else policy.rules.get(word, FREE), f"“{word}”"),
            (FREE if action is None else policy.needed_for(action), f"“{say(action.name) if action else ''}”"),
        ):
            if needed != FREE:
                await self._check(ctx, policy, needed, name, None)

    async def _is_free(self, ctx: Ctx) -> bool:
        """Tell whether nobody has decided anything, as mostly: then nothing is asked of anybody."""
        if self._fixed is not None:
            return not self._fixed.rules
        return await ctx.once("no roles", self._policies.are_none)

    async def _holding(self, ctx: Ctx, company: CompanyKey) -> RolePolicy:
        """Return what a company has decided, as it was when this request first asked."""
        return await ctx.once(("roles", company), lambda: self.policy(company))

    async def _check(
        self, ctx: Ctx, policy: RolePolicy, needed: Requirement, name: str, action: Action[Any] | None
    ) -> None:
        if not await self.holds(ctx, needed.least, policy):
            raise NotPermitted(await self._say_role(ctx, policy, needed.least, name), needed.least, action)
        if needed.office and (await self._seen_at_dialpad(ctx)).office != needed.office:
            whose = needed.office_name or say("another office")
            raise NotPermitted(
                say("{name} is for people of {office} here, so nothing was done.", name=name, office=whose)
            )
        if (elsewhere := _elsewhere(ctx, needed)) is not None:
            raise NotPermitted(
                say("{name} is not for this place: {elsewhere}. Nothing was done.", name=name, elsewhere=elsewhere)
            )

    async def _say_role(self, ctx: Ctx, policy: RolePolicy, least: Role, name: str) -> str:
        """Say who can. People are named, up to three; where only groups are known it says "an admin"."""
        people = [one for one in policy.listed(least) if not one.startswith("S") and one != ctx.person.user_id]
        named = []
        for one in people[:_NAMED]:
            try:
                profile = await ctx.deps.people.profile(PersonKey(ctx.person.team_id, one))
            except ChatopsError:
                continue
            if not profile.is_gone:
                named.append(profile.name)
        who = "".join(map(str, listed(named, " or "))) if named else say(A_ROLE[least])
        return say(_WORDS[least], name=name, who=who[:1].upper() + who[1:])

    # Who is what

    async def role_of(self, ctx: Ctx) -> Role:
        for role in (Role.ADMIN, Role.SUPERVISOR):
            if await self.holds(ctx, role):
                return role
        return Role.MEMBER

    async def holds(self, ctx: Ctx, least: Role, policy: RolePolicy | None = None) -> bool:
        if least is Role.MEMBER:
            return True
        if policy is None:
            policy = await self.policy(await ctx.account.company())
        async for role in self._roles(ctx, policy):
            if role.covers(least):
                return True
        return False

    async def _roles(self, ctx: Ctx, policy: RolePolicy) -> AsyncIterator[Role]:
        """Yield the roles that one source after the other gives, what costs nothing first."""
        user_id = ctx.person.user_id
        if user_id in policy.admins:
            yield Role.ADMIN
        if user_id in policy.supervisors:
            yield Role.SUPERVISOR
        if policy.slack_admins and (await ctx.deps.people.profile(ctx.person)).is_admin:
            yield Role.ADMIN
        for role, named in ((Role.ADMIN, policy.admins), (Role.SUPERVISOR, policy.supervisors)):
            for group in named:
                if group.startswith("S") and user_id in await self._members_of(ctx.person.team_id, group):
                    yield role
        if policy.dialpad_roles:
            yield (await self._seen_at_dialpad(ctx)).role

    async def _members_of(self, team_id: str, group: str) -> frozenset[str]:
        until, members = self._members.get((team_id, group), (0.0, frozenset[str]()))
        if self._monotonic() >= until:
            try:
                members = frozenset(await self._groups.members(team_id, group) or ())
            except ChatopsError as problem:
                _log.warning("members of a user group unknown", error=type(problem).__name__)
                raise UserError(
                    say("Slack did not say who is in a user group that this needs. Try again in a minute.")
                ) from None
            self._members[team_id, group] = (self._monotonic() + ROLE_KNOWN_FOR_S, members)
        return members

    async def _seen_at_dialpad(self, ctx: Ctx) -> "_AtDialpad":
        key = (ctx.person, await ctx.account.company())
        until, seen = self._at_dialpad.get(key, (0.0, _AtDialpad()))
        if self._monotonic() >= until:
            me = await ctx.account.send(GetUser())
            leads = any(one.role in {"admin", "supervisor"} for one in me.group_details)
            is_admin = bool(me.is_super_admin or me.is_admin or me.admin_office_ids)
            role = Role.ADMIN if is_admin else Role.SUPERVISOR if leads else Role.MEMBER
            seen = _AtDialpad(role, str(me.office_id or ""))
            self._at_dialpad[key] = (self._monotonic() + ROLE_KNOWN_FOR_S, seen)
        return seen

    async def people_of(self, team_id: str, policy: RolePolicy, least: Role) -> list[str]:
        """Return the ids of the people who are named for a role, those of their user groups among them."""
        found: dict[str, None] = {}
        for one in policy.listed(least):
            if not one.startswith("S"):
                found[one] = None
                continue
            for member in sorted(await self._members_of(team_id, one)):
                found[member] = None
        return list(found)


def _elsewhere(ctx: Ctx, needed: Requirement) -> str | None:
    """Return where else it may be asked for, None when it may be here."""
    if ctx.origin is Origin.LATER:
        return None  # it was looked at when it was set
    here = None if ctx.where.is_direct else ctx.where.channel
    if needed.where == "direct" and here is not None:
        return say("use it in a direct message with me")
    if needed.where == "channels" and here not in needed.channels:
        return say("use it in one of the channels that an admin chose for it")
    return None


def words_with_rules(table: RouteTable) -> frozenset[str]:
    """Return what rules can be for, besides risk classes: actions, and the files of handlers."""
    files = {route.id.partition(".")[0] for route in table.order} - NEVER_BARRED
    return frozenset({*files, *(action.slug for action in ALL)})
