/** What the composer offers while typing: commands after "/", people after "@", emoji after ":". */

import { avatar, SLACKBOT } from "../avatar.js";
import { directory } from "../directory.js";
import { h, uid } from "../dom.js";
import { openPopup } from "../elements/popup.js";
import { icon } from "../icons.js";
import { state } from "../store.js";
import { EMOJI } from "../text/emoji.js";

/** @typedef {{ insert: string, label: string, hint?: string, description?: string, lead?: Node }} Offer */

const MOST = 8;

/** @param {string} text @param {boolean} inThread @returns {{ from: number, offers: Offer[], title: string } | null} */
export function offersFor(text, inThread) {
  const command = /^\/[^\s]*$/.exec(text);
  if (command && !inThread) return { from: 0, title: "Commands", offers: commands(text.toLowerCase()) };
  const mention = /(^|[\s(])@([\p{L}\p{N}._-]*)$/u.exec(text);
  if (mention) return { from: text.length - mention[2].length - 1, title: "People", offers: people(mention[2].toLowerCase()) };
  const colon = /(^|[\s(]):([a-z0-9_+-]{2,})$/.exec(text);
  if (colon) return { from: text.length - colon[2].length - 1, title: "Emoji", offers: emojis(colon[2]) };
  return null;
}

/** @param {string} typed */
function commands(typed) {
  return state.commands.filter((command) => command.command.startsWith(typed)).slice(0, 14).map((command) => ({
    insert: `${command.command} `, label: command.command, hint: command.usage_hint, description: command.description,
    lead: command.command === "/invite" ? h("span", { class: "lead-icon" }, "✦") : avatar(state.app.user_id, 24),
  }));
}

/** @param {string} typed */
function people(typed) {
  const fits = (/** @type {string} */ name) => name.toLowerCase().split(/\s+/).some((word) => word.startsWith(typed)) || name.toLowerCase().startsWith(typed);
  return directory.users().filter((user) => user.id !== SLACKBOT && fits(`${user.name} ${user.fullName ?? ""}`)).slice(0, MOST).map((user) => ({ insert: `@${user.name} `, label: user.fullName ?? user.name, description: user.isBot ? "App" : user.title, lead: avatar(user.id, 24) }))
    .concat(directory.groups().filter((group) => fits(`${group.handle} ${group.name}`)).map((group) => ({ insert: `@${group.handle} `, label: `@${group.handle}`, description: group.name, lead: h("span", { class: "lead-icon" }, icon("people", 16)) })));
}

/** @param {string} typed */
function emojis(typed) {
  const names = [...EMOJI.keys()].filter((name) => name.includes(typed)).sort((one, other) => Number(other.startsWith(typed)) - Number(one.startsWith(typed)));
  return names.slice(0, MOST).map((name) => ({ insert: `${EMOJI.get(name)} `, label: `:${name}:`, lead: h("span", { class: "lead-icon emoji" }, EMOJI.get(name) ?? "") }));
}

export class Completion {
  /** @param {HTMLTextAreaElement} input @param {HTMLElement} anchor @param {boolean} inThread */
  constructor(input, anchor, inThread) {
    this.input = input;
    this.anchor = anchor;
    this.inThread = inThread;
    this.id = uid("completion");
    /** @type {ReturnType<typeof openPopup> | null} */
    this.popup = null;
    /** @type {Offer[]} */
    this.offers = [];
    this.active = 0;
    this.from = 0;
  }

  /** Looks at the text before the caret. */
  update() {
    const at = this.input.selectionStart === this.input.selectionEnd ? this.input.selectionStart : -1;
    const found = at >= 0 ? offersFor(this.input.value.slice(0, at), this.inThread) : null;
    this.close();
    if (!found?.offers.length) return;
    this.offers = found.offers;
    this.from = found.from;
    const list = h("div", { class: "completion", role: "listbox", id: this.id, "aria-label": found.title, dataset: { testid: "completion" } }, h("div", { class: "completion-title" }, found.title, h("span", { class: "completion-keys", "aria-hidden": "true" }, h("kbd", {}, "↑"), h("kbd", {}, "↓"), " choose ", h("kbd", {}, "Tab"), " take")), this.offers.map((offer, index) => this.line(offer, index)));
    this.popup = openPopup(this.anchor, list, { same: true, above: true, onClose: () => this.closed() });
    this.input.setAttribute("aria-expanded", "true");
    this.input.setAttribute("aria-controls", this.id);
    this.move(0);
  }

  /** @param {Offer} offer @param {number} index */
  line(offer, index) {
    return h("div", { class: "completion-line", id: `${this.id}-${index}`, role: "option", "aria-selected": "false", on: { pointerdown: (/** @type {Event} */ event) => { event.preventDefault(); this.take(index); } } },
      offer.lead, h("span", { class: "completion-text" }, h("span", { class: "completion-name" }, h("b", {}, offer.label), offer.hint && h("span", { class: "completion-hint" }, ` ${offer.hint}`)), offer.description && h("span", { class: "completion-description" }, offer.description)));
  }

  /** @param {number} to */
  move(to) {
    this.active = (to + this.offers.length) % this.offers.length;
    const lines = this.popup?.box.querySelectorAll(".completion-line") ?? [];
    lines.forEach((line, index) => line.setAttribute("aria-selected", String(index === this.active)));
    lines[this.active]?.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", `${this.id}-${this.active}`);
  }

  /** @param {number} index */
  take(index) {
    const offer = this.offers[index];
    const caret = this.input.selectionStart;
    this.input.setRangeText(offer.insert, this.from, caret, "end");
    this.close();
    this.input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** True when the key was for the list. @param {KeyboardEvent} event */
  key(event) {
    if (!this.popup) return false;
    const exact = this.offers[this.active]?.insert.trim() === this.input.value.trim();
    if (event.key === "ArrowDown") this.move(this.active + 1);
    else if (event.key === "ArrowUp") this.move(this.active - 1);
    else if (event.key === "Escape") this.close();
    else if (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey && !exact)) this.take(this.active);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  close() {
    this.popup?.close();
  }

  closed() {
    this.popup = null;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}
