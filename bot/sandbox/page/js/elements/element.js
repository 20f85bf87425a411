/** Shared by all elements: hooks, initial values, calling the app with a spinner and a warning when it fails. */

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { confirmed } from "../views/confirm.js";

/**
 * @typedef {import("../surface.js").Json} Json
 * @typedef {{ surface: import("../surface.js").Surface, block: Json, input?: boolean, labelledBy?: string, describedBy?: string }} Place
 */

/** Attributes that lead back from a drawn element to its JSON. @param {Json} element @param {Place} place */
export function hooks(element, place) {
  return {
    dataset: { actionId: element.action_id, blockId: place.block.block_id, elementType: element.type },
    "aria-labelledby": place.labelledBy,
    "aria-describedby": place.describedBy,
    "aria-required": place.input && !place.block.optional ? "true" : undefined,
  };
}

/** @param {Json} element @param {Place} place @param {any} initial */
export const startValue = (element, place, initial) => place.surface.values.start(place.block.block_id, element.action_id, initial);

/** Stores a value; outside of an input block (or with `dispatch_action`) the app hears of it at once. */
export async function changed(/** @type {HTMLElement} */ node, /** @type {Json} */ element, /** @type {Place} */ place, /** @type {any} */ value) {
  place.surface.values.set(place.block.block_id, element.action_id, value);
  node.dispatchEvent(new CustomEvent("value-changed", { bubbles: true }));
  if (!place.input || place.block.dispatch_action) return act(node, element, place, value);
  return true;
}

/** Asks for confirmation if the element wants one, then calls the app. Resolves to false when nothing was sent. */
export async function act(/** @type {HTMLElement} */ node, /** @type {Json} */ element, /** @type {Place} */ place, /** @type {any} */ value) {
  if (node.getAttribute("aria-busy") === "true") return false;
  if (element.confirm && !(await confirmed(element.confirm, node))) return false;
  clearFailure(node);
  node.setAttribute("aria-busy", "true");
  const answer = await place.surface.press({ block_id: place.block.block_id, action_id: element.action_id, value });
  node.removeAttribute("aria-busy");
  if (!answer.ok) showFailure(node, answer.message ?? "That did not work. Try again.");
  return answer.ok;
}

/** @param {HTMLElement} node */
const holder = (node) => /** @type {HTMLElement} */ (node.closest(".element") ?? node);

/** @param {HTMLElement} node */
export function clearFailure(node) {
  holder(node).querySelector(":scope > .element-warning")?.remove();
}

/** A warning triangle beside the element, with the reason on hover and for screen readers. @param {HTMLElement} node @param {string} message */
export function showFailure(node, message) {
  clearFailure(node);
  holder(node).append(h("span", { class: "element-warning", role: "alert", title: message, dataset: { testid: "element-warning" } }, icon("warning", 16), h("span", { class: "sr-only" }, message)));
}

/** The box around an element; it also carries the warning. @param {string} kind @param {...any} children */
export const wrap = (kind, ...children) => h("div", { class: ["element", `element-${kind}`] }, ...children);
