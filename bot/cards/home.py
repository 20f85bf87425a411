"""The parts of the Home tab: who one is, the phone, call centers, actions and notifications."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot.activity.board import BoardView
from bot.activity.subscriptions.subscription import Subscription
from bot.activity.subscriptions.words import in_words
from bot.basics.language import say
from bot.cards.board import STALE_AFTER, board_lines, board_title
from bot.cards.presence import is_operator
from bot.cards.rights import Rights
from bot.catalogue.answers import route_of
from bot.catalogue.fields import fields_of
from bot.catalogue.typed import named_action
from bot.contract.prose import listed, prose, sentence
from bot.contract.reply import Bold, Button, Mention, Phone, Prose, Raw, Row, When
from bot.dialpad.action import Action
from bot.dialpad.actions.callcenters import AddCallCenterOperator, UpdateCallCenter
from bot.dialpad.actions.oauth2 import RUN_AS
from bot.dialpad.actions.people import User
from bot.dialpad.connection import DialpadConnection


@dataclass(frozen=True)
class Membership:
    """Where somebody belongs, and the permissions that this app asks for and their connection has not."""

    office: str = ""
    lacking: tuple[str, ...] = ()


MOST_LINES: Final = 5
"""Call centers on Home."""
MOST_NOTIFICATIONS: Final = 3
"""One's own, and as many that others set up."""
MOST_FAVOURITES: Final = 5
MOST_RECENT: Final = 5
ALL_NOTIFICATIONS: Final = "supervise.notifications"
"""The route that lists all of them."""
_LED: Final = 3
"""Lines that are named where there may be hundreds."""


def heading(text: str, button: Button | None = None) -> Row:
    """Return the line above a part of Home."""
    return Row((Bold(text),), button=button)


# Who one is


def connection_row(me: User, link: DialpadConnection, rights: Rights, led: Mapping[str, str], about: Membership) -> Row:
    """Return who somebody is at Dialpad, as what, and since when they are connected."""
    number = prose(Phone(me.phone_numbers[0]), " · ") if me.phone_numbers else ()
    office = f"{about.office} · " if about.office else ""
    how = say("in the browser") if link.kind == "oauth" else say("with an API key")
    lacking = ", ".join(about.lacking)
    note = (
        say("Your connection lacks the permission {lacking}. Connect again to add it.", lacking=lacking)
        if lacking
        else ""
    )
    return Row(
        sentence(
            "{number}{office}{role} · connected since {when}, {how}",
            number=number,
            office=office,
            role=_role(rights, led),
            when=When(link.connected_at, "date"),
            how=how,
        ),
        note=note,
    )


def _role(rights: Rights, led: Mapping[str, str]) -> str:
    if rights.is_admin:
        return say("company admin")
    if not led:
        return say("agent")
    names = list(led.values())
    more = len(names) - _LED
    said = [*names[:_LED], *([say("{more} more", more=more)] if more > 0 else [])]
    return say("supervisor of ") + "".join(str(part) for part in listed(said))


# The phone


def phone_toggles(me: User, *, silent: bool) -> dict[str, tuple[Button, ...]]:
    """Return the buttons beside each part of the state, by the route that changes it back."""
    dnd: tuple[Button, ...] = (
        Button("Do not disturb", "dnd.dnd", {"state": "on"}),
        Button("… for 30 min", "dnd.dnd", {"state": "on", "until": "30m"}, spoken="Do not disturb for 30 min"),
        Button("… for 1 hour", "dnd.dnd", {"state": "on", "until": "1h"}, spoken="Do not disturb for 1 hour"),
    )
    if silent:
        dnd = (Button("Turn off do not disturb", "dnd.dnd", {"state": "off"}),)
    duty: tuple[Button, ...] = ()
    if is_operator(me):
        duty = (Button("Go on duty", "duty.duty", {"state": "on"}),)
        if me.is_on_duty:
            duty = (
                Button("Go off duty", "duty.duty", {"state": "off"}),
                Button("Off for 30 min", "duty.duty", {"state": "off", "until": "30m"}),
            )
    clear = (Button("Clear it", "status.status", {"text": "clear"}, spoken="Clear it: status message"),)
    status = (Button("Status…", "status.status", form=True), *(clear if me.status_message else ()))
    return {"dnd.back": dnd, "duty.back": duty, "status.back": status}


# Call centers


