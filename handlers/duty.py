"""Handles ``duty``: on or off duty for call center calls, with a reason, also for a while, also for a colleague."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

import structlog

from bot.arguments.colleague import Colleague, ColleagueChoice
from bot.arguments.moment import Moment
from bot.arguments.phonebook import name_length, named, said
from bot.arguments.places import raw_of
from bot.arguments.reason import Reason
from bot.arguments.switch import Switch
from bot.basics.errors import Conflict, DialpadError, FieldError, NotAllowed, NotFound, UserError
from bot.basics.language import mark, say
from bot.basics.name_search import fold, name_words
from bot.basics.times import UNTIL
from bot.basics.words import Word, split
from bot.cards.cover import meant_for_others
from bot.cards.presence import reason_of
from bot.cards.silence import silent_groups, silent_in
from bot.cards.taken_off import TELL_TAKEN_OFF
from bot.cards.timed_changes import ends_at, for_a_while, waiting_key
from bot.contract.argument import Carried, SeveralMeanings
from bot.contract.context import Ctx, Origin
from bot.contract.doubt import Doubt
from bot.contract.prose import prose, sentence, till
from bot.contract.reply import Answer, Bold, Button, Card, Fact, Nothing, Prose, Raw, Reply, When
from bot.contract.routing import Router
from bot.dialpad.action import ME, Entity, Risk
from bot.dialpad.actions.callcenters import DutyStatus, GetDutyStatus, SetDutyStatus
from bot.dialpad.actions.users import GetUser

router = Router()
_log = structlog.get_logger(__name__)

LONGEST_REASON: Final = 75
"""Most characters of a reason, as many as an option's value has."""

_IN: Final = frozenset({"in", "for", "at"})
OF_SOMEBODY: Final = "of-colleague"
"""The keyword that patterns put before somebody's name: whoever is named so and known to nobody is never oneself."""
_NAME: Final = r"(?P<who>[@\w.'-]+(?: (?!(?:is|are|was|back|goes|now|to|duty)\b)[\w'-]+)?)"
_NO_NAME: Final = (
    r"i'm|im|i|am|is|are|who|who's|whos|go|going|me|on|off|back|duty|dnd|status|call|ring|phone|dial|text|txt|sms|tell|"
    r"message|msg|send|write|note|label|tag|block|unblock|transfer|add|remove|take|put|set|bring|get|make|help|how|"
    r"what|when|stats|calls|notify|oncall|board|save|contact|run|open|cover|please|pls|turn|switch|stop|start"
)
"""Words that begin another line than one about a colleague."""
_OF_SOMEBODY: Final = tuple(
    re.compile(rf"{said}(?P<rest> .*)?", re.IGNORECASE)
    for said in (
        (
            r"(?:put|take|set|bring|get) (?P<who>(?!(?:me|it|this|the)\b)(?:(?! (?:and|&|out) "
            r"|,).)+?)(?: back)? (?:to )?(?P<state>on|off) duty"
        ),
        (
            rf"(?:put|take|set|bring|get) (?!(?:me|it|this|the|{_NO_NAME})\b){_NAME}(?: back)? (?:to )?"
            r"(?P<state>off|on(?=$| (?:for|until|till|at|now|again|please|[0-9])))"
        ),  # on lunch is off duty
        rf"(?!(?:{_NO_NAME})\b){_NAME}(?: (?:is|goes|back|now))* (?P<state>on|off) duty",
        rf"(?!(?:{_NO_NAME})\b){_NAME}(?: back)? duty (?P<state>on|off)",
        r"duty (?!(?:on|off)\b)(?P<who>@?[\w.'-]+) (?P<state>on|off)",
    )
)
_SILENT: Final = mark("Do not disturb is on, so no call rings.")


@dataclass(frozen=True)
class NamedColleague(ColleagueChoice):
    """A colleague whose duty it is: by a mention anywhere, by name in "put Noor off duty"."""

    @property
    def vocabulary(self) -> tuple[str, ...]:
        return ()  # nobody types the keyword

    async def nearly(self, ctx: Ctx, words: Sequence[Word]) -> int:
        """Count the words of a name, though it stands without an @."""
        return await name_length(ctx, words, (Entity.USER,))

    async def parse(self, ctx: Ctx, name: str, raw: Raw) -> Colleague:
        try:
            return await super().parse(ctx, name, raw)
        except SeveralMeanings:
            raise
        except FieldError:
            said = str(raw)[:40]
            if "@" in said:
                raise  # a mention can be nothing else
            mine = Button(say("My own duty…"), "duty.duty", {"reason": said}, form=True)
            told = say("No colleague is called “{said}”, so I changed nobody's duty.", said=said)
            raise Doubt(told, (mine,)) from None


