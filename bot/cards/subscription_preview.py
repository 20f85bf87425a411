"""What is shown before a subscription is saved: all of it in words, how often it would have posted, and what is there
already."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Final

from bot.activity.news import DIGESTS, NewsKind
from bot.activity.subscriptions.filters import join_words
from bot.activity.subscriptions.forecast import COUNTED, Forecast, Forecasts
from bot.activity.subscriptions.overlap import Overlap, changed_settings, joined
from bot.activity.subscriptions.stored import write_whole
from bot.activity.subscriptions.subscription import LOOKED_AT, Subscription
from bot.activity.subscriptions.words import by_clock, in_words, kinds_in_words
from bot.basics.language import mark, say
from bot.cards.subscription import fields_of, subscription_facts
from bot.contract.prose import listed, plural, prose, sentence
from bot.contract.reply import Button, Confirm, Fact, Mention, Prose, Raw, Reply

A_BOARD: Final = mark("A board is one message for each line, changed in place.")
NOT_HERE: Final = mark("I am not in this channel yet: invite me with /invite, or nothing is posted.")
_SAID: Final = {
    NewsKind.BOARD: A_BOARD,
    NewsKind.ALERT: mark(
        "An alert is posted once, can be acknowledged and snoozed, and closes itself when it is over."
    ),
}
"""What is easily taken for something else, by the kind of event."""
_ONE: Final = {
    NewsKind.RINGING: mark("incoming call"),
    NewsKind.MISSED: mark("missed call"),
    NewsKind.ABANDONED: mark("abandoned call"),
    NewsKind.CALLBACK: mark("callback request"),
    NewsKind.ANSWERED: mark("answered call"),
    NewsKind.ENDED: mark("ended call"),
    NewsKind.VOICEMAIL: mark("voicemail"),
    NewsKind.RECAP: mark("recap"),
    NewsKind.RECORDING: mark("recording"),
    NewsKind.SMS: mark("text"),
    NewsKind.FAILED_SMS: mark("failed text"),
}
"""What is counted, once."""
_NAMED: Final = 2
"""Lines that are named on a button."""


def preview(
    made: Subscription,
    before: Subscription | None,
    *,
    overlaps: Sequence[Overlap] = (),
    forecasts: Forecasts | None = None,
    notes: Sequence[Prose] = (),
) -> Confirm:
    """Return the question whether ``made`` is to be saved. ``before`` is what it changes, None for a new one."""
    changes = [] if before is None else changed_settings(before, made)
    about, *rest = subscription_facts(made)
    facts = (
        about,
        Fact(say("Where"), _where(made)),
        Fact(say("How often"), said) if forecasts and (said := forecast_words(made, forecasts)) else None,
        Fact(say("Changes"), ", ".join(map(say, changes))) if changes else None,
        Fact(say("Until now"), in_words(before)) if before is not None and in_words(before) != in_words(made) else None,
        Fact(say("Already there"), _shared_words(made, overlaps)) if overlaps else None,
        *rest,
    )
    return Confirm(
        "notify.save_now",
        _kept(made, before, overlaps),
        say("Save the change?") if before else say("Save this?"),
        tuple(fact for fact in facts if fact),
        say("Save"),
        note=_spaced([*(say(said) for kind, said in _SAID.items() if kind in made.kinds), *notes]),
        edit=Button("Change", "notify.save", form_fields(made, is_new=before is None)),
        instead=_change_other(made, overlaps) if before is None else (),
    )


def _kept(made: Subscription, before: Subscription | None, overlaps: Sequence[Overlap]) -> Mapping[str, Raw]:
    kept: dict[str, Raw] = {"channel": made.channel, "made": write_whole(made)}
    kept |= {"before": write_whole(before)} if before is not None else {}
    return kept | {"known": " ".join(one.other.id for one in overlaps)}


def form_fields(made: Subscription, *, is_new: bool) -> dict[str, Raw]:
    """Return the form's values; of a new one without an id, since there is nothing to change yet."""
    fields = fields_of(made)
    if is_new:
        del fields["subscription"]
        fields |= {"to": "me"} if made.is_personal else {}
    people = " ".join(people_among(made))
    return fields | ({"people": people} if people else {})


