"""Alerts of a line: when it is in trouble for long enough to say so, once, and when that is over. Pure.

What flaps is one alert: it is raised once it has been wrong for a moment, and over once it has been right for a minute.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Literal

from bot.activity.board import ANSWER_S, BoardView
from bot.basics.language import say, say_count
from bot.basics.stored_json import IsoMoment, StoredJson

RAISED_AFTER: Final = timedelta(seconds=10)
"""How long something is wrong before anybody is told."""
OVER_AFTER: Final = timedelta(seconds=60)
"""How long all is well before it counts as over."""
COUNTED: Final = timedelta(hours=24)
LEAST_CALLS: Final = 10
"""Answered calls of the day from which on their answer times say something."""


class AlertRule(StrEnum):
    """What an alert is about."""

    WAITING = "waiting"
    WAIT = "wait"
    NOBODY = "nobody"
    OFF = "off"
    ANSWERS = "answers"


@dataclass(frozen=True)
class Thresholds:
    """From when on there is an alert; 0 turns one off. ``waiting`` callers, the longest ``wait`` and somebody's time
    ``off`` duty in minutes, the percentage of ``answers`` within ``answer_s`` seconds. ``group``: the Slack id of a
    user group that is mentioned."""

    waiting: int = 3
    wait: int = 3
    nobody: bool = True
    off: int = 0
    answers: int = 0
    answer_s: int = ANSWER_S
    group: str = ""

    @property
    def words(self) -> str:
        """Say when there is an alert."""
        said = [say("{waiting} callers wait", waiting=self.waiting)] if self.waiting else []
        said += [say("somebody waits {wait} min", wait=self.wait)] if self.wait else []
        said += [say("nobody is on duty")] if self.nobody else []
        said += [say("somebody is off duty for {off} min", off=self.off)] if self.off else []
        said += (
            [say("under {answers}% are answered within {answer_s} s", answers=self.answers, answer_s=self.answer_s)]
            if self.answers
            else []
        )
        return say(" or ").join((", ".join(said[:-1]), said[-1]) if said[1:] else said)


@dataclass(frozen=True)
class AlertState:
    """How an alert stands. ``episode`` counts how often it was raised; ``times`` are those of the last day."""

    episode: int = 0
    raised_at: IsoMoment | None = None
    wrong_since: IsoMoment | None = None
    right_since: IsoMoment | None = None
    snoozed_until: IsoMoment | None = None
    times: tuple[IsoMoment, ...] = ()


@dataclass(frozen=True)
class Wrong:
    """What is wrong by one rule, to be said in the language of whoever reads it. ``number`` counts callers, minutes or
    percent, as the rule does; ``within_s`` are the seconds of an answer; ``who`` is a name, with so many ``more``."""

    number: int = 0
    within_s: int = 0
    who: str = ""
    more: int = 0

    def words(self, rule: AlertRule) -> str:
        """Say it."""
        match rule:
            case AlertRule.WAITING:
                return say_count("{count} caller waits", "{count} callers wait", self.number)
            case AlertRule.WAIT:
                return say("somebody waits for {wait} min", wait=self.number)
            case AlertRule.NOBODY:
                return say("nobody is on duty")
            case AlertRule.OFF:
                more = say(" and {count} more", count=self.more) if self.more else ""
                return say("{name}{more} off duty for {off} min", name=self.who, more=more, off=self.number)
            case AlertRule.ANSWERS:
                return say(
                    "only {share}% of today's calls were answered within {answer_s} s",
                    share=self.number,
                    answer_s=self.within_s,
                )


WRONG: Final = StoredJson(Wrong)


@dataclass(frozen=True)
class AlertChange:
    """An alert that was raised, or is over. ``times``: how often in the last day; ``lasted``: how long it was so."""

    rule: AlertRule
    episode: int
    what: Literal["raised", "over"]
    wrong: Wrong | None = None
    times: int = 0
    lasted: timedelta = timedelta(0)


@dataclass(frozen=True)
class Judged:
    """How a line's alerts stand now, and what has changed."""

    states: Mapping[AlertRule, AlertState] = field(default_factory=dict)
    changes: tuple[AlertChange, ...] = ()


