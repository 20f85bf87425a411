/** The client protocol: requests, and the live socket that comes back by itself. */

import { state } from "./store.js";

/** @typedef {import("./surface.js").Answer} Answer @typedef {import("./surface.js").Json} Json */

const OFFLINE = { ok: false, error: "offline", message: "The demo server does not answer. Check that it is running, then try again." };

/** @param {string} path @param {RequestInit} [init] @returns {Promise<Answer>} */
async function call(path, init) {
  try {
    const response = await fetch(path, init);
    const body = await response.json();
    return typeof body.ok === "boolean" ? body : { ...OFFLINE, ...body };
  } catch {
    return OFFLINE;
  }
}

/** @param {string} [as] the person; the current one when left out */
const who = (as) => encodeURIComponent(as ?? state.me?.id ?? "");

/** @param {string} as */
export const boot = (as) => call(`/client/boot?as=${who(as)}`);

/** @param {string} channel */
export const loadConversation = (channel) => call(`/client/conversation?as=${who()}&channel=${encodeURIComponent(channel)}`);

/** @param {string} name @param {Json} body */
export function act(name, body) {
  return call(`/client/act/${name}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ as: state.me?.id, ...body }) });
}

/** @param {File} file */
export function upload(file) {
  const form = new FormData();
  form.append("as", state.me?.id ?? "");
  form.append("file", file);
  return call("/client/upload", { method: "POST", body: form });
}

/** Files of this workspace are fetched as the current person; other addresses stay as they are. @param {string} url */
export function fileUrl(url) {
  const local = url.startsWith(`${location.origin}/`) ? url.slice(location.origin.length) : url;
  if (!local.startsWith("/files/")) return /^(https?:|data:image\/)/.test(local) ? local : "";
  return `${local}${local.includes("?") ? "&" : "?"}as=${who()}`;
}

/** The longest wait between two attempts to reconnect, in ms. */
const LONGEST_WAIT = 5000;

export class Live {
  /** @param {{ onEvent: (event: Json) => void, onState: (state: "live" | "lost", again: boolean) => void }} handlers */
  constructor(handlers) {
    this.handlers = handlers;
    this.as = "";
    this.attempt = 0;
    this.timer = 0;
    /** @type {WebSocket | null} */
    this.socket = null;
  }

  /** @param {string} as */
  connect(as) {
    this.as = as;
    this.attempt = 0;
    this.opened = false;
    this.open();
  }

  open() {
    window.clearTimeout(this.timer);
    const previous = this.socket;
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/client/live?as=${encodeURIComponent(this.as)}`);
    this.socket = socket;
    previous?.close();
    socket.onopen = () => {
      if (socket !== this.socket) return;
      this.handlers.onState("live", this.opened === true);
      this.opened = true;
      this.attempt = 0;
    };
    socket.onmessage = (event) => socket === this.socket && this.handlers.onEvent(JSON.parse(event.data));
    socket.onclose = () => socket === this.socket && this.again();
  }

  again() {
    this.handlers.onState("lost", true);
    this.attempt += 1;
    this.timer = window.setTimeout(() => this.open(), Math.min(LONGEST_WAIT, 300 * 2 ** this.attempt) * (0.75 + Math.random() / 2));
  }
}
