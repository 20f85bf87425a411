"""What somebody sees before they answer: who else is at it, who has claimed it, and what was said meanwhile.

Nothing leaves before the person has seen the newest of it: it is looked at when the preview is made, and compared again
with what there is at the moment of sending.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Final, Literal

from bot.activity.histories import Dealing
from bot.activity.items import Item
from bot.arguments.party import Party
from bot.arguments.places import KINDS
from bot.basics.errors import ChatopsError
from bot.basics.language import mark, say
from bot.cards.rights import Rights, rights_of
from bot.contract.argument import Carried
from bot.contract.context import Ctx
from bot.contract.prose import prose, sentence
from bot.contract.reply import Fact, Mention, Phone, Prose, RawArgs, When
from bot.dialpad.action import Entity

JUST_SENT: Final = timedelta(minutes=10)
"""What we sent this short a time ago is shown before anybody writes again."""
LONGEST_WORDS: Final = 200
MOST_NEWS: Final = 4
"""Texts and calls that a preview shows; the thread has all of them."""

Seen = Annotated[str, Carried("Seen", longest=20_000)]
"""The marks of all that was there when the preview was made, one word each."""


@dataclass(frozen=True)
class Before:
    """What a preview shows of others, and the marks of all that it was made with."""

    facts: tuple[Fact, ...] = ()
    seen: str = ""


async def look_before(ctx: Ctx, parties: Sequence[Party], *, is_call: bool = False, since: str | None = None) -> Before:
    """Return what the person has to see before they answer, and note that they are at it. ``since``: the marks of what
    they have seen already; with them only what is new is shown."""
    board, numbers = ctx.deps.notifications, [party.number for party in parties]
    if board is None:
        return Before()
    found = await board.dealings(ctx.person, numbers)
    await board.answering(ctx.person, numbers, is_call=is_call)
    seen = set((since or "").split())
    names = {party.number: party.shown() for party in parties} if len(parties) > 1 else {}
    news: list[Prose] = []
    others: list[Prose] = []
    for one in found:
        about = prose(*names[one.number], ": ") if one.number in names else ""
        others += [prose(about, line) for line in _at_it(ctx, one.items)]
        last = [said for said in one.said if (said.mark not in seen if since is not None else _is_recent(ctx, said))]
        news += [prose(about, line) for line in await _lines(ctx, last[-MOST_NEWS:])]
    facts = [Fact(say("⚠️ A colleague is on it"), _stacked(others))] if others else []
    if news:
        facts.append(Fact(say("New since you looked") if since is not None else say("Just now"), _stacked(news)))
    return Before(tuple(facts), " ".join(said.mark for one in found for said in one.said))


async def may_leave(ctx: Ctx, numbers: Sequence[str], seen: str, text: str | None, line: str = "") -> bool:
    """Note that a text, or with None a call, is about to leave. False when there is something that the person has not
    seen: then it must not. ``line``: the number of ours that the other side used, whose card it was begun from."""
    board = ctx.deps.notifications
    if board is None:
        return True
    place = await _place_of(ctx, line)
    return await board.begin(ctx.person, numbers, seen.split(), ctx.reference, text=text, line=place)


async def has_left(ctx: Ctx, numbers: Sequence[str], sent: str | None, text: str | None, line: str = "") -> None:
    """Note Dialpad's id of what has left; None when it did not leave after all."""
    board = ctx.deps.notifications
    if board is not None:
        place = await _place_of(ctx, line) if sent is not None else ""
        await board.end(ctx.person, numbers, ctx.reference, sent=sent, text=text, line=place)


async def _place_of(ctx: Ctx, line: str) -> str:
    """Return a number of ours as the place that it belongs to."""
    if not line:
        return ""
    with suppress(ChatopsError):
        who = await ctx.deps.directory.by_number(ctx.account, line)
        kind = next((kind for kind, entity in KINDS.items() if who and entity is who.entry.entity), "")
        if who is not None and kind:
            return f"{kind}:{who.entry.id}"
    return f"number:{line}"


async def stop_answering(ctx: Ctx, raw: RawArgs, field: str) -> None:
    """Note that the person has given up what they were about to send."""
    if ctx.deps.notifications is not None:
        await ctx.deps.notifications.stopped_answering(ctx.person, _numbers(raw, field))


