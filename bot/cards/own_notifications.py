"""One's own notifications: direct messages about one's own line, with a switch for each event."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.activity.happening import DIGESTS, OF_CALLS, WORDS, NewsKind
from bot.activity.subscriptions.subscription import Filters, Subscription
from bot.activity.subscriptions.words import in_words
from bot.arguments.watched import events
from bot.basics.errors import UserError
from bot.cards.subscription import quiet_hours, watch_buttons
from bot.contract.board import Notifications
from bot.contract.context import Ctx
from bot.contract.prose import prose
from bot.contract.reply import Bold, Button, Listing, Prose, Row

USUAL: Final = frozenset({NewsKind.MISSED, NewsKind.VOICEMAIL, NewsKind.SMS, NewsKind.RECAP})
_SWITCHES: Final = {
    NewsKind.MISSED: "My missed calls",
    NewsKind.VOICEMAIL: "My voicemails",
    NewsKind.SMS: "Texts to my number",
    NewsKind.RECAP: "Recaps of my calls",
    NewsKind.FAILED_SMS: "My texts that did not arrive",
    NewsKind.RECORDING: "Recordings of my calls",
}
_EVENTS: Final = events("Events")


async def is_own(ctx: Ctx, watch: Subscription) -> bool:
    """Whether it is about the person's own line and nothing else; not while nobody can say which line that is."""
    try:
        return watch.is_personal and set(watch.only.places) == {await _own_place(ctx)}
    except UserError:
        return False


async def own_watch(ctx: Ctx, board: Notifications) -> Subscription | None:
    for watch in await board.watches_here(ctx.person, ctx.person.user_id):
        if await is_own(ctx, watch):
            return watch
    return None


async def new_own_watch(ctx: Ctx, board: Notifications, kinds: frozenset[NewsKind]) -> Subscription:
    """Not saved yet. Raises UserError."""
    places = {await _own_place(ctx): "you"}
    return Subscription(
        board.new_watch_id(), ctx.person, ctx.person.user_id, kinds=kinds,
        only=Filters(places=places), zone=str(await ctx.zone()),
    )  # fmt: skip


async def _own_place(ctx: Ctx) -> str:
    return f"user:{await ctx.account.user_id()}"


def switches(watch: Subscription | None, note: Prose = "") -> Listing:
    """One row for each event, on or off; None while there is no subscription of one's own."""
    on = watch.kinds if watch else frozenset()
    kinds = (*_SWITCHES, *(kind for kind in NewsKind if kind in on and kind not in _SWITCHES))
    buttons: tuple[Button, ...] = (Button("Turn the usual on", "notify.me", style="primary", in_place=True),)
    if watch is not None:
        buttons = tuple(one for one in watch_buttons(watch) if on or one.route != "notify.resume")
    return Listing(
        prose("Your notifications", " (paused)" if watch and watch.paused else ""),
        tuple(_row(kind, watch, on=kind in on) for kind in kinds),
        note=prose(*_lines(note, watch)),
        buttons=buttons,
    )


def _row(kind: NewsKind, watch: Subscription | None, *, on: bool) -> Row:
    args = {"kind": kind.value, "to": "off" if on else "on", "watch": watch.id if watch else ""}
    button = Button("Turn off" if on else "Turn on", "notify.switch", args, in_place=True)
    at = f", at {watch.digest_time}" if watch and on and kind in DIGESTS else ""
    return Row((Bold(label_of(kind)),), f"🔔 On{at}" if on else "🔕 Off", button)


def label_of(kind: NewsKind) -> str:
    return _SWITCHES.get(kind) or WORDS[kind].capitalize()


def _lines(note: Prose, watch: Subscription | None) -> list[Prose]:
    said: list[Prose] = [note] if note else []
    if watch is None:
        said.append("Nothing is on. What you turn on comes as direct messages from me.")
    elif not watch.kinds:
        said.append("Everything is off, so nothing comes until you turn something on.")
    elif not watch.paused:
        said.append("They come as direct messages from me.")
    if watch and watch.kinds and _is_filtered(watch):
        said.append(f"They tell about {in_words(watch)}.")
    if watch and (quiet := quiet_hours(watch)):
        said.append(f"Quiet from {quiet}")
    parts: list[Prose] = []
    for line in said:
        parts += [" ", line] if parts else [line]
    return parts


def _is_filtered(watch: Subscription) -> bool:
    more = (watch.but, replace(watch.only, places={}), watch.longer, watch.hours, watch.line_hours)
    return any(bool(one) for one in more)


async def switch_events(
    ctx: Ctx, board: Notifications, watch: Subscription | None, kinds: Sequence[NewsKind], on: bool
) -> Listing:
    """These on or off, the others as they are; a subscription of one's own is made where there is none. Raises
    UserError for what is not about one person."""
    if others := [WORDS[kind] for kind in kinds if kind not in OF_CALLS | DIGESTS and kind not in _SWITCHES]:
        raise UserError(f"{others[0].capitalize()} are not about one person. Choose them in a channel.")
    problem = ""
    if watch is None and not on:
        return switches(None)
    if watch is None:
        watch = await new_own_watch(ctx, board, frozenset(kinds))
        problem = await board.save_watch(watch)
    for kind in kinds:
        watch = (await board.switch_event(watch, kind, on=on)) or watch
    said = prose(*(part for kind in kinds for part in (f"{label_of(kind)}: ", Bold("on" if on else "off"), ". ")))
    return switches(watch, problem or said)


def read_switch(words: str) -> tuple[list[NewsKind], bool] | None:
    """``voicemail off``, ``my missed calls on``: which, and whether on. None for anything else."""
    phrase, _, last = words.strip().casefold().rpartition(" ")
    phrase = phrase.strip()
    if last not in {"on", "off"} or not phrase:
        return None
    whole = {label.casefold(): kind for kind, label in _SWITCHES.items()}
    whole |= {label.removeprefix("my "): kind for label, kind in whole.items()}
    if phrase in whole:
        return [whole[phrase]], last == "on"
    if chosen := _EVENTS.chosen(phrase):
        return [NewsKind(chosen)], last == "on"
    found = [_EVENTS.chosen(word.strip(",;")) for word in phrase.split() if word not in {"and", "my", ","}]
    kinds = [NewsKind(word) for word in found if word is not None]
    return (kinds, last == "on") if kinds and len(kinds) == len(found) else None
