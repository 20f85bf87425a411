"""Shows any answer of Dialpad's as labelled lines: ids as names; phone numbers, times and durations as people write
them."""

import asyncio
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from bot.basics.language import say
from bot.basics.times import lasting
from bot.catalogue.ids import name_of
from bot.catalogue.outcomes import OUTCOMES, shown_outcomes
from bot.contract.context import Ctx
from bot.contract.prose import from_ms, prose
from bot.contract.reply import Fact, Link, Part, Phone, Prose, When
from bot.dialpad.action import ME, Entity
from bot.dialpad.actions.fields import ENTITY_OF_TYPE, WORDS

MOST_FACTS: Final = 40
_LONGEST_VALUE: Final = 1_500
_DEEPEST: Final = 3
HIDDEN: Final = "••••••"
"""Shown in place of a secret."""

_GROUP: Final = re.compile(r"([A-Za-z]+):(\d+)")
"""How calls name their line: ``Callcenter:5527…``."""
_SECRET: Final = re.compile(r"(^|_)(secret|password|token|api_?key)($|_)")
_E164: Final = re.compile(r"\+[1-9]\d{6,14}")
_ISO: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?")
_MOMENT_NAME: Final = re.compile(
    r"(^|_)(date|time|timestamp|started|ended|at|on|expires|expiration|rang|connected|created|updated)($|_)"
)
_LENGTH_NAME: Final = re.compile(r"(^|_)(duration|hold_time|talk_time)($|_)")
_SECONDS_NAME: Final = re.compile(r"_seconds$|^longest_call_wait_time$|^expires_in$")

_OF_NAME: Final[Mapping[str, Entity]] = {
    "user_id": Entity.USER,
    "owner_id": Entity.USER,
    "author_id": Entity.USER,
    "operator_id": Entity.USER,
    "user_ids": Entity.USER,
    "office_id": Entity.OFFICE,
    "admin_office_ids": Entity.OFFICE,
    "call_center_id": Entity.CALL_CENTER,
    "call_center_ids": Entity.CALL_CENTER,
    "department_id": Entity.DEPARTMENT,
    "room_id": Entity.ROOM,
    "channel_id": Entity.CHANNEL,
    "contact_id": Entity.CONTACT,
    "policy_id": Entity.POLICY,
    "company_id": Entity.COMPANY,
}
"""The kind of object an id in an answer names. Other ids have their kind beside them: ``target_type``,
``target_id``."""

_FIRST: Final = (
    "display_name",
    "name",
    "first_name",
    "last_name",
    "number",
    "phone_numbers",
    "state",
    "status",
    "enabled",
)
_IN_DISPLAY_NAME: Final = ("first_name", "last_name")
_LAST: Final = ("id", "company_id", "image_url")


@dataclass(frozen=True)
class Named:
    """A value of an answer, with its path and the object it is in."""

    path: tuple[str, ...]
    value: Any
    beside: Mapping[str, Any]


def shorten(text: str, longest: int) -> str:
    """Shorten a text to one line of at most ``longest`` characters, with an ellipsis where it was cut."""
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= longest else one_line[: longest - 1] + "…"


def label_of(path: tuple[str, ...]) -> str:
    """Turn a path into a label: ``hold_queue.max_hold_count`` is "Hold queue: max hold count"."""
    text = ": ".join(say(words_of_name(part)) for part in path)
    return text[:1].upper() + text[1:]


def words_of_name(name: str) -> str:
    """Turn the name of a field of an answer into words: ``call_id`` is "call ID"."""
    words = name.replace("_", " ").strip()
    return re.sub(r"\b(id|ids|url|uri|ivr|sms|csat|mos)\b", lambda m: m[0].upper(), words)


def without_id(name: str) -> str:
    """Return the name of a field whose ids are shown by name: ``user_id`` is ``user``."""
    return re.sub(r"_ids?$", "", name)


