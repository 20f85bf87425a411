/** The small bar over a message: react, reply in thread, more actions (the app's message shortcuts). */

import { act } from "../api.js";
import { avatar } from "../avatar.js";
import { h } from "../dom.js";
import { openMenu } from "../elements/menu.js";
import { icon } from "../icons.js";
import { state } from "../store.js";
import { EMOJI } from "../text/emoji.js";
import { toast } from "../toast.js";
import { openThread } from "./message.js";

/** @typedef {import("../surface.js").Json} Json */

const QUICK = ["white_check_mark", "eyes", "raised_hands", "+1", "heart", "tada"];

/** @param {Json} message @param {{ inThread: boolean }} options */
export function messageActions(message, options) {
  const react = h("button", { type: "button", class: "icon-btn", "aria-label": "Add a reaction", title: "Add a reaction", "aria-haspopup": "menu", "aria-expanded": "false", on: { click: () => openMenu(react, QUICK.map((name) => ({ label: `${EMOJI.get(name)}  ${name.replaceAll("_", " ")}`, pick: () => void act("react", { channel: message.channel, ts: message.ts, name }) })), { label: "Reactions", align: "end" }) } }, icon("smile", 16));
  const more = h("button", { type: "button", class: "icon-btn", "aria-label": "More actions", title: "More actions", "aria-haspopup": "menu", "aria-expanded": "false", dataset: { testid: "more-actions" }, on: { click: () => openMore(more, message) } }, icon("moreVertical", 16));
  return h("div", { class: "message-actions", role: "toolbar", "aria-label": "Message actions" }, react,
    !options.inThread && h("button", { type: "button", class: "icon-btn", "aria-label": "Reply in thread", title: "Reply in thread", dataset: { testid: "reply-in-thread" }, on: { click: () => openThread(message.channel, message.thread_ts ?? message.ts) } }, icon("reply", 16)), more);
}

/** @param {HTMLElement} anchor @param {Json} message */
function openMore(anchor, message) {
  const shortcuts = state.shortcuts.filter((shortcut) => shortcut.kind === "message");
  openMenu(anchor, [
    ...(shortcuts.length ? [{ heading: state.app.name ?? "App" }] : []),
    ...shortcuts.map((shortcut) => ({ label: shortcut.name, description: shortcut.description, lead: avatar(state.app.user_id, 20), dataset: { shortcut: shortcut.callback_id }, pick: () => void run(shortcut, message) })),
    { heading: "Message" },
    { label: "Copy text", pick: () => void copy(message.text ?? "") },
  ], { label: "More actions", align: "end" });
}

/** @param {Json} shortcut @param {Json} message */
async function run(shortcut, message) {
  const answer = await act("message_shortcut", { callback_id: shortcut.callback_id, channel: message.channel, ts: message.ts });
  if (!answer.ok) toast(answer.message ?? `“${shortcut.name}” did not work. Try again.`, "warning");
}

/** @param {string} text */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast("Copied.");
  } catch {
    toast("This browser did not allow copying.", "warning");
  }
}
