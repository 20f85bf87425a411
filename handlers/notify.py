"""Handles ``notify``: subscriptions of a channel or a person to events on the phones."""

import re
from dataclasses import replace
from itertools import starmap
from typing import Annotated, Final

from bot.activity.news import DIGESTS, NewsKind
from bot.activity.news_words import known_phrases, names_own_switch, queue_length
from bot.activity.subscriptions.changes import is_brought_back
from bot.activity.subscriptions.conditions import placeholder
from bot.activity.subscriptions.filters import PlaceFilter, arranged
from bot.activity.subscriptions.overlap import find_overlaps, find_same
from bot.activity.subscriptions.stored import read_whole
from bot.activity.subscriptions.subscription import DIGEST_AT, QUIET_DEFAULT, Subscription
from bot.activity.subscriptions.words import in_words
from bot.arguments.colleague import Colleague
from bot.arguments.places import Places
from bot.arguments.subscription_options import (
    ANSWERED_WITHIN,
    ASKED_FIRST,
    CLAIMED_WITHIN,
    DIGEST_DAY,
    DIGEST_TIME,
    EXCEPT,
    HANDLED_WITHIN,
    HELP_OF_GROUP,
    HELP_OF_PERSON,
    HELP_OF_SUPERVISOR,
    IN_TOPIC,
    KEPT_GROUP,
    ONLY,
    PHONE_AT_LAST,
    TypedWords,
    events,
)
from bot.basics.errors import FieldError, UserError
from bot.basics.language import say, say_count
from bot.basics.times import WEEKDAYS
from bot.basics.words import did_you_mean
from bot.cards.channel_line import line_of_channel
from bot.cards.own_notifications import (
    USUAL,
    added_to_own,
    is_own,
    new_own_subscription,
    own_subscriptions,
    read_switch,
    switch_events,
    switches,
)
from bot.cards.rights import rights_of
from bot.cards.subscription import fields_of, subscription_card, subscription_row
from bot.cards.subscription_form import (
    check_rights,
    check_roster,
    check_wider,
    conditions,
    notes_on_hours,
    places_allowed,
    places_changed,
    places_named,
    policy_of,
)
from bot.cards.subscription_preview import (
    NOT_HERE,
    already_there,
    form_fields,
    mark_of,
    notes_on,
    own_lines_question,
    people_among,
    preview,
)
from bot.contract.argument import Carried, Choice, Option, SeveralMeanings
from bot.contract.board import Notifications, SubscriptionChanged, SubscriptionExists
from bot.contract.context import Ctx, Origin
from bot.contract.corrections import with_choices
from bot.contract.doubt import Doubt
from bot.contract.prose import prose, sentence
from bot.contract.reading import fill_in, read_words
from bot.contract.reply import Answer, Bold, Button, Confirm, Fact, Form, Listing, Mention, Prose, Raw, Reply, Row
from bot.contract.routing import Router
from bot.dialpad.action import Risk

router = Router()

MOST: Final = 20
"""Most subscriptions listed for one channel."""
_LONGEST_STORED: Final = 20_000
"""Characters of a whole subscription, with forty lines and all the filters that fit into the form."""

CarriedSubscription = Annotated[str, Carried("Subscription", longest=40, formerly="watch")]


class _Gone(UserError):
    """A subscription that somebody removed."""

    def __init__(self) -> None:
        super().__init__(say("This subscription was removed. Type notify to see the others."))


def _channel(ctx: Ctx, *, personal: bool = False) -> str:
    """Return where a subscription posts: the channel, or the person's id for a direct message."""
    if personal or ctx.where.is_direct or not ctx.where.channel:
        return ctx.person.user_id
    return ctx.where.channel


_AFTER: Final = f"After only: {placeholder('only')}. After except: {placeholder('except')}."
_LIKE: Final = 'notify missed voicemail sms for "Support" except label:spam'


