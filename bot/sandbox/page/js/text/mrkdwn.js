/** Slack's own markup ("mrkdwn") as DOM nodes. */

import { h } from "../dom.js";
import { emoji } from "./emoji.js";
import { entity, link, unescape } from "./entities.js";

/** @type {Record<string, string>} */
const MARKS = { "*": "b", _: "i", "~": "s" };
const WORD = /[\p{L}\p{N}_]/u;

/** Where the mark that opens at `from` closes, or -1: the mark hugs its text and does not touch a word outside. */
function closing(/** @type {string} */ text, /** @type {number} */ from) {
  const mark = text[from];
  const before = text[from - 1] ?? " ";
  const after = text[from + 1] ?? " ";
  if (WORD.test(before) || /\s/.test(after) || after === mark) return -1;
  for (let at = from + 2; at < text.length && text[at] !== "\n"; at += 1) {
    if (text[at] === "<") {
      const end = text.indexOf(">", at);
      if (end > 0) at = end;
    } else if (text[at] === mark && !/\s/.test(text[at - 1]) && !WORD.test(text[at + 1] ?? " ")) return at;
  }
  return -1;
}

/** @param {string} text one paragraph, still escaped @returns {Node[]} */
export function inline(text) {
  /** @type {Node[]} */
  const nodes = [];
  let plain = "";
  const flush = () => {
    if (plain) nodes.push(document.createTextNode(unescape(plain)));
    plain = "";
  };
  for (let at = 0; at < text.length; at += 1) {
    const taken = special(text, at);
    if (!taken) {
      plain += text[at];
      continue;
    }
    flush();
    nodes.push(...taken.nodes);
    at = taken.end;
  }
  flush();
  return nodes;
}

/** @param {string} text @param {number} at @returns {{ nodes: Node[], end: number } | null} */
function special(text, at) {
  const char = text[at];
  if (char === "<") {
    const end = text.indexOf(">", at);
    return end > at + 1 ? { nodes: [entity(text.slice(at + 1, end), /(?:^|[\n.!?])[\s*_~]*$/.test(text.slice(0, at)))], end } : null;
  }
  if (char === "`") {
    const end = text.indexOf("`", at + 1);
    const code = end > at + 1 ? text.slice(at + 1, end) : "";
    return code && !code.includes("\n") ? { nodes: [h("code", {}, codeText(code))], end } : null;
  }
  if (char === ":") {
    const match = /^:([a-z0-9_+-]+(?:::skin-tone-\d)?):/.exec(text.slice(at, at + 64));
    const found = match && emoji(match[1]);
    return match && found ? { nodes: [emojiNode(match[1], found)], end: at + match[0].length - 1 } : null;
  }
  if (char === "\n") return { nodes: [h("br")], end: at };
  if (MARKS[char]) {
    const end = closing(text, at);
    return end > 0 ? { nodes: [h(MARKS[char], {}, inline(text.slice(at + 1, end)))], end } : null;
  }
  if (char === "h" && !WORD.test(text[at - 1] ?? " ")) {
    const match = /^https?:\/\/[^\s<>|]+[^\s<>|.,;:!?)'"*_~]/.exec(text.slice(at, at + 2000));
    return match ? { nodes: [link(unescape(match[0]), unescape(match[0]))], end: at + match[0].length - 1 } : null;
  }
  return null;
}

/** @param {string} name @param {string} char */
export const emojiNode = (name, char) => h("span", { class: "emoji", role: "img", "aria-label": name.replaceAll("_", " "), title: `:${name}:` }, char);

/** Code keeps links as their plain text. @param {string} code */
function codeText(code) {
  return unescape(code.replace(/<([^<>|]+)(?:\|([^<>]*))?>/g, (_whole, target, label) => label ?? target));
}

/** @param {string} text @returns {Node[]} paragraphs, quotes and code blocks */
export function mrkdwn(text) {
  /** @type {Node[]} */
  const nodes = [];
  text.split(/```\n?([\s\S]*?)\n?```/).forEach((part, index) => {
    if (index % 2) nodes.push(h("pre", {}, codeText(part)));
    else if (part.trim()) nodes.push(...quotesAndText(index ? part.replace(/^\n/, "") : part));
  });
  return nodes;
}

/** @param {string} text */
function quotesAndText(text) {
  /** @type {Node[]} */
  const nodes = [];
  /** @type {{ quote: boolean, lines: string[] }[]} */
  const runs = [];
  const rest = /(^|\n)(?:&gt;|>){3}/.exec(text);
  const head = rest ? text.slice(0, rest.index) : text;
  for (const line of head ? head.split("\n") : []) {
    const quoted = /^(?:&gt;|>) ?/.exec(line);
    const last = runs.at(-1);
    if (last && last.quote === Boolean(quoted)) last.lines.push(quoted ? line.slice(quoted[0].length) : line);
    else runs.push({ quote: Boolean(quoted), lines: [quoted ? line.slice(quoted[0].length) : line] });
  }
  if (rest) runs.push({ quote: true, lines: text.slice(rest.index + rest[0].length).trimStart().split("\n") });
  for (const run of runs) {
    if (run.quote) nodes.push(h("blockquote", { dir: "auto" }, inline(run.lines.join("\n"))));
    else if (run.lines.join("").trim()) nodes.push(h("div", { class: "para", dir: "auto" }, inline(run.lines.join("\n").replace(/\n+$/, ""))));
  }
  return nodes;
}
