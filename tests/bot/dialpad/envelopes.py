"""Events in their envelopes, made independently of the code that opens them."""

import base64
import hashlib
import hmac
import json
from typing import Any

from pydantic import SecretStr

SECRET = SecretStr("a-secret-of-northlight-that-is-long-enough")


def encode(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def sign(
    document: Any, secret: SecretStr = SECRET, *, header: dict[str, Any] | None = None, digest: Any = None
) -> bytes:
    """A compact JWT. ``digest`` None is SHA-256; "" leaves the signature out."""
    head = {"alg": "HS256", "typ": "JWT"} if header is None else header
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    signed = f"{encode(json.dumps(head).encode())}.{encode(body)}"
    if digest == "":
        return f"{signed}.".encode()
    mac = hmac.digest(secret.get_secret_value().encode(), signed.encode(), digest or hashlib.sha256)
    return f"{signed}.{encode(mac)}".encode()
