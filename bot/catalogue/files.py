"""Writes lists as files."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.dialpad.action import Action


def as_json(things: Sequence[Mapping[str, Any]]) -> str:
    """Write items as indented JSON, empty values left out."""
    kept = [{name: value for name, value in thing.items() if value not in (None, "", [], {})} for thing in things]
    return json.dumps(kept, ensure_ascii=False, indent=2) + "\n"


def file_name(action: type[Action[Any]], now: datetime, kind: str) -> str:
    """Name the file of a list: ``list-call-centers-2026-11-23.csv``."""
    words = re.sub(r"[^a-z0-9]+", "-", action.name.casefold()).strip("-")
    return f"{words}-{now:%Y-%m-%d}.{kind}"
