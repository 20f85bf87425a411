"""Handles ``country``: the country that numbers without a country code are from, as one person types them."""

from typing import Annotated, Final

from bot.basics.countries import country_name, plain_country_name, region_named, regions_near
from bot.basics.errors import FieldError
from bot.basics.language import say
from bot.basics.phone import home_of
from bot.basics.words import did_you_mean
from bot.contract.argument import Option, SeveralMeanings, Text
from bot.contract.context import REGION_CHOSEN, Ctx
from bot.contract.prose import listed, sentence
from bot.contract.reply import Answer, Bold, Button, Reply
from bot.contract.routing import Router
from bot.dialpad.action import Risk

router = Router()

_COMPANY: Final = frozenset({"company", "default", "none", "reset", "clear"})


@router.command(
    "country",
    usage="[United Kingdom | GB | company]",
    summary="Which country your numbers are from",
    phrases=dict.fromkeys(
        (
            "my country",
            "my country is",
            "set country",
            "set country to",
            "set my country to",
            "set my country",
            "change my country to",
        ),
        "",
    ),
    examples=("country", "country United Kingdom", "country company"),
    title="Your country",
    submit="Save",
)
async def country(
    ctx: Ctx,
    code: Annotated[
        str,
        Text(
            "Country",
            longest=60,
            placeholder="United Kingdom",
            hint="Its name or two letters: numbers that you type without + are from there. Type company for your "
            "company's.",
        ),
    ] = "",
) -> Answer:
    """Show the country of the person's numbers, or set it."""
    said = code.strip(" .,!?")
    if not said:
        return await _shown(ctx)
    if said.casefold() in _COMPANY:
        await ctx.deps.preferences.set(ctx.person, {REGION_CHOSEN: None})
        return Reply(
            say("Numbers that you type without + are now read as your company's are."), (_CHANGE,), tone="done"
        )
    wanted = region_named(said)
    if wanted is None:
        raise _unknown(said)
    await ctx.deps.preferences.set(ctx.person, {REGION_CHOSEN: wanted})
    return Reply(
        sentence(
            "Numbers that you type or read without + are now read as numbers of {country}.",
            country=Bold(country_name(wanted)),
        ),
        (_CHANGE, _BACK),
        tone="done",
    )


async def _shown(ctx: Ctx) -> Reply:
    chosen = await ctx.own_region()
    if chosen:
        return Reply(
            sentence(
                "You chose {country}: numbers that you type without + are read as numbers there.",
                country=Bold(country_name(chosen)),
            ),
            (_CHANGE, _BACK),
        )
    region = await ctx.region()
    others = [one for one in region.split("+") if one != home_of(region)]
    home = Bold(country_name(home_of(region)))
    said = (
        sentence(
            "Numbers that you type without + are read as numbers of {country}, your company's, or where they are none "
            "there, of {others}.",
            country=home,
            others=listed([country_name(one) for one in others], " or "),
        )
        if others
        else sentence("Numbers that you type without + are read as numbers of {country}, your company's.", country=home)
    )
    return Reply(said, (_CHANGE,))


def _unknown(said: str) -> FieldError:
    """Return the error for what is no country, with those that may be meant."""
    text = say(
        "I know no country called “{said}”. Type its name or its two letters, such as Germany or DE.", said=said[:30]
    )
    near = [Option(plain_country_name(one), one) for one in regions_near(said)]
    near += [Option(say("My company's"), "company")] if did_you_mean(said, _COMPANY) else []
    return SeveralMeanings("code", text, said, near) if near else FieldError("code", text)


_CHANGE: Final = Button("Change country…", "country.country", form=True)
_BACK: Final = Button("Use my company's", "country.company")


@router.button(risk=Risk.CHANGE)
async def company(ctx: Ctx) -> Answer:
    """Go back to the company's country."""
    return await country(ctx, "company")
