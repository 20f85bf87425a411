/** Calls that go on now, with what one can do to them, and how the last ones ended. */

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { ago, now } from "../text/dates.js";
import { reconcile } from "../views/redraw.js";
import { pretty } from "./numbers.js";

/** @typedef {Record<string, any>} Json @typedef {{ act: (name: string, body: Json) => Promise<boolean>, person: (id: string) => Json | undefined, free: () => Json[] }} Deps */

/** Voicemails being written, by call id: a redraw must not lose them. @type {Map<string, string>} */
const drafts = new Map();

export class Calls {
  /** @param {Deps} deps */
  constructor(deps) {
    this.deps = deps;
    this.node = h("div", { class: "calls", role: "list", "aria-label": "Calls now" });
    /** @type {Map<string, { signature: string, node: HTMLElement }>} */
    this.drawn = new Map();
    window.setInterval(() => this.tick(), 1000);
  }

  /** @param {Json[]} calls */
  show(calls) {
    const kept = new Map();
    for (const call of calls) {
      const signature = JSON.stringify(call);
      const old = this.drawn.get(call.id);
      kept.set(call.id, old?.signature === signature ? old : { signature, node: this.card(call) });
    }
    this.drawn = kept;
    const writing = this.writing();
    reconcile(this.node, [...kept.values()].map((entry) => entry.node));
    writing();
    this.node.hidden = !calls.length;
    this.tick();
  }

  /** Keep the cursor in a voicemail that is being written while its call is drawn anew. */
  writing() {
    const text = document.activeElement;
    if (!(text instanceof HTMLTextAreaElement) || !this.node.contains(text)) return () => undefined;
    const id = /** @type {HTMLElement | null} */ (text.closest(".call"))?.dataset.callId;
    const at = text.selectionEnd;
    return () => {
      const drawn = id && this.drawn.get(id)?.node.querySelector("textarea");
      if (!drawn || drawn === document.activeElement) return;
      drawn.focus();
      drawn.setSelectionRange(at, at);
    };
  }

  tick() {
    for (const clock of /** @type {NodeListOf<HTMLElement>} */ (this.node.querySelectorAll("[data-since]"))) {
      const seconds = Math.max(0, Math.floor((now() - Number(clock.dataset.since)) / 1000));
      clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    }
  }

  /** @param {Json} call */
  card(call) {
    const names = (/** @type {string[]} */ ids) => ids.map((id) => this.deps.person(id)?.name.split(" ")[0] ?? "somebody").join(", ");
    const talking = call.talking.length > 0;
    const outbound = call.direction === "outbound";
    const waiting = !outbound && !talking && !call.ringing.length;
    const greeted = call.state === "voicemail";
    const state = greeted ? "Hears the greeting" : talking && call.state === "hold" ? `On hold with ${names(call.talking)}` : talking ? `Talking with ${names(call.talking)}` : outbound ? "Calling the customer" : call.ringing.length ? `Ringing ${names(call.ringing)}` : "Waiting in the queue";
    const can = new Set(call.can);
    return h("div", { class: ["call", talking ? "call-talking" : "call-ringing"], role: "listitem", dataset: { testid: "live-call", callId: call.id } },
      h("div", { class: "call-head" }, h("span", { class: "call-mark" }, icon("phone", 15)), h("span", { class: "call-who" }, h("b", {}, call.customer.name || pretty(call.customer.phone)), h("span", { class: "muted" }, outbound ? ` ← ${call.line ?? call.target.name}` : ` → ${call.target.name}`)), h("span", { class: "call-clock", dataset: { since: call.connected ?? call.started } })),
      h("div", { class: "call-state" }, state),
      can.has("answer") && h("div", { class: "call-buttons", role: "group", "aria-label": "Answer as" }, h("span", { class: "call-as", "aria-hidden": "true" }, "Answer as"),
        call.ringing.map((/** @type {string} */ id) => this.button(names([id]), "call-answer", "go", () => this.deps.act("answer", { call_id: call.id, person_id: id }), { person: id }, `Answer as ${names([id])}`))),
      h("div", { class: "call-buttons" },
        can.has("pick_up") && this.button("Pick up", "call-pickup", "go", () => this.deps.act("pick_up", { call_id: call.id })),
        can.has("hold") && this.button("Hold", "call-hold", "", () => this.deps.act("hold", { call_id: call.id })),
        can.has("resume") && this.button("Resume", "call-resume", "", () => this.deps.act("resume", { call_id: call.id })),
        can.has("transfer") && this.transfer(call),
        can.has("ask_for_callback") && this.button("Callback", "call-callback", "", () => this.deps.act("callback", { call_id: call.id }), {}, "Ask to be called back"),
        can.has("leave_voicemail") && this.button("Voicemail", "call-voicemail", "", () => this.openVoicemail(call.id)),
        this.button(talking ? "Hang up" : outbound ? "Let it ring out" : waiting ? "Give up" : "Miss", talking ? "call-hangup" : "call-miss", "stop", () => this.deps.act("hang_up", { call_id: call.id }))),
      drafts.has(call.id) && this.voicemail(call.id));
  }

