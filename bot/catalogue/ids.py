"""Arguments that pick an object at Dialpad by name, or by an id typed by hand."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any, Final

from bot.arguments.number import meanings, which_country, why_no_number
from bot.arguments.phonebook import LINES, LONGEST_TEXT, PEOPLE, described, suggested
from bot.basics.errors import ChatopsError
from bot.basics.language import say
from bot.basics.words import Word
from bot.catalogue.entry_details import detail_of
from bot.contract.argument import Lookup, Option
from bot.contract.context import Ctx
from bot.contract.reply import Raw
from bot.dialpad.action import ME, Entity
from bot.dialpad.actions import ALL
from bot.dialpad.entries import Entry
from bot.dialpad.lists import items_of, lists

FREE_IDS: Final = frozenset(
    {
        Entity.DEVICE, Entity.DESK_PHONE, Entity.SHARE_LINK, Entity.STAT, Entity.BULK_TEXT, Entity.SCHEDULED_TEXT,
        Entity.SCORECARD_EXPORT, Entity.AGENT_GROUP,
    }
)  # fmt: skip
"""Kinds whose ids may be any text without blanks; all other ids are numbers."""
HIDDEN_NUMBER: Final = "blocked"
"""Dialpad's value for calling without showing a number."""
_MOST: Final = 20
_A_NAME: Final = 3
"""Letters of a text with digits in it from which it may be a name: "Line 2"."""


def _text(raw: Raw) -> str:
    return (" ".join(raw) if isinstance(raw, list) else str(raw)).strip()


def _is_id(text: str, entity: Entity | None) -> bool:
    if entity in FREE_IDS:
        return bool(re.fullmatch(r"\S{1,75}", text))
    return text.isascii() and text.isdigit() and len(text) <= 19


@dataclass(frozen=True)
class OneOrMany(Lookup):
    """An argument with one value, or with a tuple of values when ``many``, which are typed with commas between."""

    async def take(self, ctx: Ctx, words: Sequence[Word], text: str) -> int:
        return len(words)

    async def parse(self, ctx: Ctx, name: str, raw: Raw) -> Any:
        if not self.many:
            return await self.one(ctx, name, _text(raw))
        items = raw if isinstance(raw, list) else re.split(r"[,;\n]", str(raw))
        values = [await self.one(ctx, name, item.strip()) for item in items if item.strip()]
        return tuple(dict.fromkeys(values))

    async def one(self, ctx: Ctx, name: str, text: str) -> str:
        """Parse one value. Raises FieldError."""
        raise NotImplementedError


@dataclass(frozen=True)
class ThingChoice(OneOrMany):
    """An object at Dialpad, picked by name. The value is an id as text, or a tuple of ids with ``many``."""

    _: KW_ONLY
    entity: Entity = Entity.USER
    others: tuple[Entity, ...] = ()
    """Other kinds that the id may name."""
    takes_me: bool = False
    """Whether ``me`` means the person who asks."""
    within: str = ""
    """Only entries with this detail: one of the kinds of subscription."""

    async def one(self, ctx: Ctx, name: str, text: str) -> str:
        if self.takes_me and text.casefold() == ME:
            return ME
        if _is_id(text, self.entity) and not (self.entity in FREE_IDS and lists(self.entity)):
            return text
        shown = text if len(text) <= 30 else text[:29] + "…"
        listed = [entity for entity in (self.entity, *self.others) if lists(entity)]
        if not listed or len(text) > LONGEST_TEXT:
            what = say(self.entity)
            raise self.refuse(
                name, say("“{shown}” is not the id of a {what}. Type its digits.", shown=shown, what=what)
            )
        found = [await ctx.deps.directory.find(ctx.account, entity, text) for entity in listed]
        sure = [one.one.id for one in found if one.one is not None]
        if len(sure) == 1:
            return sure[0]
        if _is_id(text, self.entity):
            return text
        near = say(" or ").join(entry.name for one in found for entry in one.several[:4])
        advice = say("Type its name as it appears in Dialpad, or its id.")
        hint = say("Did you mean {names}?", names=near) if near else advice
        what = say(self.entity)
        raise self.refuse(name, say("There is no {what} called “{shown}”. {hint}", what=what, shown=shown, hint=hint))

    async def suggest(self, ctx: Ctx, query: str) -> list[Option]:
        typed = query.strip()
        options = [await _option(ctx, entry) for entry in await self._entries(ctx, typed)]
        if self.takes_me and (not typed or ME.startswith(typed.casefold())):
            options.insert(0, Option(say("Me"), ME))
        if typed and _is_id(typed, self.entity) and typed not in {option.value for option in options}:
            options.append(Option(say("{id} (by id)", id=typed)[:75], typed))
        return options[: _MOST + 1]

    async def _entries(self, ctx: Ctx, query: str) -> list[Entry]:
        entries: list[Entry] = []
        for entity in (self.entity, *self.others):
            if lists(entity):
                try:
                    entries += await ctx.deps.directory.search(ctx.account, entity, query, 100)
                except ChatopsError:
                    continue  # a type-ahead has no place for an error; an id can still be typed
        return [entry for entry in entries if not self.within or entry.detail == self.within][:_MOST]

    async def describe(self, ctx: Ctx, raw: str) -> Option:
        if raw == ME:
            return Option(say("Me"), ME)
        for entity in (self.entity, *self.others):
            if name := await name_of(ctx, entity, raw):
                return Option(name[:75], raw[:75])
        return Option(raw[:75], raw[:75])