_KIND: Final = r"(?P<what>missed(?: calls?)?|voice ?mails?|texts?|sms|faxes|calls?|recordings?|transcripts?)"
_SENTENCES: Final = tuple(
    (re.compile(said, re.IGNORECASE), words)
    for said, words in (
        (
            (
                r"(?:tell|notify|ping|alert|inform|let) (?P<me>me|us)(?: know)? (?:when(?:ever)?|if|once) "
                r"(?P<line>(?!(?:i|we|you|he|she|they|some|any|a|an|the|there|no|my|our|it)\b)[\w'-]+) "
                r"(?:misses|missed|has missed|miss) (?:a |any |the )?calls?"
            ),
            "{me} missed for {line}",
        ),
        (
            (
                rf"(?:post|show|notify|send|put)(?: us)?(?: all)?(?: the)? {_KIND} (?:in|of|for|from) (?:the )?"
                r"(?P<line>[\w' -]+?) (?:here|(?:in|to|on|into) (?:this|the|our) channel)"
            ),
            "{what} for {line}",
        ),
    )
)
"""Wishes that name a line before or after what is to be told."""
_FOR_US: Final = re.compile(r"^us +(?=\S)", re.IGNORECASE)
"""Before what is told here, as the sentences have it."""
_DUTY_OF: Final = re.compile(
    r"(?P<who>(?!(?:i|we|you|he|she|they|it|any|some|no|nobody|anybody|somebody|there|a|an|the|my|our)\b)@?[\w.'-]+"
    r"(?: [\w'-]+)?) (?:is|are|goes|go|went|gets|comes|come|becomes|turns)(?: back)?"
    r"(?: (?:on|off|back|available|free|here|online|there|in|away|out|home)(?: (?:on )?duty)?"
    r"| (?:on|to|for) (?:a )?(?:break|lunch))(?: again)?",
    re.IGNORECASE,
)
"""Whose duty somebody wants to be told of: "when noor goes off duty"."""


@router.command(
    "notify",
    usage='[missed sms … for "Support" only … except label:spam | me [voicemail off] | list | pause 1 | remove 1]',
    summary="Choose which calls, texts and other events are posted in this channel",
    aliases=("notifications", "subscribe"),
    phrases={
        "unsubscribe": "remove",
        "notify us about": "",
        "tell us about": "",
        "notify about": "",
        "notify me about": "me",
        "notify me of": "me",
        "notify me when": "me",
        "subscribe to": "",
        "subscribe me to": "me",
        "subscribe me": "me",
        "my notifications": "me",
        **dict.fromkeys(
            (
                "tell me when",
                "tell me if",
                "tell me about",
                "let me know when",
                "let me know about",
                "alert me when",
                "notify me if",
                "ping me when",
                "remind me when",
                "inform me when",
                "inform me if",
                "let me know if",
            ),
            "me",
        ),
        **dict.fromkeys(
            tuple(
                f"{tell} {when}"
                for tell in ("tell us", "let us know", "notify us", "alert us", "inform us")
                for when in ("when", "if")
            ),
            "",
        ),
        **dict.fromkeys(
            (
                "stop notifications",
                "stop all notifications",
                "stop notifying me",
                "stop notifying us",
                "turn off notifications",
                "turn notifications off",
                "no notifications",
                "no more notifications",
                "alerts off",
                "no alerts",
                "no more alerts",
                "turn off alerts",
                "turn alerts off",
                "unsubscribe from everything",
            ),
            "stop",
        ),
        "pause notifications": "pause",
    },
    sentences=_SENTENCES,
    examples=(
        "notify",
        _LIKE,
        "notify missed voicemail only quiet:22-7 escalate 10",
        "notify missed sms answer within 15m",
        "notify handover for Support keep @support-oncall topic",
        'notify daily weekly at 8:00 for "Support"',
        f"notify missed only {placeholder('only')}",
        "notify me",
        "notify me voicemail off",
    ),
    title="Notifications",
    risk=Risk.CHANGE,
)
async def notify(
    ctx: Ctx,
    words: Annotated[
        str,
        TypedWords("What is posted in this channel", hint=_AFTER),
    ] = "",
) -> Answer:
    """List the subscriptions here; with words, add one or change one."""
    notifications = ctx.notifications
    words = _FOR_US.sub("", words.strip())
    first, _, rest = words.partition(" ")
    word = first.casefold()
    if not word or word == "list":
        return await _list(ctx, notifications)
    if word in {"me", "my"}:
        return await _me(ctx, notifications, rest.strip())
    if word in {"add", "new"}:
        return await _typed(ctx, rest) if rest else Form("notify.save", {})
    number = rest.strip().lstrip("#")
    if word in _ALONE and not number:
        return await _ALONE[word](ctx, notifications)
    if word in _DOING and (not number or number.isdigit()):
        return await _DOING[word](ctx, subscription=(await _numbered(ctx, notifications, rest)).id)
    return await _typed(ctx, words)


