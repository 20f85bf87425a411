/** `data_visualization`: bars, lines, areas and pies as SVG, with the numbers as a table for who cannot see them. */

import { fill, h } from "../dom.js";

/** @typedef {import("../surface.js").Json} Json */
/** @typedef {{ name: string, values: number[] }} Series */
/** @typedef {{ left: number, top: number, right: number, bottom: number, y: (value: number) => number, band: number }} Plot */

const COLOURS = 6;
const HEIGHT = 220;
const LETTER = 6.6;
/** The width until the page knows better. */
const USUAL = 560;

/** @param {string} tag @param {Record<string, any>} props @param {...any} children */
function s(tag, props, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(props)) if (value !== undefined) node.setAttribute(name, String(value));
  fill(node, children);
  return node;
}

/** @param {number} number */
const colour = (number) => `chart-${(number % COLOURS) + 1}`;

/** @param {number} value */
const written = (value) => value.toLocaleString("en", { maximumFractionDigits: 2 });

/** @param {Json} block */
export function chart(block) {
  const isPie = block.chart.type === "pie";
  const labels = isPie ? block.chart.segments.map((/** @type {Json} */ one) => one.label) : block.chart.axis_config.categories;
  const series = isPie ? [{ name: "Share", values: block.chart.segments.map((/** @type {Json} */ one) => one.value) }] : block.chart.series.map((/** @type {Json} */ one) => ({ name: one.name, values: inOrder(one.data, labels) }));
  const keys = isPie ? labels : series.map((/** @type {Series} */ one) => one.name);
  const holder = h("div", { class: "chart-holder" });
  const draw = (/** @type {number} */ width) => fill(holder, isPie ? pie(series[0].values, labels) : overAxis(block.chart, labels, series, width));
  draw(USUAL);
  new ResizeObserver(([entry]) => {
    const width = Math.round(entry.contentRect.width);
    if (width > 0 && holder.dataset.width !== String(width)) {
      holder.dataset.width = String(width);
      draw(width);
    }
  }).observe(holder);
  return h("figure", { class: ["chart", isPie && "chart-pie"], "aria-label": block.title },
    h("figcaption", { class: "chart-head" }, h("span", { class: "chart-title" }, block.title),
      h("span", { class: "chart-keys", "aria-hidden": "true" }, keys.map((/** @type {string} */ name, /** @type {number} */ at) => h("span", { class: "chart-key" }, h("span", { class: ["chart-swatch", colour(at)] }), name, isPie && h("b", {}, share(series[0].values, at)))))),
    holder, numbers(block.title, labels, series));
}

/** Points come in any order; the axis says which is where. @param {Json[]} data @param {string[]} labels */
function inOrder(data, labels) {
  const values = new Map(data.map((point) => [point.label, point.value]));
  return labels.map((label) => Number(values.get(label) ?? 0));
}

/** @param {string} title @param {string[]} labels @param {Series[]} series */
function numbers(title, labels, series) {
  return h("div", { class: "sr-only" }, h("table", {}, h("caption", {}, title),
    h("thead", {}, h("tr", {}, h("td"), series.map((one) => h("th", { scope: "col" }, one.name)))),
    h("tbody", {}, labels.map((label, at) => h("tr", {}, h("th", { scope: "row" }, label), series.map((one) => h("td", {}, written(one.values[at]))))))));
}

/** @param {Json} drawn @param {string[]} labels @param {Series[]} series @param {number} width */
function overAxis(drawn, labels, series, width) {
  const all = series.flatMap((one) => one.values);
  const { ticks, low, high } = scale(Math.min(0, ...all), Math.max(0, ...all));
  const { x_label: across, y_label: up } = drawn.axis_config;
  const left = Math.max(...ticks.map((tick) => written(tick).length)) * LETTER + 12;
  const top = up ? 26 : 14;
  const bottom = HEIGHT - (across ? 44 : 26);
  const y = (/** @type {number} */ value) => bottom - ((value - low) / (high - low)) * (bottom - top);
  const plot = { left, top, right: width - 6, bottom, y, band: (width - 6 - left) / labels.length };
  const marks = drawn.type === "bar" ? bars(series, plot) : lines(series, plot, drawn.type === "area");
  return s("svg", { class: "chart-svg", viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, "aria-hidden": "true", focusable: "false" },
    ticks.map((tick) => [
      s("line", { class: tick === 0 ? "chart-base" : "chart-grid", x1: left, x2: plot.right, y1: y(tick), y2: y(tick) }),
      s("text", { class: "chart-text", x: left - 7, y: y(tick) + 4, "text-anchor": "end" }, written(tick)),
    ]),
    up && s("text", { class: "chart-text", x: 0, y: 11 }, up),
    marks, categories(labels, plot), across && s("text", { class: "chart-text", x: (left + plot.right) / 2, y: HEIGHT - 6, "text-anchor": "middle" }, across),
    labels.map((label, at) => s("rect", { class: "chart-hover", x: left + at * plot.band, y: top, width: plot.band, height: bottom - top }, s("title", {}, `${label}\n${series.map((one) => `${one.name}: ${written(one.values[at])}`).join("\n")}`))));
}

