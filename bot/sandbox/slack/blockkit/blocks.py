"""Every block type and its fields. ``documents`` says which may be in a message, a modal or the Home tab."""

from typing import Any

from bot.sandbox.slack.blockkit.charts import CHART
from bot.sandbox.slack.blockkit.checks import (
    Check,
    Findings,
    anything,
    boolean,
    both,
    integer,
    items,
    number,
    one_of,
    shape,
    string,
    typed,
)
from bot.sandbox.slack.blockkit.elements import (
    ELEMENTS,
    IN_ACCESSORY,
    IN_ACTIONS,
    IN_CONTEXT_ACTIONS,
    IN_INPUT,
)
from bot.sandbox.slack.blockkit.objects import IMAGE_BLOCK, IMAGE_ELEMENT, plain, text
from bot.sandbox.slack.limits import LIMITS

_BLOCK_ID: dict[str, Check] = {"block_id": string(1, LIMITS["block_id.max_length"])}
_ANY_TEXT = text()


def _block(required: dict[str, Check], optional: dict[str, Check] | None = None) -> Check:
    return shape(required, {**_BLOCK_ID, **(optional or {})})


def _section_says_something(findings: Findings, value: Any, pointer: str) -> None:
    if isinstance(value, dict) and not value.get("text") and not value.get("fields"):
        findings.add("must have at least one of text, fields", pointer)


def _action_ids_differ(findings: Findings, value: Any, pointer: str) -> None:
    seen: set[str] = set()
    elements = value.get("elements") if isinstance(value, dict) else None
    for index, element in enumerate(elements if isinstance(elements, list) else []):
        action_id = element.get("action_id") if isinstance(element, dict) else None
        if action_id is not None and action_id in seen:
            findings.add(f'action_id "{action_id}" already exists', f"{pointer}/elements/{index}/action_id")
        seen.add(str(action_id))


def _context_element(findings: Findings, value: Any, pointer: str) -> None:
    if isinstance(value, dict) and value.get("type") == "image":
        IMAGE_ELEMENT(findings, value, pointer)
    else:
        _ANY_TEXT(findings, value, pointer)


_INLINE_KINDS = ("broadcast", "channel", "color", "date", "emoji", "link", "team", "text", "user", "usergroup")
_INLINE = typed(dict.fromkeys(_INLINE_KINDS, anything))
_RICH_SECTION = shape({"elements": items(_INLINE)})
_BORDER = integer(LIMITS["rich_text_quote.border.min"], LIMITS["rich_text_quote.border.max"])
_RICH_ELEMENTS = typed(
    {
        "rich_text_section": _RICH_SECTION,
        "rich_text_quote": shape({"elements": items(_INLINE)}, {"border": _BORDER}),
        "rich_text_preformatted": shape({"elements": items(_INLINE)}, {"border": _BORDER, "language": string()}),
        "rich_text_list": shape(
            {
                "style": one_of("bullet", "ordered"),
                "elements": items(typed({"rich_text_section": _RICH_SECTION}), 1),
            },
            {
                "indent": integer(LIMITS["rich_text_list.indent.min"], LIMITS["rich_text_list.indent.max"]),
                "offset": integer(LIMITS["rich_text_list.offset.min"]),
                "border": integer(LIMITS["rich_text_list.border.min"], LIMITS["rich_text_list.border.max"]),
            },
        ),
    }
)
_RICH_TEXT = _block({"elements": items(_RICH_ELEMENTS)})
_CELL = typed(
    {
        "raw_text": shape({"text": string(LIMITS["data_table.cell_text.min_length"])}),
        "raw_number": shape({"text": string(1), "value": number()}),
        "rich_text": _RICH_TEXT,
    }
)


def _same_width(findings: Findings, value: Any, pointer: str) -> None:
    rows = value.get("rows") if isinstance(value, dict) else None
    widths = {len(row) for row in rows or [] if isinstance(row, list)}
    if len(widths) > 1:
        findings.add("all rows must have the same number of cells", f"{pointer}/rows")


def _table_content(findings: Findings, value: Any, pointer: str) -> None:
    rows = value.get("rows") if isinstance(value, dict) else None
    cells = [cell for row in rows or [] if isinstance(row, list) for cell in row if isinstance(cell, dict)]
    if sum(len(str(cell.get("text", ""))) for cell in cells) > LIMITS["data_table.content.max_length"]:
        findings.add(f"must be less than {LIMITS['data_table.content.max_length'] + 1} characters", f"{pointer}/rows")


