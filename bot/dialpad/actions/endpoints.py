"""Webhooks and websockets as Dialpad answers with them. Subscriptions and reports contain theirs."""

from pydantic import SecretStr

from bot.dialpad.action import AccessAddress, Id, Response


class Signature(Response):
    """How events are signed. Dialpad sends the secret in clear; ``repr`` hides it here."""

    algo: str | None = None
    type: str | None = None
    secret: SecretStr | None = None


class Webhook(Response):
    """An address that events are posted to."""

    id: Id | None = None
    hook_url: str | None = None
    signature: Signature | None = None


class Websocket(Response):
    """A websocket that events are read from. Anybody who has ``websocket_url`` can read them, for an hour, so it is
    a secret."""

    id: Id | None = None
    websocket_url: AccessAddress | None = None
    signature: Signature | None = None
