"""Handles ``alerts``: a message when a line is in trouble, acknowledged, snoozed, and closed when it is over."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Final

from bot.activity.alerts import Thresholds
from bot.activity.news import NewsKind
from bot.activity.subscriptions.filters import PlaceFilter
from bot.activity.subscriptions.overlap import find_same
from bot.activity.subscriptions.subscription import Subscription
from bot.arguments.group import WATCHED_KINDS, WATCHED_LINE, Group
from bot.arguments.note_to_channel import NOTE_TO_CHANNEL
from bot.arguments.subscription_options import UserGroupChoice
from bot.arguments.switch import Switch
from bot.basics.errors import FieldError, UserError
from bot.basics.language import say
from bot.basics.times import on_clock, read_span
from bot.basics.words import Word
from bot.cards.alert import ALERT
from bot.cards.channel_line import line_of_channel
from bot.cards.rights import rights_of
from bot.cards.subscription_preview import NOT_HERE, already_there, preview
from bot.contract.argument import Carried, Choice, Option
from bot.contract.board import Notifications, PostedCard
from bot.contract.context import Ctx, Origin
from bot.contract.reply import Answer, Button, Form, Nothing, Prose, Raw, Reply
from bot.contract.routing import Router
from bot.dialpad.action import Risk

router = Router()

_MORNING: Final = 8 * 60
"""When a snooze until tomorrow ends, in minutes after midnight by the person's own clock."""


def _counts(numbers: tuple[int, ...], unit: str) -> tuple[Option, ...]:
    return tuple(Option(f"{one} {unit}", str(one)) for one in numbers)


_WHOM: Final = r"(?:me|us|here|everybody|everyone|the team|this channel|(?P<whom>(?!(?:when|if)\b)[\w-]+))"
_WHEN: Final = (
    rf"(?:(?:alerts?|alarm|warn|notify)(?: {_WHOM})?"
    r"|(?:tell|inform|ping|message|let) (?:me|us|here|everybody|everyone|the team|this channel)(?: know)?) "
    r"(?:when(?:ever)?|if|once|in case|as soon as) (?:there (?:are|is) )?"
)
_LINE_AT_END: Final = r"(?: (?:in|for|at|on|of) (?:the )?(?P<line>[\w' -]+?)(?: (?:queue|line|call center))?)?"
_MANY: Final = r"(?:(?:more than|over|above|at least|>=?|min(?:imum)?) ?)?"
_OVER: Final = r"(?:more than|longer than|over|above|at least|>=?) ?"
_ALERTS: Final = r"(?:alerts?|alarms?)(?: me| us| here)?(?: (?:at|when|if|for|from))?"
_ALERTS_OF: Final = (
    rf"{_ALERTS}(?: (?:in|on|of))? (?P<line>(?!(?:in|on|of|for|at|when|if|me|us|here)\b)[\w'-]+(?: [\w'-]+)?)"
)
_PEOPLE: Final = r"(?: (?:calls?|callers?|people|customers?|persons?|clients?))?"
SENTENCES: Final = tuple(
    (re.compile(_WHEN + said, re.IGNORECASE), words)
    for said, words in (
        (
            (
                rf"(?P<count>{_MANY}\d+)(?: or more)?{_PEOPLE}(?: (?:are|is|have been))?"
                rf" (?:waiting|waits?|queued?|in (?:the )?queue|on hold){_LINE_AT_END}"
            ),
            "{whom} {line} waiting {count}",
        ),
        (
            (
                rf"the (?:queue|line) (?:is|has|gets|grows) (?:longer than |to )?(?P<count>{_MANY}\d+)"
                rf"{_PEOPLE}{_LINE_AT_END}"
            ),
            "{whom} {line} waiting {count}",
        ),
        (
            (
                r"(?:some(?:body|one)|any(?:body|one)|an?y? (?:caller|customer|call|person)|the wait"
                r"|callers|customers|calls)"
                r"(?: (?:waits?|is waiting|are waiting|has waited|has been waiting|is))(?: for)?"
                rf" (?P<wait>(?:longer than |{_MANY})\d+) ?(?:m|min|mins|minutes?)"
                rf"(?: or (?:more|longer))?{_LINE_AT_END}"
            ),
            "{whom} {line} wait {wait}",
        ),
        (
            (
                r"(?:no ?body|no one|none|no agents?) (?:is|are) (?:on duty|on|available|there|free)"
                rf"{_LINE_AT_END}"
            ),
            "{whom} {line} nobody on",
        ),
    )
) + tuple(
    (re.compile(said, re.IGNORECASE), words)
    for said, words in (
        (
            rf"{_ALERTS} (?P<wait>{_OVER}\d+) ?(?:m|min|mins|minutes?)(?: wait(?:ing)?)?{_LINE_AT_END}",
            "{line} wait {wait}",
        ),
        (rf"{_ALERTS} (?P<count>{_OVER}\d+){_PEOPLE}{_LINE_AT_END}", "{line} waiting {count}"),
        (rf"{_ALERTS_OF} (?P<wait>{_OVER}\d+) ?(?:m|min|mins|minutes?)(?: wait(?:ing)?)?", "{line} wait {wait}"),
        (rf"{_ALERTS_OF} (?P<count>{_OVER}\d+){_PEOPLE}(?: wait(?:ing)?)?", "{line} waiting {count}"),
    )
)
"""Alerts as people ask for them; the form that opens shows what was understood."""


