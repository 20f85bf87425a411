"""The embedded Dialpad's records and how they are found."""

from collections.abc import Callable, Iterator
from datetime import datetime

from bot.sandbox.cast import NORTHLIGHT, Company
from bot.sandbox.dialpad.changes import Changes
from bot.sandbox.dialpad.documents import Documents
from bot.sandbox.dialpad.model import (
    GROUP_KINDS,
    BulkText,
    Call,
    CallRouter,
    Contact,
    Device,
    FaxMessage,
    Group,
    GroupKind,
    Json,
    Message,
    OptOut,
    PhoneNumber,
    Room,
    ScheduledText,
    Target,
    User,
)
from bot.sandbox.dialpad.refusals import not_found

FIRST_NEW_ID = 4_800_000_000_000_001
ID_STEP = 16_411
"""Step between ids. New ids have 16 digits and grow, but not by one, so that nobody relies on counting them."""

EventListener = Callable[[str, Json], None]
"""Called with the kind (call, sms, agent_status, contact, changelog) and the payload Dialpad would deliver."""


class State:
    def __init__(
        self, now: Callable[[], datetime], base_url: str = "https://dialpad.example", company: Company = NORTHLIGHT
    ) -> None:
        self.now = now
        self.company = company
        self.base_url = base_url
        """Address of this Dialpad: the addresses of recordings and pictures begin with it."""
        self.changes = Changes()
        self.company_id = company.id
        self.company_name = company.name
        self.users: dict[int, User] = {}
        self.groups: dict[int, Group] = {}
        self.rooms: dict[int, Room] = {}
        self.routers: dict[int, CallRouter] = {}
        self.calls: dict[int, Call] = {}
        self.messages: list[Message] = []
        self.bulk_texts: dict[str, BulkText] = {}
        self.scheduled_texts: dict[str, ScheduledText] = {}
        self.has_ai = True
        """Whether the company has Dialpad Ai, without which there are no recaps."""
        self.contacts: dict[str, Contact] = {}
        self.numbers: dict[str, PhoneNumber] = {}
        self.devices: dict[str, Device] = {}
        self.blocked: dict[str, datetime] = {}
        self.opt_outs: dict[str, OptOut] = {}
        self.unreachable: set[str] = set()
        """Outside numbers that no text reaches."""
        self.unregistered: set[str] = set()
        """Numbers of the company from which no bulk text may be sent: they are not registered for it (A2P)."""
        self.fax_lines: dict[str, Target] = {}
        self.addresses: dict[Target, Json] = {}
        """Emergency address per person or office, for 911."""
        self.company_settings: dict[str, bool] = {"has_callai": True, "allow_ai_training": False}
        self.faxes: list[FaxMessage] = []
        self.labels: list[str] = []
        self.off_duty_statuses: list[str] = []
        self.documents = Documents(self.new_id)
        self.page_size = 100
        """How many items a list returns at once; tests make it small."""
        self.listeners: list[EventListener] = []
        self._next_id = FIRST_NEW_ID

    def new_id(self) -> int:
        self._next_id += ID_STEP
        return self._next_id

    def emit(self, kind: str, payload: Json) -> None:
        for listener in list(self.listeners):
            listener(kind, payload)
        self.changes.bump()

    def user(self, user_id: int) -> User:
        found = self.users.get(user_id)
        if found is None or found.state == "deleted":
            raise not_found("user")
        return found

    def group(self, group_id: int, kind: GroupKind) -> Group:
        found = self.groups.get(group_id)
        if found is None or found.kind != kind or found.state == "deleted":
            raise not_found(kind)
        return found

    def call(self, call_id: int) -> Call:
        found = self.calls.get(call_id)
        if found is None:
            raise not_found("call")
        return found

    def room(self, room_id: int) -> Room:
        found = self.rooms.get(room_id)
        if found is None or found.state == "deleted":
            raise not_found("room")
        return found

    def router(self, router_id: int) -> CallRouter:
        found = self.routers.get(router_id)
        if found is None:
            raise not_found("callrouter")
        return found

    def holder(self, target: Target) -> User | Group | Room | CallRouter:
        """Return the holder of a number, even one that was deleted: old calls still name it."""
        if target.kind == "user":
            return self.users[target.id]
        if target.kind == "room":
            return self.rooms[target.id]
        return self.routers[target.id] if target.kind == "callrouter" else self.groups[target.id]

    def find_target(self, kind: str, target_id: int) -> Target:
        """Find a target. Raises a 404 for one that does not exist, was deleted, or cannot have a number."""
        if kind == "user":
            return self.user(target_id).target
        if kind == "room":
            return self.room(target_id).target
        if kind == "callrouter":
            return self.router(target_id).target
        known = next((word for word in GROUP_KINDS if word == kind), None)
        if known is None:
            raise not_found(kind)
        return self.group(target_id, known).target

    def groups_of(self, user_id: int) -> Iterator[Group]:
        return (group for group in self.groups.values() if user_id in group.members)

    def groups_of_kind(self, kind: GroupKind) -> list[Group]:
        return [group for group in self.groups.values() if group.kind == kind and group.state != "deleted"]

    def call_centers_of(self, user_id: int) -> list[Group]:
        """Return the call centers whose calls this user takes."""
        return [group for group in self.groups_of_kind("callcenter") if user_id in group.operators]

    def contact_by_number(self, number: str) -> Contact | None:
        return next((contact for contact in self.contacts.values() if number in contact.phones), None)

    def target_of_number(self, number: str) -> Target | None:
        """Return who in the company answers this number; None for a number outside or one in the pool."""
        found = self.numbers.get(number)
        return None if found is None else found.target

    def live_legs_of(self, user_id: int) -> list[Call]:
        target = Target("user", user_id)
        return [call for call in self.calls.values() if call.is_live and call.target == target]

    def is_on_a_call(self, user_id: int) -> bool:
        return any(leg.is_talking or leg.direction == "outbound" for leg in self.live_legs_of(user_id))

    def duty_word(self, user: User) -> str:
        """Return on_duty_status in Dialpad's words: unavailable, occupied (call center call), busy (other),
        available."""
        if not user.on_duty:
            return "unavailable"
        for leg in self.live_legs_of(user.id):
            if leg.is_talking or leg.direction == "outbound":
                in_call_center = leg.entry_point is not None and leg.entry_point.kind == "callcenter"
                return "occupied" if in_call_center else "busy"
        return "available"
