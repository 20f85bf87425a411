"""A subscription as people see it: its events, where it posts, and what happens with calls that nobody claims."""

from collections.abc import Mapping
from typing import Any, Final

from bot.activity.news import DIGESTS, NewsKind
from bot.activity.subscriptions.conditions import write_conditions
from bot.activity.subscriptions.filters import PlaceFilter, QueueFilter
from bot.activity.subscriptions.stored import read_whole, write_whole
from bot.activity.subscriptions.subscription import EscalationPolicy, Subscription
from bot.activity.subscriptions.words import in_words
from bot.basics.language import mark, say
from bot.basics.times import WEEKDAYS, how_long, say_clock
from bot.cards.roster import roster_trouble
from bot.contract.prose import listed, prose, sentence
from bot.contract.reply import Bold, Button, Card, Fact, Mention, Part, Prose, Raw, Reply, Row

ENDED: Final = "subscription ended"
"""What a notice is about that tells a channel that a subscription ended with its owner's connection."""
UNCLAIMED: Final = mark("Calls nobody claims")
CHANGED: Final = "subscription changed"
"""What a notice is about that tells an owner of somebody else's change."""


def escalation(policy: EscalationPolicy) -> Prose:
    """Say what happens with a call that nobody claims."""
    if not policy.asks:
        return say("Nobody is reminded about unclaimed calls.")
    said: dict[str, tuple[Part, ...]] = {
        "duty": (say("whoever is on duty"),),
        "group": (say("the user group "), Mention(policy.group)),
        "person": (Mention(policy.person),),
        "supervisor": (Mention(policy.supervisor), say(" in a direct message")),
        "sms": (say("a text to "), Mention(policy.supervisor)),
        "call": (say("a phone call to "), Mention(policy.supervisor)),
        "here": (say("a reminder in the thread"),),
    }
    parts: list[Prose] = [_begins(policy)]
    for number, (_, kind, _) in enumerate(policy.steps()):
        parts.append(prose(say(", then ") if number else "", said[kind]))
    return prose(
        *parts,
        say(
            ". Claimed and not handled for {how_long}: a reminder, then it is released.",
            how_long=how_long(policy.handle),
        ),
    )


def _begins(policy: EscalationPolicy) -> str:
    """Say when somebody is asked first."""
    if not policy.answer:
        return say("Unclaimed for {how_long}: ", how_long=how_long(policy.claim))
    target = say("{how_long} of the line's opening hours", how_long=how_long(policy.answer))
    shown = say("To be answered within {target}; the card says when a third of that is left. ", target=target)
    return say(
        "{shown}Overdue{unclaimed}: ",
        shown=shown,
        unclaimed=say(", or unclaimed for {how_long}", how_long=how_long(policy.claim)) if policy.claim else "",
    )


def quiet_hours(subscription: Subscription) -> str:
    """Say what happens in the quiet hours, "" when there are none."""
    if subscription.quiet is None:
        return ""
    begin, end = say_clock(subscription.quiet.begin), say_clock(subscription.quiet.end)
    waits = "" if not subscription.policy.asks else say(", and nobody is asked to claim a call before that")
    return say(
        "{begin} to {end} ({zone_name} time): what arrives then is posted at {end}{waits}.",
        begin=begin,
        end=end,
        zone_name=subscription.zone_name,
        waits=waits,
    )


def subscription_card(subscription: Subscription, *, note: Prose = "", roster_problem: str = "") -> Card:
    """Return the card with all of one subscription, and what can be done with it. ``roster_problem``: a code of
    ``bot.cards.roster``."""
    facts = (
        *subscription_facts(subscription),
        Fact(
            say("Roster"),
            sentence("⚠️ {why}. I'll keep trying.", why=roster_trouble(roster_problem)),
        )
        if roster_problem
        else None,
        Fact(say("Set up by"), prose(Mention(subscription.owner.user_id), _acting(subscription))),
        Fact(
            say("Problem"),
            say("Slack says “{word}”. I'll keep trying.", word=subscription.problem_word),
        )
        if subscription.problem
        else None,
    )
    title = say("Your notifications") if subscription.is_personal else say("Notifications here")
    return Card(
        prose(title, say(" (paused)") if subscription.paused else ""),
        facts=tuple(fact for fact in facts if fact),
        note=note,
        buttons=subscription_buttons(subscription),
    )