DutySwitch = Annotated[bool | None, Switch("Duty", hint="On duty: call center calls ring.")]


@router.command(
    "duty",
    usage="on|off [reason] [until 13:00] [@colleague]",
    summary="Go on or off duty for call center calls",
    examples=("duty on", "duty off Lunch until 13:00", "duty off @mei Training"),
    phrases={
        "on duty": "on",
        "off duty": "off",
        "go on duty": "on",
        "go off duty": "off",
        "put me on duty": "on",
        "put me off duty": "off",
        "take me off duty": "off",
        "i'm off duty": "off",
        "i am off duty": "off",
        "i'm on duty": "on",
        "i am on duty": "on",
        "going off duty": "off",
        "going on duty": "on",
        "back on duty": "on",
        "am i on duty": "",
        "start my shift": "on",
        "end my shift": "off",
        "put me back on duty": "on",
        "take me back on duty": "on",
        "put myself on duty": "on",
        "put myself off duty": "off",
    },
    patterns=tuple((pattern, f"{{state}} {OF_SOMEBODY} {{who}} {{rest}}") for pattern in _OF_SOMEBODY),
    title="Duty",
    submit="Save",
    action=SetDutyStatus,
    short=True,
)
async def duty(
    ctx: Ctx,
    state: DutySwitch = None,
    until: Annotated[
        datetime | None,
        Moment(
            "For how long",
            keywords=("for", "during", *UNTIL),
            bare=True,
            placeholder="30 minutes, 13:00, end of day …",
            hint="Then it changes back automatically. Leave it empty to keep it.",
        ),
    ] = None,
    colleague: Annotated[
        Colleague | None,
        NamedColleague(
            "Who",
            keywords=(OF_SOMEBODY,),
            bare=True,
            placeholder="Yourself",
            hint="Supervisors can set it for their agents. Leave it empty for yourself.",
        ),
    ] = None,
    reason: Annotated[
        str | None,
        Reason("Reason", longest=LONGEST_REASON, placeholder="Lunch, training …", hint="Supervisors see it."),
    ] = None,
) -> Answer:
    """Go on or off duty, or show the current state when none is given."""
    if state is None and until is None and reason is None:
        return await _present(ctx, colleague)
    if state is not None and reason and ctx.origin is not Origin.FORM:
        await _check_reason(ctx, state, until, reason, colleague)
    if state is None:
        raise _on_or_off(ctx, until, colleague, reason)
    return await _change(ctx, state, until, colleague, reason)


async def _change(
    ctx: Ctx, state: bool, until: datetime | None, colleague: Colleague | None, reason: str | None
) -> Answer:
    before = await _ask(ctx, colleague)
    key = waiting_key(ctx.person, "duty", colleague.id if colleague else "")
    way_back = {"state": "off" if state else "on"} | ({"colleague": colleague.raw} if colleague else {})
    change = SetDutyStatus(id=colleague.id if colleague else ME, on_duty=state, duty_status_reason=reason)
    try:
        async with for_a_while(ctx, until, key, "duty.back", way_back):
            await ctx.send(change)
    except NotAllowed:
        if colleague is None:
            raise
        raise UserError(
            say("Only {colleague} and their supervisors can do that. Ask one of them.", colleague=colleague.name)
        ) from None
    if colleague is not None and before.on_duty is not state:
        await _tell(ctx, colleague, state, reason)
    was, now = _in_words(before.on_duty, before.duty_status_reason), _in_words(state, reason)
    shown = sentence("still {now}", now=now) if was == now else prose(was, " → ", Bold(now))
    others = await meant_for_others(ctx, silent=True) if not state and colleague is None else ""
    silent = await _silence(ctx, colleague) if state else None
    return Reply(
        prose(_whose(colleague), ": ", shown, till(until), ".", others, prose(" ", silent.said) if silent else ""),
        buttons=(*_cover(others), *(silent.buttons if silent else ()), *_buttons(state, colleague)),
        tone="warning" if others or silent else "done",
    )


def _on_or_off(ctx: Ctx, until: datetime | None, colleague: Colleague | None, reason: str | None) -> FieldError | Doubt:
    """Return the question that is left when a time or a reason was given alone: at the field, or as buttons."""
    asked = say("Choose on or off duty, for example: duty off Lunch until 13:00.")
    if ctx.origin is Origin.FORM:
        return FieldError("state", asked)
    given: dict[str, Raw] = {"until": until.isoformat()} if until else {}
    given |= {"colleague": colleague.id} if colleague else {}
    off = {**given, "state": "off", **({"reason": reason} if reason else {})}
    return Doubt(
        asked, (Button("Off duty", "duty.duty", off), Button("On duty", "duty.duty", {**given, "state": "on"}))
    )


