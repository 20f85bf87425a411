"""What a channel is told of its own notifications: who added, changed or removed some. What happens within minutes is
one message."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, TypeAlias

from bot.activity.news import DIGESTS
from bot.activity.registers import Register, State, fragment
from bot.activity.subscriptions.filters import PlaceFilter, QueueFilter
from bot.activity.subscriptions.overlap import changed_settings
from bot.activity.subscriptions.stored import read_whole, write_whole
from bot.activity.subscriptions.subscription import EscalationPolicy, Subscription
from bot.activity.subscriptions.words import kinds_in_words, lines_in_words
from bot.basics.language import mark, say
from bot.basics.names import one_line
from bot.contract.prose import listed, prose, sentence
from bot.contract.reply import Button, Mention, Prose, Reply

SET_UP: Final = "subscriptions"
"""What such a notice is about."""
MARK: Final = "📣 "
Verb: TypeAlias = Literal["added", "changed", "paused", "resumed", "removed"]
_BETWEEN: Final = "|"
_DID: Final[Mapping[str, str]] = {
    "added": mark("added"),
    "paused": mark("paused"),
    "resumed": mark("resumed"),
    "removed": mark("removed"),
}


@dataclass(frozen=True)
class Announced:
    """One thing that somebody (a Slack id) did to a subscription. ``detail``: which of its settings they changed."""

    at: int
    subscription: str
    verb: str
    by: str
    detail: str
    words: str


def acts_between(before: Subscription | None, after: Subscription | None, by: str, at: int) -> State:
    """Return what was done to a subscription at that time (epoch ms), empty when nothing is to be told. One of them is
    None where it was added or removed."""
    one = after or before
    if one is None:
        return {}
    verbs: list[tuple[Verb, str]] = []
    if before is None or after is None:
        verbs = [("added" if before is None else "removed", "")]
    else:
        verbs += [("changed", setting) for setting in changed_settings(before, after)]
        verbs += [("paused" if after.paused else "resumed", "")] if before.paused != after.paused else []
    made = write_whole(_told_of(one))
    said = {_BETWEEN.join((one.id, verb, by, detail)): {"made": made} for verb, detail in verbs}
    return fragment(at, 0, {"about": SET_UP}) | fragment(at, 0, said) if said else {}


def acts_of(state: Mapping[str, Register]) -> list[Announced]:
    """Return what was done, in order."""
    found = []
    for name, (at, _, what) in state.items():
        parts = name.split(_BETWEEN)
        if len(parts) == 4:
            subscription, verb, by, detail = parts
            found.append(Announced(at, subscription, verb, by, detail, one_line(_words(what))))
    return sorted(found, key=lambda act: (act.at, act.subscription, act.verb, act.detail))


def _told_of(one: Subscription) -> Subscription:
    """Return what is told of a subscription: its events and lines. Other filters may hold numbers."""
    kept = tuple(each for each in one.included if isinstance(each, PlaceFilter | QueueFilter))
    return replace(one, included=kept, excluded=(), policy=EscalationPolicy(), problem="")


def _words(what: Any) -> str:
    """Say what a subscription was about. Older notices have it in words."""
    if not isinstance(what, Mapping):
        return str(what)
    one = read_whole(str(what["made"]), "")
    clock = say(", in {zone_name} time", zone_name=one.zone_name) if one.kinds & DIGESTS else ""
    return f"{kinds_in_words(one, one.kinds) or say('nothing')} {lines_in_words(one)}{clock}"


def announcement(state: Mapping[str, Register]) -> Reply:
    """Return the message: a line for each subscription."""
    of_subscription: dict[str, list[Announced]] = {}
    for act in acts_of(state):
        of_subscription.setdefault(act.subscription, []).append(act)
    lines: list[Prose] = [_line(acts) for acts in of_subscription.values()]
    parts: list[Prose] = []
    for number, line in enumerate(lines):
        parts += ["\n", MARK, line] if number else [MARK, line]
    left = [name for name, acts in of_subscription.items() if acts[-1].verb != "removed"]
    settings = Button("Settings", "notify.settings", {"subscription": left[0]}) if len(left) == 1 else None
    show = Button("Show them", "notify.notify", {"words": "list"}) if left[1:] else None
    return Reply(prose(*parts), tuple(one for one in (settings, show) if one))


def _line(acts: list[Announced]) -> Prose:
    people = dict.fromkeys(act.by for act in acts)
    said: list[Prose] = [
        sentence("{who} {did}", who=Mention(by), did=_did([act for act in acts if act.by == by])) for by in people
    ]
    return prose(*listed(said), f": {acts[-1].words}.")


def _did(acts: list[Announced]) -> str:
    """Say what one person did: what they changed of their own addition is not told apart, and of pausing and resuming
    only the last."""
    verbs = dict.fromkeys(act.verb for act in acts)
    if "added" in verbs:
        verbs.pop("changed", None)
    switched = [verb for verb in verbs if verb in {"paused", "resumed"}]
    for verb in switched[:-1]:
        del verbs[verb]
    details = list(dict.fromkeys(act.detail for act in acts if act.verb == "changed"))
    words = [
        say("changed {details} of", details=say(" and ").join(map(say, details)))
        if details and verb == "changed"
        else say(_DID.get(verb, verb))
        for verb in verbs
    ]
    return say(" and ").join(words)
