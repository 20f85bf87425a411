"""One Dialpad API operation as one pydantic model.

The class carries everything known of the operation: where it goes, what it takes, how risky it is, how often it may
be called, what comes back. Forms, the command line, confirmation texts, docs and tests are all read from it.

``Action`` fields are path, query or body parameters. Path parameters are those named in the path; for the rest the
place is the method's habit (GET and DELETE: query; others: body) unless the field says ``InQuery`` or ``InBody``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from functools import cache
from string import Formatter
from typing import Annotated, Any, ClassVar, Final, Generic, Literal, Self, TypeVar, get_args, get_origin
from urllib.parse import quote

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    PrivateAttr,
    SecretStr,
    SerializationInfo,
    TypeAdapter,
    WithJsonSchema,
)
from pydantic.fields import FieldInfo

from bot.basics.language import mark, say, translated
from bot.basics.names import names_in_one_line


class Risk(StrEnum):
    """What a mistaken click would cost. Set by hand for every action, never derived from the HTTP method."""

    READ = "read"
    CHANGE = "change"
    OUTWARD = "outward"
    DESTRUCTIVE = "destructive"


class Entity(StrEnum):
    """The kind of thing an id names; type-ahead and result tables turn ids into names by it."""

    USER = mark("user")
    OFFICE = mark("office")
    DEPARTMENT = mark("department")
    CALL_CENTER = mark("call center")
    COACHING_TEAM = mark("coaching team")
    CHANNEL = mark("channel")
    ROOM = mark("room")
    CONTACT = mark("contact")
    NUMBER = mark("number")
    CALL = mark("call")
    CALL_ROUTER = mark("call router")
    IVR = mark("IVR")
    POLICY = mark("access policy")
    WEBHOOK = mark("webhook")
    WEBSOCKET = mark("websocket")
    SUBSCRIPTION = mark("subscription")
    REPORT = mark("scheduled report")
    DEVICE = mark("device")
    DESK_PHONE = mark("desk phone")
    SHARE_LINK = mark("share link")
    STAT = mark("statistics request")
    COMPANY = mark("company")
    DISPOSITION = mark("disposition list")
    BULK_TEXT = mark("bulk text")
    SCHEDULED_TEXT = mark("scheduled text")
    MEETING = mark("meeting")
    SCORECARD = mark("scorecard")
    SCORECARD_EXPORT = mark("scorecard export")
    AGENT_GROUP = mark("agent group")


@dataclass(frozen=True)
class Rate:
    """A rate limit: at most ``calls`` in ``seconds``. ``per`` names the path parameter it belongs to, None for the
    endpoint."""

    calls: int
    seconds: float = 60.0
    per: str | None = None


@dataclass(frozen=True)
class Endpoint:
    """The method and path of an action: ``path`` as in the API reference, with ``{placeholders}``."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str

    @property
    def placeholders(self) -> tuple[str, ...]:
        return tuple(name for _, name, _, _ in Formatter().parse(self.path) if name)


def GET(path: str) -> Endpoint:  # noqa: N802  reads as the request line in an action
    """Build a GET endpoint: ``request = GET("/api/v2/...")``."""
    return Endpoint("GET", path)


def POST(path: str) -> Endpoint:  # noqa: N802  as GET
    """Build a POST endpoint: ``request = POST("/api/v2/...")``."""
    return Endpoint("POST", path)


def PUT(path: str) -> Endpoint:  # noqa: N802  as GET
    """Build a PUT endpoint: ``request = PUT("/api/v2/...")``."""
    return Endpoint("PUT", path)


def PATCH(path: str) -> Endpoint:  # noqa: N802  as GET
    """Build a PATCH endpoint: ``request = PATCH("/api/v2/...")``."""
    return Endpoint("PATCH", path)


def DELETE(path: str) -> Endpoint:  # noqa: N802  as GET
    """Build a DELETE endpoint: ``request = DELETE("/api/v2/...")``."""
    return Endpoint("DELETE", path)


class Place(Enum):
    """Where a parameter is sent when the method's default does not hold."""

    QUERY = "query"
    BODY = "body"


InQuery: Final = Place.QUERY
InBody: Final = Place.BODY


