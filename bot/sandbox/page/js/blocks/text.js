/** Text objects, images, and the plain layout blocks: header, divider, context, image, video, markdown, file. */

import { h, safeUrl } from "../dom.js";
import { icon } from "../icons.js";
import { withEmoji } from "../text/emoji.js";
import { markdown } from "../text/markdown.js";
import { mrkdwn } from "../text/mrkdwn.js";

/** @typedef {import("../surface.js").Json} Json @typedef {import("../surface.js").Surface} Surface */

/** @param {Json | undefined} text a `plain_text` or `mrkdwn` object @param {string} [name] css class @returns {HTMLElement | null} */
export function textNode(text, name = "text") {
  if (!text) return null;
  if (text.type === "mrkdwn") return h("div", { class: name }, mrkdwn(text.text));
  return h("div", { class: [name, "plain"], dir: "auto" }, text.emoji === false ? text.text : withEmoji(text.text ?? ""));
}

/** @param {Json} image an image block or element @param {string} name css class @param {Surface} surface */
export function picture(image, name, surface) {
  const url = image.image_url ?? image.slack_file?.url ?? (image.slack_file?.id ? `/files/${image.slack_file.id}/image` : "");
  const node = h("img", { class: name, src: surface.fileUrl(url), alt: image.alt_text ?? "", loading: "lazy", on: { error: () => node.replaceWith(h("span", { class: [name, "broken-image"], role: "img", "aria-label": image.alt_text }, icon("warning", 14), name.startsWith("thumb") || name === "context-image" ? "" : image.alt_text ?? "")) } });
  return node;
}

/** @param {Json} block */
export const header = (block) => h("div", { class: "header-text", role: "heading", "aria-level": 3, dir: "auto" }, withEmoji(block.text?.text ?? ""));

export const divider = () => h("hr");

/** @param {Json} block @param {Surface} surface */
export function context(block, surface) {
  return h("div", { class: "context" }, block.elements.map((/** @type {Json} */ element) => (element.type === "image" ? picture(element, "context-image", surface) : textNode(element, "context-text"))));
}

/** @param {Json} block @param {Surface} surface */
export function image(block, surface) {
  const title = block.title && textNode(block.title, "image-title");
  return h("figure", { class: "image" }, title && h("figcaption", {}, title), picture(block, "image-picture", surface));
}

/** @param {Json} block @param {Surface} surface */
export function video(block, surface) {
  const url = safeUrl(block.title_url ?? block.video_url ?? "#");
  return h("div", { class: "video" },
    h("div", { class: "video-title" }, block.author_name && h("span", { class: "muted" }, `${block.author_name} · `), h("a", { class: "link", href: url, target: "_blank", rel: "noopener noreferrer" }, block.title?.text ?? url)),
    block.description && textNode(block.description, "video-description"),
    h("a", { class: "video-poster", href: safeUrl(block.video_url ?? url), target: "_blank", rel: "noopener noreferrer", "aria-label": `Play ${block.alt_text ?? "video"}` }, block.thumbnail_url && picture({ image_url: block.thumbnail_url, alt_text: block.alt_text }, "image-picture", surface), h("span", { class: "video-play" }, icon("play", 26))));
}

/** @param {Json} block */
export const markdownBlock = (block) => h("div", { class: "markdown" }, markdown(block.text ?? ""));

/** @param {Json} block */
export const file = (block) => h("div", { class: "file-card" }, icon("file", 22), h("span", {}, `File ${block.external_id ?? ""}`));

/** @param {Json} block */
export function alert(block) {
  const level = block.level ?? "default";
  const mark = { error: "warning", warning: "warning", success: "check" }[/** @type {string} */ (level)] ?? "info";
  return h("div", { class: ["alert", `alert-${level}`], role: "note" }, icon(mark, 18), textNode(block.text));
}
