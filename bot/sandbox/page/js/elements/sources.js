/** Where a select's choices come from: the element itself, the app (type-ahead), people, conversations. */

import { avatar, SLACKBOT } from "../avatar.js";
import { directory } from "../directory.js";
import { h } from "../dom.js";
import { icon } from "../icons.js";
import { withEmoji } from "../text/emoji.js";

/**
 * @typedef {import("../surface.js").Json} Json
 * @typedef {{ key: string, label: string, description?: string, lead?: () => Node, value: any }} Choice `value` is what goes to the server
 * @typedef {{ label?: string, choices: Choice[] }} Group
 * @typedef {{ find: (query: string) => Group[] | Promise<Group[]>, remote: boolean, least: number, choice: (value: any) => Choice }} Source
 */

/** @param {Json} option @returns {Choice} */
const fromOption = (option) => ({ key: option.value, label: withEmoji(option.text?.text ?? ""), description: option.description && withEmoji(option.description.text), value: option });

/** Case and accents do not count: "leo" finds Léo. @param {string} text */
const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** @param {Group[]} groups @param {string} query */
export function matching(groups, query) {
  const wanted = folded(query.trim());
  if (!wanted) return groups;
  return groups
    .map((group) => ({ ...group, choices: group.choices.filter((choice) => folded(`${choice.label} ${choice.description ?? ""}`).includes(wanted)) }))
    .filter((group) => group.choices.length > 0);
}

/** @param {Json} answer with `options` or `option_groups` @returns {Group[]} */
function groupsOf(answer) {
  if (answer.option_groups?.length) return answer.option_groups.map((/** @type {Json} */ group) => ({ label: withEmoji(group.label?.text ?? group.label ?? ""), choices: group.options.map(fromOption) }));
  return [{ choices: (answer.options ?? []).map(fromOption) }];
}

/** @param {Choice[]} choices @returns {Source} */
const local = (choices) => ({ remote: false, least: 0, find: (query) => matching([{ choices }], query), choice: (id) => choices.find((candidate) => candidate.value === id) ?? { key: id, label: id, value: id } });

function people() {
  return local(directory.users().filter((user) => user.id !== SLACKBOT).map((user) => ({ key: user.id, label: user.fullName ?? user.name, description: user.title, lead: () => avatar(user.id, 20), value: user.id })));
}

/** @param {string} kind */
const placeIcon = (kind) => h("span", { class: "lead-icon" }, icon(kind === "im" || kind === "mpim" ? "message" : kind === "private" ? "lock" : "hash", 14));

/** @param {(kind: string) => boolean} wanted */
function places(wanted) {
  return local(directory.conversations().filter((place) => wanted(place.kind)).map((place) => ({ key: place.id, label: place.name, lead: () => placeIcon(place.kind), value: place.id })));
}

/** @param {Json} element */
function conversations(element) {
  const include = element.filter?.include;
  return places((kind) => !include || include.includes({ channel: "public" }[kind] ?? kind));
}

/** @param {Json} element any select @param {(query: string) => Promise<Json>} ask the app @returns {Source} */
export function sourceOf(element, ask) {
  const kind = element.type.replace(/^multi_/, "");
  if (kind === "users_select") return people();
  if (kind === "channels_select") return places((place) => place === "channel");
  if (kind === "conversations_select") return conversations(element);
  if (kind === "external_select") return { remote: true, least: element.min_query_length ?? 3, find: async (query) => groupsOf(await ask(query)), choice: fromOption };
  const groups = groupsOf(element);
  const all = groups.flatMap((group) => group.choices);
  return { remote: false, least: 0, find: (query) => matching(groups, query), choice: (option) => all.find((candidate) => candidate.key === option?.value) ?? fromOption(option) };
}

/** @param {Json} element @returns {any} one value, or a list for the multi selects */
export function initialOf(element) {
  const multi = element.type.startsWith("multi_");
  const kind = element.type.replace(/^multi_/, "").replace(/s?_select$/, "");
  if (kind === "user" || kind === "channel" || kind === "conversation") return element[multi ? `initial_${kind}s` : `initial_${kind}`];
  return multi ? element.initial_options : element.initial_option;
}
