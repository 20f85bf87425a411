"""The argument for a call center, department or office, by name."""

import asyncio
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Final

from bot.arguments.moment import Moment
from bot.arguments.period import Since
from bot.arguments.phonebook import LONGEST_TEXT, MOST_MEANT, UnclearName, name_length, near_length, one_named
from bot.basics.errors import Unavailable
from bot.basics.language import say
from bot.basics.name_search import fold
from bot.basics.phone import looks_like_number, national
from bot.basics.words import Word
from bot.contract.argument import Lookup, Option, SeveralMeanings
from bot.contract.context import Ctx
from bot.contract.reply import Raw
from bot.dialpad.action import Entity
from bot.dialpad.actions.fields import GroupType
from bot.dialpad.entries import Entry

ENTITIES: Final[dict[GroupType, Entity]] = {
    "callcenter": Entity.CALL_CENTER,
    "department": Entity.DEPARTMENT,
    "office": Entity.OFFICE,
}


@dataclass(frozen=True)
class Group:
    """A call center, department or office. ``kind`` is the API's word; ``name`` is "the group" when the directory has
    none."""

    kind: GroupType
    id: str
    name: str

    @property
    def raw(self) -> str:
        """Return what a button or a later request carries."""
        return f"{self.kind}:{self.id}"


@dataclass(frozen=True)
class GroupChoice(Lookup):
    """A group of one of ``kinds``; the value is a Group."""

    _: KW_ONLY
    kinds: tuple[GroupType, ...] = ("callcenter", "department", "office")

    @property
    def _entities(self) -> tuple[Entity, ...]:
        return tuple(ENTITIES[kind] for kind in self.kinds)

    def fits(self, text: str) -> bool:
        is_time = Moment("").fits(text) or Since("").fits(text)
        return bool(text.strip()) and len(text) <= LONGEST_TEXT and not is_time and not looks_like_number(text)

    async def take(self, ctx: Ctx, words: Sequence[Word], text: str) -> int:
        if words and not self.fits(words[0].text):
            return 0
        try:
            return await name_length(ctx, words, self._entities)
        except Unavailable:
            begins = [" ".join(word.text for word in words[:count]) for count in range(len(words) + 1)]
            known = {fold(group.name) for group in await self._last_known(ctx)}
            return max((count for count, text in enumerate(begins) if fold(text) in known), default=0)

    async def nearly(self, ctx: Ctx, words: Sequence[Word]) -> int:
        try:
            return await near_length(ctx, words, self._entities)
        except Unavailable:
            return 0

    async def parse(self, ctx: Ctx, name: str, raw: Raw) -> Group:
        text = (" ".join(raw) if isinstance(raw, list) else str(raw)).strip()
        kind, _, entry_id = text.partition(":")
        for known in self.kinds:
            if kind == known and entry_id.isascii() and entry_id.isdigit():
                found = await ctx.deps.directory.name_of(ctx.account, ENTITIES[known], entry_id)
                return Group(known, entry_id, found or say("the group"))
        try:
            return _group(await one_named(ctx, text, self._entities))
        except UnclearName as problem:
            meant = [_option(entry) for entry in problem.candidates] or await self.suggest(ctx, "")
            said = await self._unknown(ctx, text) if not problem.candidates else str(problem)
            if 0 < len(meant) <= MOST_MEANT:
                raise SeveralMeanings(name, said, text, meant, near=bool(problem.candidates)) from None
            raise self.refuse(name, said) from None
        except Unavailable:
            same = [group for group in await self._last_known(ctx) if fold(group.name) == fold(text)]
            if len(same) != 1:
                raise
            return same[0]

    async def _last_known(self, ctx: Ctx) -> list[Group]:
        """Return the call centers with a stored roster: enough to name one while Dialpad is down."""
        if ctx.deps.notifications is None or "callcenter" not in self.kinds:
            return []
        known = await ctx.deps.notifications.rosters(await ctx.account.company())
        return [Group("callcenter", roster.call_center, roster.name) for roster in known]

    async def _unknown(self, ctx: Ctx, text: str) -> str:
        shown = text if len(text) <= 30 else text[:29] + "…"
        what = say(" or ").join(say(ENTITIES[kind]) for kind in self.kinds)
        names = [option.text for option in await self.suggest(ctx, "")]
        if names:
            return say(
                "No {what} is called “{shown}”. Choose one of: {names}.",
                what=what,
                shown=shown,
                names=", ".join(names[:6]),
            )
        return say("No {what} is called “{shown}”. Type its name as it appears in Dialpad.", what=what, shown=shown)

    async def suggest(self, ctx: Ctx, query: str) -> list[Option]:
        results = await asyncio.gather(
            *(ctx.deps.directory.search(ctx.account, entity, query) for entity in self._entities),
            return_exceptions=True,
        )
        entries = [entry for result in results if not isinstance(result, BaseException) for entry in result]
        return [_option(entry) for entry in entries][:20]

    async def describe(self, ctx: Ctx, raw: str) -> Option:
        kind, _, entry_id = raw.partition(":")
        for known in self.kinds:
            if kind == known:
                name = await ctx.deps.directory.name_of(ctx.account, ENTITIES[known], entry_id)
                return Option((name or raw)[:75], raw[:75])
        return Option(raw[:75], raw[:75])


def _group(entry: Entry) -> Group:
    kind = next(kind for kind, entity in ENTITIES.items() if entity is entry.entity)
    return Group(kind, entry.id, entry.name)


def _option(entry: Entry) -> Option:
    note = f"{say(entry.entity)} {national(entry.phones[0])}" if entry.phones else say(entry.entity)
    return Option(entry.name[:75], _group(entry).raw, note)


WATCHED_KINDS: Final[tuple[GroupType, ...]] = ("callcenter", "department")
"""The lines that boards and alerts can be about."""
WATCHED_LINE: Final = GroupChoice(
    "Line", keywords=("for", "of", "in"), bare=True, kinds=WATCHED_KINDS, placeholder="Support"
)
