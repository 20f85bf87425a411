"""Statistics of calls, texts and the like for some days: in words, as a chart and as a table beside the days before."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal, TypeAlias

from bot.activity.call_counts import WAITS_S, CallCount, CountedCall, by_days, by_hour, by_person, count_calls
from bot.activity.digest import spread
from bot.arguments.days import DaySpan
from bot.arguments.subject import Subject
from bot.basics.language import mark, say, say_day, say_days
from bot.basics.times import length_of
from bot.catalogue.call_records import began
from bot.catalogue.sheets import Sheet
from bot.contract.prose import listed, percent, plural, prose, sentence
from bot.contract.reply import Bold, Button, Card, Chart, DataTable, Prose

StatsTopic: TypeAlias = Literal[
    "calls", "answer time", "texts", "voicemails", "duty", "csat", "dispositions", "recordings"
]


@dataclass(frozen=True)
class RowWords:
    """How rows of an export are called. ``name``: in a title; ``none``: what is said when there are none."""

    name: str
    none: str
    count: Callable[[int], str]


NAMES: Final[dict[StatsTopic, RowWords]] = {
    "texts": RowWords(mark("Texts"), mark("No texts in this time."), lambda count: plural(count, "text")),
    "voicemails": RowWords(
        mark("Voicemails"), mark("No voicemails in this time."), lambda count: plural(count, "voicemail")
    ),
    "duty": RowWords(
        mark("Duty"),
        mark("No stretches of duty in this time."),
        lambda count: plural(count, "stretch of duty", "stretches of duty"),
    ),
    "csat": RowWords(
        mark("Satisfaction"), mark("No survey answers in this time."), lambda count: plural(count, "survey answer")
    ),
    "dispositions": RowWords(
        mark("Dispositions"), mark("No dispositions in this time."), lambda count: plural(count, "disposition")
    ),
    "recordings": RowWords(
        mark("Recordings"), mark("No recordings in this time."), lambda count: plural(count, "recording")
    ),
}
MOST_PEOPLE: Final = 10
MOST_BARS: Final = 20
"""The most slots that a chart has room for."""
MOST_KINDS: Final = 6
GOOD_WAIT_S: Final = 20


@dataclass(frozen=True)
class StatsTitle:
    """What a card of statistics is about. ``source`` says where its numbers are from."""

    subject: Subject
    days: DaySpan
    place: str
    source: Prose
    buttons: tuple[Button, ...] = ()

    def heading(self, what: str) -> str:
        whose = say(self.subject.name) if self.subject.kind in {"me", "company"} else self.subject.name
        return f"📊 {what}: {whose}, {say(self.days.words)}"

    @property
    def note(self) -> Prose:
        dates = say_days(self.days.first, self.days.last)
        shown = "" if dates == self.days.words else f"{dates}. "
        return sentence(
            "{shown}Times of day are for {place}. {source}", shown=shown, place=self.place, source=self.source
        )


def calls_card(title: StatsTitle, calls: Sequence[CountedCall], before: Sequence[CountedCall] | None) -> Card:
    """Return how many calls came and went, how they ended and who took them. ``before``: those of the days before, None
    where they are not known."""
    now = count_calls(calls)
    people = _people(calls) if title.subject.kind not in {"me", "user"} else ()
    return Card(
        title.heading(say("Calls")),
        text=_calls_say_days(now, None if before is None else count_calls(before), title.days),
        note=title.note,
        buttons=title.buttons,
        parts=(
            *((_calls_chart(title, calls),) if now.came_in else ()),
            _calls_table(title.days, now, None if before is None else count_calls(before)),
            *people,
        )[:3],
    )  # fmt: skip


def answer_time_card(title: StatsTitle, calls: Sequence[CountedCall], before: Sequence[CountedCall] | None) -> Card:
    """Return how long callers waited for an answer."""
    now, then = count_calls(calls), None if before is None else count_calls(before)
    if not now.waits:
        return Card(
            title.heading(say("Answer time")), text=say("No call was answered in this time."), note=title.note,
            buttons=title.buttons,
        )  # fmt: skip
    good = now.answered_within(GOOD_WAIT_S)
    labels = (
        say("up to 10 s"),
        *(say("up to {length}", length=length_of(one)) for one in WAITS_S[1:]),
        say("over {length}", length=length_of(WAITS_S[-1])),
    )
    rows = [
        (say("Answered"), *(f"{one.answered:,}" for one in _known(now, then))),
        (say("Median wait"), *(length_of(one.median_wait_s) for one in _known(now, then))),
        (say("Within {seconds} s", seconds=GOOD_WAIT_S), *(_share_within(one) for one in _known(now, then))),
        (say("Longest wait"), *(length_of(max(one.waits, default=None)) for one in _known(now, then))),
    ]
    return Card(
        title.heading(say("Answer time")),
        text=sentence(
            "{median}; {good:,} of {count:,} within {seconds} s ({share}).",
            median=Bold(say("Answered after {length} (median)", length=length_of(now.median_wait_s))),
            good=good,
            count=len(now.waits),
            seconds=GOOD_WAIT_S,
            share=percent(good, len(now.waits)),
        ),
        note=title.note,
        buttons=title.buttons,
        parts=(
            Chart(
                say("How long callers waited"),
                labels,
                ((say("Answered"), now.by_wait()),),
                across=say("Wait"),
                up=say("Calls"),
            ),
            DataTable((say("Answers"), *_heads(title.days, then is not None)), tuple(rows)),
        ),
    )


def rows_card(
    title: StatsTitle, about: StatsTopic, rows: Sequence[dict[str, str]], before: Sequence[dict[str, str]]
) -> Card:
    """Return how many rows of an export there are, by day and by what tells them apart."""
    words = NAMES[about]
    name = say(words.name)
    sheet = Sheet(rows)
    if not rows:
        return Card(
            title.heading(name),
            text=say(words.none),
            note=title.note,
            buttons=title.buttons,
        )
    table = [_amounts(say("All"), about, rows, before)]
    table += [_amounts(kind, about, *_of_kind(kind, rows, before)) for kind in _kinds(rows)]
    days = [found.date() for row in rows if (found := began(row)) is not None]
    slots = _slots(title.days)
    counted = tuple(float(sum(1 for day in days if first <= day <= last)) for first, last in slots)
    chart = Chart(
        say("{name} by day", name=name),
        tuple(_slot(*slot) for slot in slots),
        ((name, counted),),
        across=_across(slots),
        up=name,
    )
    said = () if about == "duty" else tuple(fact for fact in sheet.facts() if isinstance(fact.value, str))
    averages = "\n".join(f"{fact.label}: {fact.value}" for fact in said)
    return Card(
        title.heading(name),
        text=prose(Bold(words.count(len(rows))), ". ", _compared(len(rows), len(before), words.count, title.days),
                   f"\n{averages}" if averages else ""),
        note=title.note,
        buttons=title.buttons,
        parts=(
            *((chart,) if days and title.days.length > 1 else ()),
            DataTable((name, *_heads(title.days, compared=True)), tuple(table)),
        ),
    )  # fmt: skip


def _kinds(rows: Sequence[dict[str, str]]) -> list[str]:
    counted = Counter(_kind(row) for row in rows)
    return [] if len(counted) < 2 else [kind for kind, _ in counted.most_common(MOST_KINDS)]


def _of_kind(kind: str, *parts: Sequence[dict[str, str]]) -> list[list[dict[str, str]]]:
    return [[row for row in part if _kind(row) == kind] for part in parts]


def _amounts(name: str, about: StatsTopic, *parts: Sequence[dict[str, str]]) -> tuple[str, ...]:
    """Return a line of the table: how many rows, or for duty how long in all."""
    if about == "duty":
        return (name, *(length_of(sum(_number(row.get("duration", "")) for row in part)) for part in parts))
    return (name, *(f"{len(part):,}" for part in parts))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _kind(row: dict[str, str]) -> str:
    found = next(
        (row[name] for name in ("direction", "disposition", "on_duty_status", "csat_score") if row.get(name)), ""
    )
    return {"inbound": say("Received"), "outbound": say("Sent")}.get(found, found[:1].upper() + found[1:40])


# In words


def _calls_say_days(now: CallCount, then: CallCount | None, days: DaySpan) -> Prose:
    lines: list[Prose] = []
    if now.came_in:
        left = say(" ({voicemails:,} left a voicemail)", voicemails=now.voicemails) if now.voicemails else ""
        endings = [
            say("{answered:,} answered ({share})", answered=now.answered, share=_share(now)),
            say("{missed:,} missed{left}", missed=now.missed, left=left),
        ]
        endings += [say("{abandoned:,} abandoned", abandoned=now.abandoned)] if now.abandoned else []
        lines.append(prose(Bold(say("{calls} came in", calls=plural(now.came_in, "call"))), ": ", listed(endings), "."))
    else:
        lines.append(Bold(say("No calls came in")).text + ".")
    if now.made:
        lines.append(
            say(
                "{calls} went out, {reached:,} of them reached somebody.",
                calls=plural(now.made, "call"),
                reached=now.reached,
            )
        )
    times = [say("Median wait {length}", length=length_of(now.median_wait_s))] if now.median_wait_s is not None else []
    if now.average_talk_s is not None:
        average = mark("average talk {length}") if times else mark("Average talk {length}")
        times.append(say(average, length=length_of(now.average_talk_s)))
    if times:
        lines.append(f"{', '.join(times)}.")
    if then is not None:
        lines.append(_compared(now.came_in, then.came_in, lambda count: plural(count, "call"), days))
    return prose(lines[0], *(prose("\n", line) for line in lines[1:]))


def _compared(now: int, then: int, counted: Callable[[int], str], days: DaySpan) -> str:
    if days.words in {say("today"), say("this week"), say("this month")}:
        return ""  # a part of a day beside a whole one says nothing
    before = say_days(days.before().first, days.before().last, short=True)
    if now == then:
        return say("As many as {before}.", before=before) if now else ""
    count = abs(now - then)
    more = mark("{count:,} more {things} than {before}.")
    fewer = mark("{count:,} fewer {things} than {before}.")
    things = counted(count).partition(" ")[2]
    return say(more if now > then else fewer, count=count, things=things, before=before)


def _share(count: CallCount) -> str:
    return percent(count.answered, count.came_in) if count.came_in else "–"


def _share_within(count: CallCount) -> str:
    if not count.waits:
        return "–"
    good = count.answered_within(GOOD_WAIT_S)
    return f"{good:,} ({percent(good, len(count.waits))})"


# As charts and as tables


def _calls_chart(title: StatsTitle, calls: Sequence[CountedCall]) -> Chart:
    if title.days.length == 1:
        slots = spread(by_hour(calls))
        labels = [f"{begin:02}:00" if end == begin + 1 else f"{begin:02}–{end:02}" for begin, end, _ in slots]
        pairs = [pair for *_, pair in slots]
        return _chart(say("Calls that came in, by hour"), labels, pairs, say("Hour in {place}", place=title.place))
    days = _slots(title.days)
    return _chart(say("Calls that came in, by day"), [_slot(*one) for one in days], by_days(calls, days), _across(days))


def _chart(name: str, labels: Sequence[str], pairs: Sequence[tuple[int, int]], across: str) -> Chart:
    answered, others = tuple(pair[0] for pair in pairs), tuple(pair[1] for pair in pairs)
    return Chart(
        name,
        tuple(labels),
        ((say("Answered"), answered), (say("Not answered"), others)),
        across=across,
        up=say("Calls"),
    )


def _slots(days: DaySpan) -> list[tuple[date, date]]:
    """Return the bars of a chart: days, or as many days together as there is room for, weeks where that is enough."""
    size = next(size for size in (1, 7, 30) if days.length <= size * MOST_BARS)
    firsts = [days.first + timedelta(days=number) for number in range(0, days.length, size)]
    return [(first, min(days.last, first + timedelta(days=size - 1))) for first in firsts]


def _across(slots: Sequence[tuple[date, date]]) -> str:
    """Return what the labels of a chart are: nothing to say of days."""
    return "" if all(first == last for first, last in slots) else say("From")


def _slot(first: date, last: date) -> str:
    return say_day(first, "EEE d") if first == last else say_day(first, "d MMM")


def _known(now: CallCount, then: CallCount | None) -> list[CallCount]:
    return [now] if then is None else [now, then]


def _heads(days: DaySpan, compared: bool) -> list[str]:
    spans = [days, *([days.before()] if compared else [])]
    return [say_days(span.first, span.last, short=True) for span in spans]


def _calls_table(days: DaySpan, now: CallCount, then: CallCount | None) -> DataTable:
    known = _known(now, then)
    counted = (
        (say("Came in"), [one.came_in for one in known], True),
        (say("… answered"), [one.answered for one in known], True),
        (say("… missed"), [one.missed for one in known], True),
        (say("… left a voicemail"), [one.voicemails for one in known], False),
        (say("… abandoned"), [one.abandoned for one in known], False),
        (say("Went out"), [one.made for one in known], False),
        (say("… reached somebody"), [one.reached for one in known], False),
    )
    rows = [(name, *(f"{one:,}" for one in numbers)) for name, numbers, always in counted if always or any(numbers)]
    rows.append((say("Median wait for an answer"), *(length_of(one.median_wait_s) for one in known)))
    rows.append((say("Average talk time"), *(length_of(one.average_talk_s) for one in known)))
    return DataTable((say("Calls"), *_heads(days, then is not None)), tuple(rows))


def _people(calls: Sequence[CountedCall]) -> tuple[DataTable, ...]:
    counted = by_person(calls)
    if sum(one.answered for _, one in counted) < count_calls(calls).answered or not counted:
        return ()  # of some it is not known who took them: a part would look like the whole
    rows = [
        (who, f"{one.answered:,}", f"{one.made:,}", length_of(sum(one.talks)) if one.talks else "–")
        for who, one in counted[:MOST_PEOPLE]
    ]
    if len(counted) > MOST_PEOPLE:
        rest = [one for _, one in counted[MOST_PEOPLE:]]
        rows.append(
            (
                say("{count:,} more", count=len(rest)),
                f"{sum(one.answered for one in rest):,}",
                f"{sum(one.made for one in rest):,}",
                length_of(sum(sum(one.talks) for one in rest)),
            )
        )
    return (DataTable((say("Who"), say("Answered"), say("Made"), say("Talked")), tuple(rows)),)
