// @ts-check
import { Storage } from "../lib/storage.js";

/**
 * "I have this question too": which buttons this browser has pressed, and the way of a press to the server. The
 * counts themselves come with the frames. Without JavaScript each button posts the form.
 */
export class Votes {
  #root;
  #key;
  #store = new Storage();
  #error;

  /**
   * @param {HTMLElement} root the page's part with the questions
   * @param {string} no the reception
   */
  constructor(root, no) {
    this.#root = root;
    this.#key = `liveqa.votes.${no}`;
    this.#error = root.querySelector("[data-vote-error]");
    root.addEventListener("click", (event) => this.#clicked(event));
    root.addEventListener("live:put", (event) => this.#mark(/** @type {CustomEvent} */ (event).detail.element));
    root.addEventListener("live:message", (event) => this.#hear(/** @type {CustomEvent} */ (event).detail.message));
    this.#mark(root);
  }

  /** @returns {number[]} */
  get #pressed() {
    return this.#store.get(this.#key, /** @type {number[]} */ ([]));
  }

  /** @param {HTMLElement} root */
  #mark(root) {
    const pressed = this.#pressed;
    for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (root.querySelectorAll("button.vote"))) {
      button.setAttribute("aria-pressed", String(pressed.includes(Number(button.value))));
    }
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const button = /** @type {Element} */ (event.target).closest("button.vote");
    if (!(button instanceof HTMLButtonElement)) return;
    event.preventDefault();
    const number = Number(button.value);
    if (this.#pressed.includes(number)) return;
    this.#keep([...this.#pressed, number]);
    const socket = /** @type {any} */ (button.closest("live-screen"));
    if (!socket?.send({ vote: number })) this.#post(number, button);
  }

  /** @param {number} number @param {HTMLButtonElement} button */
  async #post(number, button) {
    const form = /** @type {HTMLFormElement} */ (button.form);
    const body = new FormData(form);
    body.set("number", String(number));
    try {
      const response = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
      const answer = await response.json();
      this.#hear(answer);
      const count = answer.votes?.[number];
      const shown = button.querySelector(".vote__count");
      if (count !== undefined && shown) shown.textContent = String(count);
    } catch {
      this.#keep(this.#pressed.filter((other) => other !== number));
    }
  }

  /** @param {{voted?: number, refused?: {vote?: number, message: string}}} message */
  #hear({ voted, refused }) {
    if (voted !== undefined) this.#say("");
    if (refused?.vote === undefined) return;
    this.#keep(this.#pressed.filter((number) => number !== refused.vote));
    this.#say(refused.message);
  }

  /** @param {number[]} numbers */
  #keep(numbers) {
    this.#store.set(this.#key, numbers);
    this.#mark(this.#root);
  }

  /** @param {string} text */
  #say(text) {
    if (!(this.#error instanceof HTMLElement)) return;
    this.#error.textContent = text;
    this.#error.hidden = !text;
  }
}
