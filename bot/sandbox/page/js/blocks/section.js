/** Blocks that hold elements: section, actions, context_actions, input. */

import { h, uid } from "../dom.js";
import { renderElement } from "../elements/index.js";
import { withEmoji } from "../text/emoji.js";
import { picture, textNode } from "./text.js";

/** @typedef {import("../surface.js").Json} Json @typedef {import("../surface.js").Surface} Surface */

/** @param {Json} block @param {Surface} surface */
export function section(block, surface) {
  const id = uid("section");
  const text = textNode(block.text, "section-text");
  text?.setAttribute("id", id);
  const body = h("div", { class: "section-body" }, text, block.fields && h("div", { class: "fields" }, block.fields.map((/** @type {Json} */ field) => textNode(field, "field-text"))));
  if (!block.accessory) return h("div", { class: "section" }, body);
  const image = block.accessory.type === "image";
  const wide = ["checkboxes", "radio_buttons"].includes(block.accessory.type);
  const described = block.accessory.type === "button" || block.accessory.type === "overflow" ? { describedBy: text ? id : undefined } : { labelledBy: text ? id : undefined };
  const accessory = image ? picture(block.accessory, "thumb", surface) : renderElement(block.accessory, { surface, block, ...described });
  return h("div", { class: ["section", "section-with", wide && "section-stacked"] }, body, h("div", { class: "accessory" }, accessory));
}

/** @param {Json} block @param {Surface} surface */
export function actions(block, surface) {
  return h("div", { class: "actions" }, block.elements.map((/** @type {Json} */ element) => renderElement(element, { surface, block })));
}

/** @param {Json} block @param {Surface} surface */
export function input(block, surface) {
  const id = uid("label");
  const help = uid("hint");
  const error = uid("error");
  const place = { surface, block, input: true, labelledBy: id, describedBy: `${help} ${error}` };
  const control = renderElement(block.element, place);
  const focusTarget = /** @type {HTMLElement | null} */ (control.querySelector("[data-action-id]"));
  return h("div", { class: "input" },
    h("div", { class: "input-label", id, on: { click: () => focusTarget?.focus() } }, withEmoji(block.label?.text ?? ""), block.optional && h("span", { class: "optional" }, " (optional)")),
    control,
    h("div", { class: "field-error", id: error, role: "alert", hidden: true, dataset: { testid: "field-error", forBlock: block.block_id } }),
    h("div", { class: "hint", id: help, hidden: !block.hint }, withEmoji(block.hint?.text ?? "")));
}
