"""A day or a week on the phones as a channel sees it: the numbers in words, as a chart and as a table."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from bot.activity.digest import Digest, Pair, Tally, busiest, spread
from bot.activity.digest_times import DigestPeriod, one_before
from bot.activity.news import NewsKind
from bot.activity.subscriptions.filters import QuietHoursFilter
from bot.activity.subscriptions.stored import read_whole
from bot.activity.subscriptions.words import conditions_in_words, lines_in_words
from bot.activity.work_tally import WorkTally
from bot.basics.language import mark, say, say_day, say_days, say_weekday
from bot.basics.times import city_of, how_long, length_of
from bot.cards.work_list import OPEN_WORK
from bot.contract.prose import listed, percent, plural, prose, sentence
from bot.contract.reply import Bold, Button, Card, Chart, DataTable, Prose, Reply, When

_NAMES: Final = {NewsKind.DAILY: mark("Daily digest"), NewsKind.WEEKLY: mark("Weekly digest")}
MOST_DISPOSITIONS: Final = 5
MOST_SETTLERS: Final = 3
"""Those who settled the most, by name."""
_BEFORE: Final = {NewsKind.DAILY: mark("the day before"), NewsKind.WEEKLY: mark("the week before")}


def digest_card(digest: Digest, subscription: str, names: Mapping[str, str] | None = None) -> Card | Reply:
    """Return a digest as a card; a period without calls is one line, and one for open work. ``names`` of those who
    settled some, by their place at Dialpad."""
    left = digest.still_open is not None and bool(digest.still_open.items)
    open_work = (Button("Show open work", OPEN_WORK),) if left else ()
    gear = (
        (
            *open_work,
            Button("Settings", "notify.settings", {"subscription": subscription}),
        )
        if subscription
        else open_work
    )
    so_far = say(" so far") if digest.period.so_far else ""
    name = f"{say(_NAMES[digest.period.kind])}{so_far} {_counted(digest)[0]}, {_days(digest.period, digest)}"
    now = digest.tally
    if not now.calls:
        texts = say(" {texts} came.", texts=plural(now.texts, "text")) if now.texts else ""
        silent = prose(" ", _silence(digest)) if digest.silences else ""
        work = [prose("\n", line) for line in _work(digest, names or {})]
        return Reply(
            prose(
                "📊 ",
                Bold(name),
                say(" ({place} time): no calls.{texts}", place=_place(digest), texts=texts),
                silent,
                *work,
            ),
            gear,
        )
    charts = (_by_day(digest), _by_hour(digest)) if digest.period.kind is NewsKind.WEEKLY else (_by_hour(digest),)
    return Card(
        f"📊 {name}",
        text=_summary(digest, names or {}),
        note=_small_print(digest),
        buttons=gear,
        parts=(*charts, _table(digest)),
    )


def _days(period: DigestPeriod, digest: Digest, *, short: bool = False) -> str:
    """Return ``Monday 23 November`` or ``16 to 22 November``; ``short``: ``Mon 23 Nov``, ``16 – 22 Nov``."""
    return say_days(*period.days(digest.clock), short=short)


# In words


def _summary(digest: Digest, names: Mapping[str, str]) -> Prose:
    now = digest.tally
    left = say(" ({voicemails} left a voicemail)", voicemails=now.voicemails) if now.voicemails else ""
    endings = [
        say("{answered} answered ({share})", answered=now.answered, share=_share(now)),
        say("{missed} missed{left}", missed=now.missed, left=left),
    ]
    endings += [say("{abandoned} abandoned", abandoned=now.abandoned)] if now.abandoned else []
    first = (
        [say("Median wait {length_of}.", length_of=length_of(now.median_wait_s))]
        if now.median_wait_s is not None
        else []
    )
    first += [say("Still unclaimed: {open:,}.", open=now.open)] if now.open else []
    second = [_compared(digest, digest.before)] if digest.before is not None else []
    second += [said] if (said := _busiest(digest)) else []
    third = [_dispositions(now)] if now.dispositions else []
    lines: list[Prose] = [" ".join(line) for line in (first, second, third) if line]
    lines += _work(digest, names)
    return prose(Bold(plural(now.calls, "call")), ": ", listed(endings), ".", *(prose("\n", line) for line in lines))


def _dispositions(tally: Tally) -> str:
    shown = [f"{name} {calls:,}" for name, calls in tally.dispositions[:MOST_DISPOSITIONS]]
    others = sum(calls for _, calls in tally.dispositions[MOST_DISPOSITIONS:])
    return say(
        "Dispositions: {counted}.",
        counted=", ".join([*shown, *([say("others {others:,}", others=others)] if others else [])]),
    )


def _work(digest: Digest, names: Mapping[str, str]) -> list[Prose]:
    """Return what became of open work and what is left of it, a line each."""
    work, left = digest.work, digest.still_open
    said: list[Prose] = []
    if work is not None and work.items:
        after = (
            say(", answered after {length_of} (median)", length_of=length_of(work.median_answer_s))
            if work.answers
            else ""
        )
        within = say("; {within} within {target}", within=_within(work), target=_target(digest)) if work.due else ""
        said.append(
            say(
                "{customers} needed somebody{after}{within}.",
                customers=plural(work.items, "customer"),
                after=after,
                within=within,
            )
        )
    if work is not None and work.settlers:
        who = [f"{_named(one.who, names)} {one.items:,}" for one in work.settlers[:MOST_SETTLERS]]
        others = sum(one.items for one in work.settlers[MOST_SETTLERS:])
        said.append(
            sentence(
                "Settled by {people}.",
                people=listed([*who, *([say("others {others:,}", others=others)] if others else [])]),
            )
        )
    if left is not None and left.items and left.oldest is not None:
        free = say(" ({unclaimed:,} unclaimed)", unclaimed=left.unclaimed) if left.unclaimed else ""
        since = sentence(", the oldest since {when}.", when=When(left.oldest, "date"))
        said.append(prose(Bold(say("Still open: {items:,}", items=left.items)), free, since))
    return said


def _target(digest: Digest) -> str:
    return f"{how_long(digest.target_min)}{(say(' of opening hours') if digest.in_hours else '')}"


def _within(work: WorkTally) -> str:
    return say("{within:,} of {due:,}", within=work.within, due=work.due)


def _named(who: str, names: Mapping[str, str]) -> str:
    return names.get(who) or (say("a colleague") if not who or who.startswith("user:") else who)


def _share(tally: Tally) -> str:
    return percent(tally.answered, tally.calls) if tally.calls else "–"


def _compared(digest: Digest, before: Tally) -> str:
    then, more = say(_BEFORE[digest.period.kind]), digest.tally.calls - before.calls
    if not more:
        return say("As many calls as {then}.", then=then)
    return say(
        "{calls} {more_or_fewer} than {then}.",
        calls=plural(abs(more), "call"),
        more_or_fewer=say("more") if more > 0 else say("fewer"),
        then=then,
    )


def _busiest(digest: Digest) -> str:
    hour, day = busiest(digest.tally.hours), busiest(digest.tally.days)
    times = say("from {begin}:00 to {end}:00", begin=hour, end=hour + 1) if hour is not None else ""
    if digest.period.kind is NewsKind.DAILY or day is None:
        return (
            say("Busiest {times}, with {calls}.", times=times, calls=plural(sum(digest.tally.hours[hour]), "call"))
            if hour is not None
            else ""
        )
    on = say(
        "Busiest on {weekday}, with {calls}",
        weekday=say_weekday(day),
        calls=plural(sum(digest.tally.days[day]), "call"),
    )
    return say("{on}, and {times} over the week.", on=on, times=times) if times else f"{on}."


def _counted(digest: Digest) -> tuple[str, ...]:
    """Say which lines were counted, and with which conditions."""
    if not digest.made:
        return (digest.lines, *digest.conditions)
    made = read_whole(digest.made, "")
    return (lines_in_words(made), *conditions_in_words(made.without(QuietHoursFilter)))


def _small_print(digest: Digest) -> Prose:
    which = _counted(digest)
    counted = say("Counted: calls {which}. ", which=", ".join(which)) if which[1:] else ""
    silent = prose(_silence(digest), "\n") if digest.silences else ""
    return sentence(
        "{silent}{counted}Times of day are for {place}.", silent=silent, counted=counted, place=_place(digest)
    )


def _place(digest: Digest) -> str:
    return city_of(digest.zone)


def _silence(digest: Digest) -> Prose:
    (begin, end), *more = digest.silences
    period = digest.period
    if (begin, end) == (period.begin, period.end):
        return say("⚠️ Nothing was received from Dialpad during that time.")
    if begin == period.begin and not more:
        return sentence(
            "⚠️ I have been listening since {when}; anything before that is missing.", when=When(end, "date")
        )
    if more:
        length = sum((end - begin for begin, end in digest.silences), timedelta())
        said: Prose = say("for {length_of} in all", length_of=length_of(length.total_seconds()))
    else:
        said = sentence("from {begin} to {end}", begin=When(begin, "date"), end=When(end))
    return sentence("⚠️ Nothing was received from Dialpad {said}, so calls from that time may be missing.", said=said)


# As charts and as a table


def _by_hour(digest: Digest) -> Chart:
    slots = spread(digest.tally.hours)
    labels = [f"{begin:02}:00" if end == begin + 1 else f"{begin:02}–{end:02}" for begin, end, _ in slots]
    return _chart(
        say("Calls by hour"), labels, [pair for *_, pair in slots], say("Hour in {place}", place=_place(digest))
    )


def _by_day(digest: Digest) -> Chart:
    first, _ = digest.period.days(digest.clock)
    days = [first + timedelta(days=number) for number in range(7)]
    counts = [digest.tally.days[day.weekday()] for day in days]
    return _chart(say("Calls by day"), [say_day(day, "EEE d") for day in days], counts, "")


def _chart(title: str, labels: Sequence[str], pairs: Sequence[Pair], across: str) -> Chart:
    answered, others = tuple(pair[0] for pair in pairs), tuple(pair[1] for pair in pairs)
    series = ((say("Answered"), answered), (say("Not answered"), others))
    return Chart(title, tuple(labels), series, across=across, up=say("Calls"))


def _table(digest: Digest) -> DataTable:
    tallies = [digest.tally, *([digest.before] if digest.before is not None else [])]
    periods = [digest.period, one_before(digest.period, digest.clock)]
    head = [_days(period, digest, short=True) for period, _ in zip(periods, tallies, strict=False)]
    works = [digest.work, *([digest.work_before] if digest.before is not None else [])]
    known = [one for one in works if one is not None]
    counted = (
        (say("Missed"), [one.missed for one in tallies], True),
        (say("… and left a voicemail"), [one.voicemails for one in tallies], False),
        (say("Abandoned"), [one.abandoned for one in tallies], False),
        *(((say("Still unclaimed"), [one.open for one in tallies], True),) if digest.work is None else ()),
        (say("Texts received"), [one.texts for one in tallies], False),
    )
    rows = [
        (say("Calls"), *(f"{one.calls:,}" for one in tallies)),
        (say("Answered"), *(f"{one.answered:,} ({_share(one)})" for one in tallies)),
        *((name, *(f"{one:,}" for one in numbers)) for name, numbers, always in counted if always or any(numbers)),
        (say("Median wait for an answer"), *(_of(one.median_wait_s, one.waits) for one in tallies)),
        (say("Average talk time"), *(_of(one.average_talk_s, one.talks) for one in tallies)),
        *(_work_rows(known, _target(digest) if digest.target_min else "") if len(known) == len(tallies) else ()),
    ]
    return DataTable((say("Phones"), *head), tuple(rows))


def _work_rows(works: Sequence[WorkTally], target: str) -> list[tuple[str, ...]]:
    rows = [
        (say("Needed somebody"), *(f"{one.items:,}" for one in works)),
        (say("… and still open"), *(f"{one.open:,}" for one in works)),
        (say("Median time to an answer"), *(_of(one.median_answer_s, one.answers) for one in works)),
    ]
    if target:
        rows.append(
            (say("Answered within {target}", target=target), *(_within(one) if one.due else "–" for one in works))
        )
    return rows


def _of(seconds: float | None, calls: int) -> str:
    return say("{length_of} (of {calls:,})", length_of=length_of(seconds), calls=calls) if calls else "–"
