"""A person's own notifications: direct messages about their own line, with a switch for each event."""

from collections.abc import Sequence
from typing import Final

from bot.activity.news import DIGESTS, OF_ONE_PERSON, NewsKind, kinds_that
from bot.activity.news_words import read_kinds
from bot.activity.subscriptions.filters import YOU, PlaceFilter, QuietHoursFilter
from bot.activity.subscriptions.overlap import joined, with_quiet_hours_of
from bot.activity.subscriptions.subscription import Subscription
from bot.activity.subscriptions.words import in_words
from bot.basics.errors import UserError
from bot.basics.language import say
from bot.cards.subscription import quiet_hours, subscription_buttons
from bot.contract.board import Notifications
from bot.contract.context import Ctx
from bot.contract.prose import prose, sentence
from bot.contract.reply import Bold, Button, Listing, Prose, Row

USUAL: Final = kinds_that(lambda row: row.own and row.own.usual)
_OWN: Final = sorted((kind.row.own.place, kind) for kind in NewsKind if kind.row.own)
_SWITCHES: Final = {kind: kind.row.own.label for _, kind in _OWN if kind.row.own}


async def is_own(ctx: Ctx, subscription: Subscription) -> bool:
    """Tell whether a subscription is about the person's own line alone; False while that line cannot be looked up."""
    try:
        return subscription.is_personal and set(subscription.places) == {await _own_place(ctx)}
    except UserError:
        return False


async def own_subscriptions(ctx: Ctx, notifications: Notifications) -> list[Subscription]:
    """Return the person's subscriptions to their own line. The first is the one that switches turn events on in: it has
    no filters, if there is such a one."""
    here = await notifications.subscriptions_here(ctx.person, ctx.person.user_id)
    own = [one for one in here if await is_own(ctx, one)]
    return sorted(own, key=lambda one: (one.paused, _is_filtered(one)))


async def added_to_own(
    ctx: Ctx, notifications: Notifications, made: Subscription
) -> tuple[Subscription | None, Subscription]:
    """Return the person's own notifications and what they become, when ``made`` only adds events or quiet hours to
    them; otherwise None, and ``made`` as a new subscription. Quiet hours are for a person: beside notifications
    without them, those of a second one would hold nothing."""
    if await is_own(ctx, made):
        for own in await own_subscriptions(ctx, notifications):
            if own.paused:
                continue
            quiet = with_quiet_hours_of(own, made) if made.quiet else own
            both = joined(quiet, made if made.quiet else with_quiet_hours_of(made, own))
            if both is not None:
                return own, both
    return None, made


async def new_own_subscription(ctx: Ctx, notifications: Notifications, kinds: frozenset[NewsKind]) -> Subscription:
    """Make a subscription for the person's own line, not saved yet. Raises UserError."""
    own = PlaceFilter(await _own_place(ctx), YOU)
    return Subscription(
        notifications.new_subscription_id(), ctx.person, ctx.person.user_id, kinds=kinds,
        included=(own,), zone=str(await ctx.zone()),
    )  # fmt: skip


async def _own_place(ctx: Ctx) -> str:
    return f"user:{await ctx.account.user_id()}"


def switches(own: Sequence[Subscription], note: Prose = "") -> Listing:
    """Return one row for each event, on or off in any of a person's own subscriptions. Their settings are the first
    one's."""
    first = own[0] if own else None
    chosen = {kind for one in own for kind in one.kinds}
    kinds = (*_SWITCHES, *(kind for kind in NewsKind if kind in chosen and kind not in _SWITCHES))
    buttons: tuple[Button, ...] = (Button("Turn on the usual ones", "notify.me", style="primary", in_place=True),)
    if first is not None:
        buttons = tuple(one for one in subscription_buttons(first) if first.kinds or one.route != "notify.resume")
    return Listing(
        sentence(
            "Your notifications{paused}", paused=say(" (paused)") if own and all(one.paused for one in own) else ""
        ),
        tuple(_row(kind, own) for kind in kinds),
        note=prose(*_lines(note, own)),
        buttons=buttons,
    )


