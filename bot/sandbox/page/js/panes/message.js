/** One message: author, time, text or blocks, attachments, files, reactions, thread bar, hover actions. */

import { act } from "../api.js";
import { avatar, SLACKBOT } from "../avatar.js";
import { renderBlocks } from "../blocks/index.js";
import { directory } from "../directory.js";
import { h } from "../dom.js";
import { icon } from "../icons.js";
import { conversation, emit, state } from "../store.js";
import { ago, clock, fullDate, tsSeconds } from "../text/dates.js";
import { emoji } from "../text/emoji.js";
import { mrkdwn } from "../text/mrkdwn.js";
import { surfaceFor } from "../views/surfaces.js";
import { attachments, files } from "./attachments.js";
import { messageActions } from "./message_actions.js";

/** @typedef {import("../surface.js").Json} Json */

/** Who wrote it; an app may give its message another name. @param {Json} message */
export const authorOf = (message) => message.user ?? message.bot_id ?? "";

/** @param {Json} message @param {{ compact: boolean, inThread: boolean }} options */
export function renderMessage(message, options) {
  const author = authorOf(message);
  const ephemeral = Boolean(message.ephemeral);
  const compact = options.compact && !ephemeral;
  const name = message.username ?? directory.userName(author) ?? "Somebody";
  const seconds = tsSeconds(message.ts);
  const time = h("time", { class: "message-time", datetime: new Date(seconds * 1000).toISOString(), title: fullDate(seconds) }, clock(new Date(seconds * 1000)));
  const body = h("div", { class: "message-body" },
    !compact && h("div", { class: "message-head" }, h("span", { class: "message-author" }, name), directory.user(author)?.isBot && author !== SLACKBOT && h("span", { class: "app-badge" }, "APP"), time),
    content(message),
    message.edited && h("span", { class: "edited", title: fullDate(tsSeconds(message.edited.ts)) }, "(edited)"),
    attachments(message), files(message.files ?? []), reactions(message),
    !options.inThread && threadBar(message),
    ephemeral && h("div", { class: "ephemeral-note" }, icon("eye", 14), h("span", {}, "Only visible to you"), "·", h("button", { type: "button", class: "text-btn", dataset: { testid: "dismiss" }, on: { click: () => dismiss(message) } }, "Dismiss message")));
  const node = h("div", {
    class: ["message", compact && "message-compact", ephemeral && "message-ephemeral"], role: "listitem", dataset: { testid: ephemeral ? "ephemeral" : "message", ts: message.ts, author }, tabindex: -1,
  }, h("div", { class: "message-gutter" }, compact ? time : avatar(author, 36, message.username)), body, !ephemeral && messageActions(message, options));
  return node;
}

/** @param {Json} message */
function content(message) {
  const where = { kind: /** @type {"message" | "ephemeral"} */ (message.ephemeral ? "ephemeral" : "message"), channel: message.channel, ts: message.ts };
  if (message.blocks?.length && !isTyped(message)) return renderBlocks(message.blocks, surfaceFor(where, "message", message.state?.values));
  const system = message.subtype && ["channel_join", "channel_leave", "channel_topic", "channel_purpose", "channel_name"].includes(message.subtype);
  return message.text ? h("div", { class: ["message-text", system && "system-text"] }, mrkdwn(message.text)) : null;
}

/** What a person typed is one rich text block that says the same as `text`; the text still has its marks and emoji. @param {Json} message */
const isTyped = (message) => !message.bot_id && message.blocks.length === 1 && message.blocks[0].type === "rich_text" && Boolean(message.text);

/** @param {Json} message */
function dismiss(message) {
  conversation(message.channel).ephemerals.delete(message.ts);
  emit("messages", message.channel);
  void act("dismiss", { channel: message.channel, ts: message.ts });
}

/** @param {Json} message */
function reactions(message) {
  if (!message.reactions?.length) return null;
  return h("div", { class: "reactions" }, message.reactions.map((/** @type {Json} */ reaction) => {
    const mine = reaction.users.includes(state.me?.id);
    const who = reaction.users.map((/** @type {string} */ id) => directory.userName(id) ?? id).join(", ");
    return h("button", { type: "button", class: ["reaction", mine && "reaction-mine"], "aria-pressed": mine, title: `${who}: :${reaction.name}:`, on: { click: () => void act("react", { channel: message.channel, ts: message.ts, name: reaction.name, remove: mine }) } },
      h("span", { class: "emoji" }, emoji(reaction.name) ?? `:${reaction.name}:`), h("span", {}, reaction.count ?? reaction.users.length));
  }));
}

/** @param {Json} message */
function threadBar(message) {
  if (!message.reply_count) {
    return message.subtype === "thread_broadcast" ? h("button", { type: "button", class: "text-btn", on: { click: () => openThread(message.channel, message.thread_ts) } }, "View thread") : null;
  }
  const count = message.reply_count;
  return h("button", { type: "button", class: "thread-bar", dataset: { testid: "thread-bar" }, on: { click: () => openThread(message.channel, message.ts) } },
    (message.reply_users ?? []).slice(0, 4).map((/** @type {string} */ id) => avatar(id, 22)),
    h("span", { class: "thread-count" }, count === 1 ? "1 reply" : `${count} replies`),
    message.latest_reply && h("span", { class: "muted" }, `Last reply ${ago(new Date(tsSeconds(message.latest_reply) * 1000))}`));
}

/** @param {string} channel @param {string} ts */
export function openThread(channel, ts) {
  state.thread = { channel, ts };
  emit("thread", { opened: true });
}
