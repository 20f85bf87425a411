/** The few lines of DOM building that the page needs. Text always goes in as text nodes, never as markup. */

/** @typedef {Node | string | number | null | undefined | false | Child[]} Child */

/**
 * @param {string} tag
 * @param {Record<string, any>} [props] `class`, `dataset`, `on` (listeners), `style` (custom properties too), else attributes
 * @param {...any} children
 * @returns {any}
 */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined) continue;
    if (name.startsWith("aria-")) node.setAttribute(name, String(value));
    if (value === false || name.startsWith("aria-")) continue;
    if (name === "class") node.className = Array.isArray(value) ? value.filter(Boolean).join(" ") : value;
    else if (name === "dataset") assignDataset(node, value);
    else if (name === "on") for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    else if (name === "style") for (const [key, css] of Object.entries(value)) node.style.setProperty(key, String(css));
    else if (name === "value") /** @type {any} */ (node).value = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  append(node, children);
  return node;
}

/** @param {HTMLElement} node @param {Record<string, any>} values */
function assignDataset(node, values) {
  for (const [key, value] of Object.entries(values)) if (value !== undefined && value !== null) node.dataset[key] = String(value);
}

/** @param {Node} node @param {any[]} children */
export function append(node, children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false || child === true) continue;
    if (Array.isArray(child)) append(node, child);
    else node.appendChild(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/** @param {Element} node @param {...any} children */
export function fill(node, ...children) {
  node.replaceChildren();
  append(node, children);
}

let counter = 0;
/** A document-wide unique id, for labels and aria references. @param {string} prefix */
export function uid(prefix = "e") {
  counter += 1;
  return `${prefix}-${counter}`;
}

/** @param {HTMLElement} root @returns {HTMLElement[]} what Tab reaches inside `root`, in order */
export function focusable(root) {
  const selector = 'a[href],button:not([disabled]),input:not([disabled]):not([type="hidden"]),textarea:not([disabled]),select:not([disabled]),[tabindex]:not([tabindex="-1"])';
  return /** @type {HTMLElement[]} */ ([...root.querySelectorAll(selector)]).filter((node) => node.getClientRects().length > 0);
}

/** Only these schemes become links: a block may carry any string as its url. @param {string} url */
export function safeUrl(url) {
  return /^(https?:|mailto:|tel:)/i.test(url) || url.startsWith("/") ? url : "#";
}

/** @param {() => void} work @param {number} wait milliseconds */
export function debounce(work, wait) {
  let timer = 0;
  return () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(work, wait);
  };
}
