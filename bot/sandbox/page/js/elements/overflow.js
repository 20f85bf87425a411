/** The "more" button with up to five options. */

import { h, safeUrl } from "../dom.js";
import { icon } from "../icons.js";
import { withEmoji } from "../text/emoji.js";
import { act, hooks, wrap } from "./element.js";
import { openMenu } from "./menu.js";

/** @param {import("../surface.js").Json} element @param {import("./element.js").Place} place */
export function overflow(element, place) {
  const node = h("button", { ...hooks(element, place), type: "button", class: "btn btn-block btn-icon", "aria-label": "More options", "aria-haspopup": "menu", "aria-expanded": "false", on: { click: open } }, icon("moreVertical", 16), h("span", { class: "spinner", "aria-hidden": "true" }));

  function open() {
    openMenu(node, element.options.map((/** @type {any} */ option) => ({
      label: withEmoji(option.text.text),
      description: option.description?.text,
      dataset: { value: option.value },
      pick: () => {
        if (option.url) window.open(safeUrl(option.url), "_blank", "noopener");
        void act(node, element, place, option);
      },
    })), { label: "More options", align: "end" });
  }
  return wrap("overflow", node);
}
