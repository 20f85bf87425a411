/** The customer's own screen: texts to and from the company, and a line to write one. */

import { fill, h } from "../dom.js";
import { icon } from "../icons.js";
import { clock, dayLine } from "../text/dates.js";

/** @typedef {Record<string, any>} Json */

/** What a phone sends as a picture, in base64 without the head of a data URL. @param {File} file @returns {Promise<string>} */
function read(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).split(",")[1] ?? "");
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

export class Texts {
  /** @param {(text: string, picture: string | null) => Promise<boolean>} send */
  constructor(send) {
    this.list = h("div", { class: "texts", role: "log", "aria-label": "Texts on the customer's phone", tabindex: 0, dataset: { testid: "phone-thread" } });
    this.input = h("input", { class: "field", type: "text", dir: "auto", placeholder: "Text the company", "aria-label": "Text the company as this customer", autocomplete: "off", dataset: { testid: "phone-text" } });
    this.file = h("input", { type: "file", accept: "image/png,image/jpeg,image/gif", hidden: true, tabindex: -1, dataset: { testid: "phone-picture" }, on: { change: () => this.drawPicked() } });
    this.picked = h("div", { class: "text-picked", hidden: true, dataset: { testid: "phone-picked" } });
    const submit = async (/** @type {Event} */ event) => {
      event.preventDefault();
      const text = this.input.value.trim();
      const file = this.file.files[0];
      if (!text && !file) return;
      if (!(await send(text, file ? await read(file) : null))) return;
      if (this.input.value.trim() === text) this.input.value = "";
      if (this.file.files[0] === file) this.unpick();
    };
    const pick = h("button", { type: "button", class: "send-btn", "aria-label": "Add a picture", title: "Add a picture", dataset: { testid: "phone-picture-add" }, on: { click: () => this.file.click() } }, icon("picture", 17));
    this.form = h("form", { class: "text-form", on: { submit } }, this.file, pick, this.input, h("button", { type: "submit", class: "send-btn send-ready", "aria-label": "Send the text", dataset: { testid: "phone-text-send" } }, icon("send", 16)));
    this.note = h("div", { class: "phone-note", hidden: true, dataset: { testid: "phone-note" } });
    this.node = h("div", { class: "handset" }, this.list, this.note, this.picked, this.form);
    this.signature = "";
  }

  drawPicked() {
    const file = this.file.files[0];
    this.picked.hidden = !file;
    if (file) fill(this.picked, h("span", { class: "text-picked-name" }, file.name), h("button", { type: "button", class: "icon-btn", "aria-label": "Send it without the picture", on: { click: () => this.unpick() } }, icon("close", 14)));
  }

  unpick() {
    this.file.value = "";
    this.drawPicked();
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
        !text.from_customer && h("div", { class: "bubble-from" }, text.company_name), text.picture && h("img", { class: "bubble-picture", src: `/phone/picture/${text.picture}`, alt: text.from_customer ? "Picture sent" : "Picture received", on: { load: () => this.toEnd() } }), text.text && h("div", {}, text.text), h("time", {}, clock(date)))];
    }) : h("p", { class: "phone-empty" }, name ? `No texts on ${name}'s phone yet.` : "No texts on this phone yet."));
    this.toEnd();
  }

  toEnd() {
    this.list.scrollTop = this.list.scrollHeight;
  }
}
