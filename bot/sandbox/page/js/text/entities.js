/** What stands between `<` and `>` in Slack text: people, channels, links, dates. */

import { h, safeUrl } from "../dom.js";
import { capital, fullDate, renderDate } from "./dates.js";
import { directory } from "../directory.js";

const UNESCAPE = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };

/** @param {string} text */
export function unescape(text) {
  return text.replace(/&(?:amp|lt|gt);/g, (entity) => UNESCAPE[/** @type {keyof typeof UNESCAPE} */ (entity)]);
}

/** @param {string} id @returns {HTMLElement} */
export function userMention(id) {
  const name = directory.userName(id) ?? id;
  return h("span", { class: ["mention", id === directory.me() && "mention-me"], dataset: { user: id } }, `@${name}`);
}

/** @param {string} id @param {string} [label] */
export function groupMention(id, label) {
  const handle = directory.groupHandle(id);
  return h("span", { class: ["mention", directory.isInGroup(id) && "mention-me"], dataset: { group: id } }, handle ? `@${handle}` : label || `@${id}`);
}

/** @param {string} id @param {string} [label] */
export function channelMention(id, label) {
  const name = directory.channelName(id) ?? label ?? id;
  return h("button", { type: "button", class: "mention mention-channel", dataset: { goto: id } }, `#${name}`);
}

/** @param {string} range */
export const broadcast = (range) => h("span", { class: "mention mention-all" }, `@${range}`);

/** @param {string} url @param {any} label */
export function link(url, label) {
  const external = /^https?:/i.test(url);
  return h("a", { class: "link", href: safeUrl(url), dir: url.startsWith("tel:") && "ltr", target: external && "_blank", rel: external && "noopener noreferrer" }, label);
}

/** @param {number} seconds @param {string} template @param {string} [fallback] @param {string} [url] @param {boolean} [first] begins a sentence */
export function dateText(seconds, template, fallback, url, first = false) {
  if (!Number.isFinite(seconds)) return h("span", {}, fallback ?? "");
  const time = h("time", { datetime: new Date(seconds * 1000).toISOString(), title: fullDate(seconds) }, first ? capital(renderDate(seconds, template)) : renderDate(seconds, template));
  return url ? link(url, time) : time;
}

/** @param {string} body the text between the angle brackets @param {boolean} [first] begins a sentence @returns {Node} */
export function entity(body, first = false) {
  const bar = body.indexOf("|");
  const target = bar < 0 ? body : body.slice(0, bar);
  const label = bar < 0 ? "" : unescape(body.slice(bar + 1));
  if (target.startsWith("@")) return userMention(target.slice(1));
  if (target.startsWith("#")) return channelMention(target.slice(1), label);
  if (target.startsWith("!date^")) {
    const [, seconds, template, url] = target.split("^");
    return dateText(Number(seconds), unescape(template ?? "{date}"), label, url && unescape(url), first);
  }
  if (target.startsWith("!subteam^")) return groupMention(target.slice(9), label);
  if (target.startsWith("!")) return broadcast(target.slice(1));
  const url = unescape(target);
  return link(url, label || url.replace(/^(mailto|tel):/, ""));
}
