"""What was measured, as rows: ours beside a floor of the same run, and whether the goal is met."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any, Final, Literal

MOST: Final = "at most"
LEAST: Final = "at least"


@dataclass(frozen=True)
class Goal:
    """``of``: what is held against ``value``: the ratio of ours to the floor, or ours alone."""

    value: float
    how: Literal["at most", "at least"] = MOST
    of: Literal["ratio", "ours"] = "ratio"

    def text(self, unit: str) -> str:
        value = f"{self.value:.3g}x" if self.of == "ratio" else f"{self.value:.3g} {unit}"
        return f"{self.how} {value}"


@dataclass(frozen=True)
class Row:
    """One line of the table.

    ``name`` is what ``--only`` takes, with all rows that were measured together. ``noise``: how far two equal floors
    lay apart in the same run, as a ratio. ``goal`` None: shown for what it says.
    """

    name: str
    what: str
    unit: str
    ours: float
    floor: float | None = None
    goal: Goal | None = None
    noise: float | None = None
    ratio: float | None = None
    floor_is: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def met(self) -> bool | None:
        if self.goal is None:
            return None
        value = self.ours if self.goal.of == "ours" else self.ratio
        if value is None:
            return None
        return value <= self.goal.value if self.goal.how == MOST else value >= self.goal.value

    @property
    def said(self) -> str:
        """What was found and what was wanted, in words."""
        found = f"{say_number(self.ours)} {self.unit}"
        if self.ratio is not None:
            found += f", {self.ratio:.2f}x of {self.floor_is or 'the floor'}"
        return f"{found}; goal {self.goal.text(self.unit)}" if self.goal else found

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "met": self.met}


def read_row(document: Mapping[str, Any]) -> Row:
    """Read what ``as_json`` wrote."""
    goal = document["goal"]
    return Row(**{**{name: value for name, value in document.items() if name != "met"}, "goal": goal and Goal(**goal)})


def say_number(value: float) -> str:
    """With as many digits as mean something."""
    if value >= 1000 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.3g}"


def quantile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def middle(values: Sequence[float]) -> float:
    """Their median."""
    return median(values)


def paired(values: Sequence[float], by: Sequence[float]) -> float:
    """The median over the rounds of one value divided by the other: a slow moment weighs on both or on neither."""
    return median(one / other for one, other in zip(values, by, strict=True))


def spread(values: Sequence[float], by: Sequence[float]) -> float:
    """How far two things that are equal lie apart: their paired ratio, the larger way round."""
    ratio = paired(values, by)
    return max(ratio, 1 / ratio)
