/** The right pane with one thread. */

import { fill, h } from "../dom.js";
import { icon } from "../icons.js";
import { directory } from "../directory.js";
import { conversation, emit, state, threadMessages } from "../store.js";
import { Composer } from "./composer.js";
import { MessageList } from "./message_list.js";

export class ThreadPane {
  /** @param {HTMLElement} node */
  constructor(node) {
    this.node = node;
    this.sub = h("span", { class: "pane-topic" });
    this.list = new MessageList({ inThread: true, label: "Thread" });
    this.composer = new Composer({ testid: "thread-composer", inThread: true, target: () => state.thread && { channel: state.thread.channel, thread_ts: state.thread.ts }, placeholder: () => "Reply…" });
    fill(node, h("header", { class: "pane-head" }, h("h1", {}, "Thread"), this.sub, h("span", { class: "pane-space" }), h("button", { type: "button", class: "icon-btn", "aria-label": "Close thread", dataset: { testid: "thread-close" }, on: { click: () => this.close() } }, icon("close", 18))), this.list.node, h("footer", { class: "pane-foot" }, this.composer.node));
    node.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("#layer .popup, #dialogs .overlay")) this.close();
    });
  }

  close() {
    state.thread = null;
    emit("thread");
    /** @type {HTMLElement | null} */ (document.querySelector('[data-testid="composer"]'))?.focus();
  }

  /** @param {{ opened?: boolean }} [detail] */
  draw(detail) {
    const thread = state.thread;
    this.node.hidden = !thread;
    document.body.classList.toggle("with-thread", Boolean(thread));
    if (!thread) return this.list.show("", []);
    const kind = state.channels.get(thread.channel)?.kind;
    this.sub.textContent = `${kind === "im" ? "" : "#"}${directory.channelName(thread.channel) ?? ""}`;
    const messages = threadMessages(thread.channel, thread.ts);
    const replies = messages.filter((message) => message.ts !== thread.ts && !message.ephemeral).length;
    this.list.show(`${state.me?.id} ${thread.channel} ${thread.ts}`, messages, []);
    this.list.list.querySelector(".replies-line")?.remove();
    const first = this.list.list.firstElementChild;
    if (replies && conversation(thread.channel).messages.has(thread.ts)) first?.after(h("div", { class: "replies-line", role: "separator" }, h("span", {}, replies === 1 ? "1 reply" : `${replies} replies`)));
    if (!detail?.opened) return;
    this.composer.arrive();
    this.composer.input.focus();
  }
}
