"""What a resource function gets: the caller, the parsed request, the state, and ways to read them strictly."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.sandbox.dialpad.access import TokenOwner, is_admin, require_may_act_for
from bot.sandbox.dialpad.fields import BodyT, parse_body, parse_whole
from bot.sandbox.dialpad.model import GROUP_KINDS, Group, GroupKind, Json, User
from bot.sandbox.dialpad.paging import cut_page
from bot.sandbox.dialpad.refusals import bad_request, forbidden, not_found
from bot.sandbox.dialpad.state import State
from bot.sandbox.dialpad.switchboard import Switchboard
from bot.sandbox.dialpad.wire import Answer

ItemT = TypeVar("ItemT")


@dataclass(frozen=True)
class RequestContext:
    route_name: str
    caller: TokenOwner
    path: Mapping[str, str]
    query: Mapping[str, str]
    data: Any
    state: State
    switchboard: Switchboard
    base_url: str
    """Where the caller reached this Dialpad, for addresses in answers."""

    @property
    def is_admin(self) -> bool:
        return is_admin(self.state, self.caller)

    @property
    def me(self) -> User:
        """Return the person behind the token; a company key has none."""
        if self.caller.user_id is None:
            raise bad_request("'me' can be used only with a user level API key")
        return self.state.user(self.caller.user_id)

    def body(self, model: type[BodyT]) -> BodyT:
        return parse_body(model, {} if self.data is None else self.data)

    def path_id(self, name: str = "id") -> int:
        try:
            return parse_whole(self.path[name])
        except ValueError:
            raise bad_request(f"{name}: must be an integer") from None

    def user(self, value: str | None = None) -> User:
        """Return the user named by the path's {id} (or ``value``), which may be ``me``."""
        given = self.path["id"] if value is None else value
        if given == "me":
            return self.me
        try:
            return self.state.user(parse_whole(given))
        except ValueError:
            raise not_found("user") from None

    def user_to_act_on(self, value: str | None = None) -> User:
        """Return the same as ``user``. Raises a 403 unless the caller is that user, supervises them, or is an admin."""
        user = self.user(value)
        require_may_act_for(self.state, self.caller, user.id)
        return user

    def document(self, shelf: str, name: str = "id") -> Json:
        """Return the document named by the path. Raises a 404, also for an id that is no number."""
        try:
            return self.state.documents.find(shelf, parse_whole(self.path[name]))
        except ValueError:
            raise not_found(shelf) from None

    def require_exists(self, kind: str, target_id: int) -> None:
        """Check that a target of any of Dialpad's kinds exists. Raises a 404 otherwise."""
        shelf = {"channel": "channel", "coachinggroup": "coachingteam", "coachingteam": "coachingteam"}.get(kind)
        if shelf is None:
            self.state.find_target(kind, target_id)
        else:
            self.state.documents.find(shelf, target_id)

    def require_admin(self) -> None:
        """Check that the caller is a company admin, for what Dialpad leaves to them though the key's kind does not
        matter."""
        if not self.is_admin:
            raise forbidden("Only a company admin can do this.")

    def require_leads(self, group: Group) -> None:
        """Check that the caller leads the group or is an admin: only they may change it."""
        if self.is_admin or group.members.get(self.caller.user_id or 0) in ("supervisor", "admin"):
            return
        raise forbidden("Only a supervisor or admin of this group can change it.")

    def group(self, kind: GroupKind, name: str = "id") -> Group:
        return self.state.group(self.path_id(name), kind)

    def group_by(self, kind: str | None, group_id: int | None) -> Group | None:
        """Return the group named by a type and an id of the body, which come together or not at all."""
        if kind is None and group_id is None:
            return None
        known = next((word for word in GROUP_KINDS if word == kind), None)
        if known is None or group_id is None:
            raise bad_request("group type and group id must be given together")
        return self.state.group(group_id, known)

    def query_text(self, name: str) -> str | None:
        return self.query.get(name) or None

    def query_whole(self, name: str) -> int | None:
        given = self.query_text(name)
        try:
            return None if given is None else parse_whole(given)
        except ValueError:
            raise bad_request(f"{name}: must be an integer") from None

    def query_flag(self, name: str) -> bool | None:
        given = self.query_text(name)
        if given is None:
            return None
        if given.lower() not in ("true", "false", "1", "0"):
            raise bad_request(f"{name}: must be true or false")
        return given.lower() in ("true", "1")

    def query_choice(self, name: str, choices: Sequence[str]) -> str | None:
        given = self.query_text(name)
        if given is not None and given not in choices:
            raise bad_request(f"{name}: must be one of {', '.join(choices)}")
        return given

    def page(
        self,
        items: Sequence[ItemT],
        render: Callable[[ItemT], Json],
        *,
        id_of: Callable[[ItemT], object],
        largest: int = 100,
    ) -> Answer:
        """Build a list's answer: ``items`` and, when there is more, ``cursor``. An empty list is an empty object."""
        size = min(self.state.page_size, largest)
        asked = self.query_whole("limit")
        if asked is not None and asked > 0:
            size = min(asked, largest)
        given, cursor = cut_page(
            items, list_name=self.route_name, cursor=self.query_text("cursor"), size=size, id_of=id_of
        )
        return Answer({"items": [render(item) for item in given], "cursor": cursor})
