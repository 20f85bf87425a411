"""The card of a request for cover, with buttons for colleagues."""

from datetime import datetime

from bot.activity.cover import Cover
from bot.contract.prose import listed, prose
from bot.contract.reply import Bold, Button, Card, Mention, Prose, When


def lines_of(cover: Cover) -> Prose:
    return prose(*listed([(Bold(name),) for name in cover.lines.values()]))


def cover_card(card: str, cover: Cover, *, is_open: bool) -> Card:
    """Return the card of a cover request. ``is_open``: nobody has taken over, and it was not withdrawn."""
    return Card(
        prose("🙋 ", Bold(cover.name), " asks for cover on ", lines_of(cover), " until ", When(cover.until, "date")),
        text=cover.note,
        note="Whoever takes over goes on duty now, and off duty again then." if is_open else "",
        buttons=(Button("Take over", "oncall.take", {"card": card}, style="primary"),) if is_open else (),
    )


def cover_stamp(taken_by: str | None, taken_at: datetime | None, *, withdrawn: bool) -> Prose:
    """Say who took over, or that the request was withdrawn."""
    if taken_by:
        return prose("Covered by ", Mention(taken_by), *((" since ", When(taken_at, "date")) if taken_at else ()))
    return "Taken back: cover is no longer needed." if withdrawn else ""
