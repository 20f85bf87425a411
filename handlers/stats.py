"""Handles ``stats``: calls, answer times, texts and the like of a person or line, for some days beside those before."""

import asyncio
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final, cast
from zoneinfo import ZoneInfo

from bot.activity.call_counts import heard_call
from bot.activity.calls import CallView
from bot.arguments.days import Days, DaySpan, parse_days
from bot.arguments.regularly import Regularly, Repeating, parse_regularly
from bot.arguments.subject import Subject, SubjectChoice
from bot.basics.errors import DialpadError, NotAllowed, Unavailable, UserError
from bot.basics.person import PersonKey
from bot.basics.times import known_zone, on_clock
from bot.cards.rights import Rights, rights_of
from bot.cards.statistics import NAMES, StatsTitle, StatsTopic, answer_time_card, calls_card, rows_card
from bot.catalogue.answers import as_csv
from bot.catalogue.call_records import began, counted_calls
from bot.catalogue.sheets import Sheet
from bot.contract.argument import Carried, Choice, Option
from bot.contract.board import CallSearch
from bot.contract.context import Ctx
from bot.contract.prose import prose
from bot.contract.reply import (
    Answer,
    Attachment,
    Bold,
    Button,
    Card,
    Listing,
    Nothing,
    Prose,
    RawArgs,
    Reply,
    Row,
    When,
)
from bot.contract.routing import Router
from bot.dialpad.action import Risk
from bot.dialpad.actions.stats import GetStats, StartStats, StatsResult

router = Router()

FIRST_LOOK: Final = timedelta(seconds=4)
LATE_AFTER: Final = 6
"""Looks, which take about a minute and a half, after which what was heard here is shown meanwhile."""
MOST_LOOKS: Final = 40
"""Looks, which take about 20 minutes."""
LARGEST_FILE: Final = 8_000_000
MOST_HEARD: Final = 5_000
MOST_SCHEDULED: Final = 10
_STAT_TYPES: Final = {"calls": "calls", "answer time": "calls", "duty": "onduty"}
_OF_A_LINE: Final = frozenset({"csat", "dispositions"})
_ABOUTS: Final = (
    Option("Calls", "calls"), Option("Answer time", "answer time"), Option("Texts", "texts"),
    Option("Voicemails", "voicemails"), Option("Duty", "duty"), Option("Satisfaction (CSAT)", "csat"),
    Option("Dispositions", "dispositions"), Option("Recordings", "recordings"),
)  # fmt: skip
_OTHER_WORDS: Final = (
    ("call", "calls"), ("answer times", "answer time"), ("wait time", "answer time"), ("waits", "answer time"),
    ("text", "texts"), ("sms", "texts"), ("messages", "texts"), ("voicemail", "voicemails"), ("on duty", "duty"),
    ("satisfaction", "csat"), ("surveys", "csat"), ("disposition", "dispositions"), ("recording", "recordings"),
)  # fmt: skip


@dataclass(frozen=True)
class _TopicChoice(Choice):
    """What is counted. "answer time" is one value of two words."""

    async def take(self, ctx: Ctx, words: Any, text: str) -> int:
        for count in (2, 1):
            if len(words) >= count and self.fits(" ".join(word.text for word in words[:count]).rstrip(",;")):
                return count
        return 0


@dataclass(frozen=True)
class _Question:
    """What somebody wants counted. ``zone`` is theirs: days begin by their clock."""

    subject: Subject
    days: DaySpan
    about: StatsTopic
    zone: ZoneInfo
    today: date

    @property
    def args(self) -> dict[str, str]:
        return {"of": self.subject.raw, "days": self.days.raw, "about": self.about}


