/** Who can be reached: on duty, do not disturb, on a call; and whose calls the company refuses. */

import { h } from "../dom.js";
import { pretty } from "./numbers.js";

/** @typedef {Record<string, any>} Json */

/** "off_duty" and "Off Duty" as "Off duty". @param {string} words */
const sentence = (words) => words.replaceAll("_", " ").toLowerCase().replace(/^unavailable$/, "off duty").replace(/^./, (letter) => letter.toUpperCase());

/** @param {Json} person @returns {[string, string]} css kind and words */
function stateOf(person) {
  if (person.on_a_call) return ["call", "On a call"];
  if (person.do_not_disturb) return ["dnd", "Do not disturb"];
  if (person.duty && person.duty !== "available" && person.duty !== "on_duty") return ["off", person.duty_reason || sentence(person.duty)];
  if (person.dnd_groups?.length) return ["some", "Some groups paused"];
  return ["free", person.duty ? "On duty" : "Available"];
}

/** @param {Json[]} people @param {(id: string, on: boolean) => void} setDuty */
export function renderTeam(people, setDuty) {
  return h("ul", { class: "team-list", dataset: { testid: "phone-team" } }, people.map((person) => {
    const [kind, words] = stateOf(person);
    return h("li", { dataset: { person: person.id, state: kind }, title: person.status_message ?? undefined }, h("span", { class: ["dot", `dot-${kind}`], "aria-hidden": "true" }), h("span", { class: "team-name" }, person.name), person.duty ? dutySwitch(person, words, setDuty) : h("span", { class: "team-state" }, words));
  }));
}

/** How they stand, and with one press the opposite. @param {Json} person @param {string} words @param {(id: string, on: boolean) => void} setDuty */
function dutySwitch(person, words, setDuty) {
  const first = person.name.split(" ")[0];
  const other = person.on_duty ? `Send ${first} off duty` : `Put ${first} on duty`;
  return h("button", { type: "button", class: "team-state team-duty", title: other, "aria-label": `${words}. ${other}`, dataset: { testid: "duty-switch", person: person.id }, on: { click: () => setDuty(person.id, !person.on_duty) } }, words);
}

/** @param {Json[]} customers */
export function renderBlocked(customers) {
  const blocked = customers.filter((customer) => customer.is_blocked);
  if (!blocked.length) return h("p", { class: "phone-empty" }, "Nobody is blocked.");
  return h("ul", { class: "blocked-list" }, blocked.map((customer) => h("li", { dataset: { testid: "phone-blocked-number", phone: customer.phone } }, customer.name, h("span", { class: "muted" }, ` ${pretty(customer.phone)}`))));
}
