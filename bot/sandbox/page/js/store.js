/** Everything the page knows, and who wants to hear when it changes. */

import { fillDirectory } from "./directory.js";
import { setLocale, setZone } from "./text/dates.js";

/**
 * @typedef {import("./surface.js").Json} Json
 * @typedef {{ channel: Json, messages: Map<string, Json>, ephemerals: Map<string, Json>, loaded: boolean }} Conversation
 * @typedef {"boot" | "sidebar" | "route" | "messages" | "thread" | "modals" | "home" | "connection"} Topic
 */

export const state = {
  /** @type {Json | null} */ me: null,
  /** @type {Json[]} */ people: [],
  /** The languages of this Slack. @type {Json[]} */ locales: [],
  /** @type {Json} */ team: {},
  /** @type {Json} */ app: {},
  appDm: "",
  /** @type {Map<string, Json>} */ channels: new Map(),
  /** @type {Json[]} */ commands: [],
  /** @type {Json[]} */ shortcuts: [],
  /** @type {Json[]} */ modals: [],
  /** @type {Json | null} */ home: null,
  /** @type {Map<string, Conversation>} */ conversations: new Map(),
  /** @type {Map<string, number>} */ unread: new Map(),
  /** What the main pane shows. @type {{ channel: string, tab: "home" | "messages" | null }} */ route: { channel: "", tab: null },
  /** The open thread. @type {{ channel: string, ts: string } | null} */ thread: null,
  /** @type {"connecting" | "live" | "lost"} */ connection: "connecting",
};

/** @type {Map<Topic, Set<(detail?: any) => void>>} */
const listeners = new Map();

/** @param {Topic} topic @param {(detail?: any) => void} listener */
export function on(topic, listener) {
  const all = listeners.get(topic) ?? new Set();
  listeners.set(topic, all.add(listener));
}

/** @param {Topic} topic @param {any} [detail] */
export function emit(topic, detail) {
  for (const listener of listeners.get(topic) ?? []) listener(detail);
}

/** @param {Json} user */
const named = (user) => ({ id: user.id, name: user.display_name || user.real_name || user.name, fullName: user.real_name, title: user.title, isBot: user.is_bot });

/** How a channel is called in the sidebar. @param {Json} channel @param {Json[]} users */
function placeName(channel, users) {
  if (channel.kind !== "im") return channel.name;
  const other = users.find((user) => user.id === channel.user);
  return other ? named(other).name : channel.name;
}

/** @type {Json[]} */
let users = [];
/** @type {any[]} */
let groups = [];

/** Takes over the answer to `/client/boot`. @param {Json} boot */
export function takeBoot(boot) {
  const samePerson = state.me?.id === boot.me.id;
  Object.assign(state, { me: boot.me, people: boot.people, locales: boot.locales ?? [], team: boot.team, app: boot.app, appDm: boot.app_dm, commands: boot.commands ?? [], shortcuts: boot.shortcuts ?? [], modals: boot.modals ?? [], home: boot.home ?? null });
  users = boot.users;
  groups = boot.usergroups ?? [];
  state.channels = new Map(boot.channels.map((/** @type {Json} */ channel) => [channel.id, channel]));
  if (!samePerson) {
    state.conversations.clear();
    state.unread.clear();
    state.thread = null;
  }
  for (const conversation of state.conversations.values()) conversation.loaded = false;
  setZone(boot.me.tz || boot.time_zone);
  setLocale(boot.me.locale);
  signInAtDialpad(boot.me.email);
  refreshDirectory();
}

/** The browser is signed in at the embedded Dialpad as whom you are here, so its consent page has them chosen. @param {string} email */
function signInAtDialpad(email) {
  document.cookie = `dialpad_sandbox_user=${encodeURIComponent(email)}; path=/oauth2; samesite=lax`;
}

function refreshDirectory() {
  const places = [...state.channels.values()].map((channel) => ({ id: channel.id, name: placeName(channel, users), kind: channel.kind }));
  fillDirectory(state.me?.id ?? "", users.map(named), places, groups);
}

/** @param {Json} channel */
export function takeChannel(channel) {
  state.channels.set(channel.id, channel);
  refreshDirectory();
  emit("sidebar");
}

/** @param {string} id @returns {Conversation} */
export function conversation(id) {
  const known = state.conversations.get(id);
  if (known) return known;
  const fresh = { channel: state.channels.get(id) ?? { id, name: id }, messages: new Map(), ephemerals: new Map(), loaded: false };
  state.conversations.set(id, fresh);
  return fresh;
}

/** @param {string} id @param {Json} answer of `/client/conversation` */
export function takeConversation(id, answer) {
  const place = conversation(id);
  place.messages = new Map(answer.messages.map((/** @type {Json} */ message) => [message.ts, message]));
  place.ephemerals = new Map(answer.ephemerals.map((/** @type {Json} */ message) => [message.ts, message]));
  place.loaded = true;
  emit("messages", id);
}

/** Messages of the main list, oldest first: no replies, except those also sent to the channel. @param {string} id */
export function channelMessages(id) {
  const place = conversation(id);
  const top = (/** @type {Json} */ message) => !message.thread_ts || message.thread_ts === message.ts || message.subtype === "thread_broadcast";
  return [...place.messages.values(), ...place.ephemerals.values()].filter(top).sort(byTime);
}

/** The parent of a thread and its replies. @param {string} id @param {string} ts */
export function threadMessages(id, ts) {
  const place = conversation(id);
  return [...place.messages.values(), ...place.ephemerals.values()].filter((message) => message.ts === ts || message.thread_ts === ts).sort(byTime);
}

/** @param {Json} one @param {Json} other */
const byTime = (one, other) => Number(one.ts) - Number(other.ts);
