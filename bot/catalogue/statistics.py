"""Statistics that Dialpad prepares in the background: polled until they are ready, then delivered with their file."""

import csv
import io
from datetime import timedelta
from typing import Final

from bot.basics.errors import DialpadError
from bot.contract.context import Ctx
from bot.contract.prose import plural, prose
from bot.contract.reply import Answer, Attachment, Button, Card, Fact, Nothing, Reply
from bot.dialpad.actions.stats import GetStats

MOST_TRIES: Final = 40
"""Attempts, which take about 20 minutes."""
LARGEST_FILE: Final = 8_000_000
_BARS: Final = 12
_WIDTH: Final = 16


async def look(ctx: Ctx, request: str, *, tries: int) -> Answer:
    """Fetch statistics when they are ready, else schedule the next attempt. ``tries`` is 0 when a person asked."""
    found = await ctx.send(GetStats(id=request))
    status = (found.status or "").casefold()
    if status == "failed":
        return Reply("Dialpad could not calculate these statistics. Start again with fewer days.", tone="warning")
    if status == "complete" and found.download_url:
        return await _deliver(ctx, request, found.download_url, found.file_type or "csv")
    if tries == 0:
        return Reply(
            "Dialpad is still working on them.", (Button("Check now", "run.stats_look", {"request": request}),)
        )
    if tries >= MOST_TRIES:
        return Reply(
            "Dialpad is still working on your statistics. Check again later.",
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
        return Card("Your statistics are ready", text="The link works for a short while.", buttons=(link,))
    try:
        content = await ctx.deps.downloads.read(url, largest=LARGEST_FILE)
    except DialpadError:
        sorry = "The file could not be fetched for you; the link works for a short while."
        return Card("Your statistics are ready", text=sorry, buttons=(link,))
    card = _card(content.decode("utf-8", "replace"), link)
    return Attachment(
        f"statistics-{ctx.now:%Y-%m-%d}-{request[:8]}.{kind}", content, "Your statistics are ready.", card
    )


def _card(text: str, link: Button) -> Card:
    rows = list(csv.DictReader(io.StringIO(text)))
    chart = bars(rows)
    note = "" if rows else "There is no data for these days."
    return Card(
        prose("Your statistics are ready: ", plural(len(rows), "row")), text=chart or note,
        facts=totals(rows), buttons=(link,),
    )  # fmt: skip


def _numbers(rows: list[dict[str, str]]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for name in rows[0] if rows else ():
        values = [_number(row.get(name) or "") for row in rows]
        if name and "id" not in name.casefold().split("_") and all(value is not None for value in values):
            found[name] = [value or 0.0 for value in values]
    return found


def _number(text: str) -> float | None:
    try:
        return float(text or 0)
    except ValueError:
        return None


def totals(rows: list[dict[str, str]]) -> tuple[Fact, ...]:
    """Sum the first columns that hold numbers, at most eight."""
    sums = {name: sum(values) for name, values in _numbers(rows).items() if any(values)}
    return tuple(Fact(name.replace("_", " ").capitalize(), f"{value:,.0f}") for name, value in list(sums.items())[:8])


def bars(rows: list[dict[str, str]]) -> str:
    """Draw the first column of numbers as bars of text, summed by the first column of words; "" without either."""
    numbers = {name: values for name, values in _numbers(rows).items() if any(values)}
    words = (column for column in (rows[0] if rows else ()) if column and column not in numbers)
    label = next((column for column in words if any(row[column] for row in rows)), None)
    if not numbers or label is None:
        return ""
    name, values = next(iter(numbers.items()))
    sums: dict[str, float] = {}
    for row, value in zip(rows, values, strict=True):
        key = (row[label] or "(none)")[:40]
        sums[key] = sums.get(key, 0) + value
    by_time = all(key[:4].isdigit() for key in sums)
    shown = sorted(sums.items(), key=(lambda one: one[0]) if by_time else (lambda one: -one[1]))
    shown = shown[-_BARS:] if by_time else shown[:_BARS]
    top = max(value for _, value in shown) or 1
    lines = [f"{name.replace('_', ' ').capitalize()} by {label.replace('_', ' ')}"]
    for key, value in shown:
        bar = "█" * max(1 if value else 0, round(value / top * _WIDTH))
        lines.append(f"{key}  {bar} {value:,.0f}")
    return "\n".join(lines)
