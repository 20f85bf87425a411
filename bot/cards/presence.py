"""A person's state at Dialpad right now: do not disturb, duty, status, and what changes back by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.basics.language import mark, say
from bot.cards.silence import SilentGroup
from bot.contract.later import Pending
from bot.contract.prose import prose, sentence, till
from bot.contract.reply import Bold, Button, Fact, Prose, Row, When
from bot.dialpad.actions.people import User

_WHAT = {"dnd.back": mark("Do not disturb"), "duty.back": mark("Duty"), "status.back": mark("Status message")}


def is_operator(me: User) -> bool:
    """Tell whether the person works in a call center, so that duty applies to them."""
    return bool(me.on_duty_status) or any(place.group_type == "callcenter" for place in me.group_details)


def reason_of(reason: str | None) -> str:
    """Return why somebody is off duty; "" for a reason that says no more than that they are."""
    return "" if (reason or "").strip().casefold() == "off duty" else reason or ""


def standing_facts(me: User, quiet: Sequence[SilentGroup] = ()) -> tuple[Fact, ...]:
    """Return one fact for each part of the state; duty only for a person who works in a call center. ``quiet``: where
    do not disturb is on in one group."""
    return tuple(one.fact for one in _standing(me, quiet))


def standing_rows(
    me: User,
    pending: list[Pending],
    quiet: Sequence[SilentGroup] = (),
    toggles: Mapping[str, tuple[Button, ...]] | None = None,
) -> tuple[Row, ...]:
    """Return one row for each part of the state and each change back that is due, which a button can cancel.
    ``toggles``: more buttons for a part, by the route that changes it back."""
    rest = dict(toggles or {})
    due = [one for one in pending if one.route in _WHAT]
    rows = []
    for part in _standing(me, quiet):
        end = next((one for one in due if part.ended_by(one)), None)
        if end is not None:
            due.remove(end)
        text = prose(Bold(part.fact.label), ": ", part.fact.value, till(end.when if end else None))
        buttons = () if part.group else rest.pop(part.route, ())
        rows.append(Row(text, button=_keep(end) if end else None, more=buttons))
    if status := rest.pop("status.back", ()):
        rows.append(Row(sentence("{status}: none", status=Bold(say("Status"))), more=status))
    return (*rows, *(Row(_sentence(one), button=_keep(one)) for one in due))


@dataclass(frozen=True)
class _Standing:
    """A part of the state: the route that would change it back, whether it is on, the fact that says so, and the group
    that it is about."""

    route: str
    is_on: bool
    fact: Fact
    group: str = ""

    def ended_by(self, one: Pending) -> bool:
        """Tell whether a change back is about this, and still changes anything."""
        is_this = one.args.get("group", "") == self.group and not one.args.get("colleague")
        return one.route == self.route and is_this and _ends(one, self.is_on)


def _standing(me: User, quiet: Sequence[SilentGroup]) -> list[_Standing]:
    dnd = bool(me.do_not_disturb)
    facts = [_Standing("dnd.back", dnd, Fact(say("Do not disturb"), say("On") if dnd else say("Off")))]
    facts += [
        _Standing(
            "dnd.back", True, Fact(say("Do not disturb in {group}", group=one.group.name), say("On")), one.group.raw
        )
        for one in quiet
    ]
    if is_operator(me):
        duty = bool(me.is_on_duty)
        reason = "" if duty else reason_of(me.duty_status_reason)
        why = f" ({reason})" if reason else ""
        word = say("On{why}", why=why) if duty else say("Off{why}", why=why)
        facts.append(_Standing("duty.back", duty, Fact(say("Duty"), word)))
    if me.status_message:
        facts.append(_Standing("status.back", True, Fact(say("Status"), prose("“", me.status_message, "”"))))
    return facts


def _ends(one: Pending, is_on: bool) -> bool:
    """Tell whether a change back still changes anything; somebody may have changed the state by hand meanwhile."""
    return one.route == "status.back" or _state(one) != is_on


def _keep(one: Pending) -> Button:
    return Button("Keep as is", "whoami.keep", {"key": one.key})


def _sentence(one: Pending) -> Prose:
    what = Bold(say(_WHAT[one.route]))
    if one.route == "status.back":
        return sentence("{what} is cleared {when}", what=what, when=When(one.when, "date"))
    where = (
        say(" (in one group)")
        if one.args.get("group")
        else say(" (for a colleague)")
        if one.args.get("colleague")
        else ""
    )
    goes = mark("{what}{where} goes on {when}") if _state(one) else mark("{what}{where} goes off {when}")
    return sentence(goes, what=what, where=where, when=When(one.when, "date"))


def _state(one: Pending) -> bool:
    return one.args.get("state") == "on"
