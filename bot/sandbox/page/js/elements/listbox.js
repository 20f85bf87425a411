/** The list under a select: groups, the active line, loading, nothing found. */

import { fill, h, uid } from "../dom.js";
import { openPopup } from "./popup.js";

/** @typedef {import("./sources.js").Choice} Choice @typedef {import("./sources.js").Group} Group */

export class Listbox {
  /** @param {HTMLElement} input @param {HTMLElement} anchor @param {{ multi: boolean, label: string, pick: (choice: Choice) => void, chosen: () => string[], onClose: () => void }} options */
  constructor(input, anchor, options) {
    this.input = input;
    this.anchor = anchor;
    this.options = options;
    this.id = uid("listbox");
    this.list = h("div", { id: this.id, class: "listbox", role: "listbox", "aria-label": options.label, "aria-multiselectable": options.multi, dataset: { testid: "options" } });
    /** @type {ReturnType<typeof openPopup> | null} */
    this.popup = null;
    /** @type {Choice[]} */
    this.shown = [];
    this.active = -1;
  }

  get isOpen() {
    return this.popup !== null;
  }

  open() {
    if (this.popup) return;
    this.popup = openPopup(this.anchor, this.list, { match: true, onClose: () => this.closed() });
    this.input.setAttribute("aria-expanded", "true");
    this.input.setAttribute("aria-controls", this.id);
  }

  close() {
    this.popup?.close();
  }

  closed() {
    this.popup = null;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    this.options.onClose();
  }

  /** A line that cannot be chosen: loading, how much to type, nothing found. @param {string} text @param {boolean} [busy] */
  note(text, busy = false) {
    this.shown = [];
    this.active = -1;
    this.input.removeAttribute("aria-activedescendant");
    fill(this.list, h("div", { class: "listbox-note", role: "status" }, busy && h("span", { class: "spinner spinner-on", "aria-hidden": "true" }), text));
    this.popup?.place();
  }

  /** @param {Group[]} groups */
  show(groups) {
    this.shown = groups.flatMap((group) => group.choices);
    const chosen = this.options.chosen();
    let at = 0;
    fill(this.list, groups.map((group) => h("div", { role: group.label ? "group" : "presentation", "aria-label": group.label }, group.label && h("div", { class: "listbox-group" }, group.label), group.choices.map((choice) => this.line(choice, at++, chosen.includes(choice.key))))));
    this.popup?.place();
    const selected = this.shown.findIndex((choice) => chosen.includes(choice.key));
    this.move(this.options.multi || selected < 0 ? 0 : selected);
  }

  /** @param {Choice} choice @param {number} at @param {boolean} selected */
  line(choice, at, selected) {
    return h("div", { id: `${this.id}-${at}`, class: "option", role: "option", "aria-selected": selected, dataset: { value: choice.key }, on: {
      pointerdown: (/** @type {Event} */ event) => event.preventDefault(),
      click: () => this.options.pick(choice),
      pointermove: () => this.active !== at && this.move(at, false),
    } }, choice.lead?.(), h("span", { class: "option-text", dir: "auto" }, h("span", { class: "option-label" }, choice.label), choice.description && h("span", { class: "option-description" }, choice.description)), h("span", { class: "option-check", "aria-hidden": "true" }, selected ? "✓" : ""));
  }

  /** @param {number} at @param {boolean} [scroll] */
  move(at, scroll = true) {
    if (!this.shown.length) return;
    this.active = (at + this.shown.length) % this.shown.length;
    const lines = this.list.querySelectorAll(".option");
    lines.forEach((line, index) => line.classList.toggle("option-active", index === this.active));
    if (scroll) lines[this.active]?.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", `${this.id}-${this.active}`);
  }

  /** Arrow keys, Home, End, Enter; true when the key was for the list. @param {KeyboardEvent} event */
  key(event) {
    if (!this.isOpen) return false;
    const page = { ArrowDown: this.active + 1, ArrowUp: this.active - 1, PageDown: Math.min(this.active + 8, this.shown.length - 1), PageUp: Math.max(this.active - 8, 0) }[event.key];
    if (page !== undefined) this.move(page);
    else if (event.key === "Enter") this.shown[this.active] && this.options.pick(this.shown[this.active]);
    else if (event.key === "Escape") this.close();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }
}
