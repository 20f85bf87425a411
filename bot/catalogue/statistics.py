"""Statistics that Dialpad prepares in the background: polled until they are ready, then delivered with their file."""

from datetime import timedelta
from typing import Final

from bot.basics.errors import DialpadError
from bot.basics.language import say
from bot.catalogue.sheets import Sheet
from bot.contract.context import Ctx
from bot.contract.prose import plural
from bot.contract.reply import Answer, Attachment, Button, Card, Nothing, Reply
from bot.dialpad.actions.scorecards import GetScorecardExport, ScorecardExport
from bot.dialpad.actions.stats import GetStats, StatsResult

MOST_TRIES: Final = 40
"""Attempts, which take about 20 minutes."""
LARGEST_FILE: Final = 8_000_000
GRADES: Final = "grades:"
"""Begins what a request for grades of scorecards is known by; they are prepared as statistics are."""


async def _fetch(ctx: Ctx, request: str) -> StatsResult | ScorecardExport:
    if request.startswith(GRADES):
        return await ctx.send(GetScorecardExport(id=request.removeprefix(GRADES)))
    return await ctx.send(GetStats(id=request))


async def look(ctx: Ctx, request: str, *, tries: int) -> Answer:
    """Fetch statistics when they are ready, else schedule the next attempt. ``tries`` is 0 when a person asked."""
    found = await _fetch(ctx, request)
    status = (found.status or "").casefold()
    if status == "failed":
        return Reply(say("Dialpad could not calculate these statistics. Start again with fewer days."), tone="warning")
    if status == "complete" and found.download_url:
        return await _deliver(ctx, request, found.download_url, found.file_type or "csv")
    if tries == 0:
        return Reply(
            say("Dialpad is still working on them."), (Button("Check now", "run.stats_look", {"request": request}),)
        )
    if tries >= MOST_TRIES:
        return Reply(
            say("Dialpad is still working on your statistics. Check again later."),
            (Button("Check now", "run.stats_look", {"request": request}),), tone="warning",
        )  # fmt: skip
    await ctx.deps.later.at(
        ctx.now + timedelta(seconds=min(60, 4 * tries)), f"stats:{ctx.person.team_id}:{ctx.person.user_id}:{request}",
        "run.stats_ready", {"request": request, "tries": str(tries + 1)}, ctx.person, {"where": ctx.where.to_json()},
    )  # fmt: skip
    return Nothing()


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
