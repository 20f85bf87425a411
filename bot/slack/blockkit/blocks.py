"""Turns prose into Slack's text: literal strings stay literal, times are shown in the reader's zone.

Slack's mrkdwn cannot escape ``*``, ``_``, ``~``, backticks or ``:names:``. Prose whose literal parts hold none of them
becomes mrkdwn; other prose becomes a rich text block, where text is never interpreted.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from bot.basics.language import after_stop, clock_may_end_with_stop, mark, say, say_day
from bot.basics.names import one_line, without_turns
from bot.basics.phone import national
from bot.contract.reply import Bold, Code, Link, Mention, Part, Phone, Picture, Prose, When
from bot.slack.blockkit.limits import ALT_TEXT, CONTEXT_TEXT, SECTION_TEXT, cut

Json: TypeAlias = dict[str, Any]

_SPEAKS_MRKDWN = re.compile(r"[*_~`]|:[\w+'-]+:|^\s*>|^\s*•", re.MULTILINE)
_SLACK_ID = re.compile(r"[UWS][A-Z0-9]{2,}")
_CHANNEL_ID = re.compile(r"[CG][A-Z0-9]{2,}")
_LINKED = re.compile(r"(https?://|mailto:|tel:)[^\s<>|]+", re.IGNORECASE)
_DATE_FORMATS = {"time": "{time}", "date": mark("{date_short_pretty} at {time}"), "ago": "{ago}"}
_EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)

NOTHING = "–"
"""Shown where Slack refuses an empty text."""


@dataclass(frozen=True)
class Reader:
    """The reader's time zone, the region whose numbers they see without country code, and the names of those who are
    mentioned, by Slack id."""

    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    region: str = "US"
    names: Mapping[str, str] = field(default_factory=dict)
    names_zone: bool = True
    """Whether times say whose clock they are by: wherever others read them too."""

    def name_of(self, slack_id: str) -> str:
        """Return the name for an id; never the id, which nobody knows."""
        unknown = {"S": say("a user group"), "C": say("a channel"), "G": say("a channel")}.get(slack_id[:1])
        return self.names.get(slack_id, unknown or say("somebody"))


def parts_of(prose: Prose) -> tuple[Part, ...]:
    return prose if isinstance(prose, tuple) else (prose,)


def escape(text: str) -> str:
    """Escape what Slack would read as markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def written_time(when: When, reader: Reader) -> str:
    """Write a time in words, where Slack formats no dates: in buttons, titles and notifications."""
    local = _moment(when).astimezone(reader.zone)
    clock = f"{local:%H:%M}"
    shown = clock if when.style == "time" else f"{say_day(local, 'd MMM')} {clock}"
    return f"{shown} {local:%Z}" if reader.names_zone else shown


def _moment(when: When) -> datetime:
    at = when.at if when.at.tzinfo else when.at.replace(tzinfo=UTC)
    return max(at, _EARLIEST)


def plain(prose: Prose, reader: Reader) -> str:
    """Write prose without any markup, unescaped."""
    return "".join(_plain_part(part, reader) for part in parts_of(prose))


def _plain_part(part: Part, reader: Reader) -> str:
    match part:
        case str():
            return without_turns(part)
        case When():
            return written_time(part, reader)
        case Phone():
            return national(part.e164, reader.region)
        case Mention():
            return one_line(reader.name_of(part.slack_id))
        case _:
            return one_line(part.text)


def speaks_mrkdwn(prose: Prose) -> bool:
    """Tell whether mrkdwn would take literal text in it for formatting."""
    return any(_SPEAKS_MRKDWN.search(_literal(part)) for part in parts_of(prose))


def _literal(part: Part) -> str:
    match part:
        case str():
            return part
        case Bold() | Code() | Link():
            return part.text
        case _:
            return ""


def _one_stop(prose: Prose) -> Iterator[Part]:
    """Leave out the full stop after a time where Slack may write one: by the clock that the reader chose, "8:35 p. m."
    or "20:35". Between two sentences a dash takes its place."""
    before: Part = ""
    for part in parts_of(prose):
        said = part
        if isinstance(before, When) and isinstance(part, str) and clock_may_end_with_stop():
            rest = after_stop(part)
            said = f" –{rest}" if rest != part and rest.startswith(" ") else rest
        before = part
        if said != "":
            yield said


def mrkdwn(prose: Prose, reader: Reader, limit: int) -> str:
    """Write prose as mrkdwn of at most ``limit`` characters after escaping, never cut inside an entity."""
    done: list[str] = []
    room = limit - 1
    for part in _one_stop(prose):
        piece = _mrkdwn_part(part, reader)
        if len(piece) > room:
            done.append(_head(without_turns(part), room) if isinstance(part, str) else "")
            return "".join(done) + "…"
        done.append(piece)
        room -= len(piece)
    return "".join(done)


def _head(text: str, room: int) -> str:
    kept = ""
    for character in text[:room]:
        piece = escape(character)
        if len(kept) + len(piece) > room:
            break
        kept += piece
    return kept


