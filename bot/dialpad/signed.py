"""The envelope of an event: a compact JWT over HS256 when its hook has a secret, plain JSON only when it has none.

Read here rather than by a JWT library because exactly one algorithm, one key and no registered claim is allowed:
Dialpad's claims are the event itself, without ``exp`` or ``iat``.
"""

import base64
import binascii
import hmac
import json
from hashlib import sha256
from typing import Any, Final, Literal

from pydantic import SecretStr

from bot.errors import ChatopsError

LARGEST_EVENT: Final = 1024 * 1024
"""Bytes. The longest real events are a few kB; voicemail transcripts add perhaps ten."""

DEEPEST: Final = 32
"""Levels of nesting; real events have four."""

Why = Literal["too large", "unsigned", "algorithm", "forged", "garbled"]


class EventRefused(ChatopsError):
    """What came is no event that may be believed.

    ``why``: ``too large``; ``unsigned`` (JSON where a signature is due); ``algorithm`` (signed with anything but
    HS256, or with ``none``); ``forged`` (the signature does not fit the secret, or there is no secret to check one
    with); ``garbled`` (cut short, or not JSON). Never holds any of the content.
    """

    def __init__(self, why: Why) -> None:
        super().__init__(f"event refused: {why}")
        self.why: Why = why


def open_envelope(raw: bytes, secret: SecretStr | None) -> bytes:
    """The event's JSON as bytes, not parsed yet. Raises EventRefused."""
    if len(raw) > LARGEST_EVENT:
        raise EventRefused("too large")
    body = raw.strip()
    if not body:
        raise EventRefused("garbled")
    if secret is None:
        if body[:1] != b"{":
            raise EventRefused("forged")
        return body
    if body[:1] == b"{":
        raise EventRefused("unsigned")
    return _open_jwt(body, secret.get_secret_value().encode())


def parse_document(body: bytes) -> dict[str, Any]:
    """A JSON object. Raises EventRefused ``garbled`` for anything else, however deep or odd."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):  # ValueError: not JSON, not UTF-8, or a number of thousands of digits
        raise EventRefused("garbled") from None
    if not isinstance(document, dict) or not _is_shallow(document):
        raise EventRefused("garbled")
    return document


def _is_shallow(document: dict[str, Any]) -> bool:
    """Whether everything after this may walk through it recursively."""
    level: list[Any] = [document]
    for _ in range(DEEPEST):
        level = [
            inner
            for one in level
            for inner in (one.values() if isinstance(one, dict) else one)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return True
    return False


def _open_jwt(token: bytes, key: bytes) -> bytes:
    parts = token.split(b".")
    if len(parts) != 3:
        raise EventRefused("garbled")
    header, payload, signature = parts
    # The header says how to check before it is checked itself, so one answer alone is taken from it.
    fields = parse_document(_decode(header))
    if fields.get("alg") != "HS256" or "crit" in fields:
        raise EventRefused("algorithm")
    if not hmac.compare_digest(hmac.digest(key, header + b"." + payload, sha256), _decode(signature)):
        raise EventRefused("forged")
    return _decode(payload)


def _decode(part: bytes) -> bytes:
    try:
        return base64.b64decode(part + b"=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        raise EventRefused("garbled") from None
