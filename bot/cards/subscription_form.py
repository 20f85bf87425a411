"""Making a subscription from what was filled in or typed: names looked up, rights checked."""

from collections.abc import Mapping
from dataclasses import replace

from bot.activity.news import NewsKind
from bot.activity.subscriptions.changes import shows_more
from bot.activity.subscriptions.conditions import Conditions, parse_conditions
from bot.activity.subscriptions.filter import Side, UnclearFilter
from bot.activity.subscriptions.filters import YOU, LabelFilter
from bot.activity.subscriptions.subscription import LOOKED_AT, EscalationPolicy, Subscription
from bot.arguments.colleague import Colleague
from bot.arguments.phonebook import UnclearName
from bot.arguments.places import find_place, unclear_place
from bot.basics.errors import ChatopsError, DialpadError, FieldError, NotFound
from bot.basics.language import say
from bot.cards.rights import Rights, named_places
from bot.contract.argument import Option
from bot.contract.context import Ctx, with_any_email
from bot.contract.reply import Prose
from bot.dialpad.actions.users import GetUser


async def conditions(ctx: Ctx, field: str, text: str | None, side: Side) -> Conditions:
    """Parse one side's conditions. Raises FieldError with an example."""
    try:
        return parse_conditions(text or "", await ctx.region(), side)
    except UnclearFilter as problem:
        raise FieldError(field, str(problem)) from None


async def places_named(ctx: Ctx, field: str, names: tuple[str, ...]) -> dict[str, str]:
    """Look places up by name. Raises FieldError for a name that nobody has, or several."""
    found: dict[str, str] = {}
    for name in names:
        try:
            place, shown = await find_place(ctx, name)
        except UnclearName as problem:
            label = Option(say("The label {name}", name=name), LabelFilter(name.casefold()).typed)
            raise unclear_place(field, name, problem, say("For a label type label:spam."), label) from None
        found[place] = shown
    return found


async def places_allowed(
    ctx: Ctx, rights: Rights, chosen: dict[str, str], *, own: bool, personal: bool
) -> dict[str, str]:
    """Return ``chosen`` or, when nothing is chosen, the person's lines; with ``own`` the person alone. Their own line
    is among them only where nobody else reads (``personal``), or when they belong to no other. Raises FieldError for
    places they do not belong to: nobody listens to other people's calls by subscribing to them."""
    check_belongs(rights, chosen)
    if own and not chosen:
        return {next(place for place in rights.places if place.startswith("user:")): YOU}
    if chosen or rights.is_admin:
        return chosen
    lines = await named_places(ctx, rights)
    shared = {place: name for place, name in lines.items() if not place.startswith("user:")}
    return lines if personal or not shared else shared


def check_belongs(rights: Rights, chosen: Mapping[str, str]) -> None:
    """Check that a person belongs to the lines they choose. Raises FieldError."""
    if lacking := rights.lacking(chosen):
        raise FieldError(
            "places",
            say(
                "You can be notified about your own calls and the lines you belong to, not about "
                "{lacking}. A Dialpad admin can set this up.",
                lacking=say(" and ").join(lacking),
            ),
        )


async def places_changed(
    ctx: Ctx, rights: Rights, before: Subscription, chosen: dict[str, str], owner: str
) -> dict[str, str]:
    """Return the places of a subscription that is changed. Lines that the person does not see stay as the owner chose
    them. Raises FieldError. ``owner`` is the owner's name for somebody else, "" for themselves."""
    kept = before.places
    if not kept and not chosen:
        return {}
    if owner and not rights.is_admin:
        if not kept:
            raise FieldError(
                "places",
                say(
                    "{owner} chose every line, so only they or a Dialpad admin can narrow that. Leave it "
                    "empty, or add notifications of your own.",
                    owner=owner,
                ),
            )
        hidden = [name for place, name in kept.items() if place not in chosen and place not in rights.places]
        if hidden:
            raise FieldError(
                "places",
                say(
                    "{owner} chose {hidden}, which you do not belong to. Leave it in, or ask them.",
                    owner=owner,
                    hidden=say(" and ").join(hidden),
                ),
            )
    fresh = {place: name for place, name in chosen.items() if place not in kept}
    personal = before.is_personal
    allowed = await places_allowed(ctx, rights, fresh, own=False, personal=personal) if fresh or not chosen else {}
    return {place: kept.get(place, name) for place, name in (chosen or allowed).items()}


