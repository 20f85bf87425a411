/** Date, time, date-and-time: the browser's own controls, which bring keyboard use and screen-reader support along. */

import { debounce, h } from "../dom.js";
import { fromLocal, toLocal } from "../text/zones.js";
import { changed, hooks, startValue, wrap } from "./element.js";

/** @typedef {import("../surface.js").Json} Json @typedef {import("./element.js").Place} Place */

/** @param {Json} element @param {Place} place @param {string} type @param {string} text @param {(text: string) => any} read */
function picker(element, place, type, text, read) {
  const send = debounce(() => void changed(node, element, place, node.value ? read(node.value) : null), place.input ? 0 : 450);
  const node = h("input", {
    ...hooks(element, place),
    type,
    class: ["field", "picker", !text && "picker-empty"],
    value: text,
    title: element.placeholder?.text,
    "aria-label": place.labelledBy ? undefined : element.placeholder?.text ?? type,
    on: {
      input: () => {
        node.classList.toggle("picker-empty", !node.value);
        place.surface.values.set(place.block.block_id, element.action_id, node.value ? read(node.value) : null);
      },
      change: send,
      click: () => node.showPicker?.(),
    },
  });
  return wrap("picker", node, element.timezone && h("span", { class: "picker-zone" }, element.timezone.replaceAll("_", " ")));
}

/** @param {Json} element @param {Place} place */
export function datepicker(element, place) {
  return picker(element, place, "date", startValue(element, place, element.initial_date) ?? "", (text) => text);
}

/** @param {Json} element @param {Place} place */
export function timepicker(element, place) {
  return picker(element, place, "time", startValue(element, place, element.initial_time) ?? "", (text) => text.slice(0, 5));
}

/** @param {Json} element @param {Place} place */
export function datetimepicker(element, place) {
  const start = startValue(element, place, element.initial_date_time);
  return picker(element, place, "datetime-local", start ? toLocal(start) : "", fromLocal);
}
