"""Handles ``country``: the country that numbers without a country code are from, as one person types them."""

from typing import Annotated, Final

from bot.basics.errors import FieldError
from bot.basics.phone import home_of, is_region
from bot.contract.argument import Text
from bot.contract.context import REGION_CHOSEN, Ctx
from bot.contract.prose import prose
from bot.contract.reply import Answer, Bold, Button, Reply
from bot.contract.routing import Router
from bot.dialpad.action import Risk

router = Router()

_COMPANY: Final = frozenset({"company", "default", "none", "reset", "clear"})
_ALSO: Final = {"UK": "GB", "USA": "US", "GER": "DE", "GERMANY": "DE", "ENGLAND": "GB", "FRANCE": "FR", "CANADA": "CA"}


@router.command(
    "country",
    usage="[GB | company]",
    summary="Which country your numbers are from",
    phrases={"my country": "", "my country is": "", "set country": "", "set country to": "", "set my country to": ""},
    examples=("country", "country GB", "country company"),
    title="Your country",
    submit="Save",
)
async def country(
    ctx: Ctx,
    code: Annotated[
        str,
        Text(
            "Country",
            longest=20,
            placeholder="GB",
            hint="Its two letters: numbers that you type without + are from there. Type company for your company's.",
        ),
    ] = "",
) -> Answer:
    """Show the country of the person's numbers, or set it."""
    wanted = code.strip().upper()
    if not wanted:
        return await _shown(ctx)
    if wanted.casefold() in _COMPANY:
        await ctx.deps.preferences.set(ctx.person, {REGION_CHOSEN: None})
        return Reply("Numbers that you type without + are now read as your company's are.", (_CHANGE,), tone="done")
    wanted = _ALSO.get(wanted, wanted)
    if not is_region(wanted):
        raise FieldError("code", f"“{code[:20]}” is no two-letter code of a country. Type something like GB or DE.")
    await ctx.deps.preferences.set(ctx.person, {REGION_CHOSEN: wanted})
    return Reply(
        prose("Numbers that you type or read without + are now read as numbers of ", Bold(wanted), "."),
        (_CHANGE, _BACK), tone="done",
    )  # fmt: skip


async def _shown(ctx: Ctx) -> Reply:
    chosen = await ctx.own_region()
    if chosen:
        return Reply(
            prose("You chose ", Bold(chosen), ": numbers that you type without + are read as numbers there."),
            (_CHANGE, _BACK),
        )
    region = await ctx.region()
    others = [one for one in region.split("+") if one != home_of(region)]
    beside = f", or where they are none there, of {' or '.join(others)}" if others else ""
    where = f", your company's{beside}."
    return Reply(
        prose("Numbers that you type without + are read as numbers of ", Bold(home_of(region)), where), (_CHANGE,)
    )


_CHANGE: Final = Button("Change country…", "country.country", form=True)
_BACK: Final = Button("Use my company's", "country.company")


@router.button(risk=Risk.CHANGE)
async def company(ctx: Ctx) -> Answer:
    """Go back to the company's country."""
    return await country(ctx, "company")