@router.command(
    "stats",
    usage="[me | <person, call center, department or office>] [today | last week | 1–15 Nov] [calls | answer time | …]",
    summary="See how many calls and texts there were, and how fast they were answered",
    aliases=("statistics", "numbers"),
    phrases={
        **dict.fromkeys(("how many calls", "how many calls today", "call stats", "my stats", "my numbers"), ""),
        **dict.fromkeys(("how fast do we answer", "answer times", "wait times"), "answer time"),
        "how many texts": "texts",
    },
    examples=("stats", "stats Support last week", "stats me today answer time", "stats Support every monday at 9"),
    title="Statistics",
    submit="Show",
    action=StartStats,
    risk=Risk.CHANGE,  # because of getting them again and again; looking changes nothing
)
async def stats(
    ctx: Ctx,
    of: Annotated[
        Subject | None,
        SubjectChoice("Whose", keywords=("of", "for", "by"), bare=True, placeholder="You",
                      hint="Leave it empty for yourself."),
    ] = None,
    days: Annotated[
        DaySpan | None,
        Days("Days", keywords=("since", "from", "in", "during"), bare=True, placeholder="Today",
             hint="Today, yesterday, last week, last 7 days, 1–15 Nov …"),
    ] = None,
    about: Annotated[
        str | None, _TopicChoice("What", options=_ABOUTS, aliases=_OTHER_WORDS, unset="Calls")
    ] = None,
    every: Annotated[
        Regularly | None,
        Repeating("Again and again", keywords=("every",), folded=True, placeholder="monday at 9",
                  hint="You get them in a direct message then."),
    ] = None,
) -> Answer:  # fmt: skip
    """Count calls, texts and the like for some days. Dialpad prepares them; where it refuses or is late, calls are
    counted from what was heard here."""
    question = await _question(ctx, of, days, about)
    if every is not None:
        return await _schedule(ctx, question, every, days.words if days else "")
    return await _begin(ctx, question)


async def _question(ctx: Ctx, of: Subject | None, days: DaySpan | None, about: str | None) -> _Question:
    zone = await ctx.zone()
    today = ctx.now.astimezone(zone).date()
    subject = of or Subject("me", "", "You")
    question = _Question(
        subject, days or DaySpan(today, today, "today"), cast(StatsTopic, about or "calls"), zone, today
    )
    if question.about in _OF_A_LINE and subject.kind in {"me", "user", "company"}:
        raise UserError("Dialpad counts these for a call center, a department or an office. Name one of them.")
    return question


async def _begin(ctx: Ctx, question: _Question) -> Answer:
    try:
        requests = await _start(ctx, question)
    except NotAllowed:
        return await _heard(ctx, question, why=_refused(question))
    except Unavailable:
        return await _heard(ctx, question, why="Dialpad does not answer now. ")
    await _look_later(ctx, {**question.args, "requests": ",".join(requests), "tries": "1"}, FIRST_LOOK)
    asked = {**question.args, "requests": ",".join(requests)}
    return Reply(
        prose("Preparing ", Bold(f"{_named(question)}, {question.days.words}"), "."),
        (Button("Check now", "stats.look", asked),),
    )


async def _start(ctx: Ctx, question: _Question) -> list[str]:
    """Have Dialpad calculate the days and those before, and return the ids of the requests. Today is always asked for
    by itself: Dialpad counts days from yesterday back."""
    days, yesterday = question.days, question.today - timedelta(days=1)
    spans = [(days.before().first, min(days.last, yesterday))]
    asked: dict[str, Any] = {
        "stat_type": _STAT_TYPES.get(question.about, question.about), "export_type": "records",
        "timezone": question.zone.key, **await _target(ctx, question.subject),
    }  # fmt: skip
    bodies = [
        {"days_ago_start": (question.today - last).days, "days_ago_end": (question.today - first).days}
        for first, last in spans
        if first <= last
    ]
    bodies += [{"is_today": True}] if question.today in days else []
    started = [await ctx.send(StartStats.model_validate({**asked, **body})) for body in bodies]
    if not all(one.request_id for one in started):
        raise Unavailable(reason="no request id")
    return [str(one.request_id) for one in started]


async def _target(ctx: Ctx, subject: Subject) -> dict[str, Any]:
    if subject.kind == "company":
        return {}
    if subject.kind == "me":
        return {"target_type": "user", "target_id": await _my_id(ctx)}
    return {"target_type": subject.kind, "target_id": subject.id}


async def _my_id(ctx: Ctx) -> str:
    return next((one.partition(":")[2] for one in (await rights_of(ctx)).places if one.startswith("user:")), "")


