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

/** @param {Json[]} people */
export function renderTeam(people) {
  return h("ul", { class: "team-list", dataset: { testid: "phone-team" } }, people.map((person) => {
    const [kind, words] = stateOf(person);
    return h("li", { dataset: { person: person.id, state: kind }, title: person.status_message ?? undefined }, h("span", { class: ["dot", `dot-${kind}`], "aria-hidden": "true" }), h("span", { class: "team-name" }, person.name), h("span", { class: "team-state" }, words));
  }));
}

/** @param {Json[]} customers */
export function renderBlocked(customers) {
  const blocked = customers.filter((customer) => customer.is_blocked);
  if (!blocked.length) return h("p", { class: "phone-empty" }, "Nobody is blocked.");
  return h("ul", { class: "blocked-list" }, blocked.map((customer) => h("li", { dataset: { testid: "phone-blocked-number", phone: customer.phone } }, customer.name, h("span", { class: "muted" }, ` ${pretty(customer.phone)}`))));
}
