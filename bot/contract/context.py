"""What a handler is given besides its arguments: who asked, from where, how, and the services it can use."""

from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Protocol, TypeVar
from zoneinfo import ZoneInfo

from bot.basics.errors import UserError
from bot.basics.language import mark, say
from bot.basics.person import PersonKey
from bot.basics.phone import join_regions
from bot.basics.settings import Settings
from bot.basics.stored_json import StoredJson, UnreadableJson
from bot.contract.audit_trail import AuditTrail
from bot.contract.board import Notifications
from bot.contract.bulk import BulkStore, PostedMessages
from bot.contract.cockpit import Cockpit
from bot.contract.later import Later
from bot.contract.reply import Reply
from bot.contract.roles import ApprovalDesk, Gate, fingerprint_of
from bot.dialpad.accounts import Account, Accounts
from bot.dialpad.action import ME, Action, Page, Response, Risk
from bot.dialpad.actions.callcenters import SetDutyStatus
from bot.dialpad.audited import audited_object, made_object, safe_arguments
from bot.dialpad.client import Pages
from bot.dialpad.directory import Directory
from bot.dialpad.downloads import Fetched

A = TypeVar("A", bound=Response)
T = TypeVar("T")


class Origin(StrEnum):
    """How the request came in. Stored for the audit, and decides what can be shown: only some origins can open a
    modal."""

    TYPED = "typed"
    MENTION = "mention"
    BUTTON = "button"
    FORM = "form"
    CONFIRMED = "confirmed"
    SHORTCUT = "shortcut"
    MESSAGE = "message shortcut"
    EVENT = "event"
    RESUMED = "resumed"
    LATER = "later"


@dataclass(frozen=True)
class Where:
    """Where the answer is posted. ``response_url`` takes 5 answers in 30 minutes, then it is used up. ``through``: the
    workspace or org whose installation of the app answers; None for that of the person's own workspace."""

    channel: str | None = None
    thread_ts: str | None = None
    response_url: str | None = None
    is_direct: bool = False
    through: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it as stored in ``private_metadata``, in a confirmation, or with a remembered request."""
        return {key: value for key, value in _WHERE.dump(self).items() if value}

    @classmethod
    def from_json(cls, stored: Any) -> "Where":
        """Undo ``to_json``. Anything else is read as a place without a channel."""
        try:
            return _WHERE.load(stored) if isinstance(stored, Mapping) else cls()
        except UnreadableJson:
            return cls()


_WHERE: Final = StoredJson(Where)


@dataclass(frozen=True)
class Profile:
    """What Slack knows of a person."""

    name: str
    email: str | None
    zone: ZoneInfo
    is_gone: bool = False
    """Whether their account in Slack has ended."""
    is_admin: bool = False
    """Whether they are an admin or an owner of the Slack workspace."""
    language: str = ""
    """The language they use Slack in, "" for one that we do not speak."""


class People(Protocol):
    """Slack profiles, from a copy that is at most an hour old."""

    async def profile(self, key: PersonKey) -> Profile: ...

    def look_again(self, key: PersonKey, *, after_s: float = 0.0) -> None:
        """Let Slack be asked about a person anew, unless their copy is not older than ``after_s``."""
        ...

    async def with_email(self, team_id: str, email: str) -> str | None:
        """Find the Slack id of the person with this address in the workspace; None when there is none.

        Raises ChatopsError when Slack does not say.
        """
        ...


async def with_any_email(people: People, team_id: str, emails: Iterable[str]) -> str | None:
    """Find the Slack id of the person who has one of these addresses: at Dialpad people have several, and any of them
    may be the one they use in Slack. None when nobody has. Raises ChatopsError when Slack does not say."""
    for email in dict.fromkeys(emails):
        if email and (found := await people.with_email(team_id, email)):
            return found
    return None


class PreferenceStore(Protocol):
    """A person's preferences: region, favourites."""

    async def get(self, person: PersonKey) -> Mapping[str, Any]: ...

    async def set(self, person: PersonKey, changes: Mapping[str, Any]) -> Mapping[str, Any]:
        """Change some preferences and keep the others; None deletes one. Returns all."""
        ...


@dataclass(frozen=True)
class Ended:
    """What ends, or ended, with a connection: the person's subscriptions and the timed requests that were still due.

    ``hooks_left`` and ``access_left`` are what Dialpad has not removed yet because it did not answer: webhooks or
    websockets, and the token.
    """

    subscriptions: int = 0
    timed: int = 0
    hooks_left: int = 0
    access_left: bool = False
    passed_on: int = 0
    """Subscriptions of channels that go on with a colleague's account."""


@dataclass(frozen=True)
class ConnectOutcome:
    """A Dialpad account that was connected. ``asked``: who is asked first whether that is right, in words; "" when it
    is connected already."""

    name: str
    asked: str = ""


