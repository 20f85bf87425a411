"""Reads what a delivery asks for: the route, the arguments, and how it came in. Never waits."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from bot.basics.person import PersonKey
from bot.basics.words import verbatim
from bot.catalogue.inputs import FileArgument
from bot.contract.argument import FILLED
from bot.contract.context import Origin, Where
from bot.contract.doubt import WORDS
from bot.contract.reply import RawArgs
from bot.contract.routing import Route, RouteKind, RouteTable
from bot.slack.blockkit.buttons import OPENS_LINK, read_action_id, unpack_args
from bot.slack.blockkit.forms import read_closed, read_field_id, read_form, unpack_metadata
from bot.slack.blockkit.render import CONFIRM, CONFIRM_EDIT, CONFIRM_NO, CONFIRM_YES
from bot.slack.transport.payload import Incoming, PayloadKind

HOME: Final = "app_home_opened"
WHOLE_LINE: Final = "="
"""Begins what stands for a phrase that belongs to a text: ``=text``."""

_MENTION = re.compile(r"<@[UW][A-Z0-9]*(?:\|[^<>]*)?>[:,]?")
_QUOTES = "\"'“”‘’„«»"
_INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"


class Decision(StrEnum):
    """Which button of a confirmation was pressed."""

    YES = "yes"
    EDIT = "edit"
    NO = "no"
    CLOSED = "closed"
    """The window was closed, that of a confirmation or of a form."""


@dataclass
class Request:
    """A request of a person.
    ``route`` is None when nothing known was asked for: ``unknown`` says what, "" for a button that no longer exists.
    ``line`` is all that was typed, ``words`` is the text after the command's word, None when ``raw`` holds the
    arguments already.
    """

    person: PersonKey
    where: Where
    origin: Origin
    route: Route | None = None
    raw: RawArgs = field(default_factory=dict, repr=False)
    words: str | None = field(default=None, repr=False)
    form: bool = False
    again: bool = False
    unknown: str | None = None
    line: str = field(default="", repr=False)
    decision: Decision | None = None
    confirmation: str = ""
    incoming: Incoming | None = None
    recorded: bool = False

    @property
    def durable(self) -> bool:
        """Tell whether it is put on disk before it is acknowledged."""
        if self.decision is not None:
            return self.decision is Decision.YES
        return self.route is not None and self.route.changes


def plan(incoming: Incoming, table: RouteTable, command: str) -> Request | None:  # noqa: PLR0911  one return for each kind
    """Read the request in a delivery; None when there is nothing to do. ``command``: the root slash command."""
    if incoming.person is None:
        return None
    match incoming.kind:
        case PayloadKind.COMMAND:
            return _plan_words(incoming, table, _text_of_command(incoming, command), Origin.TYPED)
        case PayloadKind.PRESS:
            return _plan_press(incoming, table)
        case PayloadKind.SUBMIT:
            return _plan_submit(incoming, table)
        case PayloadKind.CLOSED:
            return _plan_closed(incoming, table)
        case PayloadKind.SHORTCUT:
            return _plan_route(incoming, table, Origin.SHORTCUT, {})
        case PayloadKind.MESSAGE:
            at = {"channel": incoming.where.channel or "", "ts": incoming.pressed_ts or ""}
            return _plan_route(incoming, table, Origin.MESSAGE, {"text": incoming.text, **at})
        case PayloadKind.EVENT:
            return _plan_event(incoming, table, command)
        case _:
            return None


def _job(incoming: Incoming, origin: Origin) -> Request:
    assert incoming.person is not None  # noqa: S101  plan() has looked
    return Request(incoming.person, incoming.where, origin, incoming=incoming)


def without_command(text: str, command: str) -> str:
    """Take a typed slash command off a line: ``/dp dnd on`` and ``/dp-dnd on`` are ``dnd on``.
    People type, and copy, the whole line where the words would do."""
    word, rest = split_word(text)
    if word == command:
        return rest
    return f"{word.removeprefix(command + '-')} {rest}" if word.startswith(command + "-") else text


def _text_of_command(incoming: Incoming, command: str) -> str:
    """Return the words of a slash command: ``/dp-dnd on`` is ``dnd on``."""
    if incoming.command == command:
        return without_command(incoming.text, command)
    word = incoming.command.removeprefix(command).lstrip("-") or incoming.command.lstrip("/")
    return f"{word} {incoming.text}"


def _plan_words(incoming: Incoming, table: RouteTable, text: str, origin: Origin) -> Request:
    request = _job(incoming, origin)
    request.line = text.strip()
    if (phrased := table.phrase(text)) is not None:
        request.route, request.words = phrased
        if request.words.startswith(WHOLE_LINE):
            name = request.words.split()[0].removeprefix(WHOLE_LINE)
            request.raw, request.words = {name: verbatim(text)}, None
        return request
    word, request.words = split_word(table.without_politeness(text))
    request.route = table.by_word.get(word.rstrip("!?.,") or word)
    if request.route is None:
        request.unknown = word
    return request


def split_word(text: str) -> tuple[str, str]:
    """Split a line into the command's word, lower case and without invisible characters or quotes around it, and
    what follows it."""
    cleaned = text.strip().strip(_INVISIBLE).strip()
    first, *rest = cleaned.split(maxsplit=1) or [""]
    return first.strip(_INVISIBLE + _QUOTES).rstrip(":,").casefold(), rest[0] if rest else ""


def _plan_press(incoming: Incoming, table: RouteTable) -> Request | None:
    pressed = read_action_id(incoming.action_id)
    if pressed.route == OPENS_LINK:
        return None
    decisions = {CONFIRM_YES: Decision.YES, CONFIRM_EDIT: Decision.EDIT, CONFIRM_NO: Decision.NO}
    if pressed.route in decisions:
        request = _job(incoming, Origin.CONFIRMED)
        request.decision, request.confirmation = decisions[pressed.route], incoming.value
        return request
    args = unpack_args(incoming.value)
    if pressed.route == WORDS:
        request = _plan_words(incoming, table, str(args.get("t", "")), Origin.BUTTON)
        request.form = pressed.form
        return request
    if (chosen := _plan_chosen(incoming, table)) is not None:
        return chosen
    request = _job(incoming, Origin.BUTTON)
    route = table.by_id.get(pressed.route)
    if route is None or route.kind in {RouteKind.CONFIRMED, RouteKind.LATER, RouteKind.EVENT}:
        return request  # what needs a yes is never run by a press alone
    if pressed.form and _is_form_of(incoming, route):
        args = {**read_form(route, incoming.view or {}), **args}  # what was typed so far stays
    request.route, request.raw, request.form, request.again = route, args, pressed.form, pressed.again
    return request


def _is_form_of(incoming: Incoming, route: Route) -> bool:
    return (incoming.view or {}).get("callback_id") == route.id


def _plan_chosen(incoming: Incoming, table: RouteTable) -> Request | None:
    """Read a request to redraw a form, after a field was filled in that the rest of the form depends on."""
    route_id, name = read_field_id(incoming.action_id)
    route = table.by_id.get(route_id)
    if route is None or name not in route.fields or not route.fields[name].awaited or not _is_form_of(incoming, route):
        return None
    raw = read_form(route, incoming.view or {})
    if raw.pop(FILLED, None):
        awaited = {field for field, argument in route.fields.items() if argument.awaited}
        raw = {field: value for field, value in raw.items() if field in awaited}  # the rest belonged to another object
    request = _job(incoming, Origin.BUTTON)
    request.route, request.raw, request.form = route, raw, True
    return request


def _plan_submit(incoming: Incoming, table: RouteTable) -> Request | None:
    view = incoming.view or {}
    if incoming.action_id == CONFIRM:
        request = _job(incoming, Origin.CONFIRMED)
        _, kept = unpack_metadata(view)
        request.decision, request.confirmation = Decision.YES, str(kept.get("c", ""))
        return request
    request = _job(incoming, Origin.FORM)
    route = table.by_id.get(incoming.action_id)
    if route is not None and route.kind not in {RouteKind.CONFIRMED, RouteKind.LATER, RouteKind.EVENT}:
        request.route, request.raw = route, read_form(route, view)
    return request


def _plan_closed(incoming: Incoming, table: RouteTable) -> Request | None:
    """Read that a window was closed, where something follows from that."""
    view = incoming.view or {}
    request = _job(incoming, Origin.FORM)
    request.decision = Decision.CLOSED
    if incoming.action_id == CONFIRM:
        _, kept = unpack_metadata(view)
        request.confirmation = str(kept.get("c", ""))
        return request
    route = table.by_id.get(incoming.action_id)
    if route is None or route.dropped is None:
        return None
    request.route, request.raw = route, read_closed(route, view)
    return request


def _plan_route(incoming: Incoming, table: RouteTable, origin: Origin, raw: RawArgs) -> Request:
    request = _job(incoming, origin)
    route = table.by_id.get(incoming.action_id)
    if route is not None and route.kind in {RouteKind.SHORTCUT, RouteKind.MESSAGE}:
        request.route = route
        request.raw = {name: value for name, value in raw.items() if name in route.arguments}
    return request


def _plan_event(incoming: Incoming, table: RouteTable, command: str) -> Request | None:
    event = incoming.event
    if event.get("bot_id") or event.get("edited") or event.get("hidden"):
        return None
    kind = incoming.action_id
    if kind == "message":
        return _plan_direct(incoming, table, without_command(_MENTION.sub("", incoming.text, 1), command))
    if kind == "app_mention":
        if incoming.where.is_direct:
            return None  # the message event of the DM says the same
        before, mention, after = _split_mention(incoming.text)
        text = without_command(after if after.strip() or not mention else before, command)
        return _plan_file(incoming, table, text) or _plan_words(incoming, table, text, Origin.MENTION)
    route = table.by_event.get(kind)
    if route is None or (kind == HOME and event.get("tab", "home") != "home"):
        return None
    request = _job(incoming, Origin.EVENT)
    request.route = route
    request.raw = {name: said for name in route.arguments if (said := _said_of(event.get(name)))}
    return request


def _plan_direct(incoming: Incoming, table: RouteTable, text: str) -> Request | None:
    """Read a message; only what is said in a direct message is meant for the app."""
    if incoming.event.get("channel_type") != "im":
        return None
    subtype = incoming.event.get("subtype")
    if subtype == "file_share":
        return _plan_file(incoming, table, text)
    return _plan_words(incoming, table, text, Origin.MENTION) if subtype in {None, "thread_broadcast"} else None


def _plan_file(incoming: Incoming, table: RouteTable, text: str) -> Request | None:
    """Read a message with a file of a kind that a command takes. With it nothing is said, or the command's word."""
    shared = [one for one in incoming.event.get("files") or () if isinstance(one, dict)]
    for route in table.order:
        argument = route.arguments.get(route.shared)
        if not isinstance(argument, FileArgument) or (text.strip() and not _is_word_of(route, table, text)):
            continue
        for file in shared:
            if str(file.get("name")).rpartition(".")[2].casefold() in argument.kinds:
                request = _job(incoming, Origin.MENTION)
                request.route, request.line, request.raw = route, text.strip(), {route.shared: [str(file.get("id"))]}
                return request
    return None


def _is_word_of(route: Route, table: RouteTable, text: str) -> bool:
    word, rest = split_word(text)
    return not rest and table.by_word.get(word) is route


def _said_of(value: Any) -> str:
    """Return an event's text, or the addresses of its list of links, one a line."""
    if isinstance(value, list):
        return "\n".join(str(one["url"]) for one in value if isinstance(one, dict) and one.get("url"))
    return value if isinstance(value, str) else ""


def _split_mention(text: str) -> tuple[str, bool, str]:
    found = _MENTION.search(text)
    return (text[: found.start()], True, text[found.end() :]) if found else (text, False, text)
