"""The recordings that an event or a call names, in any of its fields.

``recording_details`` is complete; some events and answers have only addresses, which contain the recording's own id.
That id, never the call's, is what Dialpad's share links want.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import urlsplit

VOICEMAIL: Final = "voicemail"
_IN_PATH: Final = re.compile(r"/(?:(?P<admin>adminrecording)|(?P<voicemail>voicemail)|r)/(?P<id>[\w-]+)(?:\.\w+)?$")


@dataclass(frozen=True)
class Recorded:
    """A recording. ``kind``: ``callrecording``, ``admincallrecording`` or ``voicemail``. ``url``: "" if unknown; it
    opens only with a token, and expires. ``ms``: its length."""

    id: str
    kind: str
    url: str = field(default="", repr=False)
    ms: int | None = None


def recorded_at(url: str) -> Recorded | None:
    """Parse a recording's address: ``/r/1``, ``/blob/adminrecording/1.mp3``, ``/secureblob/voicemail/1.mp3``."""
    try:
        found = _IN_PATH.search(urlsplit(url).path)
    except ValueError:
        return None
    if found is None:
        return None
    kind = "admincallrecording" if found["admin"] else VOICEMAIL if found["voicemail"] else "callrecording"
    return Recorded(found["id"], kind, url)


def gather(named: Iterable[Recorded | None]) -> tuple[Recorded, ...]:
    """Merge what is known of each recording into one; earlier values take precedence."""
    found: dict[str, Recorded] = {}
    for one in named:
        if one is not None and one.id:
            known = found.get(one.id, one)
            found[one.id] = replace(known, url=known.url or one.url, ms=one.ms if known.ms is None else known.ms)
    return tuple(found.values())