async def _look_later(ctx: Ctx, args: RawArgs, wait: timedelta) -> None:
    key = f"stats:{ctx.person.team_id}:{ctx.person.user_id}:{args['requests']}"
    await ctx.deps.later.at(ctx.now + wait, key, "stats.ready", args, ctx.person, {"where": ctx.where.to_json()})


# Once Dialpad has them


_REQUESTS = Carried("Requests", longest=300)


@router.button()
async def look(
    ctx: Ctx,
    of: Annotated[Subject, SubjectChoice("Whose", shown=False)],
    days: Annotated[DaySpan, Days("Days", shown=False)],
    about: Annotated[str, Carried("What", longest=20)],
    requests: Annotated[str, _REQUESTS],
) -> Answer:
    """Check now whether statistics are ready."""
    found = await _results(ctx, requests)
    if _is_failed(found):
        return _failed()
    question = await _question(ctx, of, days, about)
    if not _is_complete(found):
        asked = {**question.args, "requests": requests}
        return Reply("Dialpad is still working on them.", (Button("Check now", "stats.look", asked),))
    return await _deliver(ctx, question, found)


@router.later(risk=Risk.READ)
async def ready(
    ctx: Ctx,
    of: Annotated[Subject, SubjectChoice("Whose", shown=False)],
    days: Annotated[DaySpan, Days("Days", shown=False)],
    about: Annotated[str, Carried("What", longest=20)],
    requests: Annotated[str, _REQUESTS],
    tries: Annotated[str, Carried("Tries", longest=3)] = "1",
) -> Answer:
    """Check whether statistics are ready, and look again until they are."""
    question = await _question(ctx, of, days, about)
    found = await _results(ctx, requests)
    if _is_failed(found):
        return _failed()
    if _is_complete(found):
        return await _deliver(ctx, question, found)
    count = int(tries) if tries.isdigit() else 1
    asked = {**question.args, "requests": requests}
    if count >= MOST_LOOKS:
        return Reply(
            "Dialpad is still working on your statistics. Check again later.",
            (Button("Check now", "stats.look", asked),), tone="warning",
        )  # fmt: skip
    await _look_later(ctx, {**asked, "tries": str(count + 1)}, timedelta(seconds=min(60, 4 * count)))
    if count != LATE_AFTER:
        return Nothing()
    return await _heard(ctx, question, why="Dialpad takes its time; its own numbers follow. ")


async def _results(ctx: Ctx, requests: str) -> list[StatsResult]:
    return list(await asyncio.gather(*(ctx.send(GetStats(id=request)) for request in requests.split(",")[:2])))


def _is_complete(found: list[StatsResult]) -> bool:
    return all((one.status or "").casefold() == "complete" and one.download_url for one in found)


def _is_failed(found: list[StatsResult]) -> bool:
    return any((one.status or "").casefold() == "failed" for one in found)


def _failed() -> Reply:
    return Reply("Dialpad could not calculate these statistics. Ask for fewer days.", tone="warning")


async def _deliver(ctx: Ctx, question: _Question, found: list[StatsResult]) -> Answer:
    links = [str(one.download_url) for one in found]
    downloads = [Button("Download" if len(links) == 1 else f"Download {number}", url=url)
                 for number, url in enumerate(links, 1)]  # fmt: skip
    try:
        rows = await _read(ctx, links)
    except DialpadError:
        sorry = "The numbers could not be fetched for you. Ask for fewer days; these links work for a short while."
        return Card("Your statistics are ready", text=sorry, buttons=tuple(downloads))
    asked = [row for row in rows if _is_in(row, question.days)]
    card = _card(question, rows, await _whose_id(ctx, question.subject))
    if not asked:
        return card
    name = f"{question.about.replace(' ', '-')}-{question.days.first}-{question.days.last}.csv"
    return Attachment(
        name, as_csv(asked).encode(), prose(Bold(card.title if isinstance(card.title, str) else name)), card
    )


async def _read(ctx: Ctx, links: list[str]) -> list[dict[str, str]]:
    if ctx.deps.downloads is None:
        raise Unavailable(reason="downloads are off")
    files = [await ctx.deps.downloads.read(url, largest=LARGEST_FILE) for url in links]
    return [dict(row) for file in files for row in Sheet.parse(file.decode("utf-8", "replace")).rows]