def read_id(value: Any) -> Any:
    """Read an id, which Dialpad sends as a digit string in answers and as a number in events."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


IDS_AS_TEXT: Final = "ids as text"
"""In a serialization context: ids stay text, as Dialpad answers them; 19 digits do not survive every JSON reader."""


SECRETS_SHOWN: Final = "secrets shown"
"""In a serialization context: an ``AccessAddress`` is written as it is, for the one person who asked for it."""


def _write_address(value: SecretStr, info: SerializationInfo) -> str:
    shown = bool(info.context) and SECRETS_SHOWN in (info.context or ())
    return value.get_secret_value() if shown else str(value)


AccessAddress = Annotated[SecretStr, PlainSerializer(_write_address, return_type=str, when_used="json")]
"""An address that gives access to whoever has it: hidden in ``repr``, in logs, and wherever answers are shown."""


def _write_id(value: str, info: SerializationInfo) -> int | str:
    as_text = bool(info.context) and IDS_AS_TEXT in (info.context or ())
    return int(value) if value.isascii() and value.isdigit() and not as_text else value


@dataclass(frozen=True)
class Names:
    """Marks a field as the id of ``entity``."""

    entity: Entity


Id = Annotated[
    str,
    BeforeValidator(read_id),
    PlainSerializer(_write_id, return_type=int | str),
    WithJsonSchema({"type": "integer", "format": "int64"}),
]
"""An id: kept as a string, taken from numbers and digit strings, sent as a number where it is one."""

UserId = Annotated[Id, Names(Entity.USER)]
OfficeId = Annotated[Id, Names(Entity.OFFICE)]
DepartmentId = Annotated[Id, Names(Entity.DEPARTMENT)]
CallCenterId = Annotated[Id, Names(Entity.CALL_CENTER)]
ContactId = Annotated[Id, Names(Entity.CONTACT)]
CallId = Annotated[Id, Names(Entity.CALL)]
CompanyId = Annotated[Id, Names(Entity.COMPANY)]
PhoneNumber = Annotated[str, Names(Entity.NUMBER)]
"""E.164, ``+14155550101``."""

ME: Final = "me"
"""What Dialpad takes for "the person whose token this is" wherever a user id stands in a path."""


class Response(BaseModel):
    """An answer from Dialpad. Unknown keys are kept, absent keys are None: live answers leave empty fields out."""

    model_config = ConfigDict(extra="allow", frozen=True, defer_build=True, hide_input_in_errors=True)


class Done(Response):
    """The answer of an operation that only says that it worked (204, or an empty 200)."""


A = TypeVar("A", bound=Response)


@dataclass(frozen=True)
class HttpRequest:
    """One HTTP request as it will be sent. ``path`` is encoded, ``query`` ordered, ``body`` None when there is none."""

    method: str
    path: str
    query: Mapping[str, str | list[str]] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None


class Action(BaseModel, Generic[A]):
    """An operation with its arguments filled in. Subclasses are declarations; see the module's text."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, defer_build=True, populate_by_name=True, hide_input_in_errors=True
    )

    slug: ClassVar[str]
    """The action's stable name, ``DIALPAD_...``."""
    name: ClassVar[str]
    """What people call it: "Turn do not disturb on or off"."""
    request: ClassVar[Endpoint]
    risk: ClassVar[Risk]
    rates: ClassVar[tuple[Rate, ...]] = (Rate(1200),)
    scopes: ClassVar[tuple[str, ...]] = ()
    needs: ClassVar[str | None] = None
    """What the company's Dialpad account must have for this, where the scopes do not say it all: "Dialpad Ai"."""
    company_admin_key: ClassVar[bool] = False
    """Dialpad takes this operation only from a company admin."""
    sensitive: ClassVar[bool] = False
    """The answer holds what only the asker may see: transcripts, recordings, call logs, contacts."""
    reveals: ClassVar[str] = ""
    """The field of the answer with an ``AccessAddress`` that whoever asked is shown, once; "" for none."""
    repeatable: ClassVar[bool | None] = None
    """Whether the request may be sent again when no answer came. None: by its method (GET, PUT, DELETE yes; POST,
    PATCH no)."""

    _sends_nulls: bool = PrivateAttr(default=False)

    def with_nulls(self) -> Self:
        """Have every None that was given sent as null, which clears a field. Otherwise None is what was not given."""
        self._sends_nulls = True
        return self

    def build_request(self) -> HttpRequest:
        """Build the HTTP request Dialpad expects for this action."""
        values = self.model_dump(mode="json", by_alias=True, exclude_unset=False, exclude_none=True)
        if self._sends_nulls:
            given = self.model_dump(mode="json", by_alias=True, exclude_unset=True)
            values = _with_nulls(values, {name: one for name, one in given.items() if name in self._of_body()})
        endpoint = self.request
        path = endpoint.path.format_map({n: quote(str(values.pop(n)), safe="") for n in endpoint.placeholders})
        query: dict[str, str | list[str]] = {}
        body: dict[str, Any] = {}
        for wire_name, place in _places(type(self)).items():
            if wire_name in values:
                if place is InQuery:
                    query[wire_name] = _query_value(values[wire_name])
                else:
                    body[wire_name] = values[wire_name]
        has_body = bool(body) if endpoint.method == "GET" else _takes_body(type(self))
        return HttpRequest(endpoint.method, path, query, body if has_body else None)

    @classmethod
    def _of_body(cls) -> frozenset[str]:
        return frozenset(name for name, place in _places(cls).items() if place is InBody)

    @classmethod
    def can_repeat(cls) -> bool:
        """Tell whether sending the same request twice is the same as sending it once."""
        if cls.repeatable is not None:
            return cls.repeatable
        return cls.request.method in {"GET", "PUT", "DELETE"}

    @classmethod
    def answer_type(cls) -> type[Response]:
        """Return the model named in ``Action[...]``."""
        return _answer_type(cls)

    @classmethod
    def parse_answer(cls, raw: bytes) -> A:
        """Read Dialpad's body, with names in one line: strangers choose them, and they stand in sentences of ours.

        Raises ``pydantic.ValidationError`` when it is not JSON or not an object.
        """
        model = _answer_type(cls)
        adapter: TypeAdapter[Any] = _adapter(model)
        return adapter.validate_json(names_in_one_line(raw.strip() or b"{}"))  # type: ignore[no-any-return]  # adapter of a runtime type


