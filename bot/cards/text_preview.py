"""A text before it leaves: to whom, from where, when, letter for letter. Few get it at once, many as a bulk text, and
both can be sent later."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from bot.arguments.own_number import LineToUse, OwnNumber, line_to_use
from bot.arguments.party import Party
from bot.basics.errors import FieldError
from bot.basics.language import mark, say
from bot.basics.segments import count_segments, shown_character
from bot.cards.answering import Before, not_from_there
from bot.cards.number_flags import blocked_among, opted_out_among
from bot.contract.context import Ctx
from bot.contract.prose import listed, plural, prose, sentence
from bot.contract.reply import Button, Confirm, Fact, Prose, Raw, RawArgs, When
from bot.dialpad.actions.users import GetCallerId

FEW: Final = 10
"""To more than these Dialpad sends only a bulk text."""
MOST: Final = 50
_NAMES_A_FACT: Final = 20
_LONGEST_ON_BUTTON: Final = 700
"""Characters of a text that fit, with fifty numbers, into what Slack lets a button carry."""


@dataclass(frozen=True)
class TextDraft:
    """A text as somebody wants to send it. ``line``: the number of ours that the other side used, "" for none. ``at``:
    when, None for now."""

    to: tuple[Party, ...]
    text: str = field(repr=False)
    sender: OwnNumber | None
    line: str
    at: datetime | None = None

    @property
    def numbers(self) -> list[str]:
        return [party.number for party in self.to]

    @property
    def is_bulk(self) -> bool:
        return len(self.to) > FEW

    @property
    def args(self) -> RawArgs:
        args: dict[str, Raw] = {"to": self.numbers, "text": self.text}
        args |= {"sender": self.sender.number} if self.sender else {}
        args |= {"at": self.at.isoformat()} if self.at else {}
        return args | ({"line": self.line} if self.line else {})


async def preview_text(
    ctx: Ctx, draft: TextDraft, before: Before, title: str = "", *, instead: Sequence[Button] = (), note: Prose = ""
) -> Confirm:
    """Return the preview that has to be agreed to. Raises FieldError for what Dialpad would not take."""
    few = () if draft.is_bulk else draft.numbers  # each is a request of its own
    blocked, opted_out = await asyncio.gather(blocked_among(ctx, few), opted_out_among(ctx, draft.numbers))
    refusing = [party for party in draft.to if party.number in opted_out]
    if refusing and not draft.is_bulk:
        raise await _opted_out(ctx, draft, refusing)
    is_bulk, wanted = draft.is_bulk, replace(draft, to=tuple(party for party in draft.to if party not in refusing))
    if not wanted.to:
        raise FieldError("to", say("All of them have opted out of texts (STOP)."))
    used, own_only = await _line(ctx, wanted, own=is_bulk or wanted.at is not None)
    if used.line.number in set(wanted.numbers):
        raise FieldError("to", say("That is the number you are sending from. Choose somebody else."))
    wanted = replace(wanted, sender=used.chosen)
    return Confirm(
        route="sms.schedule" if wanted.at else "sms.send_bulk" if wanted.is_bulk else "sms.send",
        args={**wanted.args, **({"seen": before.seen} if before.seen else {})},
        title=title or _title(wanted),
        facts=(
            *_to(wanted.to),
            *before.facts,
            Fact(say("From"), used.line.shown()),
            *([Fact(say("Send"), (When(wanted.at, "date"),))] if wanted.at else []),
            Fact(say("Length"), _length(wanted.text, len(wanted.to))),
        ),
        quote=wanted.text,
        yes=say("Schedule") if wanted.at else say("Send"),
        note=prose(note, " " if note else "", *_notes(wanted, used, own_only, refusing, blocked)),
        edit=Button("Edit", "sms.sms", wanted.args, form=True),
        instead=(*instead, *_send_later(wanted)),
    )


def _send_later(draft: TextDraft) -> tuple[Button, ...]:
    """Return the button that asks for a time; longer texts than a button carries are edited for that."""
    if draft.at or len(draft.text) > _LONGEST_ON_BUTTON:
        return ()
    return (Button("Send later…", "sms.sms", draft.args, form=True),)


def _title(draft: TextDraft) -> str:
    if draft.at:
        return say("Send this text later?")
    return say("Send it to {count} people?", count=len(draft.to)) if draft.is_bulk else say("Send this text?")


async def _opted_out(ctx: Ctx, draft: TextDraft, refusing: Sequence[Party]) -> FieldError:
    names = ", ".join([party.plain(await ctx.region()) for party in refusing])
    instead = say("Leave them out.") if len(draft.to) > len(refusing) else say("Call them instead.")
    several = mark("{names} have opted out of texts (STOP). {instead}")
    one = mark("{names} has opted out of texts (STOP). {instead}")
    return FieldError("to", say(several if len(refusing) > 1 else one, names=names, instead=instead))


async def _line(ctx: Ctx, draft: TextDraft, *, own: bool) -> tuple[LineToUse, Prose]:
    """Return what the text leaves from and, where that had to be a number of the person's ``own``, the line that was
    meant instead."""
    used = await line_to_use(ctx, draft.sender, draft.line)
    if not own:
        return used, ""
    known = await ctx.send(GetCallerId())
    mine = list(dict.fromkeys(number for number in (known.primary_phone, *known.phone_numbers) if number))
    if not mine:
        raise FieldError(
            "to", say("You have no number of your own in Dialpad, which this needs. Text fewer people, now.")
        )
    if used.line.number in mine:
        return replace(used, chosen=used.line), ""
    line = OwnNumber(mine[0], say("Your number"))
    return LineToUse(line, line), used.line.shown()


def _to(to: Sequence[Party]) -> list[Fact]:
    """Name every recipient, in as many lines as that takes."""
    parts = [to[at : at + _NAMES_A_FACT] for at in range(0, len(to), _NAMES_A_FACT)]
    labels = (
        [say("To")]
        if len(parts) == 1
        else [say("To, {number} on", number=n * _NAMES_A_FACT + 1) for n in range(len(parts))]
    )
    return [Fact(label, listed([one.shown() for one in part])) for label, part in zip(labels, parts, strict=True)]


def _notes(
    draft: TextDraft, used: LineToUse, own_only: Prose, refusing: Sequence[Party], blocked: frozenset[str]
) -> list[Prose]:
    notes: list[Prose] = []
    if refusing:
        notes.append(sentence("Left out, because they opted out of texts (STOP): {names}. ", names=names_of(refusing)))
    if own_only:
        notes.append(
            sentence("Dialpad sends these from a number of your own only, so not from {line}. ", line=own_only)
        )
    if used.refused:
        notes.append(not_from_there(used.refused, "text"))
    if hit := [party for party in draft.to if party.number in blocked]:
        several = mark("{names} are blocked here, so a reply will not arrive. ")
        one = mark("{names} is blocked here, so a reply will not arrive. ")
        notes.append(sentence(several if len(hit) > 1 else one, names=names_of(hit)))
    if len(draft.to) > 1:
        notes.append(say("Each person gets a separate text and does not see the others."))
    return notes


def names_of(to: Sequence[Party]) -> Prose:
    return listed([party.shown() for party in to])


def _length(text: str, recipients: int) -> str:
    segments = count_segments(text)
    length = f"{plural(len(text), 'character')}, {plural(segments.count, 'SMS', 'SMS')}"
    if recipients > 1:
        length += say(" each, {count} in all", count=segments.count * recipients)
    if segments.culprits and segments.count > 1:
        named = [shown_character(one) for one in segments.culprits[:5]]
        shown = (", " if any(len(one) > 1 for one in named) else " ").join(named)
        length += say(" (fewer without {shown})", shown=shown)
    return length
