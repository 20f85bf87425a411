"""A person's favorite actions, starred in their form or after they ran, each with what was filled in."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from bot.catalogue.fields import fields_of
from bot.catalogue.inputs import FileArgument
from bot.contract.argument import FILLED, STARRED
from bot.contract.context import Ctx
from bot.contract.reply import Form, Raw, RawArgs
from bot.dialpad.action import Action

MOST_KEPT: Final = 10
_PREFERENCE: Final = "favourites"
STAR: Final = "on"
UNSTAR: Final = "off"
IS_STARRED: Final = "kept"


async def favorites_of(ctx: Ctx) -> list[dict[str, Any]]:
    """Return a person's favorites, the newest first: ``slug`` and ``args`` of each."""
    kept = (await ctx.deps.preferences.get(ctx.person)).get(_PREFERENCE) or []
    return [dict(one) for one in kept if isinstance(one, Mapping)]


async def keep(ctx: Ctx, slug: str, args: RawArgs) -> None:
    """Make an action a favorite with these values. With more than there is room for the oldest goes."""
    found, this = await favorites_of(ctx), {"slug": slug, "args": dict(args)}
    if this not in found:
        await ctx.deps.preferences.set(ctx.person, {_PREFERENCE: [this, *found][:MOST_KEPT]})


async def drop(ctx: Ctx, slug: str, args: RawArgs) -> None:
    """Take an action with these values from the favorites."""
    gone = {"slug": slug, "args": dict(args)}
    left = [one for one in await favorites_of(ctx) if one != gone]
    await ctx.deps.preferences.set(ctx.person, {_PREFERENCE: left})


async def starring(ctx: Ctx, action: type[Action[Any]], form: Form) -> Form:
    """Keep or drop what is filled in, when that was pressed, and say in the form whether it is a favorite."""
    wanted, args = form.args.get(STARRED), _worth_keeping(action, form.args)
    if wanted == STAR:
        await keep(ctx, action.slug, args)
    elif wanted == UNSTAR:
        await _drop_nearest(ctx, action.slug, args)
    elif not wanted and {"slug": action.slug, "args": args} in await favorites_of(ctx):
        wanted = IS_STARRED
    others: dict[str, Raw] = {name: value for name, value in form.args.items() if name != STARRED}
    is_kept = wanted in {STAR, IS_STARRED}
    return replace(form, args={**others, STARRED: IS_STARRED} if is_kept else others)


async def _drop_nearest(ctx: Ctx, slug: str, args: RawArgs) -> None:
    """Drop the favorite with these values; where they were changed since, the newest of the action."""
    theirs = [dict(one["args"]) for one in await favorites_of(ctx) if one.get("slug") == slug]
    if theirs:
        await drop(ctx, slug, args if dict(args) in theirs else theirs[0])


def _worth_keeping(action: type[Action[Any]], args: RawArgs) -> dict[str, Raw]:
    """Return the values to open the form with again. Of what was read from Dialpad only which object it is: the rest is
    read anew. No secrets and no files."""
    fields = {
        field.name: field
        for field in fields_of(action)
        if not field.secret and not isinstance(field.argument, FileArgument)
    }
    is_read = bool(args.get(FILLED))
    return {
        name: value
        for name, value in args.items()
        if name in fields and value not in ("", []) and (not is_read or fields[name].place == "path")
    }