class ConnectionService(Protocol):
    """Connects and disconnects a person's Dialpad account."""

    @property
    def offers_oauth(self) -> bool: ...

    async def start(self, key: PersonKey) -> str:
        """Return an address for this person's browser, good once and for 15 minutes."""
        ...

    async def connect_with_key(self, key: PersonKey, api_key: str) -> ConnectOutcome:
        """Check and store an API key, or ask whose account it is first. Raises UserError."""
        ...

    async def decide(self, person: PersonKey, request: str, *, yes: bool) -> Reply:
        """Connect what waited for this person's word, or drop it. Returns what to say to them."""
        ...

    async def would_end(self, key: PersonKey) -> Ended:
        """Count what ``disconnect`` would end."""
        ...

    async def disconnect(self, key: PersonKey) -> Ended | None:
        """Delete a connection here, then remove at Dialpad what belongs to it. None when there was no connection."""
        ...


@dataclass(frozen=True)
class Upload:
    """A file that somebody put into a form."""

    name: str
    size: int
    content: bytes


class UploadReader(Protocol):
    """Reads files that people put into forms."""

    async def read(self, person: PersonKey, file_id: str, *, largest: int) -> Upload:
        """Read a file. Raises UserError when it is larger than ``largest`` bytes, or gone."""
        ...


class MessageLinks(Protocol):
    """Makes links to messages in Slack."""

    async def permalink(self, person: PersonKey, channel: str, ts: str) -> str:
        """Return a link to a message, also to one in a channel that the app is not in."""
        ...


class Downloader(Protocol):
    """Downloads files from Dialpad, by a signed address or with a person's own token."""

    async def read(self, url: str, *, largest: int) -> bytes:
        """Download from a signed address, without any token. Raises DialpadError."""
        ...

    async def read_as(self, account: Account, url: str, *, largest: int, within_s: float) -> Fetched:
        """Download with a person's own token, which is sent to Dialpad alone. Raises NotConnected and DialpadError."""
        ...


@dataclass(frozen=True)
class Deps:
    """The services the composition root built, shared by all requests."""

    settings: Settings
    accounts: Accounts
    connections: ConnectionService
    directory: Directory
    later: Later
    people: People
    preferences: PreferenceStore
    routes: "Routes"
    files: UploadReader | None = None
    downloads: Downloader | None = None
    links: MessageLinks | None = None
    notifications: Notifications | None = None
    """None where notifications are not switched on."""
    gate: Gate | None = None
    """None where everybody may do everything: in benchmarks and some tests."""
    approvals: ApprovalDesk | None = None
    audit: AuditTrail | None = None
    cockpit: Cockpit | None = None
    """None where nothing is known of call centers without being asked."""
    bulk: BulkStore | None = None
    messages: PostedMessages | None = None


class Routes(Protocol):
    """The part of the route table that help and the menu need."""

    def commands(self) -> "tuple[CommandInfo, ...]": ...


@dataclass(frozen=True)
class CommandInfo:
    """A command as help shows it."""

    word: str
    usage: str
    summary: str
    examples: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    """Other words and phrases for it, lower case."""
    changes: bool = False
    """Whether a line that is complete changes something at once, without asking."""


@dataclass
class Step:
    """One thing that a request did, as the audit says it: a Dialpad action (``slug``), or a change of something of ours
    (``slug`` is ""). ``details`` are arguments that may be told to admins."""

    slug: str
    object: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    reads: bool = False


_APPROVED: Final = "approved"
WHOLE_REQUEST: Final = "*"
"""In place of a fingerprint: everything that the request does was approved, as with the rows of a bulk change."""
CUT_SHORT: Final = mark("Dialpad refused to go on with its own list, so a part of it is missing here.")
REGION_CHOSEN: Final = "region"
"""The preference that holds the country of a person's numbers."""


