"""Reads a file of statistics: what adds up is summed, what is an average is averaged, and all else is left alone.

Dialpad documents neither the columns nor their units. A number that is no amount, such as a phone number, an id or a
year, looks like any other, so only columns whose names say that they are amounts count.
"""

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Final

from bot.basics.language import say
from bot.basics.times import lasting
from bot.catalogue.columns import column_heading, column_words
from bot.contract.reply import Fact

MOST_FACTS: Final = 8
MOST_BARS: Final = 12
_WIDTH: Final = 16
_LONGEST_LABEL: Final = 40

_AMOUNTS: Final = frozenset({
    "abandoned", "answered", "callbacks", "calls", "cancelled", "count", "duration", "incoming", "messages", "minutes",
    "missed", "occurrences", "outgoing", "received", "recordings", "screenshares", "seconds", "sent", "texts", "total",
    "transfers", "voicemails",
})  # fmt: skip
"""Last words of the names of columns that add up."""
_NOT_ADDED: Final = frozenset({
    "average", "avg", "first", "last", "longest", "max", "mean", "median", "min", "percent", "rate", "ratio",
    "shortest",
})  # fmt: skip
"""Words that say that a column does not add up, whatever else is in its name."""
_AVERAGED: Final = frozenset({"percent", "average", "avg", "mean", "rate", "ratio", "score", "rating"})
_AVERAGED_WHOLE: Final = frozenset({"time_to_answer", "time_in_system"})
_RECORDS: Final = ("call_id", "message_id", "recording_id")
"""Columns of which one is there when each row is one call, text or recording. Their durations are seconds."""
_LABELS: Final = ("category", "disposition", "direction", "name", "date")
"""What records are counted by in the chart: the first of these that tells them apart."""


@dataclass(frozen=True)
class Sheet:
    """The rows of a CSV file, each by the names of its columns."""

    rows: Sequence[Mapping[str, str]]

    @classmethod
    def parse(cls, text: str) -> "Sheet":
        """Read a CSV file with a heading line."""
        found = csv.DictReader(io.StringIO(text))
        return cls([{name: value or "" for name, value in row.items() if isinstance(name, str)} for row in found])

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.rows[0]) if self.rows else ()

    @property
    def has_records(self) -> bool:
        """Whether each row is one call, text or recording, not a count of them."""
        return any(name in self.columns for name in _RECORDS)

    def facts(self) -> tuple[Fact, ...]:
        """Return sums of what adds up, then averages of what is averaged; what is nowhere more than 0 is left out."""
        sums = [
            Fact(_label(name), self._shown(name, total))
            for name in self.columns
            if _adds_up(name) and (total := sum(self._numbers(name)))
        ]
        averages = [
            Fact(_label(name, say("Average ")), self._shown(name, mean(values), digits=1))
            for name in self.columns
            if _is_averaged(name) and any(values := self._numbers(name))
        ]
        return tuple([*sums, *averages][:MOST_FACTS])

    def bars(self) -> str:
        """Draw bars of text: how many records there are of each kind, or the first amount by person or day; "" where
        neither can be."""
        if self.has_records:
            label = next((name for name in _LABELS if len({row.get(name, "") for row in self.rows}) > 1), None)
            if label is None:
                return ""
            return _draw(say("Rows"), label, Counter(self._named(row, label) for row in self.rows))
        amount = next((name for name in self.columns if _adds_up(name) and any(self._numbers(name))), None)
        label = next((name for name in ("name", "date") if any(row.get(name) for row in self.rows)), None)
        if amount is None or label is None:
            return ""
        sums: Counter[str] = Counter()
        for row in self.rows:
            sums[self._named(row, label)] += _number(row.get(amount, "")) or 0  # type: ignore[assignment]  # Counter adds floats as well
        return _draw(_label(amount), label, sums)

    def _named(self, row: Mapping[str, str], label: str) -> str:
        value = row.get(label, "")
        return (value[:10] if label == "date" else value[:_LONGEST_LABEL]) or say("(none)")

    def _numbers(self, name: str) -> list[float]:
        """Return the numbers of a column; none when something else stands in it."""
        written = [row[name] for row in self.rows if row.get(name, "").strip()]
        found = [_number(text) for text in written]
        return [] if None in found else [one for one in found if one is not None]

    def _shown(self, name: str, value: float, digits: int = 0) -> str:
        if "percent" in name.casefold().split("_"):
            return f"{value:,.{digits}f}%"
        if self.has_records and (name.endswith("duration") or name in _AVERAGED_WHOLE):
            return lasting(value * 1000) or "0 s"
        return f"{value:,.{digits}f}"


def _words(name: str) -> list[str]:
    return name.casefold().replace(" ", "_").split("_")


def _adds_up(name: str) -> bool:
    words = _words(name)
    return words[-1] in _AMOUNTS and _NOT_ADDED.isdisjoint(words)


def _is_averaged(name: str) -> bool:
    return name.casefold() in _AVERAGED_WHOLE or not _AVERAGED.isdisjoint(_words(name))


def _number(text: str) -> float | None:
    try:
        value = float(text or 0)
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None


def _label(name: str, before: str = "") -> str:
    plain = "_".join(word for word in _words(name) if not before or word not in {"average", "avg", "mean"})
    return f"{before}{column_words(plain)}" if before else column_heading(plain)


def _draw(amount: str, label: str, sums: Mapping[str, float]) -> str:
    by_time = all(key[:4].isdigit() for key in sums)
    shown = sorted(sums.items(), key=(lambda one: one[0]) if by_time else (lambda one: -one[1]))
    shown = shown[-MOST_BARS:] if by_time else shown[:MOST_BARS]
    top = max(value for _, value in shown) or 1
    lines = [say("{amount} by {label}", amount=amount, label=column_words(label))]
    for key, value in shown:
        bar = "█" * max(1 if value else 0, round(value / top * _WIDTH))
        lines.append(f"{key}  {bar} {value:,.0f}")
    return "\n".join(lines)
