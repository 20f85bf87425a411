"""Statistics that Dialpad prepares in the background: polled until they are ready, then delivered with their file."""

from typing import Final

from bot.basics.errors import DialpadError
from bot.basics.language import say
from bot.catalogue.sheets import Sheet
from bot.catalogue.stats_waiting import MOST_LOOKS, StatsWait, delivered_already
from bot.contract.context import Ctx
from bot.contract.prose import plural
from bot.contract.reply import Answer, Attachment, Button, Card, Nothing, Reply
from bot.dialpad.actions.scorecards import GetScorecardExport, ScorecardExport
from bot.dialpad.actions.stats import GetStats, StatsResult

LARGEST_FILE: Final = 8_000_000
GRADES: Final = "grades:"
"""Begins what a request for grades of scorecards is known by; they are prepared as statistics are."""


async def _fetch(ctx: Ctx, request: str) -> StatsResult | ScorecardExport:
    if request.startswith(GRADES):
        return await ctx.send(GetScorecardExport(id=request.removeprefix(GRADES)))
    return await ctx.send(GetStats(id=request))


def wait_of(request: str) -> StatsWait:
    """Return the wait for what Dialpad knows by this request."""
    return StatsWait(request, "run.stats_look", "run.stats_ready", {"request": request})


async def look(ctx: Ctx, request: str, *, late: bool = False) -> Answer:
    """Look for somebody who presses. ``late``: the clock looks no more."""
    wait = wait_of(request)
    if not late and not await wait.goes_on(ctx):
        return delivered_already()
    found = await _fetch(ctx, request)
    if _has_failed(found):
        await wait.end(ctx)
        return _failed()
    if not _url_of(found):
        return wait.still_working(late=late)
    if not await wait.end(ctx) and not late:
        return delivered_already()
    return await _deliver(ctx, request, _url_of(found), found.file_type or "csv")


async def look_by_clock(ctx: Ctx, request: str, tries: int) -> Answer:
    """Deliver statistics when they are ready, else look again until they are."""
    found = await _fetch(ctx, request)
    if _has_failed(found):
        return _failed()
    if _url_of(found):
        return await _deliver(ctx, request, _url_of(found), found.file_type or "csv")
    wait = wait_of(request)
    if tries >= MOST_LOOKS:
        return wait.given_up()
    await wait.look_again(ctx, tries)
    return Nothing()


def _has_failed(found: StatsResult | ScorecardExport) -> bool:
    return (found.status or "").casefold() == "failed"


def _url_of(found: StatsResult | ScorecardExport) -> str:
    return (found.download_url or "") if (found.status or "").casefold() == "complete" else ""


def _failed() -> Reply:
    return Reply(say("Dialpad could not calculate these statistics. Ask for fewer days."), tone="warning")


async def _deliver(ctx: Ctx, request: str, url: str, kind: str) -> Answer:
    link = Button("Download", url=url)
    if ctx.deps.downloads is None:
        return Card(say("Your statistics are ready"), text=say("The link works for a short while."), buttons=(link,))
    try:
        content = await ctx.deps.downloads.read(url, largest=LARGEST_FILE)
    except DialpadError:
        sorry = say("The file could not be fetched for you; the link works for a short while.")
        return Card(say("Your statistics are ready"), text=sorry, buttons=(link,))
    card = _card(content.decode("utf-8", "replace"), link)
    name = f"statistics-{ctx.now:%Y-%m-%d}-{request.removeprefix(GRADES)[:8]}.{kind}"
    return Attachment(name, content, say("Your statistics are ready."), card)


def _card(text: str, link: Button) -> Card:
    sheet = Sheet.parse(text)
    note = "" if sheet.rows else say("There is no data for these days.")
    return Card(
        say("Your statistics are ready: {rows}", rows=plural(len(sheet.rows), "row")), text=sheet.bars() or note,
        facts=sheet.facts(), buttons=(link,),
    )  # fmt: skip
