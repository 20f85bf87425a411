"""The subscriptions of one company, found by what happens: the kind of event and the line or person it is about."""

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from bot.activity.news import OF_NO_LINE, News, NewsKind
from bot.activity.subscriptions.subscription import Subscription, wants
from bot.basics.person import PersonKey

_ANYWHERE: Final = ""


class SubscriptionIndex:
    """Subscriptions by kind and place, so that what a piece of news costs depends on who wants it and not on how many
    there are. Never changed: a subscription that changes makes a new one."""

    def __init__(self, subscriptions: Iterable[Subscription]) -> None:
        self._every = tuple(subscriptions)
        self._all = tuple(one for one in self._every if not one.paused)
        self._number = {one.id: number for number, one in enumerate(self._all)}
        self._by: dict[tuple[NewsKind, str], list[int]] = {}
        for number, one in enumerate(self._all):
            for kind in one.kinds:
                for place in one.places or (_ANYWHERE,):
                    self._by.setdefault((kind, place), []).append(number)
                if one.places and kind in OF_NO_LINE:
                    self._by.setdefault((kind, _ANYWHERE), []).append(number)

    def that_want(self, news: News, listener: PersonKey | None) -> Iterator[Subscription]:
        """Yield those that are notified of ``news``, the oldest first. ``listener``: whose own connection it came
        through, which only that person's subscriptions may show; None when it came through the company's."""
        for number in sorted(self._near(news)):
            one = self._all[number]
            if _may_show(one, listener) and wants(one, news):
                yield one

    def has(self, kind: NewsKind, place: str, listener: PersonKey | None) -> bool:
        """Tell whether anybody may want news of this kind about a place."""
        near = (*self._by.get((kind, _ANYWHERE), ()), *self._by.get((kind, place), ()))
        return any(_may_show(self._all[number], listener) for number in near)

    def about(self, places: Collection[str], *, every: bool) -> tuple[Subscription, ...]:
        """Return those of channels that are about one of these places or about all lines, also paused ones; all of them
        with ``every``."""
        return tuple(
            one
            for one in self._every
            if not one.is_personal and (every or not one.places or not one.places.keys().isdisjoint(places))
        )

    def named(self, name: str) -> Subscription | None:
        """Return the subscription with this id."""
        number = self._number.get(name)
        return None if number is None else self._all[number]

    def shown_as(self, names: Iterable[str]) -> list[PersonKey]:
        """Return the people with whose accounts these subscriptions, by id, look things up."""
        found = sorted(self._number[name] for name in set(names) if name in self._number)
        return [self._all[number].shown_as for number in found]

    def _near(self, news: News) -> set[int]:
        places = (_ANYWHERE, *news.places)
        return {number for kind in news.kinds for place in places for number in self._by.get((kind, place), ())}


def _may_show(subscription: Subscription, listener: PersonKey | None) -> bool:
    return listener is None or listener in {subscription.owner, subscription.shown_as}