def _with_nulls(values: dict[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values with the nulls among what was given, also within objects and lists."""
    made = dict(values)
    for name, one in given.items():
        if one is None:
            made[name] = None
        elif isinstance(one, dict):
            made[name] = _with_nulls(made.get(name) or {}, one)
        elif isinstance(one, list):
            made[name] = one
    return made


def wire_name(name: str, info: FieldInfo) -> str:
    """Return Dialpad's name of the field."""
    return info.serialization_alias or info.alias or name


def place_of(action: type[Action[Any]], name: str, info: FieldInfo) -> Literal["path", "query", "body"]:
    """Return where the field is sent."""
    if wire_name(name, info) in action.request.placeholders:
        return "path"
    for one in info.metadata:
        if isinstance(one, Place):
            return "query" if one is Place.QUERY else "body"
    return "query" if action.request.method in {"GET", "DELETE"} else "body"


def needs_of(action: type[Action[Any]]) -> str:
    """Return what the company's Dialpad account must have for this action, as half a sentence; "" for nothing
    special."""
    if action.needs:
        return translated(action.needs)
    scopes = say(" and ").join(f"“{scope}”" for scope in action.scopes)
    if len(action.scopes) > 1:
        return say("the scopes {scopes}", scopes=scopes)
    return say("the scope {scope}", scope=scopes) if scopes else ""


def entity_of(info: FieldInfo) -> Entity | None:
    """Return what the field's value names, when it is an id or a number."""
    for one in (*info.metadata, *_nested_metadata(info.annotation)):
        if isinstance(one, Names):
            return one.entity
    return None


def _nested_metadata(annotation: Any) -> tuple[Any, ...]:
    if get_origin(annotation) is Annotated:
        inner, *marks = get_args(annotation)
        return (*marks, *_nested_metadata(inner))
    return tuple(mark for part in get_args(annotation) for mark in _nested_metadata(part))


@cache
def _places(action: type[Action[Any]]) -> dict[str, Place]:
    return {
        wire_name(name, info): InQuery if place == "query" else InBody
        for name, info in action.model_fields.items()
        if (place := place_of(action, name, info)) != "path"
    }


@cache
def _takes_body(action: type[Action[Any]]) -> bool:
    return any(place is InBody for place in _places(action).values())


@cache
def _adapter(model: type[Response]) -> TypeAdapter[Any]:
    return TypeAdapter(model)


@cache
def _answer_type(action: type[Action[Any]]) -> type[Response]:
    for ancestor in action.__mro__:
        arguments = ancestor.__dict__.get("__pydantic_generic_metadata__", {}).get("args") or ()
        if arguments and isinstance(arguments[0], type) and issubclass(arguments[0], Response):
            return arguments[0]
    return Done


def _query_value(value: Any) -> str | list[str]:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return [str(_query_value(item)) for item in value]
    return str(value)


class Page(Response, Generic[A]):
    """One page of a list. ``cursor`` is None on the last page; ``items`` may be absent on an empty one."""

    items: list[A] = []
    cursor: str | None = None
