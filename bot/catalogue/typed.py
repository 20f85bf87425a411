"""Reads an action as somebody types it: by name, by a few of its words, or with ``key=value`` after it."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from bot.basics.errors import UserError
from bot.basics.language import ENGLISH, say, spoken
from bot.catalogue.fields import fields_of
from bot.catalogue.groups import group_word
from bot.catalogue.search import find
from bot.contract.argument import Lookup, Option
from bot.contract.context import Ctx
from bot.contract.reply import Raw
from bot.dialpad.action import Action
from bot.dialpad.actions import ALL, by_slug, group_of


@dataclass(frozen=True)
class ActionChoice(Lookup):
    """An action, picked from a list. The raw argument is its slug."""

    async def parse(self, ctx: Ctx, name: str, raw: Raw) -> type[Action[Any]]:
        action = named_action(str(raw).strip())
        if action is None:
            hits = find(str(raw), 1)
            if not hits:
                raise self.refuse(
                    name, say("No action matches. Type a word from its name, such as number or hold queue.")
                )
            action = hits[0]
        return action

    async def suggest(self, ctx: Ctx, query: str) -> list[Option]:
        actions = _found(query) if query.strip() else [*await recent_actions(ctx), *ALL][:100]
        return [
            Option(say(action.name)[:75], action.slug[:75], group_word(group_of(action))[:75])
            for action in dict.fromkeys(actions)
        ]

    async def describe(self, ctx: Ctx, raw: str) -> Option:
        action = named_action(raw)
        return Option((say(action.name) if action else raw)[:75], raw[:75])


def _found(query: str) -> list[type[Action[Any]]]:
    """Return the actions that somebody looks for: in English, and by what they are called in another language."""
    typed = query.strip().casefold()
    called = [] if spoken() == ENGLISH else [action for action in ALL if typed in say(action.name).casefold()]
    return [*called, *find(query, 50)][:100]


def named_action(text: str) -> type[Action[Any]] | None:
    """Find an action by its slug, with or without ``DIALPAD_`` in front, in any case; None when there is none."""
    slug = text.upper()
    for wanted in (slug, f"DIALPAD_{slug}"):
        try:
            return by_slug(wanted)
        except KeyError:
            continue
    return None


async def recent_actions(ctx: Ctx) -> list[type[Action[Any]]]:
    """Return the actions this person ran last, the newest first."""
    known = (await ctx.deps.preferences.get(ctx.person)).get("recent") or []
    return [action for slug in known if (action := named_action(str(slug))) is not None]


_PAIR: Final = re.compile(r"(?:^|(?<=\s))(?P<name>[A-Za-z_][A-Za-z0-9_.]*)=")


def read_pairs(action: type[Action[Any]], text: str, *, beside: Collection[str] = ()) -> dict[str, Raw]:
    """Read raw arguments from ``key=value`` words; a value goes on until the next key.

    ``beside``: keys that are allowed but are no field's. Raises UserError for unknown keys.
    """
    fields = {field.name: field for field in fields_of(action)}
    kinds = {".".join(field.kind_path): field.name for field in fields.values() if field.kind_path}
    starts = [match for match in _PAIR.finditer(text) if text.count('"', 0, match.start()) % 2 == 0]
    known = {*fields, *kinds, *beside}
    unknown = next((match["name"] for match in starts if match["name"] not in known), None)
    head = text[: starts[0].start()].strip() if starts else text.strip()
    if unknown is not None or (starts and head):
        word = unknown or head[:30]
        raise UserError(
            say(
                "“{action}” has no field “{word}”. It takes: {taken}.",
                action=say(action.name),
                word=word[:40],
                taken=_taken(fields, kinds),
            )
        )
    raw: dict[str, Raw] = {}
    for match, following in zip(starts, [*starts[1:], None], strict=False):
        value = text[match.end() : following.start() if following else len(text)].strip()
        raw[match["name"]] = _unquoted(value)
    if head and not starts:
        first = next((field for field in fields.values() if field.required), None) or next(iter(fields.values()), None)
        if first is None:
            raise UserError(
                say("{action} takes no values. Leave “{head}” out.", action=say(action.name), head=head[:30])
            )
        raw[first.name] = _unquoted(head)
    for kind_name, name in kinds.items():
        if kind_name in raw:
            kind = str(raw.pop(kind_name))
            raw[name] = f"{kind}:{raw.get(name, '')}"
    return raw


def _taken(fields: dict[str, Any], kinds: dict[str, str]) -> str:
    names = [name for name in (*fields, *kinds) if name != "cursor"]
    return ", ".join(names[:12]) + (say(" and more") if len(names) > 12 else "") if names else say("nothing")


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] in "\"“”'" and value[-1] in "\"“”'" else value
