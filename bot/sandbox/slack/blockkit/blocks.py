"""Every block type and its fields. Which may stand in a message, a modal or the Home tab is said in ``documents``."""

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
from bot.sandbox.slack.limits import BLOCKS as L

_BLOCK_ID: dict[str, Check] = {"block_id": string(1, L["block_id.max_length"])}
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
_BORDER = integer(L["rich_text_quote.border.min"], L["rich_text_quote.border.max"])
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
                "indent": integer(L["rich_text_list.indent.min"], L["rich_text_list.indent.max"]),
                "offset": integer(L["rich_text_list.offset.min"]),
                "border": integer(L["rich_text_list.border.min"], L["rich_text_list.border.max"]),
            },
        ),
    }
)
_RICH_TEXT = _block({"elements": items(_RICH_ELEMENTS)})
_CELL = typed(
    {
        "raw_text": shape({"text": string(L["data_table.cell_text.min_length"])}),
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
    if sum(len(str(cell.get("text", ""))) for cell in cells) > L["data_table.content.max_length"]:
        findings.add(f"must be less than {L['data_table.content.max_length'] + 1} characters", f"{pointer}/rows")


_TABLE = both(
    _block(
        {"rows": items(items(_CELL, 1, L["table.columns.max_items"]), 1, L["table.rows.max_items"])},
        {
            "column_settings": items(
                shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean}),
                0,
                L["table.column_settings.max_items"],
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
                items(_CELL, L["data_table.columns.min_items"], L["data_table.columns.max_items"]),
                L["data_table.rows.min_items"],
                L["data_table.rows.max_items"],
            ),
        },
        {
            "page_size": integer(L["data_table.page_size.min"], L["data_table.page_size.max"]),
            "row_header_column_index": integer(L["data_table.row_header_column_index.min"]),
        },
    ),
    _same_width,
    _table_content,
)
_CARD = _block(
    {},
    {
        "title": text(L["card.title.max_length"]),
        "subtitle": text(L["card.subtitle.max_length"]),
        "body": text(L["card.body.max_length"]),
        "subtext": text(L["card.subtext.max_length"]),
        "hero_image": IMAGE_ELEMENT,
        "icon": IMAGE_ELEMENT,
        "actions": items(typed(ELEMENTS, allowed=["button"]), 0, L["card.actions.max_items"]),
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
        "alt_text": string(1, L["video.alt_text.max_length"]),
        "title": plain(L["video.title.max_length"]),
        "thumbnail_url": string(1, L["video.thumbnail_url.max_length"]),
        "video_url": string(1, L["video.video_url.max_length"]),
    },
    {
        "author_name": string(1, L["video.author_name.max_length"] - 1),
        "description": plain(L["video.description.max_length"]),
        "provider_name": string(1, L["video.provider_name.max_length"]),
        "provider_icon_url": string(1, L["video.provider_icon_url.max_length"]),
        "title_url": string(1, L["video.title_url.max_length"]),
    },
)

BLOCKS: dict[str, Check] = {
    "section": both(
        _block(
            {},
            {
                "text": text(L["section.text.max_length"]),
                "fields": items(text(L["section.fields.item_max_length"]), 1, L["section.fields.max_items"]),
                "accessory": typed(ELEMENTS, allowed=IN_ACCESSORY),
                "expand": boolean,
            },
        ),
        _section_says_something,
    ),
    "actions": both(
        _block({"elements": items(typed(ELEMENTS, allowed=IN_ACTIONS), 1, L["actions.elements.max_items"])}),
        _action_ids_differ,
    ),
    "context": _block({"elements": items(_context_element, 1, L["context.elements.max_items"])}),
    "context_actions": _block(
        {"elements": items(typed(ELEMENTS, allowed=IN_CONTEXT_ACTIONS), 1, L["context_actions.elements.max_items"])}
    ),
    "divider": _block({}),
    "header": _block({"text": plain(L["header.text.max_length"])}, {"level": integer(1, 6)}),
    "image": IMAGE_BLOCK,
    "input": _block(
        {"label": plain(L["input.label.max_length"]), "element": typed(ELEMENTS, allowed=IN_INPUT)},
        {"hint": plain(L["input.hint.max_length"]), "optional": boolean, "dispatch_action": boolean},
    ),
    "markdown": _block({"text": string(1, L["markdown.text.max_length"])}),
    "rich_text": _RICH_TEXT,
    "table": _TABLE,
    "data_table": _DATA_TABLE,
    "data_visualization": _block({"title": string(1, L["data_visualization.title.max_length"]), "chart": CHART}),
    "video": _VIDEO,
    "file": _block({"external_id": string(1), "source": string(1)}),
    "alert": _block(
        {"text": text(L["alert.text.max_length"])},
        {"level": one_of("default", "info", "warning", "error", "success")},
    ),
    "card": _CARD,
    "carousel": _block(
        {"elements": items(typed({"card": _CARD}), L["carousel.elements.min_items"], L["carousel.elements.max_items"])}
    ),
    "task_card": _TASK_CARD,
    "plan": _block(
        {"title": string(1)}, {"tasks": items(typed({"task_card": _TASK_CARD}), 0, L["plan.tasks.max_items"])}
    ),
}

_IN_CONTAINER = (
    "actions", "context", "divider", "file", "header", "image", "input", "rich_text", "section", "table", "video"
)  # fmt: skip
BLOCKS["container"] = _block(
    {
        "child_blocks": items(
            typed({kind: BLOCKS[kind] for kind in _IN_CONTAINER}),
            L["container.child_blocks.min_items"],
            L["container.child_blocks.max_items"],
        )
    },
    {
        "title": text(L["container.title.max_length"]),
        "subtitle": text(L["container.subtitle.max_length"]),
        "rich_text_title": typed({"rich_text": _RICH_TEXT}),
        "icon": IMAGE_ELEMENT,
        "default_collapsed": boolean,
        "has_header_divider": boolean,
        "is_collapsible": boolean,
        "width": one_of("narrow", "standard", "wide", "full"),
    },
)
