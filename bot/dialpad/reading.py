"""Lenient parsing of Dialpad's answers: good ones into models, refusals into our exceptions.

Nothing here puts an answer's or a request's content into an exception's text: those end up in logs.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import structlog
from pydantic import ValidationError

from bot.basics.errors import (
    HAPPENED_OR_NOT,
    BadRequest,
    Conflict,
    DialpadError,
    NotAllowed,
    NotFound,
    OutcomeUnknown,
    TokenRefused,
    TooMany,
    Unavailable,
    Unreadable,
)
from bot.dialpad.action import A, Action

_log = structlog.get_logger(__name__)

_LONGEST_MESSAGE: Final = 500
_LONG_NUMBER: Final = re.compile(r"\+?\d[\d().\s-]{5,}\d")
_REFUSALS: Final[Mapping[int, type[DialpadError]]] = {
    400: BadRequest,
    401: TokenRefused,
    402: NotAllowed,
    403: NotAllowed,
    404: NotFound,
    409: Conflict,
    410: NotFound,
    413: BadRequest,
}


def read_answer(action: Action[A], body: bytes) -> A:
    """Parse the answer to ``action``. A known field of an unknown shape counts as absent. Raises ``Unreadable``."""
    try:
        return action.parse_answer(body)
    except ValidationError as failure:
        try:
            data = json.loads(body)
        except (ValueError, RecursionError):
            raise Unreadable(reason="no JSON") from None
        if not isinstance(data, dict):
            raise Unreadable(reason="no object") from None
        fields = sorted({forget_field(data, error["loc"]) for error in failure.errors(include_input=False)})
    try:
        answer = action.parse_answer(json.dumps(data).encode())
    except (ValidationError, RecursionError):
        raise Unreadable(reason="unexpected shape") from None
    _log.warning("dialpad answer has fields of another shape", action=action.slug, fields=fields)
    return answer


def forget_field(data: Any, where: tuple[int | str, ...]) -> str:
    """Remove the object key closest to ``where`` and name it; "" when there is none."""
    holder: Any = None
    key: int | str = ""
    for step in where:
        if isinstance(data, dict) and step in data:
            holder, key, data = data, step, data[step]
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            break
    if holder is not None:
        holder.pop(key, None)
    return str(key)


def read_refusal(
    status: int, headers: Mapping[str, str], body: bytes, *, can_repeat: bool, secret: str = ""
) -> DialpadError:
    """Build the exception for an unsuccessful answer. ``secret`` is taken out of Dialpad's message."""
    message, reason = parse_message(body)
    if secret:
        message = message.replace(secret, "…")
    error = _refusal(status, headers, message, reason, can_repeat=can_repeat)
    if message:
        # ``message`` is shown to the asker whole; the exception's own text may be logged, so no numbers in it.
        error.args = (_LONG_NUMBER.sub("…", message),)
    return error


def _refusal(status: int, headers: Mapping[str, str], message: str, reason: str, *, can_repeat: bool) -> DialpadError:
    if status == 429 or "rate_limit_exceeded" in message or reason in {"rate_limit_exceeded", "rateLimitExceeded"}:
        return TooMany(message, status=status, reason=reason, retry_after=parse_retry_after(headers))
    if status >= 500:
        unknown = not can_repeat and status in HAPPENED_OR_NOT
        return (OutcomeUnknown if unknown else Unavailable)(message, status=status, reason=reason)
    if status >= 400:
        return _REFUSALS.get(status, BadRequest)(message, status=status, reason=reason)
    return Unreadable(message, status=status, reason=reason or "redirect")


def parse_message(body: bytes) -> tuple[str, str]:
    """Return Dialpad's message and reason code, from whichever of its error shapes ``body`` has; "" for what is
    missing."""
    try:
        data = json.loads(body)
    except RecursionError:
        return "", ""
    except ValueError:
        text = body.decode("utf-8", "replace").strip()
        return ("" if text.startswith("<") else text[:_LONGEST_MESSAGE]), ""
    if not isinstance(data, dict):
        return _writable((data if isinstance(data, str) else "")[:_LONGEST_MESSAGE]), ""
    error = data.get("error")
    first = _first(error.get("errors")) if isinstance(error, dict) else {}
    found = error if isinstance(error, dict) else {}
    plain = error if isinstance(error, str) else None
    candidates = (found.get("message"), first.get("message"), data.get("error_description"), data.get("message"), plain)
    message = next((text for text in candidates if isinstance(text, str) and text.strip()), "")
    reasons = (first.get("reason"), found.get("status"), plain)
    reason = next((text for text in reasons if isinstance(text, str) and text.strip()), "")
    return _writable(message.strip()[:_LONGEST_MESSAGE]), _writable(reason.strip()[:100])


def _writable(text: str) -> str:
    """Replace halves of characters, which can neither be logged nor sent on."""
    return text.encode(errors="replace").decode()


def _first(errors: Any) -> dict[str, Any]:
    return errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}


def parse_retry_after(headers: Mapping[str, str]) -> float | None:
    """Parse the seconds of a ``Retry-After`` header, which may also be a date. None when there is none."""
    value = headers.get("retry-after", "").strip()
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        then = parsedate_to_datetime(value)
    except ValueError:
        return None
    if then.tzinfo is None:
        then = then.replace(tzinfo=UTC)
    return max(0.0, (then - datetime.now(UTC)).total_seconds())
