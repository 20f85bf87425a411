import json
import logging
from collections.abc import Callable, Iterator
from typing import Literal

import pytest
import structlog
from slack_bolt.logger import get_bolt_app_logger

from bot.basics.logs import _Repeats, redact, set_up_logging

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJjYWxsX2lkIjoxfQ.c2lnbmF0dXJlLW9mLWl0"

SECRETS = {
    "a bot token": ("using xoxb-123456-abcdefDEF for T0NORTHLT", "abcdefDEF"),
    "an app token": ("opening with xapp-1-A0-99-abcdef", "abcdef"),
    "a rotated token": ("got xoxe.xoxb-1-Mi0yLabcdef", "Mi0yLabcdef"),
    "a bearer header": ("headers={'Authorization': 'Bearer dpa-abcdef123'}", "dpa-abcdef123"),
    "a basic header": ("authorization: basic Y2xpZW50OnNlY3JldA==", "Y2xpZW50"),
    "a JWT": (f"body {JWT} refused", "eyJjYWxsX2lkIjoxfQ"),
    "an OAuth callback": ("GET /connect/callback?code=abc123&state=def456 200", "abc123"),
    "its state": ("GET /connect/callback?code=abc123&state=def456 200", "def456"),
    "an OAuth answer": ('{"access_token": "dpa-1", "refresh_token":"dpr-2", "expires_in": 3600}', "dpa-1"),
    "its refresh token": ('{"access_token": "dpa-1", "refresh_token":"dpr-2", "expires_in": 3600}', "dpr-2"),
    "an OAuth answer quoted in JSON": (r'{"event": "got {\"access_token\": \"dpa-1\"}"}', "dpa-1"),
    "a token request": ("client_id=x&client_secret=hush&code_verifier=verify-me", "hush"),
    "its verifier": ("client_id=x&client_secret=hush&code_verifier=verify-me", "verify-me"),
    "a Python dict of bytes": ("{'token': b'dpa-1'}", "dpa-1"),
    "a keyword": ("connect(api_key='dpk-1', person=1)", "dpk-1"),
    "a one-time page": ("opened https://chatops.example.test/connect/pWf2Kq9-1zY_aaaaaaaaaaaa", "pWf2Kq9"),
    "a response URL": ("POST https://hooks.slack.test/commands/T0NORTHLT/123/abcdefghij", "abcdefghij"),
    "a number": ("calling +14155550150 failed", "4155550150"),
    "a number in a path": ("GET /api/v2/blockednumbers/%2B14155550150", "4155550150"),
    "a number encoded in lower case": ("GET /api/v2/blockednumbers/%2b14155550150", "4155550150"),
    "a token in colours": ("\x1b[36mtoken\x1b[0m=\x1b[35mdpa-1\x1b[0m", "dpa-1"),
    "a bot token in colours": ("\x1b[35mxoxb-123-abcdef\x1b[0m", "abcdef"),
    "a JWT in colours": (f"\x1b[35m{JWT}\x1b[0m", "eyJjYWxsX2lkIjoxfQ"),
}


@pytest.mark.parametrize(("text", "secret"), SECRETS.values(), ids=SECRETS.keys())
def test_a_secret_is_cut_short(text: str, secret: str) -> None:
    assert secret in text
    assert secret not in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "dialpad action=DIALPAD_SEND_SMS outcome=200 ms=41.2",
        "request failed reference=1f2e3d4c route=sms.send",
        "GET /healthz 200",
        "2026-11-23T13:28:01.657265Z listening on 127.0.0.1:3000",
    ],
)
def test_what_is_no_secret_stays_readable(text: str) -> None:
    assert redact(text) == text


Logged = Callable[[], str]


