/** What a message, a modal and the Home tab have in common: inputs with values, and elements that call the app. */

/**
 * @typedef {Record<string, any>} Json
 * @typedef {{ ok: boolean, error?: string, message?: string, [key: string]: any }} Answer
 * @typedef {{ kind: "message", channel: string, ts: string } | { kind: "ephemeral", channel: string, ts: string } | { kind: "view", view_id: string }} Where
 * @typedef {{
 *   where: Where,
 *   kind: "message" | "modal" | "home",
 *   values: Values,
 *   press: (action: { block_id: string, action_id: string, value?: any }) => Promise<Answer>,
 *   options: (blockId: string, actionId: string, query: string) => Promise<Answer>,
 *   upload: (file: File) => Promise<Answer>,
 *   fileUrl: (url: string) => string,
 * }} Surface
 */

/** Inputs by block and action id. They outlive a redraw, so an updated view keeps what was typed. */
export class Values {
  constructor() {
    /** @type {Map<string, Map<string, any>>} */
    this.blocks = new Map();
  }

  /** The stored value, or `initial`, which is stored from then on. @param {string} block @param {string} action @param {any} initial */
  start(block, action, initial) {
    const inner = this.blocks.get(block);
    if (inner?.has(action)) return inner.get(action);
    this.set(block, action, initial ?? null);
    return initial ?? null;
  }

  /** @param {string} block @param {string} action @param {any} value */
  set(block, action, value) {
    const inner = this.blocks.get(block) ?? new Map();
    inner.set(action, value);
    this.blocks.set(block, inner);
  }

  /** @param {string} block @param {string} action */
  get(block, action) {
    return this.blocks.get(block)?.get(action) ?? null;
  }

  /** Forgets inputs that are no longer drawn. @param {Set<string>} keep keys made by `key` */
  prune(keep) {
    for (const [block, inner] of this.blocks) for (const action of [...inner.keys()]) if (!keep.has(Values.key(block, action))) inner.delete(action);
  }

  /** @param {string} block @param {string} action */
  static key(block, action) {
    return `${block}\n${action}`;
  }

  /** As the client protocol wants it: `{block_id: {action_id: value}}`. */
  toJSON() {
    /** @type {Json} */
    const out = {};
    for (const [block, inner] of this.blocks) if (inner.size) out[block] = Object.fromEntries(inner);
    return out;
  }
}

/** Slack's `state.values` entry as the plain value that elements work with. @param {Json} entry */
export function valueOfState(entry) {
  for (const name of ["selected_option", "selected_options", "selected_date", "selected_time", "selected_date_time", "selected_user", "selected_users", "selected_conversation", "selected_conversations", "selected_channel", "selected_channels", "value", "rich_text_value"])
    if (name in entry) return entry[name];
  return Array.isArray(entry.files) ? entry.files.map((file) => file.id ?? file) : null;
}
