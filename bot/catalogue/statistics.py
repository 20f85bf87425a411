"""Statistics that Dialpad prepares in the background: polled until they are ready, then delivered with their file."""

from functools import partial
from typing import Final

from bot.basics.errors import DialpadError
from bot.basics.language import say
from bot.catalogue.sheets import Sheet
from bot.catalogue.stats_waiting import Prepared, StatsWait
from bot.contract.context import Ctx
from bot.contract.prose import plural
from bot.contract.reply import Answer, Attachment, Button, Card
from bot.dialpad.actions.scorecards import GetScorecardExport, ScorecardExport
from bot.dialpad.actions.stats import GetStats, StatsResult

LARGEST_FILE: Final = 8_000_000
GRADES: Final = "grades:"
"""Begins what a request for grades of scorecards is known by; they are prepared as statistics are."""


async def _fetch(ctx: Ctx, request: str) -> Prepared[StatsResult | ScorecardExport]:
    found: StatsResult | ScorecardExport
    if request.startswith(GRADES):
        found = await ctx.send(GetScorecardExport(id=request.removeprefix(GRADES)))
    else:
        found = await ctx.send(GetStats(id=request))
    status = (found.status or "").casefold()
    if status == "failed":
        return "failed", found
    return ("complete" if status == "complete" and found.download_url else "working"), found


def wait_of(request: str) -> StatsWait:
    """Return the wait for what Dialpad knows by this request."""
    return StatsWait(request, "run.stats_look", "run.stats_ready", {"request": request})


async def look(ctx: Ctx, request: str, *, late: bool = False) -> Answer:
    """Look for somebody who presses. ``late``: the clock looks no more."""
    return await wait_of(request).pressed(
        ctx, partial(_fetch, ctx, request), partial(_deliver, ctx, request), late=late
    )


async def look_by_clock(ctx: Ctx, request: str, tries: int) -> Answer:
    """Deliver statistics when they are ready, else look again until they are."""
    return await wait_of(request).looked(ctx, tries, partial(_fetch, ctx, request), partial(_deliver, ctx, request))


async def _deliver(ctx: Ctx, request: str, found: StatsResult | ScorecardExport) -> Answer:
    url = found.download_url or ""
    link = Button("Download", url=url)
    if ctx.deps.downloads is None:
        return Card(say("Your statistics are ready"), text=say("The link works for a short while."), buttons=(link,))
    try:
        content = await ctx.deps.downloads.read(url, largest=LARGEST_FILE)
    except DialpadError:
        sorry = say("The file could not be fetched for you; the link works for a short while.")
        return Card(say("Your statistics are ready"), text=sorry, buttons=(link,))
    card = _card(content.decode("utf-8", "replace"), link)
    name = f"statistics-{ctx.now:%Y-%m-%d}-{request.removeprefix(GRADES)[:8]}.{found.file_type or 'csv'}"
    return Attachment(name, content, say("Your statistics are ready."), card)


def _card(text: str, link: Button) -> Card:
    sheet = Sheet.parse(text)
    note = "" if sheet.rows else say("There is no data for these days.")
    return Card(
        say("Your statistics are ready: {rows}", rows=plural(len(sheet.rows), "row")), text=sheet.bars() or note,
        facts=sheet.facts(), buttons=(link,),
    )  # fmt: skip