@pytest.fixture
def logged(capsys: pytest.CaptureFixture[str]) -> Iterator[Logged]:
    """Gives what has left through the root handler so far. Levels and handlers are put back."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: one.level for name, one in root.manager.loggerDict.items() if isinstance(one, logging.Logger)}
    shown: list[str] = []

    def read() -> str:
        shown.append(capsys.readouterr().err)
        return "".join(shown)

    yield read
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, one in root.manager.loggerDict.items():
        if isinstance(one, logging.Logger):
            one.setLevel(levels.get(name, logging.NOTSET))
    structlog.reset_defaults()


Style = Literal["console", "json"]
both_styles = pytest.mark.parametrize("style", ["console", "json"])


@both_styles
def test_a_token_in_an_event_is_cut(logged: Logged, style: Style) -> None:
    set_up_logging(style)
    structlog.get_logger("a.b").warning("odd answer", body={"access_token": "dpa-hidden"}, number="+14155550150")

    assert "odd answer" in logged()
    assert "dpa-hidden" not in logged()
    assert "4155550150" not in logged()


@both_styles
def test_a_traceback_with_a_token_comes_out_cut(logged: Logged, style: Style) -> None:
    set_up_logging(style)

    def ask() -> None:
        raise RuntimeError("refused: Bearer dpa-hidden1 for +14155550150")

    try:
        ask()
    except RuntimeError:
        structlog.get_logger("a.c").exception("it failed")
        logging.getLogger("some.library").exception("it failed too")

    shown = logged()
    assert shown.count("RuntimeError") >= 2
    assert "dpa-hidden1" not in shown
    assert "4155550150" not in shown


@both_styles
def test_a_traceback_shows_no_local_variables(logged: Logged, style: Style) -> None:
    set_up_logging(style)

    def send(text: str) -> None:
        raise RuntimeError("it broke")

    try:
        send("Your order is " + "late")
    except RuntimeError:
        structlog.get_logger("a.d").exception("it failed")

    assert "it broke" in logged()
    assert "order is late" not in logged()


@pytest.mark.parametrize("name", ["slack_sdk.web.async_client", "slack_bolt.AsyncApp", "httpx", "sqlalchemy.engine"])
def test_a_library_set_to_debug_does_not_get_through(logged: Logged, name: str) -> None:
    set_up_logging("console", level=logging.DEBUG)
    library = logging.getLogger(name)
    library.setLevel(logging.DEBUG)
    library.debug("the customer wrote: call me back")
    library.info("the customer wrote: call me back")
    library.warning("the connection was lost")

    assert "customer" not in logged()
    assert "connection was lost" in logged()


def test_bolt_setting_its_loggers_to_the_roots_level_changes_nothing(logged: Logged) -> None:
    set_up_logging("console", level=logging.DEBUG)
    logger = get_bolt_app_logger("slack_bolt.app")
    logger.debug("the customer wrote: call me back")

    assert logger.level == logging.DEBUG
    assert "customer" not in logged()


def test_paths_of_the_web_server_are_not_logged(logged: Logged) -> None:
    set_up_logging("console")
    logging.getLogger("uvicorn.access").info("GET /connect/callback")
    logging.getLogger("uvicorn.error").info("WebSocket /connect/callback [accepted]")

    assert "/connect" not in logged()


def test_trouble_of_the_web_server_is_logged(logged: Logged) -> None:
    set_up_logging("console")
    logging.getLogger("uvicorn.error").error("Exception in ASGI application")

    assert "Exception in ASGI application" in logged()


def test_json_lines_are_json_with_level_logger_and_time(logged: Logged) -> None:
    set_up_logging("json")
    structlog.get_logger("a.e").info("sent", action="DIALPAD_SEND_SMS")

    line = json.loads(logged())
    assert (line["event"], line["level"], line["logger"]) == ("sent", "info", "a.e")
    assert line["timestamp"].endswith("Z")


def test_setting_up_twice_says_everything_once(logged: Logged) -> None:
    set_up_logging("console")
    set_up_logging("console")
    logging.getLogger("a.f").warning("only once")

    assert logged().count("only once") == 1


def test_a_library_that_repeats_itself_is_heard_once_a_minute_with_how_often() -> None:
    now = [0.0]
    repeats = _Repeats(lambda: now[0])

    def heard(name: str, line: int) -> str | None:
        record = logging.LogRecord(name, logging.WARNING, "x.py", line, "no connection to %s", ("db",), None)
        return record.getMessage() if repeats.filter(record) else None

    assert heard("slack_bolt", 1) == "no connection to db"
    assert [heard("slack_bolt", 1) for _ in range(20)] == [None] * 20
    assert heard("slack_bolt", 2) == "no connection to db"
    now[0] = 60.0
    assert heard("slack_bolt", 1) == "no connection to db (20 more of these since)"
    assert heard("slack_bolt", 1) is None


def test_what_the_bot_says_itself_is_never_dropped() -> None:
    repeats = _Repeats(lambda: 0.0)
    record = logging.LogRecord("bot.app", logging.WARNING, "x.py", 1, "again", (), None)

    assert all(repeats.filter(record) for _ in range(5))