def _is_in(row: dict[str, str], days: DaySpan) -> bool:
    at = began(row)
    return at is not None and at.date() in days


async def _whose_id(ctx: Ctx, subject: Subject) -> str:
    if subject.kind in {"company", "office"}:
        return ""
    return await _my_id(ctx) if subject.kind == "me" else subject.id


def _card(question: _Question, rows: list[dict[str, str]], whose: str) -> Card:
    title = _title(question, "From Dialpad's statistics.")
    days = question.days
    now, before = [row for row in rows if _is_in(row, days)], [row for row in rows if _is_in(row, days.before())]
    if question.about in NAMES:
        return rows_card(title, question.about, now, before)
    calls, then = (counted_calls(part, whose, question.zone) for part in (now, before))
    return answer_time_card(title, calls, then) if question.about == "answer time" else calls_card(title, calls, then)


def _title(question: _Question, source: Prose) -> StatsTitle:
    args = question.args
    place = question.zone.key.rpartition("/")[2].replace("_", " ")
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


def _named(question: _Question) -> str:
    """Return what is counted and whose: ``your answer time``, ``the calls of Support``."""
    what = {"csat": "satisfaction"}.get(question.about, question.about)
    if question.subject.kind == "me":
        return f"your {what}"
    return f"the {what} of {_whose(question)}"


def _whose(question: _Question) -> str:
    return "your company" if question.subject.kind == "company" else question.subject.name


# From what was heard here


async def _heard(ctx: Ctx, question: _Question, *, why: str) -> Answer:
    """Count the calls that were heard of the lines and people this person belongs to. ``why``: why not Dialpad's own
    numbers."""
    if question.about in NAMES:
        return Reply(f"{why}Only calls and answer times can be counted from what was heard here.", tone="warning")
    board, rights = ctx.deps.notifications, await rights_of(ctx)
    if board is None:
        return Reply(f"{why}Notifications are not switched on, so nothing was heard here either.", tone="warning")
    places = _places(question.subject, rights)
    if not rights.cover(places):
        return Reply(
            f"{why}You do not belong to {question.subject.name}, so you do not see what was heard of it here either.",
            tone="warning",
        )

    def fits(view: CallView) -> bool:
        return rights.cover(view.places) and (not places or bool(places & view.places))

    days, before = question.days, question.days.before()
    begin, end = (on_clock(day, 0, question.zone) for day in (before.first, days.last + timedelta(days=1)))
    found = await board.heard_calls(ctx.person, CallSearch(fits, begin, MOST_HEARD, end))
    if found.since is None:
        advice = f"Once {ctx.deps.settings.typed('notify')} posts calls to a channel, they are counted from then on."
        return Reply(f"{why}No calls are heard here yet. {advice}", tone="warning")
    counted = [one for view in found.calls if (one := heard_call(view, question.zone)) is not None]
    now = [one for one in counted if one.at.date() in days]
    is_whole = found.since <= begin and not found.more
    then = [one for one in counted if one.at.date() in before] if is_whole else None
    title = _title(question, prose(why, "Counted from the calls heard here, since ", When(found.since, "date"), "."))
    return answer_time_card(title, now, then) if question.about == "answer time" else calls_card(title, now, then)


def _places(subject: Subject, rights: Rights) -> frozenset[str]:
    if subject.kind == "company":
        return frozenset()
    if subject.kind == "me":
        return frozenset(one for one in rights.places if one.startswith("user:"))
    return frozenset({subject.place})


def _refused(question: _Question) -> str:
    if question.subject.kind == "me":
        return "Dialpad does not show you your own statistics. "
    return f"Dialpad shows statistics of {_whose(question)} to supervisors and admins only. "


# Again and again