def judge(chosen: Thresholds, view: BoardView, before: Mapping[AlertRule, AlertState]) -> Judged:
    """Look at a line once more."""
    wrong = what_is_wrong(chosen, view)
    states: dict[AlertRule, AlertState] = {}
    changes: list[AlertChange] = []
    for rule in AlertRule:
        state, change = _step(rule, before.get(rule, AlertState()), wrong.get(rule), view.now)
        if state != AlertState():
            states[rule] = state
        changes += [change] if change is not None else []
    return Judged(states, tuple(changes))


def _step(
    rule: AlertRule, was: AlertState, wrong: Wrong | None, now: datetime
) -> tuple[AlertState, AlertChange | None]:
    if wrong is not None:
        state = replace(was, wrong_since=was.wrong_since or now, right_since=None)
        until, since = was.snoozed_until, state.wrong_since or now
        is_told = was.raised_at is not None and until is None
        if is_told or (until is not None and now < until) or now - since < RAISED_AFTER:
            return state, None
        times = (*(one for one in was.times if now - one < COUNTED), now)
        raised = replace(state, episode=was.episode + 1, raised_at=now, snoozed_until=None, times=times)
        return raised, AlertChange(rule, raised.episode, "raised", wrong, len(times))
    if was.wrong_since is None and was.raised_at is None:
        return (replace(was, snoozed_until=None) if was.snoozed_until and was.snoozed_until <= now else was), None
    state = replace(was, right_since=was.right_since or now)
    since = state.right_since or now
    if now - since < OVER_AFTER:
        return state, None
    until = was.snoozed_until if was.snoozed_until is not None and now < was.snoozed_until else None
    over = replace(state, raised_at=None, wrong_since=None, right_since=None, snoozed_until=until)
    if was.raised_at is None:
        return over, None
    return over, AlertChange(rule, was.episode, "over", lasted=max(timedelta(0), since - was.raised_at))


def snoozed(was: AlertState, until: datetime) -> AlertState:
    """Return an alert that nobody is told of again before that moment."""
    return replace(was, snoozed_until=until)


def what_is_wrong(chosen: Thresholds, view: BoardView) -> dict[AlertRule, Wrong]:
    """Tell for each rule what is wrong by these thresholds; those that hold are left out."""
    found: dict[AlertRule, Wrong] = {}
    waiting = len(view.waiting)
    if chosen.waiting and waiting >= chosen.waiting:
        found[AlertRule.WAITING] = Wrong(waiting)
    if chosen.wait and view.longest >= timedelta(minutes=chosen.wait):
        found[AlertRule.WAIT] = Wrong(chosen.wait)
    if chosen.nobody and view.roster_at is not None and not view.on_duty:
        found[AlertRule.NOBODY] = Wrong()
    if names := _off_for_long(chosen, view):
        found[AlertRule.OFF] = Wrong(chosen.off, who=names[0], more=len(names) - 1)
    share = view.share_within(chosen.answer_s)
    if chosen.answers and share is not None and len(view.today.waits) >= LEAST_CALLS and share < chosen.answers:
        found[AlertRule.ANSWERS] = Wrong(share, chosen.answer_s)
    return found


def _off_for_long(chosen: Thresholds, view: BoardView) -> list[str]:
    """Return who went off duty today and has not come back for too long: whoever did so before is not at work."""
    if not chosen.off or view.midnight is None:
        return []
    long_ago = view.now - timedelta(minutes=chosen.off)
    off = [one for one in view.agents if not one.on_duty and not one.deactivated and one.since is not None]
    return [one.name for one in off if one.since is not None and view.midnight <= one.since <= long_ago]


_STATE: Final = StoredJson(AlertState)


def to_json(states: Mapping[AlertRule, AlertState]) -> dict[str, Any]:
    """Return how a line's alerts stand as it is stored."""
    return {rule.value: _STATE.dump(state) for rule, state in states.items()}


def from_json(stored: Mapping[str, Any]) -> dict[AlertRule, AlertState]:
    """Undo ``to_json``; rules of a later version are left out. Raises UnreadableJson."""
    known = {rule.value for rule in AlertRule}
    return {AlertRule(rule): _STATE.load(state) for rule, state in stored.items() if rule in known}