def check_wider(before: Subscription, made: Subscription, rights: Rights) -> None:
    """Check that whoever makes a subscription show more may see all that it is about. Raises FieldError."""
    if not shows_more(before, made) or rights.cover_all(made.places):
        return
    lines = say(" and ").join(rights.lacking(made.places)) or say("every line")
    raise FieldError(
        "kinds" if made.kinds - before.kinds else "only" if made.places == before.places else "places",
        say(
            "This is about {lines}, which you do not belong to, so only a Dialpad admin can make it show "
            "more. Add notifications of your own for your lines.",
            lines=lines,
        ),
    )


def check_rights(before: Subscription | None, made: Subscription, rights: Rights) -> None:
    """Check once more, when it is saved, what was checked before it was shown. Raises FieldError."""
    kept = before.places if before is not None else {}
    check_belongs(rights, {place: name for place, name in made.places.items() if place not in kept})
    if before is not None:
        check_wider(before, made, rights)
    elif not made.places and not rights.is_admin:
        raise FieldError("places", say("Only a Dialpad admin can choose every line. Name yours."))
    check_roster(made, rights, before)


def check_roster(made: Subscription, rights: Rights, before: Subscription | None = None) -> None:
    """Check that the roster can be followed and its user group and topic set by this person. Raises FieldError."""
    if made.kinds & LOOKED_AT and not any(place.startswith(("callcenter:", "department:")) for place in made.places):
        board = say("Name the line that the board is for, for example: for Support")
        alerts = say("Name the line that the alerts are for, for example: for Support")
        raise FieldError("places", board if NewsKind.BOARD in made.kinds else alerts)
    if replace(made, kinds=made.kinds - LOOKED_AT).follows_rosters and not made.call_centers:
        raise FieldError("places", say("Name the call center to follow, for example: for Support"))
    if made.topic and made.is_personal:
        raise FieldError("topic", say("A direct message has no topic. Set this up in a channel."))
    same = before is not None and (before.keep, before.call_centers) == (made.keep, made.call_centers)
    if made.keep and not same and not rights.lead(made.places):
        raise FieldError(
            "keep", say("Only supervisors of that call center and Dialpad admins can link a user group to it.")
        )


async def notes_on_hours(ctx: Ctx, made: Subscription) -> list[Prose]:
    """Return what is to be known of the hours by which answers are due: that a line has none, or never opens."""
    notes: list[Prose] = []
    for place, name in made.places.items() if made.policy.answer else ():
        hours = await ctx.deps.directory.hours_of(ctx.account, place)
        if hours is None:
            notes.append(
                say(
                    "Dialpad tells no opening hours of {name}, so the time to answer counts around the clock.",
                    name=name,
                )
            )
        elif hours.days is not None and not any(hours.days):
            notes.append(say("By its hours in Dialpad {name} never opens, so no answer is ever due there.", name=name))
    return notes


async def policy_of(
    ctx: Ctx,
    *,
    claim: str | None,
    answer: str | None,
    first: str | None,
    group: str | None,
    person: Colleague | None,
    supervisor: Colleague | None,
    last: str | None,
    handle: str | None,
) -> EscalationPolicy:
    """Return the escalation policy from the form's fields. Raises FieldError for a colleague who is not in this
    Slack."""
    return EscalationPolicy(
        claim=int(claim or 0),
        handle=int(handle or EscalationPolicy().handle),
        on_duty=first != "nobody",
        group=group or "",
        person=await slack_id_of(ctx, "person", person),
        supervisor=await slack_id_of(ctx, "supervisor", supervisor),
        last=last or "",
        answer=int(answer or 0),
    )


async def slack_id_of(ctx: Ctx, field: str, colleague: Colleague | None) -> str:
    if colleague is None:
        return ""
    try:
        emails = (await ctx.send(GetUser(id=colleague.id))).emails
        slack_id = await with_any_email(ctx.deps.people, ctx.person.team_id, emails)
    except NotFound:
        slack_id = None
    except DialpadError:
        raise FieldError(
            field, say("Dialpad did not say who {colleague} is. Try again in a minute.", colleague=colleague.name)
        ) from None
    except ChatopsError:
        raise FieldError(
            field, say("Slack did not say who {colleague} is. Try again in a minute.", colleague=colleague.name)
        ) from None
    if slack_id is None:
        raise FieldError(
            field, say("{colleague} is not in this Slack workspace. Choose somebody who is.", colleague=colleague.name)
        )
    return slack_id