def subscription_facts(subscription: Subscription) -> tuple[Fact, ...]:
    """Return what a subscription does, one line each: what it is about, quiet hours, who is asked, who is named."""
    facts = (
        Fact(say("Notifies about"), in_words(subscription)),
        Fact(say("Quiet hours"), quiet) if (quiet := quiet_hours(subscription)) else None,
        Fact(say(UNCLAIMED), escalation(subscription.policy)) if can_be_claimed(subscription) else None,
        Fact(say("Who is on duty"), _shown_by(subscription)) if subscription.keep or subscription.topic else None,
    )
    return tuple(fact for fact in facts if fact)


def can_be_claimed(subscription: Subscription) -> bool:
    """Tell whether it posts calls that somebody claims."""
    return subscription.policy.asks or any(kind.row.escalates for kind in subscription.kinds)


def _acting(subscription: Subscription) -> Prose:
    """Say with whose Dialpad account it acts where that is not its owner's."""
    actors = subscription.actors
    parts = (
        (say("what it shows"), actors.shown),
        (say("escalation"), actors.escalation),
        (say("the roster"), actors.roster),
    )
    said = [sentence("{part} as {who}", part=part, who=Mention(user_id)) for part, user_id in parts if user_id]
    return prose(say("; in Dialpad, "), *listed(said)) if said else ""


def _settings_in_words(subscription: Subscription) -> Prose:
    """Say all that matters of a subscription in a few sentences."""
    paused = say("Paused: ") if subscription.paused else ""
    asks = prose(" ", escalation(subscription.policy)) if subscription.policy.asks else ""
    shown = prose(" ", _shown_by(subscription)) if subscription.keep or subscription.topic else ""
    acting = sentence(" Since then{acting}.", acting=_acting(subscription)[1:]) if _acting(subscription) else ""
    return prose(paused, in_words(subscription), ".", asks, shown, acting)


def changed_card(change: str, by: str, before: Subscription, after: Subscription | None) -> Card:
    """Return what an owner is told when somebody else changed or removed their subscription."""
    did = (
        say(" changed notifications that you set up in ")
        if after
        else say(" removed notifications that you set up in ")
    )
    undo = Button("Undo", "notify.undo", {"change": change}, style="primary")
    settings = Button("Settings", "notify.settings", {"subscription": before.id})
    return Card(
        prose(Mention(by), did, Mention(before.channel)),
        facts=(
            Fact(say("Before"), _settings_in_words(before)),
            Fact(say("Now"), _settings_in_words(after) if after else say("nothing is posted; what was posted stays")),
        ),
        note=say("What somebody else adds to them happens with their Dialpad account, not with yours."),
        buttons=(undo, settings) if after else (undo,),
    )


def ended_with_owner(subscription: Subscription) -> dict[str, Any]:
    """Return what is stored of a subscription that was removed because its owner is no longer connected."""
    again = {name: raw for name, raw in fields_of(subscription).items() if name != "subscription"}
    return {
        "about": ENDED,
        "owner": subscription.owner.user_id,
        "what": in_words(subscription),  # for an earlier version that is gone back to
        "made": write_whole(subscription),
        "again": again,
    }


def made_words(said: Mapping[str, Any]) -> str:
    """Say what a notice's subscription is about. Older notices have it in words."""
    return in_words(read_whole(str(said["made"]), "")) if said.get("made") else str(said.get("what"))


def broken_owner(subscription: Subscription) -> dict[str, Any]:
    """Return what is stored of a subscription whose owner's account Dialpad no longer takes."""
    who = subscription.shown_as.user_id
    return ended_with_owner(subscription) | {"owner": who, "broken": True, "subscription": subscription.id}