async def _check_reason(
    ctx: Ctx, state: bool, until: datetime | None, reason: str, colleague: Colleague | None
) -> None:
    """Ask who or what is meant when a reason begins with a colleague's name, or names a line. Raises Doubt."""
    words = split(reason)
    now, typed = "on" if state else "off", {"until": until.isoformat()} if until else {}
    yourself = (
        say("Yourself on duty: {reason}", reason=reason) if state else say("Yourself off duty: {reason}", reason=reason)
    )
    mine = Button(yourself, "duty.confirmed_reason", {"state": now, "reason": reason, **typed})
    within = words[0].text.casefold() in _IN and len(words) > 1
    line = " ".join(word.text for word in words[1 if within else 0 :])
    found = await named(ctx, line, (Entity.CALL_CENTER, Entity.DEPARTMENT), callable_only=False)
    if not within:
        found = [one for one in found if fold(one.name) == fold(line)]
    if found and colleague is not None:
        theirs = Button(
            _named_duty(colleague.name, state), "duty.duty", {"state": now, "colleague": colleague.id, **typed}
        )
        raise Doubt(
            say("Duty is for all their call centers at once, not for {line} alone.", line=found[0].name), (theirs,)
        )
    if colleague is not None:
        return
    if found:
        name = found[0].name
        silent = Button(
            say("Do not disturb off in {line}", line=name) if state else say("Do not disturb on in {line}", line=name),
            "dnd.dnd",
            {"state": "off" if state else "on", "group": raw_of(found[0]), **typed},
        )
        every = Button(
            "Go on duty everywhere" if state else "Go off duty everywhere", "duty.duty", {"state": now, **typed}
        )
        raise Doubt(say("Duty is for all your call centers at once, not for {line} alone.", line=name), (every, silent))
    count = await name_length(ctx, words, (Entity.USER,))
    people = await named(ctx, said(words[:count]), (Entity.USER,), callable_only=False) if count else []
    people = [one for one in people if set(name_words(words[0].text)) & set(name_words(one.name))]
    if people:
        why = " ".join(word.text for word in words[count:])
        rest = {"state": now, **typed, **({"reason": why} if why else {})}
        others = [
            Button(_named_duty(one.name, state), "duty.duty", {"colleague": one.id, **rest}) for one in people[:3]
        ]
        raise Doubt(say("Whose duty is it?"), (*others, mine))


def _named_duty(name: str, on_duty: bool) -> str:
    return say("{name} on duty", name=name) if on_duty else say("{name} off duty", name=name)


@router.button(title="Duty", risk=Risk.CHANGE)
async def confirmed_reason(
    ctx: Ctx,
    state: DutySwitch,
    reason: Annotated[str, Reason("Reason", longest=LONGEST_REASON)],
    until: Annotated[datetime | None, Moment("For how long")] = None,
) -> Answer:
    """Go on or off duty with a reason that is known to be one, though a colleague is called so."""
    return await _change(ctx, bool(state), until, None, reason)


@dataclass(frozen=True)
class _Silence:
    """What keeps somebody's call center calls from ringing while they are on duty, and what changes that."""

    said: Prose
    buttons: tuple[Button, ...] = ()


async def _silence(ctx: Ctx, colleague: Colleague | None) -> _Silence | None:
    """Return why calls do not ring for somebody on duty; None when they do, or when Dialpad does not say."""
    try:
        person = await ctx.send(GetUser(id=colleague.id if colleague else ME))
    except DialpadError:
        return None
    if person.do_not_disturb:
        off = Button("Turn do not disturb off", "dnd.dnd", {"state": "off"}, style="primary")
        return _Silence(say(_SILENT), () if colleague else (off,))
    found = await silent_groups(ctx, person, mine=colleague is None)
    quiet = [one for one in found if one.group.kind == "callcenter"]
    if not quiet:
        return None
    where = silent_in(quiet)
    said = (
        sentence("Do not disturb is on in {where}, so its calls do not ring.", where=where)
        if len(quiet) == 1
        else sentence("Do not disturb is on in {where}, so their calls do not ring.", where=where)
    )
    return _Silence(said, () if colleague else tuple(one.turn_off() for one in quiet[:3]))


def _cover(others: Prose) -> tuple[Button, ...]:
    return (Button("Ask for cover", "oncall.cover", form=True),) if others else ()