@dataclass(frozen=True)
class Ctx:
    """The request a handler answers: who asked, where, how, when, and the services to use."""

    person: PersonKey
    where: Where
    origin: Origin
    deps: Deps
    now: datetime
    reference: str
    """Eight characters, in the log and in what the person is told when something unexpected happens."""
    account: Account
    """Acts at Dialpad as this person. Raises NotConnected on use when there is no connection."""
    done: list[Step] = field(default_factory=list)
    """What was sent to Dialpad for this request, and what of ours it changed, for the audit."""
    approved: str = ""
    """The fingerprint of the action that somebody has approved for this request."""
    approved_by: str = ""
    """The Slack id of whoever approved it."""
    _answers: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)
    """What was asked for with ``once``."""
    _lists: list[Pages[Any]] = field(default_factory=list, repr=False, compare=False)

    @property
    def notifications(self) -> Notifications:
        """Subscriptions, cards and rosters. Raises UserError where notifications are not switched on."""
        if self.deps.notifications is None:
            raise UserError(say("Notifications are not switched on for this bot. Ask whoever runs it."))
        return self.deps.notifications

    @property
    def gate(self) -> Gate:
        """Who may do what. Raises UserError where roles are not switched on."""
        if self.deps.gate is None:
            raise UserError(say("Roles are not switched on for this bot. Ask whoever runs it."))
        return self.deps.gate

    @property
    def approvals(self) -> ApprovalDesk:
        """Where a second person agrees. Raises UserError where approvals are not switched on."""
        if self.deps.approvals is None:
            raise UserError(say("Approvals are not switched on for this bot. Ask whoever runs it."))
        return self.deps.approvals

    @property
    def bulk(self) -> BulkStore:
        """Bulk changes. Raises UserError where they are not switched on."""
        if self.deps.bulk is None:
            raise UserError(say("Bulk changes are not switched on for this bot. Ask whoever runs it."))
        return self.deps.bulk

    @property
    def progress(self) -> PostedMessages:
        """Messages that say how far something is. Raises UserError where there can be none."""
        if self.deps.messages is None:
            raise UserError(say("Bulk changes are not switched on for this bot. Ask whoever runs it."))
        return self.deps.messages

    async def send(self, action: Action[A], *, background: bool = False) -> A:
        """Run one Dialpad action as this person. ``background``: behind everybody who waits for something. Raises
        DialpadError and NotConnected."""
        details = safe_arguments(action)
        if self.approved_by:
            details |= {"approved_by": self.approved_by}
        step = Step(action.slug, audited_object(action), details, reads=action.risk is Risk.READ)
        self.done.append(step)
        await self.check(action)
        if isinstance(action, SetDutyStatus) and self.deps.notifications is not None:
            agent = await self.account.user_id() if action.id == ME else action.id
            await self.deps.notifications.changing_duty(self.person, str(agent))
        answer = await self.account.send(action, background=background)
        if not step.object and not step.reads:
            step.object = made_object(action, answer)
        return answer

    async def check(self, action: Action[Any]) -> None:
        """Let an action pass to Dialpad: here everything comes by, whichever way it was asked for. What was approved is
        that action; what its handler does besides goes with it. Raises NotPermitted and NeedsApproval."""
        if self.deps.gate is None:
            return
        given = _APPROVED in self._answers or self.approved == WHOLE_REQUEST
        if self.approved and (given or fingerprint_of(action) == self.approved):
            self._answers[_APPROVED] = True
            return
        await self.deps.gate.check(self, action)

    def pages(self, action: Action[Page[A]]) -> Pages[A]:
        """Return the pages of a list, fetched one after the other as this person."""
        self.done.append(Step(action.slug, audited_object(action), safe_arguments(action), reads=True))

        async def fetch(page_action: Action[Page[A]]) -> Page[A]:
            await self.check(page_action)
            return await self.account.send(page_action)

        pages = Pages(fetch, action)
        self._lists.append(pages)
        return pages

    @property
    def what_is_missing(self) -> str:
        """Say that Dialpad cut a list short that was read for this request; "" when it did not."""
        return say(CUT_SHORT) if any(pages.cut_short for pages in self._lists) else ""

    def touched(self, kind: str, name: str, **details: Any) -> None:
        """Note for the audit what of ours the request is about, such as a subscription."""
        self.done.append(Step("", f"{kind}:{name}", details))

    async def zone(self) -> ZoneInfo:
        """Return the time zone of the person who asked, from their Slack profile."""
        return (await self.deps.people.profile(self.person)).zone

    async def region(self) -> str:
        """Return the regions of the person's numbers without country code, as ``bot.basics.phone`` reads them: their
        own country if they chose one, then the company's."""
        return await self.once("region", self._region)

    async def _region(self) -> str:
        companys = await self.deps.directory.region(self.account)
        return join_regions((await self.own_region(), companys))

    async def own_region(self) -> str:
        """Return the country that the person chose for their numbers, "" for none."""
        chosen = await self.once("preferences", lambda: self.deps.preferences.get(self.person))
        return str(chosen.get(REGION_CHOSEN) or "")

    async def once(self, question: Hashable, ask: Callable[[], Awaitable[T]]) -> T:
        """Return what ``ask`` answers, asked the first time that a request wants it: while a line is read the same name
        is looked up many times."""
        if question not in self._answers:
            self._answers[question] = await ask()
        answer: T = self._answers[question]
        return answer


__all__ = [
    "CommandInfo",
    "ConnectionService",
    "Ctx",
    "Deps",
    "Ended",
    "Origin",
    "PreferenceStore",
    "Profile",
    "Routes",
    "Where",
]
