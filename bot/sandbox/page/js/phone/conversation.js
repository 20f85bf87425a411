/** The customer's own screen: texts to and from the company, and a line to write one. */

import { fill, h } from "../dom.js";
import { icon } from "../icons.js";
import { clock, dayLine } from "../text/dates.js";

/** @typedef {Record<string, any>} Json */

export class Texts {
  /** @param {(text: string) => Promise<boolean>} send */
  constructor(send) {
    this.list = h("div", { class: "texts", role: "log", "aria-label": "Texts on the customer's phone", tabindex: 0, dataset: { testid: "phone-thread" } });
    this.input = h("input", { class: "field", type: "text", dir: "auto", placeholder: "Text the company", "aria-label": "Text the company as this customer", autocomplete: "off", dataset: { testid: "phone-text" } });
    const submit = async (/** @type {Event} */ event) => {
      event.preventDefault();
      const text = this.input.value.trim();
      if (text && (await send(text)) && this.input.value.trim() === text) this.input.value = "";
    };
    this.form = h("form", { class: "text-form", on: { submit } }, this.input, h("button", { type: "submit", class: "send-btn send-ready", "aria-label": "Send the text", dataset: { testid: "phone-text-send" } }, icon("send", 16)));
    this.note = h("div", { class: "phone-note", hidden: true, dataset: { testid: "phone-note" } });
    this.node = h("div", { class: "handset" }, this.list, this.note, this.form);
    this.signature = "";
  }

  /** @param {Json[]} texts @param {string} name @param {string} note */
  show(texts, name, note) {
    this.note.hidden = !note;
    this.note.textContent = note;
    const signature = JSON.stringify([texts, name]);
    if (signature === this.signature) return;
    this.signature = signature;
    let day = "";
    fill(this.list, texts.length ? texts.map((text) => {
      const date = new Date(text.time);
      const label = dayLine(text.time / 1000);
      const line = label === day ? null : h("div", { class: "texts-day" }, label);
      day = label;
      return [line, h("div", { class: ["bubble", text.from_customer ? "bubble-out" : "bubble-in"], dir: "auto", dataset: { testid: text.from_customer ? "text-sent" : "text-received" } },
        !text.from_customer && h("div", { class: "bubble-from" }, text.company_name), h("div", {}, text.text || (text.has_media ? "Picture" : "")), h("time", {}, clock(date)))];
    }) : h("p", { class: "phone-empty" }, name ? `No texts on ${name}'s phone yet.` : "No texts on this phone yet."));
    this.list.scrollTop = this.list.scrollHeight;
  }
}
