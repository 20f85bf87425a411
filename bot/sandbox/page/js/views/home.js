/** The app's Home tab. */

import { avatar } from "../avatar.js";
import { fill, h } from "../dom.js";
import { state } from "../store.js";
import { redrawBlocks } from "./redraw.js";
import { surfaceFor } from "./surfaces.js";

/** @param {HTMLElement} holder */
export function drawHome(holder) {
  const view = state.home;
  if (!view?.blocks) {
    fill(holder, h("div", { class: "empty", dataset: { testid: "home-empty" } }, state.app.user_id && avatar(state.app.user_id, 56), h("h3", {}, "Nothing on Home yet"), h("p", {}, `${state.app.name ?? "The app"} has not put anything here. Type a command in a channel to begin.`)));
    return;
  }
  holder.querySelector(":scope > .empty")?.remove();
  redrawBlocks(holder, view.blocks, surfaceFor({ kind: "view", view_id: view.id }, "home", view.state?.values));
}