@router.later(risk=Risk.CHANGE)
async def back(
    ctx: Ctx,
    state: Annotated[bool, Switch("Duty", shown=False)],
    colleague: Annotated[Colleague | None, ColleagueChoice("Who", shown=False)] = None,
) -> Answer:
    """Set the duty back when its time is over, unless somebody already did."""
    present = await _ask(ctx, colleague)
    if bool(present.on_duty) == state:
        return Nothing()
    await ctx.send(SetDutyStatus(id=colleague.id if colleague else ME, on_duty=state))
    if colleague is not None:
        await _tell(ctx, colleague, state, None)
    return Reply(
        sentence("Time's up. {whose}: {duty} again.", whose=_whose(colleague), duty=_in_words(state, None)),
        buttons=_buttons(state, colleague),
        tone="done",
    )


async def _tell(ctx: Ctx, colleague: Colleague, on_duty: bool, reason: str | None) -> None:
    """Tell a colleague that their duty was changed for them; what is done is done when that cannot be stored."""
    if ctx.deps.notifications is None:
        return
    try:
        name = (await ctx.deps.people.profile(ctx.person)).name
        await ctx.deps.notifications.tell_of_duty(ctx.person, colleague.id, name, on_duty=on_duty, reason=reason or "")
    except Exception as problem:  # noqa: BLE001  they see it on their phone, and it must not look as if nothing was done
        _log.warning("an agent was not told of their duty", problem=type(problem).__name__)


async def _ask(ctx: Ctx, colleague: Colleague | None) -> DutyStatus:
    try:
        return await ctx.send(GetDutyStatus(id=colleague.id if colleague else ME))
    except (NotFound, Conflict):
        if colleague is None:
            raise UserError(say("You are not in a call center, so there is no duty status to show.")) from None
        raise UserError(
            say("{name} is not in a call center, so there is no duty status to show.", name=colleague.name)
        ) from None


async def _present(ctx: Ctx, colleague: Colleague | None) -> Card:
    present = await _ask(ctx, colleague)
    on_duty = bool(present.on_duty)
    silent = await _silence(ctx, colleague) if on_duty else None
    end = await ends_at(ctx, waiting_key(ctx.person, "duty", colleague.id if colleague else ""))
    told = (await ctx.deps.preferences.get(ctx.person)).get(TELL_TAKEN_OFF, True) or colleague is not None
    tell_again = () if told else (Button("Tell me when Dialpad takes me off", "duty.tell", {"to": "on"}),)
    facts = []
    if present.duty_status_reason:
        facts.append(Fact(say("Reason"), present.duty_status_reason))
    started = present.on_duty_started if on_duty else present.duty_status_started
    if started:
        facts.append(Fact(say("Since"), (When(started, "date"),)))
    return Card(
        prose(_whose(colleague), ": ", _in_words(on_duty, None), till(end)),
        facts=tuple(facts),
        text=silent.said
        if silent
        else say("Call center calls ring.")
        if on_duty
        else say("Call center calls go to others."),
        buttons=(*(silent.buttons if silent else ()), *_buttons(on_duty, colleague), *tell_again),
    )


def _whose(colleague: Colleague | None) -> Prose:
    return prose(Bold(colleague.name)) if colleague else say("Your duty")


def _in_words(on_duty: bool | None, reason: str | None) -> str:
    word = say("on duty") if on_duty else say("off duty")
    why = reason_of(reason)
    return f"{word} ({why})" if why else word


def _buttons(on_duty: bool, colleague: Colleague | None) -> tuple[Button, ...]:
    args = {"colleague": colleague.raw} if colleague else {}
    switch = (
        (
            Button("Go off duty", "duty.duty", {"state": "off"} | args),
            Button("Off for 30 min", "duty.duty", {"state": "off", "until": "30m"} | args),
        )
        if on_duty
        else (Button("Go on duty", "duty.duty", {"state": "on"} | args, style="primary"),)
    )
    return (*switch, Button("More…", "duty.duty", {"state": "off" if on_duty else "on"} | args, form=True))


@router.button(title="Duty", risk=Risk.CHANGE)
async def tell(ctx: Ctx, to: Annotated[str, Carried("On or off", longest=3)] = "on") -> Answer:
    """Choose whether the bot writes when Dialpad itself takes the person off duty."""
    on = to != "off"
    await ctx.deps.preferences.set(ctx.person, {TELL_TAKEN_OFF: None if on else False})
    said = (
        say("I write to you when Dialpad takes you off duty.")
        if on
        else say("I no longer write when Dialpad takes you off.")
    )
    other = Button("Stop telling me" if on else "Tell me again", "duty.tell", {"to": "off" if on else "on"})
    return Reply(said, (other,), tone="done")
