/** Modals: the stack, submitting once, errors at the field. */

import { act } from "../api.js";
import { avatar } from "../avatar.js";
import { fill, h, uid } from "../dom.js";
import { textProblem } from "../elements/texts.js";
import { icon } from "../icons.js";
import { emit, state } from "../store.js";
import { withEmoji } from "../text/emoji.js";
import { trapFocus } from "./focus.js";
import { redrawBlocks } from "./redraw.js";
import { surfaceFor } from "./surfaces.js";

/** @typedef {import("../surface.js").Json} Json */

/** @type {Modal | null} */
let shown = null;

/** Draws the top of the stack, or nothing. */
export function drawModals() {
  const view = state.modals.at(-1);
  if (shown && shown.view.id === view?.id) return shown.update(view);
  const opener = shown ? shown.opener : /** @type {HTMLElement | null} */ (document.activeElement);
  shown?.remove();
  shown = view ? new Modal(view, opener) : null;
  if (!view && opener?.isConnected && opener !== document.body) opener.focus();
  else if (!view) /** @type {HTMLElement | null} */ (document.querySelector('[data-testid="composer"]'))?.focus();
}

class Modal {
  /** @param {Json} view @param {HTMLElement | null} opener */
  constructor(view, opener) {
    this.view = view;
    this.opener = opener;
    this.busy = false;
    this.surface = surfaceFor({ kind: "view", view_id: view.id }, "modal", view.state?.values);
    this.build();
    this.release = trapFocus(this.box, () => void this.close(false));
    this.update(view);
    this.focusFirst();
  }

  build() {
    const title = uid("modal");
    this.title = h("h2", { id: title, dir: "auto" });
    this.problem = h("div", { class: "dialog-problem", role: "alert", hidden: true, dataset: { testid: "modal-error" } });
    this.body = h("div", { class: "dialog-body", on: { "value-changed": (/** @type {Event} */ event) => this.clearError(/** @type {HTMLElement} */ (event.target)) } });
    this.foot = h("div", { class: "dialog-foot" });
    const stacked = state.modals.length > 1;
    this.box = h("form", { class: "dialog", role: "dialog", "aria-modal": "true", "aria-labelledby": title, novalidate: true, dataset: { testid: "modal", viewId: this.view.id, callbackId: this.view.callback_id }, on: { submit: (/** @type {Event} */ event) => this.onSubmit(event), keydown: (/** @type {KeyboardEvent} */ event) => this.onKey(event) } },
      h("div", { class: "dialog-head" },
        stacked ? h("button", { type: "button", class: "icon-btn", "aria-label": "Back", on: { click: () => void this.close(false) } }, icon("reply", 18)) : avatar(state.app.user_id, 24),
        this.title,
        h("button", { type: "button", class: "icon-btn", "aria-label": "Close", dataset: { testid: "modal-x" }, on: { click: () => void this.close(true) } }, icon("close", 18))),
      this.problem, this.body, this.foot);
    this.overlay = h("div", { class: "overlay" }, this.box);
    document.getElementById("dialogs")?.append(this.overlay);
  }

  /** @param {Json} view */
  update(view) {
    this.view = view;
    this.title.textContent = withEmoji(view.title?.text ?? "");
    this.box.dataset.callbackId = view.callback_id ?? "";
    redrawBlocks(this.body, view.blocks ?? [], this.surface);
    this.drawFoot();
    this.showErrors(view.errors ?? {}, view.error ?? null);
    this.regainFocus();
  }

  /** A button that was pressed and disabled takes the keyboard's place with it: back to where somebody goes on. */
  regainFocus() {
    if (this.box.isConnected && document.activeElement === document.body) this.focusFirst();
  }

