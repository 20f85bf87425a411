"""Describes rate limits in words."""

from typing import Any

from bot.dialpad.action import Action


def rate_words(action: type[Action[Any]]) -> str:
    """Describe an action's rate limit: ``1200 per minute``; "" for none."""
    spans = {1.0: "second", 60.0: "minute", 3600.0: "hour"}
    return ", ".join(
        f"{rate.calls} per {spans.get(rate.seconds, f'{rate.seconds / 60:g} minutes')}"
        + (f" and {rate.per.replace('_', ' ')}" if rate.per else "")
        for rate in action.rates
    )
