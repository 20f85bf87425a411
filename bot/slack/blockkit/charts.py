"""Draws charts and tables as Slack's blocks, or as text where Slack cannot draw them."""

from itertools import zip_longest
from typing import Final

from bot.contract.reply import Chart, DataTable
from bot.slack.blockkit.blocks import NOTHING, Json, quoted
from bot.slack.blockkit.limits import (
    CHART_AXIS,
    CHART_CATEGORIES,
    CHART_LABEL,
    CHART_SERIES,
    CHART_TITLE,
    TABLE_COLUMNS,
    TABLE_ROWS,
    cut,
)

_BAR: Final = 24
"""Characters of the longest bar, which fits on a phone with its label."""
_SHADES: Final = "█░▒▓"


def build_chart(chart: Chart) -> Json | None:
    """Build Slack's chart block; None for what it refuses: an empty series or category, or a name twice."""
    labels = [cut(one, CHART_LABEL) for one in chart.categories]
    names = [cut(name, CHART_LABEL) for name, _ in chart.series]
    whole = all(len(values) == len(labels) for _, values in chart.series) and all([chart.title, *labels, *names])
    fits = 0 < len(labels) <= CHART_CATEGORIES and 0 < len(names) <= CHART_SERIES
    if not whole or not fits or len(set(labels)) < len(labels) or len(set(names)) < len(names):
        return None
    series = [
        {
            "name": name,
            "data": [{"label": label, "value": value} for label, value in zip(labels, values, strict=True)],
        }
        for name, (_, values) in zip(names, chart.series, strict=True)
    ]
    axes = {"x_label": cut(chart.across, CHART_AXIS), "y_label": cut(chart.up, CHART_AXIS)}
    config = {"categories": labels} | {name: text for name, text in axes.items() if text}
    drawn = {"type": "bar", "series": series, "axis_config": config}
    return {"type": "data_visualization", "title": cut(chart.title, CHART_TITLE), "chart": drawn}


def build_table(table: DataTable) -> Json | None:
    """Build Slack's table block; None for what it refuses."""
    rows = [table.head, *table.rows]
    if not table.head or len(table.head) > TABLE_COLUMNS or len(rows) > TABLE_ROWS:
        return None
    cells = [
        [{"type": "raw_text", "text": cell if cell.strip() else NOTHING} for cell in _filled(table, row)]
        for row in rows
    ]
    columns = [{"align": "left", "is_wrapped": True}, *({"align": "right"} for _ in table.head[1:])]
    return {"type": "table", "column_settings": columns, "rows": cells}


def _filled(table: DataTable, row: tuple[str, ...]) -> list[str]:
    return [cell for cell, _ in zip_longest(row[: len(table.head)], table.head, fillvalue="")]


def write_chart(chart: Chart) -> Json:
    """Write a chart as horizontal bars of characters, the series one after the other in each."""
    width = max((len(one) for one in chart.categories), default=0)
    longest = max((sum(column) for column in zip_longest(*(one for _, one in chart.series), fillvalue=0)), default=0)
    keys = [f"{_shade(number)} {name}" for number, (name, _) in enumerate(chart.series)]
    lines = [chart.title, "  ".join(keys)]
    for at, label in enumerate(chart.categories):
        values = [one[at] if at < len(one) else 0 for _, one in chart.series]
        bars = "".join(_shade(number) * _length(value, longest) for number, value in enumerate(values))
        said = " + ".join(f"{value:g}" for value in values) if any(values) else ""
        lines.append(f"{label:>{width}} {bars} {said}".rstrip())
    return quoted("\n".join(lines))


def _shade(number: int) -> str:
    return _SHADES[number % len(_SHADES)]


def _length(value: float, longest: float) -> int:
    """Return the length of a bar, at least 1 for any value above 0."""
    return max(1, round(_BAR * value / longest)) if value > 0 else 0


def write_table(table: DataTable) -> Json:
    """Write a table with spaces between its columns."""
    rows = [_filled(table, row) for row in (table.head, *table.rows)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(table.head))]
    lines = [
        "  ".join(
            cell.ljust(width) if not at else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    return quoted("\n".join(line.rstrip() for line in lines))
