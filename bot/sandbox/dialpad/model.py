"""The embedded Dialpad's records: people, groups, calls, texts, contacts, numbers.

These are plain mutable records; only ``resources/`` and ``switchboard.py`` change them, and only inside the event loop.
Moments are aware datetimes here and become Dialpad's formats at the border.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple

Json = dict[str, Any]
GroupKind = Literal["callcenter", "department", "office"]
TargetKind = Literal["callcenter", "callrouter", "department", "office", "room", "user"]
"""The kinds of thing that can have a phone number."""
Direction = Literal["inbound", "outbound"]
GROUP_KINDS: tuple[GroupKind, ...] = ("callcenter", "department", "office")


class Target(NamedTuple):
    """A person or group of the company that a call, text or number belongs to."""

    kind: TargetKind
    id: int

    @property
    def is_group(self) -> bool:
        return self.kind in GROUP_KINDS


@dataclass
class User:
    id: int
    first_name: str
    last_name: str
    emails: list[str]
    phone_numbers: list[str]
    office_id: int
    date_added: datetime
    job_title: str = ""
    extension: str = ""
    state: str = "active"
    license: str = "talk"
    is_super_admin: bool = False
    admin_office_ids: list[int] = field(default_factory=list)
    timezone: str = "US/Pacific"
    country: str = "us"
    language: str = "en"
    location: str = ""
    is_online: bool = True
    do_not_disturb: bool = False
    group_dnd: dict[int, bool] = field(default_factory=dict)
    status_message: str = ""
    status_expiration: int | None = None
    status_expires_at: datetime | None = None
    on_duty: bool = False
    duty_reason: str = ""
    duty_started: datetime | None = None
    on_duty_started: datetime | None = None
    caller_id: str = ""
    forwarding_numbers: list[str] = field(default_factory=list)
    international_dialing_enabled: bool = False

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def target(self) -> Target:
        return Target("user", self.id)


@dataclass
class Group:
    """A call center, department or office. ``members`` maps a user id to operator, supervisor or admin."""

    id: int
    kind: GroupKind
    name: str
    phone_numbers: list[str]
    office_id: int
    members: dict[int, str] = field(default_factory=dict)
    settings: Json = field(default_factory=dict)
    leads_only: set[int] = field(default_factory=set)
    """Supervisors and admins who do not take the group's calls themselves."""
    skills: dict[int, int] = field(default_factory=dict)
    rooms: list[int] = field(default_factory=list)
    """Rooms whose phone is an operator of a department or office."""
    takes_off_duty: bool = False
    """Whether a call center takes whoever misses or declines one of its calls off duty."""
    state: str = "active"
    country: str = "us"
    timezone: str = "US/Pacific"

    @property
    def target(self) -> Target:
        return Target(self.kind, self.id)

    @property
    def operators(self) -> list[int]:
        return [user_id for user_id in self.members if user_id not in self.leads_only]


@dataclass
class Room:
    """A meeting room or wall phone: a number and desk phones, without a person."""

    id: int
    name: str
    office_id: int
    phone_numbers: list[str] = field(default_factory=list)
    country: str = "us"
    state: str = "active"

    @property
    def target(self) -> Target:
        return Target("room", self.id)


@dataclass
class CallRouter:
    """A number whose calls go where a web service says. Here no service is asked: they go to ``default_target``."""

    id: int
    name: str
    office_id: int
    routing_url: str
    default_target: Target
    enabled: bool = True
    secret: str = ""
    errors: int = 0
    phone_numbers: list[str] = field(default_factory=list)

    @property
    def target(self) -> Target:
        return Target("callrouter", self.id)


@dataclass
class TranscriptLine:
    content: str
    name: str
    time: datetime
    kind: str = "transcript"
    user_id: int | None = None
    contact_id: str | None = None


@dataclass(frozen=True)
class Recap:
    """What Dialpad Ai wrote about a call."""

    summary: str
    action_items: tuple[str, ...]
    purposes: tuple[str, ...]
    outcome: str
    written: datetime


@dataclass
class Recording:
    id: int
    kind: Literal["callrecording", "admincallrecording", "voicemail"]
    start: datetime
    duration_ms: int

    is_gone: bool = False
    """True once its address has expired."""

    @property
    def path(self) -> str:
        """Return the path of its address, as Dialpad builds it for each kind."""
        if self.kind == "voicemail":
            return f"/secureblob/voicemail/{self.id}.wav"
        return f"/blob/adminrecording/{self.id}.wav" if self.kind == "admincallrecording" else f"/r/{self.id}"


