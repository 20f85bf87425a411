/** Where one types: commands and messages, completion, history, drafts that survive everything but sending. */

import { act } from "../api.js";
import { avatar } from "../avatar.js";
import { fill, h } from "../dom.js";
import { openMenu } from "../elements/menu.js";
import { icon } from "../icons.js";
import { session } from "../keep.js";
import { state } from "../store.js";
import { toast } from "../toast.js";
import { Completion } from "./completion.js";

/** @type {string[]} what was sent, newest last */
const sent = JSON.parse(session.get("sent") ?? "[]");

/** Errors after which nothing has reached the app. Of other failed commands Slackbot tells in the list. */
const NOT_SENT = ["offline", "not_in_threads", "not_there", "bad_value"];

export class Composer {
  /** @param {{ testid: string, inThread: boolean, target: () => { channel: string, thread_ts?: string } | null, placeholder: () => string }} options */
  constructor(options) {
    this.options = options;
    this.past = sent.length;
    this.input = h("textarea", { class: "composer-input", rows: 1, dir: "auto", role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-label": "Message", dataset: { testid: options.testid }, on: { input: () => this.typed(), keydown: (/** @type {KeyboardEvent} */ event) => this.key(event), blur: () => this.completion.close(), click: () => this.completion.update() } });
    this.plus = h("button", { type: "button", class: "icon-btn", "aria-label": "Shortcuts", title: "Shortcuts", "aria-haspopup": "menu", "aria-expanded": "false", dataset: { testid: "shortcuts" }, on: { click: () => this.openShortcuts() } }, icon("bolt", 18));
    this.sendButton = h("button", { type: "button", class: "send-btn", "aria-label": "Send", title: "Send", dataset: { testid: `${options.testid}-send` }, on: { click: () => void this.send() } }, icon("send", 18));
    this.note = h("div", { class: "composer-note", role: "alert", hidden: true, dataset: { testid: `${options.testid}-note` } });
    this.box = h("div", { class: "composer-box" }, this.input, h("div", { class: "composer-bar" },
      !options.inThread && this.plus,
      h("button", { type: "button", class: "icon-btn", "aria-label": "Mention somebody", title: "Mention somebody", on: { click: () => this.insert("@") } }, icon("at", 18)),
      !options.inThread && h("button", { type: "button", class: "icon-btn", "aria-label": "Type a command", title: "Type a command", on: { click: () => this.insert("/") } }, h("span", { class: "slash-mark", "aria-hidden": "true" }, "/")),
      h("span", { class: "composer-tip", "aria-hidden": "true" }, h("kbd", {}, "Enter"), " sends"), this.sendButton));
    this.node = h("div", { class: "composer" }, this.note, this.box);
    this.completion = new Completion(this.input, this.box, options.inThread);
  }

  draftKey() {
    const target = this.options.target();
    return target ? `draft.${state.me?.id}.${target.channel}.${target.thread_ts ?? ""}` : "";
  }

  /** Shows the draft of the place that the pane shows now. */
  arrive() {
    this.input.value = session.get(this.draftKey()) ?? "";
    this.input.placeholder = this.options.placeholder();
    this.input.setAttribute("aria-label", this.options.placeholder());
    this.say("");
    this.past = sent.length;
    this.grow();
  }

  typed() {
    session.set(this.draftKey(), this.input.value);
    if (!this.note.hidden) this.say("");
    this.grow();
    this.completion.update();
  }

  grow() {
    this.input.style.setProperty("height", "auto");
    this.input.style.setProperty("height", `${Math.min(this.input.scrollHeight, 220)}px`);
    this.sendButton.classList.toggle("send-ready", this.input.value.trim() !== "");
  }

  /** @param {string} text */
  set(text) {
    this.input.value = text;
    this.input.focus();
    this.input.setSelectionRange(text.length, text.length);
    this.typed();
  }

  /** @param {string} mark */
  insert(mark) {
    this.input.focus();
    if (mark === "/" && this.input.value) return;
    const space = this.input.value && !/\s$/.test(this.input.value.slice(0, this.input.selectionStart)) ? " " : "";
    this.input.setRangeText(space + mark, this.input.selectionStart, this.input.selectionEnd, "end");
    this.typed();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.isComposing || this.completion.key(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      void this.send();
    } else if ((event.key === "ArrowUp" || event.key === "ArrowDown") && this.recall(event.key === "ArrowUp" ? -1 : 1)) event.preventDefault();
  }

  /** Walks through what was sent: upward from an empty line or from a recalled one. @param {number} step */
  recall(step) {
    const showing = sent[this.past];
    if (this.input.value !== "" && this.input.value !== showing) return false;
    const to = this.past + step;
    if (to < 0 || to > sent.length || !sent.length) return false;
    this.past = to;
    this.input.value = sent[to] ?? "";
    session.set(this.draftKey(), this.input.value);
    this.input.setSelectionRange(this.input.value.length, this.input.value.length);
    this.grow();
    return true;
  }

  async send() {
    const target = this.options.target();
    const text = this.input.value.trim();
    if (!target || !text) return;
    if (text.startsWith("/") && this.options.inThread) return this.say("Slash commands do not run inside threads. Type it in the channel instead, or mention the app here.");
    const key = this.draftKey();
    remember(text);
    this.past = sent.length;
    this.input.value = "";
    this.typed();
    const answer = await act(text.startsWith("/") ? "command" : "say", { ...target, text });
    if (answer.ok) return;
    const command = text.startsWith("/");
    if (!command || NOT_SENT.includes(answer.error ?? "")) this.say(answer.message ?? "That was not sent. Try again.");
    if (command && !NOT_SENT.includes(answer.error ?? "") && answer.error !== "unknown_command") return;
    if (this.draftKey() === key && !this.input.value) this.restore(text);
    else if (!session.get(key)) session.set(key, text);
  }

  /** @param {string} text gives back what could not be sent */
  restore(text) {
    const note = this.note.textContent;
    this.input.value = text;
    session.set(this.draftKey(), text);
    this.grow();
    this.say(note ?? "");
  }

  /** @param {string} text */
  say(text) {
    this.note.hidden = !text;
    fill(this.note, text && [icon("warning", 16), h("span", {}, text)]);
  }

  openShortcuts() {
    const shortcuts = state.shortcuts.filter((shortcut) => shortcut.kind === "global");
    openMenu(this.plus, [
      ...(shortcuts.length ? [{ heading: state.app.name ?? "Shortcuts" }] : []),
      ...shortcuts.map((shortcut) => ({ label: shortcut.name, description: shortcut.description, lead: avatar(state.app.user_id, 24), dataset: { shortcut: shortcut.callback_id }, pick: () => void run(shortcut) })),
    ], { label: "Shortcuts", above: true, empty: "The app has no shortcuts yet." });
  }
}

/** @param {import("../surface.js").Json} shortcut */
async function run(shortcut) {
  const answer = await act("shortcut", { callback_id: shortcut.callback_id });
  if (!answer.ok) toast(answer.message ?? `“${shortcut.name}” did not work. Try again.`, "warning");
}

/** @param {string} text */
function remember(text) {
  if (sent.at(-1) !== text) sent.push(text);
  if (sent.length > 50) sent.shift();
  session.set("sent", JSON.stringify(sent));
}
