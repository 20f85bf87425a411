"""``notify``: what a channel, or a person, hears of from the phones."""

from dataclasses import replace
from typing import Annotated, Final

from bot.answers.prose import prose
from bot.answers.rights import Rights, named_places, rights_of
from bot.answers.watch_card import watch_card, watch_row
from bot.arguments.argument import Carried, Choice, Option, Text
from bot.arguments.colleague import Colleague, ColleagueChoice
from bot.arguments.phonebook import Unclear as UnclearName
from bot.arguments.places import Places, find_place
from bot.arguments.reading import fill_in, read_words
from bot.arguments.watched import Said, TimeOfDay, UserGroup, events
from bot.context import Ctx
from bot.dialpad.action import Entity, Risk
from bot.errors import FieldError, UserError
from bot.reply import Answer, Button, Confirm, Fact, Form, Listing, Prose, Raw, Reply
from bot.routing import Router
from bot.watching.conditions import Conditions, Unclear, parse_conditions
from bot.watching.happening import DIGESTS, Kind
from bot.watching.ports import Board
from bot.watching.watch import DIGEST_AT, QUEUE_OVER, QUIET_DEFAULT, Filters, Policy, Watch, in_words

router = Router()

MOST: Final = 20
"""Subscriptions of one channel."""

WatchId = Annotated[str, Carried("Subscription", longest=40)]


def _board(ctx: Ctx) -> Board:
    if ctx.deps.board is None:
        raise UserError("Notifications are not switched on for this bot. Ask whoever runs it.")
    return ctx.deps.board


def _channel(ctx: Ctx, *, personal: bool = False) -> str:
    """Where it posts: the channel, or the person themselves in a direct message."""
    if personal or ctx.where.is_direct or not ctx.where.channel:
        return ctx.person.user_id
    return ctx.where.channel


@router.command(
    "notify",
    usage='[missed voicemail sms … for "Support" only … except label:spam | me | list | pause 1 | test 1 | remove 1]',
    summary="Choose what this channel hears of from the phones",
    aliases=("notifications", "subscribe"),
    examples=(
        "notify",
        'notify missed voicemail sms for "Support" except label:spam',
        "notify missed voicemail only quiet:22-7 escalate 10",
        "notify handover for Support keep @support-oncall topic",
        'notify daily weekly at 8:00 for "Support"',
        "notify me",
    ),
    title="Notifications",
    risk=Risk.CHANGE,
)
async def notify(ctx: Ctx, words: Annotated[str, Said("What this channel hears of")] = "") -> Answer:
    """Alone: what there is. With words: a subscription, or something to do with one."""
    board = _board(ctx)
    first, _, rest = words.strip().partition(" ")
    word = first.casefold()
    if not word or word == "list":
        return await _list(ctx, board)
    if word in {"me", "my"}:
        return await _me(ctx, board, rest)
    if word in {"add", "new"} and not rest:
        return Form("notify.save", {})
    if word in _DOING and (not rest.strip() or rest.strip().lstrip("#").isdigit()):
        return await _DOING[word](ctx, watch=(await _numbered(ctx, board, rest)).id)
    return await _typed(ctx, words)


async def _list(ctx: Ctx, board: Board) -> Answer:
    watches = await board.watches_here(ctx.person, _channel(ctx))
    personal = _channel(ctx) == ctx.person.user_id
    return Listing(
        "What you hear of here" if personal else "What this channel hears of",
        tuple(watch_row(watch, number) for number, watch in enumerate(watches[:MOST], 1)),
        empty="Nothing yet. Missed calls, voicemails and texts are a good start.",
        buttons=(
            Button("Add", "notify.save", {"kinds": ["missed", "voicemail", "sms"]}, "primary", form=True),
            *(() if personal else (Button("Notify me instead", "notify.me"),)),
        ),
    )


async def _numbered(ctx: Ctx, board: Board, text: str) -> Watch:
    watches = await board.watches_here(ctx.person, _channel(ctx))
    if not watches:
        raise UserError("This channel has no notifications yet. Type what it shall hear of, such as: notify missed")
    number = text.strip().lstrip("#") or ("1" if len(watches) == 1 else "")
    if not number.isascii() or not number.isdigit() or not 1 <= int(number) <= len(watches):
        raise UserError(f"Say which, with a number from 1 to {len(watches)}, such as: notify pause 1")
    return watches[int(number) - 1]


