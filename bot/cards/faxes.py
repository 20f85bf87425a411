"""Faxes: the pages only on request, and with the person's own rights; never a link of Dialpad's."""

from collections.abc import Mapping
from typing import Any, Final

from bot.basics.errors import NotAllowed, NotFound, Unreadable, UserError
from bot.basics.language import mark, say
from bot.cards.rights import rights_of
from bot.contract.context import Ctx
from bot.contract.reply import Answer, Attachment, Reply
from bot.dialpad.downloads import TOO_LARGE

SCOPE: Final = "fax_message"
LARGEST: Final = 32_000_000
"""Bytes; the file is in memory while it is passed on."""
WITHIN_S: Final = 60.0
_ENDINGS: Final = {"application/pdf": "pdf", "image/tiff": "tif"}
_NOT_YOURS: Final = mark("Dialpad does not let you open this fax. Somebody of its line or an admin can.")
_GONE: Final = mark("This fax is no longer available. Check in Dialpad.")
_NO_PAGES: Final = mark("Dialpad did not send the pages. Open the fax in Dialpad.")
_NO_SCOPE: Final = mark(
    "Your Dialpad connection lacks the permission {scope}. Ask whoever runs this bot to have it added, then connect "
    "again."
)


async def open_fax(ctx: Ctx, said: Mapping[str, Any]) -> Answer:
    """Return the pages of a fax that a card tells of, visible to the person who asked only. Raises UserError that says
    why not."""
    url, place = (str(said.get(name) or "") for name in ("fax_url", "place"))
    if place and not (await rights_of(ctx)).cover({place}):
        raise UserError(
            say(
                "You do not belong to {line}, so this fax is not yours to open.",
                line=said.get("line") or say("that line"),
            )
        )
    if not url or ctx.deps.downloads is None:
        raise UserError(say(_NO_PAGES))
    try:
        fetched = await ctx.deps.downloads.read_as(ctx.account, url, largest=LARGEST, within_s=WITHIN_S)
    except NotFound:
        raise UserError(say(_GONE)) from None
    except NotAllowed as refused:
        lacks = (await ctx.account.link()).lacks((SCOPE,), refused)
        raise UserError(say(_NO_SCOPE, scope=SCOPE) if lacks else say(_NOT_YOURS)) from None
    except Unreadable as problem:
        large = say("The fax is larger than {size} MB. Open it in Dialpad.", size=LARGEST // 1_000_000)
        raise UserError(large if problem.reason == TOO_LARGE else say(_NO_PAGES)) from None
    if fetched.kind not in _ENDINGS or not fetched.content:
        raise UserError(say(_NO_PAGES))
    name = f"fax-{said.get('fax') or 'pages'}.{_ENDINGS[fetched.kind]}"
    said_so = say("The fax is in our direct messages, where only you can see it.")
    return Attachment(name, fetched.content, say("The fax you asked for."), Reply(said_so))
