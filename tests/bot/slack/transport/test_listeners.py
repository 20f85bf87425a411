"""Bolt, as it is built: quiet where there is nothing to say."""

import logging
from typing import Any

import pytest

from bot.slack.transport.listeners import build_bolt
from bot.slack.transport.loggers import quiet_logger


def test_a_token_in_the_environment_is_no_warning(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-made-up")
    monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")
    monkeypatch.setenv("SLACK_CLIENT_SECRET", "made-up")
    dispatcher: Any = None

    with caplog.at_level(logging.WARNING):
        build_bolt(dispatcher)

    assert caplog.messages == []


def test_other_warnings_of_bolt_are_heard(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        quiet_logger().warning("something else")

    assert caplog.messages == ["something else"]
