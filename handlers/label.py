"""Handles ``label``: labels the last call, or the last one with somebody."""

import re
from typing import Annotated, Final

from bot.activity.calls import CallView
from bot.activity.past_calls import past_call
from bot.arguments.caller import read_party
from bot.arguments.party import Party
from bot.arguments.phonebook import PEOPLE, UnclearName, name_length, parties_of, said
from bot.basics.errors import ChatopsError, Conflict, FieldError, NotAllowed, NotFound
from bot.basics.language import mark, say
from bot.basics.phone import looks_like_number
from bot.basics.words import Word, did_you_mean, split
from bot.cards.last_call import last_call
from bot.cards.past_call import other_side
from bot.catalogue.answers import route_of
from bot.contract.argument import Text
from bot.contract.context import Ctx
from bot.contract.doubt import WORDS, Doubt
from bot.contract.prose import listed, prose, sentence
from bot.contract.reply import Answer, Bold, Button, Form, Raw, Reply, When
from bot.contract.routing import Router
from bot.dialpad.actions.call import GetCall, LabelCall
from bot.dialpad.actions.calllabels import ListCallLabels

router = Router()

_LAST: Final = re.compile(
    r"(?:(?:the|my|this|that|a|with|as|of|from|call|calls|last|latest|newest|previous)\b\s*)*", re.IGNORECASE
)


@router.command(
    "label",
    usage="[last call | <number or name>] <labels>",
    summary="Label a call",
    phrases=dict.fromkeys(
        (
            "add label",
            "tag",
            "label the",
            "label call",
            "mark last call as",
            "tag as",
            "label as",
            "tag it as",
            "tag it",
            "label it",
            "label it as",
            "tag this as",
            "tag the call as",
            "label the call as",
            "mark it as",
        ),
        "",
    ),
    examples=("label last call vip", "label Jordan Lee callback"),
    title="Label a call",
    submit="Save",
    action=LabelCall,
)
async def label(
    ctx: Ctx, words: Annotated[str, Text("Call and labels", longest=300, placeholder="last call vip")] = ""
) -> Answer:
    """Add labels to somebody's last call, or to one's own; without labels, open the form."""
    text = _without_lead(words)
    party, rest = await _whose(ctx, split(text, await ctx.region()), text)
    wanted = [one.strip(' "“”') for one in re.split(r",| and ", _without_lead(rest)) if one.strip(' "“”')]
    labels = await _known_labels(ctx, words, wanted)
    view = await last_call(ctx, party)
    if view is None and party is None and (theirs := await last_call(ctx, None, of_lines=True)) is not None:
        return await _of_others(ctx, theirs, words, wanted)
    if view is None:
        whom = say(" with {who}", who=party.plain(await ctx.region())) if party else ""
        args: dict[str, Raw] = {"labels": "\n".join(wanted)} if wanted else {}
        choose = Button("Choose a call", route_of(LabelCall), args, form=True)
        return Reply(
            say("No call of yours{whom} in the last 7 days is known here.", whom=whom), (choose,), tone="warning"
        )
    before = await _labels_of(ctx, view)
    if not wanted:
        return Form(route_of(LabelCall), {"id": view.call_id, **({"labels": "\n".join(before)} if before else {})})
    together = list(dict.fromkeys((*before, *labels)))
    try:
        await ctx.send(LabelCall(id=view.call_id, labels=together))
    except (NotAllowed, NotFound, Conflict):
        if view.phase != "ended":
            return _still_on(words)
        raise Doubt(say(_NOT_YOURS), (Button("Choose a call…", route_of(LabelCall), {}, form=True),)) from None
    parties = await parties_of(ctx, [view.number] if view.number else [])
    names = {one.number: one.name for one in parties}
    when = sentence(" of {when}", when=When(view.started, "date")) if view.started else ""
    now: dict[str, Raw] = {"id": view.call_id, "labels": "\n".join(together)}
    other = prose(*other_side(view, names))
    shown = listed([prose(Bold(one)) for one in together])
    return Reply(
        sentence("The call with {other}{when} is now labeled {labels}.", other=other, when=when, labels=shown),
        (Button("Change…", route_of(LabelCall), now, form=True),),
        tone="done",
    )


