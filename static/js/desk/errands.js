// @ts-check
import { isOfDesk } from "./card.js";

/**
 * Commands on their way to the server. What somebody presses meanwhile is meant for what the answers bring.
 */
export class Errands {
  /** Who asked. @type {Map<XMLHttpRequest, Element>} */
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
      this.#out.set(xhr, elt);
      // The last of a request's events: by then the page shows its answer.
      xhr.addEventListener("loadend", () => this.#back(xhr), { once: true });
    });
  }

  get areOut() {
    return this.#out.size > 0;
  }

  /** @param {Element} element @returns {boolean} whether it stands in a form that is on its way */
  have(element) {
    return [...this.#out.values()].some((asker) => asker.matches("form") && asker.contains(element));
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

  /** @param {XMLHttpRequest} xhr */
  #back(xhr) {
    this.#out.delete(xhr);
    const isDone = xhr.status >= 200 && xhr.status < 300 && isOfDesk(xhr);
    this.#allDone &&= isDone || this.#kept.has(xhr);
    if (this.areOut) return;
    const areDone = this.#allDone;
    this.#allDone = true;
    for (const tell of this.#waiting.splice(0)) tell(areDone);
  }
}
