/** The `markdown` block: common Markdown (headings, lists, tables, tasks, code) as DOM nodes. */

import { h, safeUrl } from "../dom.js";
import { EMOJI } from "./emoji.js";
import { emojiNode } from "./mrkdwn.js";
import { entity } from "./entities.js";

const INLINE = /(`+)([^`]+?)\1|!?\[([^\]]*)\]\(([^)\s]+)(?:\s+"[^"]*")?\)|(\*\*|__)(?=\S)([\s\S]+?)\5|(\*|_)(?=\S)([^*_\n]+?)\7|~~([^~]+)~~|<([@#!][^<>]+|https?:[^<>\s]+|tel:[^<>\s]+)>|(https?:\/\/[^\s<>)]+)|:([a-z0-9_+-]+):/;

/** @param {string} text @returns {(Node | string)[]} */
function inline(text) {
  /** @type {(Node | string)[]} */
  const out = [];
  let rest = text;
  for (let match = INLINE.exec(rest); match; match = INLINE.exec(rest)) {
    out.push(rest.slice(0, match.index));
    const [whole, , code, label, url, , bold, , italic, strike, angle, bare, name] = match;
    if (code) out.push(h("code", {}, code));
    else if (url) out.push(h("a", { class: "link", href: safeUrl(url), target: "_blank", rel: "noopener noreferrer" }, inline(label || url)));
    else if (bold) out.push(h("b", {}, inline(bold)));
    else if (italic) out.push(h("i", {}, inline(italic)));
    else if (strike) out.push(h("s", {}, strike));
    else if (angle || bare) out.push(entity(angle ?? bare));
    else if (name) out.push(EMOJI.has(name) ? emojiNode(name, /** @type {string} */ (EMOJI.get(name))) : whole);
    else out.push(whole);
    rest = rest.slice(match.index + whole.length);
  }
  out.push(rest);
  return out;
}

/** @param {string} row */
const cells = (row) => row.trim().replace(/^\||\|$/g, "").split("|").map((cell) => cell.trim());

/** @param {string[]} lines a header, a rule and rows */
function table(lines) {
  const [head, , ...rows] = lines;
  return h("div", { class: "table-wrap", tabindex: 0, role: "region", "aria-label": "Table" }, h("table", { class: "block-table" },
    h("thead", {}, h("tr", {}, cells(head).map((cell) => h("th", {}, inline(cell))))),
    h("tbody", {}, rows.map((row) => h("tr", {}, cells(row).map((cell) => h("td", {}, inline(cell))))))));
}

/** @param {string[]} lines of one list, all at one level */
function list(lines) {
  const ordered = /^\s*\d+[.)]/.test(lines[0]);
  return h(ordered ? "ol" : "ul", {}, lines.map((line) => {
    const text = line.replace(/^\s*(?:[-*+]|\d+[.)])\s+/, "");
    const task = /^\[([ xX])\]\s+/.exec(text);
    if (!task) return h("li", {}, inline(text));
    const box = h("input", { type: "checkbox", disabled: true, "aria-label": "task" });
    box.checked = task[1] !== " ";
    return h("li", { class: "task" }, box, " ", inline(text.slice(task[0].length)));
  }));
}

/** What kind of line opens a run of like lines. @param {string} line @param {string | undefined} next */
function kindOf(line, next) {
  if (/^\s*(?:[-*+]|\d+[.)])\s+/.test(line)) return "list";
  if (/^\s*>/.test(line)) return "quote";
  if (line.includes("|") && next !== undefined && /^[\s|:-]+$/.test(next) && next.includes("-")) return "table";
  return "text";
}

/** @param {string} text @returns {Node[]} */
export function markdown(text) {
  /** @type {Node[]} */
  const nodes = [];
  text.split(/^```[^\n]*\n([\s\S]*?)^```\s*$/m).forEach((part, index) => {
    if (index % 2) nodes.push(h("pre", {}, part.replace(/\n$/, "")));
    else for (const chunk of part.split(/\n\s*\n/)) nodes.push(...paragraph(chunk.split("\n").filter((line) => line.trim())));
  });
  return nodes;
}

/** @param {string[]} lines @returns {Node[]} */
function paragraph(lines) {
  /** @type {Node[]} */
  const nodes = [];
  for (let at = 0; at < lines.length; ) {
    const heading = /^(#{1,6})\s+(.*)$/.exec(lines[at]);
    if (heading || /^\s*([-*_])(\s*\1){2,}\s*$/.test(lines[at])) {
      nodes.push(heading ? h("div", { class: `md-h md-h${heading[1].length}`, role: "heading", "aria-level": heading[1].length + 2 }, inline(heading[2])) : h("hr"));
      at += 1;
      continue;
    }
    const kind = kindOf(lines[at], lines[at + 1]);
    let end = kind === "table" ? at + 2 : at + 1;
    while (end < lines.length && !/^#{1,6}\s/.test(lines[end]) && (kind === "table" ? lines[end].includes("|") : kindOf(lines[end], lines[end + 1]) === kind)) end += 1;
    const run = lines.slice(at, end);
    if (kind === "table") nodes.push(table(run));
    else if (kind === "list") nodes.push(list(run));
    else if (kind === "quote") nodes.push(h("blockquote", { dir: "auto" }, ...run.flatMap((line, n) => [n ? h("br") : null, ...inline(line.replace(/^\s*>\s?/, ""))])));
    else nodes.push(h("div", { class: "para", dir: "auto" }, ...run.flatMap((line, n) => [n ? h("br") : null, ...inline(line)])));
    at = end;
  }
  return nodes;
}