async def _schedule(ctx: Ctx, question: _Question, every: Regularly, days: str) -> Answer:
    mine = [one for one in await ctx.deps.later.pending(ctx.person) if one.route == "stats.scheduled"]
    if len(mine) >= MOST_SCHEDULED:
        return Reply(
            f"You already get {len(mine)} of these. Stop one first.",
            (Button("Show them", "stats.kept"),),
            tone="warning",
        )
    args = {**question.args, "days": days or _usual_days(every), "every": every.raw, "zone": question.zone.key}
    first = every.after(ctx.now, question.zone)
    await _keep(ctx, args, first)
    return Reply(
        prose("You get ", Bold(f"{_named(question)}, {args['days']}"),
              f" in a direct message {every.words}, first ", When(first, "date"), "."),
        (Button("Stop", "stats.stop", {"kept": _key(ctx.person, args)}), Button("Now", "stats.now", args)), tone="done",
    )  # fmt: skip


def _usual_days(every: Regularly) -> str:
    return "yesterday" if len(every.weekdays) > 1 else "last 7 days"


async def _keep(ctx: Ctx, args: dict[str, str], at: datetime) -> None:
    await ctx.deps.later.at(at, _key(ctx.person, args), "stats.scheduled", args, ctx.person, {})


def _key(person: PersonKey, args: RawArgs) -> str:
    what = ":".join(str(args[name]) for name in ("of", "about", "days", "every"))
    return f"stats-every:{person.team_id}:{person.user_id}:{what}"


_SCHEDULED_DAYS = Carried("Days", longest=40)


@router.later(risk=Risk.READ)
async def scheduled(
    ctx: Ctx,
    of: Annotated[Subject, SubjectChoice("Whose", shown=False)],
    days: Annotated[str, _SCHEDULED_DAYS],
    about: Annotated[str, Carried("What", longest=20)],
    every: Annotated[str, Carried("Every", longest=20)],
    zone: Annotated[str, Carried("Time zone", longest=60)] = "UTC",
) -> Answer:
    """Ask for statistics that somebody gets again and again, and set the next time."""
    args = {"of": of.raw, "days": days, "about": about, "every": every, "zone": zone}
    await _keep(ctx, args, parse_regularly(every).after(ctx.now, known_zone(zone)))
    return await _begin(ctx, await _as_of_now(ctx, args, of))


@router.button()
async def now(
    ctx: Ctx,
    of: Annotated[Subject, SubjectChoice("Whose", shown=False)],
    days: Annotated[str, _SCHEDULED_DAYS],
    about: Annotated[str, Carried("What", longest=20)],
    every: Annotated[str, Carried("Every", longest=20)] = "",
    zone: Annotated[str, Carried("Time zone", longest=60)] = "UTC",
) -> Answer:
    """Show at once what somebody gets again and again."""
    return await _begin(ctx, await _as_of_now(ctx, {"days": days, "about": about}, of))


async def _as_of_now(ctx: Ctx, args: RawArgs, of: Subject) -> _Question:
    today = ctx.now.astimezone(await ctx.zone()).date()
    return await _question(ctx, of, parse_days(str(args["days"]), today), str(args["about"]))


@router.button()
async def kept(ctx: Ctx) -> Answer:
    """Show the statistics that somebody gets again and again."""
    mine = [one for one in await ctx.deps.later.pending(ctx.person) if one.route == "stats.scheduled"]
    rows = []
    for one in mine:
        subject = await SubjectChoice("Whose").describe(ctx, str(one.args.get("of", "")))
        what = f"{one.args.get('about')}, {subject.text}, {one.args.get('days')}"
        said = prose(parse_regularly(str(one.args.get("every"))).words, ", next ", When(one.when, "date"))
        rows.append(Row(Bold(what).text, said, Button("Stop", "stats.stop", {"kept": one.key})))
    return Listing("Statistics you get", tuple(rows), empty="You get none regularly.")


@router.button(risk=Risk.CHANGE)
async def stop(ctx: Ctx, kept: Annotated[str, Carried("Which", longest=300)]) -> Answer:
    """Stop statistics that come again and again."""
    if not kept.startswith(f"stats-every:{ctx.person.team_id}:{ctx.person.user_id}:"):
        raise UserError("These are somebody else's statistics. Only they can stop them.")
    stopped = await ctx.deps.later.cancel(kept)
    return Reply("You get them no more." if stopped else "They had been stopped before.", tone="done")
