"""Links to calls and recordings in Dialpad, as people paste them.

A link that was made for sharing holds nothing but a token, which opens it: what is stored is a mark made of the token,
by which the link is known again, and which opens nothing.
"""

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

from bot.dialpad.recordings import recorded_at

DOMAIN: Final = "dialpad.com"
_REVIEW: Final = re.compile(r"/callhistory/callreview/(?P<id>[0-9]{1,20})/?")
_SHARED: Final = re.compile(r"/shared/(?:call|recording|voicemail)/(?P<token>[\w-]{8,200})/?")


@dataclass(frozen=True)
class DialpadLink:
    """What a link is about: a call by its id, a recording by its own id, or what a ``mark`` stands for."""

    call: str = ""
    recording: str = ""
    mark: str = ""


def read_link(url: str) -> DialpadLink | None:
    """Read a link to a call's review page, a shared call or a recording; None for any other."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").casefold()
    except ValueError:
        return None
    if parts.scheme != "https" or not (host == DOMAIN or host.endswith(f".{DOMAIN}")):
        return None
    if (found := _REVIEW.fullmatch(parts.path)) is not None:
        return DialpadLink(call=found["id"])
    if (found := _SHARED.fullmatch(parts.path)) is not None:
        return DialpadLink(mark=mark_of(found["token"]))
    recorded = recorded_at(url)
    return None if recorded is None else DialpadLink(recording=recorded.id)


def mark_of(token: str) -> str:
    """Return what a shared link is known by."""
    return sha256(token.encode()).hexdigest()[:32]


def mark_in(url: str | None) -> str:
    """Return the mark of a share link that Dialpad sent, whichever its host; "" for what is none."""
    try:
        found = _SHARED.fullmatch(urlsplit(url or "").path)
    except ValueError:
        return ""
    return mark_of(found["token"]) if found is not None else ""
