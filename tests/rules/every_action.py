"""Running any action as a person at the embedded Slack would, with values that the embedded Dialpad knows."""

import json
import re
from typing import Any

from bot.catalogue.answers import reader_of
from bot.catalogue.fields import fields_of
from bot.catalogue.ids import FREE_IDS, KindAndThing, NumberChoice, ThingChoice
from bot.catalogue.inputs import DateAndTime
from bot.dialpad.action import Action, Entity
from bot.dialpad.lists import lists
from tests.flows.hands import Hands

Json = dict[str, Any]


async def typed(hands: Hands, action: type[Action[Any]]) -> str:
    """``/dp run NAME key=value …`` with what is required; ids are of things that are there, where there are any."""
    words = []
    for field in fields_of(action):
        wanted = field.required or field.place == "path" or field.name in _WANTED.get(action.slug, ())
        if wanted:
            words.append(f"{field.name}={await _value(hands, action, field)}")
    others = [field for field in fields_of(action) if field.place != "path" and field.argument.shown]
    if reader_of(action) is not None and others and not any(field.name in _names(words) for field in others):
        first = next((field for field in others if field.path[-1] in {"enabled", "name"}), others[0])
        words.append(f"{first.name}={await _value(hands, action, first)}")
    return " ".join(("/dp run", action.slug, *words))


def _names(words: list[str]) -> set[str]:
    return {word.partition("=")[0] for word in words}


_WANTED: dict[str, tuple[str, ...]] = {
    "DIALPAD_SEND_SMS_WITH_OPTIONAL_MEDIA_AND_GROUP_SENDER": ("to_numbers", "text"),
    "DIALPAD_TRANSFER_CALL_TO_DESTINATION": ("to.number",),
    "DIALPAD_ADD_PARTICIPANT_TO_CALL": ("participant.number",),
    "DIALPAD_ASSIGN_FAX_LINE_TO_TARGET": ("line.type", "line.number"),
    "DIALPAD_UPDATE_CALL_CENTER_SETTINGS_BY_ID": ("ring_seconds",),
}
"""What an action needs that its class cannot say."""


async def _value(  # noqa: PLR0911  one return for each kind of value
    hands: Hands, action: type[Action[Any]], field: Any
) -> str:
    argument = field.argument
    if isinstance(argument, ThingChoice):
        if argument.entity in FREE_IDS:
            return "abc123"
        return await _first(hands, argument.entity) or "123"
    if isinstance(argument, KindAndThing):
        for kind, entity in argument.entities:
            if kind in {"callcenter", "user", "office"} and (one := await _first(hands, entity)):
                return f"{kind}:{one}"
        return f"{argument.kinds[0]}:123"
    if isinstance(argument, DateAndTime):
        return '"2026-03-02 10:00"' if field.name.startswith("end") else '"2026-03-01 10:00"'
    if isinstance(argument, NumberChoice):
        return "+14155550150"
    if field.enum:
        return str(field.enum[0])
    return {"integer": "1", "number": "1", "boolean": "yes", "integer[]": "1"}.get(field.type, _text(field.path[-1]))


def _text(name: str) -> str:
    if "url" in name or "uri" in name:
        return "https://example.com/hook"
    if "email" in name:
        return "new@northlight.example"
    return {"country": "US", "timezone": "America/Los_Angeles", "file": "QUJD", "media": "QUJD"}.get(name, "Northwind")


async def _first(hands: Hands, entity: Entity) -> str | None:
    if not lists(entity):
        return None
    deps = hands.demo.bot.dispatcher.deps
    found = await deps.directory.search(deps.accounts.of(hands.key), entity, "", 5)
    return found[-1].id if found else None


def words_in(blocks: Any) -> str:
    """All the text in blocks."""
    return " ".join(re.findall(r'"text": "((?:[^"\\]|\\.)*)"', json.dumps(blocks, ensure_ascii=False)))


def changes_at_dialpad(hands: Hands) -> list[Any]:
    """Requests that were no look-ups."""
    return [one for one in hands.demo.dialpad.requests if one.method != "GET"]
