"""An event as it was delivered, opened and read the way the intake does it."""

from pydantic import SecretStr

from bot.dialpad.events import Event, parse_event
from bot.dialpad.signed import open_envelope, parse_document


def read_event(raw: bytes, *, secret: SecretStr | None) -> Event:
    return parse_event(parse_document(open_envelope(raw, secret)))
