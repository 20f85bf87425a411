"""Handles ``dnd``: do not disturb, for oneself or in one group, also for a while."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Final

from bot.arguments.colleague import Colleague, ColleagueChoice
from bot.arguments.group import Group, GroupChoice
from bot.arguments.moment import Moment
from bot.arguments.phonebook import name_length
from bot.arguments.switch import Switch
from bot.basics.errors import FieldError
from bot.basics.language import say
from bot.basics.times import UNTIL
from bot.basics.words import Word
from bot.cards.cover import meant_for_others
from bot.cards.silence import SilentGroup, silent_groups, silent_in
from bot.cards.timed_changes import ends_at, for_a_while, waiting_key
from bot.catalogue.answers import route_of
from bot.contract.argument import SeveralMeanings
from bot.contract.context import Ctx
from bot.contract.doubt import Doubt
from bot.contract.prose import listed, prose, sentence, till
from bot.contract.reply import Answer, Bold, Button, Card, Fact, Nothing, Raw, Reply
from bot.contract.routing import Router
from bot.dialpad.action import Entity, Risk
from bot.dialpad.actions.people import User
from bot.dialpad.actions.users import GetUser, ToggleDnd

router = Router()

DndSwitch = Annotated[bool | None, Switch("Do not disturb", hint="On: no calls ring.")]
Until = Annotated[
    datetime | None,
    Moment(
        "For how long",
        keywords=("for", "during", *UNTIL),
        bare=True,
        placeholder="30 minutes, 15:00, end of day …",
        hint="Then it changes back automatically. Leave it empty to keep it until you change it.",
    ),
]
InGroup = Annotated[
    Group | None,
    GroupChoice(
        "Only in one group",
        keywords=("in",),
        placeholder="Call center, department or office",
        hint="Leave it empty for all your calls.",
    ),
]


_SWITCHED: Final = {
    said: state
    for name in ("dnd", "do not disturb", "don't disturb")
    for state, verbs, others in (
        ("on", ("turn on", "switch on", "put on", "activate", "enable", "start"), ("turn", "switch", "put", "set")),
        (
            "off",
            ("turn off", "switch off", "deactivate", "disable", "stop", "end", "quit", "cancel", "remove"),
            ("turn", "switch", "set"),
        ),
    )
    for said in (*(f"{verb} {name}" for verb in verbs), *(f"{verb} {name} {state}" for verb in others))
}
"""Ways to say on and off."""


@dataclass(frozen=True)
class SomebodysName(ColleagueChoice):
    """A colleague for whom do not disturb was typed, also without an @."""

    async def take(self, ctx: Ctx, words: Sequence[Word], text: str) -> int:
        return await super().take(ctx, words, text) or await name_length(ctx, words, (Entity.USER,))

    async def parse(self, ctx: Ctx, name: str, raw: Raw) -> Colleague:
        try:
            return await super().parse(ctx, name, raw)
        except SeveralMeanings:
            raise
        except FieldError:
            said = str(raw)[:40]
            advice = say("Type a time, such as 30m, 2h, 15:00 or end of day.")
            raise FieldError(
                name,
                say(
                    "I don't understand “{said}”: it is no time, and nobody is called that. {advice}",
                    said=said,
                    advice=advice,
                ),
            ) from None


ForWhom = Annotated[Colleague | None, SomebodysName("Whose", keywords=("for",), bare=True, shown=False)]


@router.command(
    "dnd",
    usage="on|off [for 30m | until 15:00] [in <group>]",
    summary="Do not disturb: on, off, for a while, or in one group",
    examples=("dnd on for 30m", "dnd on until 15:00 in Support", "dnd off"),
    phrases={
        "do not disturb": "",
        "don't disturb": "",
        "dont disturb": "",
        "don't disturb me": "on",
        "dont disturb me": "on",
        "do not disturb me": "on",
        "mute": "on",
        "mute me": "on",
        "mute my phone": "on",
        "mute calls": "on",
        "unmute": "off",
        "unmute me": "off",
        "unmute my phone": "off",
        "silence me": "on",
        "no disturb": "",
        "not disturb": "",
        "no disturb me": "on",
        "not disturb me": "on",
        "i not disturb": "on",
        **_SWITCHED,
        "am i on dnd": "",
        "is dnd on": "",
        "am i on do not disturb": "",
    },
    title="Do not disturb",
    submit="Save",
    action=ToggleDnd,
    short=True,
)
async def dnd(
    ctx: Ctx, state: DndSwitch = None, until: Until = None, group: InGroup = None, whose: ForWhom = None
) -> Answer:
    """Turn do not disturb on or off. Without a state: on when a time is given, else the current state is shown."""
    if whose is not None and whose.id != await ctx.account.user_id():
        raise _for_somebody(whose, state is not False)
    if state is None and until is None:
        return await _present(ctx, group)
    wanted = state is not False
    me = await ctx.send(GetUser())
    _check_membership(me, group)
    before = _is_on(me, group)
    quiet = [one for one in await silent_groups(ctx, me) if group is None or one.group != group]
    if not wanted and not before and group is None and quiet:
        return await _ring_in(ctx, quiet, until)
    key = waiting_key(ctx.person, "dnd", group.id if group else "")
    lost = await ends_at(ctx, key) if until is None and before == wanted else None
    way_back = {"state": "off" if wanted else "on"} | _group_args(group)
    async with for_a_while(ctx, until, key, "dnd.back", way_back):
        if before != wanted:
            await _toggle(ctx, wanted, group)
    done = _changed(before, wanted, group, until, stays=lost is not None)
    if not wanted:
        return _still_silent(done, group, quiet if group is None else (), everywhere=bool(me.do_not_disturb))
    if before == wanted:
        return done
    others = await meant_for_others(ctx, silent=True, only=group.raw if group else "")
    return replace(done, text=prose(done.text, others), tone="warning") if others else done


def _for_somebody(whose: Colleague, wanted: bool) -> Doubt:
    """Say that everybody sets it for themselves, with what can be done for a colleague."""
    word, duty, name = ("on", "off", whose.name) if wanted else ("off", "on", whose.name)
    if wanted:
        said = say(
            "Everybody sets do not disturb for themselves. Supervisors can put {name} off duty, and Dialpad admins can "
            "set it for others.",
            name=name,
        )
    else:
        said = say(
            "Everybody sets do not disturb for themselves. Supervisors can put {name} on duty, and Dialpad admins can "
            "set it for others.",
            name=name,
        )
    theirs = say("{name} off duty", name=name) if wanted else say("{name} on duty", name=name)
    return Doubt(
        said,
        (
            Button(theirs, "duty.duty", {"colleague": whose.raw, "state": duty}),
            Button("Set it as an admin…", route_of(ToggleDnd), {"id": whose.id, "do_not_disturb": word}, form=True),
            Button("My own: on" if wanted else "My own: off", "dnd.dnd", {"state": word}),
        ),
    )


async def _ring_in(ctx: Ctx, quiet: Sequence[SilentGroup], until: datetime | None) -> Reply:
    """Turn it off in the groups where alone it is on: nothing else can be meant."""
    for one in quiet:
        key = waiting_key(ctx.person, "dnd", one.group.id)
        async with for_a_while(ctx, until, key, "dnd.back", {"state": "on"} | _group_args(one.group)):
            await _toggle(ctx, False, one.group)
    names = listed([prose(Bold(one.group.name)) for one in quiet])
    return Reply(
        sentence("Do not disturb in {names}: on → off{till}.", names=names, till=till(until)),
        buttons=_buttons(False, None),
        tone="done",
    )


def _still_silent(done: Reply, group: Group | None, quiet: Sequence[SilentGroup], *, everywhere: bool) -> Reply:
    """Say where calls do not ring all the same, with what lets them."""
    if group is not None and everywhere:
        button = Button("Turn off everywhere", "dnd.dnd", {"state": "off"}, style="primary")
        said = sentence("{done} It is on for all your calls, so none rings.", done=done.text)
        return replace(done, text=said, buttons=(button, *done.buttons), tone="warning")
    if not quiet:
        return done
    said = sentence("{done} It is still on in {silent_in}.", done=done.text, silent_in=silent_in(quiet))
    return replace(done, text=said, buttons=(*(one.turn_off() for one in quiet[:3]), *done.buttons), tone="warning")


@router.later(risk=Risk.CHANGE)
async def back(
    ctx: Ctx,
    state: Annotated[bool, Switch("State", shown=False)],
    group: Annotated[Group | None, GroupChoice("Group", shown=False)] = None,
) -> Answer:
    """Set do not disturb back when its time is over, unless the person already did."""
    me = await ctx.send(GetUser())
    if _is_on(me, group) == state:
        return Nothing()
    await _toggle(ctx, state, group)
    where = _where(group)
    said = (
        sentence("Time's up: do not disturb{where} is on again.", where=where)
        if state
        else sentence("Time's up: do not disturb{where} is off again.", where=where)
    )
    return Reply(said, buttons=_buttons(state, group), tone="done")


async def _present(ctx: Ctx, group: Group | None) -> Card:
    me = await ctx.send(GetUser())
    is_on = _is_on(me, group)
    end = await ends_at(ctx, waiting_key(ctx.person, "dnd", group.id if group else ""))
    quiet = await silent_groups(ctx, me) if group is None else ()
    silent = is_on or bool(me.do_not_disturb)
    text = (
        say("Calls do not ring for you; they go to voicemail or to others.") if silent else say("Calls ring as usual.")
    )
    if not silent and quiet:
        text = say("All other calls ring as usual.")
    elif silent and not is_on:
        text = say("It is on for all your calls, so none rings. {said}", said=text)
    return Card(
        sentence("Do not disturb{where} is on{till}", where=_where(group), till=till(end))
        if is_on
        else sentence("Do not disturb{where} is off", where=_where(group)),
        facts=tuple(
            Fact(say("In {group}", group=one.group.name), sentence("on{till}", till=till(one.until))) for one in quiet
        ),
        text=text,
        buttons=(*(one.turn_off() for one in quiet[:3]), *_buttons(is_on, group)),
    )


async def _toggle(ctx: Ctx, wanted: bool, group: Group | None) -> None:
    await ctx.send(
        ToggleDnd(
            do_not_disturb=wanted,
            group_type=group.kind if group else None,
            group_id=group.id if group else None,
        )
    )


def _check_membership(me: User, group: Group | None) -> None:
    if group and me.group_details and not any(place.group_id == group.id for place in me.group_details):
        raise FieldError(
            "group",
            say("You are not in {group}, so its calls never ring for you. Leave the group out.", group=group.name),
        )


def _is_on(me: User, group: Group | None) -> bool:
    if group is None:
        return bool(me.do_not_disturb)
    return any(place.group_id == group.id and place.do_not_disturb for place in me.group_details)


def _changed(before: bool, wanted: bool, group: Group | None, end: datetime | None, *, stays: bool = False) -> Reply:
    if before != wanted:
        change = say(": off → on") if wanted else say(": on → off")
    else:
        change = say(": still on") if wanted else say(": still off")
    rest = (say(", with no end time."),) if stays else prose(till(end), ".")
    return Reply(
        sentence("Do not disturb{where}{change}{rest}", where=_where(group), change=change, rest=rest),
        buttons=_buttons(wanted, group),
        tone="done",
    )


def _where(group: Group | None) -> str:
    return say(" in {group}", group=group.name) if group else ""


def _group_args(group: Group | None) -> dict[str, str]:
    return {"group": group.raw} if group else {}


def _buttons(is_on: bool, group: Group | None) -> tuple[Button, ...]:
    args = _group_args(group)
    first = Button("Turn off now", "dnd.dnd", {"state": "off"} | args) if is_on else None
    always = Button("Turn on", "dnd.dnd", {"state": "on"} | args) if not is_on else None
    return tuple(
        button
        for button in (
            first,
            Button("30 min", "dnd.dnd", {"state": "on", "until": "30m"} | args),
            Button("1 hour", "dnd.dnd", {"state": "on", "until": "1h"} | args),
            always,
            Button("More…", "dnd.dnd", {"state": "on"} | args, form=True),
        )
        if button
    )
