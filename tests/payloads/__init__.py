"""Event payloads made up from the keys Dialpad documents and is known to send; the people are the demo's."""

import json
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any


@cache
def _all() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_name("dialpad.json").read_text(encoding="utf-8"))
    return found


def names() -> list[str]:
    return list(_all())


def payload(name: str, **changes: Any) -> dict[str, Any]:
    """A copy of the payload with some of its keys changed."""
    return {**deepcopy(_all()[name]), **changes}
