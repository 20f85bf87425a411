"""Handles ``stats``: calls, answer times, texts and the like of a person or line, for some days beside those before."""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Final, cast

from bot.arguments.days import Days, DaySpan, parse_days
from bot.arguments.regularly import Regularly, Repeating, parse_regularly
from bot.arguments.subject import Subject, SubjectChoice
from bot.basics.errors import DialpadError, NotAllowed, Unavailable, UserError
from bot.basics.language import say
from bot.basics.person import PersonKey
from bot.basics.times import known_zone
from bot.cards.asked_statistics import (
    StatsQuestion,
    heard_statistics,
    id_of,
    is_of_days,
    named_statistics,
    prepared_statistics,
    read_files,
    start_statistics,
    statistics_card,
    why_refused,
)
from bot.cards.channel_line import line_of_channel
from bot.cards.statistics import StatsTopic
from bot.catalogue.answers import as_csv
from bot.catalogue.columns import column_heading
from bot.catalogue.stats_waiting import StatsWait
from bot.contract.argument import Carried, Choice, Option
from bot.contract.context import Ctx, Origin
from bot.contract.prose import prose, sentence
from bot.contract.reply import (
    Answer,
    Attachment,
    Bold,
    Button,
    Card,
    Listing,
    Nothing,
    RawArgs,
    Reply,
    Row,
    When,
)
from bot.contract.routing import Router
from bot.dialpad.action import Risk
from bot.dialpad.actions.stats import StartStats, StatsResult

router = Router()

LATE_AFTER: Final = 6
"""Looks, which take about a minute and a half, after which what was heard here is shown meanwhile."""
MOST_SCHEDULED: Final = 10
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


