/** Short notes at the bottom of the window; they leave by themselves. */

import { h } from "./dom.js";
import { icon } from "./icons.js";

const STAYS = 6000; // ms

/** @param {string} text @param {"info" | "warning"} [kind] */
export function toast(text, kind = "info") {
  const note = h("div", { class: ["toast", `toast-${kind}`], dataset: { testid: "toast" } }, icon(kind === "warning" ? "warning" : "info", 18), h("span", {}, text),
    h("button", { type: "button", class: "icon-btn", "aria-label": "Dismiss", on: { click: () => note.remove() } }, icon("close", 14)));
  const area = document.getElementById("toasts");
  for (const other of area?.children ?? []) if (other.textContent === note.textContent) other.remove();
  area?.append(note);
  window.setTimeout(() => note.remove(), STAYS);
}
