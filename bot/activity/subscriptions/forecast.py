"""How often a subscription would have posted on a day that is known: said before it is saved."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from bot.activity.news import News, NewsKind, kinds_that
from bot.activity.subscriptions.subscription import Subscription, wants

COUNTED: Final = kinds_that(lambda row: row.of_call or row.of_text)
"""Kinds of calls and texts, which are kept whether anybody wants them or not; of others only what was posted is."""


@dataclass(frozen=True)
class Forecast:
    """What one day would have brought. ``posts`` are calls and texts it would have posted, ``of_kind`` how many were of
    each kind (a call may be of several). ``seen`` are the calls and texts of its lines, whichever they were, and
    ``known`` all of its company's that it may show. ``partly``: there were more than were looked at."""

    posts: int = 0
    of_kind: Mapping[NewsKind, int] = field(default_factory=dict)
    seen: int = 0
    known: int = 0
    partly: bool = False


@dataclass(frozen=True)
class Forecasts:
    """Forecasts of one subscription: of ``yesterday`` and ``today`` so far, by its clock. ``unchanged`` is yesterday's
    of the subscription as it was before the change, None for a new one."""

    yesterday: Forecast = Forecast()
    today: Forecast = Forecast()
    unchanged: Forecast | None = None


class ForecastCount:
    """Counts one day's calls and texts for a subscription, as if it had not been paused."""

    def __init__(self, subscription: Subscription) -> None:
        self._subscription = replace(subscription, paused=False)
        self._of_kind: Counter[NewsKind] = Counter()
        self._posts = self._seen = self._known = 0

    def add(self, news: News) -> None:
        self._known += 1
        places = self._subscription.places
        if places and not news.places.intersection(places):
            return
        self._seen += 1
        if wants(self._subscription, news):
            self._posts += 1
            self._of_kind.update(self._subscription.kinds & news.kinds)

    def total(self, *, partly: bool = False) -> Forecast:
        return Forecast(self._posts, dict(self._of_kind), self._seen, self._known, partly)
