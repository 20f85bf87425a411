/** "Try:" for somebody who is here for the first time. */

import { fill, h } from "../dom.js";
import { icon } from "../icons.js";
import { settings } from "../keep.js";
import { on, state } from "../store.js";

const EXAMPLES = ["", "dnd on for 30m", "sms Jordan Lee Running ten minutes late", "oncall Support", "who +1 415 555 0150", "calls today", "connect"];

/** @param {(text: string) => void} take puts a command into the composer */
export function hintStrip(take) {
  const root = () => (state.commands.find((command) => command.command === "/dp") ?? state.commands.find((command) => command.command !== "/invite"))?.command ?? "/dp";
  const row = h("div", { class: "hints-row" });
  on("boot", () => fill(row, EXAMPLES.map((words) => `${root()} ${words}`.trim()).map((line) => h("button", { type: "button", class: "hint-chip", on: { click: () => take(line) } }, line))));
  const strip = h("div", { class: "hints", role: "group", "aria-label": "Commands to try", dataset: { testid: "hints" }, hidden: settings.get("hints") === "hidden" },
    h("span", { class: "hints-title" }, "Try"),
    row,
    h("button", { type: "button", class: "icon-btn", "aria-label": "Hide these examples", on: { click: () => { settings.set("hints", "hidden"); strip.hidden = true; } } }, icon("close", 14)));
  return strip;
}
