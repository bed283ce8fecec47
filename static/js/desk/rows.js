// @ts-check
import { isTyping } from "./keys.js";

/**
 * The rows of the desk: which one is chosen, and which comes next. A row is an <article class="row" data-id>
 * in a live list or among what was found; leaving and filtered rows are passed over.
 */
export class Rows {
  #root;
  #chosen = 0;
  /** Where to go on when the chosen row is gone. */
  #following = 0;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
  }

  get chosen() {
    return this.#chosen;
  }

  /** @returns {HTMLElement[]} as they stand on the page */
  get all() {
    return [.../** @type {NodeListOf<HTMLElement>} */ (this.#root.querySelectorAll(".row:not(.leaving)"))].filter(isOffered);
  }

  /** @param {number} id @returns {HTMLElement | null} */
  row(id) {
    return this.#root.querySelector(`.row[data-id="${id}"]:not(.leaving)`);
  }

  /** @param {number} id */
  choose(id, { focus = false } = {}) {
    for (const row of this.#root.querySelectorAll('.row[aria-current="true"]')) row.removeAttribute("aria-current");
    this.#chosen = id;
    const row = this.row(id);
    this.#following = this.after(id);
    if (!row) return;
    row.setAttribute("aria-current", "true");
    if (!focus || isWritingElsewhere()) return;
    linkOf(row)?.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }

  focusChosen() {
    const row = this.row(this.#chosen);
    if (row) linkOf(row)?.focus();
  }

  /** The row `by` steps from the chosen one; where that is gone, the one that followed it. @param {number} by */
  step(by) {
    const all = this.all;
    const place = all.findIndex((row) => idOf(row) === this.#chosen);
    if (place >= 0) return idOf(all[Math.min(all.length - 1, Math.max(0, place + by))]);
    const following = this.row(this.#following);
    return idOf(following && isOffered(following) ? following : all[0]);
  }

  /**
   * The row to go on with when this one is done: the next of its list, else the one before it, else another list's.
   * @param {number} id
   */
  after(id) {
    const row = this.row(id);
    const list = row?.parentElement;
    if (!row || !list) return this.#chosen === id ? this.#following : 0;
    const all = this.all;
    const mates = all.filter((other) => other.parentElement === list);
    const place = mates.indexOf(row);
    return idOf(mates[place + 1] ?? mates[place - 1] ?? all.find((other) => other !== row));
  }

  /** The row to go on with when all these are done. @param {number[]} done */
  afterAll(done) {
    const all = this.all;
    const place = all.findIndex((row) => idOf(row) === this.#chosen);
    const isLeft = (/** @type {HTMLElement} */ row) => !done.includes(idOf(row));
    return idOf(all.slice(Math.max(place, 0)).find(isLeft) ?? all.findLast(isLeft));
  }

  /** A filter was chosen: the next step goes to its first row, unless the chosen one stands in it. */
  restart() {
    const row = this.row(this.#chosen);
    if (row && isOffered(row) && row.closest('[data-panel="inbox"]')) return;
    row?.removeAttribute("aria-current");
    this.#chosen = 0;
    this.#following = idOf(this.all[0]);
  }

  /** Called when rows came or went: remembers who follows the chosen one. */
  settle() {
    if (this.row(this.#chosen)) this.#following = this.after(this.#chosen);
  }
}

/**
 * Whether no filter hides the row or its list. On a phone the whole column may be out of sight: that doesn't count.
 * @param {HTMLElement} row
 */
export function isOffered(row) {
  const list = row.parentElement;
  return getComputedStyle(row).display !== "none" && list !== null && getComputedStyle(list).display !== "none";
}

/** An answer that comes while somebody writes, in the search say, must not turn their letters into keys. */
function isWritingElsewhere() {
  const { activeElement } = document;
  return isTyping(activeElement) && activeElement?.closest("#card, .row") === null;
}

/** @param {HTMLElement | null | undefined} row */
export function idOf(row) {
  return Number(row?.dataset.id ?? 0);
}

/** @param {HTMLElement} row @returns {HTMLElement | null} */
function linkOf(row) {
  return row.querySelector(".row__open");
}
