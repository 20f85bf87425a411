/** Surfaces by identity: their values outlive redraws; presses go out with all inputs of the surface. */

import { act, fileUrl, upload } from "../api.js";
import { Values, valueOfState } from "../surface.js";

/** @typedef {import("../surface.js").Json} Json @typedef {import("../surface.js").Surface} Surface @typedef {import("../surface.js").Where} Where */

/** @type {Map<string, Surface>} */
const surfaces = new Map();

/** @param {Where} where @param {Surface["kind"]} kind @param {Json} [state] Slack's `state.values`, for inputs never touched here */
export function surfaceFor(where, kind, state) {
  const key = JSON.stringify(where);
  const known = surfaces.get(key);
  if (known) return known;
  const values = new Values();
  for (const [block, inner] of Object.entries(state ?? {})) for (const [action, entry] of Object.entries(/** @type {Json} */ (inner))) values.set(block, action, valueOfState(entry));
  /** @type {Surface} */
  const surface = {
    where, kind, values, upload, fileUrl,
    press: (action) => act("press", { where, ...action, values: values.toJSON() }),
    options: (blockId, actionId, query) => act("options", { where, block_id: blockId, action_id: actionId, query, values: values.toJSON() }),
  };
  surfaces.set(key, surface);
  return surface;
}

/** Another person has other values. */
export const forgetSurfaces = () => surfaces.clear();