async def _typed(ctx: Ctx, words: str) -> Answer:
    route = next(route for route in router.routes if route.id == "notify.save")
    return await fill_in(ctx, route, await read_words(ctx, route, words))


@router.button(title="Your notifications", risk=Risk.CHANGE)
async def me(ctx: Ctx) -> Answer:
    """One's own missed calls, voicemails and texts, as direct messages."""
    return await _me(ctx, _board(ctx), "")


async def _me(ctx: Ctx, board: Board, rest: str) -> Answer:
    watches = await board.watches_here(ctx.person, ctx.person.user_id)
    if rest.strip():
        return await _typed(ctx, f"{rest} to me")
    if watches:
        return watch_card(watches[0], note="They come as direct messages from me.")
    rights = await rights_of(ctx)
    kinds = frozenset({Kind.MISSED, Kind.VOICEMAIL, Kind.SMS, Kind.RECAP})
    watch = Watch(
        board.new_watch_id(), ctx.person, ctx.person.user_id, kinds=kinds,
        only=Filters(places=_myself(rights)), zone=str(await ctx.zone()),
    )  # fmt: skip
    problem = await board.save_watch(watch)
    return watch_card(watch, note=problem or "From now on they come as direct messages from me.")


@router.button(title="Notifications", submit="Save", risk=Risk.CHANGE)
async def save(
    ctx: Ctx,
    *,
    kinds: Annotated[tuple[str, ...] | None, events("Tell about", hint="The fewer, the more they are read.")] = None,
    places: Annotated[
        dict[str, str] | None,
        Places("For", keywords=("for", "in", "on"), placeholder="All your lines", hint="Lines and people."),
    ] = None,
    only: Annotated[
        str | None,
        Text(
            "Only",
            keywords=("only", "with"),
            longest=1_000,
            placeholder="external longer:30s hours:8-18 quiet:22-7",
            hint="label:vip, number:+1415, internal, external, longer:30s, queue:3, hours:mon-fri,8-18, hours:open or "
            "hours:closed (the line's own), quiet:22-7 (what comes then is posted at 7)",
        ),
    ] = None,
    but: Annotated[
        str | None,
        Text(
            "Except",
            keywords=("except", "without", "but"),
            longest=1_000,
            placeholder="label:spam internal",
            hint="label:spam, number:+1510, internal, external, or the name of a line or a colleague",
        ),
    ] = None,
    digest_at: Annotated[
        int | None,
        TimeOfDay("Digests at", keywords=("at",), bare=True, placeholder="08:00", hint="A weekly one comes on Monday."),
    ] = None,
    claim: Annotated[
        str | None,
        Choice(
            "Ask for help when nobody claims a call for",
            keywords=("escalate", "claim"),
            options=tuple(Option(f"{one} min", str(one)) for one in (1, 2, 5, 10, 15, 30, 60)),
            aliases=tuple((f"{one}{m}", str(one)) for one in (1, 2, 5, 10, 15, 30, 60) for m in ("m", "min", " min")),
            unset="Never",
        ),
    ] = None,
    group: Annotated[
        str | None, UserGroup("Then the user group", keywords=("group",), hint="On-duty agents are asked first.")
    ] = None,
    person: Annotated[
        Colleague | None, ColleagueChoice("Then", keywords=("then",), placeholder="A colleague, by mention")
    ] = None,
    supervisor: Annotated[
        Colleague | None,
        ColleagueChoice("At last", keywords=("supervisor",), placeholder="A supervisor, in a direct message"),
    ] = None,
    last: Annotated[
        str | None,
        Choice(
            "If even that does not help",
            keywords=("finally",),
            unset="Nothing more",
            options=(Option("Text the supervisor's phone", "sms"), Option("Call the supervisor", "call")),
        ),
    ] = None,
    handle: Annotated[
        str | None,
        Choice(
            "A claimed call is to be handled within",
            keywords=("handled",),
            unset="2 hours",
            options=tuple(Option(f"{one} min", str(one)) for one in (15, 30, 60, 120, 240, 480)),
        ),
    ] = None,
    keep: Annotated[
        str | None,
        UserGroup(
            "Keep a user group equal to who is on duty",
            keywords=("keep",),
            placeholder="No user group",
            hint="Whoever else is in it is taken out. It is never emptied.",
        ),
    ] = None,
    topic: Annotated[
        str | None,
        Choice(
            "In the channel's topic",
            unset="Nothing about duty",
            options=(Option("Who is on duty", "topic"),),
        ),
    ] = None,
    to: Annotated[str | None, Choice("To", keywords=("to",), shown=False, options=(Option("Me", "me"),))] = None,
    watch: Annotated[str, Carried("Subscription", longest=40)] = "",
) -> Answer:
    """A new subscription, or the one of the gear that was pressed."""
    board = _board(ctx)
    before = await _mine(ctx, board, watch) if watch else None
    rights = await rights_of(ctx)
    region = await ctx.region()
    let = _conditions("only", only, region)
    out = _conditions("but", but, region)
    chosen = await _places(ctx, rights, places or {}, let, own=to == "me")
    leave_out = dict([await _place(ctx, "but", one) for one in out.names])
    usual = frozenset({Kind.HANDOVER}) if keep or topic else QUIET_DEFAULT
    made = Watch(
        id=before.id if before else board.new_watch_id(),
        owner=before.owner if before else ctx.person,
        channel=before.channel if before else _channel(ctx, personal=to == "me"),
        kinds=frozenset(Kind(kind) for kind in kinds) if kinds else usual,
        only=let.filters(chosen),
        but=out.filters(leave_out),
        longer=let.longer or 0,
        hours=let.hours,
        line_hours=let.line_hours,
        quiet=let.quiet,
        queue=QUEUE_OVER if let.queue is None else let.queue,
        zone=before.zone if before else str(await ctx.zone()),
        policy=await _policy(ctx, claim, group, person, supervisor, last, handle),
        keep=keep or "",
        topic=bool(topic),
        paused=before.paused if before else False,
        digest_at=next((at for at in (digest_at, let.digest_at) if at is not None), DIGEST_AT),
    )
    _check_roster(made, rights)
    if not before and len(await board.watches_here(ctx.person, made.channel)) >= MOST:
        raise UserError(f"There are {MOST} notifications here already. Remove one before you add another.")
    problem = await board.save_watch(made)
    note: Prose = problem or "Saved. Use Test to see where it posts; I have to be a member of the channel."
    return watch_card(made, note=note)


