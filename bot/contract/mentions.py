"""What Slack writes for people, links and escapes, as people read it: for texts that leave to customers."""

import re
from typing import Final

from bot.basics.errors import ChatopsError
from bot.basics.language import say
from bot.basics.person import PersonKey
from bot.basics.words import verbatim
from bot.contract.context import Ctx

_PERSON: Final = re.compile(r"<@([UW][A-Z0-9]{2,})(?:\|([^<>]*))?>")


async def as_people_read(ctx: Ctx, text: str) -> str:
    """Return a text as its writer sees it: people by name, links and escapes undone."""
    names = {match[1]: await _name(ctx, match[1], match[2] or "") for match in _PERSON.finditer(text)}
    named = _PERSON.sub(lambda match: names[match[1]].translate(_ESCAPED), text)
    return verbatim(named)


_ESCAPED: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


async def _name(ctx: Ctx, slack_id: str, shown: str) -> str:
    try:
        return (await ctx.deps.people.profile(PersonKey(ctx.person.team_id, slack_id))).name
    except ChatopsError:
        return shown or say("a colleague")
