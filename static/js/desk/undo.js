// @ts-check
/**
 * What can be taken back. A toast offers it for some seconds; afterwards the key still finds the offer, the newest
 * first, until its question has moved on.
 */
const KEPT = 20;

export class Undo {
  #rack;
  #pane;
  /** Toasts that are no longer shown, the newest last. @type {HTMLElement[]} */
  #gone = [];

  /** @param {HTMLElement} rack @param {HTMLElement} pane with the open question */
  constructor(rack, pane) {
    this.#rack = rack;
    this.#pane = pane;
    new MutationObserver((records) => {
      for (const { removedNodes } of records) for (const node of removedNodes) this.#left(node);
    }).observe(rack, { childList: true });
    document.body.addEventListener("htmx:afterRequest", (event) => {
      const { elt, successful, failed, xhr } = /** @type {CustomEvent} */ (event).detail;
      const toast = elt instanceof HTMLFormElement && elt.closest(".toast");
      // Taken back, or refused with a toast that says why; without an answer the offer stands.
      if (toast instanceof HTMLElement && (successful || (failed && xhr.status))) this.#over(toast);
    });
  }

  /** What a toast offered last; else the open question's own button. */
  take() {
    if (this.#last()) return;
    const own = this.#pane.querySelector('[data-code="KeyU"]');
    if (own instanceof HTMLElement) own.click();
  }

  /** @returns {boolean} whether there was something to take back */
  #last() {
    const shown = [.../** @type {NodeListOf<HTMLElement>} */ (this.#rack.querySelectorAll(".toast:has(form)"))];
    const toast = shown.at(-1) ?? this.#gone.at(-1);
    if (!toast) return false;
    if (!toast.isConnected) {
      this.#gone = this.#gone.filter((other) => other !== toast);
      this.#rack.append(toast);
    }
    toast.querySelector("button")?.click();
    return true;
  }

  /** The question stands at this version now: older offers about it are over. @param {number} number @param {number} version */
  settle(number, version) {
    const all = [...this.#gone, .../** @type {NodeListOf<HTMLElement>} */ (this.#rack.querySelectorAll(".toast:has(form)"))];
    for (const toast of all) {
      const form = /** @type {HTMLFormElement} */ (toast.querySelector("form"));
      const expect = form.elements.namedItem("expect");
      const isAbout = form.action.includes(`/questions/${number}/`);
      if (isAbout && expect instanceof HTMLInputElement && Number(expect.value) !== version) this.#over(toast);
    }
  }

  /** @param {HTMLElement} toast */
  #over(toast) {
    toast.dataset.over = "";
    toast.remove();
    this.#gone = this.#gone.filter((other) => other !== toast);
  }

  /** @param {Node} node */
  #left(node) {
    if (!(node instanceof HTMLElement) || !node.matches(".toast:has(form)") || "over" in node.dataset) return;
    this.#gone = [...this.#gone, node].slice(-KEPT);
  }
}
