"""Tickets that Slack issues with an interaction: trigger ids (3 s, once) and response URLs (30 min, 5 times)."""

import secrets
from dataclasses import dataclass
from typing import Literal

from bot.sandbox.slack.clock import Timers
from bot.sandbox.slack.limits import RESPONSE_URL_SECONDS, RESPONSE_URL_USES, TRIGGER_SECONDS
from bot.sandbox.slack.refusal import Refused

Source = Literal["command", "message", "ephemeral", "view"]


@dataclass
class Trigger:
    """An issued trigger id. ``view_id`` is the modal the person was in, None elsewhere."""

    id: str
    user: str
    issued: float
    view_id: str | None = None
    used: bool = False


@dataclass
class ResponseUrl:
    """An issued response URL. ``ts`` is the message that was pressed, None for commands and modals."""

    id: str
    user: str
    channel: str
    issued: float
    source: Source
    ts: str | None = None
    thread_ts: str | None = None
    uses: int = 0


class Tickets:
    """Issues and takes trigger ids and response URLs by the injected clock."""

    def __init__(self, timers: Timers) -> None:
        self.trigger_seconds = TRIGGER_SECONDS
        self._timers = timers
        self._triggers: dict[str, Trigger] = {}
        self._urls: dict[str, ResponseUrl] = {}

    def issue_trigger(self, user: str, view_id: str | None = None) -> str:
        moment = self._timers.now()
        identifier = f"{int(moment * 1000)}.{secrets.randbelow(10**12):012d}.{secrets.token_hex(16)}"
        self._triggers[identifier] = Trigger(identifier, user, moment, view_id)
        return identifier

    def take_trigger(self, identifier: str) -> Trigger:
        """Use a trigger id up. Raises Refused: ``invalid_trigger_id``, ``exchanged_trigger_id`` or
        ``expired_trigger_id``."""
        trigger = self._triggers.get(identifier)
        if trigger is None:
            raise Refused("invalid_trigger_id")
        if trigger.used:
            raise Refused("exchanged_trigger_id")
        if self._timers.now() - trigger.issued > self.trigger_seconds:
            raise Refused("expired_trigger_id")
        trigger.used = True
        return trigger

    def issue_url(
        self, user: str, channel: str, source: Source, ts: str | None = None, thread_ts: str | None = None
    ) -> ResponseUrl:
        url = ResponseUrl(secrets.token_hex(12), user, channel, self._timers.now(), source, ts, thread_ts)
        self._urls[url.id] = url
        return url

    def take_url(self, identifier: str) -> ResponseUrl:
        """Count one use. Raises Refused: ``expired_url`` or ``used_url``."""
        url = self._urls.get(identifier)
        if url is None or self._timers.now() - url.issued > RESPONSE_URL_SECONDS:
            raise Refused("expired_url")
        if url.uses >= RESPONSE_URL_USES:
            raise Refused("used_url")
        url.uses += 1
        return url