@router.command(
    "stats",
    usage="[me | <person, call center, department or office>] [today | last week | 1–15 Nov] [calls | answer time | …]",
    summary="See how many calls and texts there were, and how fast they were answered",
    aliases=("statistics", "numbers"),
    phrases={
        **dict.fromkeys(("how many calls today", "call stats", "my stats", "my numbers"), ""),
        **dict.fromkeys(
            (
                "how fast do we answer",
                "answer times",
                "wait times",
                "average wait time",
                "average wait",
                "avg wait",
                "waiting time",
                "waiting times",
                "longest wait",
                "average answer time",
                "answer rate",
                "service level",
                "service levels",
                "our service level",
                "sla",
            ),
            "answer time",
        ),
    },
    patterns=(
        (
            re.compile(
                r"how (?:many|much) (?:missed )?(?P<about>calls?|texts?|voicemails?)"
                r"(?: (?:did|does|has|have|were) (?P<who>.+?))?"
                r"(?: (?:get|got|have|had|receive|received|take|taken|make|made|answer|answered|miss|send|sent))?"
                r"(?P<days> (?:today|yesterday|this|last|since|in|on|from|past|during)\b.*)?",
                re.IGNORECASE,
            ),
            "{who} {days} {about}",
        ),
        (
            re.compile(r"how (?:fast|quickly) (?:did|does) (?P<who>.+?) answer(?P<days> .+)?", re.IGNORECASE),
            "{who} {days} answer time",
        ),
        (
            re.compile(
                r"how (?:did|does|do|is|are|was|were) (?P<who>(?!(?:i|we|you|it)\b).+?)"
                r" (?:do|doing|perform|performing|go|going)"
                r"(?P<days> (?:today|yesterday|this|last|since|in|on)\b.*)?",
                re.IGNORECASE,
            ),
            "{who} {days}",
        ),
    ),
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
        SubjectChoice("Whose", keywords=("of", "for", "by"), bare=True, placeholder="The channel's line, or you",
                      hint="Leave it empty for the channel's line, or for yourself."),
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
        return await _schedule(ctx, question, every, (days.typed or days.raw) if days else "")
    return await _begin(ctx, question)


async def _question(ctx: Ctx, of: Subject | None, days: DaySpan | None, about: str | None) -> StatsQuestion:
    zone = await ctx.zone()
    today = ctx.now.astimezone(zone).date()
    subject = of or await _of_this_place(ctx)
    question = StatsQuestion(
        subject, days or DaySpan(today, today, say("today"), "today"), cast(StatsTopic, about or "calls"), zone, today
    )
    if question.about in _OF_A_LINE and subject.kind in {"me", "user", "company"}:
        raise UserError(say("Dialpad counts these for a call center, a department or an office. Name one of them."))
    return question


async def _of_this_place(ctx: Ctx) -> Subject:
    """Return the line whose roster or calls the channel shows, else whoever asks."""
    here = await line_of_channel(ctx) if ctx.origin is Origin.TYPED else None
    return Subject("me", "", say("You")) if here is None else Subject(here.kind, here.id, here.name)


async def _begin(ctx: Ctx, question: StatsQuestion) -> Answer:
    try:
        requests = await start_statistics(ctx, question)
    except NotAllowed:
        return await heard_statistics(ctx, question, why=why_refused(question))
    except Unavailable:
        return await heard_statistics(ctx, question, why=say("Dialpad does not answer now. "))
    wait = _wait_of(question, ",".join(requests))
    await wait.look_again(ctx)
    return wait.preparing(prose(Bold(f"{named_statistics(question)}, {question.days.words}")))


def _wait_of(question: StatsQuestion, requests: str) -> StatsWait:
    return StatsWait(requests, "stats.look", "stats.ready", {**question.args, "requests": requests})


# Once Dialpad has them


_REQUESTS = Carried("Requests", longest=300)


@router.button()
async def look(
    ctx: Ctx,
    of: Annotated[Subject, SubjectChoice("Whose", shown=False)],
    days: Annotated[DaySpan, Days("Days", shown=False)],
    about: Annotated[str, Carried("What", longest=20)],
    requests: Annotated[str, _REQUESTS],
    late: Annotated[str, Carried("Late", longest=3)] = "",
) -> Answer:
    """Check now whether statistics are ready. They are delivered once: by this, or by the clock."""
    question = await _question(ctx, of, days, about)
    return await _wait_of(question, requests).pressed(
        ctx, partial(prepared_statistics, ctx, requests), partial(_deliver, ctx, question), late=bool(late)
    )


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
    count = int(tries) if tries.isdigit() else 1
    wait = _wait_of(question, requests)
    answer = await wait.looked(
        ctx, count, partial(prepared_statistics, ctx, requests), partial(_deliver, ctx, question)
    )
    if count != LATE_AFTER or not isinstance(answer, Nothing):
        return answer
    return await heard_statistics(ctx, question, why=say("Dialpad takes its time; its own numbers follow. "))


async def _deliver(ctx: Ctx, question: StatsQuestion, found: list[StatsResult]) -> Answer:
    links = [str(one.download_url) for one in found]
    downloads = [Button("Download" if len(links) == 1 else say("Download {number}", number=number), url=url)
                 for number, url in enumerate(links, 1)]  # fmt: skip
    try:
        rows = await read_files(ctx, links)
    except DialpadError:
        sorry = say("The numbers could not be fetched for you. Ask for fewer days; these links work for a short while.")
        return Card(say("Your statistics are ready"), text=sorry, buttons=tuple(downloads))
    asked = [row for row in rows if is_of_days(row, question.days)]
    card = statistics_card(question, rows, await id_of(ctx, question.subject))
    if not asked:
        return card
    name = f"{question.about.replace(' ', '-')}-{question.days.first}-{question.days.last}.csv"
    return Attachment(
        name,
        as_csv(asked, column_heading).encode(),
        prose(Bold(card.title if isinstance(card.title, str) else name)),
        card,
    )


# Again and again


async def _schedule(ctx: Ctx, question: StatsQuestion, every: Regularly, days: str) -> Answer:
    mine = [one for one in await ctx.deps.later.pending(ctx.person) if one.route == "stats.scheduled"]
    if len(mine) >= MOST_SCHEDULED:
        return Reply(
            say("You already get {count} of these. Stop one first.", count=len(mine)),
            (Button("Show them", "stats.kept"),),
            tone="warning",
        )
    args = {**question.args, "days": days or _usual_days(every), "every": every.raw, "zone": question.zone.key}
    first = every.after(ctx.now, question.zone)
    await _keep(ctx, args, first)
    return Reply(
        sentence(
            "You get {what} ({days}) in a direct message {regularly}, first {when}.",
            what=Bold(named_statistics(question)),
            days=say(args["days"]),
            regularly=every.words,
            when=When(first, "date"),
        ),
        (Button("Stop", "stats.stop", {"kept": _key(ctx.person, args)}), Button("Now", "stats.now", args)),
        tone="done",
    )


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


async def _as_of_now(ctx: Ctx, args: RawArgs, of: Subject) -> StatsQuestion:
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
        said = sentence(
            "{regularly}, next {when}",
            regularly=parse_regularly(str(one.args.get("every"))).words,
            when=When(one.when, "date"),
        )
        rows.append(Row(Bold(what).text, said, Button("Stop", "stats.stop", {"kept": one.key})))
    return Listing(say("Statistics you get"), tuple(rows), empty=say("You get none regularly."))


@router.button(risk=Risk.CHANGE)
async def stop(ctx: Ctx, kept: Annotated[str, Carried("Which", longest=300)]) -> Answer:
    """Stop statistics that come again and again."""
    if not kept.startswith(f"stats-every:{ctx.person.team_id}:{ctx.person.user_id}:"):
        raise UserError(say("These are somebody else's statistics. Only they can stop them."))
    stopped = await ctx.deps.later.cancel(kept)
    return Reply(say("You get them no more.") if stopped else say("They had been stopped before."), tone="done")
