/** From a block's `type` to what draws it. */

import { h } from "../dom.js";
import { chart } from "./chart.js";
import { card, carousel, container, plan, taskCard } from "./cards.js";
import { richText } from "./rich_text.js";
import { actions, input, section } from "./section.js";
import { dataTable, table } from "./table.js";
import { alert, context, divider, file, header, image, markdownBlock, video } from "./text.js";

/** @typedef {import("../surface.js").Json} Json @typedef {import("../surface.js").Surface} Surface */

/** @type {Record<string, (block: Json, surface: Surface) => HTMLElement>} */
const DRAW = { section, actions, context_actions: actions, input, header, divider, context, image, video, markdown: markdownBlock, file, alert, rich_text: richText, table, data_table: dataTable, data_visualization: chart, card, carousel, container, plan, task_card: taskCard };

/** @param {Json[]} blocks @param {Surface} surface */
export function renderBlocks(blocks, surface) {
  return h("div", { class: "blocks" }, blocks.map((block) => {
    const draw = DRAW[block.type];
    const inner = draw ? draw(block, surface) : h("div", { class: "unsupported" }, `This page does not draw “${block.type}” blocks.`);
    return h("div", { class: ["block", `block-${block.type}`], dataset: { blockId: block.block_id, blockType: block.type } }, inner);
  }));
}
