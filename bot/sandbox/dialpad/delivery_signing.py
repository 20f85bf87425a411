"""The envelope of an event, a JWT of the whole or plain JSON, and the tickets in websocket addresses."""

import base64
import hashlib
import hmac
import json
import secrets
from datetime import datetime

from bot.sandbox.dialpad.model import Json

TICKET_LIVES_S = 3600
_HEADER = b'{"alg":"HS256","typ":"JWT"}'
_TICKET_KEY = secrets.token_bytes(32)


def _encode(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def _mac(key: bytes, text: str) -> str:
    return _encode(hmac.digest(key, text.encode(), hashlib.sha256))


def wrap(payload: Json, secret: str | None) -> str:
    """Build the body of a delivery, or the text of a frame. The event's fields are the claims, and there are no
    others."""
    body = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    if not secret:
        return body
    signed = f"{_encode(_HEADER)}.{_encode(body.encode())}"
    return f"{signed}.{_mac(secret.encode(), signed)}"


def issue_ticket(endpoint_id: int, now: datetime) -> str:
    """Issue the ticket at the end of a websocket's address, valid for an hour."""
    said = f"{endpoint_id}.{int(now.timestamp()) + TICKET_LIVES_S}.{secrets.token_hex(4)}"
    return f"{said}.{_mac(_TICKET_KEY, said)}"


def read_ticket(ticket: str, now: datetime) -> int | None:
    """Return the websocket's id, None for a ticket that was never issued or has expired."""
    said, _, mac = ticket.rpartition(".")
    if not said or not hmac.compare_digest(mac.encode(), _mac(_TICKET_KEY, said).encode()):
        return None
    endpoint_id, until, _ = said.split(".")
    return int(endpoint_id) if int(until) > now.timestamp() else None
