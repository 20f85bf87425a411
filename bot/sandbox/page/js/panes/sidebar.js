/** The sidebar: who you are, channels, direct messages, the app. */

import { avatar } from "../avatar.js";
import { fill, h } from "../dom.js";
import { openMenu } from "../elements/menu.js";
import { icon } from "../icons.js";
import { directory } from "../directory.js";
import { state } from "../store.js";

/** @typedef {import("../surface.js").Json} Json @typedef {{ go: (channel: string, tab?: "home" | "messages" | null) => void, become: (person: string) => void, chooseLanguage: (locale: string) => void, write: (person: string) => void }} Actions */

/** @param {string} text */
const slug = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^a-z0-9]+/g, "-");

/** @param {HTMLElement} holder @param {Actions} actions */
export function drawSidebar(holder, actions) {
  const focused = /** @type {HTMLElement | null} */ (holder.contains(document.activeElement) ? document.activeElement : null)?.dataset.testid;
  const channels = [...state.channels.values()].filter((channel) => !channel.is_archived);
  const named = (/** @type {Json} */ one, /** @type {Json} */ other) => label(one).localeCompare(label(other));
  fill(holder,
    group("Channels", channels.filter((channel) => channel.kind === "channel" || channel.kind === "private").sort(named).map((channel) => entry(channel, `channel-${channel.name}`, h("span", { class: "entry-icon" }, icon(channel.kind === "private" ? "lock" : "hash", 16)), actions))),
    group("Direct messages", directMessages(channels, actions)),
    group("Apps", state.appDm ? [entry(state.channels.get(state.appDm) ?? { id: state.appDm, kind: "im", user: state.app.user_id }, "dm-app", avatar(state.app.user_id, 20), actions, state.app.name)] : []));
  if (focused) /** @type {HTMLElement | null} */ (holder.querySelector(`[data-testid="${focused}"]`))?.focus();
}

/** Conversations there are, and everybody else at the workspace: a click begins one. @param {Json[]} channels @param {Actions} actions */
function directMessages(channels, actions) {
  const there = channels.filter((channel) => (channel.kind === "im" || channel.kind === "mpim") && channel.id !== state.appDm);
  const met = new Set(there.map((channel) => channel.user));
  const others = state.people.filter((person) => person.id !== state.me?.id && !met.has(person.id)).map((person) => ({ id: "", kind: "im", user: person.id, name: person.display_name || person.real_name }));
  return [...there, ...others].sort((one, other) => label(one).localeCompare(label(other))).map((channel) => entry(channel, `dm-${slug(label(channel))}`, avatar(channel.user ?? channel.id, 20), actions));
}

/** @param {Json} channel */
const label = (channel) => directory.channelName(channel.id) ?? channel.name ?? channel.id;

/** @param {string} title @param {HTMLElement[]} entries */
function group(title, entries) {
  return entries.length ? h("section", { class: "side-group", "aria-label": title }, h("h2", {}, title), h("ul", {}, entries.map((node) => h("li", {}, node)))) : null;
}

/** @param {Json} channel @param {string} testid @param {Node} lead @param {Actions} actions @param {string} [name] */
function entry(channel, testid, lead, actions, name = label(channel)) {
  const unread = state.unread.get(channel.id) ?? 0;
  const current = channel.id !== "" && state.route.channel === channel.id;
  return h("button", { type: "button", class: ["side-entry", unread && "side-unread", current && "side-current"], "aria-current": current ? "page" : undefined, dataset: { testid, channel: channel.id }, on: { click: () => open(channel, unread, actions) } },
    lead, h("span", { class: "side-name", dir: "auto" }, name), unread > 0 && h("span", { class: "side-badge", "aria-label": `${unread} new` }, unread > 9 ? "9+" : unread));
}

/** @param {Json} channel @param {number} unread @param {Actions} actions */
function open(channel, unread, actions) {
  if (!channel.id) return actions.write(channel.user);
  if (channel.id !== state.appDm) return actions.go(channel.id);
  return actions.go(channel.id, state.route.channel === channel.id ? state.route.tab : unread ? "messages" : "home");
}

/** The button that says who you are, and its menu. @param {HTMLElement} button @param {Actions} actions */
export function drawPersonSwitch(button, actions) {
  const me = state.me;
  if (!me) return;
  fill(button, avatar(me.id, 28), h("span", { class: "person-text" }, h("span", { class: "person-label" }, `You are: ${me.title || "a colleague"}`), h("span", { class: "person-name" }, me.real_name || me.display_name)), icon("chevronDown", 16));
  button.setAttribute("aria-label", `You are ${me.real_name}. Switch person`);
  button.onclick = () => openMenu(button, [{ heading: "Look at the workspace as" }, ...state.people.map((person) => ({
    label: person.real_name || person.display_name, description: person.title, lead: avatar(person.id, 28), checked: person.id === me.id, dataset: { person: person.id, testid: `person-${slug(person.first_name || person.display_name || person.id)}` }, pick: () => person.id !== me.id && actions.become(person.id),
  })), { heading: "Their Slack is in" }, ...state.locales.map((one) => ({
    label: h("span", { lang: one.locale.slice(0, 2) }, one.name), lead: h("span", { class: "menu-code", "aria-hidden": "true" }, one.locale.slice(0, 2)), checked: one.locale === me.locale, dataset: { testid: `locale-${one.locale}` }, pick: () => one.locale !== me.locale && actions.chooseLanguage(one.locale),
  }))], { label: "People and languages", align: "end", tallest: 520 });
}
