/** A floating box anchored to an element, above everything, closed by a click elsewhere. */

import { h } from "../dom.js";

/** @param {HTMLElement} anchor @param {HTMLElement} content @param {{ onClose?: () => void, align?: "start" | "end", match?: boolean, same?: boolean, above?: boolean, tallest?: number }} [options] */
export function openPopup(anchor, content, options = {}) {
  const box = h("div", { class: "popup" }, content);
  document.getElementById("layer")?.append(box);
  const outside = (/** @type {Event} */ event) => {
    const target = /** @type {Node} */ (event.target);
    if (!box.contains(target) && !anchor.contains(target)) close();
  };
  const follow = () => (anchor.isConnected ? place() : close());
  document.addEventListener("pointerdown", outside, true);
  window.addEventListener("resize", follow);
  document.addEventListener("scroll", scrolled, true);
  place();

  function scrolled(/** @type {Event} */ event) {
    if (!box.contains(/** @type {Node} */ (event.target))) follow();
  }

  function place() {
    const at = anchor.getBoundingClientRect();
    if (options.match) box.style.setProperty("min-width", `${Math.max(at.width, 200)}px`);
    if (options.same) box.style.setProperty("width", `${Math.max(at.width, 320)}px`);
    box.style.removeProperty("max-height");
    const size = box.getBoundingClientRect();
    const below = window.innerHeight - at.bottom - 12;
    const over = at.top - 12;
    const upward = options.above || (below < Math.min(size.height, 300) && over > below);
    const tallest = Math.max(120, Math.min(upward ? over : below, options.tallest ?? 360));
    box.style.setProperty("max-height", `${tallest}px`);
    const height = Math.min(size.height, tallest);
    const left = options.align === "end" ? at.right - size.width : at.left;
    box.style.setProperty("left", `${Math.max(8, Math.min(left, window.innerWidth - size.width - 8))}px`);
    box.style.setProperty("top", `${upward ? at.top - height - 4 : at.bottom + 4}px`);
  }

  let open = true;
  function close() {
    if (!open) return;
    open = false;
    document.removeEventListener("pointerdown", outside, true);
    window.removeEventListener("resize", follow);
    document.removeEventListener("scroll", scrolled, true);
    box.remove();
    options.onClose?.();
  }
  return { box, place, close };
}
