// @ts-check
import { Storage } from "../lib/storage.js";

/**
 * "My questions": what this browser asked in this reception, from its own memory, with the badge that the list
 * shows. The server never tells a page whose a question is.
 *
 * @typedef {{no: string, number: number, link: string, text: string}} Mine
 */
const KEY = "liveqa.mine";
const MOST = 60;
const EXCERPT = 140;

export class MyQuestions {
  #root;
  #screen;
  #no;
  #store = new Storage();

  /**
   * @param {HTMLElement} root [data-mine]
   * @param {HTMLElement} screen the live-screen
   * @param {string} no the reception
   */
  constructor(root, screen, no) {
    this.#root = root;
    this.#screen = screen;
    this.#no = no;
    screen.addEventListener("asked", (event) => this.#add(/** @type {CustomEvent} */ (event).detail));
    screen.addEventListener("live:put", (event) => this.#marked(/** @type {CustomEvent} */ (event).detail.id));
    this.#show();
  }

  /** @returns {Mine[]} newest first */
  get #all() {
    return this.#store.get(KEY, /** @type {Mine[]} */ ([]));
  }

  /** @param {{ack: {no: string, number: number, link: string}, text: string}} asked */
  #add({ ack, text }) {
    const others = this.#all.filter((mine) => mine.no !== ack.no);
    const mine = { no: ack.no, number: ack.number, link: ack.link, text: text.slice(0, EXCERPT) };
    this.#store.set(KEY, [mine, ...others].slice(0, MOST));
    this.#show();
  }

  #show() {
    const template = this.#root.querySelector("template");
    const list = this.#root.querySelector("ul");
    const here = this.#all.filter((mine) => mine.no === `${this.#no}-${mine.number}`);
    this.#root.hidden = here.length === 0;
    if (!template || !list) return;
    list.replaceChildren(
      ...here.map((mine) => {
        const row = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
        const number = /** @type {HTMLElement} */ (row.querySelector("[data-number]"));
        number.textContent = (number.dataset.label ?? "1").replace("1", String(mine.number));
        /** @type {HTMLElement} */ (row.querySelector("[data-text]")).textContent = mine.text;
        /** @type {HTMLAnchorElement} */ (row.querySelector("[data-link]")).href = mine.link;
        row.dataset.number = String(mine.number);
        return row;
      }),
    );
    for (const mine of here) this.#marked(mine.number);
  }

  /** @param {number} number */
  #marked(number) {
    const place = this.#root.querySelector(`li[data-number="${number}"] [data-badge]`);
    const badge = this.#screen.querySelector(`[data-list] > [data-id="${number}"] .badge`);
    if (place && badge) place.replaceChildren(badge.cloneNode(true));
  }
}
