// @ts-check
import { plural } from "./plural.js";

/**
 * Cards that wait behind an "N new" button instead of moving a list that somebody works on.
 * The button stands on the page, hidden: <button data-releases="new" data-one="1 new question" …>.
 *
 * @typedef {import("./frames.js").Put} Put
 */
export class Held {
  /** @type {Map<string, Map<number, Put>>} */
  #lists = new Map();
  #root;
  #language;

  /**
   * @param {ParentNode} root
   * @param {string} language
   */
  constructor(root, language) {
    this.#root = root;
    this.#language = language;
  }

  /** @param {Put} put */
  add(put) {
    const cards = this.#lists.get(put.list) ?? new Map();
    cards.set(put.id, put);
    this.#lists.set(put.list, cards);
    this.#show(put.list);
  }

  /**
   * @param {number} id
   * @returns {Put | undefined} the card that waited
   */
  take(id) {
    for (const [list, cards] of this.#lists) {
      const put = cards.get(id);
      if (!put) continue;
      cards.delete(id);
      this.#show(list);
      return put;
    }
    return undefined;
  }

  /**
   * @param {string} list
   * @returns {Put[]}
   */
  release(list) {
    const cards = [...(this.#lists.get(list)?.values() ?? [])];
    this.#lists.delete(list);
    this.#show(list);
    return cards;
  }

  /** @param {string} list */
  count(list) {
    return this.#lists.get(list)?.size ?? 0;
  }

  /** @param {string} list */
  #show(list) {
    for (const button of this.#root.querySelectorAll(`[data-releases="${CSS.escape(list)}"]`)) {
      if (!(button instanceof HTMLElement)) continue;
      const n = this.count(list);
      button.hidden = n === 0;
      if (n) button.textContent = plural(button.dataset, n, this.#language);
    }
  }
}
