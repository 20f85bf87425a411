"""The logger for Bolt and slack_sdk, which write whole bodies and tokens at DEBUG."""

import logging

from slack_bolt.logger.messages import warning_client_prioritized_and_token_skipped


def quiet_logger() -> logging.Logger:
    """Make a logger that never writes below WARNING."""
    logger = logging.getLogger("bot.slack.bolt")
    if logger.level < logging.WARNING:
        logger.setLevel(logging.WARNING)
    logger.addFilter(_is_news)  # adds it once
    return logger


def _is_news(record: logging.LogRecord) -> bool:
    """Tell whether a record says something. Bolt takes SLACK_BOT_TOKEN from the environment by itself, and complains at
    each start that nothing uses it; it cannot be told not to."""
    return record.msg != warning_client_prioritized_and_token_skipped()


def silent_logger() -> logging.Logger:
    """Make a logger that writes nothing, for slack_sdk's socket: it has a traceback for each try to connect, and what
    it does is followed and logged by whoever keeps it open."""
    logger = logging.getLogger("bot.slack.socket")
    logger.setLevel(logging.CRITICAL + 1)
    return logger
