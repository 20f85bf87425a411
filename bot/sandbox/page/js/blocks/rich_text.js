/** `rich_text`: sections, lists, quotes and preformatted text. */

import { h } from "../dom.js";
import { emoji } from "../text/emoji.js";
import { broadcast, channelMention, dateText, groupMention, link, userMention } from "../text/entities.js";
import { emojiNode } from "../text/mrkdwn.js";

/** @typedef {import("../surface.js").Json} Json */

/** @param {Json} block */
export const richText = (block) => h("div", { class: "rich" }, block.elements.map(container));

/** @param {Json} element @returns {HTMLElement} */
function container(element) {
  const inner = element.elements ?? [];
  switch (element.type) {
    case "rich_text_list":
      return h(element.style === "ordered" ? "ol" : "ul", { class: [`indent-${element.indent ?? 0}`, element.border && "bordered"], start: element.offset ? element.offset + 1 : undefined }, inner.map((/** @type {Json} */ item) => h("li", { dir: "auto" }, (item.elements ?? []).map(run))));
    case "rich_text_quote":
      return h("blockquote", { dir: "auto" }, inner.map(run));
    case "rich_text_preformatted":
      return h("pre", {}, inner.map((/** @type {Json} */ part) => part.text ?? part.url ?? ""));
    default:
      return h("div", { class: "para", dir: "auto" }, inner.map(run));
  }
}

/** @param {Json} part @returns {Node} */
function run(part) {
  return styled(part.style ?? {}, plain(part));
}

/** @param {Json} part @returns {Node} */
function plain(part) {
  switch (part.type) {
    case "link":
      return link(part.url, part.text || part.url);
    case "emoji":
      return emojiNode(part.name, part.unicode ? fromUnicode(part.unicode) : emoji(part.name) ?? `:${part.name}:`);
    case "user":
      return userMention(part.user_id);
    case "channel":
      return channelMention(part.channel_id);
    case "usergroup":
      return groupMention(part.usergroup_id);
    case "broadcast":
      return broadcast(part.range);
    case "date":
      return dateText(Number(part.timestamp), part.format ?? "{date}", part.fallback, part.url);
    case "color":
      return h("span", { class: "swatch-text" }, h("span", { class: "swatch", style: { background: part.value } }), part.value);
    default: {
      const lines = String(part.text ?? "").split("\n");
      return h("span", {}, lines.flatMap((line, at) => (at ? [h("br"), line] : [line])));
    }
  }
}

/** @param {string} codes hex code points joined by "-" */
function fromUnicode(codes) {
  return String.fromCodePoint(...codes.split("-").map((code) => Number.parseInt(code, 16)));
}

/** @param {Record<string, boolean>} style @param {Node} node */
function styled(style, node) {
  for (const [name, tag] of [["code", "code"], ["bold", "b"], ["italic", "i"], ["strike", "s"], ["underline", "u"]]) if (style[name]) node = h(tag, {}, node);
  return node;
}
