"""Turns every failure into a sentence for the person: what happened, and what to do next."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Final

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.basics.errors import (
    NO_ANSWER,
    BadRequest,
    Conflict,
    DialpadError,
    FieldError,
    GrantEnded,
    NotAllowed,
    NotConfirmed,
    NotConnected,
    NotFound,
    OutcomeUnknown,
    TokenRefused,
    TooMany,
    Unavailable,
    Unreadable,
    UserError,
    may_have_been_done,
)
from bot.basics.language import mark, say
from bot.contract.doubt import Doubt
from bot.contract.reading import Refused
from bot.contract.reply import Button
from bot.contract.roles import NotPermitted
from bot.dialpad.action import Risk
from bot.store.keys import KeyProblem

_PASSING: Final = frozenset(
    {"", "ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"}
)
_QUOTED: Final = 160
"""Most characters shown of Dialpad's own sentence."""


@dataclass(frozen=True)
class UserMessage:
    """A failure in the person's words. ``problems``: by parameter name. ``expected``: nothing for the log.
    ``choices``: what may have been meant."""

    text: str
    problems: Mapping[str, str] = field(default_factory=dict)
    expected: bool = True
    choices: tuple[Button, ...] = ()


_AGAIN = mark("Try again in a minute.")
_RECONNECT = mark("Dialpad no longer accepts your connection. Disconnect, connect again, then try this again.")
_UNKNOWN = mark("Check in Dialpad before you try again.")

_DIALPAD: Mapping[type[DialpadError], tuple[str, str]] = {
    BadRequest: (mark("Dialpad did not accept this."), mark("Check what you entered and try again.")),
    TokenRefused: (_RECONNECT, ""),
    GrantEnded: (_RECONNECT, ""),
    NotAllowed: (
        mark("Your Dialpad account is not allowed to do this."),
        mark("Ask a Dialpad admin at your company to do it or give you permission."),
    ),
    NotFound: (
        mark("Dialpad cannot find this, or you are not allowed to see it."),
        mark("Check it, then pick again."),
    ),
    Conflict: (mark("Dialpad cannot do this right now."), mark("Check the current state, then try again.")),
    Unavailable: (mark("Dialpad cannot be reached, so nothing was changed."), _AGAIN),
    Unreadable: (mark("Dialpad's answer could not be read, so it may or may not have happened."), _UNKNOWN),
    OutcomeUnknown: (mark("Dialpad did not answer, so it may or may not have happened."), _UNKNOWN),
}
_SAYS_WHY = (BadRequest, NotAllowed, NotFound, Conflict)
_MAY_LACK = (NotAllowed, NotFound)
_NEEDS = mark("Your company's Dialpad account needs {needs} for this.")

_NOT_IN_CHANNEL = mark("I am not in that channel. Invite me there with /invite, then try again.")
_REINSTALL = mark("Slack no longer accepts this app's sign-in. Ask whoever runs it to install it again.")
_TOO_LATE = mark("That window took too long to open. Try again.")
_SLACK: Mapping[str, str] = {
    "ratelimited": mark("Slack is getting too many requests. Try again in a minute."),
    "rate_limited": mark("Slack is getting too many requests. Try again in a minute."),
    "message_limit_exceeded": mark("Slack has reached this workspace's message limit. Ask a workspace admin."),
    "token_revoked": _REINSTALL,
    "token_expired": _REINSTALL,
    "account_inactive": _REINSTALL,
    "invalid_auth": _REINSTALL,
    "not_authed": _REINSTALL,
    "is_archived": mark("That channel is archived. Pick another one."),
    "channel_not_found": _NOT_IN_CHANNEL,
    "not_in_channel": _NOT_IN_CHANNEL,
    "user_not_found": mark("Slack cannot find that person. Pick somebody else."),
    "users_not_found": mark("Slack cannot find that person. Pick somebody else."),
    "cannot_dm_bot": mark("That person cannot receive messages. Pick somebody else."),
    "restricted_action": mark("This workspace does not allow me to do that. Ask a workspace admin."),
    "permission_denied": mark("This workspace does not allow me to do that. Ask a workspace admin."),
    "plan_upgrade_required": mark("This workspace's plan does not include that. Ask a workspace admin."),
    "paid_teams_only": mark("This workspace's plan does not include that. Ask a workspace admin."),
    "expired_trigger_id": _TOO_LATE,
    "exchanged_trigger_id": _TOO_LATE,
    "invalid_trigger_id": _TOO_LATE,
    "push_limit_reached": mark("Three windows are open already. Close one, then try again."),
    "msg_too_long": mark("That is too long for Slack. Ask for less at once."),
    "msg_blocks_too_long": mark("That is too long for Slack. Ask for less at once."),
    "internal_error": mark("Slack has a problem right now. Try again in a minute."),
    "fatal_error": mark("Slack has a problem right now. Try again in a minute."),
    "service_unavailable": mark("Slack has a problem right now. Try again in a minute."),
}


