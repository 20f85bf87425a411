"""What Home needs of call centers as they stand now, and of what a person did and is told of."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.activity.board import BoardView
from bot.activity.subscriptions.subscription import Subscription
from bot.basics.person import PersonKey
from bot.dialpad.actions.people import User


class Cockpit(Protocol):
    """What stands on Home besides open work."""

    async def lines(self, person: PersonKey, lines: Mapping[str, str], clock: ZoneInfo) -> Sequence[BoardView]:
        """Return how these call centers stand, names by their places; from now on they are kept in view for this
        person. Who is on duty is what Dialpad said at most a quarter of a minute ago to anybody of the company, or what
        is known while it does not answer."""
        ...

    def known(self, person: PersonKey, *, fresh: bool) -> User | None:
        """Return what Dialpad last said of a person; with ``fresh`` only when that was moments ago."""
        ...

    def know(self, person: PersonKey, user: User) -> None:
        """Keep what Dialpad has just said of a person."""
        ...

    async def last_actions(self, person: PersonKey, chosen: Collection[str], most: int) -> Sequence[str]:
        """Return which of these actions, by slug, the person did last."""
        ...

    async def concerning(self, person: PersonKey, places: Collection[str], *, every: bool) -> Sequence[Subscription]:
        """Return the subscriptions that post to this person or that they set up, then those that others set up in
        channels about these places; with ``every`` all of the company's."""
        ...