def _mrkdwn_part(part: Part, reader: Reader) -> str:  # noqa: PLR0911  one return for each kind of part
    match part:
        case str():
            return escape(without_turns(part))
        case Bold():
            return f"*{_flat(part)}*" if part.text.strip() else escape(part.text)
        case Code():
            return f"`{_flat(part)}`" if part.text.strip() else escape(part.text)
        case When():
            stamp, shown = int(_moment(part).timestamp()), escape(written_time(part, reader))
            return f"<!date^{stamp}^{say(_DATE_FORMATS[part.style])}|{shown}>"
        case Phone():
            return (
                f"<tel:{part.e164}|{escape(national(part.e164, reader.region))}>"
                if _dialable(part)
                else escape(part.e164)
            )
        case Mention():
            return called(part.slack_id) or _channel(part.slack_id) or escape(part.slack_id)
        case Link():
            words = _flat(part) or escape(part.url)
            return f"<{escape(part.url)}|{words}>" if _LINKED.fullmatch(part.url) else words


def _flat(part: Bold | Code | Link) -> str:
    return escape(one_line(part.text))


def called(slack_id: str) -> str:
    """Write the mrkdwn that mentions a person or a user group, "" for anything that is not the id of one."""
    if not _SLACK_ID.fullmatch(slack_id):
        return ""
    return f"<!subteam^{slack_id}>" if slack_id.startswith("S") else f"<@{slack_id}>"


def _channel(slack_id: str) -> str:
    return f"<#{slack_id}>" if _CHANNEL_ID.fullmatch(slack_id) else ""


def _dialable(phone: Phone) -> bool:
    return re.fullmatch(r"\+\d{3,15}", phone.e164) is not None


def rich_elements(prose: Prose, reader: Reader, limit: int) -> list[Json]:
    """Build prose as elements of a rich text section, cut visibly to ``limit`` characters."""
    elements: list[Json] = []
    room = limit - 1
    for part in _one_stop(prose):
        shown = _plain_part(part, reader)
        if not shown:
            continue
        if len(shown) > room:
            elements.append({"type": "text", "text": shown[:room] + "…"})
            break
        elements.append(_rich_part(part, shown))
        room -= len(shown)
    return elements or [{"type": "text", "text": NOTHING}]


def _rich_part(part: Part, shown: str) -> Json:  # noqa: PLR0911  one return for each kind of part
    match part:
        case Bold():
            return {"type": "text", "text": shown, "style": {"bold": True}}
        case Code():
            return {"type": "text", "text": shown, "style": {"code": True}}
        case When():
            stamp = int(_moment(part).timestamp())
            return {"type": "date", "timestamp": stamp, "format": _DATE_FORMATS[part.style], "fallback": shown}
        case Phone() if _dialable(part):
            return {"type": "link", "url": f"tel:{part.e164}", "text": shown}
        case Mention() if _SLACK_ID.fullmatch(part.slack_id):
            kind = "usergroup" if part.slack_id.startswith("S") else "user"
            return {"type": kind, f"{kind}_id": part.slack_id}
        case Mention() if _CHANNEL_ID.fullmatch(part.slack_id):
            return {"type": "channel", "channel_id": part.slack_id}
        case Link() if _LINKED.fullmatch(part.url):
            return {"type": "link", "url": part.url, "text": shown}
        case _:
            return {"type": "text", "text": shown}


def plain_object(text: str, limit: int) -> Json:
    """Build a plain_text object; ``:names:`` in it stay as they are."""
    shown = without_turns(text)
    return {"type": "plain_text", "text": cut(shown, limit) if shown.strip() else NOTHING, "emoji": False}


def text_object(prose: Prose, reader: Reader, limit: int) -> Json:
    """Build a text object where rich text is not allowed: mrkdwn, or plain text where mrkdwn would change the words."""
    if speaks_mrkdwn(prose):
        return plain_object(plain(prose, reader), limit)
    text = mrkdwn(prose, reader, limit)
    return {"type": "mrkdwn", "text": text if text.strip() else NOTHING, "verbatim": True}


def paragraph(prose: Prose, reader: Reader) -> Json:
    """Build a block of ordinary text."""
    if speaks_mrkdwn(prose):
        section = {"type": "rich_text_section", "elements": rich_elements(prose, reader, SECTION_TEXT)}
        return {"type": "rich_text", "elements": [section]}
    return {"type": "section", "text": text_object(prose, reader, SECTION_TEXT)}


def context(prose: Prose, reader: Reader) -> Json:
    """Build a line of small print."""
    return {"type": "context", "elements": [text_object(prose, reader, CONTEXT_TEXT)]}


def picture(shown: Picture) -> Json:
    """Build a block with a picture that is in Slack already."""
    return {"type": "image", "slack_file": {"id": shown.file}, "alt_text": cut(shown.alt, ALT_TEXT) or say("Picture")}


def quoted(text: str, limit: int = 6_000) -> Json:
    """Show ``text`` letter for letter in a box. Beyond ``limit`` it says how much is left out."""
    rest = say("\n… and {count:,} more characters", count=len(text) - limit) if len(text) > limit else ""
    shown = (text[:limit] + rest) or NOTHING
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_preformatted", "elements": [{"type": "text", "text": shown}]}],
    }


def weight(blocks: Json | Sequence[Any] | str | float | None) -> int:
    """Count the characters of text in blocks, as Slack does for a message; ids and values are left out."""
    if isinstance(blocks, dict):
        return sum(
            len(value) if key in {"text", "fallback"} and isinstance(value, str) else weight(value)
            for key, value in blocks.items()
        )
    if isinstance(blocks, list | tuple):
        return sum(weight(one) for one in blocks)
    return 0


def joined(parts: Iterable[Prose], separator: str = "\n") -> Prose:
    """Join several pieces of prose, without the empty ones."""
    together: list[Part] = []
    for prose in parts:
        pieces = [part for part in parts_of(prose) if part != ""]
        if pieces and together:
            together.append(separator)
        together += pieces
    return tuple(together)
