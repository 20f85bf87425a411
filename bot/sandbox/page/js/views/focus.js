/** Keeps Tab inside a dialog and gives Esc a meaning. Dialogs may lie on one another; only the top one listens. */

import { focusable } from "../dom.js";

/** @type {HTMLElement[]} */
const stack = [];

/** While a dialog is open nothing behind it takes clicks, keys or a screen reader's cursor. */
function hideBehind() {
  const app = document.getElementById("app");
  if (app) app.inert = stack.length > 0;
}

/** @param {HTMLElement} box @param {() => void} onEscape @returns {() => void} releases the trap */
export function trapFocus(box, onEscape) {
  stack.push(box);
  hideBehind();
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    if (stack.at(-1) !== box) return;
    if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("#layer .popup")) {
      event.preventDefault();
      onEscape();
    } else if (event.key === "Tab") cycle(event);
  };
  const cycle = (/** @type {KeyboardEvent} */ event) => {
    const all = focusable(box);
    if (!all.length) return event.preventDefault();
    const inside = box.contains(document.activeElement);
    const edge = event.shiftKey ? all[0] : all[all.length - 1];
    if (inside && document.activeElement !== edge) return;
    event.preventDefault();
    (event.shiftKey ? all[all.length - 1] : all[0]).focus();
  };
  document.addEventListener("keydown", onKey);
  return () => {
    document.removeEventListener("keydown", onKey);
    const at = stack.lastIndexOf(box);
    if (at >= 0) stack.splice(at, 1);
    hideBehind();
  };
}
