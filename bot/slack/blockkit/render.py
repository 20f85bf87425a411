"""Renders answers as Slack's messages, modals and Home tabs. Never raises; what does not fit is cut visibly."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import structlog

from bot.basics.language import say, translated
from bot.contract.reply import Bold, Card, Chart, Confirm, DataTable, Listing, Part, Prose, Reply, Row, Shown, Tone
from bot.slack.blockkit.blocks import (
    NOTHING,
    Json,
    Reader,
    context,
    escape,
    joined,
    paragraph,
    parts_of,
    picture,
    plain,
    plain_object,
    quoted,
    speaks_mrkdwn,
    text_object,
    weight,
)
from bot.slack.blockkit.buttons import ButtonTooLong, build_actions, build_button, build_menu, build_rows
from bot.slack.blockkit.charts import build_chart, build_table, write_chart, write_table
from bot.slack.blockkit.limits import (
    BUTTON_TEXT,
    CHARTS,
    DOCUMENT_BYTES,
    FIELD_TEXT,
    FIELDS,
    HEADER_TEXT,
    MESSAGE_BLOCKS,
    MESSAGE_CHARACTERS,
    MESSAGE_TEXT,
    SECTION_TEXT,
    TABLES,
    VIEW_BLOCKS,
    VIEW_CHARACTERS,
    VIEW_TITLE,
    cut,
)
from bot.slack.blockkit.spoken import label_about, subject, told_apart

_log = structlog.get_logger(__name__)

CONFIRM: str = "confirm"
"""The ``callback_id`` of a confirmation's modal."""
CONFIRM_YES, CONFIRM_EDIT, CONFIRM_NO = "confirm.yes", "confirm.edit", "confirm.no"
"""The buttons of a confirmation; their value is the confirmation's id."""
RESULT: str = "result"
"""The ``callback_id`` of a modal that only shows something."""

_MARKS: dict[Tone, str] = {"done": "✅ ", "info": "", "warning": "⚠️ "}


@dataclass(frozen=True)
class Message:
    """A message ready for Slack.
    ``text`` is the fallback for notifications and screen readers; it is mrkdwn, escaped."""

    text: str
    blocks: list[Json] = field(default_factory=list)
    shared: bool = False

    def to_json(self) -> Json:
        return {"text": self.text, "blocks": self.blocks}


@dataclass
class _Room:
    """The room that is left in a message or a view."""

    blocks: int
    characters: int
    octets: int = DOCUMENT_BYTES
    charts: int = 0
    tables: int = 0

    def draw(self, part: Chart | DataTable) -> Json:
        """Draw a chart or table as a block while there is room for one of its kind, else as text."""
        if isinstance(part, Chart):
            block = build_chart(part) if self.charts else None
            self.charts -= block is not None
            return block or write_chart(part)
        block = build_table(part) if self.tables else None
        self.tables -= block is not None
        return block or write_table(part)

    def take(self, blocks: Sequence[Json]) -> bool:
        """Use room for the blocks; False when they do not fit."""
        characters, octets = weight(blocks), len(json.dumps(blocks))
        if len(blocks) > self.blocks or characters > self.characters or octets > self.octets:
            return False
        self.blocks -= len(blocks)
        self.characters -= characters
        self.octets -= octets
        return True


_LAST_LINE = 100
"""Characters reserved for the line that says what is missing."""


def _message_room(charts: int = CHARTS) -> _Room:
    return _Room(MESSAGE_BLOCKS - 1, MESSAGE_CHARACTERS - _LAST_LINE, charts=charts, tables=TABLES)


def _view_room() -> _Room:
    return _Room(VIEW_BLOCKS - 1, VIEW_CHARACTERS - _LAST_LINE)


def render_message(
    answer: Shown, reader: Reader, *, current: str = "", stamp: Prose = "", charts: int = CHARTS
) -> Message:
    """Render an answer as a message.

    ``current``: the route that answers. ``stamp``: what was decided, by whom and when. ``charts``: how many may be
    drawn; the others are text.
    """
    blocks = _render(answer, reader, _message_room(charts), current, stamp)
    return Message(_fallback(answer, reader), blocks, shared=not isinstance(answer, Listing) and answer.shared)


def render_view(answer: Shown, reader: Reader, *, title: str, metadata: str, current: str = "") -> Json:
    """Render an answer as a modal without a submit button."""
    return {
        "type": "modal",
        "callback_id": RESULT,
        "title": plain_object(title, VIEW_TITLE),
        "close": plain_object(say("Close"), VIEW_TITLE),
        "private_metadata": metadata,
        "blocks": _render(answer, reader, _view_room(), current, ""),
    }


def render_home(answer: Shown, reader: Reader, *, current: str = "") -> Json:
    """Render an answer as the app's Home tab."""
    return {"type": "home", "blocks": _render(answer, reader, _view_room(), current, "", about="")}


