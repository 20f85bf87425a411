/** Attachments with their colour bar (blocks or the old fields) and files. */

import { fileUrl } from "../api.js";
import { renderBlocks } from "../blocks/index.js";
import { h, safeUrl } from "../dom.js";
import { icon } from "../icons.js";
import { mrkdwn } from "../text/mrkdwn.js";
import { surfaceFor } from "../views/surfaces.js";

/** @typedef {import("../surface.js").Json} Json */

/** @type {Record<string, string>} */
const NAMED_COLORS = { good: "#2e9e6b", warning: "#d9a429", danger: "#c9304f" };

/** @param {string | undefined} color */
function barColor(color) {
  if (!color) return "var(--line-strong)";
  return NAMED_COLORS[color] ?? (/^#?[0-9a-f]{3,8}$/i.test(color) ? `#${color.replace("#", "")}` : "var(--line-strong)");
}

/** @param {Json} message */
export function attachments(message) {
  const where = { kind: /** @type {"message" | "ephemeral"} */ (message.ephemeral ? "ephemeral" : "message"), channel: message.channel, ts: message.ts };
  return (message.attachments ?? []).map((/** @type {Json} */ item) => h("div", { class: "attachment", style: { "--bar": barColor(item.color) } },
    item.pretext && h("div", { class: "attachment-pretext" }, mrkdwn(item.pretext)),
    h("div", { class: "attachment-body" }, item.blocks?.length ? renderBlocks(item.blocks, surfaceFor(where, "message")) : legacy(item))));
}

/** @param {Json} item */
function legacy(item) {
  return [
    item.author_name && h("div", { class: "attachment-author" }, item.author_name),
    item.title && h("div", { class: "attachment-title" }, item.title_link ? h("a", { class: "link", href: safeUrl(item.title_link), target: "_blank", rel: "noopener noreferrer" }, item.title) : item.title),
    item.text && h("div", {}, mrkdwn(item.text)),
    item.fields?.length && h("div", { class: "fields" }, item.fields.map((/** @type {Json} */ field) => h("div", { class: ["field-text", !field.short && "field-wide"] }, h("b", {}, field.title), h("div", {}, mrkdwn(field.value ?? ""))))),
    item.image_url && h("img", { class: "image-picture", src: fileUrl(item.image_url), alt: "" }),
    item.footer && h("div", { class: "context-text" }, item.footer),
    !item.text && !item.title && item.fallback && h("div", {}, item.fallback),
  ];
}

/** @param {number} [bytes] */
function sizeText(bytes) {
  if (!bytes) return "";
  return bytes < 1024 ? `${bytes} bytes` : bytes < 1_048_576 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1_048_576).toFixed(1)} MB`;
}

/** @param {Json[]} list */
export function files(list) {
  return list.map((item) => {
    const url = fileUrl(item.url_private ?? item.permalink ?? "");
    if (item.mimetype?.startsWith("image/")) return h("a", { class: "file-image", href: url, target: "_blank", rel: "noopener" }, h("img", { class: "image-picture", src: url, alt: item.title ?? item.name }));
    if (item.mimetype?.startsWith("audio/")) return h("div", { class: "file-audio" }, h("div", { class: "file-name" }, item.title ?? item.name), h("audio", { controls: true, src: url }));
    return h("a", { class: "file-card", href: url, target: "_blank", rel: "noopener" }, icon("file", 24), h("span", { class: "file-text" }, h("span", { class: "file-name" }, item.title ?? item.name), h("span", { class: "muted" }, [item.pretty_type ?? item.mimetype, sizeText(item.size)].filter(Boolean).join(" · "))));
  });
}
