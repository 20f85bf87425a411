/** Tells screen readers about what arrives, without moving anybody's focus. */

/** @param {string} text */
export function announce(text) {
  const region = document.getElementById("announcer");
  if (region) region.textContent = text.slice(0, 300);
}
