"""A person's rights: the lines and groups they belong to, as Dialpad tells with their own token."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.arguments.places import KINDS
from bot.contract.context import Ctx
from bot.dialpad.action import Entity
from bot.dialpad.actions.people import User
from bot.dialpad.actions.users import GetUser


@dataclass(frozen=True)
class Rights:
    """What a person belongs to. ``places`` are such as ``callcenter:5527`` and ``user:5100``; ``led`` are those they
    supervise or administer. A company admin belongs to all and leads all."""

    places: frozenset[str]
    is_admin: bool
    led: frozenset[str] = frozenset()

    def cover(self, places: Iterable[str]) -> bool:
        return self.is_admin or bool(self.places.intersection(places))

    def cover_all(self, places: Iterable[str]) -> bool:
        """Tell whether the person belongs to all of ``places``, where none means every line."""
        chosen = set(places)
        return self.is_admin or (bool(chosen) and chosen <= self.places)

    def lead(self, places: Iterable[str]) -> bool:
        """Tell whether the person supervises all the call centers among ``places``."""
        return self.is_admin or all(place in self.led for place in places if place.startswith("callcenter:"))

    def lacking(self, places: Mapping[str, str]) -> list[str]:
        """Return the names of the places that the person does not belong to."""
        return [] if self.is_admin else [name for place, name in places.items() if place not in self.places]


async def rights_of(ctx: Ctx) -> Rights:
    """Return the rights of the person who asks. Raises NotConnected or DialpadError."""
    return read_rights(await ctx.send(GetUser()))


def read_rights(me: User) -> Rights:
    """Return the rights of the person whom Dialpad answered with."""
    roles = {
        f"{(one.group_type or '').replace('_', '')}:{one.group_id}": one.role
        for one in me.group_details
        if one.group_id
    }
    led = frozenset(place for place, role in roles.items() if role in {"admin", "supervisor"})
    return Rights(frozenset({*roles, f"user:{me.id}"}), bool(me.is_super_admin or me.is_admin), led)


async def named_places(ctx: Ctx, rights: Rights) -> dict[str, str]:
    """Return the person's own lines and themselves, by name."""
    found: dict[str, str] = {}
    for place in sorted(rights.places):
        kind, _, entry_id = place.partition(":")
        if kind in KINDS and kind != "office":
            name = await ctx.deps.directory.name_of(ctx.account, KINDS[kind], entry_id)
            found[place] = name or ("you" if KINDS[kind] is Entity.USER else f"one {KINDS[kind].value}")
    return found