def ended_notice(said: Mapping[str, Any]) -> Reply:
    """Return what a channel is told when something is no longer posted in it, or only half of it."""
    again = Button("Set it up again", "notify.save", dict(said.get("again") or {}), form=True)
    if said.get("broken"):
        return Reply(
            sentence(
                "Dialpad no longer accepts the account of {who}, and nobody else who is connected sees "
                "all of this: {what}. It is posted without names, or not at all, until they connect again. "
                "Anyone who may see it can set it up again and remove this.",
                who=Mention(str(said.get("owner"))),
                what=made_words(said),
            ),
            (again, Button("Settings", "notify.settings", {"subscription": str(said.get("subscription"))})),
            tone="warning",
        )
    return Reply(
        sentence(
            "{who} is no longer connected to Dialpad, so this is no longer posted here: {what}. Anyone who "
            "may see it can set it up again.",
            who=Mention(str(said.get("owner"))),
            what=made_words(said),
        ),
        (again,),
        tone="warning",
    )


def _shown_by(subscription: Subscription) -> Prose:
    """Say where Slack shows the roster besides what is posted."""
    said = [sentence("{who} is kept in sync", who=Mention(subscription.keep))] if subscription.keep else []
    return prose(
        *listed([*said, *([say("the channel's topic names who is on duty")] if subscription.topic else [])]), "."
    )


def subscription_buttons(subscription: Subscription) -> tuple[Button, ...]:
    this: dict[str, Raw] = {"subscription": subscription.id}
    return (
        Button("Edit", "notify.edit", this, in_place=True),
        Button("Resume", "notify.resume", this, in_place=True)
        if subscription.paused
        else Button("Pause", "notify.pause", this, in_place=True),
        Button("Test", "notify.test", this),
        *((Button("Change alerts…", "alerts.edit", this),) if NewsKind.ALERT in subscription.kinds else ()),
        Button("Remove", "notify.remove", this, style="danger"),
    )


def subscription_row(subscription: Subscription, number: int) -> Row:
    state = prose(Bold(say("Paused")), ": ") if subscription.paused else ()
    problem = say(" It cannot post: {word}.", word=subscription.problem_word) if subscription.problem else ""
    return Row(
        prose(f"{number}. ", state, in_words(subscription)),
        note=sentence("by {who}{problem}", who=Mention(subscription.owner.user_id), problem=problem),
        button=Button("Settings", "notify.settings", {"subscription": subscription.id}),
    )


def fields_of(subscription: Subscription) -> dict[str, Raw]:
    """Return the values that the form is filled with."""
    queue = subscription.queue
    shown = [queue] if NewsKind.QUEUE in subscription.kinds or not queue.is_default else []
    only = write_conditions([*subscription.without(PlaceFilter, QueueFilter).included, *shown])
    but = write_conditions(subscription.excluded)
    policy = subscription.policy
    filled: dict[str, Raw] = {
        "subscription": subscription.id,
        "kinds": [kind.value for kind in NewsKind if kind in subscription.kinds],
    }
    filled |= {"places": list(subscription.places)} if subscription.places else {}
    texts = {"only": only, "but": but, "claim": str(policy.claim) if policy.claim else "", "group": policy.group}
    people = (("person", policy.person), ("supervisor", policy.supervisor))
    texts |= {name: f"@{one}" for name, one in people if one} | {"last": policy.last}
    texts |= {"answer": str(policy.answer) if policy.answer else ""}
    texts |= {"digest_at": subscription.digest_time if subscription.kinds & DIGESTS else ""}
    texts |= {"digest_day": WEEKDAYS[subscription.digest_day] if NewsKind.WEEKLY in subscription.kinds else ""}
    texts |= {} if policy.on_duty else {"first": "nobody"}
    texts |= {"handle": str(policy.handle) if policy.asks or policy.handle != EscalationPolicy().handle else ""}
    texts |= {"keep": subscription.keep, "topic": "topic" if subscription.topic else ""}
    return filled | {name: text for name, text in texts.items() if text}
