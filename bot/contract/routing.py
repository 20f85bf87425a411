"""Decides which handler runs for a word, a button, a form or a shortcut.

A ``Router`` only records what a handler file declares; ``build_table`` puts the files together and refuses clashes.
The same table feeds routing, help, the manifest and the docs. Ids are derived: ``<handler file>.<function>``.
"""

import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any, TypeAlias, TypeVar, get_args, get_origin, get_type_hints

from bot.contract.argument import Argument
from bot.contract.context import CommandInfo, Ctx
from bot.contract.reply import Answer, Form, RawArgs
from bot.dialpad.action import Action, Risk

Handler = Callable[..., Awaitable[Answer]]
H = TypeVar("H", bound=Handler)


Opening: TypeAlias = Callable[[Ctx, Form], Awaitable[Form]]
Dropping: TypeAlias = Callable[[Ctx, RawArgs], Awaitable[None]]


class RouteKind(StrEnum):
    """How a route is reached."""

    COMMAND = "command"
    BUTTON = "button"
    CONFIRMED = "confirmed"
    SHORTCUT = "shortcut"
    MESSAGE = "message shortcut"
    EVENT = "event"
    LATER = "later"


@dataclass(frozen=True)
class Route:
    """One declared way to reach a handler."""

    id: str
    kind: RouteKind
    handler: Handler
    arguments: Mapping[str, Argument]
    required: frozenset[str]
    word: str = ""
    aliases: tuple[str, ...] = ()
    usage: str = ""
    summary: str = ""
    title: str = ""
    """The form's title; at most 24 characters."""
    submit: str = "Done"
    examples: tuple[str, ...] = ()
    risk: Risk = Risk.READ
    short: bool = False
    """Whether it has a slash command of its own, such as ``/dp-dnd``."""
    always_form: bool = False
    """Whether the form opens when nothing was typed, although nothing is required."""
    intro: str = ""
    """A text above the form's fields that says what it is for."""
    needs_connection: bool = True
    """Whether its form is only of use to somebody who is connected to Dialpad."""
    opening: Opening | None = None
    """What happens when its form is opened: adds current values to it, or what there is to say."""
    dropped: Dropping | None = None
    """What happens when its confirmation is canceled."""

    @property
    def changes(self) -> bool:
        """Tell whether a request for it is put on disk before it is acknowledged."""
        return self.risk is not Risk.READ

    @property
    def fields(self) -> dict[str, Argument]:
        """Return the arguments a form asks for."""
        return {name: argument for name, argument in self.arguments.items() if argument.shown}

    def by_todays_names(self, raw: RawArgs) -> RawArgs:
        """Rename arguments that have a name of an earlier version to the name they have now."""
        renamed = {argument.formerly: name for name, argument in self.arguments.items() if argument.formerly}
        return {renamed.get(name, name): value for name, value in raw.items()} if renamed else raw


