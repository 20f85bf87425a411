/** Checkboxes and radio buttons. */

import { h, uid } from "../dom.js";
import { withEmoji } from "../text/emoji.js";
import { mrkdwn } from "../text/mrkdwn.js";
import { changed, hooks, startValue, wrap } from "./element.js";

/** @typedef {import("../surface.js").Json} Json @typedef {import("./element.js").Place} Place */

/** @param {Json | undefined} text a text object */
const rendered = (text) => (text?.type === "mrkdwn" ? mrkdwn(text.text) : withEmoji(text?.text ?? ""));

/** @param {Json} element @param {Place} place @param {"checkbox" | "radio"} type @param {string[]} chosen values @param {(option: Json, on: boolean) => void} pick */
function group(element, place, type, chosen, pick) {
  const name = uid("choice");
  const node = h("div", { ...hooks(element, place), class: "choices", role: type === "radio" ? "radiogroup" : "group" }, element.options.map((/** @type {Json} */ option) => {
    const box = h("input", { type, name, value: option.value, dataset: { value: option.value }, on: { change: () => pick(option, box.checked) } });
    box.checked = chosen.includes(option.value);
    return h("label", { class: "choice" }, box, h("span", { class: "choice-text" },
      h("span", { class: "choice-label" }, rendered(option.text)),
      option.description && h("span", { class: "choice-description" }, rendered(option.description))));
  }));
  return node;
}

/** @param {Json} element @param {Place} place */
export function checkboxes(element, place) {
  /** @type {Json[]} */
  let chosen = startValue(element, place, element.initial_options ?? []) ?? [];
  const node = group(element, place, "checkbox", chosen.map((option) => option.value), (option, on) => {
    chosen = on ? [...chosen, option] : chosen.filter((other) => other.value !== option.value);
    void changed(node, element, place, chosen);
  });
  return wrap("choices", node);
}

/** @param {Json} element @param {Place} place */
export function radioButtons(element, place) {
  const start = startValue(element, place, element.initial_option);
  const node = group(element, place, "radio", start ? [start.value] : [], (option) => void changed(node, element, place, option));
  return wrap("choices", node);
}
