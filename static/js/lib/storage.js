// @ts-check
/**
 * JSON in the browser's own memory. Where the browser has none to give (private mode, full disk), the page goes on
 * with what it holds itself and forgets it when it closes.
 */
export class Storage {
  /** @type {Map<string, string>} */
  #instead = new Map();
  #local;

  /** @param {globalThis.Storage | null} [local] */
  constructor(local = ownStorage()) {
    this.#local = local;
  }

  /**
   * @template T
   * @param {string} key
   * @param {T} otherwise
   * @returns {T} what was kept; `otherwise` where nothing was, or nothing that can be read
   */
  get(key, otherwise) {
    const kept = this.#instead.get(key) ?? this.#read(key);
    if (!kept) return otherwise;
    try {
      return JSON.parse(kept);
    } catch {
      return otherwise;
    }
  }

  /** @param {string} key @param {unknown} value */
  set(key, value) {
    const text = JSON.stringify(value);
    try {
      if (!this.#local) throw new TypeError("No storage.");
      this.#local.setItem(key, text);
      this.#instead.delete(key);
    } catch {
      this.#instead.set(key, text);
    }
  }

  /** @param {string} key */
  remove(key) {
    this.#instead.delete(key);
    try {
      this.#local?.removeItem(key);
    } catch {
      // It could not be written either.
    }
  }

  /** @param {string} key */
  #read(key) {
    try {
      return this.#local?.getItem(key) ?? null;
    } catch {
      return null;
    }
  }
}

/** @returns {globalThis.Storage | null} */
function ownStorage() {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}
