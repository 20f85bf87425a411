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
from bot.cards.subscription import fields_of, subscription_facts
from bot.contract.prose import listed, plural, prose
from bot.contract.reply import Button, Confirm, Fact, Mention, Prose, Raw, Reply

A_BOARD: Final = "A board is one message for each line, changed in place."
_SAID: Final = {
    NewsKind.BOARD: A_BOARD,
    NewsKind.ALERT: "An alert is posted once, can be acknowledged and snoozed, and closes itself when it is over.",
}
"""What is easily taken for something else, by the kind of event."""
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
        Fact("Where", _where(made)),
        Fact("How often", said) if forecasts and (said := forecast_words(made, forecasts)) else None,
        Fact("Changes", ", ".join(changes)) if changes else None,
        Fact("Until now", in_words(before)) if before is not None and in_words(before) != in_words(made) else None,
        Fact("Already there", _shared_words(made, overlaps)) if overlaps else None,
        *rest,
    )
    return Confirm(
        "notify.save_now",
        _kept(made, before, overlaps),
        "Save the change?" if before else "Save this?",
        tuple(fact for fact in facts if fact),
        "Save",
        note=_spaced([*(said for kind, said in _SAID.items() if kind in made.kinds), *notes]),
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
    return "to you, as direct messages" if made.is_personal else prose("in ", Mention(made.channel))


def _spaced(notes: Sequence[Prose]) -> Prose:
    parts: list[Prose] = []
    for note in notes:
        parts += [" ", note] if parts else [note]
    return prose(*parts)


# What is there already


def already_there(made: Subscription, same: Subscription) -> Reply:
    """Say that what somebody asks for is there already, and is not saved twice."""
    gets = prose("You already get this") if made.is_personal else prose(Mention(made.channel), " already gets this")
    by = () if made.is_personal else prose(": set up by ", Mention(same.owner.user_id))
    this: dict[str, Raw] = {"subscription": same.id}
    resume = (Button("Resume", "notify.resume", this, "primary", in_place=True),) if same.paused else ()
    return Reply(
        prose(gets, by, ", but it is paused." if same.paused else "."),
        (*resume, Button("Settings", "notify.settings", this)),
    )


def _shared_words(made: Subscription, overlaps: Sequence[Overlap]) -> Prose:
    said: list[Prose] = []
    for one in overlaps[:2]:
        by = () if made.is_personal else prose(", set up by ", Mention(one.other.owner.user_id))
        what = "all of it" if one.whole else kinds_in_words(one.other, one.kinds)
        said.append(prose(f"{what}, by “{in_words(one.other)}”", by, "."))
    digests = {kind for one in overlaps for kind in one.kinds & DIGESTS}
    others = {kind for one in overlaps for kind in one.kinds - DIGESTS}
    if others:
        said.append("Each call or text is posted once, with the settings of the older one.")
    if digests:
        names = " and ".join(kind.row.words for kind in NewsKind if kind in digests)
        said.append(f"{names[:1].upper()}{names[1:]} would come twice.")
    return _spaced([*said, f"{len(overlaps) - 2} more have some of it."] if overlaps[2:] else said)


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
        names = " and ".join(kind.row.words for kind in uncounted)
        said.append(f"No count for {names}: I keep those only once somebody wants them.")
    return " ".join(said)


def _yesterday(made: Subscription, forecasts: Forecasts) -> str:
    then, today = forecasts.yesterday, forecasts.today
    so_far = f" Today so far: {_times(today)}." if today.posts else ""
    if not then.known:
        return f"I have no {_calls_or_texts(made)} from yesterday to compare with.{so_far}"
    if then.posts:
        kinds = [(kind, then.of_kind[kind]) for kind in NewsKind if then.of_kind.get(kind)]
        parts = [f"{count:,} {_one_or_more(kind, count)}" for kind, count in kinds] if len(kinds) > 1 else []
        detail = f" ({', '.join(parts)})" if parts else ""
        said = f"It would have posted {_times(then)} yesterday{detail}."
    elif then.seen:
        seen = plural(then.seen, "call or text", "calls and texts")
        said = f"It would have posted nothing yesterday: none of the {seen} of {_lines(made)} was one of these."
    else:
        said = f"It would have posted nothing yesterday: {_lines(made)} had no {_calls_or_texts(made)} that I know of."
    before = forecasts.unchanged
    if before is not None and before.posts != then.posts:
        said += f" As it is now: {_times(before)}."
    return said + ("" if then.posts else so_far)


def _times(found: Forecast) -> str:
    return ("at least " if found.partly else "") + (plural(found.posts, "time") if found.posts else "not once")


def _one_or_more(kind: NewsKind, count: int) -> str:
    return kind.row.words.removesuffix("s") if count == 1 else kind.row.words


def _calls_or_texts(made: Subscription) -> str:
    cards = {kind.row.card for kind in made.kinds & COUNTED}
    return " or ".join(name for name, card in (("calls", "call"), ("texts", "conversation")) if card in cards)


def _lines(made: Subscription) -> str:
    names = list(made.places.values())
    return join_words([*names[:3], *(["other lines"] if names[3:] else [])], "and") or "your company"


# People's own lines


def own_lines_question(made: Subscription, people: Mapping[str, str], own: str, *, is_new: bool) -> Reply:
    """Ask whether people's own lines are meant to be shown in a channel. ``own`` is the place of whoever asks."""
    lines = {place: name for place, name in made.places.items() if place not in people}
    names: list[Prose] = ["your own line" if place == own else f"{name}'s own line" for place, name in people.items()]
    meant = form_fields(made, is_new=is_new)
    others = {name: value for name, value in meant.items() if name != "people"}
    choices: list[tuple[str, dict[str, Raw]]] = []
    if lines:
        only = " and ".join(lines.values()) if len(lines) <= _NAMED else f"the {len(lines)} lines"
        choices.append((f"Only {only}", others | {"places": list(lines)}))
    if is_new and list(people) == [own]:
        label = "Mine to me" if lines else "Send them to me"
        choices.append((label, others | {"to": "me", "places": [own]}))
    choices.append(("Post them here", meant))
    return Reply(
        prose("That is about ", *listed(names), ": everybody in ", Mention(made.channel), " would see what comes in."),
        tuple(
            Button(label, "notify.save", args, None if number else "primary", in_place=True)
            for number, (label, args) in enumerate(choices)
        ),
    )


def notes_on(made: Subscription, zone: str) -> list[Prose]:
    """Return what is easily overlooked: people's own lines among all lines, and a clock that is not the reader's."""
    notes: list[Prose] = []
    if not made.is_personal and not made.places and made.kinds & COUNTED:
        notes.append("Every line means people's own numbers too.")
    if by_clock(made) and zone != made.zone:
        notes.append(f"Times are by the clock of {made.zone_name}, not by yours.")
    return notes
