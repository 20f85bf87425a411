/** The boxed blocks: card, carousel, container, plan, task_card. */

import { h } from "../dom.js";
import { renderElement } from "../elements/index.js";
import { richText } from "./rich_text.js";
import { renderBlocks } from "./index.js";
import { picture, textNode } from "./text.js";

/** @typedef {import("../surface.js").Json} Json @typedef {import("../surface.js").Surface} Surface */

/** @param {Json} block @param {Surface} surface */
function heading(block, surface) {
  return h("div", { class: "card-head" }, block.icon && picture(block.icon, "thumb-small", surface), h("div", {}, textNode(block.title, "card-title"), textNode(block.subtitle, "card-subtitle")));
}

/** @param {Json} block @param {Surface} surface */
export function card(block, surface) {
  return h("div", { class: "card" }, block.hero_image && picture(block.hero_image, "card-hero", surface), heading(block, surface), textNode(block.body, "card-body"),
    block.actions?.length && h("div", { class: "actions" }, block.actions.map((/** @type {Json} */ element) => renderElement(element, { surface, block }))));
}

/** @param {Json} block @param {Surface} surface */
export function carousel(block, surface) {
  return h("div", { class: "carousel", tabindex: 0, role: "region", "aria-label": "Cards" }, block.elements.map((/** @type {Json} */ inner) => card(inner, surface)));
}

/** @param {Json} block @param {Surface} surface */
export function container(block, surface) {
  const body = renderBlocks(block.child_blocks ?? [], surface);
  if (!block.is_collapsible) return h("div", { class: "card" }, heading(block, surface), block.has_header_divider && h("hr"), body);
  return h("details", { class: "card", open: !block.default_collapsed }, h("summary", {}, heading(block, surface)), body);
}

/** @type {Record<string, string>} */
const STATUS = { pending: "○", in_progress: "◐", complete: "✓", error: "!" };

/** @param {Json} block */
export function taskCard(block) {
  const status = block.status ?? "pending";
  return h("div", { class: ["task-card", `task-${status}`] }, h("span", { class: "task-mark", role: "img", "aria-label": status.replace("_", " ") }, STATUS[status] ?? "○"), h("div", {}, h("div", {}, block.title), block.details && richText(block.details), block.output && richText(block.output)));
}

/** @param {Json} block */
export const plan = (block) => h("div", { class: "card" }, h("div", { class: "card-title" }, block.title), (block.tasks ?? []).map(taskCard));
