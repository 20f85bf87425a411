/** Small things kept in the browser; a browser that refuses storage costs nothing but the memory. */

/** @param {Storage} storage @param {string} key */
function read(storage, key) {
  try {
    return storage.getItem(key);
  } catch {
    return null;
  }
}

/** @param {Storage} storage @param {string} key @param {string} value */
function write(storage, key, value) {
  try {
    if (value) storage.setItem(key, value);
    else storage.removeItem(key);
  } catch {
    // Private windows may refuse; the page works without.
  }
}

/** For good: theme, dismissed hints. */
export const settings = {
  /** @param {string} key */ get: (key) => read(localStorage, `playground.${key}`),
  /** @param {string} key @param {string} value */ set: (key, value) => write(localStorage, `playground.${key}`, value),
};

/** For this tab: drafts, who you are. */
export const session = {
  /** @param {string} key */ get: (key) => read(sessionStorage, `playground.${key}`),
  /** @param {string} key @param {string} value */ set: (key, value) => write(sessionStorage, `playground.${key}`, value),
};
