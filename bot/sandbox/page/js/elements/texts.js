/** What is typed: plain, e-mail, web address, number, rich text. */

import { debounce, h } from "../dom.js";
import { act, hooks, startValue, wrap } from "./element.js";

/** @typedef {import("../surface.js").Json} Json @typedef {import("./element.js").Place} Place */

/** @type {Record<string, string>} */
const INPUT_MODE = { email_text_input: "email", url_text_input: "url", number_input: "decimal" };

/** @param {Json} element @param {Place} place */
export function textInput(element, place) {
  const multiline = element.multiline || element.type === "rich_text_input";
  const start = startValue(element, place, initialText(element));
  const node = h(multiline ? "textarea" : "input", {
    ...hooks(element, place),
    type: multiline ? undefined : "text",
    rows: multiline ? 4 : undefined,
    inputmode: INPUT_MODE[element.type],
    class: "field",
    dir: "auto",
    placeholder: element.placeholder?.text,
    autocomplete: "off",
    value: typeof start === "string" ? start : "",
    on: { input: onInput, keydown: onKey },
  });
  const counter = element.max_length ? h("span", { class: "counter", "aria-hidden": "true" }) : null;
  const triggers = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const current = () => node.value || null;
  const dispatchSoon = debounce(() => void act(node, element, place, current()), 350);

  function onInput() {
    place.surface.values.set(place.block.block_id, element.action_id, current());
    node.dispatchEvent(new CustomEvent("value-changed", { bubbles: true }));
    count();
    if (place.block.dispatch_action && triggers.includes("on_character_entered")) dispatchSoon();
  }

  function onKey(/** @type {KeyboardEvent} */ event) {
    if (event.key !== "Enter" || event.isComposing || (multiline && !event.ctrlKey && !event.metaKey)) return;
    if (place.block.dispatch_action && triggers.includes("on_enter_pressed")) {
      event.preventDefault();
      event.stopPropagation();
      void act(node, element, place, current());
    }
  }

  function count() {
    if (!counter) return;
    const left = element.max_length - node.value.length;
    counter.textContent = `${node.value.length} / ${element.max_length}`;
    counter.classList.toggle("counter-over", left < 0);
    counter.hidden = left > Math.max(40, element.max_length * 0.5) && node.value.length > 0 ? false : left > 500;
  }

  count();
  return wrap("text", node, counter);
}

/** @param {Json} element */
function initialText(element) {
  if (element.type !== "rich_text_input") return element.initial_value;
  const sections = element.initial_value?.elements ?? [];
  return sections.flatMap((/** @type {Json} */ section) => section.elements ?? []).map((/** @type {Json} */ run) => run.text ?? run.url ?? "").join("");
}

/** What Slack's client refuses before it sends anything; null when the text is fine. @param {Json} element @param {string | null} text */
export function textProblem(element, text) {
  if (!text) return null;
  if (element.max_length && text.length > element.max_length) return `Shorten this to ${element.max_length} characters.`;
  if (element.min_length && text.length < element.min_length) return `Write at least ${element.min_length} characters.`;
  if (element.type === "email_text_input" && !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(text)) return "Enter an email address, like name@example.com.";
  if (element.type === "url_text_input" && !/^[a-z][a-z0-9+.-]*:\/\/\S+$/i.test(text)) return "Enter a web address that begins with https://.";
  return element.type === "number_input" ? numberProblem(element, text) : null;
}

/** @param {Json} element @param {string} text */
function numberProblem(element, text) {
  const pattern = element.is_decimal_allowed ? /^-?\d+([.,]\d+)?$/ : /^-?\d+$/;
  if (!pattern.test(text.trim())) return element.is_decimal_allowed ? "Enter a number." : "Enter a whole number.";
  const number = Number(text.replace(",", "."));
  if (element.min_value !== undefined && number < Number(element.min_value)) return `Enter ${element.min_value} or more.`;
  if (element.max_value !== undefined && number > Number(element.max_value)) return `Enter ${element.max_value} or less.`;
  return null;
}

