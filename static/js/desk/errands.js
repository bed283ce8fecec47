// @ts-check
import { PATIENCE_MS } from "../lib/patience.js";
import { isOfDesk } from "./card.js";

/** For the frame that shows what was asked from the head. */
const FRAME_WITHIN_MS = 2000;

/**
 * Commands on their way to the server, and what else was asked for. What somebody presses meanwhile is meant for what
 * the answers bring.
 */
export class Errands {
  /** Who asked. @type {Map<unknown, Element | null>} */
  #out = new Map();
  #allDone = true;
  /** @type {WeakSet<XMLHttpRequest>} */
  #kept = new WeakSet();
  /** @type {((areDone: boolean) => void)[]} */
  #waiting = [];

  constructor() {
    document.body.addEventListener("htmx:beforeRequest", (event) => {
      const { elt, requestConfig, xhr } = /** @type {CustomEvent} */ (event).detail;
      if (requestConfig.verb === "get") return;
      this.#sent(xhr, elt);
      const head = elt.closest("#head");
      // The last of a request's events: by then the page shows its answer.
      xhr.addEventListener("loadend", () => void this.#answered(xhr, head), { once: true });
    });
  }

  get areOut() {
    return this.#out.size > 0;
  }

  /** @param {Element} element @returns {boolean} whether it stands in a form that is on its way */
  have(element) {
    return [...this.#out.values()].some((asker) => asker?.matches("form") && asker.contains(element));
  }

  /** @returns {Promise<boolean>} when none is on its way: whether what was on its way is done, or kept to be */
  over() {
    if (!this.areOut) return Promise.resolve(true);
    return new Promise((tell) => this.#waiting.push(tell));
  }

  /** It found no server and is kept until there is one: work goes on. @param {XMLHttpRequest} xhr */
  keep(xhr) {
    this.#kept.add(xhr);
  }

  /** Something else that decides what the next key means. @param {Promise<unknown>} work that never fails */
  async during(work) {
    this.#sent(work, null);
    await work;
    this.#back(work);
  }

  /** @param {unknown} errand @param {Element | null} asker */
  #sent(errand, asker) {
    this.#out.set(errand, asker);
    // It may come later still, but no key waits for it.
    setTimeout(() => this.#back(errand, false), PATIENCE_MS);
  }

  /** @param {XMLHttpRequest} xhr @param {Element | null} head from which it was asked */
  async #answered(xhr, head) {
    const isDone = xhr.status >= 200 && xhr.status < 300 && isOfDesk(xhr);
    // What the head asks for the head shows: the one that the next frame brings.
    if (isDone && head?.isConnected) await isReplaced(head);
    this.#back(xhr, isDone || this.#kept.has(xhr));
  }

  /** @param {unknown} errand */
  #back(errand, isDone = true) {
    if (!this.#out.delete(errand)) return;
    this.#allDone &&= isDone;
    if (this.areOut) return;
    const areDone = this.#allDone;
    this.#allDone = true;
    for (const tell of this.#waiting.splice(0)) tell(areDone);
  }
}

/** @param {Element} head @returns {Promise<void>} at the latest when that must be given up */
function isReplaced(head) {
  return new Promise((resolve) => {
    const looks = new AbortController();
    const over = () => {
      looks.abort();
      resolve();
    };
    document.addEventListener("live:put", () => !head.isConnected && over(), { signal: looks.signal });
    setTimeout(over, FRAME_WITHIN_MS);
  });
}