def _still_on(words: str) -> Reply:
    again = Button("Try again", "label.label", {"words": words}, in_place=True)
    return Reply(
        say("That call still rings or waits. Label it once somebody has taken it, or it is over."),
        (again,),
        tone="warning",
    )


async def _of_others(ctx: Ctx, view: CallView, words: str, wanted: list[str]) -> Reply:
    """Say that the last call is one of the person's lines, and not one of theirs."""
    if view.phase != "ended":
        return _still_on(words)
    parties = await parties_of(ctx, [view.number] if view.number else [])
    side = other_side(view, {one.number: one.name for one in parties})
    when = prose(", ", When(view.started, "date")) if view.started else ""
    args: dict[str, Raw] = {"id": view.call_id, **({"labels": "\n".join(wanted)} if wanted else {})}
    return Reply(
        sentence(
            "You were on no call in the last 7 days that is known here. The last one of your lines was "
            "with {side}{when}; Dialpad lets those who were on it, its supervisors and admins label it.",
            side=side,
            when=when,
        ),
        (
            Button("Label that one…", route_of(LabelCall), args, form=True),
            Button("Choose a call…", route_of(LabelCall), {}, form=True),
        ),
        tone="warning",
    )


_NOT_YOURS: Final = mark(
    "That call is not one of yours: Dialpad lets those who were on it, supervisors of its line and admins label it. "
    "Ask one of them, or choose another call."
)


def _without_lead(text: str) -> str:
    """Take "the last call with" and the like from the front."""
    found = _LAST.match(text.strip())
    return text.strip()[found.end() :].strip() if found else text


async def _whose(ctx: Ctx, words: list[Word], text: str) -> tuple[Party | None, str]:
    """Return whose call is meant, and the words after them; None when the line begins with the label. Raises
    FieldError."""
    if not words:
        return None, ""
    count = 1 if looks_like_number(words[0].text) else await name_length(ctx, words, PEOPLE)
    if not count or (count == len(words) and await _is_label(ctx, text)):
        return None, text
    named = re.sub(r"['’]s$", "", said(words[:count]))
    try:
        party = await read_party(ctx, named, PEOPLE, any_number=True)
    except UnclearName as problem:
        raise FieldError("words", str(problem)) from None
    return party, text[words[count].start :] if count < len(words) else ""


async def _is_label(ctx: Ctx, text: str) -> bool:
    return text.casefold() in {one.casefold() for one in await _labels(ctx)}


async def _labels(ctx: Ctx) -> tuple[str, ...]:
    try:
        return (await ctx.send(ListCallLabels())).labels
    except ChatopsError:
        return ()


async def _known_labels(ctx: Ctx, words: str, wanted: list[str]) -> list[str]:
    """Return the labels as Dialpad writes them. Raises Doubt for one that it does not have."""
    known = {one.casefold(): one for one in await _labels(ctx)}
    for one in wanted:
        if not known or one.casefold() in known:
            continue
        near = did_you_mean(one, known.values()) or list(known.values())[:5]
        lines = [re.sub(re.escape(one), name, words, count=1, flags=re.IGNORECASE) for name in near]
        typed = ctx.deps.settings.typed
        raise Doubt(
            say("Dialpad has no label “{one}”. Which one do you mean?", one=one[:40]),
            [Button(typed(f"label {line}")[:75], WORDS, {"t": f"label {line}"}) for line in lines],
        )
    return [known.get(one.casefold(), one) for one in wanted]


async def _labels_of(ctx: Ctx, view: CallView) -> list[str]:
    """Return the labels that the call has now, which are replaced as a whole."""
    try:
        return list(past_call(await ctx.send(GetCall(id=view.call_id))).view.labels)
    except ChatopsError:
        return list(view.labels)
