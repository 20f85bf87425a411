"""Arguments of a Web API call: forms, query strings and JSON all read alike."""

import json
from typing import Any

from bot.sandbox.slack.core import Token
from bot.sandbox.slack.refusal import Refused, missing
from bot.sandbox.slack.workspace import Json


class Args:
    """The arguments of one call. ``fields`` as they came (form values are text), ``token`` as it was looked up."""

    def __init__(self, fields: Json, token: Token) -> None:
        self.fields = fields
        self.token = token

    def text(self, name: str, default: str = "") -> str:
        value = self.fields.get(name)
        return default if value is None else str(value)

    def required(self, name: str) -> str:
        value = self.text(name)
        if not value:
            raise missing(name)
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.fields.get(name)
        return default if value is None else str(value).lower() in {"1", "true"}

    def number(self, name: str, default: int) -> int:
        value = self.fields.get(name)
        try:
            return default if value in (None, "") else int(str(value))
        except ValueError:
            raise Refused("invalid_arguments", messages=[f"[ERROR] {name} must be an integer"]) from None

    def document(self, name: str, refusal: str = "invalid_arguments") -> Any:
        """Return a JSON value that forms carry as text. None when it is not there."""
        value = self.fields.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise Refused(refusal, messages=[f"[ERROR] {name} is not valid JSON"]) from None

    def names(self, name: str) -> list[str]:
        """Return names from a list, or from text with commas."""
        value = self.fields.get(name)
        if isinstance(value, list):
            return [str(one) for one in value]
        text = str(value or "").strip()
        if text.startswith("["):
            found = self.document(name)
            return [str(one) for one in found]
        return [one.strip() for one in text.split(",") if one.strip()]

    def need_scope(self, *any_of: str) -> None:
        """Check the token's scopes. Raises Refused ``missing_scope`` with what is needed and what the token has."""
        if any_of and not set(any_of) & set(self.token.scopes):
            raise Refused("missing_scope", needed=any_of[0], provided=",".join(self.token.scopes))


def page(items: list[Any], args: Args, default: int = 100) -> tuple[list[Any], Json]:
    """Return one page by ``cursor`` and ``limit``, and its ``response_metadata``."""
    size = args.number("limit", default) or default
    cursor = args.text("cursor")
    if cursor and not cursor.startswith("dXNlcjp"):
        raise Refused("invalid_cursor")
    start = int(cursor.removeprefix("dXNlcjp")) if cursor else 0
    following = start + size
    return items[start:following], {"next_cursor": f"dXNlcjp{following}" if following < len(items) else ""}