async def _settings_or_kind(ctx: Ctx, notifications: Notifications) -> Answer:
    """Ask what "settings" means: those of the notifications here, or the kind of news of that name."""
    if not await notifications.subscriptions_here(ctx.person, _channel(ctx)):
        return await _typed(ctx, NewsKind.SETTING)
    here = Button("Settings of what is posted here", "notify.notify", {"words": "list"}, "primary", in_place=True)
    kind = Button("Post changed settings", "notify.notify", {"words": NewsKind.SETTING.value}, in_place=True)
    return Reply(
        say("The settings of the notifications here, or settings that somebody changes in Dialpad?"), (here, kind)
    )


async def _list(ctx: Ctx, notifications: Notifications) -> Answer:
    subscriptions = await notifications.subscriptions_here(ctx.person, _channel(ctx))
    personal = _channel(ctx) == ctx.person.user_id
    others = 0 if personal else await notifications.others_here(ctx.person, _channel(ctx))
    return Listing(
        say("What you are notified about") if personal else say("What is posted in this channel"),
        tuple(subscription_row(subscription, number) for number, subscription in enumerate(subscriptions[:MOST], 1)),
        empty=say("Nothing yet. Missed calls, voicemails and texts are a good start."),
        note=say_count(
            "{count} more here belongs to another Dialpad company.",
            "{count} more here belong to another Dialpad company.",
            others,
        )
        if others
        else "",
        buttons=(
            Button("Add", "notify.save", {"kinds": ["missed", "voicemail", "sms"]}, "primary", form=True),
            *(() if personal else (Button("Notify me instead", "notify.me"),)),
        ),
    )


async def _stop(ctx: Ctx, notifications: Notifications) -> Answer:
    """List what is posted here and, to somebody in a channel, what they get themselves, with what stops each."""
    here = await notifications.subscriptions_here(ctx.person, _channel(ctx))
    personal = _channel(ctx) == ctx.person.user_id
    own = [] if personal else await notifications.subscriptions_here(ctx.person, ctx.person.user_id)
    found = [*((one, say("posted here")) for one in here[:MOST]), *((one, say("sent to you")) for one in own[:MOST])]
    rows = tuple(
        Row(
            prose(Bold(say("Paused: ")) if one.paused else "", in_words(one)),
            note=where,
            more=(
                *(() if one.paused else (Button("Pause", "notify.pause", {"subscription": one.id}),)),
                Button("Remove", "notify.remove", {"subscription": one.id}, "danger"),
            ),
        )
        for one, where in found
    )
    return Listing(
        say("What would you like to stop?"), rows, empty=say("Nothing is posted here, and nothing is sent to you."),
        note=say("Pausing keeps the settings.") if rows else "",
    )  # fmt: skip


async def _numbered(ctx: Ctx, notifications: Notifications, text: str) -> Subscription:
    subscriptions = await notifications.subscriptions_here(ctx.person, _channel(ctx))
    if not subscriptions:
        raise UserError(
            say("This channel has no notifications yet. Type what to post here, for example: notify missed")
        )
    number = text.strip().lstrip("#") or ("1" if len(subscriptions) == 1 else "")
    if not number.isascii() or not number.isdigit() or not 1 <= int(number) <= len(subscriptions):
        raise UserError(say("Add a number from 1 to {count}, for example: notify pause 1", count=len(subscriptions)))
    return subscriptions[int(number) - 1]


