/** From an element's `type` to what draws it. */

import { h } from "../dom.js";
import { button, feedbackButtons, iconButton } from "./button.js";
import { checkboxes, radioButtons } from "./choices.js";
import { fileInput } from "./file.js";
import { overflow } from "./overflow.js";
import { datepicker, datetimepicker, timepicker } from "./pickers.js";
import { select } from "./select.js";
import { textInput } from "./texts.js";

/** @typedef {import("../surface.js").Json} Json @typedef {import("./element.js").Place} Place */

/** @type {Record<string, (element: Json, place: Place) => HTMLElement>} */
const DRAW = {
  button, workflow_button: button, icon_button: iconButton, feedback_buttons: feedbackButtons, overflow,
  static_select: select, external_select: select, users_select: select, conversations_select: select, channels_select: select,
  multi_static_select: select, multi_external_select: select, multi_users_select: select, multi_conversations_select: select, multi_channels_select: select,
  datepicker, timepicker, datetimepicker, checkboxes, radio_buttons: radioButtons,
  plain_text_input: textInput, email_text_input: textInput, url_text_input: textInput, number_input: textInput, rich_text_input: textInput, file_input: fileInput,
};

/** @param {Json} element @param {Place} place @returns {HTMLElement} */
export function renderElement(element, place) {
  const draw = DRAW[element.type];
  return draw ? draw(element, place) : h("span", { class: "unsupported" }, `This page does not draw “${element.type}” elements.`);
}
