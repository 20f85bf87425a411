"""Making a subscription from what was filled in or typed: names looked up, rights checked."""

from bot.activity.subscriptions.conditions import Conditions, parse_conditions
from bot.activity.subscriptions.filter import Side, UnclearFilter
from bot.activity.subscriptions.subscription import EscalationPolicy, Subscription
from bot.arguments.colleague import Colleague
from bot.arguments.phonebook import UnclearName
from bot.arguments.places import find_place
from bot.basics.errors import ChatopsError, FieldError
from bot.cards.rights import Rights, named_places
from bot.contract.context import Ctx
from bot.dialpad.action import Entity


async def conditions(ctx: Ctx, field: str, text: str | None, side: Side) -> Conditions:
    """Parse one side's conditions. Raises FieldError with an example."""
    try:
        return parse_conditions(text or "", await ctx.region(), side)
    except UnclearFilter as problem:
        raise FieldError(field, str(problem)) from None


async def places_named(ctx: Ctx, field: str, names: tuple[str, ...]) -> dict[str, str]:
    """Look places up by name. Raises FieldError for a name that nobody has, or several."""
    try:
        return dict([await find_place(ctx, name) for name in names])
    except UnclearName as problem:
        raise FieldError(field, f"{problem} For a label type label:spam.") from None


async def places_allowed(ctx: Ctx, rights: Rights, chosen: dict[str, str], *, own: bool) -> dict[str, str]:
    """Return ``chosen`` or, when nothing is chosen, the person's lines; with ``own`` the person alone. Raises
    FieldError for places they do not belong to: nobody listens to other people's calls by subscribing to them."""
    if lacking := rights.lacking(chosen):
        raise FieldError(
            "places",
            "You can be notified about your own calls and the lines you belong to, not about "
            f"{' and '.join(lacking)}. A Dialpad admin can set this up.",
        )
    if own and not chosen:
        return {next(place for place in rights.places if place.startswith("user:")): "you"}
    return chosen if chosen or rights.is_admin else await named_places(ctx, rights)


def check_roster(made: Subscription, rights: Rights) -> None:
    """Check that the roster can be followed and its user group and topic set by this person. Raises FieldError."""
    if made.follows_rosters and not made.call_centers:
        raise FieldError("places", "Name the call center to follow, for example: for Support")
    if made.topic and made.is_personal:
        raise FieldError("topic", "A direct message has no topic. Set this up in a channel.")
    if made.keep and not rights.lead(made.places):
        raise FieldError("keep", "Only supervisors of that call center and Dialpad admins can link a user group to it.")


async def policy_of(
    ctx: Ctx,
    *,
    claim: str | None,
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
        person=await _slack_id(ctx, "person", person),
        supervisor=await _slack_id(ctx, "supervisor", supervisor),
        last=last or "",
    )


async def _slack_id(ctx: Ctx, field: str, colleague: Colleague | None) -> str:
    if colleague is None:
        return ""
    found = await ctx.deps.directory.find(ctx.account, Entity.USER, colleague.id)
    email = found.one.detail if found.one else ""
    try:
        slack_id = await ctx.deps.people.with_email(ctx.person.team_id, email)
    except ChatopsError:
        raise FieldError(field, f"Slack did not say who {colleague.name} is. Try again in a minute.") from None
    if slack_id is None:
        raise FieldError(field, f"{colleague.name} is not in this Slack workspace. Choose somebody who is.")
    return slack_id