async def _typed(ctx: Ctx, words: str, *, usage: str = _LIKE, **more: str) -> Answer:
    route = next(route for route in router.routes if route.id == "notify.save")
    said, callers = queue_length(words)
    more = {"to": "me"} | more if names_own_switch(said) else more
    before = "notify me" if more else "notify"
    try:
        raw = {**await read_words(ctx, route, said, usage=usage), **more}
    except UserError as problem:
        if (of := _DUTY_OF.fullmatch(said.strip(" .,!?"))) is not None:
            raise _duty_of_one(of["who"], before) from problem
        others = [f"notify {line}" for line in _near_beginnings(f"me {words}" if more else words)]
        raise await with_choices(ctx, route, said, {}, problem, typed=before, others=others) from problem
    raw |= {"only": f"{raw.get('only', '')} queue:{callers}".strip()} if callers else {}
    try:
        return await fill_in(ctx, route, raw)
    except SeveralMeanings as unclear:
        own = "me " if more else ""
        meant = [_meaning(f"{own}{words}", unclear, one) for one in unclear.meanings]
        raise Doubt(unclear.text, meant) from None


def _duty_of_one(name: str, before: str) -> Doubt:
    """Return what there is for a wish to be told of one person's duty: that of all of a line, and a look now."""
    return Doubt(
        say("Duty changes are told for a whole line, not for {name} alone.", name=name[:40]),
        (
            Button(
                "Tell of all duty changes", "notify.notify", {"words": f"{before.removeprefix('notify').strip()} duty"}
            ),
            Button("Who is on duty?", "oncall.oncall"),
        ),
    )


def _near_beginnings(words: str) -> list[str]:
    """Return what was typed with its first word put right, or the event that is turned on or off."""
    first, _, rest = words.partition(" ")
    lines = [f"{near} {rest}".strip() for near in did_you_mean(first, ("me", *_DOING, "list", "add"))]
    if first.casefold() in {"me", "my"}:
        typed = rest.split()
        for at, word in enumerate(typed):
            for near in did_you_mean(
                word, {"on", "off", *(part for phrase in known_phrases() for part in phrase.split())}
            ):
                switch = " ".join([*typed[:at], near, *typed[at + 1 :]])
                lines += [f"me {switch}"] if read_switch(switch) else []
    return lines


def _meaning(words: str, unclear: SeveralMeanings, meant: Option) -> Button:
    """Return the button that types the same line with one of the meanings in place of what was unclear."""
    pattern = rf"(?<!\w){re.escape(unclear.typed)}(?!\w)"
    line = re.sub(pattern, lambda _: meant.value, words, count=1, flags=re.IGNORECASE)
    return Button(meant.text, "notify.notify", {"words": line}, in_place=True)