@dataclass(frozen=True)
class AtLeast(Choice):
    """One of a few numbers, also typed as "more than 3" or as a number between two of them, where the lower counts."""

    _: KW_ONLY
    is_span: bool = False
    """Whether it is a time: longer than 5 minutes is 5, where more than 5 callers are 6."""

    async def take(self, ctx: Ctx, words: Sequence[Word], text: str) -> int:
        counts = range(min(_LONGEST_COUNT, len(words)), 0, -1)
        return next((count for count in counts if self.fits(" ".join(word.text for word in words[:count]))), 0)

    def chosen(self, text: str) -> str | None:
        found = _COUNT.fullmatch(text.casefold())
        if found is None:
            return super().chosen(text)
        wanted = int(found["number"]) + (bool(found["over"]) and not self.is_span)
        lower = [option.value for option in self.options if int(option.value) <= wanted]
        return lower[-1] if lower else self.options[0].value


_COUNT: Final = re.compile(
    r"(?:(?P<over>more than|longer than|over|above|>(?!=))|at least|min(?:imum)?|>=)? ?(?P<number>[0-9]{1,4})"
)
_LONGEST_COUNT: Final = 3
"""Words of "more than 3"."""


@router.command(
    "alerts",
    usage="[call center or department]",
    summary="Be told here when a line is in trouble: who waits, for how long, nobody on duty",
    aliases=("alarm", "alarms"),
    phrases={"set up alerts": "", "set up alerts for": "", "alert us": "", "alert me": ""},
    sentences=SENTENCES,
    examples=("alerts Support", "alert me when more than 3 wait in Support"),
    title="Alerts",
    submit="Preview",
)
async def alerts(
    ctx: Ctx,
    group: Annotated[
        Group | None,
        WATCHED_LINE,
    ] = None,
    waiting: Annotated[
        str | None,
        AtLeast("When so many wait", keywords=("waiting",),
               options=_counts((*range(1, 11), 12, 15, 20), "or more callers"), unset="Never"),
    ] = None,
    wait: Annotated[
        str | None,
        AtLeast("When somebody waits for", keywords=("wait",), options=_counts((*range(1, 11), 12, 15, 20, 30), "min"),
               unset="Never", is_span=True),
    ] = None,
    nobody: Annotated[bool | None, Switch("When nobody is on duty", keywords=("nobody",))] = None,
    off: Annotated[
        str | None,
        Choice("When somebody is off duty for", options=_counts((15, 30, 45, 60, 90, 120), "min"), unset="Never",
               folded=True, hint="Only those who went off duty today."),
    ] = None,
    answers: Annotated[
        str | None,
        Choice("When fewer calls are answered in time than", options=_counts((95, 90, 80, 70, 60, 50), "%"),
               unset="Never", folded=True, hint="Of today's answered calls, once there are ten."),
    ] = None,
    within: Annotated[
        str | None,
        Choice("In time means within", options=_counts((10, 20, 30, 60, 120), "s"), unset="20 s", folded=True),
    ] = None,
    mention: Annotated[
        str | None, UserGroupChoice("Mention a user group", folded=True, placeholder="Nobody is mentioned")
    ] = None,
    subscription: Annotated[str, Carried("Subscription", longest=40)] = "",
) -> Answer:  # fmt: skip
    """Open the form with what is usual or set already; once it is filled in, show what would be saved."""
    notifications = ctx.notifications
    group = group or await line_of_channel(ctx, WATCHED_KINDS)
    if ctx.origin is not Origin.FORM:
        typed = {"waiting": waiting or "", "wait": wait or "", "nobody": "on" if nobody else ""}
        return await _form(ctx, notifications, group, {name: value for name, value in typed.items() if value})
    if group is None:
        raise FieldError("group", say("Choose the line that the alerts are about."))
    rights = await rights_of(ctx)
    if not rights.cover({group.raw}):
        raise FieldError(
            "group",
            say(
                "You do not belong to {group}. Ask somebody who does, or a Dialpad admin, to set this up.",
                group=group.name,
            ),
        )
    chosen = Thresholds(
        int(waiting or 0), int(wait or 0), bool(nobody), int(off or 0), int(answers or 0),
        int(within or Thresholds().answer_s), mention or "",
    )  # fmt: skip
    if not chosen.words:
        raise FieldError("waiting", say("Choose at least one thing that you want to be told of."))
    before = await _before(ctx, notifications, subscription)
    if before is not None and before.alerts == chosen:
        return already_there(before, before)
    made = replace(before, alerts=chosen) if before is not None else await _new(ctx, notifications, group, chosen)
    return await _preview(ctx, notifications, made, before)


