"""Do not disturb in single groups, which can be on while it is off for all other calls."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.arguments.group import ENTITIES, Group
from bot.basics.language import say
from bot.cards.timed_changes import ends_at, waiting_key
from bot.contract.context import Ctx
from bot.contract.prose import listed, prose, till
from bot.contract.reply import Bold, Button, Prose
from bot.dialpad.actions.people import User


@dataclass(frozen=True)
class SilentGroup:
    """A group whose calls do not ring for somebody. ``until``: when it changes back, None for no such time."""

    group: Group
    until: datetime | None = None

    def shown(self) -> Prose:
        """Return its name, and until when."""
        return prose(Bold(self.group.name), till(self.until))

    def turn_off(self) -> Button:
        """Return the button that lets its calls ring again."""
        return Button(
            say("Turn off in {group}", group=self.group.name)[:75], "dnd.dnd", {"state": "off", "group": self.group.raw}
        )


async def silent_groups(ctx: Ctx, user: User, *, mine: bool = True) -> tuple[SilentGroup, ...]:
    """Return the groups in which somebody has do not disturb on, with names. ``mine``: it is the asker, whose times are
    known."""
    found = []
    for place in user.group_details:
        kind = place.group_type
        if not place.do_not_disturb or not place.group_id or kind not in ENTITIES:
            continue
        name = await ctx.deps.directory.name_of(ctx.account, ENTITIES[kind], place.group_id)
        end = await ends_at(ctx, waiting_key(ctx.person, "dnd", place.group_id)) if mine else None
        found.append(SilentGroup(Group(kind, place.group_id, name or say("one group")), end))
    return tuple(found)


def silent_in(groups: Sequence[SilentGroup]) -> Prose:
    """List groups, each until when."""
    return listed([one.shown() for one in groups])
