/** A menu that a button opens: overflow, message actions, shortcuts, the person switch. */

import { h } from "../dom.js";
import { openPopup } from "./popup.js";

/** @typedef {{ label: any, description?: string, lead?: any, checked?: boolean, dataset?: Record<string, any>, pick: () => void } | { heading: string }} Item */

/** @param {HTMLElement} anchor @param {Item[]} items @param {{ label: string, align?: "start" | "end", above?: boolean, tallest?: number, empty?: string }} options */
export function openMenu(anchor, items, options) {
  if (anchor.getAttribute("aria-expanded") === "true") return;
  const list = h("div", { class: "menu", role: "menu", "aria-label": options.label, on: { keydown: onKey } }, items.map(draw), !items.length && h("div", { class: "menu-empty" }, options.empty ?? "Nothing here yet."));
  const popup = openPopup(anchor, list, { align: options.align, above: options.above, tallest: options.tallest, onClose: () => {
    anchor.setAttribute("aria-expanded", "false");
    document.removeEventListener("keydown", escape, true);
  } });
  anchor.setAttribute("aria-expanded", "true");
  document.addEventListener("keydown", escape, true);
  const entries = () => /** @type {HTMLElement[]} */ ([...list.querySelectorAll(".menu-item")]);
  entries()[0]?.focus();

  function draw(/** @type {Item} */ item) {
    if ("heading" in item) return h("div", { class: "menu-heading", role: "presentation" }, item.heading);
    return h("button", { type: "button", class: "menu-item", role: item.checked === undefined ? "menuitem" : "menuitemradio", "aria-checked": item.checked, dataset: item.dataset ?? {}, on: { click: () => choose(item) } },
      item.lead, h("span", { class: "menu-text" }, h("span", { class: "menu-label" }, item.label), item.description && h("span", { class: "menu-description" }, item.description)));
  }

  function choose(/** @type {Extract<Item, { pick: () => void }>} */ item) {
    popup.close();
    anchor.focus();
    item.pick();
  }

  function escape(/** @type {KeyboardEvent} */ event) {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    popup.close();
    anchor.focus();
  }

  function onKey(/** @type {KeyboardEvent} */ event) {
    const all = entries();
    const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === "Tab") popup.close();
    if (next === undefined) return;
    event.preventDefault();
    all[(next + all.length) % all.length]?.focus();
  }
}
