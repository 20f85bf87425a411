/** The telephone network's own small API: a snapshot after every change, and acts. */

/** @typedef {Record<string, any>} Json */

const OFFLINE = "The phone network does not answer. Check that the demo is running.";

export class Network {
  /** @param {(snapshot: Json) => void} onSnapshot @param {(lost: boolean) => void} onLost */
  constructor(onSnapshot, onLost) {
    this.onSnapshot = onSnapshot;
    this.onLost = onLost;
    this.loading = false;
    this.stale = false;
  }

  start() {
    const source = new EventSource("/phone/live");
    source.onmessage = () => void this.refresh();
    source.onopen = () => this.onLost(false);
    source.onerror = () => {
      this.onLost(true);
      if (source.readyState !== EventSource.CLOSED) return;
      window.setTimeout(() => this.start(), 3000);
    };
  }

  /** One request at a time; changes that arrive meanwhile cause one more. */
  async refresh() {
    this.stale = true;
    if (this.loading) return;
    this.loading = true;
    while (this.stale) {
      this.stale = false;
      try {
        const response = await fetch("/phone/state");
        if (response.ok) this.onSnapshot(await response.json());
      } catch {
        this.onLost(true);
      }
    }
    this.loading = false;
  }

  /** @param {string} name @param {Json} body @returns {Promise<{ ok: boolean, message: string, body: Json }>} */
  async act(name, body) {
    try {
      const response = await fetch(`/phone/${name}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
      const answer = await response.json();
      return { ok: response.ok, message: response.ok ? "" : reasonOf(answer), body: answer };
    } catch {
      return { ok: false, message: OFFLINE, body: {} };
    }
  }
}

/** @param {Json} answer an error in Dialpad's shape */
function reasonOf(answer) {
  const text = String(answer?.error?.message ?? answer?.message ?? "");
  const plain = text.replace(/^[a-z_]+: /, "");
  return plain ? `${plain[0].toUpperCase()}${plain.slice(1)}.`.replace(/\.\.$/, ".") : "The phone network refused that.";
}
