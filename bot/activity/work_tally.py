"""A period's open work in numbers: how much there was, how soon it was answered, who settled it, and what is left."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from bot.activity.digest_times import DigestPeriod
from bot.activity.items import Item, ItemStep
from bot.basics.stored_json import MsMoment


@dataclass(frozen=True)
class Settler:
    """Somebody, and how many items they settled. ``who``: a name, or a place such as ``user:5820``; "" for those who
    cannot be told any more."""

    who: str
    items: int


@dataclass(frozen=True)
class WorkTally:
    """The items that began in one period. ``answers``: those that somebody has claimed or settled, ``median_answer_s``
    after their first need. ``due``: those answered, or older than the target; ``within``: those answered within it.
    ``open``: those that are not settled by now. ``settlers``: who settled items in the period, the most first."""

    items: int = 0
    answers: int = 0
    median_answer_s: float | None = None
    due: int = 0
    within: int = 0
    open: int = 0
    settlers: tuple[Settler, ...] = ()


@dataclass(frozen=True)
class StillOpen:
    """All items that are not settled, whenever they began. ``unclaimed``: those that wait for somebody to take
    them."""

    items: int = 0
    unclaimed: int = 0
    oldest: MsMoment | None = None


def tally_work(
    items: Iterable[Item],
    period: DigestPeriod,
    now: datetime,
    due_at: Callable[[Item], datetime | None],
    known_as: Callable[[str], str],
) -> WorkTally:
    """Count the items of a period. ``due_at``: when each should have been answered, None for no such time. ``known_as``
    returns one name for whatever a person goes by: a Slack id, a place, or a name at Dialpad."""
    all_ = list(items)
    began = [one for one in all_ if one.since in period]
    spans = [answered - one.since for one in began if (answered := answered_at(one)) is not None]
    timed = [(answered_at(one), due) for one in began if (due := due_at(one)) is not None and not one.awaits_callback]
    late = sum(answered is None and now > due for answered, due in timed)
    answers = [(answered, due) for answered, due in timed if answered is not None]
    settled = [one.settled for one in all_ if one.settled is not None and one.settled.at in period]
    return WorkTally(
        items=len(began),
        answers=len(spans),
        median_answer_s=median(span.total_seconds() for span in spans) if spans else None,
        due=len(answers) + late,
        within=sum(answered <= due for answered, due in answers),
        open=sum(not one.is_settled for one in began),
        settlers=_settlers([one for one in settled if _is_ours(one)], known_as),
    )


def answered_at(item: Item) -> datetime | None:
    """Return when somebody first claimed or settled an item; None while nobody has, or when nobody had to."""
    settled = item.settled.at if item.settled is not None and _is_ours(item.settled) else None
    return min((one for one in (item.taken_at, settled) if one is not None), default=None)


def _is_ours(step: ItemStep) -> bool:
    """Tell whether an item was settled by us: not by the customer, and not by the bot."""
    return step.what != "opted out" and (step.what != "done" or bool(step.by))


def _settlers(steps: Sequence[ItemStep], known_as: Callable[[str], str]) -> tuple[Settler, ...]:
    times = Counter(name for step in steps for name in _names(step, known_as))
    return tuple(Settler(who, count) for who, count in sorted(times.items(), key=lambda one: (-one[1], one[0])))


def _names(step: ItemStep, known_as: Callable[[str], str]) -> set[str]:
    if not step.by:
        return {known_as(one) for one in step.who}
    name = known_as(step.by)
    return {"" if name == step.by else name}


def still_open(items: Iterable[Item], now: datetime) -> StillOpen:
    """Count what is not settled."""
    left = [one for one in items if not one.is_settled]
    return StillOpen(len(left), sum(one.asks(now) for one in left), min((one.since for one in left), default=None))
