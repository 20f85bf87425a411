"""Alerts of lines: looked at every few seconds by the process that leads, raised once, and closed when they are over.

How they stand is stored in the transaction that writes the message, so a restart or a second process repeats nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from bot.activity.alerts import WRONG, AlertChange, AlertRule, AlertState, Thresholds, Wrong, judge, snoozed
from bot.activity.board import BoardView
from bot.activity.news import NewsKind
from bot.activity.registers import fragment, value
from bot.activity.subscriptions.subscription import Subscription, quiet_until
from bot.cards.alert import ALERT
from bot.notifications.boards import Boards, ShownLine
from bot.store.absorbing import CardPart
from bot.store.alerts import AlertedLine, AlertStates
from bot.store.card_rows import StoredCard
from bot.store.database import Transaction
from bot.store.postings import NewPosting
from bot.store.store import Store

LOOK_EVERY_S: Final = 5.0
"""How often a line is looked at: with what settles first, an alert comes within a quarter of a minute."""
RETRY_S: Final = 30.0
_log = structlog.get_logger(__name__)


def alerted_places(subscription: Subscription) -> list[str]:
    """Return the lines that a subscription wants alerts about."""
    if NewsKind.ALERT not in subscription.kinds or subscription.paused:
        return []
    return [place for place in subscription.places if place.startswith(("callcenter:", "department:"))]


class LineAlerts:
    """Looks at lines. ``run_due`` is called often, by the process that leads."""

    def __init__(self, store: Store, boards: Boards) -> None:
        self._store = store
        self._boards = boards

    async def run_due(self) -> None:
        """Look at every line whose time has come. One that fails is looked at later and does not delay the others."""
        for line in await self._store.alerts.due():
            try:
                await self._look(line)
            except Exception:  # noqa: BLE001  an error in one line must not stop the others
                _log.exception("a line was not looked at")
                await self._store.alerts.look_later(line, self._store.now() + timedelta(seconds=RETRY_S))

    async def _look(self, line: AlertedLine) -> None:
        subscription = await self._store.subscriptions.get(line.company, line.subscription)
        if subscription is None or line.place not in alerted_places(subscription):
            await self._store.alerts.look_later(line, None)
            return
        now = self._store.now()
        if (until := quiet_until(subscription, now)) is not None:
            # Who waited at night is no news in the morning: what is still wrong then is found then.
            await self._store.alerts.look_later(line, until)
            return
        name = subscription.places[line.place]
        shown = ShownLine(line.company, line.place, name, subscription.clock, subscription.owner)
        view = await self._boards.of_line(shown)
        looked = _Look(self._store, line, subscription, view)
        await self._store.alerts.change(line, looked.decide, now + timedelta(seconds=LOOK_EVERY_S))


@dataclass(frozen=True)
class _Look:
    """One look at a line."""

    store: Store
    line: AlertedLine
    subscription: Subscription
    view: BoardView

    def decide(self, connection: Transaction, before: AlertStates) -> AlertStates:
        """Return how the alerts stand now, with what is posted about it written."""
        judged = judge(self.subscription.alerts or Thresholds(), self.view, before)
        parts = [self._part(change) for change in judged.changes]
        self.store.cards.absorbing.absorb(connection, self.line.company, parts)
        return judged.states

    def _part(self, change: AlertChange) -> CardPart:
        name = _name_of(self.line, change.rule, change.episode)
        at = int(self.view.now.timestamp() * 1000)
        if change.what == "over":
            said: dict[str, Any] = {"lasted_s": change.lasted.total_seconds()}
            return CardPart(ALERT, (name,), fragment(at, 0, said), lambda *_: [])
        said = {
            "about": ALERT,
            "rule": change.rule.value,
            "episode": change.episode,
            "subscription": self.line.subscription,
            "place": self.line.place,
            "name": self.view.name,
            "wrong": WRONG.dump(change.wrong or Wrong()),
            "raised_at": self.view.now.isoformat(),
            "times": change.times,
        }
        where = [NewPosting(self.subscription.channel, self.subscription.id)]
        return CardPart(ALERT, (name,), fragment(at, 0, said), lambda *_: where)


def _name_of(line: AlertedLine, rule: AlertRule, episode: int) -> str:
    return f"alert:{line.subscription}:{line.place}:{rule.value}:{episode}"


# What people do


async def acknowledge(store: Store, card: StoredCard, by: str, note: str) -> bool:
    """Note on an alert that somebody, by Slack id, is at it. False when it is over."""
    if value(card.state, "lasted_s") is not None:
        return False
    now = store.now()
    await _note(store, card, {"seen_by": by, "seen_at": now.isoformat(), "seen_note": note}, now)
    return True


async def snooze(store: Store, card: StoredCard, by: str, until: datetime) -> bool:
    """Let nobody be told of it again before that moment. False when it is over, or nobody wants it any more."""
    if value(card.state, "lasted_s") is not None:
        return False
    line = AlertedLine(card.company, str(value(card.state, "subscription")), str(value(card.state, "place")))
    rule, now = AlertRule(str(value(card.state, "rule"))), store.now()
    said = fragment(int(now.timestamp() * 1000), 0, {"snoozed_until": until.isoformat(), "snoozed_by": by})
    part = CardPart(ALERT, (_own_name(card),), said, lambda *_: [])

    def decide(connection: Transaction, before: AlertStates) -> AlertStates:
        store.cards.absorbing.absorb(connection, card.company, [part])
        return {**before, rule: snoozed(before.get(rule, AlertState()), until)}

    return await store.alerts.change(line, decide)


def _own_name(card: StoredCard) -> str:
    line = AlertedLine(card.company, str(value(card.state, "subscription")), str(value(card.state, "place")))
    return _name_of(line, AlertRule(str(value(card.state, "rule"))), int(value(card.state, "episode") or 0))


async def _note(store: Store, card: StoredCard, said: dict[str, Any], now: datetime) -> None:
    part = fragment(int(now.timestamp() * 1000), 0, said)
    await store.cards.absorb(card.company, ALERT, [_own_name(card)], part, lambda *_: [])


async def watch_alerts(store: Store, subscription: Subscription) -> None:
    """Look from now on at the lines that a subscription wants alerts about, and at no others for it."""
    places: Sequence[str] = alerted_places(subscription)
    if places or NewsKind.ALERT in subscription.kinds:
        await store.alerts.watch(subscription.company, subscription.id, places)