def mark_of(subscription: Subscription) -> str:
    """Return a mark that is another one once the subscription was changed."""
    return sha256(write_whole(replace(subscription, problem="")).encode()).hexdigest()[:12]


def people_among(made: Subscription) -> dict[str, str]:
    """Return the people whose own lines a channel would see, by place."""
    if made.is_personal:
        return {}
    return {place: name for place, name in made.places.items() if place.startswith("user:")}


def _where(made: Subscription) -> Prose:
    return say("to you, as direct messages") if made.is_personal else sentence("in {who}", who=Mention(made.channel))


def _spaced(notes: Sequence[Prose]) -> Prose:
    parts: list[Prose] = []
    for note in notes:
        parts += [" ", note] if parts else [note]
    return prose(*parts)


# What is there already


def already_there(made: Subscription, same: Subscription) -> Reply:
    """Say that what somebody asks for is there already, and is not saved twice."""
    gets = (
        sentence("You already get this")
        if made.is_personal
        else sentence("{who} already gets this", who=Mention(made.channel))
    )
    by = () if made.is_personal else sentence(": set up by {who}", who=Mention(same.owner.user_id))
    this: dict[str, Raw] = {"subscription": same.id}
    resume = (Button("Resume", "notify.resume", this, "primary", in_place=True),) if same.paused else ()
    return Reply(
        prose(gets, by, say(", but it is paused.") if same.paused else "."),
        (*resume, Button("Settings", "notify.settings", this)),
    )


def _shared_words(made: Subscription, overlaps: Sequence[Overlap]) -> Prose:
    said: list[Prose] = []
    for one in overlaps[:2]:
        by = () if made.is_personal else sentence(", set up by {who}", who=Mention(one.other.owner.user_id))
        what = say("all of it") if one.whole else kinds_in_words(one.other, one.kinds)
        said.append(sentence("{what}, by “{which}”{by}.", what=what, which=in_words(one.other), by=by))
    digests = {kind for one in overlaps for kind in one.kinds & DIGESTS}
    others = {kind for one in overlaps for kind in one.kinds - DIGESTS}
    if others:
        said.append(say("Each call or text is posted once, with the settings of the older one."))
    if digests:
        names = say(" and ").join(kind.row.said for kind in NewsKind if kind in digests)
        said.append(say("{names} would come twice.", names=names[:1].upper() + names[1:]))
    return _spaced([*said, say("{count} more have some of it.", count=len(overlaps) - 2)] if overlaps[2:] else said)


def _change_other(made: Subscription, overlaps: Sequence[Overlap]) -> tuple[Button, ...]:
    """Return the button that changes what is there already, instead of adding to it."""
    if not overlaps:
        return ()
    other = overlaps[0].other
    both = joined(other, made)
    if both is None or both == other:
        return (Button("Change that one instead", "notify.edit", {"subscription": other.id}, in_place=True),)
    return (Button("Change that one instead", "notify.save", form_fields(both, is_new=False), in_place=True),)


# How often


def forecast_words(made: Subscription, forecasts: Forecasts) -> str:
    """Say how often it would have posted yesterday; "" for what comes by the clock alone."""
    counted = made.kinds & COUNTED
    uncounted = [kind for kind in NewsKind if kind in made.kinds - COUNTED - DIGESTS - LOOKED_AT]
    said = [_yesterday(made, forecasts)] if counted else []
    if uncounted:
        names = say(" and ").join(kind.row.said for kind in uncounted)
        said.append(say("No count for {names}: I keep those only once somebody wants them.", names=names))
    return " ".join(said)