def _check_roster(made: Watch, rights: Rights) -> None:
    """Raises FieldError for a roster nobody can follow, or marks that are not this person's to set."""
    follows = Kind.HANDOVER in made.kinds or made.keep or made.topic
    if follows and not made.call_centers:
        raise FieldError("places", "Name the call center whose roster this is about, such as: for Support")
    if made.topic and made.is_personal:
        raise FieldError("topic", "A direct message has no topic. Set this up in a channel.")
    if made.keep and not rights.lead(made.only.places):
        raise FieldError("keep", "Only supervisors of that call center and Dialpad admins can tie a user group to it.")


def _conditions(name: str, text: str | None, region: str) -> Conditions:
    try:
        return parse_conditions(text or "", region)
    except Unclear as problem:
        raise FieldError(name, str(problem)) from None


async def _place(ctx: Ctx, field: str, text: str) -> tuple[str, str]:
    try:
        return await find_place(ctx, text)
    except UnclearName as problem:
        raise FieldError(field, str(problem)) from None


async def _places(ctx: Ctx, rights: Rights, places: dict[str, str], let: Conditions, *, own: bool) -> dict[str, str]:
    """Only what the person belongs to: nobody listens to other people's calls by subscribing to them. ``own``: without
    any they mean themselves."""
    chosen = places | dict([await _place(ctx, "only", name) for name in let.names])
    if lacking := rights.lacking(chosen):
        raise FieldError(
            "places", f"You do not belong to {' and '.join(lacking)}, so you cannot listen there. A Dialpad admin can."
        )
    if own and not chosen:
        return _myself(rights)
    return chosen if chosen or rights.is_admin else await named_places(ctx, rights)


def _myself(rights: Rights) -> dict[str, str]:
    return {next(place for place in rights.places if place.startswith("user:")): "you"}


