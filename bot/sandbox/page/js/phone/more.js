/** What happens rarely: a contact or a setting changes, texts fail, everybody calls at once. */

import { fill, h, uid } from "../dom.js";
import { pretty } from "./numbers.js";

/** @typedef {Record<string, any>} Json @typedef {{ act: (name: string, body: Json) => Promise<boolean>, caller: () => string | null, line: () => string, ring: (caller: string) => Promise<boolean> }} Deps */

const MOST_CHANNELS = 3;
/** What is written in a Dialpad channel by a press. */
const CHANNEL_TEXT = "The delivery is at the back door.";

export class More {
  /** @param {Deps} deps */
  constructor(deps) {
    this.deps = deps;
    const check = (/** @type {string} */ testid, /** @type {(on: boolean) => void} */ change) => h("input", { type: "checkbox", dataset: { testid }, on: { change: (/** @type {Event} */ event) => change(/** @type {HTMLInputElement} */ (event.target).checked) } });
    this.auto = check("phone-auto-answer", (on) => void deps.act("auto_answer", { on }));
    this.fails = check("phone-texts-fail", (on) => void deps.act("reachable", { number: deps.caller(), on: !on }));
    this.failsLabel = h("span");
    this.offDuty = check("phone-off-duty", (on) => this.group && void deps.act("off_duty", { line_id: this.group.id, on }));
    this.offDutyLabel = h("span");
    this.offDutyChoice = h("label", { class: "choice" }, this.offDuty, this.offDutyLabel);
    this.all = h("button", { type: "button", class: "btn btn-small", dataset: { testid: "phone-ring-all" }, on: { click: () => void this.ringAll() } }, "All customers ring at once");
    this.setting = h("button", { type: "button", class: "btn btn-small", dataset: { testid: "phone-setting" }, on: { click: () => this.group && void deps.act("ring_time", { line_id: this.group.id }) } });
    this.fax = h("button", { type: "button", class: "btn btn-small", dataset: { testid: "phone-fax" }, on: { click: () => void this.sendFax() } });
    this.channels = h("div", { class: "call-buttons", role: "group", "aria-label": "Write in a Dialpad channel" });
    const field = (/** @type {string} */ testid) => h("input", { class: "field", id: uid("contact"), type: "text", autocomplete: "off", dataset: { testid } });
    this.name = field("contact-name");
    this.company = field("contact-company");
    this.save = h("button", { type: "submit", class: "btn btn-small", dataset: { testid: "contact-save" } });
    this.contact = h("form", { class: "contact-form", "aria-label": "Contact of this number", on: { submit: (/** @type {Event} */ event) => void this.saveContact(event) } },
      h("label", { for: this.name.id }, "Name"), this.name, h("label", { for: this.company.id }, "Company"), this.company, this.save);
    this.node = h("div", { class: "more" },
      h("label", { class: "choice" }, this.auto, h("span", {}, "Customers pick up at once")),
      h("label", { class: "choice" }, this.fails, this.failsLabel),
      this.offDutyChoice,
      h("div", { class: "call-buttons" }, this.all, this.setting, this.fax), this.channels, this.contact);
    /** @type {Json[]} */
    this.customers = [];
    /** @type {Json | undefined} */
    this.group = undefined;
    this.shown = "";
    this.channelsShown = "";
  }

  /** @param {Json} snapshot */
  show(snapshot) {
    this.customers = snapshot.customers;
    this.auto.checked = snapshot.auto_answer;
    const number = this.deps.caller();
    const customer = this.customers.find((one) => one.phone === number);
    this.fails.disabled = !number;
    this.fails.checked = customer ? !customer.is_reachable : false;
    this.failsLabel.textContent = `Texts to ${customer?.is_contact ? customer.name.split(" ")[0] : number ? pretty(number) : "this number"} fail`;
    this.group = snapshot.lines.find((/** @type {Json} */ line) => line.phone === this.deps.line());
    this.setting.hidden = !this.group;
    this.offDutyChoice.hidden = this.group?.kind !== "callcenter";
    this.offDuty.checked = Boolean(this.group?.takes_off_duty);
    this.offDutyLabel.textContent = `Whoever misses a call of ${this.group?.name ?? "this line"} goes off duty`;
    this.setting.textContent = this.group ? `Let ${this.group.name} ring ${this.group.ring_seconds === 15 ? 30 : 15} s` : "";
    this.fax.disabled = !number;
    this.fax.textContent = `Fax ${this.group ? this.group.name : "this line"} 2 pages`;
    this.drawChannels(snapshot);
    this.save.textContent = customer?.is_contact ? "Change the contact" : "Save as a contact";
    this.save.disabled = !number;
    const signature = JSON.stringify([number, customer?.name, customer?.company]);
    if (signature === this.shown) return;
    this.shown = signature;
    this.name.value = customer?.is_contact ? customer.name : "";
    this.company.value = customer?.company ?? "";
  }

  /** A button for each Dialpad channel, in which somebody of the company writes. @param {Json} snapshot */
  drawChannels(snapshot) {
    const names = (snapshot.channels ?? []).slice(0, MOST_CHANNELS);
    const signature = JSON.stringify([names, snapshot.people.map((/** @type {Json} */ person) => person.id)]);
    if (signature === this.channelsShown) return;
    this.channelsShown = signature;
    const [writer] = snapshot.people;
    fill(this.channels, names.map((/** @type {string} */ name) => h("button", { type: "button", class: "btn btn-small", title: writer ? `${writer.name} writes in this Dialpad channel` : undefined, disabled: !writer, dataset: { testid: "phone-channel", channel: name }, on: { click: () => void this.deps.act("channel", { channel: name, person_id: writer.id, text: CHANNEL_TEXT }) } }, `Write in #${name}`)));
    this.channels.hidden = !names.length;
  }

  async sendFax() {
    const sender = this.deps.caller();
    if (sender) await this.deps.act("fax", { sender, to: this.deps.line(), pages: 2 });
  }

  async ringAll() {
    for (const customer of this.customers) if (!customer.is_blocked) await this.deps.ring(customer.phone);
  }

  /** @param {Event} event */
  async saveContact(event) {
    event.preventDefault();
    const number = this.deps.caller();
    if (!this.name.value.trim()) return this.name.focus();
    if (number) await this.deps.act("contact", { number, name: this.name.value.trim(), company: this.company.value.trim() });
  }
}
