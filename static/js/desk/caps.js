// @ts-check
/**
 * Key caps say the person's own keys. The server writes cards and rows once for everybody, with the keys as they
 * are at first: here they are changed before they are seen, on the page and on all that comes later.
 */
const CAPS = "kbd[data-key], [data-code] kbd.key, .toast kbd.key";
const UNDO = "KeyU";

export class Caps {
  #keys;
  #watch = new MutationObserver((records) => this.#came(records));

  /** @param {import("./keymap.js").KeyMap} keys */
  constructor(keys) {
    this.#keys = keys;
    this.paint();
    this.#watch.observe(document.body, { childList: true, subtree: true });
    document.body.addEventListener("desk:keys", (event) => {
      keys.take(/** @type {CustomEvent} */ (event).detail);
      this.paint();
    });
  }

  /** @param {ParentNode} [root] */
  paint(root = document) {
    for (const cap of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll(CAPS))) this.#write(cap);
  }

  /** @param {MutationRecord[]} records */
  #came(records) {
    for (const record of records) {
      for (const node of record.addedNodes) if (node instanceof HTMLElement) this.paint(node);
    }
  }

  /** @param {HTMLElement} cap */
  #write(cap) {
    cap.dataset.first ??= cap.textContent ?? "";
    const shown = this.#keys.shown(defaultOf(cap)) ?? cap.dataset.first;
    cap.hidden = shown === "";
    if (shown && cap.textContent !== shown) cap.textContent = shown;
  }
}

/** @param {HTMLElement} cap */
function defaultOf(cap) {
  const control = cap.closest("[data-code]");
  return cap.dataset.key ?? (control instanceof HTMLElement ? control.dataset.code : null) ?? UNDO;
}
