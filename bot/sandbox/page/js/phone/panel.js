/** The panel at the right: play the world outside and watch the company's phones. */

import { fill, h, uid } from "../dom.js";
import { icon } from "../icons.js";
import { session, settings } from "../keep.js";
import { on } from "../store.js";
import { setNow } from "../text/dates.js";
import { toast } from "../toast.js";
import { Calls, renderRecent } from "./calls.js";
import { Texts } from "./conversation.js";
import { More } from "./more.js";
import { Network } from "./network.js";
import { e164, pretty } from "./numbers.js";
import { renderBlocked, renderTeam } from "./team.js";

/** @typedef {Record<string, any>} Json */

const OTHER = "other";
/** What one press lets pass: as long as the usual step of an escalation. */
const PASS_MINUTES = 5;
/** What an agent says who is sent off duty here; in Slack everybody says their own. */
const OFF_DUTY_REASON = "Break";

class Panel {
  /** @param {HTMLElement} node */
  constructor(node) {
    /** @type {Json} */
    this.snapshot = { people: [], customers: [], auto_answer: false, lines: [], live_calls: [], recent_calls: [], threads: {} };
    this.network = new Network((snapshot) => this.arrived(snapshot), (lost) => node.classList.toggle("phone-lost", lost));
    this.calls = new Calls({ act: (name, body) => this.act(name, body), person: (id) => this.snapshot.people.find((/** @type {Json} */ person) => person.id === id), free: () => this.snapshot.people.filter((/** @type {Json} */ person) => !person.on_a_call && !person.do_not_disturb) });
    this.more = new More({ act: (name, body) => this.act(name, body), caller: () => this.caller(), line: () => this.line.value, ring: (caller) => this.act("ring", { caller, to: this.line.value }) });
    this.texts = new Texts((text, picture) => this.sendText(text, picture));
    this.build(node);
  }

  /** @param {HTMLElement} node */
  build(node) {
    const select = (/** @type {string} */ testid, /** @type {() => void} */ change) => h("select", { id: uid("pick"), class: "field phone-select", dataset: { testid }, on: { change } });
    this.customer = select("phone-customer", () => this.picked());
    this.number = h("input", { class: "field", type: "tel", placeholder: "+1 415 555 01..", "aria-label": "The customer's number", hidden: true, dataset: { testid: "phone-number" }, on: { input: () => this.picked() } });
    this.line = select("phone-line", () => this.lineWasPicked());
    // There is nobody to play before the first snapshot.
    this.ringer = h("button", { type: "button", class: "btn btn-go phone-ring", disabled: true, dataset: { testid: "phone-ring" }, on: { click: () => void this.ring() } }, icon("phone", 16), "Ring");
    this.pass = h("button", { type: "button", class: "btn btn-small phone-pass", hidden: true, title: "Everybody's clock is put forward: what is due by then happens now", dataset: { testid: "phone-pass" }, on: { click: () => void this.act("let_pass", { minutes: PASS_MINUTES }) } }, icon("clock", 15), `Let ${PASS_MINUTES} min pass`);
    this.recent = h("div");
    this.team = h("div");
    this.blocked = h("div", { dataset: { testid: "phone-blocked" } });
    fill(node,
      h("header", { class: "phone-head" }, h("h2", {}, "Phone network"), this.pass, h("span", { class: "phone-lost-note", role: "status" }, "Reconnecting…")),
      h("div", { class: "phone-scroll" },
        h("div", { class: "phone-card" },
          h("label", { for: this.customer.id }, "From"), this.customer, this.number,
          h("label", { for: this.line.id }, "To"), this.line, this.ringer),
        this.calls.node, this.texts.node,
        this.fold("team", "Team", this.team), this.fold("recent", "Last calls", this.recent), this.fold("blocked", "Blocked by the company", this.blocked),
        this.fold("more", "More", this.more.node, "closed")));
  }

  /** @param {string} key @param {string} title @param {HTMLElement} body @param {"open" | "closed"} [first] how it is before anybody chose */
  fold(key, title, body, first = "open") {
    const node = h("details", { class: "fold", open: (settings.get(`fold.${key}`) || first) === "open", dataset: { testid: `fold-${key}` }, on: { toggle: () => settings.set(`fold.${key}`, node.open ? "open" : "closed") } }, h("summary", {}, title), body);
    return node;
  }

  /** @param {Json} snapshot */
  arrived(snapshot) {
    setNow(snapshot.now);
    this.show(snapshot);
  }