/** Round steps that hold all values. @param {number} least @param {number} most */
function scale(least, most) {
  const span = Math.max(most - least, Number.EPSILON);
  const rough = span / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const whole = [least, most].every(Number.isInteger);
  const step = Math.max(whole ? 1 : 0, [1, 2, 5, 10].map((times) => times * power).find((one) => one >= rough) ?? rough);
  const [first, last] = [Math.floor(least / step), Math.max(Math.ceil(most / step), Math.floor(least / step) + 1)];
  const ticks = Array.from({ length: last - first + 1 }, (_, at) => Number(((first + at) * step).toPrecision(12)));
  return { ticks, low: ticks[0], high: ticks[ticks.length - 1] };
}

/** As many labels as there is room for. @param {string[]} labels @param {Plot} plot */
function categories(labels, plot) {
  const needed = Math.max(...labels.map((label) => label.length)) * LETTER + 8;
  const every = Math.max(1, Math.ceil(needed / plot.band));
  return labels.map((label, at) => at % every === 0 && s("text", { class: "chart-text", x: plot.left + (at + 0.5) * plot.band, y: plot.bottom + 17, "text-anchor": "middle" }, label));
}

/** Beside each other for each category. @param {Series[]} series @param {Plot} plot */
function bars(series, plot) {
  const wide = Math.min(30, (plot.band * 0.74) / series.length - 1.5);
  const begin = (plot.band - series.length * (wide + 1.5) + 1.5) / 2;
  return series.map((one, number) => one.values.map((value, at) => {
    if (!value) return null;
    const x = plot.left + at * plot.band + begin + number * (wide + 1.5);
    const [from, to] = [plot.y(0), plot.y(value)];
    const round = Math.min(3, wide / 2, Math.abs(from - to)) * (value > 0 ? 1 : -1);
    const side = Math.abs(round);
    const said = written(value);
    return [
      s("path", { class: `chart-fill ${colour(number)}`, "data-series": one.name, "data-value": value, d: `M${x} ${from}V${to + round}q0 ${-round} ${side} ${-round}h${wide - 2 * side}q${side} 0 ${side} ${round}V${from}Z` }),
      said.length * LETTER <= wide + 6 && s("text", { class: "chart-value", x: x + wide / 2, y: value > 0 ? to - 4 : to + 13, "text-anchor": "middle" }, said),
    ];
  }));
}

/** @param {Series[]} series @param {Plot} plot @param {boolean} filled */
function lines(series, plot, filled) {
  const x = (/** @type {number} */ at) => plot.left + (at + 0.5) * plot.band;
  return series.map((one, number) => {
    const way = one.values.map((value, at) => `${at ? "L" : "M"}${x(at)} ${plot.y(value)}`).join("");
    return [
      filled && s("path", { class: `chart-fill chart-area ${colour(number)}`, d: `${way}L${x(one.values.length - 1)} ${plot.y(0)}L${x(0)} ${plot.y(0)}Z` }),
      s("path", { class: `chart-line ${colour(number)}`, d: way, "data-series": one.name }),
      one.values.map((value, at) => s("circle", { class: `chart-fill ${colour(number)}`, cx: x(at), cy: plot.y(value), r: 3.5, "data-value": value })),
    ];
  });
}

/** @param {number[]} values @param {number} at */
function share(values, at) {
  return ` ${Math.round((100 * values[at]) / values.reduce((sum, one) => sum + one, 0))}%`;
}

/** @param {number[]} values @param {string[]} labels */
function pie(values, labels) {
  const sum = values.reduce((one, other) => one + other, 0);
  const point = (/** @type {number} */ part) => `${100 + 92 * Math.sin(2 * Math.PI * part)} ${100 - 92 * Math.cos(2 * Math.PI * part)}`;
  let done = 0;
  return s("svg", { class: "chart-svg", viewBox: "0 0 200 200", width: 200, height: 200, "aria-hidden": "true", focusable: "false" }, values.map((value, at) => {
    const from = done;
    done += value / sum;
    const title = s("title", {}, `${labels[at]}: ${written(value)} (${share(values, at).trim()})`);
    const props = { class: `chart-fill chart-slice ${colour(at)}`, "data-value": value };
    if (value === sum) return s("circle", { ...props, cx: 100, cy: 100, r: 92 }, title);
    return s("path", { ...props, d: `M100 100L${point(from)}A92 92 0 ${done - from > 0.5 ? 1 : 0} 1 ${point(done)}Z` }, title);
  }));
}
