"""The embedded Dialpad's refusals, and the error bodies they are sent with."""

from typing import Any

REASONS = {
    400: "badRequest",
    401: "required",
    402: "paymentRequired",
    403: "forbidden",
    404: "notFound",
    409: "conflict",
    413: "uploadTooLarge",
    429: "rateLimitExceeded",
    500: "internalError",
    503: "backendError",
}


class Refusal(Exception):
    """A request that is refused; ``message`` is what the caller reads."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message

    @property
    def body(self) -> dict[str, Any]:
        return error_body(self.status, self.message)


def error_body(status: int, message: str) -> dict[str, Any]:
    reason = REASONS.get(status, "backendError" if status >= 500 else "badRequest")
    return {
        "error": {
            "code": status,
            "message": message,
            "errors": [{"domain": "global", "message": message, "reason": reason}],
        }
    }


def bad_request(message: str) -> Refusal:
    return Refusal(400, message)


def unauthorized(message: str) -> Refusal:
    return Refusal(401, message)


def forbidden(message: str) -> Refusal:
    return Refusal(403, message)


def not_found(what: str) -> Refusal:
    return Refusal(404, f"{what} not found")


def conflict(message: str) -> Refusal:
    return Refusal(409, message)


def too_large() -> Refusal:
    return Refusal(413, "request is larger than 1 MB")


def rate_limited(what: str) -> Refusal:
    return Refusal(429, f"rate_limit_exceeded: {what}")