def read_trouble(error: BaseException, *, reference: str, risk: Risk = Risk.READ) -> UserMessage:  # noqa: PLR0911  one return for each kind
    """Put an exception into words for the person. ``risk`` decides whether something can have happened."""
    match error:
        case Doubt() | NotPermitted():
            return UserMessage(error.text, choices=error.choices)
        case Refused():
            return UserMessage(error.text, error.problems)
        case FieldError():
            return UserMessage(error.text, {error.field: error.text})
        case NotConfirmed() | NotConnected() | UserError():
            return UserMessage(error.text)
        case DialpadError():
            return UserMessage(_dialpad_sentence(error, risk))
        case SlackApiError() if slack_code(error) == "missing_scope":
            return UserMessage(_scope_sentence(str(error.response.get("needed") or "")))
        case SlackApiError() if (sentence := _SLACK.get(slack_code(error))) is not None:
            return UserMessage(say(sentence))
        case KeyProblem():
            return UserMessage(
                say(
                    "What is stored for this can no longer be read, because its encryption key is "
                    "missing. Tell whoever runs this bot the reference {reference}.",
                    reference=reference,
                ),
                expected=False,
            )
        case aiohttp.ClientConnectionError():
            return UserMessage(say("Slack cannot be reached right now. Try again in a minute."), expected=False)
    return UserMessage(
        say(
            "Something went wrong on our side. Tell whoever runs this bot the reference {reference}.",
            reference=reference,
        ),
        expected=False,
    )


def slack_may_take_it_later(error: BaseException) -> bool:
    """Tell whether Slack was not there, or too busy, so that the same may be said again."""
    if isinstance(error, SlackApiError):
        status = getattr(error.response, "status_code", 200)
        return status >= 500 or status == 429 or slack_code(error) in _PASSING
    return isinstance(error, aiohttp.ClientError | TimeoutError)


def slack_code(error: SlackApiError) -> str:
    """Return Slack's error string, "" when it gave none."""
    try:
        return str(error.response.get("error", ""))
    except (AttributeError, ValueError):
        return ""


def _scope_sentence(needed: str) -> str:
    what = say("the permission {needed}", needed=needed) if needed else say("a permission")
    return say(
        "This app was installed without {what}, which this needs. Ask whoever runs it to add it and install it again.",
        what=what,
    )


def _dialpad_sentence(error: DialpadError, risk: Risk) -> str:
    if isinstance(error, TooMany):
        return _wait_sentence(error.retry_after)
    if risk is Risk.READ and isinstance(error, Unavailable | Unreadable | OutcomeUnknown):
        return say("Dialpad did not answer properly. Try again in a minute.")
    if isinstance(error, Unavailable) and may_have_been_done(error):
        error = OutcomeUnknown(reason=NO_ANSWER)  # it was sent, if only as something that may be sent again
    what, next_step = next(
        (sentence for kind, sentence in _DIALPAD.items() if isinstance(error, kind)),
        (mark("Dialpad could not do this."), _AGAIN),
    )
    why = (
        say("It says: “{message}”", message=error.message.strip())
        if isinstance(error, _SAYS_WHY) and _short(error.message)
        else ""
    )
    need = say(_NEEDS, needs=error.needs) if error.needs and isinstance(error, _MAY_LACK) else ""
    return " ".join(part for part in (say(what), why, say(next_step), need) if part)


def _short(message: str) -> bool:
    return 0 < len(message.strip()) <= _QUOTED and "\n" not in message.strip()


def _wait_sentence(seconds: float | None) -> str:
    wait = say("a minute") if seconds is None else f"{max(1, ceil(seconds))} s"
    return say("Dialpad is getting too many requests right now. Try again in {wait}.", wait=wait)
