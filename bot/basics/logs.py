"""Logging: readable in a terminal, JSON in production, never a token, a number or what somebody wrote.

Whatever reaches the root handler goes through ``redact`` last, so that a library's message or a traceback cannot
carry a secret past us either.
"""

import logging
import re
import sys
import time
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any, Final, Literal

import structlog

_COLOR: Final = r"(?:\x1b\[[\d;]*m)*"
"""Colour codes, which structlog puts around keys and values in a terminal, right in front of a secret."""

_SECRETS: Final = (
    (re.compile(r"(xox[a-z]-|xapp-|xoxe\.)[\w-]+"), r"\1…"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{6,}"), r"\1 …"),
    # After ``=`` in a query, or quoted in JSON or a Python dict, also where such text is quoted once more.
    (
        re.compile(
            r"(?i)(access_token|refresh_token|client_secret|code_verifier|code|state|token|api_?key|secret)"
            rf"({_COLOR}={_COLOR}(?:b?[\"'])?|\\*[\"']\s*:\s*b?\\*[\"'])[^\s&\"',}}\\\x1b]+"
        ),
        r"\1\2…",
    ),
    (re.compile(r"eyJ[\w-]{8,}\.[\w-]+\.[\w-]*"), "eyJ…"),
    (re.compile(r"/(connect|response|commands|actions)/[\w/-]{12,}"), r"/\1/…"),
    (re.compile(r"(?i)(\+|%2B)\d{7,15}\b"), "+…"),
)

_QUIET: Final = frozenset(
    {"slack_sdk", "slack_bolt", "httpx", "httpcore", "aiohttp", "sqlalchemy", "alembic", "asyncio"}
)
"""Loggers that write whole URLs, payloads or OAuth answers at INFO or DEBUG."""
_REPEATING: Final = frozenset({"slack_sdk", "slack_bolt", "aiohttp", "sqlalchemy", "uvicorn"})
"""Loggers of libraries that try again by themselves, or write a line for whatever a stranger sends."""


def redact(text: str) -> str:
    """Return ``text`` with everything shaped like a secret or a phone number cut short."""
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    return text


REPEATED_AFTER_S: Final = 60.0
"""How often a library may say the same thing."""
_MOST_PLACES: Final = 500


class _Repeats(logging.Filter):
    """Drops what a library says again and again, as uvicorn does of every stranger's odd request: the same line of code
    is heard once a minute, with the number of times it was not."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._heard: dict[tuple[str, str, int], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.partition(".")[0] not in _REPEATING:
            return True
        place, now = (record.name, record.pathname, record.lineno), self._clock()
        at, dropped = self._heard.get(place, (-REPEATED_AFTER_S, 0))
        if now - at < REPEATED_AFTER_S:
            self._heard[place] = (at, dropped + 1)
            return False
        if len(self._heard) >= _MOST_PLACES:
            self._heard.clear()
        self._heard[place] = (now, 0)
        more = f" ({dropped} more of these since)" if dropped else ""
        record.msg, record.args = record.getMessage() + more, ()
        return True


def _is_fit(record: logging.LogRecord) -> bool:
    """Tell whether a record may be written. Setting the loggers' levels is not enough: Bolt sets its own back to the
    root's."""
    return record.levelno >= logging.WARNING or record.name.partition(".")[0] not in _QUIET


class _Redacting(logging.Formatter):
    def __init__(self, inner: logging.Formatter) -> None:
        super().__init__()
        self._inner = inner

    def format(self, record: logging.LogRecord) -> str:
        return redact(self._inner.format(record))


def _drop_color_message(_: Any, __: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Remove uvicorn's second copy of its message, with colours."""
    event.pop("color_message", None)
    return event


def set_up_logging(style: Literal["console", "json"], *, level: int = logging.INFO) -> None:
    """Configure the root logger; everything, also libraries', leaves through one redacting handler on stderr."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _drop_color_message,
    ]
    json = style == "json"
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if json
        # The default shows local variables with a traceback, and somebody's text is one of them.
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        # By level first: most lines are not written, and what builds one costs as much as an event's signature.
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,  # a logger cached from an earlier set-up would write to a closed stream
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            *([structlog.processors.format_exc_info] if json else []),
            renderer,
        ],
    )
    handler = logging.StreamHandler()
    handler.setFormatter(_Redacting(formatter))
    handler.addFilter(_is_fit)
    handler.addFilter(_Repeats())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    for name in ("uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).setLevel(logging.WARNING)  # at INFO they write paths, which hold one-time tokens
