/** All menus with one or many choices: one combobox, fed by a source. */

import { fill, h } from "../dom.js";
import { icon } from "../icons.js";
import { changed, hooks, startValue, wrap } from "./element.js";
import { Listbox } from "./listbox.js";
import { initialOf, sourceOf } from "./sources.js";

/** @typedef {import("../surface.js").Json} Json @typedef {import("./element.js").Place} Place @typedef {import("./sources.js").Choice} Choice */

/** How long typing must rest before the app is asked, in ms. */
const TYPE_AHEAD_REST = 250;

/** @param {Json} element @param {Place} place */
export function select(element, place) {
  return new Combobox(element, place).node;
}

class Combobox {
  /** @param {Json} element @param {Place} place */
  constructor(element, place) {
    this.element = element;
    this.place = place;
    this.multi = element.type.startsWith("multi_");
    this.source = sourceOf(element, (query) => place.surface.options(place.block.block_id, element.action_id, query));
    const start = startValue(element, place, initialOf(element));
    /** @type {Choice[]} */
    this.chosen = (this.multi ? start ?? [] : start ? [start] : []).map((/** @type {any} */ value) => this.source.choice(value));
    this.asked = 0;
    this.timer = 0;
    this.build();
  }

  build() {
    const placeholder = this.element.placeholder?.text ?? (this.multi ? "Choose…" : "Choose an option");
    this.input = h("input", {
      ...hooks(this.element, this.place), type: "text", class: "select-input", role: "combobox", autocomplete: "off", spellcheck: "false", dir: "auto",
      "aria-expanded": "false", "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-label": this.place.labelledBy ? undefined : placeholder,
      on: { click: () => this.open(), input: () => this.typed(), keydown: (/** @type {KeyboardEvent} */ event) => this.key(event), focus: () => !this.multi && this.input.select(), blur: () => this.list.close() },
    });
    this.placeholder = placeholder;
    this.chips = h("span", { class: "chips" });
    this.clear = h("button", { type: "button", class: "select-clear", "aria-label": "Clear", on: { click: () => this.set([]) } }, icon("close", 14));
    this.box = h("div", { class: ["select", "field", this.multi && "select-multi", this.place.input ? "" : "select-inline"], on: { pointerdown: (/** @type {Event} */ event) => this.pressed(event) } },
      this.multi && this.chips, this.input, this.clear, h("span", { class: "select-chevron", "aria-hidden": "true" }, icon("chevronDown", 16)), h("span", { class: "spinner", "aria-hidden": "true" }));
    this.list = new Listbox(this.input, this.box, { multi: this.multi, label: placeholder, pick: (choice) => this.pick(choice), chosen: () => this.chosen.map((choice) => choice.key), onClose: () => this.draw() });
    this.node = wrap("select", this.box);
    this.draw();
  }

  /** A press anywhere on the field opens it. @param {Event} event */
  pressed(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    if (target === this.input || target.closest("button")) return;
    event.preventDefault();
    this.input.focus();
    if (this.list.isOpen) this.list.close();
    else this.open();
  }

  draw() {
    const one = this.multi ? undefined : this.chosen[0];
    this.input.value = one?.label ?? "";
    this.input.placeholder = this.multi && this.chosen.length ? "" : this.placeholder;
    this.clear.hidden = this.multi || !one || !this.place.input || !this.place.block.optional;
    fill(this.chips, this.chosen.map((choice) => h("span", { class: "chip", dataset: { value: choice.key } }, choice.lead?.(), h("span", { class: "chip-label" }, choice.label),
      h("button", { type: "button", class: "chip-remove", "aria-label": `Remove ${choice.label}`, on: { click: () => this.set(this.chosen.filter((other) => other !== choice)) } }, icon("close", 12)))));
  }

  open() {
    if (this.list.isOpen) return;
    this.list.open();
    void this.search("");
  }

  typed() {
    if (!this.list.isOpen) this.list.open();
    window.clearTimeout(this.timer);
    const query = this.input.value;
    if (!this.source.remote) return void this.search(query);
    if (query.trim().length >= this.source.least) this.list.note("Looking…", true);
    this.timer = window.setTimeout(() => void this.search(query), TYPE_AHEAD_REST);
  }

  /** @param {string} query */
  async search(query) {
    this.asked += 1;
    const mine = this.asked;
    const least = this.source.least;
    if (query.trim().length < least) return this.list.note(least > 1 ? `Type at least ${least} letters.` : "Type to look something up.");
    if (this.source.remote) this.list.note("Looking…", true);
    const groups = await this.source.find(query);
    if (mine !== this.asked || !this.list.isOpen) return;
    if (groups.some((group) => group.choices.length)) this.list.show(groups);
    else this.list.note(query ? `Nothing found for “${query}”.` : "There is nothing to choose from.");
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.isComposing || this.list.key(event)) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp" || (event.key === "Enter" && !this.list.isOpen)) {
      event.preventDefault();
      event.stopPropagation();
      this.open();
    } else if (event.key === "Backspace" && this.multi && !this.input.value && this.chosen.length) this.set(this.chosen.slice(0, -1));
  }

  /** @param {Choice} choice */
  pick(choice) {
    if (!this.multi) {
      this.set([choice]);
      this.list.close();
      return;
    }
    const without = this.chosen.filter((other) => other.key !== choice.key);
    const most = this.element.max_selected_items;
    if (without.length === this.chosen.length && most && this.chosen.length >= most) return this.list.note(`You can choose up to ${most}.`);
    this.set(without.length === this.chosen.length ? [...this.chosen, choice] : without);
    void this.search("");
  }

  /** @param {Choice[]} chosen */
  set(chosen) {
    const before = this.chosen;
    this.chosen = chosen;
    this.draw();
    const value = this.multi ? chosen.map((choice) => choice.value) : chosen[0]?.value ?? null;
    void changed(this.input, this.element, this.place, value).then((kept) => {
      if (kept || this.place.input) return;
      this.chosen = before;
      this.draw();
    });
  }
}
