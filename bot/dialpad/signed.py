"""The envelope of an event: a compact JWT over HS256 when its hook has a secret, plain JSON only when it has none.

Dialpad's claims are the event itself, without ``exp`` or ``iat``, so joserfc is asked about the signature only.
"""

import warnings
from functools import lru_cache
from typing import Any, Final, Literal

from joserfc import jws
from joserfc.errors import BadSignatureError, DecodeError, ExceededSizeError, JoseError, SecurityWarning
from joserfc.jwk import OctKey
from joserfc.registry import HeaderParameter
from pydantic import SecretStr

from bot.basics.errors import ChatopsError
from bot.basics.json_objects import parse_object

LARGEST_EVENT: Final = 1024 * 1024
"""Bytes. The longest real events are a few kB; voicemail transcripts add perhaps ten."""

_refused: Final = HeaderParameter("not taken from whoever sends", "none")
_RULES: Final = jws.JWSRegistry({"crit": _refused, "b64": _refused}, ["HS256"], strict_check_header=False)
"""What a header may say: HS256, and nothing that changes how the signature is checked."""
_RULES.max_payload_length = LARGEST_EVENT

Why = Literal["too large", "unsigned", "algorithm", "forged", "garbled"]


class EventRefused(ChatopsError):
    """A delivery that is not a trustworthy event.

    ``why``: ``too large``; ``unsigned`` (JSON where a signature is due); ``algorithm`` (signed with anything but HS256,
    or with ``none``, or with a header that wants more than a check); ``forged`` (the signature does not fit the secret,
    or there is no secret to check one with); ``garbled`` (cut short, or not JSON). Never holds any of the content.
    """

    def __init__(self, why: Why) -> None:
        super().__init__(f"event refused: {why}")
        self.why: Why = why


def open_envelope(raw: bytes, secret: SecretStr | None) -> bytes:
    """Check an envelope's signature and return the event's JSON as bytes, not parsed yet. Raises EventRefused."""
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
    return _open_jwt(body, secret)


def parse_document(body: bytes) -> dict[str, Any]:
    """Parse a JSON object whose strings UTF-8 can write. Raises EventRefused ``garbled`` for anything else, however
    odd."""
    try:
        return parse_object(body)
    except ValueError:  # not JSON, not UTF-8, or a number of thousands of digits
        raise EventRefused("garbled") from None


def _open_jwt(token: bytes, secret: SecretStr) -> bytes:
    try:
        return jws.deserialize_compact(token, _key(secret), registry=_RULES).payload
    except (BadSignatureError, _NoKey):
        raise EventRefused("forged") from None
    except (DecodeError, ExceededSizeError):
        raise EventRefused("garbled") from None
    except JoseError:
        raise EventRefused("algorithm") from None
    except (TypeError, ValueError, RecursionError):  # the library looks into headers that are no object
        raise EventRefused("garbled") from None


class _NoKey(Exception):
    """The secret is public knowledge: empty, or a public key."""


@lru_cache(maxsize=128)
def _key(secret: SecretStr) -> OctKey:
    """Return the key for a secret. Cached: checking whether it is a public key by mistake costs more than all the
    rest."""
    with warnings.catch_warnings():
        # A hook was made with this secret, and even a short one is better checked than not.
        warnings.simplefilter("ignore", SecurityWarning)
        try:
            return OctKey.import_key(secret.get_secret_value().encode())
        except ValueError:
            raise _NoKey from None
