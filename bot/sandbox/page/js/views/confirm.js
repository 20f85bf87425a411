/** The "are you sure" dialog that an element may ask for. */

import { h, uid } from "../dom.js";
import { withEmoji } from "../text/emoji.js";
import { textNode } from "../blocks/text.js";
import { trapFocus } from "./focus.js";

/** @typedef {import("../surface.js").Json} Json */

/** Resolves to whether the person agreed. @param {Json} dialog a confirm object @param {HTMLElement} opener gets the focus back @returns {Promise<boolean>} */
export function confirmed(dialog, opener) {
  return new Promise((resolve) => {
    const title = uid("confirm");
    const answer = (/** @type {boolean} */ yes) => {
      release();
      overlay.remove();
      opener.focus();
      resolve(yes);
    };
    const yes = h("button", { type: "button", class: ["btn", dialog.style === "danger" ? "btn-danger-solid" : "btn-primary-solid"], dataset: { testid: "confirm-yes" }, on: { click: () => answer(true) } }, withEmoji(dialog.confirm?.text ?? "Yes"));
    const no = h("button", { type: "button", class: "btn", dataset: { testid: "confirm-no" }, on: { click: () => answer(false) } }, withEmoji(dialog.deny?.text ?? "No"));
    const box = h("div", { class: "dialog dialog-small", role: "alertdialog", "aria-modal": "true", "aria-labelledby": title, dataset: { testid: "confirm" } },
      h("div", { class: "dialog-head" }, h("h2", { id: title, dir: "auto" }, withEmoji(dialog.title?.text ?? "Are you sure?"))),
      h("div", { class: "dialog-body" }, textNode(dialog.text)),
      h("div", { class: "dialog-foot" }, no, yes));
    const overlay = h("div", { class: "overlay overlay-top" }, box);
    document.getElementById("dialogs")?.append(overlay);
    const release = trapFocus(box, () => answer(false));
    (dialog.style === "danger" ? no : yes).focus();
  });
}