async def _policy(
    ctx: Ctx,
    claim: str | None,
    group: str | None,
    person: Colleague | None,
    supervisor: Colleague | None,
    last: str | None,
    handle: str | None,
) -> Policy:
    return Policy(
        claim=int(claim or 0),
        handle=int(handle or 120),
        group=group or "",
        person=await _slack_id(ctx, "person", person),
        supervisor=await _slack_id(ctx, "supervisor", supervisor),
        last=last or "",
    )


async def _slack_id(ctx: Ctx, field: str, colleague: Colleague | None) -> str:
    if colleague is None:
        return ""
    found = await ctx.deps.directory.find(ctx.account, Entity.USER, colleague.id)
    email = found.one.detail if found.one else ""
    slack_id = await _board(ctx).slack_person(ctx.person, email) if email else None
    if slack_id is None:
        raise FieldError(field, f"{colleague.name} is not in this Slack. Choose somebody who is.")
    return slack_id


# One of them


async def _mine(ctx: Ctx, board: Board, name: str) -> Watch:
    """One that may be changed here: by its owner, by who is in its channel, or by an admin of the company."""
    found = await board.watch(ctx.person, name)
    if found is None:
        raise UserError("This subscription was removed. Type notify to see what there is.")
    if found.is_personal and found.owner != ctx.person:
        raise UserError("These are somebody else's own notifications.")
    here = found.owner == ctx.person or found.channel == ctx.where.channel
    if not here and not (await rights_of(ctx)).is_admin:
        raise UserError("Notifications are changed in the channel they belong to. Open them there.")
    return found


@router.button(title="Notifications")
async def settings(ctx: Ctx, watch: WatchId) -> Answer:
    """What the gear of a card opens: the subscription that posted it."""
    return watch_card(await _mine(ctx, _board(ctx), watch))


@router.button(title="Pause", risk=Risk.CHANGE)
async def pause(ctx: Ctx, watch: WatchId) -> Answer:
    """Keeps it, and posts nothing."""
    board = _board(ctx)
    found = replace(await _mine(ctx, board, watch), paused=True)
    await board.save_watch(found)
    return watch_card(found, note="Paused: nothing is posted until somebody resumes it.")


@router.button(title="Resume", risk=Risk.CHANGE)
async def resume(ctx: Ctx, watch: WatchId) -> Answer:
    """Posts again."""
    board = _board(ctx)
    found = replace(await _mine(ctx, board, watch), paused=False)
    return watch_card(found, note=await board.save_watch(found) or "It posts again from now on.")


@router.button(title="Test", risk=Risk.CHANGE)
async def test(ctx: Ctx, watch: WatchId) -> Answer:
    """A made-up card, by the way real ones go."""
    board = _board(ctx)
    found = await _mine(ctx, board, watch)
    await board.post_test(found)
    where = "to you, in a direct message" if found.is_personal else "in the channel"
    sent = ["a made-up missed call"] if found.kinds - DIGESTS else []
    sent += ["the digest so far"] if found.kinds & DIGESTS else []
    what = " and ".join(sent)
    rest = f"on the way {where}. If nothing comes, invite me with /invite."
    return Reply(f"{what[:1].upper()}{what[1:]} {'are' if sent[1:] else 'is'} {rest}")


@router.button(title="Remove", risk=Risk.CHANGE)
async def remove(ctx: Ctx, watch: WatchId) -> Answer:
    """Asks first."""
    found = await _mine(ctx, _board(ctx), watch)
    facts = (Fact("It tells about", in_words(found)),)
    return Confirm(
        "notify.remove_now", {"watch": watch}, "Remove it?", facts, "Remove",
        note="What was posted stays. Pausing keeps the settings.", danger=True,
    )  # fmt: skip


@router.confirmed(risk=Risk.DESTRUCTIVE)
async def remove_now(ctx: Ctx, watch: WatchId) -> Answer:
    """Agreed to."""
    board = _board(ctx)
    found = await _mine(ctx, board, watch)
    await board.remove_watch(found)
    again: dict[str, Raw] = {"kinds": sorted(found.kinds)}
    return Reply(
        prose("Removed: ", in_words(found), "."), (Button("Add another", "notify.save", again, form=True),), tone="done"
    )


_DOING: Final = {
    "pause": pause, "resume": resume, "test": test, "remove": remove, "delete": remove, "edit": settings,
    "settings": settings, "unsubscribe": remove,
}  # fmt: skip
