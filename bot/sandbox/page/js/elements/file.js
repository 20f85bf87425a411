/** `file_input`: files go to the server at once, the value is the list of their ids. */

import { fill, h } from "../dom.js";
import { icon } from "../icons.js";
import { changed, hooks, showFailure, clearFailure, startValue, wrap } from "./element.js";

/** @typedef {import("../surface.js").Json} Json @typedef {import("./element.js").Place} Place */

/** @param {Json} element @param {Place} place */
export function fileInput(element, place) {
  startValue(element, place, []);
  const most = element.max_files ?? 10;
  /** @type {{ id: string, name: string }[]} */
  let files = [];
  const list = h("ul", { class: "file-list" });
  const input = h("input", { ...hooks(element, place), type: "file", class: "file-native", multiple: most > 1, accept: element.filetypes?.map((/** @type {string} */ type) => `.${type}`).join(","), on: { change: () => void take() } });
  const node = wrap("file", h("label", { class: "btn file-button" }, icon("plus", 16), most > 1 ? "Add files" : "Add a file", input), list);

  async function take() {
    clearFailure(node);
    const picked = [...input.files];
    input.value = "";
    for (const file of picked.slice(0, most - files.length)) {
      const answer = await place.surface.upload(file);
      if (answer.ok) files = [...files, { id: answer.file.id, name: answer.file.name }];
      else showFailure(node, answer.message ?? `${file.name} could not be added.`);
    }
    if (picked.length > most) showFailure(node, `Up to ${most} files fit here.`);
    await show();
  }

  async function show() {
    fill(list, files.map((file) => h("li", {}, icon("file", 16), h("span", { class: "file-name" }, file.name),
      h("button", { type: "button", class: "icon-btn", "aria-label": `Remove ${file.name}`, on: { click: () => { files = files.filter((other) => other !== file); void show(); } } }, icon("close", 14)))));
    await changed(input, element, place, files.map((file) => file.id));
  }
  return node;
}
