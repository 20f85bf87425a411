/** `table` and `data_table`; the latter is shown a page at a time. */

import { fill, h } from "../dom.js";
import { icon } from "../icons.js";
import { richText } from "./rich_text.js";

/** @typedef {import("../surface.js").Json} Json */

/** @param {Json} cell */
function content(cell) {
  if (cell.type === "rich_text") return richText(cell);
  return cell.text ?? String(cell.value ?? "");
}

/** @param {Json[]} rows @param {Json[]} columns @param {string} [caption] */
function grid(rows, columns, caption) {
  const line = (/** @type {Json[]} */ cells, /** @type {string} */ tag) => h("tr", {}, cells.map((cell, at) => h(tag, {
    class: [`align-${columns[at]?.align ?? (cell.type === "raw_number" ? "right" : "left")}`, columns[at]?.is_wrapped && "wrapped"], dir: "auto", scope: tag === "th" ? "col" : undefined,
  }, content(cell))));
  const [head, ...body] = rows;
  return h("table", { class: "block-table" }, caption && h("caption", {}, caption), h("thead", {}, head && line(head, "th")), h("tbody", {}, body.map((row) => line(row, "td"))));
}

/** @param {HTMLElement} inner */
const scroller = (inner) => h("div", { class: "table-wrap", tabindex: 0, role: "region", "aria-label": "Table" }, inner);

/** @param {Json} block */
export const table = (block) => scroller(grid(block.rows, block.column_settings ?? []));

/** @param {Json} block */
export function dataTable(block) {
  const size = block.page_size ?? 5;
  const [head, ...rows] = block.rows;
  const pages = Math.max(1, Math.ceil(rows.length / size));
  const holder = h("div", { class: "data-table" });
  const turn = (/** @type {number} */ page) => fill(holder, scroller(grid([head, ...rows.slice(page * size, page * size + size)], [], block.caption)), pages > 1 && h("div", { class: "pager" },
    h("button", { type: "button", class: "icon-btn pager-back", "aria-label": "Previous page", disabled: page === 0, on: { click: () => turn(page - 1) } }, icon("chevronRight", 16)),
    h("span", {}, `${page + 1} of ${pages}`),
    h("button", { type: "button", class: "icon-btn", "aria-label": "Next page", disabled: page === pages - 1, on: { click: () => turn(page + 1) } }, icon("chevronRight", 16))));
  turn(0);
  return holder;
}