def line_rows(views: Sequence[BoardView], now: datetime, left: int, *, answers: bool) -> list[Row]:
    """Return how each call center stands, with what a supervisor does there. ``left``: how many are not shown;
    ``answers``: whether Dialpad does."""
    every = Button("All call centers", "supervise.lines") if left > 0 else None
    rows = [heading(say("Call centers"), every)]
    for view in views:
        rows.append(
            Row(prose(Bold(board_title(view)), "\n", board_lines(view, ask=True), _age(view, now)), more=_of_line(view))
        )
    if left > 0:
        rows.append(Row(say("… and {left:,} more", left=left)))
    return rows if answers else [Row(one.text, one.note) for one in rows]


def _age(view: BoardView, now: datetime) -> Prose:
    if view.roster_at is None or now - view.roster_at <= STALE_AFTER:
        return ""
    return sentence("\nWho is on duty is as of {when}.", when=When(view.roster_at, "date"))


def _of_line(view: BoardView) -> tuple[Button, ...]:
    line, name = view.place.partition(":")[2], view.name
    day: dict[str, Raw] = {"of": view.place, "days": "today"}
    return (
        Button("People…", "supervise.people", {"group": view.place}, spoken=say("People: {name}", name=name)),
        *line_buttons(line, name),
        Button("Statistics of today", "stats.stats", day, spoken=say("Statistics of today: {name}", name=name)),
    )


def line_buttons(line: str, name: str) -> tuple[Button, ...]:
    """Return what can be done about a call center as a whole; ``line`` is its id."""
    this: dict[str, Raw] = {"id": line}
    return (
        Button(
            "Add somebody…",
            route_of(AddCallCenterOperator),
            this,
            form=True,
            spoken=say("Add somebody: {name}", name=name),
        ),
        Button("Settings…", route_of(UpdateCallCenter), this, form=True, spoken=say("Settings: {name}", name=name)),
    )


# Actions and notifications


def action_rows(favourites: Sequence[Mapping[str, Any]], recent: Sequence[str]) -> list[Row]:
    """Return the person's favourites and what they ran last, without the values that they ran it with."""
    rows: list[Row] = []
    for kept in favourites[:MOST_FAVOURITES]:
        action = named_action(str(kept.get("slug")))
        if action is not None:
            args = {str(name): value for name, value in dict(kept.get("args") or {}).items()}
            rows.append(Row(("★ ", say(action.name)), button=_open(action, args)))
    if (left := len(favourites) - MOST_FAVOURITES) > 0:
        rows.append(Row(say("… and {left} more favorites", left=left), button=Button("All favorites", "run.run")))
    starred = {str(kept.get("slug")) for kept in favourites}
    for slug in [one for one in recent if one not in starred][:MOST_RECENT]:
        action = named_action(slug)
        if action is not None:
            rows.append(Row(say(action.name), note=say("ran lately"), button=_open(action, {})))
    if not rows:
        return []
    return [heading(say("Favorites and recent actions"), Button("Find an action", "run.run")), *rows]


def _open(action: type[Action[Any]], args: Mapping[str, Raw]) -> Button:
    fields = [field for field in fields_of(action) if field.argument.shown]
    form = bool(args) or (bool(fields) and action not in RUN_AS)
    return Button("Open", route_of(action), args, form=form, spoken=say("Open: {action}", action=say(action.name)))


def notification_rows(found: Sequence[Subscription], me: str, *, is_admin: bool = False) -> list[Row]:
    """Return what is posted to the person, what they set up in channels, and what others set up about their lines: the
    first of each. ``is_admin``: they may change what others set up."""
    if not found:
        return []
    mine = [one for one in found if one.owner.user_id == me]
    others = [one for one in found if one.owner.user_id != me]
    shown = [*mine[:MOST_NOTIFICATIONS], *others[:MOST_NOTIFICATIONS]]
    rows = [heading(say("Notifications"), Button("Your notifications", "notify.mine"))]
    rows += [notification_row(one, me, is_admin=is_admin) for one in shown]
    if (left := len(found) - len(shown)) > 0:
        rows.append(Row(say("… and {left:,} more", left=left), button=Button("All notifications", ALL_NOTIFICATIONS)))
    return rows


def notification_row(one: Subscription, me: str, *, is_admin: bool) -> Row:
    """Return one subscription: what it is about, where it posts, and who set it up where that was somebody else."""
    where: Prose = say("in direct messages") if one.channel == me else sentence("in {who}", who=Mention(one.channel))
    paused = say("paused: ") if one.paused else ""
    is_mine = one.owner.user_id == me
    settings = Button(
        "Settings", "notify.settings", {"subscription": one.id}, spoken=say("Settings: {name}", name=in_words(one))[:75]
    )
    return Row(
        prose(paused, in_words(one), ", ", where),
        note="" if is_mine else sentence("Set up by {who}", who=Mention(one.owner.user_id)),
        button=settings if is_mine or is_admin else None,
    )
