"""A subscription: which happenings a channel or a person wants to hear of."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

from bot.activity.news import OF_NO_LINE, News, NewsKind
from bot.basics.person import PersonKey
from bot.basics.times import DAY, WEEKDAYS, clock

QUIET_DEFAULT: Final = frozenset({NewsKind.MISSED, NewsKind.VOICEMAIL, NewsKind.SMS})
"""What a subscription with no events named tells about: what waits for somebody, and nothing else."""
QUEUE_OVER: Final = 3
DIGEST_AT: Final = 8 * 60
"""Minutes after midnight."""
_MINUTE: Final = timedelta(minutes=1)

LineHours: TypeAlias = Literal["", "open", "closed"]
"""Only what comes while the line itself is open, or closed, as Dialpad tells; "": both."""


@dataclass(frozen=True)
class DailyHours:
    """A part of the day, minutes since midnight. One that ends before it begins goes over midnight.

    ``days``: Mondays are 0; none means every day. What goes over midnight belongs to the day it began on.
    """

    begin: int
    end: int
    days: tuple[int, ...] = ()

    def holds(self, local: datetime) -> bool:
        minute, day = local.hour * 60 + local.minute, local.weekday()
        if self.begin <= self.end:
            return self.begin <= minute < self.end and self._on(day)
        return (minute >= self.begin and self._on(day)) or (minute < self.end and self._on((day - 1) % 7))

    def _on(self, day: int) -> bool:
        return not self.days or day in self.days

    def __str__(self) -> str:
        """As it is typed: ``mon,tue,08:00-18:00``."""
        days = [WEEKDAYS[day] for day in self.days]
        hours = [] if days and (self.begin, self.end) == (0, DAY) else [f"{clock(self.begin)}-{clock(self.end)}"]
        return ",".join([*days, *hours])


@dataclass(frozen=True)
class Filters:
    """Alternatives within one kind of filter, all kinds together: for these places, with these labels."""

    places: Mapping[str, str] = field(default_factory=dict)
    """``callcenter:5527`` and the name it is shown by."""
    numbers: tuple[str, ...] = ()
    """Beginnings of E.164 numbers."""
    labels: tuple[str, ...] = ()
    internal: bool | None = None

    def __bool__(self) -> bool:
        return bool(self.places or self.numbers or self.labels or self.internal is not None)


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
    only: Filters = field(default_factory=Filters)
    but: Filters = field(default_factory=Filters)
    longer: int = 0
    """Seconds; shorter calls are left out once their length is known."""
    hours: DailyHours | None = None
    quiet: DailyHours | None = None
    queue: int = QUEUE_OVER
    zone: str = "UTC"
    policy: EscalationPolicy = field(default_factory=EscalationPolicy)
    paused: bool = False
    problem: str = ""
    """Why it could not post when it last tried; its owner was told."""
    digest_at: int = DIGEST_AT
    """When a digest comes, minutes after midnight in ``zone``."""
    digest_day: int = 0
    """The day that a weekly one comes on and its weeks begin with; Mondays are 0."""
    line_hours: LineHours = ""
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
    def follows_rosters(self) -> bool:
        return NewsKind.HANDOVER in self.kinds or bool(self.keep) or self.topic

    @property
    def call_centers(self) -> tuple[str, ...]:
        """Dialpad ids of those whose roster this follows; none when it is about calls only."""
        kinds = [place.partition(":") for place in self.only.places if self.follows_rosters]
        return tuple(entry_id for kind, _, entry_id in kinds if kind == "callcenter")

    @property
    def clock(self) -> ZoneInfo:
        """By which its hours count; UTC for a zone that this machine does not know."""
        return _zone(self.zone)

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
    wanted = subscription.kinds & happening.kinds
    if subscription.paused or not wanted:
        return False
    if wanted == {NewsKind.QUEUE} and (happening.waiting or 0) <= subscription.queue:
        return False
    if subscription.longer and happening.seconds is not None and happening.seconds < subscription.longer:
        return False
    if subscription.hours is not None and not subscription.hours.holds(
        happening.at.astimezone(_zone(subscription.zone))
    ):
        return False
    if subscription.line_hours and happening.line_open not in {None, subscription.line_hours == "open"}:
        return False
    return _fits(subscription.only, happening) and not _hits(subscription.but, happening)


def _fits(only: Filters, happening: News) -> bool:
    of_a_line = not happening.kinds <= OF_NO_LINE
    return (
        not (only.places and of_a_line and not only.places.keys() & happening.places)
        and not (only.numbers and not happening.number.startswith(only.numbers))
        and not (only.labels and not happening.labels.intersection(only.labels))
        and only.internal in {None, happening.internal}
    )


def _hits(but: Filters, happening: News) -> bool:
    return bool(
        but.places.keys() & happening.places
        or (but.numbers and happening.number.startswith(but.numbers))
        or happening.labels.intersection(but.labels)
        or but.internal == happening.internal
    )


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