@router.button(title="Notifications", submit="Preview")
async def save(
    ctx: Ctx,
    *,
    kinds: Annotated[
        tuple[str, ...] | None, events("Notify about", hint="The fewer you choose, the more they are read.")
    ] = None,
    places: Annotated[
        dict[str, str] | None,
        Places("For", keywords=("for", "in", "on"), placeholder="All your lines", hint="Lines and people."),
    ] = None,
    only: Annotated[str | None, ONLY] = None,
    but: Annotated[str | None, EXCEPT] = None,
    digest_at: Annotated[int | None, DIGEST_TIME] = None,
    digest_day: Annotated[str | None, DIGEST_DAY] = None,
    claim: Annotated[str | None, CLAIMED_WITHIN] = None,
    answer: Annotated[str | None, ANSWERED_WITHIN] = None,
    first: Annotated[str | None, ASKED_FIRST] = None,
    group: Annotated[str | None, HELP_OF_GROUP] = None,
    person: Annotated[Colleague | None, HELP_OF_PERSON] = None,
    supervisor: Annotated[Colleague | None, HELP_OF_SUPERVISOR] = None,
    last: Annotated[str | None, PHONE_AT_LAST] = None,
    handle: Annotated[str | None, HANDLED_WITHIN] = None,
    keep: Annotated[str | None, KEPT_GROUP] = None,
    topic: Annotated[str | None, IN_TOPIC] = None,
    to: Annotated[str | None, Choice("To", keywords=("to",), shown=False, options=(Option("Me", "me"),))] = None,
    people: Annotated[str, Carried("People's own lines", longest=2_000)] = "",
    opened: Annotated[str, Carried("As the form was opened", longest=40)] = "",
    subscription: Annotated[str, Carried("Subscription", longest=40, formerly="watch")] = "",
) -> Answer:
    """Show what would be saved: a new subscription, or the one that is edited as it would be."""
    notifications = ctx.notifications
    before = await _mine(ctx, notifications, subscription) if subscription else None
    is_off = before is not None and not before.kinds
    rights = await rights_of(ctx)
    included = await conditions(ctx, "only", only, "only")
    excluded = await conditions(ctx, "but", but, "except")
    named = (places or {}) | await places_named(ctx, "only", included.names)
    channel = _channel(ctx, personal=to == "me")
    if before is None:
        alone = channel == ctx.person.user_id
        if not named and not alone and to != "me" and ctx.origin is Origin.TYPED:
            here = await line_of_channel(ctx)
            named = {here.raw: here.name} if here is not None and rights.cover({here.raw}) else named
        chosen = await places_allowed(ctx, rights, named, own=to == "me", personal=alone)
    else:
        chosen = await places_changed(ctx, rights, before, named, await _owner_name(ctx, before))
    left_out = await places_named(ctx, "but", excluded.names)
    usual = frozenset({NewsKind.HANDOVER}) if keep or topic else QUIET_DEFAULT
    chosen_kinds = frozenset(NewsKind(kind) for kind in kinds) if kinds else frozenset() if is_off else usual
    if digest_day and NewsKind.WEEKLY not in chosen_kinds and ctx.origin is Origin.TYPED:
        raise FieldError("digest_day", say("Only a weekly digest has a day of the week. Add the word weekly."))
    start = before or Subscription(notifications.new_subscription_id(), ctx.person, channel, zone=str(await ctx.zone()))
    made = replace(
        start,
        kinds=chosen_kinds,
        included=arranged([*starmap(PlaceFilter, chosen.items()), *included.filters]),
        excluded=arranged([*starmap(PlaceFilter, left_out.items()), *excluded.filters]),
        policy=await policy_of(
            ctx,
            claim=claim,
            answer=answer,
            first=first,
            group=group,
            person=person,
            supervisor=supervisor,
            last=last,
            handle=handle,
        ),
        keep=keep or "",
        topic=bool(topic),
        paused=before.paused and not (is_off and kinds) if before else False,
        digest_at=next((at for at in (digest_at, included.digest_at, excluded.digest_at) if at is not None), DIGEST_AT),
        digest_day=WEEKDAYS.index(digest_day) if digest_day and NewsKind.WEEKLY in chosen_kinds else 0,
    )
    check_roster(made, rights, before)
    if before is not None:
        check_wider(before, made, rights)
    known = {*people.split(), *(before.places if before else ())}
    if unasked := {place: name for place, name in people_among(made).items() if place not in known}:
        return own_lines_question(made, unasked, f"user:{await ctx.account.user_id()}", is_new=before is None)
    if before is not None:
        is_stale = opened not in {"", mark_of(before)}
        note = say("Somebody changed this while the form was open: compare it with “Until now”.") if is_stale else ""
        return await _preview(ctx, notifications, made, before, note)
    own, both = await added_to_own(ctx, notifications, made)
    return (
        await _shown(ctx, own, say("You already get this."))
        if own == both
        else await _preview(ctx, notifications, both, own)
    )


