"""Finds which settings are missing, or still hold what an example had in their place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from pydantic import SecretStr

from bot.basics.settings import Settings

_PLACEHOLDER: Final = re.compile(
    r"…|\.\.\.|[<>{}\[\]]|\*{3}|x{4}|your|change[-_ ]?me|replace|placeholder|insert|todo|fixme|token[-_ ]?here|example",
    re.IGNORECASE,
)
"""What stands in examples where something of one's own belongs."""
_WORDS: Final = frozenset({"token", "secret", "key", "id", "none", "null", "test", "abc", "foo", "bar", "xoxb", "xapp"})
_TOKENS: Final = {"SLACK_BOT_TOKEN": "xoxb-", "SLACK_APP_TOKEN": "xapp-"}
_WHERE: Final = {
    "SLACK_BOT_TOKEN": "your Slack app's page, Install App",
    "SLACK_APP_TOKEN": "your Slack app's page, Basic Information, App-Level Tokens, with the scope connections:write",
    "SLACK_SIGNING_SECRET": "your Slack app's page, Basic Information, App Credentials",
    "SLACK_CLIENT_ID": "your Slack app's page, Basic Information, App Credentials",
    "SLACK_CLIENT_SECRET": "your Slack app's page, Basic Information, App Credentials",
    "PUBLIC_URL": "the https:// address where browsers, and over HTTP Slack, reach this bot",
    "DIALPAD_CLIENT_ID": "Dialpad's OAuth app",
    "DIALPAD_CLIENT_SECRET": "Dialpad's OAuth app",
}


@dataclass(frozen=True)
class SettingProblem:
    """A setting that is missing or cannot be right. ``said`` names it and what to do; never its value."""

    name: str
    said: str


def problems_of(settings: Settings) -> list[SettingProblem]:
    """Return every setting that has to be set or changed before the bot can run as it is meant to."""
    return [*_missing(settings), *_wrong(settings)]


def _missing(settings: Settings) -> Iterator[SettingProblem]:
    """Yield what the way the settings point to still lacks: one workspace or installation at ``/slack/install``, by
    Socket Mode or over HTTP."""
    by_installing = not settings.slack_bot_token and bool(settings.slack_client_id or settings.slack_client_secret)
    over_http = not settings.slack_app_token and bool(settings.slack_signing_secret or settings.public_url)
    if by_installing:
        yield from _lacking(settings, "SLACK_CLIENT_ID", "for installing at /slack/install")
        yield from _lacking(settings, "SLACK_CLIENT_SECRET", "for installing at /slack/install")
        yield from _lacking(settings, "PUBLIC_URL", "for installing at /slack/install")
    else:
        yield from _lacking(settings, "SLACK_BOT_TOKEN", "")
    if over_http:
        yield from _lacking(settings, "SLACK_SIGNING_SECRET", "or SLACK_APP_TOKEN for Socket Mode")
        if not by_installing:
            yield from _lacking(settings, "PUBLIC_URL", "or SLACK_APP_TOKEN for Socket Mode")
    else:
        yield from _lacking(settings, "SLACK_APP_TOKEN", "or SLACK_SIGNING_SECRET and PUBLIC_URL, over HTTP")
    if settings.dialpad_client_id or settings.dialpad_client_secret:
        yield from _lacking(settings, "DIALPAD_CLIENT_ID", "for signing in at Dialpad")
        yield from _lacking(settings, "DIALPAD_CLIENT_SECRET", "for signing in at Dialpad")


def _lacking(settings: Settings, name: str, why: str) -> Iterator[SettingProblem]:
    if not _value(settings, name):
        yield SettingProblem(name, f"Set {name} ({_WHERE[name]}){f', {why}' if why else ''}.")


def _value(settings: Settings, name: str) -> str:
    value = getattr(settings, name.lower())
    return (value.get_secret_value() if isinstance(value, SecretStr) else value or "").strip()


def _wrong(settings: Settings) -> Iterator[SettingProblem]:
    for name in (*_WHERE, "DIALPAD_API_KEY", "METRICS_TOKEN"):
        value = _value(settings, name)
        if value and (why := _flaw(name, value)):
            where = f": it comes from {_WHERE[name]}" if name in _WHERE and name != "PUBLIC_URL" else ""
            yield SettingProblem(name, f"{name} {why}{where}.")


def _flaw(name: str, value: str) -> str:
    """Say what a value cannot be right for, "" when it may be."""
    if name == "PUBLIC_URL":
        return _flaw_of_address(value)
    prefix = _TOKENS.get(name, "")
    rest = value.removeprefix(prefix)
    if not rest or rest.casefold() in _WORDS or _PLACEHOLDER.search(rest):
        return "still holds an example's text. Put in your own"
    if not value.isascii() or not value.isprintable() or " " in value:
        return "has characters or blanks that no token has. Copy it again"
    if prefix and not value.startswith(prefix):
        other = next((one for one, begins in _TOKENS.items() if value.startswith(begins)), "")
        return f"is a {other}. Put in the one that begins with {prefix}" if other else f"does not begin with {prefix}"
    return ""


def _flaw_of_address(value: str) -> str:
    try:
        address = urlsplit(value)
        scheme, host = address.scheme, address.hostname or ""
    except ValueError:
        scheme, host = "", ""
    if not host or scheme not in {"http", "https"} or re.search(r"\s", value):
        return "is no web address. Set the https:// address of this bot"
    if re.search(r"(?:^|\.)example\.(?:com|org|net)$", host) or "your" in host:
        return "still holds an example's address. Set the https:// address of this bot"
    return ""
