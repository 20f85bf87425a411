"""Rules over whole documents: a message's blocks, its attachments, a modal, the Home tab."""

import json
from collections.abc import Iterator
from typing import Any

from bot.sandbox.slack.blockkit.blocks import BLOCKS
from bot.sandbox.slack.blockkit.checks import Findings, boolean, items, one_of, shape, string, typed
from bot.sandbox.slack.blockkit.objects import plain
from bot.sandbox.slack.limits import LIMITS, MESSAGE_BLOCK_CHARACTERS, VIEW_BYTES
from bot.sandbox.slack.refusal import Refused

_ONLY_MESSAGES = (
    "file", "markdown", "table", "data_table", "data_visualization", "task_card", "plan",
    "context_actions", "card", "carousel",
)  # fmt: skip
_NOT_HOME = ("file", "task_card", "plan")

_MESSAGE_BLOCKS = items(typed(BLOCKS), 0, LIMITS["message.blocks.max_items"])
_VIEW_BLOCKS = {
    "modal": items(
        typed({k: v for k, v in BLOCKS.items() if k not in _ONLY_MESSAGES}), 1, LIMITS["view.blocks.max_items"]
    ),
    "home": items(typed({k: v for k, v in BLOCKS.items() if k not in _NOT_HOME}), 0, LIMITS["view.blocks.max_items"]),
}
_VIEW_FIELDS = {
    "private_metadata": string(0, LIMITS["view.private_metadata.max_length"]),
    "callback_id": string(0, LIMITS["view.callback_id.max_length"]),
    "external_id": string(0, LIMITS["view.external_id.max_length"]),
}
_MODAL = shape(
    {"title": plain(LIMITS["view.title.max_length"]), "blocks": _VIEW_BLOCKS["modal"], "type": one_of("modal")},
    {
        **_VIEW_FIELDS,
        "submit": plain(LIMITS["view.submit.max_length"]),
        "close": plain(LIMITS["view.close.max_length"]),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
)
_HOME = shape({"blocks": _VIEW_BLOCKS["home"], "type": one_of("home")}, dict(_VIEW_FIELDS))


def check_message_blocks(blocks: Any) -> None:
    """Check a message's blocks. Refuses with ``invalid_blocks`` or ``msg_blocks_too_long``."""
    findings = Findings()
    _MESSAGE_BLOCKS(findings, blocks, "/blocks")
    if isinstance(blocks, list):
        _across(findings, blocks, "/blocks")
        charts = sum(1 for one in blocks if isinstance(one, dict) and one.get("type") == "data_visualization")
        if charts > LIMITS["message.data_visualizations.max_items"]:
            findings.add(f"no more than {LIMITS['message.data_visualizations.max_items']} charts allowed", "/blocks")
        for index, block in enumerate(blocks):
            element = block.get("element") if isinstance(block, dict) else None
            if isinstance(element, dict) and element.get("type") == "file_input":
                findings.add("unsupported type: file_input", f"/blocks/{index}/element/type")
    if findings.messages:
        raise Refused("invalid_blocks", messages=findings.messages)
    if count_characters(blocks) > MESSAGE_BLOCK_CHARACTERS:
        raise Refused("msg_blocks_too_long", messages=["[ERROR] the blocks of the message are too long"])


def check_attachments(attachments: Any) -> None:
    if not isinstance(attachments, list) or any(not isinstance(one, dict) for one in attachments):
        raise Refused("invalid_attachments")
    if len(attachments) > LIMITS["message.attachments.max_items"]:
        raise Refused("too_many_attachments")
    for attachment in attachments:
        if attachment.get("blocks") is not None:
            check_message_blocks(attachment["blocks"])


def check_view(view: Any, kind: str) -> None:
    """Check a view. ``kind`` is what the method takes: ``modal`` or ``home``. Refuses with ``invalid_arguments`` or
    ``view_too_large``."""
    findings = Findings()
    if not isinstance(view, dict):
        raise Refused("invalid_arguments", messages=["[ERROR] must provide an object [json-pointer:/view]"])
    if len(json.dumps(view, ensure_ascii=False).encode()) > VIEW_BYTES:
        raise Refused("view_too_large")
    (_MODAL if kind == "modal" else _HOME)(findings, view, "/view")
    blocks = view.get("blocks")
    if isinstance(blocks, list):
        _across(findings, blocks, "/view/blocks")
        has_input = any(isinstance(one, dict) and one.get("type") == "input" for one in blocks)
        if kind == "modal" and has_input and not view.get("submit"):
            findings.add("missing required field: submit", "/view")
    if findings.messages:
        raise Refused("invalid_arguments", messages=findings.messages)


def _across(findings: Findings, blocks: list[Any], pointer: str) -> None:
    """Check what only shows when all blocks are seen together."""
    seen: set[str] = set()
    focused = 0
    for index, block in enumerate(blocks):
        block_id = block.get("block_id") if isinstance(block, dict) else None
        if isinstance(block_id, str):
            if block_id in seen:
                findings.add(f"block_id: {block_id} already exists", f"{pointer}/{index}/block_id")
            seen.add(block_id)
        focused += sum(1 for one in walk(block) if one.get("focus_on_load") is True)
    if focused > 1:
        findings.add("focus_on_load can be true for one element only", pointer)
    markdown = sum(
        len(str(one.get("text"))) for one in blocks if isinstance(one, dict) and one.get("type") == "markdown"
    )
    if markdown > LIMITS["markdown.total_text.max_length"]:
        findings.add(f"must be less than {LIMITS['markdown.total_text.max_length'] + 1} characters", pointer)


def walk(node: Any) -> Iterator[dict[str, Any]]:
    """Yield every object inside a document, the outermost first."""
    if isinstance(node, dict):
        yield node
        for inner in node.values():
            yield from walk(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from walk(inner)


def count_characters(blocks: Any) -> int:
    """Count the characters a reader could see: all text fields, labels of options among them."""
    return sum(len(node["text"]) for node in walk(blocks) if isinstance(node.get("text"), str))
