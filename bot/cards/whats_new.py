"""What this version brought for the people who use it: shown by ``news``, and told once after an upgrade."""

from dataclasses import dataclass
from typing import Final

from bot.basics.language import mark


@dataclass(frozen=True)
class Novelty:
    """Something new in one sentence, in English, and the command whose help has the rest."""

    what: str
    word: str


NEWS: Final = (
    Novelty(mark("A message that says all day who answers, who waits and how the day goes."), "board"),
    Novelty(mark("How many calls came, how fast they were answered, and how that compares."), "stats"),
    Novelty(mark("What waits for somebody, the longest-waiting first, settled by what people really do."), "open"),
    Novelty(mark("Texts for later, and one text to up to 50 people, each alone."), "scheduled"),
    Novelty(mark("Lines as you would say them; what can mean two things is asked back with buttons."), "help"),
)
SEE_NEWS: Final = (mark("See what's new"), "news.news")
"""The label and the route of the button that shows it."""
UPGRADED: Final = mark("I was updated to version {version}. There are boards, statistics, open work and more.")
"""What whoever set this up is told after an upgrade."""
