"""Handles ``labels``: which labels settle a call, so that it waits for nobody."""

from typing import Annotated, Final

from bot.basics.errors import ChatopsError, FieldError, UserError
from bot.basics.language import mark, say
from bot.basics.name_search import fold
from bot.cards.notice import labels_in_words
from bot.cards.rights import rights_of
from bot.contract.argument import Carried, Text
from bot.contract.context import Ctx
from bot.contract.prose import prose, sentence
from bot.contract.reply import Answer, Bold, Button, Card, Confirm, Fact, Mention, Reply
from bot.contract.routing import Router
from bot.dialpad.action import Risk
from bot.dialpad.actions.calllabels import ListCallLabels

router = Router()

MOST: Final = 20
_WHAT: Final = mark(
    "A missed call or voicemail with one of these labels waits for nobody: its card says so, nobody is asked."
)
_NONE: Final = frozenset({"none", "nothing", "no"})


@router.command(
    "labels",
    usage="[spam, junk | add junk | remove spam | none]",
    summary="See or choose which labels settle a call",
    examples=("labels", "labels add junk", "labels spam, wrong number"),
    title="Labels that settle calls",
    submit="Preview",
)
async def labels(
    ctx: Ctx,
    words: Annotated[
        str,
        Text(
            "Labels that settle a call",
            longest=500,
            placeholder="spam, wrong number",
            hint="Labels of your Dialpad, separated by commas; “none” for none.",
        ),
    ] = "",
) -> Answer:
    """Show which labels settle a call; with words, show what would change."""
    board = ctx.notifications
    await ctx.account.link()
    known = await board.settling_labels(ctx.person)
    now = sorted(known.now)
    if not words.strip():
        by = prose(Mention(known.by)) if known.by else say("nobody yet; these are the usual ones")
        change = Button("Change…", "labels.labels", {"words": ", ".join(now) or "none"}, form=True)
        facts = (Fact(say("Labels"), labels_in_words(now)), Fact(say("Chosen by"), by))
        return Card(say("Labels that settle a call"), facts=facts, note=say(_WHAT), buttons=(change,))
    await _check_rights(ctx)
    wanted = await _wanted(ctx, words, now)
    if wanted == now:
        return Reply(sentence("These settle a call already: {labels}.", labels=Bold(labels_in_words(now))))
    return Confirm(
        "labels.choose",
        {"chosen": ", ".join(wanted)},
        say("Let these labels settle a call?"),
        (
            Fact(say("Labels"), labels_in_words(wanted)),
            Fact(say("Until now"), labels_in_words(now)),
            Fact(
                say("What happens"), say("{rule} What waits with one of them now is settled at once.", rule=say(_WHAT))
            ),
        ),
        say("Save"),
        note=say("This is for everybody at your company. The channels where calls are posted are told."),
        edit=Button("Change", "labels.labels", {"words": ", ".join(wanted) or "none"}, form=True),
    )


@router.confirmed(risk=Risk.CHANGE)
async def choose(ctx: Ctx, chosen: Annotated[str, Carried("Labels", longest=1_000)] = "") -> Answer:
    """Save what was shown."""
    await _check_rights(ctx)
    saved = await ctx.notifications.choose_settling_labels(ctx.person, [one for one in chosen.split(", ") if one])
    return Reply(
        sentence(
            "From now on these settle a call: {labels}.",
            labels=Bold(labels_in_words(sorted(saved.now))),
        ),
        tone="done",
    )


async def _check_rights(ctx: Ctx) -> None:
    rights = await rights_of(ctx)
    if not rights.is_admin and not rights.led:
        raise UserError(say("Only supervisors and Dialpad admins choose which labels settle a call. Ask one of them."))


async def _wanted(ctx: Ctx, words: str, now: list[str]) -> list[str]:
    """Return the labels that are meant, lower case. Raises FieldError for one that Dialpad does not have."""
    first, _, rest = words.strip().partition(" ")
    verb = first.casefold() if rest.strip() and "," not in first else ""
    said = rest if verb in {"add", "remove"} else words
    given = [one.strip(' "“”').casefold() for one in said.split(",") if one.strip(' "“”')]
    if verb == "remove":
        if missing := [one for one in given if one not in now]:
            raise FieldError(
                "words",
                say(
                    "“{missing}” is not among them. These are: {labels}.",
                    missing=missing[0][:40],
                    labels=labels_in_words(now),
                ),
            )
        return [one for one in now if one not in given]
    if not verb and len(given) == 1 and given[0] in _NONE:
        return []
    await _check_known(ctx, [one for one in given if one not in now])
    wanted = sorted({*given, *(now if verb == "add" else [])})
    if len(wanted) > MOST:
        raise FieldError(
            "words",
            say("{count} labels are too many; {most} can settle calls. Leave some out.", count=len(wanted), most=MOST),
        )
    return wanted


async def _check_known(ctx: Ctx, given: list[str]) -> None:
    """Check that Dialpad has these labels, where it says which it has."""
    try:
        known = {one.casefold(): one for one in (await ctx.send(ListCallLabels())).labels} if given else {}
    except ChatopsError:
        return
    for one in given if known else ():
        if one not in known:
            near = next((shown for name, shown in known.items() if fold(one)[:3] == fold(name)[:3]), "")
            hint = (
                say("Did you mean {near}?", near=near)
                if near
                else say("It has: {labels}.", labels=", ".join(list(known.values())[:MOST]))
            )
            raise FieldError("words", say("Dialpad has no label “{one}”. {hint}", one=one[:40], hint=hint))
