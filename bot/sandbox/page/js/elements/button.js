/** Buttons: plain, primary, danger, link, icon and feedback buttons. */

import { h, safeUrl } from "../dom.js";
import { icon } from "../icons.js";
import { withEmoji } from "../text/emoji.js";
import { act, hooks, wrap } from "./element.js";

/** @typedef {import("../surface.js").Json} Json @typedef {import("./element.js").Place} Place */

/** @param {Json} element @param {Place} place */
export function button(element, place) {
  const label = withEmoji(element.text?.text ?? "");
  const press = () => {
    if (element.url && !element.confirm) window.open(safeUrl(element.url), "_blank", "noopener");
    void act(node, element, place, element.value).then((sent) => {
      if (sent && element.url && element.confirm) window.open(safeUrl(element.url), "_blank", "noopener");
    });
  };
  const node = h("button", {
    ...hooks(element, { ...place, labelledBy: undefined }),
    type: "button",
    class: ["btn", "btn-block", element.style && `btn-${element.style}`],
    "data-url": element.url,
    "aria-label": element.accessibility_label,
    title: label.length > 40 ? label : undefined,
    on: { click: press },
  }, h("span", { class: "btn-label" }, label), h("span", { class: "spinner", "aria-hidden": "true" }));
  return wrap("button", node);
}

/** @param {Json} element @param {Place} place */
export function iconButton(element, place) {
  const node = h("button", { ...hooks(element, place), type: "button", class: "icon-btn", "aria-label": element.accessibility_label ?? element.text?.text, title: element.text?.text,
    on: { click: () => void act(node, element, place, element.value) } }, icon(element.icon === "trash" ? "trash" : "more"));
  return wrap("button", node);
}

/** @param {Json} element @param {Place} place */
export function feedbackButtons(element, place) {
  const side = (/** @type {Json} */ choice, /** @type {string} */ name) => {
    const node = h("button", { type: "button", class: "icon-btn", dataset: { actionId: element.action_id, value: choice.value }, "aria-label": choice.accessibility_label ?? choice.text?.text, title: choice.text?.text,
      on: { click: () => void act(node, element, place, choice.value) } }, icon(name));
    return node;
  };
  return wrap("feedback", side(element.positive_button, "thumbsUp"), side(element.negative_button, "thumbsDown"));
}