def _yesterday(made: Subscription, forecasts: Forecasts) -> str:
    then, today = forecasts.yesterday, forecasts.today
    so_far = say(" Today so far: {times}.", times=_times(today)) if today.posts else ""
    if not then.known:
        return say(
            "I have no {calls_or_texts} from yesterday to compare with.{so_far}",
            calls_or_texts=_calls_or_texts(made),
            so_far=so_far,
        )
    if then.posts:
        kinds = [(kind, then.of_kind[kind]) for kind in NewsKind if then.of_kind.get(kind)]
        parts = [f"{count:,} {_one_or_more(kind, count)}" for kind, count in kinds] if len(kinds) > 1 else []
        detail = f" ({', '.join(parts)})" if parts else ""
        said = say("It would have posted {times} yesterday{detail}.", times=_times(then), detail=detail)
    elif then.seen:
        seen = plural(then.seen, "call or text", "calls and texts")
        said = say(
            "It would have posted nothing yesterday: none of the {seen} of {lines} was one of these.",
            seen=seen,
            lines=_lines(made),
        )
    else:
        said = say(
            "It would have posted nothing yesterday: {lines} had no {calls_or_texts} that I know of.",
            lines=_lines(made),
            calls_or_texts=_calls_or_texts(made),
        )
    before = forecasts.unchanged
    if before is not None and before.posts != then.posts:
        said += say(" As it is now: {times}.", times=_times(before))
    return said + ("" if then.posts else so_far)


def _times(found: Forecast) -> str:
    return (say("at least ") if found.partly else "") + (
        plural(found.posts, "time") if found.posts else say("not once")
    )


def _one_or_more(kind: NewsKind, count: int) -> str:
    return say(_ONE[kind]) if count == 1 and kind in _ONE else kind.row.said


def _calls_or_texts(made: Subscription) -> str:
    cards = {kind.row.card for kind in made.kinds & COUNTED}
    return say(" or ").join(
        name for name, card in ((say("calls"), "call"), (say("texts"), "conversation")) if card in cards
    )


def _lines(made: Subscription) -> str:
    names = list(made.places.values())
    return join_words([*names[:3], *([say("other lines")] if names[3:] else [])], "and") or say("your company")


# People's own lines


def own_lines_question(made: Subscription, people: Mapping[str, str], own: str, *, is_new: bool) -> Reply:
    """Ask whether people's own lines are meant to be shown in a channel. ``own`` is the place of whoever asks."""
    lines = {place: name for place, name in made.places.items() if place not in people}
    names: list[Prose] = [
        say("your own line") if place == own else say("{name}'s own line", name=name) for place, name in people.items()
    ]
    meant = form_fields(made, is_new=is_new)
    others = {name: value for name, value in meant.items() if name != "people"}
    choices: list[tuple[str, dict[str, Raw]]] = []
    if lines:
        only = say(" and ").join(lines.values()) if len(lines) <= _NAMED else say("the {count} lines", count=len(lines))
        choices.append((say("Only {only}", only=only), others | {"places": list(lines)}))
    if is_new and list(people) == [own]:
        label = say("Mine to me") if lines else say("Send them to me")
        choices.append((label, others | {"to": "me", "places": [own]}))
    choices.append((say("Post them here"), meant))
    return Reply(
        prose(
            say("That is about "),
            *listed(names),
            say(": everybody in "),
            Mention(made.channel),
            say(" would see what comes in."),
        ),
        tuple(
            Button(label, "notify.save", args, None if number else "primary", in_place=True)
            for number, (label, args) in enumerate(choices)
        ),
    )


def notes_on(made: Subscription, zone: str) -> list[Prose]:
    """Return what is easily overlooked: people's own lines among all lines, and a clock that is not the reader's."""
    notes: list[Prose] = []
    if not made.is_personal and not made.places and made.kinds & COUNTED:
        notes.append(say("Every line means people's own numbers too."))
    if by_clock(made) and zone != made.zone:
        notes.append(say("Times are by the clock of {zone_name}, not by yours.", zone_name=made.zone_name))
    return notes
