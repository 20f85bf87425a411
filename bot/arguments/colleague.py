"""The argument for a colleague, by @mention, e-mail address or name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.arguments.phonebook import LONGEST_TEXT, MOST_MEANT, UnclearName, one_named
from bot.basics.errors import ChatopsError, DialpadError
from bot.basics.language import say
from bot.basics.person import PersonKey
from bot.basics.words import Word
from bot.contract.argument import Lookup, Option, SeveralMeanings
from bot.contract.context import Ctx
from bot.contract.reply import Raw
from bot.dialpad.action import Entity
from bot.dialpad.actions.users import ListUsers

_SLACK_ID = re.compile(r"@([UW][A-Z0-9]{5,})")


async def wanted(ctx: Ctx, text: str) -> str:
    """Return what to search for: the e-mail address behind a mention, else the words. Raises UnclearName."""
    mention = _SLACK_ID.fullmatch(text)
    if mention is None:
        typed = text.removeprefix("@")
        return await _known_email(ctx, typed) or typed if "@" in typed else typed
    profile = await ctx.deps.people.profile(PersonKey(ctx.person.team_id, mention[1]))
    if not profile.email:
        raise UnclearName(say("Slack does not share {name}'s email address. Choose them by name.", name=profile.name))
    known = await _known_email(ctx, profile.email)
    if known is None:
        raise UnclearName(say("{name} has no Dialpad user under {email}.", name=profile.name, email=profile.email))
    return known


async def _known_email(ctx: Ctx, email: str) -> str | None:
    """Return the address by which the directory knows whoever has this one, None when nobody has."""
    found = await ctx.deps.directory.find(ctx.account, Entity.USER, email)
    return email if found.one is not None else await _first_email(ctx, email)


async def _first_email(ctx: Ctx, email: str) -> str | None:
    """Ask Dialpad whose address this is and return their first one, by which the directory knows them."""
    try:
        page = await ctx.send(ListUsers(email=email))
    except DialpadError:
        return None
    same = email.casefold()
    return next((user.emails[0] for user in page.items if same in map(str.casefold, user.emails)), None)


@dataclass(frozen=True)
class Colleague:
    """A colleague at Dialpad; ``id`` is Dialpad's."""

    id: str
    name: str

    @property
    def raw(self) -> str:
        """Return what a button or a later request carries."""
        return self.id


@dataclass(frozen=True)
class ColleagueChoice(Lookup):
    """A colleague; the value is a Colleague. Typed, it needs an @ or an e-mail address, so that a reason is not read as
    a name."""

    async def take(self, ctx: Ctx, words: Sequence[Word], text: str) -> int:
        return int(bool(words) and "@" in words[0].text and len(words[0].text) > 1)

    async def parse(self, ctx: Ctx, name: str, raw: Raw) -> Colleague:
        text = (" ".join(raw) if isinstance(raw, list) else str(raw)).strip()
        if len(text) > LONGEST_TEXT:
            raise self.refuse(
                name, say("No colleague has that name. Mention somebody with @, or type an email address.")
            )
        if text.isascii() and text.isdigit():
            known = await ctx.deps.directory.name_of(ctx.account, Entity.USER, text)
            return Colleague(text, known or say("Your colleague"))
        try:
            entry = await one_named(ctx, await wanted(ctx, text), (Entity.USER,))
        except UnclearName as problem:
            if problem.candidates:
                meant = [Option(one.name[:75], one.id) for one in problem.candidates[:MOST_MEANT]]
                raise SeveralMeanings(name, str(problem), text, meant) from None
            raise self.refuse(name, str(problem)) from None
        return Colleague(entry.id, entry.name)

    async def suggest(self, ctx: Ctx, query: str) -> list[Option]:
        try:
            entries = await ctx.deps.directory.search(ctx.account, Entity.USER, query)
        except ChatopsError:
            return []  # a type-ahead has no place for an error
        return [Option(entry.name[:75], entry.id, entry.detail[:75]) for entry in entries]

    async def describe(self, ctx: Ctx, raw: str) -> Option:
        if mention := _SLACK_ID.fullmatch(raw):
            return Option((await ctx.deps.people.profile(PersonKey(ctx.person.team_id, mention[1]))).name[:75], raw)
        name = await ctx.deps.directory.name_of(ctx.account, Entity.USER, raw)
        return Option((name or raw)[:75], raw[:75])
