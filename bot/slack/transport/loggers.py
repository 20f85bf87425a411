"""The logger that Bolt and slack_sdk are given: at DEBUG they write whole bodies and tokens."""

import logging


def quiet_logger() -> logging.Logger:
    """Make a logger that never writes below WARNING."""
    logger = logging.getLogger("bot.slack.bolt")
    if logger.level < logging.WARNING:
        logger.setLevel(logging.WARNING)
    return logger