def named_label(one: Named, shown: Prose) -> str:
    """Label a value, without "ID" when it is shown by name."""
    name = one.path[-1]
    is_named = _entity_of(name, one.beside) is not None and shown != str(one.value)
    return label_of((*one.path[:-1], without_id(name))) if is_named and name != "id" else label_of(one.path)


def leaves(value: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[Named]:
    """Yield every value that is not empty, nested ones with their path. Lists of objects stay whole."""
    for name in sorted(value, key=_rank):
        one = value[name]
        if one is None or one in ("", [], {}) or (name in _IN_DISPLAY_NAME and value.get("display_name")):
            continue
        if name == f"formatted_{OUTCOMES}" and value.get(OUTCOMES):
            continue  # the same once more
        if isinstance(one, Mapping) and len(path) < _DEEPEST and not _is_party(one) and name != OUTCOMES:
            yield from leaves(one, (*path, name))
        else:
            yield Named((*path, name), one, value)


_PARTY: Final = frozenset({"id", "type", "name", "email", "phone", "office_id"})


def _is_party(value: Mapping[str, Any]) -> bool:
    """Tell whether an object is a party of a call, which fits on one line."""
    return set(value) <= _PARTY and bool(value.get("name") or value.get("phone"))


def _shown_party(party: Mapping[str, Any]) -> Prose:
    name, kind, phone = str(party.get("name") or ""), str(party.get("type") or ""), str(party.get("phone") or "")
    said = f"{name} ({say(WORDS.get(kind, kind))})" if name and kind else name
    number = _shown_text("phone", phone) if phone and phone != name else ""
    return prose(said, " " if said and number else "", number)


def _rank(name: str) -> tuple[int, str]:
    if name in _FIRST:
        return _FIRST.index(name), ""
    return (len(_FIRST) + (name in _LAST), "")


async def facts_of(
    ctx: Ctx, answer: Mapping[str, Any], *, most: int = MOST_FACTS, entity: Entity | None = None
) -> tuple[Fact, ...]:
    """Return an answer's lines, at most ``most``; the last one names what is left out."""
    found = [one for one in leaves(answer) if not (entity and one.path == ("id",) and "name" in answer)]
    shown = found[:most] if len(found) <= most else found[: most - 1]
    values = await asyncio.gather(*(shown_value(ctx, one) for one in shown))
    facts = [Fact(named_label(one, value), value) for one, value in zip(shown, values, strict=True)]
    if len(found) > len(shown):
        rest = ", ".join(label_of(one.path) for one in found[len(shown) :])
        facts.append(Fact(say("More"), shorten(rest, 500)))
    return tuple(facts)


async def shown_value(ctx: Ctx, one: Named) -> Prose:  # noqa: PLR0911  one return for each kind of value
    """Show one value as people read it."""
    name, value = one.path[-1], one.value
    if _SECRET.search(name) and not isinstance(value, bool):
        return HIDDEN
    if isinstance(value, bool):
        return say("Yes") if value else say("No")
    if isinstance(value, list | tuple):
        return await _shown_list(ctx, one, list(value))
    if isinstance(value, Mapping) and _is_party(value):
        return _shown_party(value)
    if isinstance(value, Mapping) and name == OUTCOMES:
        return shown_outcomes(value)
    if isinstance(value, Mapping):
        return shorten(", ".join(f"{label_of((key,))}: {inner}" for key, inner in value.items()), _LONGEST_VALUE)
    entity = _entity_of(name, one.beside)
    if entity is not None and isinstance(value, str | int):
        return await named(ctx, entity, str(value))
    if isinstance(value, int | float):
        return _shown_number(name, value)
    if name == "group_id" and (group := _GROUP.fullmatch(str(value))):
        return await named(ctx, ENTITY_OF_TYPE.get(group[1].casefold(), Entity.OFFICE), group[2])
    return _shown_text(name, str(value))


def _entity_of(name: str, beside: Mapping[str, Any]) -> Entity | None:
    if name in _OF_NAME:
        return _OF_NAME[name]
    if name == "id" and isinstance(beside.get("type"), str):
        return ENTITY_OF_TYPE.get(str(beside["type"]))
    if name.endswith("_id"):
        return ENTITY_OF_TYPE.get(str(beside.get(f"{name[:-3]}_type", "")))
    return None


async def named(ctx: Ctx, entity: Entity, entry_id: str) -> Prose:
    """Return the name for an id; the id itself when the name is not known."""
    if entry_id == ME:
        return say("Me")
    if entity is Entity.NUMBER:
        return _shown_text("number", entry_id)
    name = await name_of(ctx, entity, entry_id)
    return name or entry_id


def _shown_number(name: str, value: float) -> Prose:
    if _LENGTH_NAME.search(name):
        return lasting(value) or "0 s"
    if _SECONDS_NAME.search(name):
        return lasting(value * 1000) or "0 s"
    if _MOMENT_NAME.search(name) and value > 1e11 and (moment := from_ms(value)):
        return (When(moment, "date"),)
    if _MOMENT_NAME.search(name) and value > 1e9 and (moment := from_ms(value * 1000)):
        return (When(moment, "date"),)
    if not float(value).is_integer():
        return f"{value:,.2f}"
    return f"{value:.0f}" if name.endswith("id") else f"{value:,.0f}"


def _shown_text(name: str, value: str) -> Prose:
    if _E164.fullmatch(value):
        return (Phone(value),)
    if _ISO.fullmatch(value) and (moment := _moment(value)):
        return (When(moment, "date"),)
    if value.isdigit() and len(value) == 13 and _MOMENT_NAME.search(name) and (moment := from_ms(float(value))):
        return (When(moment, "date"),)
    if re.match(r"https?://\S+$", value) and len(value) <= 2_900:
        return (Link(value, shorten(value, 60)),)
    is_word = name.endswith(("type", "action", "state", "routing", "license"))
    text = say(WORDS.get(value, value)) if is_word else value
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


async def _shown_list(ctx: Ctx, one: Named, items: list[Any]) -> Prose:
    most = 12
    parts: list[Part] = []
    for index, item in enumerate(items[:most]):
        if index:
            parts.append(", ")
        if isinstance(item, Mapping):
            said: Prose = headline(item) or await _shown_item(ctx, item)
        else:
            singular = Named((one.path[-1].removesuffix("s"),), item, one.beside)
            said = await shown_value(ctx, singular)
        parts += prose(said)
    if len(items) > most:
        parts.append(say(" and {count} more", count=len(items) - most))
    return tuple(parts)


async def _shown_item(ctx: Ctx, item: Mapping[str, Any]) -> Prose:
    """Show an object without a name on one line: the names of its ids, then the rest."""
    said: list[Prose] = []
    for one in leaves(item):
        if one.path[-1].endswith("_type") and f"{one.path[-1][:-5]}_id" in item:
            continue  # told by the id beside it
        if isinstance(one.value, bool):
            said += [label_of(one.path).casefold()] if one.value else []
        else:
            said.append(await shown_value(ctx, one))
    return prose(*(part for one in said[:6] for part in (one, " ")))[:-1]


def headline(thing: Mapping[str, Any]) -> str:
    """Return an object's name; "" when it has none."""
    for name in ("display_name", "name", "hook_url", "number", "primary_phone", "title", "label", "phone", "email"):
        if thing.get(name) and isinstance(thing[name], str):
            return str(thing[name])
    both = " ".join(str(thing[name]) for name in ("first_name", "last_name") if thing.get(name))
    if both:
        return both
    for name in ("contact", "user", "operator", "office", "target"):
        inside = thing.get(name)
        if isinstance(inside, Mapping) and (found := headline(inside)):
            return found
    return str(thing.get("external_number") or "")