def render_working(title: str, metadata: str, words: str) -> Json:
    """Render the modal that is shown until the answer is ready."""
    return {
        "type": "modal",
        "callback_id": RESULT,
        "title": plain_object(title, VIEW_TITLE),
        "close": plain_object(say("Close"), VIEW_TITLE),
        "private_metadata": metadata,
        "blocks": [{"type": "section", "text": plain_object(f"⏳ {words}", SECTION_TEXT)}],
    }


def render_confirm_view(
    confirm: Confirm, reader: Reader, *, metadata: str, name: str, told_when_closed: bool = False
) -> Json:
    """Render a confirmation as a modal; its submit button agrees. ``name`` is the confirmation's id.
    ``told_when_closed``: whether Slack tells when somebody closes it."""
    blocks = _confirm_blocks(confirm, reader, _view_room())
    if others := _other_buttons(confirm, reader, name):
        blocks.append(build_actions(others))
        told_apart(blocks)
    view: Json = {
        "type": "modal",
        "callback_id": CONFIRM,
        "title": plain_object(confirm.title, VIEW_TITLE),
        "submit": plain_object(confirm.yes, VIEW_TITLE),
        "close": plain_object(say("Cancel"), VIEW_TITLE),
        "private_metadata": metadata,
        "blocks": blocks,
    }
    return {**view, "notify_on_close": True} if told_when_closed else view


