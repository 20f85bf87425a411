"""What a handler can answer. Values only: ``bot/slack/blockkit/render.py`` turns them into Slack's JSON.

Prose is text or a tuple of parts. Plain strings are shown literally, whatever they contain, so a customer named
``<!channel>`` pings nobody; emphasis, times and numbers are parts of their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

from bot.basics.language import say

Raw: TypeAlias = str | bool | list[str]
"""An argument's value before it is parsed: as typed, picked, or carried by a button."""

RawArgs: TypeAlias = Mapping[str, Raw]


@dataclass(frozen=True)
class Bold:
    """Emphasised words."""

    text: str


@dataclass(frozen=True)
class Code:
    """Text to type or copy exactly, in a monospaced font."""

    text: str


@dataclass(frozen=True)
class When:
    """A time, shown in the reader's own time zone. ``date`` adds the day unless it is today."""

    at: datetime
    style: Literal["time", "date", "ago"] = "time"


@dataclass(frozen=True)
class Phone:
    """A phone number, E.164; shown in national format and dialable."""

    e164: str


@dataclass(frozen=True)
class Mention:
    """A Slack person, user group or channel, by Slack id."""

    slack_id: str


@dataclass(frozen=True)
class Link:
    """A link with its text."""

    url: str
    text: str


Part: TypeAlias = str | Bold | Code | When | Phone | Mention | Link
Prose: TypeAlias = str | tuple[Part, ...]

Tone: TypeAlias = Literal["done", "info", "warning"]


@dataclass(frozen=True)
class Button:
    """A button that runs ``route`` (``<handler file>.<function>``) with ``args``, as if it had been typed."""

    label: str
    route: str = ""
    args: RawArgs = field(default_factory=dict)
    style: Literal["primary", "danger"] | None = None
    url: str | None = None
    """An address that it opens instead of running a route."""
    form: bool = False
    """Whether it opens the route's form with ``args`` filled in, even when nothing is missing."""
    in_place: bool = False
    """Whether the answer replaces the pressed message, where only the person who pressed sees it."""
    spoken: str = ""
    """What a screen reader says of it, where the label alone says too little: which of many it is about."""


@dataclass(frozen=True)
class Picture:
    """A picture that is in Slack as ``file``. ``instead`` is the text where it cannot be shown."""

    file: str
    alt: str
    instead: str


@dataclass(frozen=True)
class Reply:
    """An answer in a sentence or two, with buttons for what can be done next."""

    text: Prose
    buttons: tuple[Button, ...] = ()
    tone: Tone = "info"
    shared: bool = False
    """Whether everybody in the channel sees it: only after the person chose to share."""
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True)
class Fact:
    """One labelled line of a card."""

    label: str
    value: Prose


@dataclass(frozen=True)
class Chart:
    """A bar chart: for each category one bar of every series. ``series``: name and a number per category."""

    title: str
    categories: tuple[str, ...]
    series: tuple[tuple[str, tuple[float, ...]], ...]
    across: str = ""
    """The label of the categories: "Hour"."""
    up: str = ""
    """The label of the numbers: "Calls"."""


@dataclass(frozen=True)
class DataTable:
    """A table: rows under a header of the same length. The first column says what the others count."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Card:
    """One object, with its facts and buttons for the next steps. Where charts or tables cannot be drawn they are
    text."""

    title: Prose
    facts: tuple[Fact, ...] = ()
    text: Prose = ""
    note: Prose = ""
    buttons: tuple[Button, ...] = ()
    shared: bool = False
    parts: tuple[Chart | DataTable, ...] = ()
    menu: tuple[Button, ...] = ()
    """What can be done besides, behind one button at the end of the others, or of the title where there are none; at
    most five."""


@dataclass(frozen=True)
class Row:
    """One line of a list: its text, a note in small print, and one button beside it. With ``more`` all buttons stand
    below."""

    text: Prose
    note: Prose = ""
    button: Button | None = None
    more: tuple[Button, ...] = ()


@dataclass(frozen=True)
class Listing:
    """A list, one row for each item. ``empty`` is the text when there are none."""

    title: Prose
    rows: tuple[Row, ...]
    empty: Prose = field(default_factory=lambda: say("Nothing to show."))
    note: Prose = ""
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True)
class Attachment:
    """A file, sent to the person alone, with a line that says what it is."""

    name: str
    content: bytes = field(repr=False)
    text: Prose = ""
    card: "Card | Listing | Reply | None" = None
    """What is shown beside the file."""


@dataclass(frozen=True)
class Form:
    """An answer that opens the form of ``route``, whose fields are the handler's own arguments."""

    route: str
    args: RawArgs = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    """What is wrong with an argument, by its name; shown at the field."""
    notice: Prose = ""
    """A warning above the fields."""
    about: Prose = ""
    """What the form is about, above the fields."""


@dataclass(frozen=True)
class Confirm:
    """A confirmation: shows exactly what would be done, and runs ``route`` only when the same person agrees.

    The arguments are stored on our side; the button carries only the confirmation's id, which works once and for
    10 minutes. ``edit`` is the route whose form the person goes back to.
    """

    route: str
    args: RawArgs
    title: str
    """At most 24 characters: Slack's limit for a modal's title."""
    facts: tuple[Fact, ...]
    yes: str
    """What the button does, in one or two words: "Send", "Block"."""
    quote: str = ""
    """The exact text that would leave, shown letter for letter."""
    note: Prose = ""
    danger: bool = False
    edit: Button | None = None
    instead: tuple[Button, ...] = ()
    """What else may be done. Pressing one leaves the request as it is: whoever agrees to it later still can."""


@dataclass(frozen=True)
class Nothing:
    """An answer that shows nothing."""


Shown: TypeAlias = Reply | Card | Listing
"""Answers that are text and buttons, wherever they are shown."""


@dataclass(frozen=True)
class MessageContent:
    """The content of a message. ``stamp`` is what was decided, by whom and when."""

    shown: Shown
    stamp: Prose = ""
    ping: tuple[str, ...] = ()
    """Slack ids of the people and user groups it mentions."""
    broadcast: bool = False
    """Whether a reply in a thread is also shown in the channel."""
    changes: datetime | None = None
    """When it looks different because time has passed, None when only what happens changes it."""
    language: str = field(default="", repr=False)
    """What its readers read; "" for what everybody does. Not part of what it looks like: its texts are."""


@dataclass(frozen=True)
class Unfurls:
    """Previews of the links in a message, each by its link as it stands there, for all who see the message. ``said`` is
    told whoever posted it alone."""

    cards: Mapping[str, Shown]
    said: Reply | None = None


Answer: TypeAlias = Reply | Card | Listing | Attachment | Form | Confirm | Nothing | Unfurls
"""Everything a handler may return."""
