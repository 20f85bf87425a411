"""What a screen reader says of buttons: what each does and to whom or what, so that no two sound alike.

Slack reads a button's ``accessibility_label`` instead of its text. It begins with the text, so that whoever speaks to
their computer finds it by what they see, and goes on with what the button is about: the row that it stands beside, or
the title of its card.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from bot.basics.language import say, translated
from bot.basics.names import one_line
from bot.contract.reply import Button, Prose
from bot.slack.blockkit.blocks import NOTHING, Json, Reader, plain
from bot.slack.blockkit.limits import ACCESSIBILITY_LABEL, cut

_SIGNS: Final = re.compile(r"^[^\w(+“\"'@#/¿¡]+")
"""Emoji and dots before the first word."""


def subject(prose: Prose, reader: Reader) -> str:
    """Return what buttons beside this are about: its first line that has words, its dots as the pauses they stand
    for."""
    said = plain(prose, reader).replace(" · ", ", ")
    lines = (_SIGNS.sub("", one_line(line)).strip() for line in said.split("\n"))
    return next((line for line in lines if line), "")


def spoken_label(button: Button, about: str) -> str:
    """Return what is said of a button, in the language spoken now. ``about``: what stands beside it."""
    spoken = one_line(translated(button.spoken))
    return cut(spoken, ACCESSIBILITY_LABEL) or label_about(translated(button.label), about)


def label_about(label: str, about: str) -> str:
    """Return a button's text and what it is about, unless the text says that already."""
    text = _SIGNS.sub("", one_line(label)).rstrip("… ") or one_line(label).strip() or NOTHING
    about = about.rstrip(".…")
    if not about or about.casefold() in text.casefold():
        said = text
    elif about.casefold().startswith(f"{text}:".casefold()):  # the row "Status: none" beside "Status…"
        said = about
    elif text.endswith("?"):
        said = f"{text} {about}"
    else:
        said = say("{button}: {about}", button=text, about=about)
    return cut(said, ACCESSIBILITY_LABEL)


def told_apart(blocks: Sequence[Json]) -> None:
    """Number the buttons that would sound like another one which does something else: "… (2)"."""
    targets: dict[str, list[tuple[Any, ...]]] = {}
    for button in _buttons(blocks):
        label = button["accessibility_label"]
        target = (button["action_id"].partition(":")[0], button.get("value"), button.get("url"))
        known = targets.setdefault(label, [])
        if target not in known:
            known.append(target)
        if number := known.index(target):
            end = f" ({number + 1})"
            button["accessibility_label"] = cut(label, ACCESSIBILITY_LABEL - len(end)) + end


def _buttons(blocks: Sequence[Json]) -> Iterator[Json]:
    for block in blocks:
        for element in [*block.get("elements", ()), block.get("accessory") or {}]:
            if element.get("type") == "button":
                yield element
