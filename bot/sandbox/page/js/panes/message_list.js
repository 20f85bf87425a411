/** A scrolling list of messages that redraws only what changed and keeps its place. */

import { h } from "../dom.js";
import { dayLine, renderDate, tsSeconds } from "../text/dates.js";
import { reconcile, rememberFocus } from "../views/redraw.js";
import { authorOf, renderMessage } from "./message.js";

/** @typedef {import("../surface.js").Json} Json */

/** Messages of one author within this many seconds share one head. */
const SAME_HEAD = 300;
/** Closer to the end than this, in px, means: keep showing the end. */
const NEAR_END = 120;

export class MessageList {
  /** @param {{ inThread: boolean, label: string }} options */
  constructor(options) {
    this.options = options;
    this.list = h("div", { class: "message-list", role: "list", "aria-label": options.label });
    this.scroller = h("div", { class: "message-scroller", tabindex: 0, on: { scroll: () => this.onScroll() } }, h("div", { class: "message-spacer" }), this.list);
    this.jump = h("button", { type: "button", class: "jump", hidden: true, on: { click: () => this.toEnd() } }, "New messages ↓");
    this.node = h("div", { class: "message-area" }, this.scroller, this.jump);
    /** @type {Map<string, { signature: string, node: HTMLElement }>} */
    this.drawn = new Map();
    this.place = "";
    new ResizeObserver(() => this.pinned && this.toEnd()).observe(this.list);
    new ResizeObserver(() => this.pinned && this.toEnd()).observe(this.scroller);
    this.pinned = true;
  }

  onScroll() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    this.pinned = scrollHeight - scrollTop - clientHeight < NEAR_END;
    if (this.pinned) this.jump.hidden = true;
  }

  toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.jump.hidden = true;
  }

  /** @param {string} place changes when another conversation is shown @param {Json[]} messages @param {Node[]} [head] stands above them */
  show(place, messages, head = []) {
    const moved = place !== this.place;
    if (moved) {
      this.drawn.clear();
      this.place = place;
      this.pinned = true;
    }
    const fresh = !moved && messages.some((message) => !this.drawn.has(keyOf(message)));
    const restore = rememberFocus(this.list);
    reconcile(this.list, [...head, ...this.nodes(messages)]);
    restore();
    if (this.pinned) this.toEnd();
    else if (fresh) this.jump.hidden = false;
  }

  /** @param {Json[]} messages */
  nodes(messages) {
    /** @type {Node[]} */
    const nodes = [];
    const kept = new Map();
    /** @type {Json | null} */
    let before = null;
    for (const message of messages) {
      const newDay = !before || dayOf(before) !== dayOf(message);
      if (newDay && !this.options.inThread) nodes.push(this.keep(kept, `day ${dayOf(message)}`, dayLine(tsSeconds(message.ts)), (text) => h("div", { class: "day-line", role: "separator" }, h("span", {}, text))));
      const compact = !newDay && before !== null && continues(before, message);
      nodes.push(this.keep(kept, keyOf(message), JSON.stringify([message, compact]), () => renderMessage(message, { compact, inThread: this.options.inThread })));
      before = message;
    }
    this.drawn = kept;
    return nodes;
  }

  /** @param {Map<string, any>} kept @param {string} key @param {string} signature @param {(signature: string) => HTMLElement} draw */
  keep(kept, key, signature, draw) {
    const old = this.drawn.get(key);
    const entry = old?.signature === signature ? old : { signature, node: draw(signature) };
    kept.set(key, entry);
    return entry.node;
  }
}

/** @param {Json} message */
const keyOf = (message) => `${message.ephemeral ? "e" : "m"}${message.ts}`;

/** @param {Json} message */
const dayOf = (message) => renderDate(tsSeconds(message.ts), "{date_num}");

/** @param {Json} before @param {Json} message */
function continues(before, message) {
  return authorOf(before) === authorOf(message) && before.username === message.username && !before.ephemeral && !message.ephemeral && !before.reply_count && tsSeconds(message.ts) - tsSeconds(before.ts) < SAME_HEAD;
}
