"""The errors that are raised on purpose.

ChatopsError
├── UserError                 said to the person as it is
│   ├── FieldError            belongs to one field of a form or one word of a command
│   ├── NotConnected          the person has no working Dialpad connection; the request is remembered
│   ├── OtherCompany          it belongs to people of another Dialpad company
│   └── NotConfirmed          a confirmation that is used up, late, or somebody else's
└── DialpadError              Dialpad refused, or could not be asked
    ├── BadRequest            400, 413: the request's content
    ├── TokenRefused          401: the token is not, or no longer, good
    ├── GrantEnded            OAuth's invalid_grant: a code or refresh token that is used up or revoked
    ├── NotAllowed            402, 403: role, scope or plan
    ├── NotFound              404
    ├── Conflict              409
    ├── TooMany               429, ours or Dialpad's; carries how long to wait
    ├── Unavailable           5xx, refused connection: nothing happened at Dialpad
    ├── Unreadable            an answer that is no JSON, or not of the promised shape
    └── OutcomeUnknown        sent, never answered: it may have happened; never repeated by itself

Only these reach people with a text of their own. Anything else is a mistake of ours: the person gets one
sentence with a reference id, and the log has the rest under that id.
"""

from collections.abc import Mapping
from typing import ClassVar, Final

from bot.basics.language import mark, say


class ChatopsError(Exception):
    """Root of all errors raised on purpose."""


class UserError(ChatopsError):
    """A sentence for the person: what happened and what to do next."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class FieldError(UserError):
    """A sentence about one field; ``field`` is the handler's parameter name."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


class NotConnected(UserError):
    """There is no Dialpad connection to act with. ``broken``: there was one, and Dialpad ended it."""

    def __init__(self, *, broken: bool = False) -> None:
        super().__init__(
            say("Dialpad ended your connection. Connect again, and this will run automatically.")
            if broken
            else say("Connect your Dialpad account first. What you asked for will run as soon as you have.")
        )
        self.broken = broken


class OtherCompany(UserError):
    """Something of another Dialpad company than the person's own. ``what`` begins the sentence, such as "That call"."""

    def __init__(self, what: str) -> None:
        super().__init__(say("{what} belongs to another Dialpad company, so only people there can use it.", what=what))


class NotConfirmed(UserError):
    """The confirmation cannot be used: ``why`` is ``used``, ``late``, ``foreign``, ``unknown`` or ``unreadable``."""

    TEXTS: ClassVar[Mapping[str, str]] = {
        "used": mark("This was already confirmed once, so nothing was done again."),
        "late": mark("This waited longer than 10 minutes, so nothing was done. Start again."),
        "foreign": mark("Only the person who asked for this can confirm it. Nothing was done."),
        "unknown": mark("This can no longer be confirmed. Nothing was done. Start again."),
        "unreadable": mark(
            "This can't be read any more: its encryption key is missing. Nothing was done. Start again."
        ),
    }

    def __init__(self, why: str) -> None:
        super().__init__(say(self.TEXTS[why]))
        self.why = why


class DialpadError(ChatopsError):
    """Dialpad refused. ``message`` is Dialpad's own sentence ("" when it gave none), ``status`` its HTTP status.
    ``needs``: what the account must have for what was asked, as half a sentence; "" for nothing special."""

    def __init__(self, message: str = "", *, status: int | None = None, reason: str = "") -> None:
        super().__init__(message or type(self).__name__)
        self.message = message
        self.status = status
        self.reason = reason
        self.needs = ""


class BadRequest(DialpadError):
    """Something in the request was wrong."""


class TokenRefused(DialpadError):
    """The token is unknown, expired or revoked."""


class GrantEnded(DialpadError):
    """The person's consent has expired or was revoked at Dialpad; only connecting again helps."""


class NotAllowed(DialpadError):
    """This person may not do this in Dialpad: role, scope or plan."""


class NotFound(DialpadError):
    """Dialpad has no such object, or none this person can see."""


class Conflict(DialpadError):
    """The current state does not allow it: the call has ended, the number is taken."""


class TooMany(DialpadError):
    """A rate limit was reached. ``retry_after``: seconds until it is worth trying again, None when unknown."""

    def __init__(
        self,
        message: str = "",
        *,
        status: int | None = 429,
        reason: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, status=status, reason=reason)
        self.retry_after = retry_after


NO_ANSWER: Final = "no answer"
"""The ``reason`` of a request that was sent and not answered in time."""


class Unavailable(DialpadError):
    """Dialpad is down or cannot be reached; the request had no effect, or is one that may be sent again."""


class Unreadable(DialpadError):
    """Dialpad answered with something that cannot be read."""


class OutcomeUnknown(DialpadError):
    """The request was sent and no answer came: it may or may not have happened."""


HAPPENED_OR_NOT: Final = frozenset({500, 502, 504})
"""Statuses of a server that may have failed half-way, or of something before it that gave up waiting."""


def may_have_been_done(error: DialpadError) -> bool:
    """Tell whether a request that ended like this may all the same have been done at Dialpad."""
    if isinstance(error, OutcomeUnknown | Unreadable):
        return True
    return isinstance(error, Unavailable) and (error.reason == NO_ANSWER or error.status in HAPPENED_OR_NOT)
