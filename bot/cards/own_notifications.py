"""A person's own notifications: direct messages about their own line, with a switch for each event."""

from collections.abc import Sequence
from typing import Final

from bot.activity.news import DIGESTS, OF_ONE_PERSON, NewsKind, kinds_that
from bot.activity.subscriptions.filters import PlaceFilter, QuietHoursFilter
from bot.activity.subscriptions.subscription import Subscription
from bot.activity.subscriptions.words import in_words
from bot.arguments.subscription_options import events
from bot.basics.errors import UserError
from bot.cards.subscription import quiet_hours, subscription_buttons
from bot.contract.board import Notifications
from bot.contract.context import Ctx
from bot.contract.prose import prose
from bot.contract.reply import Bold, Button, Listing, Prose, Row

USUAL: Final = kinds_that(lambda row: row.own and row.own.usual)
_OWN: Final = sorted((kind.row.own.place, kind) for kind in NewsKind if kind.row.own)
_SWITCHES: Final = {kind: kind.row.own.label for _, kind in _OWN if kind.row.own}
_EVENTS: Final = events("Events")


async def is_own(ctx: Ctx, subscription: Subscription) -> bool:
    """Tell whether a subscription is about the person's own line alone; False while that line cannot be looked up."""
    try:
        return subscription.is_personal and set(subscription.places) == {await _own_place(ctx)}
    except UserError:
        return False


async def own_subscription(ctx: Ctx, notifications: Notifications) -> Subscription | None:
    for subscription in await notifications.subscriptions_here(ctx.person, ctx.person.user_id):
        if await is_own(ctx, subscription):
            return subscription
    return None


async def new_own_subscription(ctx: Ctx, notifications: Notifications, kinds: frozenset[NewsKind]) -> Subscription:
    """Make a subscription for the person's own line, not saved yet. Raises UserError."""
    own = PlaceFilter(await _own_place(ctx), "you")
    return Subscription(
        notifications.new_subscription_id(), ctx.person, ctx.person.user_id, kinds=kinds,
        included=(own,), zone=str(await ctx.zone()),
    )  # fmt: skip


async def _own_place(ctx: Ctx) -> str:
    return f"user:{await ctx.account.user_id()}"


def switches(subscription: Subscription | None, note: Prose = "") -> Listing:
    """Return one row for each event, on or off. ``subscription`` is None for somebody without a subscription of their
    own."""
    on = subscription.kinds if subscription else frozenset()
    kinds = (*_SWITCHES, *(kind for kind in NewsKind if kind in on and kind not in _SWITCHES))
    buttons: tuple[Button, ...] = (Button("Turn on the usual ones", "notify.me", style="primary", in_place=True),)
    if subscription is not None:
        buttons = tuple(one for one in subscription_buttons(subscription) if on or one.route != "notify.resume")
    return Listing(
        prose("Your notifications", " (paused)" if subscription and subscription.paused else ""),
        tuple(_row(kind, subscription, on=kind in on) for kind in kinds),
        note=prose(*_lines(note, subscription)),
        buttons=buttons,
    )


def _row(kind: NewsKind, subscription: Subscription | None, *, on: bool) -> Row:
    args = {"kind": kind.value, "to": "off" if on else "on", "subscription": subscription.id if subscription else ""}
    button = Button("Turn off" if on else "Turn on", "notify.switch", args, in_place=True)
    at = f", at {subscription.digest_time}" if subscription and on and kind in DIGESTS else ""
    return Row((Bold(label_of(kind)),), f"🔔 On{at}" if on else "🔕 Off", button)


def label_of(kind: NewsKind) -> str:
    return _SWITCHES.get(kind) or kind.row.words.capitalize()


def _lines(note: Prose, subscription: Subscription | None) -> list[Prose]:
    said: list[Prose] = [note] if note else []
    if subscription is None:
        said.append("Nothing is turned on. What you turn on arrives as direct messages from me.")
    elif not subscription.kinds:
        said.append("Everything is off, so nothing arrives until you turn something on.")
    elif not subscription.paused:
        said.append("They arrive as direct messages from me.")
    if subscription and subscription.kinds and _is_filtered(subscription):
        said.append(f"They are about {in_words(subscription)}.")
    if subscription and (quiet := quiet_hours(subscription)):
        said.append(f"Quiet from {quiet}")
    parts: list[Prose] = []
    for line in said:
        parts += [" ", line] if parts else [line]
    return parts


def _is_filtered(subscription: Subscription) -> bool:
    return bool(subscription.excluded or subscription.without(PlaceFilter, QuietHoursFilter).included)


async def switch_events(
    ctx: Ctx, notifications: Notifications, subscription: Subscription | None, kinds: Sequence[NewsKind], on: bool
) -> Listing:
    """Turn these events on or off and leave the others; makes the person's own subscription when there is none. Raises
    UserError for events that are not about one person."""
    if others := [kind.row.words for kind in kinds if kind not in OF_ONE_PERSON]:
        raise UserError(f"{others[0].capitalize()} are not about one person. Set them up in a channel.")
    problem = ""
    if subscription is None and not on:
        return switches(None)
    if subscription is None:
        subscription = await new_own_subscription(ctx, notifications, frozenset(kinds))
        problem = await notifications.save_subscription(subscription, ctx.person)
    for kind in kinds:
        subscription = (await notifications.switch_event(subscription, kind, on=on)) or subscription
    said = prose(*(part for kind in kinds for part in (f"{label_of(kind)}: ", Bold("on" if on else "off"), ". ")))
    return switches(subscription, problem or said)


def read_switch(words: str) -> tuple[list[NewsKind], bool] | None:
    """Parse ``voicemail off`` or ``my missed calls on`` into events and on or off. None for anything else."""
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