  /** @param {string} label @param {string} testid @param {string} kind @param {() => void} press @param {Json} [data] @param {string} [said] for who does not see what stands beside it */
  button(label, testid, kind, press, data = {}, said = undefined) {
    return h("button", { type: "button", "aria-label": said, class: ["btn", "btn-small", kind && `btn-${kind}`], dataset: { testid, ...data }, on: { click: press } }, label);
  }

  /** A list of who could take over. @param {Json} call */
  transfer(call) {
    const list = h("select", { class: "field call-transfer", "aria-label": "Transfer to", dataset: { testid: "call-transfer" }, on: { change: () => list.value && void this.deps.act("transfer", { call_id: call.id, person_id: list.value }) } },
      h("option", { value: "" }, "Transfer…"), this.deps.free().filter((person) => !call.talking.includes(person.id)).map((person) => h("option", { value: person.id }, person.name)));
    return list;
  }

  /** The caller is at the greeting from now on: what goes on ringing is over before the message is written.
   * @param {string} id */
  openVoicemail(id) {
    const card = this.drawn.get(id)?.node;
    if (!card || drafts.has(id)) return;
    drafts.set(id, "");
    void this.deps.act("greeting", { call_id: id });
    const form = this.voicemail(id);
    card.append(form);
    form.querySelector("textarea").focus();
  }

  /** @param {string} id */
  voicemail(id) {
    const text = h("textarea", { class: "field", rows: 3, dir: "auto", "aria-label": "Voicemail", placeholder: "Hi, it's about my order…", value: drafts.get(id) ?? "", dataset: { testid: "voicemail-text" }, on: { input: () => drafts.set(id, text.value) } });
    const send = async (/** @type {Event} */ event) => {
      event.preventDefault();
      if (!text.value.trim()) return text.focus();
      if (await this.deps.act("voicemail", { call_id: id, text: text.value.trim() })) drafts.delete(id);
    };
    return h("form", { class: "voicemail", on: { submit: send } }, text, h("button", { type: "submit", class: "btn btn-small btn-go", dataset: { testid: "voicemail-send" } }, "Leave it"));
  }
}

/** @type {Record<string, [string, string]>} */
const OUTCOME = { answered: ["check", "Answered"], voicemail: ["voicemail", "Voicemail"], blocked: ["block", "Blocked"], missed: ["missed", "Missed"], abandoned: ["missed", "Gave up waiting"], no_answer: ["missed", "No answer"] };

/** @param {Json[]} calls */
export function renderRecent(calls) {
  if (!calls.length) return h("p", { class: "phone-empty" }, "No calls yet. Ring a line to begin.");
  return h("ul", { class: "recent" }, calls.slice(0, 6).map((call) => {
    const [mark, word] = OUTCOME[call.outcome] ?? ["phone", call.outcome];
    return h("li", { class: `recent-${call.outcome}`, dataset: { testid: "recent-call", outcome: call.outcome }, title: call.voicemail ?? undefined }, icon(mark, 15),
      h("span", { class: "recent-text" }, h("span", {}, call.customer.name || pretty(call.customer.phone), h("span", { class: "muted" }, ` ${call.direction === "outbound" ? "←" : "→"} ${call.target.name}`)), h("span", { class: "muted" }, `${word} · ${ago(new Date(call.started))}`)));
  }));
}