_TABLE = both(
    _block(
        {"rows": items(items(_CELL, 1, LIMITS["table.columns.max_items"]), 1, LIMITS["table.rows.max_items"])},
        {
            "column_settings": items(
                shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean}),
                0,
                LIMITS["table.column_settings.max_items"],
            )
        },
    ),
    _same_width,
)
_DATA_TABLE = both(
    _block(
        {
            "caption": string(1),
            "rows": items(
                items(_CELL, LIMITS["data_table.columns.min_items"], LIMITS["data_table.columns.max_items"]),
                LIMITS["data_table.rows.min_items"],
                LIMITS["data_table.rows.max_items"],
            ),
        },
        {
            "page_size": integer(LIMITS["data_table.page_size.min"], LIMITS["data_table.page_size.max"]),
            "row_header_column_index": integer(LIMITS["data_table.row_header_column_index.min"]),
        },
    ),
    _same_width,
    _table_content,
)
_CARD = _block(
    {},
    {
        "title": text(LIMITS["card.title.max_length"]),
        "subtitle": text(LIMITS["card.subtitle.max_length"]),
        "body": text(LIMITS["card.body.max_length"]),
        "subtext": text(LIMITS["card.subtext.max_length"]),
        "hero_image": IMAGE_ELEMENT,
        "icon": IMAGE_ELEMENT,
        "actions": items(typed(ELEMENTS, allowed=["button"]), 0, LIMITS["card.actions.max_items"]),
    },
)
_TASK_CARD = _block(
    {
        "task_id": string(1),
        "title": string(1),
        "status": one_of("pending", "in_progress", "complete", "error"),
    },
    {
        "details": typed({"rich_text": _RICH_TEXT}),
        "output": typed({"rich_text": _RICH_TEXT}),
        "sources": items(typed({"url": shape({"url": string(1), "text": string(1)})})),
    },
)
_VIDEO = _block(
    {
        "alt_text": string(1, LIMITS["video.alt_text.max_length"]),
        "title": plain(LIMITS["video.title.max_length"]),
        "thumbnail_url": string(1, LIMITS["video.thumbnail_url.max_length"]),
        "video_url": string(1, LIMITS["video.video_url.max_length"]),
    },
    {
        "author_name": string(1, LIMITS["video.author_name.max_length"] - 1),
        "description": plain(LIMITS["video.description.max_length"]),
        "provider_name": string(1, LIMITS["video.provider_name.max_length"]),
        "provider_icon_url": string(1, LIMITS["video.provider_icon_url.max_length"]),
        "title_url": string(1, LIMITS["video.title_url.max_length"]),
    },
)

BLOCKS: dict[str, Check] = {
    "section": both(
        _block(
            {},
            {
                "text": text(LIMITS["section.text.max_length"]),
                "fields": items(text(LIMITS["section.fields.item_max_length"]), 1, LIMITS["section.fields.max_items"]),
                "accessory": typed(ELEMENTS, allowed=IN_ACCESSORY),
                "expand": boolean,
            },
        ),
        _section_says_something,
    ),
    "actions": both(
        _block({"elements": items(typed(ELEMENTS, allowed=IN_ACTIONS), 1, LIMITS["actions.elements.max_items"])}),
        _action_ids_differ,
    ),
    "context": _block({"elements": items(_context_element, 1, LIMITS["context.elements.max_items"])}),
    "context_actions": _block(
        {
            "elements": items(
                typed(ELEMENTS, allowed=IN_CONTEXT_ACTIONS), 1, LIMITS["context_actions.elements.max_items"]
            )
        }
    ),
    "divider": _block({}),
    "header": _block({"text": plain(LIMITS["header.text.max_length"])}, {"level": integer(1, 6)}),
    "image": IMAGE_BLOCK,
    "input": _block(
        {"label": plain(LIMITS["input.label.max_length"]), "element": typed(ELEMENTS, allowed=IN_INPUT)},
        {"hint": plain(LIMITS["input.hint.max_length"]), "optional": boolean, "dispatch_action": boolean},
    ),
    "markdown": _block({"text": string(1, LIMITS["markdown.text.max_length"])}),
    "rich_text": _RICH_TEXT,
    "table": _TABLE,
    "data_table": _DATA_TABLE,
    "data_visualization": _block({"title": string(1, LIMITS["data_visualization.title.max_length"]), "chart": CHART}),
    "video": _VIDEO,
    "file": _block({"external_id": string(1), "source": string(1)}),
    "alert": _block(
        {"text": text(LIMITS["alert.text.max_length"])},
        {"level": one_of("default", "info", "warning", "error", "success")},
    ),
    "card": _CARD,
    "carousel": _block(
        {
            "elements": items(
                typed({"card": _CARD}), LIMITS["carousel.elements.min_items"], LIMITS["carousel.elements.max_items"]
            )
        }
    ),
    "task_card": _TASK_CARD,
    "plan": _block(
        {"title": string(1)}, {"tasks": items(typed({"task_card": _TASK_CARD}), 0, LIMITS["plan.tasks.max_items"])}
    ),
}

_IN_CONTAINER = (
    "actions", "context", "divider", "file", "header", "image", "input", "rich_text", "section", "table", "video"
)  # fmt: skip
BLOCKS["container"] = _block(
    {
        "child_blocks": items(
            typed({kind: BLOCKS[kind] for kind in _IN_CONTAINER}),
            LIMITS["container.child_blocks.min_items"],
            LIMITS["container.child_blocks.max_items"],
        )
    },
    {
        "title": text(LIMITS["container.title.max_length"]),
        "subtitle": text(LIMITS["container.subtitle.max_length"]),
        "rich_text_title": typed({"rich_text": _RICH_TEXT}),
        "icon": IMAGE_ELEMENT,
        "default_collapsed": boolean,
        "has_header_divider": boolean,
        "is_collapsible": boolean,
        "width": one_of("narrow", "standard", "wide", "full"),
    },
)
