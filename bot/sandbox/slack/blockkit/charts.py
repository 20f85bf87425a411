"""The parts of a chart: slices of a pie, or series of points over the categories of an axis."""

from typing import Any

from bot.sandbox.slack.blockkit.checks import Check, Findings, both, items, number, shape, string, typed
from bot.sandbox.slack.limits import LIMITS

_SEGMENT = shape(
    {
        "label": string(1, LIMITS["data_visualization.segment.label.max_length"]),
        "value": number(LIMITS["data_visualization.segment.value.exclusive_min"]),
    }
)
_POINT = shape({"label": string(1, LIMITS["data_visualization.point_label.max_length"]), "value": number()})
_SERIES = shape(
    {
        "name": string(1, LIMITS["data_visualization.series_name.max_length"]),
        "data": items(_POINT, LIMITS["data_visualization.data.min_items"], LIMITS["data_visualization.data.max_items"]),
    }
)
_AXIS_LABEL = string(0, LIMITS["data_visualization.axis_label.max_length"])
_AXES = shape(
    {
        "categories": items(
            string(1, LIMITS["data_visualization.category_label.max_length"]),
            LIMITS["data_visualization.categories.min_items"],
            LIMITS["data_visualization.categories.max_items"],
        )
    },
    {"x_label": _AXIS_LABEL, "y_label": _AXIS_LABEL},
)


def _series_fit_the_axis(findings: Findings, value: Any, pointer: str) -> None:
    """Check that each series has its own name and exactly one point for every category."""
    series, config = value.get("series"), value.get("axis_config")
    categories = config.get("categories") if isinstance(config, dict) else None
    if not isinstance(series, list) or not isinstance(categories, list):
        return
    names = [one.get("name") for one in series if isinstance(one, dict)]
    if len({str(name) for name in names}) < len(names):
        findings.add("series names must be unique", f"{pointer}/series")
    for index, one in enumerate(series):
        points = one.get("data") if isinstance(one, dict) else None
        labels = [point.get("label") for point in points or [] if isinstance(point, dict)]
        if sorted(map(str, labels)) != sorted(map(str, categories)):
            findings.add("labels must match the categories of the axis", f"{pointer}/series/{index}/data")


_OVER_AN_AXIS: Check = both(
    shape(
        {
            "series": items(
                _SERIES, LIMITS["data_visualization.series.min_items"], LIMITS["data_visualization.series.max_items"]
            ),
            "axis_config": _AXES,
        }
    ),
    _series_fit_the_axis,
)
_PIE = shape(
    {
        "segments": items(
            _SEGMENT, LIMITS["data_visualization.segments.min_items"], LIMITS["data_visualization.segments.max_items"]
        )
    }
)
CHART = typed({"pie": _PIE, "bar": _OVER_AN_AXIS, "line": _OVER_AN_AXIS, "area": _OVER_AN_AXIS})
