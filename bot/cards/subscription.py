"""A subscription as people see it: what it tells about, where, and what happens with calls that nobody claims."""

from bot.activity.happening import DIGESTS, NewsKind
from bot.activity.subscriptions.filters import write_conditions, write_length
from bot.activity.subscriptions.subscription import QUEUE_OVER, WEEKDAYS, EscalationPolicy, Filters, Subscription, clock
from bot.activity.subscriptions.words import in_words
from bot.contract.prose import how_long, listed, prose
from bot.contract.reply import Bold, Button, Card, Fact, Mention, Part, Prose, Raw, Row


def escalation(policy: EscalationPolicy) -> Prose:
    """What happens with a call that nobody claims."""
    if not policy.claim:
        return "Nobody is reminded of calls that nobody claims."
    said: dict[str, tuple[Part, ...]] = {
        "duty": ("whoever is on duty",),
        "group": ("the user group ", Mention(policy.group)),
        "person": (Mention(policy.person),),
        "supervisor": (Mention(policy.supervisor), " in a direct message"),
        "sms": ("a text to ", Mention(policy.supervisor)),
        "call": ("a phone call to ", Mention(policy.supervisor)),
        "here": ("a reminder in the thread",),
    }
    parts: list[Prose] = [f"Unclaimed for {how_long(policy.claim)}: "]
    for number, (_, kind, _) in enumerate(policy.steps()):
        parts.append(prose(", then " if number else "", said[kind]))
    return prose(*parts, f". Claimed and not handled for {how_long(policy.handle)}: a reminder, then it is free again.")


def quiet_hours(watch: Subscription) -> str:
    """What happens in them, "" where there are none."""
    if watch.quiet is None:
        return ""
    begin, end = clock(watch.quiet.begin), clock(watch.quiet.end)
    place = watch.zone.rpartition("/")[2].replace("_", " ")
    waits = "" if not watch.policy.claim else ", and nobody is asked to claim a call before"
    return f"{begin} to {end} ({place} time): what comes then is posted at {end}{waits}."


def watch_card(watch: Subscription, *, note: Prose = "") -> Card:
    """All of one subscription, and what can be done with it."""
    facts = (
        Fact("Tells about", in_words(watch)),
        Fact("Quiet hours", quiet) if (quiet := quiet_hours(watch)) else None,
        Fact("Calls nobody claims", escalation(watch.policy)),
        Fact("Who is on duty", _shown_by(watch)) if watch.keep or watch.topic else None,
        Fact("Set up by", (Mention(watch.owner.user_id),)),
        Fact("Problem", f"Slack says “{watch.problem_word}”. I keep trying.") if watch.problem else None,
    )
    title = "Your notifications" if watch.is_personal else "Notifications here"
    return Card(
        prose(title, " (paused)" if watch.paused else ""),
        facts=tuple(fact for fact in facts if fact),
        note=note,
        buttons=watch_buttons(watch),
    )


def _shown_by(watch: Subscription) -> Prose:
    """Where Slack shows the roster besides what is posted."""
    said = [prose(Mention(watch.keep), " holds exactly them")] if watch.keep else []
    return prose(*listed([*said, *(["the channel's topic names them"] if watch.topic else [])]), ".")


def watch_buttons(watch: Subscription) -> tuple[Button, ...]:
    this: dict[str, Raw] = {"watch": watch.id}
    return (
        Button("Edit", "notify.edit", this, in_place=True),
        Button("Resume", "notify.resume", this, in_place=True)
        if watch.paused
        else Button("Pause", "notify.pause", this, in_place=True),
        Button("Test", "notify.test", this),
        Button("Remove", "notify.remove", this, style="danger"),
    )


def watch_row(watch: Subscription, number: int) -> Row:
    state = prose(Bold("Paused"), ": ") if watch.paused else ()
    problem = f" It cannot post: {watch.problem_word}." if watch.problem else ""
    return Row(
        prose(f"{number}. ", state, in_words(watch)),
        note=prose("by ", Mention(watch.owner.user_id), problem),
        button=Button("Settings", "notify.settings", {"watch": watch.id}),
    )


def fields_of(watch: Subscription) -> dict[str, Raw]:
    """What the form is filled with."""
    extra = [write_length(watch.longer)] if watch.longer else []
    extra += [f"hours:{hours}" for hours in (watch.line_hours, watch.hours) if hours]
    extra += [f"quiet:{watch.quiet}"] if watch.quiet else []
    extra += [f"queue:{watch.queue}"] if NewsKind.QUEUE in watch.kinds or watch.queue != QUEUE_OVER else []
    only = write_conditions(_without_places(watch), extra)
    but = write_conditions(watch.but)
    policy = watch.policy
    filled: dict[str, Raw] = {"watch": watch.id, "kinds": [kind.value for kind in NewsKind if kind in watch.kinds]}
    filled |= {"places": list(watch.only.places)} if watch.only.places else {}
    texts = {"only": only, "but": but, "claim": str(policy.claim) if policy.claim else "", "group": policy.group}
    people = (("person", policy.person), ("supervisor", policy.supervisor))
    texts |= {name: f"@{one}" for name, one in people if one} | {"last": policy.last}
    texts |= {"digest_at": watch.digest_time if watch.kinds & DIGESTS else ""}
    texts |= {"digest_day": WEEKDAYS[watch.digest_day] if NewsKind.WEEKLY in watch.kinds else ""}
    texts |= {} if policy.on_duty else {"first": "nobody"}
    texts |= {"handle": str(policy.handle) if policy.claim or policy.handle != EscalationPolicy().handle else ""}
    texts |= {"keep": watch.keep, "topic": "topic" if watch.topic else ""}
    return filled | {name: text for name, text in texts.items() if text}


def _without_places(watch: Subscription) -> Filters:
    return Filters(numbers=watch.only.numbers, labels=watch.only.labels, internal=watch.only.internal)
