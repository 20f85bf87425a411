"""Who may do what: roles, what each action or word needs, and a second person's approval.

Without any setting everybody may do what their own Dialpad account may. Rules only take away: whatever they allow,
Dialpad's own permissions hold besides.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol

from bot.basics.company import CompanyKey
from bot.basics.errors import UserError
from bot.basics.language import mark
from bot.basics.stored_json import StoredJson
from bot.contract.reply import Answer, Button, RawArgs, Reply
from bot.dialpad.action import Action

if TYPE_CHECKING:  # a context holds the gate that is declared here
    from bot.contract.context import Ctx


class Role(StrEnum):
    """What a person is to this bot. Whoever is more may do whatever those may who are less."""

    MEMBER = mark("member")
    SUPERVISOR = mark("supervisor")
    ADMIN = mark("admin")

    @property
    def rank(self) -> int:
        return list(Role).index(self)

    def covers(self, other: "Role") -> bool:
        """Tell whether somebody with this role may do what ``other`` may."""
        return self.rank >= other.rank


Whereabouts = Literal["anywhere", "direct", "channels"]
"""Where something may be asked for: ``direct`` is the app's direct messages and its Home tab."""
MOST_HOURS: Final = 7 * 24


@dataclass(frozen=True)
class Requirement:
    """What something needs: a role, a place (with ``channels``: one of these), and somebody's approval who has at least
    the role ``approval``. ``office``: only the people of this one may, by its id at Dialpad; "" for those of all."""

    least: Role = Role.MEMBER
    where: Whereabouts = "anywhere"
    channels: tuple[str, ...] = ()
    approval: Role | None = None
    office: str = ""
    office_name: str = ""


ASK: Final = "roles.ask"
APPROVE: Final = "roles.approve"
DECLINE: Final = "roles.decline"
RUN_APPROVED: Final = "roles.run_approved"
TELL_DECLINED: Final = "roles.declined"
EXPIRE: Final = "roles.expired"
"""The routes of what is asked for, decided and done."""
FREE: Final = Requirement()
"""What everybody may do, everywhere."""


@dataclass(frozen=True)
class RolePolicy:
    """Who has which role, and what needs which. ``rules`` are by the slug of an action, by a risk class, or by the word
    of a command; an action's own rule goes before that of its class.

    ``supervisors`` and ``admins`` are ids of people and user groups in Slack. ``slack_admins``: admins and owners of
    the Slack workspace are admins. ``dialpad_roles``: admins at Dialpad are admins, supervisors of a call center there
    are supervisors. ``ask_in``: the channel where approval is asked for; "" for direct messages. ``hours``: how long a
    request for approval is good.
    """

    supervisors: tuple[str, ...] = ()
    admins: tuple[str, ...] = ()
    slack_admins: bool = True
    dialpad_roles: bool = True
    rules: Mapping[str, Requirement] = field(default_factory=dict)
    ask_in: str = ""
    hours: int = 24
    saved_by: str = ""

    def needed_for(self, action: type[Action[Any]]) -> Requirement:
        """Return what an action needs."""
        return self.rules.get(action.slug) or self.rules.get(action.risk.value) or FREE

    def listed(self, least: Role) -> tuple[str, ...]:
        """Return the ids of the people and user groups that are named for this role or a higher one."""
        named = self.admins if least is Role.ADMIN else (*self.admins, *self.supervisors)
        return tuple(dict.fromkeys(named))


STORED_POLICY: Final = StoredJson(RolePolicy)


class NotPermitted(UserError):
    """The person's role, or the place, does not allow it. ``choices``: what they can do about it. ``least``: the role
    that is needed, None where it is the place; ``action``: what they wanted, where it is an action."""

    def __init__(self, text: str, least: Role | None = None, action: Action[Any] | None = None) -> None:
        super().__init__(text)
        self.least = least
        self.action = action
        self.choices: tuple[Button, ...] = ()


class NeedsApproval(Exception):
    """Somebody else has to agree first. No ChatopsError: nobody on the way takes it for an answer of Dialpad's."""

    def __init__(self, action: Action[Any], role: Role) -> None:
        super().__init__(action.slug)
        self.action = action
        self.role = role
        self.tell: Callable[[], tuple[tuple[str, str], ...]] | None = None
        """Returns what is shown of it to whoever decides, by label, instead of the action with its values, in the
        language spoken then; the first is what it is."""


def fingerprint_of(action: Action[Any]) -> str:
    """Return what tells an action with its values from any other: what was approved is what is done."""
    said = json.dumps(asdict(action.build_request()), sort_keys=True, default=str)
    return hashlib.sha256(f"{action.slug}\n{said}".encode()).hexdigest()


class UserGroupMembers(Protocol):
    """Reads who is in a user group in Slack."""

    async def members(self, team_id: str, group: str) -> Sequence[str] | None:
        """Return the ids of its members, None for a group that is gone. Raises ChatopsError."""
        ...


class Gate(Protocol):
    """Decides who may do what. Everything that is sent to Dialpad for a request passes ``check``."""

    @property
    def file(self) -> str:
        """The file that holds the roles, "" when they are chosen in Slack."""
        ...

    async def check(self, ctx: "Ctx", action: Action[Any]) -> None:
        """Let an action pass. Raises NotPermitted and NeedsApproval."""
        ...

    async def check_early(self, ctx: "Ctx", action: type[Action[Any]] | None, word: str) -> None:
        """Check before somebody fills in a form, or before a word's handler runs. Raises NotPermitted."""
        ...

    async def holds(self, ctx: "Ctx", least: Role, policy: RolePolicy | None = None) -> bool:
        """Tell whether the person has at least this role, by ``policy`` or what holds now."""
        ...

    async def role_of(self, ctx: "Ctx") -> Role:
        """Return the person's role."""
        ...

    async def policy(self, company: CompanyKey) -> RolePolicy:
        """Return what holds in a company."""
        ...

    async def save(self, company: CompanyKey, policy: RolePolicy) -> None:
        """Let this hold in a company from now on."""
        ...


class ApprovalDesk(Protocol):
    """Takes requests for approval, shows them to those who may approve, and runs what was approved: once, as whoever
    asked."""

    async def ask(self, ctx: "Ctx", route: str, raw: RawArgs, needed: NeedsApproval) -> Answer:
        """Ask for approval. Returns what to tell the person."""
        ...

    async def draft(self, ctx: "Ctx", route: str, raw: RawArgs, refused: NotPermitted) -> str:
        """Store what was refused, so that the person can ask for it with a button. Returns its id."""
        ...

    async def send(self, ctx: "Ctx", name: str) -> Answer:
        """Ask for what was refused."""
        ...

    async def decide(self, ctx: "Ctx", name: str, *, yes: bool) -> Reply:
        """Approve or decline, as the person who pressed. Raises UserError."""
        ...

    async def run(self, ctx: "Ctx", name: str) -> Answer:
        """Run what was approved."""
        ...

    async def say_declined(self, ctx: "Ctx", name: str) -> Answer:
        """Say that it was declined, and by whom."""
        ...

    async def expire(self, ctx: "Ctx", name: str) -> Answer:
        """End a request that nobody decided."""
        ...