  /** @param {Json} snapshot */
  show(snapshot) {
    this.snapshot = snapshot;
    this.pass.hidden = !snapshot.can_let_pass;
    this.fillPickers();
    this.ringer.disabled = false;
    this.calls.show(snapshot.live_calls);
    this.drawTexts();
    this.more.show(snapshot);
    fill(this.recent, renderRecent(snapshot.recent_calls));
    fill(this.team, renderTeam(snapshot.people, (id, on) => void this.act("duty", { person_id: id, on, reason: on ? "" : OFF_DUTY_REASON })));
    fill(this.blocked, renderBlocked(snapshot.customers));
  }

  /** With another reader's zone all times look different. */
  redraw() {
    this.texts.signature = "";
    this.show(this.snapshot);
  }

  /** The lists are made once and again only when they change: a redraw would close an open one. */
  fillPickers() {
    const { customers, lines, people } = this.snapshot;
    const signature = JSON.stringify([customers.map((/** @type {Json} */ one) => [one.name, one.phone]), lines, people.map((/** @type {Json} */ one) => [one.name, one.phone])]);
    if (signature === this.signature) return;
    this.signature = signature;
    const option = (/** @type {string} */ value, /** @type {string} */ text) => h("option", { value }, text);
    const keepLine = this.line.value || session.get("line");
    const keepCustomer = this.customer.value || session.get("customer");
    fill(this.customer, customers.map((/** @type {Json} */ one) => option(one.phone, `${one.name} · ${pretty(one.phone)}`)), option(OTHER, "Another number…"));
    fill(this.line,
      h("optgroup", { label: "Lines" }, lines.filter((/** @type {Json} */ one) => one.phone).map((/** @type {Json} */ one) => option(one.phone, `${one.name} · ${pretty(one.phone)}`))),
      h("optgroup", { label: "People" }, people.filter((/** @type {Json} */ one) => one.phone).map((/** @type {Json} */ one) => option(one.phone, `${one.name} · ${pretty(one.phone)}`))));
    const support = lines.find((/** @type {Json} */ one) => one.kind === "callcenter") ?? lines[0];
    this.choose(this.line, keepLine, support?.phone);
    this.choose(this.customer, keepCustomer, customers[0]?.phone);
    this.number.hidden = this.customer.value !== OTHER;
  }

  /** @param {HTMLSelectElement} list @param {string | null} wanted @param {string | undefined} otherwise */
  choose(list, wanted, otherwise) {
    const known = [...list.options].some((option) => option.value === wanted);
    list.value = known && wanted ? wanted : otherwise ?? "";
  }

  picked() {
    session.set("customer", this.customer.value);
    this.number.hidden = this.customer.value !== OTHER;
    if (!this.number.hidden) this.number.focus();
    this.drawTexts();
    this.more.show(this.snapshot);
  }

  lineWasPicked() {
    session.set("line", this.line.value);
    this.more.show(this.snapshot);
  }

  /** The number being played, or null while it is no number yet. */
  caller() {
    return this.customer.value === OTHER ? e164(this.number.value) : this.customer.value;
  }

  drawTexts() {
    const phone = this.caller();
    const customer = this.snapshot.customers.find((/** @type {Json} */ one) => one.phone === phone);
    const note = customer?.is_blocked ? "The company has blocked this number: nothing gets through." : customer?.has_opted_out ? "This customer wrote STOP to a line: it may not text them." : "";
    this.texts.show(this.snapshot.threads[phone ?? ""] ?? [], customer?.is_contact ? customer.name.split(" ")[0] : "", note);
  }

  /** @param {string} name @param {Json} body */
  async act(name, body) {
    const answer = await this.network.act(name, body);
    if (!answer.ok) toast(answer.message, "warning");
    return answer.ok;
  }

  async ring() {
    const caller = this.needCaller();
    if (caller) await this.act("ring", { caller, to: this.line.value });
  }

  /** @param {string} text @param {string | null} picture */
  async sendText(text, picture) {
    const sender = this.needCaller();
    return sender ? this.act("text", { sender, to: this.line.value, text, picture }) : false;
  }

  needCaller() {
    const caller = this.caller();
    if (caller) return caller;
    toast("Type a whole number first, like +1 415 555 0160.", "warning");
    this.number.focus();
    return null;
  }
}

/** @param {HTMLElement} node @param {HTMLElement} toggle */
export function startPhone(node, toggle) {
  const panel = new Panel(node);
  const apply = (/** @type {boolean} */ open) => {
    node.hidden = !open;
    toggle.setAttribute("aria-expanded", String(open));
  };
  fill(toggle, icon("phone", 16), "Phones");
  apply((settings.get("phone") ?? (window.innerWidth < 1000 ? "closed" : "open")) === "open");
  toggle.addEventListener("click", () => {
    apply(node.hidden);
    settings.set("phone", node.hidden ? "closed" : "open");
  });
  on("boot", () => panel.redraw());
  panel.network.start();
}