def _on_in(kind: NewsKind, own: Sequence[Subscription]) -> list[Subscription]:
    """Return those in which an event is on. While all are paused, what would be on again once they are resumed is."""
    all_paused = all(one.paused for one in own)
    return [one for one in own if kind in one.kinds and (all_paused or not one.paused)]


def _row(kind: NewsKind, own: Sequence[Subscription]) -> Row:
    on = _on_in(kind, own)
    args = {"kind": kind.value, "to": "off" if on else "on", "subscription": ""}
    button = Button("Turn off" if on else "Turn on", "notify.switch", args, in_place=True)
    at = f", {say(' and ').join(_when(one) for one in on)}" if on and kind in DIGESTS else ""
    return Row((Bold(label_of(kind)),), say("🔔 On{at}", at=at) if on else say("🔕 Off"), button)


def _when(subscription: Subscription) -> str:
    return say(
        "at {digest_time} {zone_name} time", digest_time=subscription.digest_said, zone_name=subscription.zone_name
    )


def label_of(kind: NewsKind) -> str:
    words = say(_SWITCHES.get(kind) or kind.row.words)
    return words[:1].upper() + words[1:]


def _lines(note: Prose, own: Sequence[Subscription]) -> list[Prose]:
    said: list[Prose] = [note] if note else []
    if not own:
        said.append(say("Nothing is turned on. What you turn on arrives as direct messages from me."))
    elif not any(one.kinds for one in own):
        said.append(say("Everything is off, so nothing arrives until you turn something on."))
    elif not all(one.paused for one in own):
        said.append(say("What is on arrives as direct messages from me."))
    for one in own:
        if one.kinds and own[1:]:
            words = f"{(say('paused: ') if one.paused else '')}{in_words(one)}."
            said.append(words[:1].upper() + words[1:])
        elif one.kinds and _is_filtered(one):
            said.append(say("They are about {what}.", what=in_words(one)))
        if not own[1:] and (quiet := quiet_hours(one)):
            said.append(say("Quiet from {quiet}", quiet=quiet))
    parts: list[Prose] = []
    for line in said:
        parts += [" ", line] if parts else [line]
    return parts


def _is_filtered(subscription: Subscription) -> bool:
    return bool(subscription.excluded or subscription.without(PlaceFilter, QuietHoursFilter).included)


async def switch_events(
    ctx: Ctx, notifications: Notifications, own: Sequence[Subscription], kinds: Sequence[NewsKind], on: bool
) -> Listing:
    """Turn these events on, or off wherever they are on, and leave the others; makes the person's own subscription when
    there is none. Raises UserError for events that are not about one person."""
    if others := [kind.row.said for kind in kinds if kind not in OF_ONE_PERSON]:
        raise UserError(
            say("{others} are not about one person. Set them up in a channel.", others=others[0].capitalize())
        )
    problem, now = "", list(own)
    if not own and not on:
        return switches([])
    if not own:
        now = [await new_own_subscription(ctx, notifications, frozenset(kinds))]
        problem = await notifications.save_subscription(now[0], ctx.person)
    for kind in kinds:
        for number, one in enumerate(now):
            if (kind in one.kinds) if not on else (number == 0 and not _on_in(kind, now)):
                now[number] = (await notifications.switch_event(one, kind, on=on)) or one
    state = Bold(say("on") if on else say("off"))
    said = prose(*(part for kind in kinds for part in (f"{label_of(kind)}: ", state, ". ")))
    return switches(now, problem or said)


def read_switch(words: str) -> tuple[list[NewsKind], bool] | None:
    """Parse ``voicemail off`` or ``my missed calls on`` into events and on or off. None for anything else."""
    phrase, _, last = words.strip().casefold().rpartition(" ")
    phrase = phrase.strip()
    if last not in {"on", "off"} or not phrase:
        return None
    found = read_kinds(phrase.split())
    return (list(found.kinds), last == "on") if found.kinds and found.length == len(phrase.split()) else None