def not_from_there(line: str, way: Literal["call", "text"]) -> Prose:
    """Say why the other side sees another number than the one that they used."""
    why = (
        mark("Dialpad does not let you text from {number}, the line that they used. Their answer goes to the number "
             "shown here, so your colleagues may not see it. ")
        if way == "text"
        else mark("Dialpad does not let you call from {number}, the line that they used. Their answer goes to the "
                  "number shown here, so your colleagues may not see it. ")
    )  # fmt: skip
    return sentence(why, number=Phone(line))


def _numbers(raw: RawArgs, field: str) -> list[str]:
    given = raw.get(field) or []
    listed = given if isinstance(given, list) else [given]
    return [one for one in listed if isinstance(one, str) and one.startswith("+")]


async def notice_when_opened(ctx: Ctx, raw: RawArgs, field: str, *, is_call: bool = False) -> Prose:
    """Note that the person has opened a form to answer the numbers in ``field``, and return who else is at it, "" for
    nobody."""
    board, numbers = ctx.deps.notifications, _numbers(raw, field)
    if board is None or not numbers:
        return ""
    with suppress(ChatopsError):
        found = await board.dealings(ctx.person, numbers)
        await board.answering(ctx.person, numbers, is_call=is_call)
        lines = [line for one in found for line in _at_it(ctx, one.items)]
        return prose(*(prose(" " if index else "", line, ".") for index, line in enumerate(lines)))
    return ""


def _at_it(ctx: Ctx, items: Sequence[Item]) -> list[Prose]:
    """Return who else is answering, and who has claimed it."""
    me = ctx.person.user_id
    answering = {one.by: one for item in items for one in item.who_answers(ctx.now) if one.by != me}
    said = [
        sentence(
            mark("{who} has been about to call them since {when}")
            if one.is_call
            else mark("{who} has been writing to them since {when}"),
            who=Mention(by),
            when=When(one.since),
        )
        for by, one in answering.items()
    ]
    owners = dict.fromkeys(item.owner for item in items if item.owner not in {"", me} and not item.is_settled)
    return [*said, *(sentence("Claimed by {who}", who=Mention(owner)) for owner in owners)]


def _is_recent(ctx: Ctx, said: Dealing) -> bool:
    return not said.inbound and said.at > ctx.now - JUST_SENT


async def _lines(ctx: Ctx, said: Sequence[Dealing]) -> list[Prose]:
    """Return texts and calls in a line each. The words are for those only who belong to the line."""
    rights: Rights | None = None
    if any(one.words for one in said):
        with suppress(ChatopsError):
            rights = await rights_of(ctx)
    return [await _line(ctx, one, rights) for one in said]


async def _line(ctx: Ctx, said: Dealing, rights: Rights | None) -> Prose:
    who = say("They") if said.inbound else await _sender(ctx, said)
    if said.is_call:
        called = mark("{who} called them {when}") if said.is_sure else mark("{who} is calling them {when}")
        return sentence(called, who=who, when=When(said.at, "date"))
    words = said.words if len(said.words) <= LONGEST_WORDS else said.words[: LONGEST_WORDS - 1] + "…"
    readable = rights is not None and (said.by == ctx.person.user_id or not said.places or rights.cover(said.places))
    what = f": “{words}”" if words and readable else say(" a text")
    on = say(" on {line}", line=said.line_name) if said.line_name and not said.inbound else ""
    sent = mark("{who} sent{on} {when}{what}") if said.is_sure else mark("{who} is sending{on} {when}{what}")
    return sentence(sent, who=who, on=on, when=When(said.at, "date"), what=what)


async def _sender(ctx: Ctx, said: Dealing) -> Prose:
    if said.by:
        return say("You") if said.by == ctx.person.user_id else prose(Mention(said.by))
    if said.sender.startswith("user:"):
        with suppress(ChatopsError):
            name = await ctx.deps.directory.name_of(ctx.account, Entity.USER, said.sender.removeprefix("user:"))
            return name or say("A colleague")
        return say("A colleague")
    return said.sender or said.line_name or say("We")


def _stacked(lines: Sequence[Prose]) -> Prose:
    return prose(*(prose("\n" if index else "", line) for index, line in enumerate(lines)))
