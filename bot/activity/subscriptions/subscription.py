"""A subscription: which events a channel or a person is notified of."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.activity.alerts import Thresholds
from bot.activity.news import News, NewsKind, kinds_that
from bot.activity.subscriptions.daily_hours import DailyHours
from bot.activity.subscriptions.filter import Filter
from bot.activity.subscriptions.filters import PlaceFilter, QueueFilter, QuietHoursFilter
from bot.basics.company import CompanyKey, own_company
from bot.basics.person import PersonKey
from bot.basics.times import DAY, city_of, clock, known_zone, say_clock

QUIET_DEFAULT: Final = kinds_that(lambda row: row.usual)
"""The kinds in a subscription that names no events: those that wait for somebody."""
DIGEST_AT: Final = 8 * 60
"""Default time of a digest, in minutes after midnight."""
LOOKED_AT: Final = frozenset({NewsKind.BOARD, NewsKind.ALERT})
"""Kinds for which a line is looked at, who answers its calls included."""
STEP_PAUSE: Final = 5
"""Minutes from one step of an escalation to the next where nothing else was chosen."""
_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class EscalationPolicy:
    """What happens with a call that nobody claims or handles. Times are in minutes; ``claim`` 0 turns it off.

    It begins ``claim`` minutes after the call, or once the time to ``answer`` in is over, whichever is first. The steps
    follow one another, ``pause`` minutes apart: who is on duty, the user group, the person, the supervisor in
    a direct message; ``last`` is how the supervisor's phone is reached: "sms", "call" or "".
    """

    claim: int = 0
    handle: int = 120
    on_duty: bool = True
    group: str = ""
    person: str = ""
    supervisor: str = ""
    last: str = ""
    answer: int = 0
    """Within how many minutes of the line's opening hours somebody is to answer; 0 for no such target."""

    @property
    def asks(self) -> bool:
        """Tell whether anybody is asked at all."""
        return bool(self.claim or self.answer)

    @property
    def pause(self) -> int:
        """Return the minutes between two steps."""
        return self.claim or min(self.answer, STEP_PAUSE)

    def steps(self) -> tuple[tuple[int, str, str], ...]:
        """Return ``(place, kind, whom)`` in order. A step keeps its place when others are added or removed, so that a
        policy may be changed while it is under way. With no steps set, the thread gets a reminder."""
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
class Actors:
    """With whose Dialpad account the bot acts for a subscription, by Slack id; "" is its owner. Whoever makes it show
    or do more than before takes that part over (``bot.activity.subscriptions.changes``).

    ``shown`` looks callers up and fetches pictures, ``escalation`` asks, texts and calls for a call that nobody claims,
    ``roster`` reads who is on duty.
    """

    shown: str = ""
    escalation: str = ""
    roster: str = ""


