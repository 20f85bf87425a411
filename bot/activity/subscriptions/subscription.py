"""A subscription: which happenings a channel or a person wants to hear of."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.activity.news import News, NewsKind, kinds_that
from bot.activity.subscriptions.daily_hours import DailyHours
from bot.activity.subscriptions.filter import Filter
from bot.activity.subscriptions.filters import PlaceFilter, QueueFilter, QuietHoursFilter
from bot.basics.person import PersonKey
from bot.basics.times import DAY, clock

QUIET_DEFAULT: Final = kinds_that(lambda row: row.usual)
"""What a subscription with no events named tells about: what waits for somebody, and nothing else."""
DIGEST_AT: Final = 8 * 60
"""Minutes after midnight."""
_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class EscalationPolicy:
    """What happens with a call that nobody takes care of. Minutes; ``claim`` 0: nothing.

    The steps come one after the other, each ``claim`` minutes after the one before: who is on duty, the user group,
    the person, the supervisor in a direct message; ``last`` is the supervisor's phone: "sms", "call" or "".
    """

    claim: int = 0
    handle: int = 120
    on_duty: bool = True
    group: str = ""
    person: str = ""
    supervisor: str = ""
    last: str = ""

    def steps(self) -> tuple[tuple[int, str, str], ...]:
        """``(place, kind, whom)`` in their order. A step keeps its place when others are added or taken out, so that a
        policy may be changed while it is being gone through. Without any, the thread is reminded."""
        wanted = (
            ("duty", "", self.on_duty),
            ("group", self.group, bool(self.group)),
            ("person", self.person, bool(self.person)),
            ("supervisor", self.supervisor, bool(self.supervisor)),
            (self.last, self.supervisor, bool(self.last and self.supervisor)),
        )
        steps = tuple((place, kind, whom) for place, (kind, whom, asked) in enumerate(wanted) if asked)
        return steps or ((0, "here", ""),)


@dataclass(frozen=True)
class Subscription:
    """One subscription. ``channel`` is where it posts: a channel, or a person's id for direct messages."""

    id: str
    owner: PersonKey
    channel: str
    kinds: frozenset[NewsKind] = QUIET_DEFAULT
    included: tuple[Filter, ...] = ()
    """Of each class of filter at least one has to match."""
    excluded: tuple[Filter, ...] = ()
    """What any of them matches is left out."""
    zone: str = "UTC"
    policy: EscalationPolicy = field(default_factory=EscalationPolicy)
    paused: bool = False
    problem: str = ""
    """Why it could not post when it last tried; its owner was told."""
    digest_at: int = DIGEST_AT
    """When a digest comes, minutes after midnight in ``zone``."""
    digest_day: int = 0
    """The day that a weekly one comes on and its weeks begin with; Mondays are 0."""
    keep: str = ""
    """A Slack user group, by id, whose members are kept equal to who is on duty."""
    topic: bool = False
    """Whether the channel's topic says who is on duty."""

    @property
    def problem_word(self) -> str:
        """``problem`` without the marks that ``bot.notifications.owner_alerts`` keeps in it."""
        return self.problem.rstrip("?!")

    @property
    def is_personal(self) -> bool:
        return self.channel == self.owner.user_id

    @property
    def places(self) -> dict[str, str]:
        """The lines and people it is about and their names; none: every line."""
        return {one.place: one.name for one in self.included if isinstance(one, PlaceFilter)}

    @property
    def quiet(self) -> DailyHours | None:
        """The hours in which nothing is posted."""
        return next((one.hours for one in self.included if isinstance(one, QuietHoursFilter)), None)

    @property
    def queue(self) -> QueueFilter:
        """From when on a queue is long."""
        return next((one for one in self.included if isinstance(one, QueueFilter)), QueueFilter())

    def without(self, *kinds: type[Filter]) -> "Subscription":
        """It includes the same but for filters of these classes."""
        return replace(self, included=tuple(one for one in self.included if not isinstance(one, kinds)))

    @property
    def follows_rosters(self) -> bool:
        return NewsKind.HANDOVER in self.kinds or bool(self.keep) or self.topic

    @property
    def call_centers(self) -> tuple[str, ...]:
        """Dialpad ids of those whose roster this follows; none when it is about calls only."""
        kinds = [place.partition(":") for place in self.places if self.follows_rosters]
        return tuple(entry_id for kind, _, entry_id in kinds if kind == "callcenter")

    @property
    def clock(self) -> ZoneInfo:
        """By which its hours count; UTC for a zone that this machine does not know."""
        return _zone(self.zone)

    @property
    def zone_name(self) -> str:
        """ "Los Angeles"."""
        return self.zone.rpartition("/")[2].replace("_", " ")

    @property
    def digest_time(self) -> str:
        """``17:00``."""
        return clock(self.digest_at)


def switched(subscription: Subscription, kind: NewsKind, *, on: bool) -> Subscription:
    """With one event more or less. Without any it is paused, and goes on with the first that is turned on."""
    kinds = subscription.kinds | {kind} if on else subscription.kinds - {kind}
    return replace(
        subscription, kinds=kinds, paused=subscription.paused and bool(subscription.kinds) if kinds else True
    )


def wants(subscription: Subscription, happening: News) -> bool:
    """Whether ``subscription`` hears of ``happening``, be it only when its quiet hours are over. Never raises."""
    if subscription.paused or not subscription.kinds & happening.kinds:
        return False
    own = subscription.clock
    included = (*subscription.without(QueueFilter).included, subscription.queue)
    matched = {type(one) for one in included if one.matches(happening, own) is not False}
    if any(type(one) not in matched for one in included):
        return False
    return not any(one.matches(happening, own) for one in subscription.excluded)


def quiet_until(subscription: Subscription, now: datetime) -> datetime | None:
    """When the quiet hours that hold ``now`` are over, None when there are none. Never raises."""
    zone, quiet = _zone(subscription.zone), subscription.quiet
    local = now.astimezone(zone)
    if quiet is None or not quiet.holds(local):
        return None
    hour, minute = divmod(quiet.end % DAY, 60)
    end = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if end <= local:  # both by the wall clock of the same zone
        end = (end + timedelta(days=1)).replace(fold=0)
    until = end.astimezone(UTC)
    while not quiet.holds((until - _MINUTE).astimezone(zone)):  # the clocks skip over the time at which they end
        until -= _MINUTE
    return until


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return ZoneInfo("UTC")
