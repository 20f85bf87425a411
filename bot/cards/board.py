"""A call center's board: one message in a channel that says how the line stands right now."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

from bot.activity.board import ANSWER_S, BoardLevel, BoardView
from bot.activity.roster import Agent
from bot.basics.language import mark, say, say_count
from bot.basics.times import lasting
from bot.cards.presence import reason_of
from bot.cards.work_list import OPEN_WORK
from bot.contract.prose import percent, plural, prose, sentence
from bot.contract.reply import Bold, Button, Card, Mention, Part, Prose, Raw, Reply, When

BOARD: Final = "board"
"""The kind of a board's card."""
_SIGNS: Final = {BoardLevel.GOOD: "🟢", BoardLevel.AMBER: "🔶", BoardLevel.RED: "🟥"}
"""A circle, a diamond and a square: told apart without colours as well."""
NOT_HEARD: Final = mark("Calls are not listened to yet: type board or notify in a channel, and they are counted here.")
STALE_AFTER: Final = timedelta(minutes=10)
"""The list of people is asked for every two minutes; one that is older than this says so."""
MOST_NAMED: Final = 12
"""People who are named; the others are counted."""


def board_card(view: BoardView, card: str, subscription: str) -> Card:
    """Return the board. ``card`` and ``subscription`` are what its buttons are about."""
    return Card(
        board_title(view),
        text=board_lines(view),
        note=_note(view),
        buttons=_buttons(view, card),
        menu=_menu(view, card, subscription),
    )


def board_title(view: BoardView) -> str:
    """Return a line's name with what is wrong there, by a sign and in words."""
    said = "; ".join(text for _, text in view.troubles)
    return f"{_SIGNS[view.level]} {view.name}" + (f": {said}" if said else "")


def ended_board(name: str) -> Reply:
    """Return what stands in the place of a board that is not kept up any more."""
    return Reply(say("The board of {name} is not kept up here any more. A newer one may be further down.", name=name))


def board_lines(view: BoardView, *, ask: bool = False) -> Prose:
    """Say who answers, who waits, how the day goes and what is open. ``ask``: it is shown without anybody having asked
    for calls, so that it may be that nobody listens to them."""
    people = [_on_duty(view), *_off_duty(view)] if view.place.startswith("callcenter:") else []
    calls = [say(NOT_HEARD)] if ask and view.heard_since is None else [_waiting(view), _today(view)]
    lines = [*people, *calls, *_open(view)]
    return prose(*(part for line in lines for part in (line, "\n")))[:-1]


def _on_duty(view: BoardView) -> Prose:
    if view.roster_at is None:
        return say("Who is on duty is not known yet.")
    if not view.on_duty:
        return prose(Bold(say("Nobody on duty")))
    free = say(", {count} free", count=len(view.free)) if view.free else ""
    return prose(Bold(say("{count} on duty", count=len(view.on_duty))), f"{free}: ", *_named(view.on_duty, _doing))


def _off_duty(view: BoardView) -> list[Prose]:
    off = [agent for agent in view.agents if not agent.on_duty and not agent.deactivated]
    return [prose(say("{count} off duty: ", count=len(off)), *_named(off, _away))] if off else []


def _named(agents: Sequence[Agent], about: Callable[[Agent], Prose]) -> list[Part]:
    """Name people, each with what there is to say of them; the last ones are counted where there are many."""
    parts: list[Part] = []
    for number, agent in enumerate(agents[:MOST_NAMED]):
        parts += [", "] if number else []
        parts += prose(agent.name, about(agent))
    more = len(agents) - MOST_NAMED
    return [*parts, say(" and {more} more", more=more)] if more > 0 else parts


def _doing(agent: Agent) -> Prose:
    """Say what somebody on duty is at; nothing of who is free."""
    if agent.do_not_disturb:
        return say(" (do not disturb)")
    if agent.status.startswith("wrapup"):
        return say(" (wrapping up)")
    return say(" (on a call)") if agent.on_a_call else ""


def _away(agent: Agent) -> Prose:
    why = reason_of(agent.reason)
    since = sentence("since {when}", when=When(agent.since, "date")) if agent.since else ()
    if not why and not since:
        return ""
    return prose(" (", why, ", " if why and since else "", *since, ")")


