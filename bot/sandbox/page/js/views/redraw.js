/** Redraws blocks in place: what did not change keeps its nodes, the focus and the caret stay where they were. */

import { renderBlocks } from "../blocks/index.js";
import { Values } from "../surface.js";

/** @typedef {import("../surface.js").Json} Json @typedef {import("../surface.js").Surface} Surface */

/** @type {WeakMap<HTMLElement, Map<string, string>>} */
const drawn = new WeakMap();

/** Puts `nodes` into `holder` in order, moving as little as possible. @param {Element} holder @param {Node[]} nodes */
export function reconcile(holder, nodes) {
  let cursor = holder.firstChild;
  const wanted = new Set(nodes);
  while (cursor && !wanted.has(cursor)) {
    const next = cursor.nextSibling;
    cursor.remove();
    cursor = next;
  }
  for (const node of nodes) {
    if (node === cursor) cursor = cursor.nextSibling;
    else holder.insertBefore(node, cursor);
    while (cursor && !wanted.has(cursor)) {
      const next = cursor.nextSibling;
      cursor.remove();
      cursor = next;
    }
  }
}

/** @param {HTMLElement} holder @param {Json[]} blocks @param {Surface} surface */
export function redrawBlocks(holder, blocks, surface) {
  const before = drawn.get(holder) ?? new Map();
  const old = new Map([.../** @type {NodeListOf<HTMLElement>} */ (holder.querySelectorAll(":scope > .blocks > .block"))].map((node) => [node.dataset.blockId, node]));
  const restore = rememberFocus(holder);
  const after = new Map();
  const nodes = blocks.map((block) => {
    const source = JSON.stringify(block);
    after.set(block.block_id, source);
    const kept = old.get(block.block_id);
    return kept && before.get(block.block_id) === source ? kept : /** @type {HTMLElement} */ (renderBlocks([block], surface).firstChild);
  });
  let list = holder.querySelector(":scope > .blocks");
  if (!list) {
    list = renderBlocks([], surface);
    holder.append(list);
  }
  reconcile(list, nodes);
  drawn.set(holder, after);
  surface.values.prune(new Set([.../** @type {NodeListOf<HTMLElement>} */ (holder.querySelectorAll("[data-action-id]"))].map((node) => Values.key(node.dataset.blockId ?? "", node.dataset.actionId ?? ""))));
  restore();
}

/** @param {HTMLElement} holder @returns {() => void} */
export function rememberFocus(holder) {
  const active = /** @type {HTMLInputElement | null} */ (holder.contains(document.activeElement) ? document.activeElement : null);
  const action = active?.dataset.actionId;
  if (!active || !action) return () => {};
  const caret = [active.selectionStart, active.selectionEnd];
  return () => {
    if (active.isConnected) return;
    const twin = /** @type {HTMLInputElement | null} */ (holder.querySelector(`[data-action-id="${CSS.escape(action)}"]`));
    twin?.focus();
    if (twin && "setSelectionRange" in twin && caret[0] !== null && /^(text|search|textarea)$/.test(twin.type)) twin.setSelectionRange(caret[0], caret[1]);
  };
}
