"""Paces what is posted in channels ahead of Slack's limits, for each workspace and method.

Nothing sleeps here: who may not call yet hears for how long, and does something else meanwhile. The turns are in a book
(``TurnBook``), in memory for a process that is alone and in the database for several. A 429 that comes all the same
holds its workspace and method, in the process that got it; a 429 to a post may mean the channel alone, so that is held,
and the workspace once a second channel got one.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from bot.basics.request_turns import Bucket, Limit, TurnBook, TurnsInMemory, Window

POSTS_BURST: Final = 3
"""New messages that a channel gets at once. Slack allows one a second and "short bursts"; more than so many that wait
become one message (``bot.notifications.poster.BUNDLE_OVER``)."""
POST_EVERY_S: Final = 1.0
POSTS_A_MINUTE: Final = 200
"""New messages in a workspace. Slack says "several hundred"."""
UPDATES_A_MINUTE: Final = 48
"""Changed messages in a workspace: tier 3 is 50 and more, and a press may need one."""
UPDATE_EVERY_S: Final = 1.5
"""Changed messages in a workspace, after a burst: the last of a minute's must not wait for the next minute."""
UPDATE_HERE_EVERY_S: Final = 2.0
"""The same in a channel, which leaves some of the workspace's to the others."""
BOARDS_APART_S: Final = 1.0
"""Between two changes of a channel's boards, also in a burst: who reads them would see them flicker. A card that is
pressed has to answer at once."""
FIND_EVERY_S: Final = 1.0
_UPDATES_BURST: Final = 20
_UPDATES_BURST_HERE: Final = 4
_CHANNELS_HELD: Final = 2
"""So many channels with a 429 at a time, and the workspace is held."""
_LONGEST_S: Final = 3600.0
"""Slack asks for no longer pause; what is further away was noted before the clock was set back."""


class SlackMethod(StrEnum):
    """The methods that are paced: Slack counts each by itself."""

    POST = "chat.postMessage"
    UPDATE = "chat.update"
    FIND = "conversations.history"


class MethodPlace(NamedTuple):
    """A method called for a channel."""

    team_id: str
    channel: str
    method: SlackMethod


def limits_of(place: MethodPlace) -> Sequence[Limit]:
    """Return the limits on a method for a channel and for its workspace. A channel's own leaves room for the others."""
    everywhere = f"slack {place.team_id} {place.method}"
    here = f"{everywhere} {place.channel}"
    match place.method:
        case SlackMethod.POST:
            return Bucket(here, POSTS_BURST, POST_EVERY_S), Window(everywhere, POSTS_A_MINUTE, 60.0)
        case SlackMethod.UPDATE:
            spread = Bucket(f"{everywhere} spread", _UPDATES_BURST, UPDATE_EVERY_S)
            in_channel = Bucket(here, _UPDATES_BURST_HERE, UPDATE_HERE_EVERY_S)
            return in_channel, spread, Window(everywhere, UPDATES_A_MINUTE, 60.0)
        case SlackMethod.FIND:
            return Bucket(here, 1, FIND_EVERY_S), Window(everywhere, UPDATES_A_MINUTE, 60.0)


class SlackPace:
    """When a method may be called. ``clock`` in seconds, for this process alone."""

    def __init__(self, book: TurnBook, clock: Callable[[], float]) -> None:
        self._book = book
        self._clock = clock
        self._closed: dict[MethodPlace, float] = {}
        self._held: dict[MethodPlace, float] = {}

    async def take(self, place: MethodPlace) -> bool:
        """Take a turn now. False when there is none yet: ``wait_s`` says for how long."""
        if self.wait_s(place) > 0:
            return False
        turn = await self._book.take(limits_of(place), within_s=0.0, good_for_s=0.0)
        if turn.end is None:
            self._closed[place] = self._clock() + turn.wait_s
        return turn.end is not None

    async def take_for_board(self, place: MethodPlace) -> float:
        """Take a turn for one of a channel's boards, before the method's own. 0.0, or the seconds until there is
        one."""
        apart = Bucket(f"slack {place.team_id} {place.method} {place.channel} boards", 1, BOARDS_APART_S)
        turn = await self._book.take([apart], within_s=0.0, good_for_s=0.0)
        return turn.wait_s if turn.end is None else 0.0

    def wait_s(self, place: MethodPlace) -> float:
        """Return for how long nothing leaves, as far as is known; 0 when it may."""
        now = self._clock()
        whole = self._held.get(place._replace(channel=""), 0.0)
        until = max(self._closed.get(place, 0.0), self._held.get(place, 0.0), whole)
        if until > now + _LONGEST_S or until <= now:  # over, or the clock was set back
            self._closed.pop(place, None)
            self._held.pop(place, None)
            return 0.0
        return until - now

    def hold(self, place: MethodPlace, wait_s: float) -> None:
        """Let nothing leave for so long: Slack asked for it."""
        now = self._clock()
        self._held = {one: until for one, until in self._held.items() if until > now}
        until = now + min(wait_s, _LONGEST_S)
        self._held[place] = until
        alike = [one for one in self._held if one[::2] == place[::2] and one.channel]
        if place.method is not SlackMethod.POST or len(alike) >= _CHANNELS_HELD:
            self._held[place._replace(channel="")] = until


def build_pace(shared: TurnBook | None, clock: Callable[[], float]) -> SlackPace:
    """Build the pace of a process: with the book that it shares with others, or by its own ``clock`` alone."""
    return SlackPace(shared or TurnsInMemory(clock), clock)
