/** Faces: initials on a colour for people, a handset for the app. */

import { directory } from "./directory.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";

export const SLACKBOT = "USLACKBOT";

/** Dark enough for white initials at 4.5:1. */
const COLORS = ["#2f5597", "#8a4b08", "#6b3fa0", "#a3264f", "#176b57", "#4d6b12", "#8c2f2f", "#3c4f9e"];

/** Neighbours in the directory get different colours. @param {string} id */
function colorOf(id) {
  const at = directory.users().findIndex((user) => user.id === id);
  return COLORS[(at < 0 ? id.length : at) % COLORS.length];
}

/** @param {string} name */
function initials(name) {
  const words = name.split(/\s+/).filter(Boolean);
  return ((words[0]?.[0] ?? "?") + (words.length > 1 ? words[words.length - 1][0] : "")).toUpperCase();
}

/** @param {string} id a user @param {number} [size] pixels @param {string} [nameOverride] */
export function avatar(id, size = 36, nameOverride) {
  const user = directory.user(id);
  const bot = (user?.isBot ?? false) && id !== SLACKBOT;
  const node = h("span", { class: ["avatar", bot && "avatar-app"], "aria-hidden": "true", style: { "--size": `${size}px`, "--tint": bot ? "var(--app)" : id === SLACKBOT ? "#4a5568" : colorOf(id) } });
  if (bot) node.append(icon("phone", Math.round(size * 0.56)));
  else node.append(id === SLACKBOT ? "✦" : initials(nameOverride ?? user?.fullName ?? user?.name ?? id).slice(0, size < 26 ? 1 : 2));
  return node;
}
