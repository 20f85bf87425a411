"""Which labels settle a call: the team's choice, and from when on.

What is taken off the list still settles the calls that came while it was on it: nobody is to find a month of robocalls
open again. What is put on it settles also what was labeled before.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot.basics.stored_json import MsMoment, StoredJson

USUAL: Final = frozenset({"spam"})
"""Labels that settle a call where the team chose no others."""
MOST_CHANGES: Final = 50


@dataclass(frozen=True)
class LabelsChosen:
    """What somebody, by their Slack id, chose: labels, lower case."""

    since: MsMoment
    labels: tuple[str, ...]
    by: str = ""


@dataclass(frozen=True)
class SettlingLabels:
    """What a company's people chose, the oldest first."""

    choices: tuple[LabelsChosen, ...] = ()

    @property
    def now(self) -> frozenset[str]:
        """Return the labels that settle a call from now on."""
        return frozenset(self.choices[-1].labels) if self.choices else USUAL

    @property
    def by(self) -> str:
        """Return who chose them, "" where nobody did."""
        return self.choices[-1].by if self.choices else ""

    def of_call(self, began: datetime) -> frozenset[str]:
        """Return the labels, lower case, that settle a call of that time: all that were chosen then or since."""
        found = self.now
        before = (USUAL, *(frozenset(one.labels) for one in self.choices))
        for one, until_then in zip(self.choices, before, strict=False):
            if one.since > began:
                found |= until_then
        return found

    def chosen(self, labels: Iterable[str], by: str, now: datetime) -> "SettlingLabels":
        """Return it with one more choice."""
        choice = LabelsChosen(now, tuple(sorted({one.strip().casefold() for one in labels if one.strip()})), by)
        return SettlingLabels((*self.choices, choice)[-MOST_CHANGES:])


_LABELS: Final = StoredJson(SettlingLabels)


def to_json(labels: SettlingLabels) -> dict[str, Any]:
    return _LABELS.dump(labels)


def from_json(stored: Mapping[str, Any]) -> SettlingLabels:
    """Undo ``to_json``. Raises UnreadableJson."""
    return _LABELS.load(stored)
