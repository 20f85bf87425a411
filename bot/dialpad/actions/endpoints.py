"""Where Dialpad sends events, as it answers. Subscriptions and reports carry their webhook or websocket within."""

from pydantic import SecretStr

from bot.dialpad.action import Id, Response


class Signature(Response):
    """How events are signed. Dialpad tells the secret in clear; here it stays out of sight."""

    algo: str | None = None
    type: str | None = None
    secret: SecretStr | None = None


class Webhook(Response):
    """An address that events are posted to."""

    id: Id | None = None
    hook_url: str | None = None
    signature: Signature | None = None


class Websocket(Response):
    """A line that events are read from. Whoever has ``websocket_url`` reads them, for an hour, so it is a secret."""

    id: Id | None = None
    websocket_url: SecretStr | None = None
    signature: Signature | None = None