def render_confirm_message(confirm: Confirm, reader: Reader, *, name: str) -> Message:
    """Render a confirmation as a message with buttons to agree, edit and cancel."""
    about = _what(confirm, reader)
    yes = _confirm_button(confirm.yes, CONFIRM_YES, name, about)
    yes["style"] = "danger" if confirm.danger else "primary"
    no = _confirm_button(say("Cancel"), CONFIRM_NO, name, about)
    buttons = [yes, *_other_buttons(confirm, reader, name), no]
    title: Json = {"type": "section", "text": text_object((Bold(confirm.title),), reader, HEADER_TEXT)}
    actions = build_actions(buttons)
    told_apart([actions])
    room = _message_room()
    room.take([title, actions])
    body = _confirm_blocks(confirm, reader, room)
    return Message(escape(cut(confirm.title, MESSAGE_TEXT // 6)), [title, *body, actions])


def _other_buttons(confirm: Confirm, reader: Reader, name: str) -> list[Json]:
    """Build the buttons beside the one that agrees: to edit, and to do something else instead."""
    about = _what(confirm, reader)
    edit = []
    if confirm.edit is not None:
        edit = [_confirm_button(confirm.edit.label or say("Edit"), CONFIRM_EDIT, name, about)]
    return [*edit, *(element for row in build_rows(confirm.instead, about=about) for element in row["elements"])]


def _what(confirm: Confirm, reader: Reader) -> str:
    """Return what a confirmation is about: its title, and the first fact, which says whom or what."""
    title = translated(confirm.title)
    facts = [plain(fact.value, reader) for fact in confirm.facts[:1]]
    return subject((" " if title.endswith("?") else ", ").join([title, *facts]), reader)


def _confirm_button(label: str, action_id: str, name: str, about: str) -> Json:
    return {
        "type": "button",
        "text": plain_object(translated(label), BUTTON_TEXT),
        "action_id": action_id,
        "value": name,
        "accessibility_label": label_about(translated(label), about),
    }


def _confirm_blocks(confirm: Confirm, reader: Reader, room: _Room) -> list[Json]:
    """Render a confirmation's content. The text to be sent is shown whole, before anything else gets room."""
    after = [quoted(confirm.quote)] if confirm.quote else []
    if confirm.note:
        after.append(context(("⚠️ ", *parts_of(confirm.note)) if confirm.danger else confirm.note, reader))
    facts = _facts([(fact.label, fact.value) for fact in confirm.facts], reader)
    room.take(after)
    return [*_within(facts, room, reader), *after] or [paragraph(confirm.title, reader)]


def _render(
    answer: Shown, reader: Reader, room: _Room, current: str, stamp: Prose, *, about: str | None = None
) -> list[Json]:
    """``about``: what the buttons at the end are about; None for what the answer is about."""
    stamped = [context(stamp, reader)] if stamp else []
    menu = answer.menu if isinstance(answer, Card) and answer.buttons else ()
    if about is None:
        about = subject(answer.text if isinstance(answer, Reply) else answer.title, reader)
    tail = [*stamped, *build_rows(answer.buttons, menu, about=about, current=current)[:4]]
    while tail and not room.take(tail):
        tail = tail[:-1]
    match answer:
        case Reply():
            said = paragraph((_MARKS[answer.tone], *parts_of(answer.text)), reader)
            body = _within([said, *map(picture, answer.pictures)], room, reader)
        case Card():
            body = _within(_card(answer, reader, room, current), room, reader)
        case _:
            body = _listing(answer, reader, room, current)
    told_apart([*body, *tail])
    return [*body, *tail]


def _card(card: Card, reader: Reader, room: _Room, current: str) -> list[Json]:
    blocks = [_title(card.title, reader)]
    if card.menu and not card.buttons and (menu := build_menu(card.menu, current=current)):
        if blocks[0]["type"] == "section":
            blocks[0]["accessory"] = menu
        else:  # a title that mrkdwn would change has no room for it
            blocks.append(build_actions([menu]))
    if _says(card.text):
        blocks.append(paragraph(card.text, reader))
    blocks += _facts([(fact.label, fact.value) for fact in card.facts], reader)
    blocks += [room.draw(part) for part in card.parts]
    if _says(card.note):
        blocks.append(context(card.note, reader))
    return blocks


def _says(prose: Prose) -> bool:
    return bool(plain(prose, Reader()).strip())


def _emphasised(run: Iterable[Part]) -> Iterator[Part]:
    """Join adjacent words into one bold run: Slack reads ``*Calls** today*`` as asterisks."""
    text = "".join(part.text if isinstance(part, Bold) else str(part) for part in run)
    if not text.strip():
        yield text
        return
    lead, trail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    yield from (part for part in (lead, Bold(text.strip()), trail) if part not in ("", Bold("")))


def _title(title: Prose, reader: Reader) -> Json:
    runs = groupby(parts_of(title), key=lambda part: isinstance(part, str | Bold))
    bold = tuple(part for words, run in runs for part in (_emphasised(run) if words else run))
    return paragraph(bold, reader)


def _facts(facts: Sequence[tuple[str, Prose]], reader: Reader) -> list[Json]:
    """Render facts in two columns where mrkdwn can show them, on one line each where it cannot or a value is long."""
    blocks: list[Json] = []
    for narrow, run in groupby(facts, key=lambda fact: _is_narrow(fact, reader)):
        if not narrow:
            blocks += [paragraph((Bold(label), ": ", *(parts_of(value) or (NOTHING,))), reader) for label, value in run]
            continue
        cells = [text_object((Bold(label), "\n", *parts_of(value)), reader, FIELD_TEXT) for label, value in run]
        blocks += [{"type": "section", "fields": cells[at : at + FIELDS]} for at in range(0, len(cells), FIELDS)]
    return blocks


def _is_narrow(fact: tuple[str, Prose], reader: Reader) -> bool:
    label, value = fact
    return not speaks_mrkdwn((label, *parts_of(value))) and len(plain(value, reader)) <= 120


def _listing(listing: Listing, reader: Reader, room: _Room, current: str) -> list[Json]:
    blocks = [_title(listing.title, reader)]
    last = [context(listing.note, reader)] if _says(listing.note) else []
    room.take([*blocks, *last])
    if not listing.rows:
        return [*blocks, paragraph(listing.empty, reader), *last]
    for shown, row in enumerate(listing.rows):
        row_blocks = _row(row, reader, current)
        if not room.take(row_blocks):
            blocks.append(context(say("… and {count:,} more", count=len(listing.rows) - shown), reader))
            break
        blocks += row_blocks
    return [*blocks, *last]


def _row(row: Row, reader: Reader, current: str) -> list[Json]:
    words, about = joined((row.text, row.note)), subject(row.text, reader)
    if row.button is None or row.more:
        buttons = (*((row.button,) if row.button else ()), *row.more)
        return [paragraph(words, reader), *build_rows(buttons, about=about, current=current)]
    block: Json = {"type": "section", "text": text_object(words, reader, SECTION_TEXT)}
    try:
        block["accessory"] = build_button(row.button, about=about, current=current)
    except ButtonTooLong as problem:
        _log.error("button left out", reason=str(problem))
    return [block]


def _within(blocks: list[Json], room: _Room, reader: Reader) -> list[Json]:
    """Return as many blocks as fit; the last line says how many are missing."""
    for number, block in enumerate(blocks):
        if not room.take([block]):
            return [
                *blocks[:number],
                context(say("… and {count:,} more that did not fit", count=len(blocks) - number), reader),
            ]
    return blocks


def _fallback(answer: Shown, reader: Reader) -> str:
    prose: Prose = answer.text if isinstance(answer, Reply) else answer.title
    if isinstance(answer, Card) and _says(answer.text):
        prose = joined((answer.title, answer.text), ": ")
    text = _MARKS[answer.tone] if isinstance(answer, Reply) else ""
    escaped = escape(cut(text + plain(prose, reader), MESSAGE_TEXT // 6))
    return escaped if escaped.strip() else NOTHING