def _waiting(view: BoardView) -> Prose:
    live = [say("{calls} going on", calls=plural(view.talking, "call"))] if view.talking else []
    live += [say("{ringing} ringing", ringing=view.ringing)] if view.ringing else []
    others = f" {', '.join(live).capitalize()}." if live else ""
    if not view.waiting:
        return say("Nobody waits in the queue.{others}", others=others)
    since = (
        sentence(", the longest since {when}", when=When(view.waiting[0]))
        if len(view.waiting) > 1
        else sentence(" since {when}", when=When(view.waiting[0]))
    )
    waits = say_count("{count} caller waits", "{count} callers wait", len(view.waiting))
    return prose(Bold(waits), *since, f".{others}")


def _today(view: BoardView) -> Prose:
    today, since = view.today, view.counts_since
    when: Prose = say("Today: ") if since is None else sentence("Since {when}: ", when=When(since))
    if not today.came_in:
        return sentence("{when}no calls.", when=when)
    share = percent(today.answered, today.came_in)
    lost = say(", {missed:,} missed", missed=today.missed) + (
        say(", {abandoned:,} abandoned", abandoned=today.abandoned) if today.abandoned else ""
    )
    within = view.answered_in_time
    in_time = (
        "" if within is None else say(". {within}% of answers within {seconds} s", within=within, seconds=ANSWER_S)
    )
    wait = (
        say(". Median wait {wait}", wait=lasting(today.median_wait_s * 1000) or "0 s")
        if today.median_wait_s is not None
        else ""
    )
    rest = say(
        ", {answered:,} answered ({share}){lost}{in_time}{wait}.",
        answered=today.answered,
        share=share,
        lost=lost,
        in_time=in_time,
        wait=wait,
    )
    return prose(when, Bold(plural(today.came_in, "call")), rest)


def _open(view: BoardView) -> list[Prose]:
    if not view.open_items:
        return []
    free = say(", {unclaimed:,} unclaimed", unclaimed=view.unclaimed) if view.unclaimed else ""
    since = sentence(", the oldest since {when}", when=When(view.oldest, "date")) if view.oldest is not None else ()
    return [prose(say("Open work: "), Bold(f"{view.open_items:,}"), free, *since, ".")]


def _note(view: BoardView) -> Prose:
    """Return who has seen what is wrong, and how old the list of people is where Dialpad does not answer."""
    parts: list[Prose] = []
    if seen := view.is_seen:
        parts.append(
            sentence(
                "👀 Seen by {who}, {when}{note}.",
                who=Mention(seen.by),
                when=When(seen.at),
                note=f": {seen.note}" if seen.note else "",
            )
        )
    if view.roster_at is not None and view.now - view.roster_at > STALE_AFTER:
        parts.append(
            sentence("Who is on duty is as of {when}: Dialpad does not answer.", when=When(view.roster_at, "date"))
        )
    return prose(*(part for one in parts for part in (one, " ")))[:-1]


def _buttons(view: BoardView, card: str) -> tuple[Button, ...]:
    work = Button("Open work", OPEN_WORK, {"group": view.place})
    live = Button("Live calls", "live.live")
    duty = (Button("Who is on duty", "oncall.oncall", {"group": view.place}),
            Button("Change duty…", "duty.duty", form=True)) if view.place.startswith("callcenter:") else ()  # fmt: skip
    is_well = view.level is BoardLevel.GOOD or view.is_seen is not None
    seen = () if is_well else (Button("Seen", "board.seen", {"card": card}, style="primary"),)
    return (*seen, *duty, live, work)


def _menu(view: BoardView, card: str, subscription: str) -> tuple[Button, ...]:
    settings: dict[str, Raw] = {"subscription": subscription}
    note = (
        (Button("Seen, with a note…", "board.seen", {"card": card}, form=True),)
        if view.level is not BoardLevel.GOOD
        else ()
    )
    return (
        *note,
        Button("Statistics of today", "stats.stats", {"of": view.place, "days": "today"}),
        Button("Alerts…", "alerts.alerts", {"group": view.place}),
        Button("Settings", "notify.settings", settings),
    )
