"""The logger for Bolt and slack_sdk, which write whole bodies and tokens at DEBUG."""

import logging


def quiet_logger() -> logging.Logger:
    """Make a logger that never writes below WARNING."""
    logger = logging.getLogger("bot.slack.bolt")
    if logger.level < logging.WARNING:
        logger.setLevel(logging.WARNING)
    return logger