async def _form(ctx: Ctx, notifications: Notifications, group: Group | None, typed: Mapping[str, str]) -> Answer:
    """Open the form for a line: with what was typed and what is set for it here, else only with what was typed, or with
    what is usual."""
    here = await notifications.subscriptions_here(ctx.person, _channel(ctx)) if group is not None else []
    theirs = [one for one in here if NewsKind.ALERT in one.kinds and group is not None and group.raw in one.places]
    if theirs:
        return Form("alerts.alerts", _fields(theirs[0], group) | dict(typed))
    fresh: dict[str, Raw] = {"group": group.raw} if group is not None else {}
    usual = _chosen(Thresholds(0, 0, False) if typed else Thresholds())
    return Form("alerts.alerts", fresh | usual | dict(typed))


def _fields(subscription: Subscription, group: Group | None = None) -> dict[str, Raw]:
    place = group.raw if group is not None else next(iter(subscription.places), "")
    chosen = _chosen(subscription.alerts or Thresholds())
    return {"group": place, "subscription": subscription.id} | chosen


def _chosen(one: Thresholds) -> dict[str, Raw]:
    counts = {"waiting": one.waiting, "wait": one.wait, "off": one.off, "answers": one.answers}
    filled: dict[str, Raw] = {name: str(count) for name, count in counts.items() if count}
    filled |= {"nobody": "on" if one.nobody else "off", "within": str(one.answer_s)}
    return filled | ({"mention": one.group} if one.group else {})


def _channel(ctx: Ctx) -> str:
    return ctx.person.user_id if ctx.where.is_direct or not ctx.where.channel else ctx.where.channel


async def _before(ctx: Ctx, notifications: Notifications, subscription: str) -> Subscription | None:
    found = await notifications.subscription(ctx.person, subscription) if subscription else None
    if subscription and found is None:
        raise UserError(say("Somebody removed these alerts meanwhile. Type alerts to set them up again."))
    return found


async def _new(ctx: Ctx, notifications: Notifications, group: Group, chosen: Thresholds) -> Subscription:
    return Subscription(
        notifications.new_subscription_id(), ctx.person, _channel(ctx), frozenset({NewsKind.ALERT}),
        (PlaceFilter(group.raw, group.name),), zone=str(await ctx.zone()), alerts=chosen,
    )  # fmt: skip


async def _preview(ctx: Ctx, notifications: Notifications, made: Subscription, before: Subscription | None) -> Answer:
    here = await notifications.subscriptions_here(ctx.person, made.channel)
    if same := find_same(made, here):
        return already_there(made, same)
    notes: list[Prose] = []
    if not made.is_personal and not await notifications.may_post(ctx.person, made.channel):
        notes.append(say(NOT_HERE))
    fields = _fields(made)
    if before is None:
        del fields["subscription"]
    return replace(preview(made, before, notes=notes), edit=Button("Change", "alerts.alerts", fields))


@router.button(title="Alerts")
async def edit(ctx: Ctx, subscription: Annotated[str, Carried("Subscription", longest=40)]) -> Answer:
    """Open the form, filled in with what a subscription wants alerts about."""
    found = await _before(ctx, ctx.notifications, subscription)
    if found is None or NewsKind.ALERT not in found.kinds:
        raise UserError(say("These notifications have no alerts. Type alerts to set them up."))
    return Form("alerts.alerts", _fields(found))


# One of them


CarriedCard = Annotated[str, Carried("Card", longest=40)]


def _over() -> Reply:
    return Reply(say("This is over already, so nothing was changed."))


@router.button(title="Acknowledge", submit="Acknowledge", risk=Risk.CHANGE)
async def acknowledge(
    ctx: Ctx,
    card: CarriedCard,
    note: Annotated[str, NOTE_TO_CHANNEL] = "",
) -> Answer:
    """Note on an alert that somebody is at it, with what they do about it."""
    notifications = ctx.notifications
    found = await _alert(ctx, notifications, card)
    return Nothing() if await notifications.acknowledge_alert(found, ctx.person, note.strip()) else _over()


@router.button(title="Snooze", risk=Risk.CHANGE)
async def snooze(ctx: Ctx, card: CarriedCard, span: Annotated[str, Carried("How long", longest=10)] = "15m") -> Answer:
    """Let nobody be told of the same again for a while, or until tomorrow morning."""
    notifications = ctx.notifications
    found = await _alert(ctx, notifications, card)
    return Nothing() if await notifications.snooze_alert(found, ctx.person, await _until(ctx, span)) else _over()


async def _until(ctx: Ctx, span: str) -> datetime:
    zone = await ctx.zone()
    tomorrow = ctx.now.astimezone(zone).date() + timedelta(days=1)
    return on_clock(tomorrow, _MORNING, zone) if span == "tomorrow" else ctx.now + (read_span(span) or timedelta(0))


async def _alert(ctx: Ctx, notifications: Notifications, card: str) -> PostedCard:
    found = await notifications.card(ctx.person, card)
    if found is None or found.kind != ALERT:
        raise UserError(say("This alert is gone. Type alerts to see what is set up here."))
    return found