async def _preview(
    ctx: Ctx, notifications: Notifications, made: Subscription, before: Subscription | None, note: Prose = ""
) -> Answer:
    """Return the question whether to save it; an answer instead when nothing would change or it is there already."""
    here = await notifications.subscriptions_here(ctx.person, made.channel)
    if same := find_same(made, here):
        return already_there(made, same)
    if before is not None and before == made:
        return await _shown(ctx, before, note or say("Nothing was changed."))
    if before is None and len(here) >= MOST:
        raise UserError(
            say("There are {most} notifications here already. Remove one before you add another.", most=MOST)
        )
    notes = [note] if note else []
    if not made.is_personal and not await notifications.may_post(ctx.person, made.channel):
        notes.append(say(NOT_HERE))
    return preview(
        made,
        before,
        overlaps=find_overlaps(made, here),
        forecasts=await notifications.forecast(made, before),
        notes=[*notes, *notes_on(made, str(await ctx.zone())), *await notes_on_hours(ctx, made)],
    )


@router.confirmed(risk=Risk.CHANGE)
async def save_now(
    ctx: Ctx,
    channel: Annotated[str, Carried("Channel", longest=40)],
    made: Annotated[str, Carried("Subscription", longest=_LONGEST_STORED)],
    before: Annotated[str, Carried("As it was", longest=_LONGEST_STORED)] = "",
    known: Annotated[str, Carried("Those that were named", longest=1_000)] = "",
) -> Answer:
    """Save what was shown, unless somebody has changed what it is about since."""
    notifications = ctx.notifications
    new, old = read_whole(made, channel), read_whole(before, channel) if before else None
    again = Button("Save it as a new one", "notify.save", form_fields(new, is_new=True))
    gone = Reply(say("Somebody removed this meanwhile, so nothing was changed."), (again,), tone="warning")
    if old is not None:
        try:
            await _mine(ctx, notifications, old.id)
        except _Gone:
            return gone
    check_rights(old, new, await rights_of(ctx))
    here = await notifications.subscriptions_here(ctx.person, new.channel)
    if old is None and any(one.other.id not in known.split() for one in find_overlaps(new, here)):
        return await _preview(ctx, notifications, new, None, say("Somebody else set something up here meanwhile."))
    try:
        problem = await notifications.save_previewed(new, ctx.person, old)
    except SubscriptionExists as there:
        return already_there(new, there.same)
    except SubscriptionChanged as changed:
        if changed.now is None:
            return gone
        note = say("Somebody changed this meanwhile, so nothing was saved yet.")
        return await _preview(ctx, notifications, new, changed.now, note)
    ctx.touched("subscription", new.id, new=old is None)
    saved = await notifications.subscription(ctx.person, new.id) or new
    return await _shown(ctx, saved, problem or await _saved(ctx, notifications, saved))


async def _saved(ctx: Ctx, notifications: Notifications, made: Subscription) -> Prose:
    if made.is_personal:
        return say("Saved.")
    if made.owner != ctx.person:
        return sentence("Saved. {who} set this up and is told what you changed.", who=Mention(made.owner.user_id))
    if not await notifications.may_post(ctx.person, made.channel):
        return say("Saved, but I am not in this channel yet, so nothing is posted. Invite me with /invite.")
    return say("Saved. Use Test to see where it posts.")


# One of them


async def _owner_name(ctx: Ctx, subscription: Subscription) -> str:
    """Return the name of an owner who is somebody else, "" for one's own subscription."""
    if subscription.owner == ctx.person:
        return ""
    try:
        return (await ctx.deps.people.profile(subscription.owner)).name
    except UserError:
        return say("Whoever set this up")


async def _mine(ctx: Ctx, notifications: Notifications, name: str, *, only_look: bool = False) -> Subscription:
    """Find a subscription that may be changed here: by its owner, in its channel, or by an admin of the company. To
    look at it nobody has to be connected.

    Raises UserError.
    """
    found = await notifications.subscription(ctx.person, name)
    if found is None:
        raise _Gone
    if found.is_personal and found.owner != ctx.person:
        raise UserError(say("These notifications belong to somebody else."))
    if found.owner != ctx.person and not only_look:
        await ctx.account.company()
    here = found.owner == ctx.person or found.channel == ctx.where.channel
    if not here and not (await rights_of(ctx)).is_admin:
        raise UserError(say("Notifications can only be changed in their own channel. Open them there."))
    return found