  drawFoot() {
    const { submit, close } = this.view;
    const needsSubmit = submit || (this.view.blocks ?? []).some((/** @type {Json} */ block) => block.type === "input");
    const hadFocus = this.foot.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement).dataset.testid : null;
    fill(this.foot,
      h("button", { type: "button", class: "btn", dataset: { testid: "modal-close" }, on: { click: () => void this.close(false) } }, withEmoji(close?.text ?? (needsSubmit ? "Cancel" : "Close"))),
      needsSubmit && h("button", { type: "submit", class: "btn btn-primary-solid", dataset: { testid: "modal-submit" }, "aria-busy": this.busy ? "true" : undefined, disabled: this.busy }, h("span", { class: "btn-label" }, withEmoji(submit?.text ?? "Submit")), h("span", { class: "spinner", "aria-hidden": "true" })));
    if (hadFocus) /** @type {HTMLElement | null} */ (this.foot.querySelector(`[data-testid="${hadFocus}"]`))?.focus();
  }

  focusFirst() {
    const wanted = (this.view.blocks ?? []).map((/** @type {Json} */ block) => block.element ?? block.accessory).find((/** @type {Json | undefined} */ element) => element?.focus_on_load);
    const target = wanted ? this.body.querySelector(`[data-action-id="${CSS.escape(wanted.action_id)}"]`) : this.body.querySelector("input:not([type=file]), textarea");
    (target ?? this.foot.querySelector('[data-testid="modal-submit"]') ?? this.foot.querySelector("button"))?.focus();
  }

  /** Cmd/Ctrl+Enter submits from anywhere in the form. @param {KeyboardEvent} event */
  onKey(event) {
    if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey) || event.defaultPrevented) return;
    event.preventDefault();
    this.box.requestSubmit();
  }

  /** @param {Event} event */
  async onSubmit(event) {
    event.preventDefault();
    if (this.busy) return;
    const errors = this.check();
    this.showErrors(errors, null);
    if (Object.keys(errors).length) return this.focusError();
    this.setBusy(true);
    const answer = await act("submit", { view_id: this.view.id, values: this.surface.values.toJSON() });
    this.setBusy(false);
    this.settle(answer);
    this.regainFocus();
  }

  /** @param {Json} answer */
  settle(answer) {
    if (answer.errors && Object.keys(answer.errors).length) {
      this.showErrors(answer.errors, null);
      return this.focusError();
    }
    if (!answer.ok || answer.result === "failed") return this.showErrors({}, answer.message ?? this.view.error ?? "That did not go through. Try again.");
    if (answer.result === "closed" || answer.result === "cleared") {
      state.modals = answer.result === "cleared" ? [] : state.modals.filter((view) => view.id !== this.view.id);
      emit("modals");
    }
  }

  /** What Slack's client refuses by itself: nothing in a required field, text that does not fit. @returns {Record<string, string>} */
  check() {
    /** @type {Record<string, string>} */
    const errors = {};
    for (const block of this.view.blocks ?? []) {
      if (block.type !== "input") continue;
      const value = this.surface.values.get(block.block_id, block.element.action_id);
      const empty = value === null || value === "" || (Array.isArray(value) && !value.length) || (typeof value === "string" && !value.trim());
      if (empty && !block.optional) errors[block.block_id] = "Fill in this field to continue.";
      const problem = typeof value === "string" ? textProblem(block.element, value) : null;
      if (problem) errors[block.block_id] = problem;
    }
    return errors;
  }

  /** @param {Record<string, string>} errors @param {string | null} overall */
  showErrors(errors, overall) {
    let unplaced = overall ?? "";
    for (const line of this.body.querySelectorAll(".field-error")) this.setError(line, "");
    for (const [block, text] of Object.entries(errors)) {
      const line = this.body.querySelector(`.field-error[data-for-block="${CSS.escape(block)}"]`);
      if (line) this.setError(line, text);
      else unplaced = unplaced || text;
    }
    this.problem.hidden = !unplaced;
    fill(this.problem, unplaced && [icon("warning", 18), h("span", {}, unplaced)]);
  }

  /** @param {HTMLElement} line @param {string} text */
  setError(line, text) {
    line.hidden = !text;
    line.textContent = text;
    const field = line.closest(".block");
    field?.classList.toggle("has-error", Boolean(text));
    const control = field?.querySelector("[data-action-id]");
    if (text) control?.setAttribute("aria-invalid", "true");
    else control?.removeAttribute("aria-invalid");
  }

  /** @param {HTMLElement} target */
  clearError(target) {
    const line = target.closest(".block")?.querySelector(".field-error");
    if (line) this.setError(line, "");
  }

  focusError() {
    const block = this.body.querySelector(".has-error");
    block?.scrollIntoView({ block: "center" });
    const control = block?.querySelector("[data-action-id]");
    (control?.matches("input, textarea, button") ? control : control?.querySelector("input, button"))?.focus();
  }

  /** @param {boolean} busy */
  setBusy(busy) {
    this.busy = busy;
    this.box.classList.toggle("dialog-busy", busy);
    const button = this.foot.querySelector('[data-testid="modal-submit"]');
    if (!button) return;
    button.disabled = busy;
    if (busy) button.setAttribute("aria-busy", "true");
    else button.removeAttribute("aria-busy");
  }

  /** @param {boolean} everything */
  async close(everything) {
    state.modals = everything ? [] : state.modals.filter((view) => view.id !== this.view.id);
    emit("modals");
    await act("close", { view_id: this.view.id, everything });
  }

  remove() {
    this.release();
    this.overlay.remove();
  }
}
