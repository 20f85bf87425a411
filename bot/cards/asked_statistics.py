"""Statistics that somebody asks for: from Dialpad where it shows them, else counted from what was heard here."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot.activity.call_counts import heard_call
from bot.activity.calls import CallView
from bot.arguments.days import DaySpan
from bot.arguments.subject import Subject
from bot.basics.errors import Unavailable
from bot.basics.language import mark, say
from bot.basics.times import city_of, on_clock
from bot.cards.rights import Rights, rights_of
from bot.cards.statistics import NAMES, StatsTitle, StatsTopic, answer_time_card, calls_card, rows_card
from bot.catalogue.call_records import began, counted_calls
from bot.catalogue.sheets import Sheet
from bot.catalogue.stats_waiting import Prepared
from bot.contract.board import CallSearch
from bot.contract.context import Ctx
from bot.contract.prose import prose, sentence
from bot.contract.reply import Answer, Button, Card, Prose, Reply, When
from bot.dialpad.actions.stats import GetStats, StartStats, StatsResult

LARGEST_FILE: Final = 8_000_000
MOST_HEARD: Final = 5_000
_STAT_TYPES: Final = {"calls": "calls", "answer time": "calls", "duty": "onduty"}


@dataclass(frozen=True)
class StatsQuestion:
    """What somebody wants counted. ``zone`` is theirs: days begin by their clock."""

    subject: Subject
    days: DaySpan
    about: StatsTopic
    zone: ZoneInfo
    today: date

    @property
    def args(self) -> dict[str, str]:
        return {"of": self.subject.raw, "days": self.days.raw, "about": self.about}


async def start_statistics(ctx: Ctx, question: StatsQuestion) -> list[str]:
    """Have Dialpad calculate the days and those before, and return the ids of the requests. Today is always asked for
    by itself: Dialpad counts days from yesterday back."""
    first = question.days.before().first
    last = min(question.days.last, question.today - timedelta(days=1))
    asked: dict[str, Any] = {
        "stat_type": _STAT_TYPES.get(question.about, question.about), "export_type": "records",
        "timezone": question.zone.key, **await _target(ctx, question.subject),
    }  # fmt: skip
    bodies: list[dict[str, Any]] = [
        {"days_ago_start": (question.today - last).days, "days_ago_end": (question.today - first).days}
    ]
    bodies += [{"is_today": True}] if question.today in question.days else []
    started = [await ctx.send(StartStats.model_validate({**asked, **body})) for body in bodies]
    if not all(one.request_id for one in started):
        raise Unavailable(reason="no request id")
    return [str(one.request_id) for one in started]


async def _target(ctx: Ctx, subject: Subject) -> dict[str, Any]:
    if subject.kind == "company":
        return {}
    if subject.kind == "me":
        return {"target_type": "user", "target_id": await ctx.account.user_id()}
    return {"target_type": subject.kind, "target_id": subject.id}


async def prepared_statistics(ctx: Ctx, requests: str) -> Prepared[list[StatsResult]]:
    """Ask how far Dialpad is with all of the requests."""
    found = list(await asyncio.gather(*(ctx.send(GetStats(id=request)) for request in requests.split(",")[:2])))
    states = [(one.status or "").casefold() for one in found]
    if "failed" in states:
        return "failed", found
    is_complete = all(state == "complete" and one.download_url for state, one in zip(states, found, strict=True))
    return ("complete" if is_complete else "working"), found


async def read_files(ctx: Ctx, links: list[str]) -> list[dict[str, str]]:
    if ctx.deps.downloads is None:
        raise Unavailable(reason="downloads are off")
    files = [await ctx.deps.downloads.read(url, largest=LARGEST_FILE) for url in links]
    return [dict(row) for file in files for row in Sheet.parse(file.decode("utf-8", "replace")).rows]


def is_of_days(row: dict[str, str], days: DaySpan) -> bool:
    at = began(row)
    return at is not None and at.date() in days


async def id_of(ctx: Ctx, subject: Subject) -> str:
    if subject.kind in {"company", "office"}:
        return ""
    return await ctx.account.user_id() if subject.kind == "me" else subject.id


def statistics_card(question: StatsQuestion, rows: list[dict[str, str]], whose: str) -> Card:
    title = _title(question, say("From Dialpad's statistics."))
    days = question.days
    now, before = (
        [row for row in rows if is_of_days(row, days)],
        [row for row in rows if is_of_days(row, days.before())],
    )
    if question.about in NAMES:
        return rows_card(title, question.about, now, before)
    calls, then = (counted_calls(part, whose, question.zone) for part in (now, before))
    return answer_time_card(title, calls, then) if question.about == "answer time" else calls_card(title, calls, then)


def _title(question: StatsQuestion, source: Prose) -> StatsTitle:
    args = question.args
    place = city_of(question.zone.key)
    previous = {**args, "days": question.days.before().raw}
    other = "calls" if question.about == "answer time" else "answer time"
    more = () if question.about in NAMES else (
        Button("Answer time" if other == "answer time" else "Calls", "stats.stats", {**args, "about": other}),
    )  # fmt: skip
    buttons = (
        *more,
        Button("The days before", "stats.stats", previous),
        Button("Change…", "stats.stats", args, form=True),
    )
    return StatsTitle(question.subject, question.days, place, source, buttons)


_NAMED: Final[Mapping[StatsTopic, tuple[str, str]]] = {
    "calls": (mark("your calls"), mark("the calls of {whose}")),
    "answer time": (mark("your answer time"), mark("the answer time of {whose}")),
    "texts": (mark("your texts"), mark("the texts of {whose}")),
    "voicemails": (mark("your voicemails"), mark("the voicemails of {whose}")),
    "duty": (mark("your duty"), mark("the duty of {whose}")),
    "csat": (mark("your satisfaction"), mark("the satisfaction of {whose}")),
    "dispositions": (mark("your dispositions"), mark("the dispositions of {whose}")),
    "recordings": (mark("your recordings"), mark("the recordings of {whose}")),
}


def named_statistics(question: StatsQuestion) -> str:
    """Return what is counted and whose: ``your answer time``, ``the calls of Support``."""
    own, others = _NAMED[question.about]
    return say(own) if question.subject.kind == "me" else say(others, whose=_whose(question))


def _whose(question: StatsQuestion) -> str:
    return say("your company") if question.subject.kind == "company" else question.subject.name


# From what was heard here


async def heard_statistics(ctx: Ctx, question: StatsQuestion, *, why: str) -> Answer:
    """Count the calls that were heard of the lines and people this person belongs to. ``why``: why not Dialpad's own
    numbers."""
    if question.about in NAMES:
        return Reply(
            say("{why}Only calls and answer times can be counted from what was heard here.", why=why), tone="warning"
        )
    board, rights = ctx.deps.notifications, await rights_of(ctx)
    if board is None:
        return Reply(
            say("{why}Notifications are not switched on, so nothing was heard here either.", why=why), tone="warning"
        )
    places = _places(question.subject, rights)
    if not rights.cover(places):
        return Reply(
            say(
                "{why}You do not belong to {subject}, so you do not see what was heard of it here either.",
                why=why,
                subject=question.subject.name,
            ),
            tone="warning",
        )

    def fits(view: CallView) -> bool:
        return rights.cover(view.places) and (not places or bool(places & view.places))

    days, before = question.days, question.days.before()
    begin, end = (on_clock(day, 0, question.zone) for day in (before.first, days.last + timedelta(days=1)))
    found = await board.heard_calls(ctx.person, CallSearch(fits, begin, MOST_HEARD, end))
    if found.since is None:
        advice = say(
            "Once {typed} posts calls to a channel, they are counted from then on.",
            typed=ctx.deps.settings.typed("notify"),
        )
        return Reply(say("{why}No calls are heard here yet. {advice}", why=why, advice=advice), tone="warning")
    if found.since >= end:
        known = sentence(
            "Calls are heard here since {when}, so I know nothing of those days.", when=When(found.since, "date")
        )
        return Reply(prose(why, known), tone="warning")
    counted = [one for view in found.calls if (one := heard_call(view, question.zone)) is not None]
    now = [one for one in counted if one.at.date() in days]
    is_whole = found.since <= begin and not found.more
    then = [one for one in counted if one.at.date() in before] if is_whole else None
    cut = say(" There are more than can be counted here: only the newest are in it.") if found.more else ""
    source = sentence(
        "{why}Counted from the calls heard here, since {when}.{cut}", why=why, when=When(found.since, "date"), cut=cut
    )
    title = _title(question, source)
    return answer_time_card(title, now, then) if question.about == "answer time" else calls_card(title, now, then)


def _places(subject: Subject, rights: Rights) -> frozenset[str]:
    if subject.kind == "company":
        return frozenset()
    if subject.kind == "me":
        return frozenset(one for one in rights.places if one.startswith("user:"))
    return frozenset({subject.place})


def why_refused(question: StatsQuestion) -> str:
    if question.subject.kind == "me":
        return say("Dialpad does not show you your own statistics. ")
    return say("Dialpad shows statistics of {whose} to supervisors and admins only. ", whose=_whose(question))