@dataclass(frozen=True)
class Subscription:
    """One subscription. ``channel`` is where it posts: a channel, or a person's id for direct messages."""

    id: str
    owner: PersonKey
    channel: str
    kinds: frozenset[NewsKind] = QUIET_DEFAULT
    included: tuple[Filter, ...] = ()
    """Filters of which at least one of each class has to match."""
    excluded: tuple[Filter, ...] = ()
    """Filters of which none may match."""
    zone: str = "UTC"
    policy: EscalationPolicy = field(default_factory=EscalationPolicy)
    paused: bool = False
    problem: str = ""
    """Why it could not post when it last tried, with the marks of ``bot.notifications.owner_alerts``; its owner was
    told."""
    digest_at: int = DIGEST_AT
    """Time of a digest, in minutes after midnight in ``zone``."""
    digest_day: int = 0
    """The weekday that a weekly digest comes on and its weeks begin with; Mondays are 0."""
    keep: str = ""
    """Id of a Slack user group whose members are kept equal to who is on duty."""
    topic: bool = False
    """True when the channel's topic says who is on duty."""
    actors: Actors = field(default_factory=Actors)
    paused_by: str = ""
    """Slack id of whoever paused it; "" for its owner, or when it is not paused."""
    alerts: Thresholds | None = None
    """From when on there are alerts, None for the usual thresholds."""
    company_id: str = ""
    """The Dialpad company whose news it is about: its owner's when it was made."""

    @property
    def company(self) -> CompanyKey:
        """Return whose news it is about; its owner's alone when no company was noted."""
        return CompanyKey(self.owner.team_id, self.company_id) if self.company_id else own_company(self.owner)

    @property
    def problem_word(self) -> str:
        """Return ``problem`` without the marks that ``bot.notifications.owner_alerts`` adds."""
        return self.problem.rstrip("?!")

    @property
    def is_personal(self) -> bool:
        return self.channel == self.owner.user_id

    @property
    def shown_as(self) -> PersonKey:
        """Return the person with whose account callers are looked up and pictures are fetched."""
        return self._acting(self.actors.shown)

    @property
    def escalates_as(self) -> PersonKey:
        """Return the person with whose account the escalation asks, texts and calls."""
        return self._acting(self.actors.escalation)

    @property
    def follows_as(self) -> PersonKey:
        """Return the person with whose account the roster is read."""
        return self._acting(self.actors.roster)

    def _acting(self, user_id: str) -> PersonKey:
        return PersonKey(self.owner.team_id, user_id) if user_id else self.owner

    @property
    def places(self) -> dict[str, str]:
        """Return the chosen lines and people with their names; empty means every line."""
        return {one.place: one.name for one in self.included if isinstance(one, PlaceFilter)}

    @property
    def quiet(self) -> DailyHours | None:
        """Return the hours in which nothing is posted, None when there are none."""
        return next((one.hours for one in self.included if isinstance(one, QuietHoursFilter)), None)

    @property
    def queue(self) -> QueueFilter:
        """Return the filter that says when a queue is long; the default when none is set."""
        return next((one for one in self.included if isinstance(one, QueueFilter)), QueueFilter())

    def without(self, *kinds: type[Filter]) -> "Subscription":
        """Return a copy whose included filters have none of these classes."""
        return replace(self, included=tuple(one for one in self.included if not isinstance(one, kinds)))

    @property
    def follows_rosters(self) -> bool:
        return bool(self.kinds & {NewsKind.HANDOVER, *LOOKED_AT}) or bool(self.keep) or self.topic

    @property
    def call_centers(self) -> tuple[str, ...]:
        """Return the Dialpad ids of the call centers whose roster it follows; empty when it is about calls only."""
        kinds = [place.partition(":") for place in self.places if self.follows_rosters]
        return tuple(entry_id for kind, _, entry_id in kinds if kind == "callcenter")

    @property
    def clock(self) -> ZoneInfo:
        """Return the time zone of its hours; UTC for a zone that this machine does not know."""
        return known_zone(self.zone)

    @property
    def zone_name(self) -> str:
        """Return the zone's city, such as "Los Angeles"."""
        return city_of(self.zone)

    @property
    def digest_time(self) -> str:
        """Return the digest's time as it is typed, such as ``17:00``."""
        return clock(self.digest_at)

    @property
    def digest_said(self) -> str:
        """Return the digest's time as people read it, such as "5:00 PM"."""
        return say_clock(self.digest_at)


def switched(subscription: Subscription, kind: NewsKind, *, on: bool) -> Subscription:
    """Return the subscription with one event turned on or off. Turning off the last one pauses it; turning the first
    one on resumes it."""
    kinds = subscription.kinds | {kind} if on else subscription.kinds - {kind}
    return replace(
        subscription, kinds=kinds, paused=subscription.paused and bool(subscription.kinds) if kinds else True
    )


def wants(subscription: Subscription, happening: News) -> bool:
    """Tell whether ``subscription`` is notified of ``happening``, even if only after its quiet hours. Never raises."""
    if subscription.paused or not subscription.kinds & happening.kinds:
        return False
    own = subscription.clock
    included = (*subscription.without(QueueFilter).included, subscription.queue)
    matched = {type(one) for one in included if one.matches(happening, own) is not False}
    if any(type(one) not in matched for one in included):
        return False
    return not any(one.matches(happening, own) for one in subscription.excluded)


def quiet_until(subscription: Subscription, now: datetime) -> datetime | None:
    """Return when the quiet hours around ``now`` end, None outside them. Never raises."""
    zone, quiet = known_zone(subscription.zone), subscription.quiet
    local = now.astimezone(zone)
    if quiet is None or not quiet.holds(local):
        return None
    hour, minute = divmod(quiet.end % DAY, 60)
    end = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if end <= local:  # both by the wall clock of the same zone
        end = (end + timedelta(days=1)).replace(fold=0)
    until = end.astimezone(UTC)
    while not quiet.holds((until - _MINUTE).astimezone(zone)):  # the clocks skip the time at which they end
        until -= _MINUTE
    return until