@router.button(title="Notifications")
async def settings(ctx: Ctx, subscription: CarriedSubscription) -> Answer:
    """Show the subscription that posted a card, when its settings button is pressed."""
    return await _shown(ctx, await _mine(ctx, ctx.notifications, subscription, only_look=True))


@router.button(title="Notifications")
async def edit(ctx: Ctx, subscription: CarriedSubscription) -> Answer:
    """Open the form, filled in with the subscription's settings."""
    found = await _mine(ctx, ctx.notifications, subscription)
    return Form("notify.save", fields_of(found) | {"opened": mark_of(found)})


async def _shown(ctx: Ctx, subscription: Subscription, note: Prose = "") -> Answer:
    if not await is_own(ctx, subscription):
        problem = await ctx.notifications.roster_problem(subscription)
        return subscription_card(subscription, note=note, roster_problem=problem)
    own = await own_subscriptions(ctx, ctx.notifications)
    return switches([subscription, *(one for one in own if one.id != subscription.id)], note)


@router.button(title="Pause", risk=Risk.CHANGE)
async def pause(ctx: Ctx, subscription: CarriedSubscription) -> Answer:
    """Pause a subscription: it stays, and posts nothing."""
    notifications = ctx.notifications
    found = replace(await _mine(ctx, notifications, subscription), paused=True)
    await notifications.save_subscription(found, ctx.person)
    ctx.touched("subscription", found.id)
    if found.is_personal:
        note = say("Paused: nothing arrives until you resume it.")
    else:
        note = say("Paused: nothing is posted until somebody resumes it.")
    return await _shown(ctx, found, note)


@router.button(title="Resume", risk=Risk.CHANGE)
async def resume(ctx: Ctx, subscription: CarriedSubscription) -> Answer:
    """Resume a paused subscription."""
    notifications = ctx.notifications
    before = await _mine(ctx, notifications, subscription)
    found = replace(before, paused=False)
    if not found.kinds:
        return await _shown(ctx, replace(found, paused=True))
    if is_brought_back(before, found, ctx.person.user_id) and not (await rights_of(ctx)).cover_all(found.places):
        raise UserError(
            say(
                "{owner} paused this, and it is about lines you do not belong to. Ask them or a Dialpad admin to "
                "resume it.",
                owner=await _owner_name(ctx, found),
            )
        )
    problem = await notifications.save_subscription(found, ctx.person)
    ctx.touched("subscription", found.id)
    saved = await notifications.subscription(ctx.person, found.id) or found
    return await _shown(ctx, saved, problem or say("Resumed: notifications are posted again."))


@router.button(title="Test", risk=Risk.CHANGE)
async def test(ctx: Ctx, subscription: CarriedSubscription) -> Answer:
    """Post a made-up card, the way real ones are posted."""
    notifications = ctx.notifications
    found = await _mine(ctx, notifications, subscription)
    await notifications.post_test(found)
    where = say("to you, in a direct message") if found.is_personal else say("in the channel")
    invite = "" if found.is_personal else say(" If nothing arrives, invite me with /invite.")
    if not found.kinds & DIGESTS:
        return Reply(say("A made-up missed call is on the way {where}.{invite}", where=where, invite=invite))
    if not found.kinds - DIGESTS:
        return Reply(say("The digest so far is on the way {where}.{invite}", where=where, invite=invite))
    return Reply(
        say("A made-up missed call and the digest so far are on the way {where}.{invite}", where=where, invite=invite)
    )