class Router:
    """The routes one handler file declares. ``Router()`` in ``handlers/sms.py`` names its routes ``sms.…``."""

    def __init__(self) -> None:
        self.routes: list[Route] = []

    def command(
        self,
        word: str,
        *,
        usage: str = "",
        summary: str,
        aliases: tuple[str, ...] = (),
        examples: tuple[str, ...] = (),
        title: str = "",
        submit: str = "Done",
        action: type[Action[Any]] | None = None,
        risk: Risk | None = None,
        short: bool = False,
        always_form: bool = False,
        needs_connection: bool = True,
        opening: Opening | None = None,
    ) -> Callable[[H], H]:
        """Declare a word after ``/dp``. ``action`` is the Dialpad action it leads to; its risk is the command's."""
        known = risk or (action.risk if action else Risk.READ)
        return self._record(
            RouteKind.COMMAND, word=word, usage=usage, summary=summary, aliases=aliases, examples=examples, title=title,
            submit=submit, risk=known, short=short, always_form=always_form, needs_connection=needs_connection,
            opening=opening,
        )  # fmt: skip

    def button(
        self, *, title: str = "", submit: str = "Done", risk: Risk = Risk.READ, needs_connection: bool = True
    ) -> Callable[[H], H]:
        """Declare a handler that only buttons and forms lead to."""
        return self._record(RouteKind.BUTTON, title=title, submit=submit, risk=risk, needs_connection=needs_connection)

    def confirmed(
        self, *, action: type[Action[Any]] | None = None, risk: Risk | None = None, dropped: Dropping | None = None
    ) -> Callable[[H], H]:
        """Declare a handler that runs only after its ``Confirm`` was agreed to, with the arguments stored on our
        side."""
        known = risk or (action.risk if action else Risk.DESTRUCTIVE)
        return self._record(RouteKind.CONFIRMED, risk=known, dropped=dropped)

    def shortcut(self, name: str, *, summary: str, title: str = "", submit: str = "Done") -> Callable[[H], H]:
        """Declare an entry of Slack's global shortcuts menu; ``name`` at most 24 characters."""
        return self._record(RouteKind.SHORTCUT, word=name, summary=summary, title=title, submit=submit)

    def message_shortcut(self, name: str, *, summary: str) -> Callable[[H], H]:
        """Declare an entry of a message's menu; the handler's ``text`` argument is the message's text."""
        return self._record(RouteKind.MESSAGE, word=name, summary=summary)

    def event(self, name: str) -> Callable[[H], H]:
        """Declare a handler of a Slack event, by the event's type."""
        return self._record(RouteKind.EVENT, word=name)

    def later(self, *, risk: Risk = Risk.CHANGE) -> Callable[[H], H]:
        """Declare a handler that runs at a time that was set earlier, as the person who set it."""
        return self._record(RouteKind.LATER, risk=risk)

    def _record(self, kind: RouteKind, **declared: Any) -> Callable[[H], H]:
        def record(handler: H) -> H:
            arguments, required = read_signature(handler)
            self.routes.append(
                Route(
                    id=f"{handler.__module__.rpartition('.')[2]}.{handler.__name__}",
                    kind=kind,
                    handler=handler,
                    arguments=arguments,
                    required=required,
                    **declared,
                )
            )
            return handler

        return record


def read_signature(handler: Handler) -> tuple[dict[str, Argument], frozenset[str]]:
    """Read a handler's arguments by parameter name, and which have no default. The first parameter is the context.

    Raises TypeError for a parameter without an Argument.
    """
    hints = get_type_hints(handler, include_extras=True)
    arguments: dict[str, Argument] = {}
    required: set[str] = set()
    for name, parameter in list(inspect.signature(handler).parameters.items())[1:]:
        hint = hints[name]
        marks = [m for m in get_args(hint)[1:] if isinstance(m, Argument)] if get_origin(hint) is Annotated else []
        if not marks:
            raise TypeError(
                f"{handler.__module__}.{handler.__name__}: parameter {name!r} is not Annotated with an Argument"
            )
        arguments[name] = marks[0]
        if parameter.default is inspect.Parameter.empty:
            required.add(name)
    return arguments, frozenset(required)


class Clash(Exception):
    """Two handlers declare the same word, id or event. The program does not start."""


@dataclass(frozen=True)
class RouteTable:
    """All routes. Lookups are by dictionary, so that 10 and 250 routes cost the same."""

    by_id: Mapping[str, Route]
    by_word: Mapping[str, Route]
    by_event: Mapping[str, Route]
    order: tuple[Route, ...] = field(default=())

    def commands(self) -> tuple[CommandInfo, ...]:
        """Return every command, in the order of declaration."""
        return tuple(
            CommandInfo(route.word, route.usage, route.summary, route.examples)
            for route in self.order
            if route.kind is RouteKind.COMMAND
        )

    def of_kind(self, kind: RouteKind) -> tuple[Route, ...]:
        """Return every route of one kind, in the order of declaration."""
        return tuple(route for route in self.order if route.kind is kind)


def build_table(routers: Iterable[Router]) -> RouteTable:
    """Put the handler files together. Raises Clash when two claim the same id, word or event."""
    by_id: dict[str, Route] = {}
    by_word: dict[str, Route] = {}
    by_event: dict[str, Route] = {}
    order = [route for router in routers for route in router.routes]
    for route in order:
        _claim(by_id, route.id, route)
        if route.kind is RouteKind.COMMAND:
            for word in (route.word, *route.aliases):
                _claim(by_word, word, route)
        if route.kind is RouteKind.EVENT:
            _claim(by_event, route.word, route)
    return RouteTable(by_id, by_word, by_event, tuple(order))


def _claim(claims: dict[str, Route], key: str, route: Route) -> None:
    if key in claims:
        raise Clash(f"{key!r} is claimed by both {claims[key].id} and {route.id}")
    claims[key] = route
