"""Cursors: opaque, tied to the list they came from, and pointing behind the last item returned."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import TypeVar

from bot.sandbox.dialpad.refusals import bad_request

ItemT = TypeVar("ItemT")


def build_cursor(list_name: str, last: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([list_name, last]).encode()).decode().rstrip("=")


def parse_cursor(list_name: str, cursor: str) -> str:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        name, last = json.loads(base64.urlsafe_b64decode(padded))
    except (binascii.Error, ValueError, TypeError):
        raise bad_request("invalid cursor") from None
    if name != list_name or not isinstance(last, str):
        raise bad_request("invalid cursor")
    return last


def cut_page(
    items: Sequence[ItemT], *, list_name: str, cursor: str | None, size: int, id_of: Callable[[ItemT], object]
) -> tuple[list[ItemT], str | None]:
    """Return one page and the cursor of the next one, which is None on the last page."""
    start = 0
    if cursor:
        last = parse_cursor(list_name, cursor)
        places = [place for place, item in enumerate(items) if str(id_of(item)) == last]
        if not places:
            raise bad_request("invalid cursor")
        start = places[0] + 1
    page = list(items[start : start + size])
    more = start + size < len(items)
    return page, build_cursor(list_name, str(id_of(page[-1]))) if more and page else None