async def _option(ctx: Ctx, entry: Entry) -> Option:
    detail = await detail_of(ctx, entry)
    return Option(entry.name[:75], entry.id[:75], "" if detail == entry.name else detail[:75])


async def name_of(ctx: Ctx, entity: Entity, entry_id: str) -> str | None:
    """Return the name for an id, None when it is not known."""
    if not lists(entity):
        return None
    return await ctx.deps.directory.name_of(ctx.account, entity, entry_id)


@dataclass(frozen=True)
class OfKind:
    """An id with the kind of object it names, in Dialpad's words. Either may be missing."""

    kind: str = ""
    id: str = ""

    @property
    def raw(self) -> str:
        """The raw argument: ``callcenter:5527``; ``callcenter:`` for a kind alone, ``5527`` for an id alone."""
        return f"{self.kind}:{self.id}" if self.kind else self.id


@dataclass(frozen=True)
class KindAndThing(Lookup):
    """An object of one of several kinds: one form field for Dialpad's two. The value is OfKind."""

    _: KW_ONLY
    kinds: tuple[str, ...] = ()
    words: tuple[tuple[str, str], ...] = ()
    """The names of the kinds that people read."""
    entities: tuple[tuple[str, Entity], ...] = ()
    """Kinds that can be listed."""
    alone: bool = False
    """Whether a kind may be given without an id."""

    async def take(self, ctx: Ctx, words: Sequence[Word], text: str) -> int:
        return len(words)

    async def parse(self, ctx: Ctx, name: str, raw: Raw) -> OfKind:
        text = _text(raw)
        kind, colon, rest = text.partition(":")
        kind, rest = kind.strip(), rest.strip()
        if colon and kind in self.kinds:
            if not rest and not self.alone:
                text = say(
                    "Which {what}? Choose it by name, or type {kind}: and its id.", what=self._word(kind), kind=kind
                )
                raise self.refuse(name, text)
            if not rest or _is_id(rest, None):
                return OfKind(kind, rest)
            return OfKind(kind, await self._named(ctx, name, rest, (kind,)))
        if _is_id(text, None):
            known = [(kind, text) for kind, entity in self.entities if await name_of(ctx, entity, text)]
            if len(known) == 1 or len(self.kinds) == 1:
                return OfKind(known[0][0] if known else self.kinds[0], text)
            kinds = ", ".join(self.kinds)
            raise self.refuse(
                name,
                say(
                    "Add what {id} is, for example {kind}:{id}. Kinds: {kinds}.",
                    id=text,
                    kind=self.kinds[0],
                    kinds=kinds,
                ),
            )
        found = [(kind, entry) for kind, entry in await self._found(ctx, text)]
        if len(found) == 1:
            return OfKind(found[0][0], found[0][1].id)
        return OfKind(*await self._unclear(name, text, found))

    async def _named(self, ctx: Ctx, name: str, text: str, kinds: Sequence[str]) -> str:
        found = [entry for kind, entry in await self._found(ctx, text) if kind in kinds]
        if len(found) != 1:
            await self._unclear(name, text, [(kinds[0], entry) for entry in found])
        return found[0].id

    async def _found(self, ctx: Ctx, text: str) -> list[tuple[str, Entry]]:
        if not text or len(text) > LONGEST_TEXT:
            return []
        hits: list[tuple[str, Entry]] = []
        for kind, entity in self.entities:
            if lists(entity) and (one := (await ctx.deps.directory.find(ctx.account, entity, text)).one):
                hits.append((kind, one))
        return hits

    async def _unclear(self, name: str, text: str, found: Sequence[tuple[str, Entry]]) -> tuple[str, str]:
        shown = text if len(text) <= 30 else text[:29] + "…"
        if found:
            several = say(" or ").join(f"{kind}:{entry.id} ({entry.name})" for kind, entry in found[:4])
            text = say("“{shown}” could be {several}. Type one of these.", shown=shown, several=several)
            raise self.refuse(name, text)
        raise self.refuse(
            name,
            say(
                "I can't find anything called “{shown}”. Type its name, or its kind and id: {kind}:123.",
                shown=shown,
                kind=self.kinds[0],
            ),
        )

    async def suggest(self, ctx: Ctx, query: str) -> list[Option]:
        typed = query.strip()
        kind, colon, rest = typed.partition(":")
        wanted = (kind,) if colon and kind in self.kinds else self.kinds
        text = rest.strip() if colon and kind in self.kinds else typed
        lists_ = [(kind, entity) for kind, entity in self.entities if kind in wanted and lists(entity)]
        results = await asyncio.gather(
            *(ctx.deps.directory.search(ctx.account, entity, text) for _, entity in lists_), return_exceptions=True
        )
        options = [
            Option(entry.name[:75], OfKind(kind, entry.id).raw[:75], self._word(kind)[:75])
            for (kind, _), result in zip(lists_, results, strict=True)
            if not isinstance(result, BaseException)
            for entry in result[: max(5, 40 // max(1, len(lists_)))]
        ][:60]
        known = {option.value for option in options}
        if _is_id(text, None):
            by_hand = [OfKind(kind, text).raw for kind in wanted]
            options += [Option(self._label(raw), raw, say("by id")) for raw in by_hand if raw not in known]
        elif self.alone and not text:
            options += [Option(self._any(kind), f"{kind}:") for kind in wanted]
        return options[:100]

    def _word(self, kind: str) -> str:
        return say(dict(self.words).get(kind, kind))

    def _any(self, kind: str) -> str:
        return say("Any {what}", what=self._word(kind))[:75]

    def _label(self, raw: str) -> str:
        kind, _, rest = raw.partition(":")
        return f"{self._word(kind)} {rest}".strip()[:75]

    async def describe(self, ctx: Ctx, raw: str) -> Option:
        kind, _, rest = raw.partition(":")
        entity = dict(self.entities).get(kind)
        name = await name_of(ctx, entity, rest) if entity and rest else None
        if name:
            return Option(name[:75], raw[:75], self._word(kind)[:75])
        return Option(self._label(raw) if rest else self._any(kind), raw[:75])


@dataclass(frozen=True)
class NumberChoice(OneOrMany):
    """A phone number, picked by name or typed. The value is E.164, or a tuple with ``many``."""

    _: KW_ONLY
    may_hide: bool = False
    """Whether the word ``blocked`` is a choice."""

    async def one(self, ctx: Ctx, name: str, text: str) -> str:
        if self.may_hide and text.casefold() == HIDDEN_NUMBER:
            return HIDDEN_NUMBER
        region = await ctx.region()
        numbers = await meanings(ctx, text)
        if len(numbers) > 1:
            raise self.refuse(name, which_country(text, numbers))
        if not numbers:
            if any(c.isdigit() for c in text) and sum(map(str.isalpha, text)) < _A_NAME:
                raise self.refuse(name, why_no_number(text, region))
            named = (
                [option.value for option in await self._known(ctx, text)] if text and len(text) <= LONGEST_TEXT else []
            )
            if len(set(named)) != 1:
                raise self.refuse(name, why_no_number(text, region))
            return named[0]
        return numbers[0]

    async def _known(self, ctx: Ctx, query: str) -> list[Option]:
        try:
            return await suggested(ctx, query, (*PEOPLE, *LINES))
        except ChatopsError:
            return []  # a type-ahead has no place for an error; a number can still be typed

    async def suggest(self, ctx: Ctx, query: str) -> list[Option]:
        options = await self._known(ctx, query)
        if self.may_hide and HIDDEN_NUMBER.startswith(query.strip().casefold()):
            options.insert(0, Option(say("Hide the number"), HIDDEN_NUMBER))
        return options

    async def describe(self, ctx: Ctx, raw: str) -> Option:
        if raw == HIDDEN_NUMBER:
            return Option(say("Hide the number"), raw)
        return await described(ctx, raw)


@dataclass(frozen=True)
class DeskPhoneChoice(ThingChoice):
    """A desk phone of the person or room that another field names."""

    _: KW_ONLY
    parent: str = "parent_id"
    parent_is_room: bool = False
    entity: Entity = Entity.DESK_PHONE

    async def suggest_beside(self, ctx: Ctx, query: str, others: Mapping[str, Raw]) -> list[Option]:
        owner = _text(others.get(self.parent, ""))
        kind = "rooms" if self.parent_is_room else "users"
        path = f"/api/v2/{kind}/{{parent_id}}/deskphones"
        action = next((one for one in ALL if one.request.path == path and one.request.method == "GET"), None)
        options = await super().suggest(ctx, query)
        if not owner or action is None:
            return options
        try:
            phones = items_of(await ctx.send(action.model_validate({"parent_id": owner})))
        except ChatopsError:
            return options
        known = [phone.model_dump(mode="json", by_alias=True) for phone in phones]
        listed = [
            Option(str(one.get("name") or one.get("mac_address") or one["id"])[:75], str(one["id"])[:75])
            for one in known
            if one.get("id")
        ]
        wanted = query.strip().casefold()
        return [one for one in listed if wanted in one.text.casefold() or wanted in one.value.casefold()] or options
