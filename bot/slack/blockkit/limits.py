"""Slack's limits, in characters and counts, and visible cutting of longer texts.

Published limits of Block Kit and the Web API; ``MESSAGE_CHARACTERS`` is ours, under the undocumented sum of about
13,200 characters at which Slack answers ``msg_blocks_too_long``.
"""

from typing import Final

MESSAGE_BLOCKS: Final = 50
MESSAGE_CHARACTERS: Final = 12_000
MESSAGE_TEXT: Final = 3_900
"""The fallback text; above 4,000 Slack splits a message."""

VIEW_BLOCKS: Final = 100
VIEW_CHARACTERS: Final = 60_000
"""Most characters in a view, our own limit: nobody reads more."""
DOCUMENT_BYTES: Final = 220_000
"""Most bytes of the blocks as JSON. Slack refuses a view of 250 KB; the rest is for what is around the blocks."""
VIEW_TITLE: Final = 24
"""Also for a modal's submit and close buttons."""
VIEW_STACK: Final = 3
PRIVATE_METADATA: Final = 3_000

SECTION_TEXT: Final = 3_000
FIELD_TEXT: Final = 2_000
FIELDS: Final = 10
HEADER_TEXT: Final = 150
CONTEXT_TEXT: Final = 2_000
ACTIONS: Final = 25
ALT_TEXT: Final = 2_000

BUTTON_TEXT: Final = 75
ACCESSIBILITY_LABEL: Final = 75
BUTTON_VALUE: Final = 2_000
BUTTON_URL: Final = 3_000
MENU_OPTIONS: Final = 5

CHARTS: Final = 2
"""In one message."""
CHART_TITLE: Final = 50
CHART_LABEL: Final = 20
"""Of a category or a series."""
CHART_AXIS: Final = 50
CHART_CATEGORIES: Final = 20
CHART_SERIES: Final = 6
"""As Slack documents it; twelve are said to be taken."""
TABLES: Final = 1
"""In one message: Slack refuses a second one."""
TABLE_ROWS: Final = 100
TABLE_COLUMNS: Final = 20

LABEL: Final = 2_000
HINT: Final = 2_000
PLACEHOLDER: Final = 150
INPUT_TEXT: Final = 3_000
OPTION_TEXT: Final = 75
OPTION_VALUE: Final = 75
OPTIONS: Final = 100
RADIO_OPTIONS: Final = 10
CHECKBOXES: Final = 10
FIELD_ERROR: Final = 2_000

TOPIC: Final = 250
"""Of a channel."""

RESPONSE_URL_USES: Final = 5
RESPONSE_URL_SECONDS: Final = 30 * 60
TRIGGER_SECONDS: Final = 3.0


def cut(text: str, limit: int) -> str:
    """Cut ``text`` with … at the end when it is longer than ``limit`` characters."""
    return text if len(text) <= limit else text[: limit - 1] + "…"
