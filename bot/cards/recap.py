"""The AI recap of a call, for the person who asked."""

from collections.abc import Iterable
from typing import Final

from bot.basics.errors import NotAllowed, NotFound, UserError
from bot.basics.language import mark, say
from bot.contract.context import Ctx
from bot.contract.prose import from_ms, prose
from bot.contract.reply import Answer, Bold, Button, Card, Fact, Prose, Reply, When
from bot.dialpad.actions.call import GetAiRecap
from bot.dialpad.actions.recap_parts import AiRecap, RecapPart

LONGEST: Final = 2_800
SCOPE: Final = "ai_recap"

_NOT_READY: Final = mark(
    "Dialpad Ai has no recap of this call yet. It writes one two to three minutes after a call, where it was turned on."
)
_NO_SCOPE: Final = mark(
    "Your Dialpad connection lacks the permission {scope}. Ask whoever runs this bot to have it added, then connect "
    "again."
)
_NO_AI: Final = mark(
    "Your company's Dialpad has no Dialpad Ai, which writes recaps. An admin can turn it on in Dialpad."
)
_NOT_YOURS: Final = mark(
    "Dialpad does not let you see the recap of this call. A supervisor of the line or an admin can."
)


async def show_recap(ctx: Ctx, legs: Iterable[str], again: Button, more: tuple[Button, ...] = ()) -> Answer:
    """Return the recap of the first of the legs that has one. ``again`` asks once more, while there is none yet. Raises
    UserError that says why it cannot be shown."""
    for leg in legs:
        try:
            recap = await ctx.send(GetAiRecap(id=leg))
        except NotFound:
            continue
        except NotAllowed as refused:
            raise UserError(await _why_not(ctx, refused)) from None
        if said := _said(recap):
            return _card(recap, said, more)
    return Reply(say(_NOT_READY), (again,))


async def _why_not(ctx: Ctx, refused: NotAllowed) -> str:
    if (await ctx.account.link()).lacks((SCOPE,), refused):
        return say(_NO_SCOPE, scope=SCOPE)
    return say(_NO_AI if "dialpad ai" in refused.message.casefold() else _NOT_YOURS)


def _card(recap: AiRecap, said: Prose, more: tuple[Button, ...]) -> Card:
    about = "; ".join(_texts(recap.purposes))
    chosen = _text(recap.disposition)
    written = from_ms(recap.date_created) if recap.date_created else None
    facts = (
        Fact(say("About"), about) if about else None,
        Fact(say("Disposition"), chosen) if chosen else None,
        Fact(say("Written"), (When(written, "date"),)) if written else None,
    )
    return Card(
        say("AI recap"),
        facts=tuple(fact for fact in facts if fact),
        text=said,
        note=say("Only you can see this. Dialpad Ai wrote it and can be wrong."),
        buttons=more,
    )


def _said(recap: AiRecap) -> Prose:
    """Return summary and action items, cut when too long; () when it says nothing at all."""
    summary = _text(recap.summary)
    to_do = "\n".join(f"• {one}" for one in _texts(recap.action_items))
    said: Prose = summary[:LONGEST]
    if to_do and len(summary) < LONGEST:
        said = prose(said, "\n" if summary else "", Bold(say("To do")), ":\n", to_do[: LONGEST - len(summary)])
    return said or (say("No summary."),) if recap.purposes or recap.disposition else said or ()


def _text(part: RecapPart | None) -> str:
    return ((part.content if part else None) or "").strip()


def _texts(parts: Iterable[RecapPart]) -> list[str]:
    return [text for one in parts if (text := _text(one))]
