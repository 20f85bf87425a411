/** The middle: a channel's or the app's header, its messages or Home, and the composer. */

import { act, loadConversation } from "../api.js";
import { avatar } from "../avatar.js";
import { directory } from "../directory.js";
import { fill, h } from "../dom.js";
import { icon } from "../icons.js";
import { channelMessages, conversation, state, takeConversation } from "../store.js";
import { toast } from "../toast.js";
import { drawHome } from "../views/home.js";
import { Composer } from "./composer.js";
import { hintStrip } from "./hints.js";
import { MessageList } from "./message_list.js";

/** @typedef {(channel: string, tab?: "home" | "messages" | null) => void} Go */

export class MainPane {
  /** @param {HTMLElement} node @param {{ go: Go }} actions */
  constructor(node, actions) {
    this.actions = actions;
    this.head = h("header", { class: "pane-head" });
    this.tabs = h("div", { class: "tabs", role: "tablist", "aria-label": "App" });
    this.list = new MessageList({ inThread: false, label: "Messages" });
    this.home = h("div", { class: "home", role: "tabpanel", tabindex: 0, "aria-label": "Home", dataset: { testid: "home" }, hidden: true }, h("div", { class: "home-inner" }));
    this.composer = new Composer({ testid: "composer", inThread: false, target: () => (state.route.channel ? { channel: state.route.channel } : null), placeholder: () => this.placeholder() });
    this.hints = hintStrip((text) => this.composer.set(text));
    this.foot = h("footer", { class: "pane-foot" }, this.hints, this.composer.node);
    fill(node, this.head, this.tabs, this.list.node, this.home, this.foot);
  }

  placeholder() {
    const { channel } = state.route;
    if (channel === state.appDm) return `Message ${state.app.name ?? "the app"}, or type / for commands`;
    const name = directory.channelName(channel) ?? "";
    const kind = state.channels.get(channel)?.kind;
    return `Message ${kind === "channel" || kind === "private" ? "#" : ""}${name}, or type / for commands`;
  }

  /** Another conversation or tab. */
  async arrive() {
    const { channel, tab } = state.route;
    this.drawHead();
    this.drawTabs();
    const home = tab === "home";
    this.home.hidden = !home;
    this.list.node.hidden = home;
    this.foot.hidden = home;
    if (home) {
      drawHome(this.home.firstChild);
      void act("open_home", { tab: "home" });
      return;
    }
    this.drawMessages();
    this.composer.arrive();
    if (tab === "messages") void act("open_home", { tab: "messages" });
    if (!conversation(channel).loaded) await this.load(channel);
  }

  /** @param {string} channel */
  async load(channel) {
    const answer = await loadConversation(channel);
    if (answer.ok) takeConversation(channel, answer);
    else toast(answer.message ?? "This conversation could not be loaded.", "warning");
  }

  drawMessages() {
    const { channel, tab } = state.route;
    if (!channel || tab === "home") return;
    this.list.show(`${state.me?.id} ${channel}`, channelMessages(channel), [this.intro(channel)]);
  }

  drawHome() {
    if (state.route.tab === "home") drawHome(this.home.firstChild);
  }

  drawHead() {
    const { channel } = state.route;
    const place = state.channels.get(channel) ?? {};
    const isApp = channel === state.appDm;
    const lead = isApp ? avatar(state.app.user_id, 26) : place.kind === "im" ? avatar(place.user, 26) : icon(place.kind === "private" ? "lock" : "hash", 20);
    const name = isApp ? state.app.name : directory.channelName(channel);
    const topic = isApp ? state.app.description : place.topic || place.purpose;
    const people = (place.members ?? []).length;
    fill(this.head, h("h1", {}, lead, h("span", { class: "pane-name", dir: "auto" }, name ?? "")), isApp && h("span", { class: "app-badge" }, "APP"),
      topic && h("span", { class: "pane-topic", title: topic }, topic), h("span", { class: "pane-space" }),
      place.kind === "channel" && place.is_member === false && h("button", { type: "button", class: "btn btn-small", on: { click: () => void this.invite("join", channel) } }, "Join"),
      (place.kind === "channel" || place.kind === "private") && place.app_is_member === false && h("button", { type: "button", class: "btn btn-small", dataset: { testid: "invite-app" }, on: { click: () => void this.invite("invite_app", channel) } }, `Invite ${state.app.name ?? "the app"}`),
      people > 2 && h("span", { class: "pane-people", title: place.members.map((/** @type {string} */ id) => directory.userName(id) ?? id).join(", ") }, place.members.slice(0, 3).map((/** @type {string} */ id) => avatar(id, 22)), people));
  }

  /** @param {"join" | "invite_app"} name @param {string} channel */
  async invite(name, channel) {
    const answer = await act(name, { channel });
    if (!answer.ok) toast(answer.message ?? "That did not work.", "warning");
  }

  drawTabs() {
    const { channel, tab } = state.route;
    this.tabs.hidden = channel !== state.appDm;
    const draw = (/** @type {"home" | "messages"} */ name, /** @type {string} */ label) => h("button", { type: "button", role: "tab", class: "tab", "aria-selected": tab === name, tabindex: tab === name ? 0 : -1, dataset: { testid: `${name}-tab` }, on: {
      click: () => this.actions.go(channel, name),
      keydown: (/** @type {KeyboardEvent} */ event) => {
        if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
        this.actions.go(channel, name === "home" ? "messages" : "home");
        this.tabs.querySelector('[aria-selected="true"]')?.focus();
      },
    } }, label);
    fill(this.tabs, draw("home", "Home"), draw("messages", "Messages"));
  }

  /** @param {string} channel */
  intro(channel) {
    if (this.introNode?.dataset.channel === `${state.me?.id} ${channel}`) return this.introNode;
    const place = state.channels.get(channel) ?? {};
    const isApp = channel === state.appDm;
    const name = isApp ? state.app.name : directory.channelName(channel) ?? "";
    const text = isApp ? "This is your conversation with the app. What you type here only you and the app can see." : place.kind === "im" ? `This is the beginning of your conversation with ${name}.` : place.purpose || "This is where the channel begins.";
    this.introNode = h("div", { class: "intro", role: "listitem", dataset: { channel: `${state.me?.id} ${channel}` } }, isApp || place.kind === "im" ? avatar(isApp ? state.app.user_id : place.user, 48) : h("span", { class: "intro-mark", "aria-hidden": "true" }, icon(place.kind === "private" ? "lock" : "hash", 24)), h("div", { class: "intro-name", dir: "auto" }, name), h("p", {}, text));
    return this.introNode;
  }
}