@router.button(title="Remove", risk=Risk.CHANGE)
async def remove(ctx: Ctx, subscription: CarriedSubscription) -> Answer:
    """Ask for confirmation before a subscription is removed."""
    found = await _mine(ctx, ctx.notifications, subscription)
    facts = (Fact(say("It notifies about"), in_words(found)),)
    return Confirm(
        "notify.remove_now", {"subscription": subscription}, say("Remove it?"), facts, say("Remove"),
        note=say("What was already posted stays. To keep the settings, pause it instead."), danger=True,
    )  # fmt: skip


@router.confirmed(risk=Risk.DESTRUCTIVE)
async def remove_now(ctx: Ctx, subscription: CarriedSubscription) -> Answer:
    """Remove a subscription after the person confirmed."""
    notifications = ctx.notifications
    found = await _mine(ctx, notifications, subscription)
    await notifications.remove_subscription(found, ctx.person)
    ctx.touched("subscription", found.id)
    again: dict[str, Raw] = {"kinds": sorted(found.kinds)}
    return Reply(
        sentence("Removed: {what}.", what=in_words(found)),
        (Button("Add another", "notify.save", again, form=True),),
        tone="done",
    )


@router.button(title="Undo", risk=Risk.CHANGE)
async def undo(ctx: Ctx, change: Annotated[str, Carried("Change", longest=40)]) -> Answer:
    """Undo what somebody else changed in the person's own subscription."""
    found = await ctx.notifications.undo_change(ctx.person, change)
    ctx.touched("subscription", found.id)
    return await _shown(ctx, found, say("Undone: it is as you had set it up."))


# Personal notifications


@router.button(title="Your notifications", risk=Risk.CHANGE)
async def me(ctx: Ctx) -> Answer:
    """Turn on the person's own notifications, as direct messages, or show their switches."""
    return await _me(ctx, ctx.notifications, "")


@router.button(title="Your notifications")
async def mine(ctx: Ctx) -> Answer:
    """Show the switches of the person's own notifications. Turns nothing on."""
    return switches(await own_subscriptions(ctx, ctx.notifications))


async def _me(ctx: Ctx, notifications: Notifications, words: str) -> Answer:
    if found := read_switch(words):
        return await switch_events(ctx, notifications, await own_subscriptions(ctx, notifications), *found)
    word = {"on": "resume", "off": "pause"}.get(words.casefold(), words.casefold())
    if words and word not in _DOING:
        return await _typed(ctx, words, usage="notify me missed voicemail only quiet:22-7", to="me")
    own = await own_subscriptions(ctx, notifications)
    if own and not words:
        return switches(own)
    for one in own[1:] if word in {"pause", "resume"} else ():
        await _DOING[word](ctx, subscription=one.id)
    if own:
        return await _DOING[word](ctx, subscription=own[0].id)
    if words and word != "resume":
        return switches([])
    subscription = await new_own_subscription(ctx, notifications, USUAL)
    return switches(
        [subscription],
        await notifications.save_subscription(subscription, ctx.person) or say("You'll be notified from now on."),
    )


@router.button(title="Your notifications", risk=Risk.CHANGE)
async def switch(
    ctx: Ctx,
    kind: Annotated[str, Carried("Event", longest=40)],
    to: Annotated[str, Carried("On or off", longest=3)],
    subscription: CarriedSubscription = "",
) -> Answer:
    """Turn one event of the person's own notifications on or off; the others stay as they are."""
    if kind not in set(NewsKind):
        raise UserError(say("This button is from an older version of the bot. Type notify me."))
    notifications = ctx.notifications
    own = await own_subscriptions(ctx, notifications)
    if subscription and subscription not in {one.id for one in own}:
        found = await _mine(ctx, notifications, subscription)
        if not found.is_personal:
            raise UserError(say("This belongs to a channel. Open its settings there to change it."))
        own = [found]
    return await switch_events(ctx, notifications, own, [NewsKind(kind)], on=to == "on")


_ALONE: Final = {"settings": _settings_or_kind, "stop": _stop, "off": _stop}
_DOING: Final = {
    "pause": pause, "resume": resume, "test": test, "remove": remove, "delete": remove, "edit": settings,
    "settings": settings, "unsubscribe": remove,
}  # fmt: skip