@dataclass
class Call:
    """One leg of a call.

    A call to a group has a leg of the group itself and one per person it rings; the person's leg carries
    ``entry_point_call_id``, and the group's leg carries ``operator_call_id`` once somebody answered.
    """

    id: int
    direction: Direction
    state: str
    external_number: str
    internal_number: str
    target: Target
    started: datetime
    rang: datetime | None = None
    queued: datetime | None = None
    connected: datetime | None = None
    ended: datetime | None = None
    entry_point: Target | None = None
    entry_point_call_id: int | None = None
    operator_call_id: int | None = None
    master_call_id: int | None = None
    proxy: Target | None = None
    labels: list[str] = field(default_factory=list)
    is_recording: bool = False
    recordings: list[Recording] = field(default_factory=list)
    voicemail_text: str = ""
    reached_greeting: bool = False
    callback_requested: bool = False
    assigned: list[int] = field(default_factory=list)
    """The operators that a queued call is for; empty for all of them."""
    recap: Recap | None = None
    disposition: str = ""
    transcript: list[TranscriptLine] = field(default_factory=list)
    custom_data: str = ""
    caller_id: str = ""
    is_transferred: bool = False
    transferred_from: Target | None = None
    participants: list[str] = field(default_factory=list)
    device_id: str = ""
    vi_enabled: bool = True
    vi_locale: str = ""
    changed: datetime | None = None

    @property
    def is_live(self) -> bool:
        return self.ended is None

    @property
    def is_talking(self) -> bool:
        return self.is_live and self.connected is not None and self.state != "parked"


@dataclass
class Message:
    id: int
    direction: Direction
    from_number: str
    to_numbers: list[str]
    text: str
    created: datetime
    target: Target
    user_id: int | None = None
    contact_id: str = ""
    status: str = "pending"
    delivery_result: str = ""
    picture: "Picture | None" = None
    channel_hashtag: str = ""


@dataclass
class FaxMessage:
    """A fax. ``target`` is the person or group whose line it is."""

    id: int
    direction: Direction
    target: Target
    from_number: str
    to_number: str
    pages: int
    created: datetime
    user_id: int | None = None
    status: str = "pending"

    @property
    def path(self) -> str:
        return f"/blob/fax/{self.id}.pdf"


@dataclass(frozen=True)
class Picture:
    """A picture sent with a text."""

    id: int
    content: bytes = field(repr=False)
    kind: str

    @property
    def path(self) -> str:
        return f"/mms/{self.id}"


@dataclass
class Receipt:
    """What became of a bulk text to one recipient."""

    number: str
    attempted: bool = False
    error: str = ""
    status: str = "pending"
    changed: datetime | None = None


@dataclass
class BulkText:
    """A text to many, each of whom gets it alone."""

    key: str
    user_id: int
    from_number: str
    text: str
    receipts: list[Receipt]
    created: datetime
    title: str = ""
    media: str = field(default="", repr=False)

    @property
    def is_complete(self) -> bool:
        return all(receipt.attempted or receipt.error for receipt in self.receipts)


@dataclass
class ScheduledText:
    """A text that is sent later, to numbers or to a channel."""

    key: str
    user_id: int
    from_number: str
    text: str
    to_numbers: list[str]
    channel: str
    at: datetime
    timezone: str
    created: datetime
    is_bulk: bool = False
    media: str = field(default="", repr=False)
    status: str = "active"


@dataclass
class Contact:
    id: str
    first_name: str
    last_name: str
    phones: list[str] = field(default_factory=list)
    emails: list[str] = field(default_factory=list)
    company_name: str = ""
    job_title: str = ""
    extension: str = ""
    trunk_group: str = ""
    urls: list[str] = field(default_factory=list)
    owner_id: int | None = None
    """The user of a local contact; a shared contact belongs to the company."""

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def kind(self) -> str:
        return "shared" if self.owner_id is None else "local"


@dataclass
class PhoneNumber:
    number: str
    office_id: int
    target: Target | None = None
    kind: str = "local"


@dataclass
class Device:
    id: str
    user_id: int
    kind: str
    name: str
    created: datetime
    phone_number: str = ""
    app_version: str = ""


@dataclass
class OptOut:
    """A customer who wrote STOP (``opted_out``) and perhaps START later (``opted_back_in``)."""

    number: str
    state: Literal["opted_out", "opted_back_in"]
    date: datetime
