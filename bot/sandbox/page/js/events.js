/** What each event of the live socket changes. */

import { announce } from "./announce.js";
import { directory } from "./directory.js";
import { conversation, emit, state, takeChannel } from "./store.js";
import { toast } from "./toast.js";

/** @typedef {import("./surface.js").Json} Json */

/** @param {Json} message */
const isShown = (message) => state.route.channel === message.channel && state.route.tab !== "home";

/** @param {Json} message */
function arrived(message) {
  if (message.user === state.me?.id) return;
  announce(`${directory.userName(message.user) ?? "Somebody"}: ${message.text || "sent a message"}`);
  const reply = message.thread_ts && message.thread_ts !== message.ts && message.subtype !== "thread_broadcast";
  if (reply || (isShown(message) && document.visibilityState === "visible")) return;
  state.unread.set(message.channel, (state.unread.get(message.channel) ?? 0) + 1);
  emit("sidebar");
}

/** @param {Json} message @param {"messages" | "ephemerals"} where */
function put(message, where) {
  conversation(message.channel)[where].set(message.ts, message);
  emit("messages", message.channel);
}

/** @param {Json} event */
function views(event) {
  state.modals = event.stack ?? [];
  emit("modals");
}

/** A modal that waits for its answer, or shows this text already, says it itself. @param {string} text */
function modalTells(text) {
  return document.querySelector(".dialog-busy") !== null || document.querySelector(".dialog-problem:not([hidden])")?.textContent === text;
}

/** @type {Record<string, (event: Json) => void>} */
const HANDLE = {
  message: ({ message }) => {
    put(message, "messages");
    arrived(message);
  },
  changed: ({ message }) => put(message, "messages"),
  deleted: ({ channel, ts }) => {
    conversation(channel).messages.delete(ts);
    emit("messages", channel);
  },
  ephemeral: ({ message }) => {
    put(message, "ephemerals");
    arrived(message);
  },
  ephemeral_changed: ({ message }) => put(message, "ephemerals"),
  ephemeral_deleted: ({ channel, ts }) => {
    conversation(channel).ephemerals.delete(ts);
    emit("messages", channel);
  },
  view_opened: views,
  view_pushed: views,
  view_updated: views,
  view_closed: views,
  view_errors: (event) => {
    state.modals = state.modals.map((view) => (view.id === event.view_id ? { ...view, errors: event.errors, error: event.error } : view));
    emit("modals");
  },
  home: ({ view }) => {
    state.home = view;
    emit("home");
  },
  failed: ({ message, where, action_id }) => {
    document.dispatchEvent(new CustomEvent("press-failed", { detail: { message, where, action_id } }));
  },
  toast: ({ text }) => modalTells(text) || toast(text, "warning"),
  channel: ({ channel }) => takeChannel(channel),
};

/** @param {Json} event */
export function handle(event) {
  HANDLE[event.type]?.(event);
}
