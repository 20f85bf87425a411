"""The embedded Slack's refusal of a Web API call."""

from typing import Any


class Refused(Exception):
    """A refused call, answered as ``{"ok": false, "error": code, ...}``; ``messages`` become
    ``response_metadata.messages``."""

    def __init__(self, code: str, *, messages: tuple[str, ...] | list[str] = (), **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.messages = list(messages)
        self.extra = extra

    def build_answer(self) -> dict[str, Any]:
        answer: dict[str, Any] = {"ok": False, "error": self.code, **self.extra}
        if self.messages:
            answer["response_metadata"] = {"messages": self.messages}
        return answer


def missing(field: str) -> Refused:
    return Refused("invalid_arguments", messages=[f"[ERROR] missing required field: {field}"])
