// @ts-check
import { Lease } from "./lease.js";

/**
 * The open question in the middle. It is loaded as the server's HTML and made anew when the question changes,
 * unless somebody is writing in it: then it only says that it is old.
 */
export class CardPane {
  #pane;
  #lease;
  #instead;
  /** @type {AbortController | null} */
  #loading = null;
  #wanted = 0;
  /** A form of the card is on its way: its answer brings the card, news of the socket must not overtake it. */
  #isSending = false;
  #missed = false;
  #isDone = false;
  /** @type {((isDone: boolean) => void)[]} */
  #waiting = [];

  /**
   * @param {HTMLElement} pane
   * @param {(html: string) => void} toast shows a toast of the server
   * @param {(number: number) => HTMLElement | null} instead what is shown of a card that can't be loaded
   */
  constructor(pane, toast, instead) {
    this.#pane = pane;
    this.#instead = instead;
    this.#lease = new Lease(toast);
    pane.addEventListener("toggle", this.#toggled, { capture: true });
    pane.addEventListener("change", this.#reasonChosen);
    pane.addEventListener("htmx:beforeRequest", (event) => {
      if (/** @type {CustomEvent} */ (event).detail.target === pane) this.#sending();
    });
    pane.addEventListener("htmx:afterRequest", (event) => {
      const { detail } = /** @type {CustomEvent} */ (event);
      if (detail.target === pane) this.#answered(detail);
    });
    pane.addEventListener("htmx:beforeSwap", (event) => {
      const { target, shouldSwap } = /** @type {CustomEvent} */ (event).detail;
      if (target === pane && shouldSwap) this.#lease.giveBack();
    });
    pane.addEventListener("htmx:afterSettle", (event) => {
      if (/** @type {CustomEvent} */ (event).detail.target === pane) this.#settled();
    });
    pane.addEventListener("htmx:afterSwap", (event) => {
      if (/** @type {CustomEvent} */ (event).detail.target === pane) this.#arrived();
    });
  }

  /** @returns {HTMLElement | null} */
  get card() {
    return this.#pane.querySelector(".desk-card");
  }

  get number() {
    return Number(this.card?.dataset.number ?? 0);
  }

  /** Whether somebody has a form of the card open, or typed into it. */
  get isBusy() {
    return this.#pane.querySelector("details.move[open]") !== null;
  }

  /** A form of it has been sent and its answer is not here yet. */
  get isSending() {
    return this.#isSending;
  }

  /** @returns {Promise<boolean>} when the answer is here: whether it was done */
  answered() {
    return new Promise((tell) => this.#waiting.push(tell));
  }

  /** @param {number} number @returns {Promise<boolean>} false where another card was wanted meanwhile */
  async open(number, { force = false } = {}) {
    if (number === this.number && !force) return true;
    this.#loading?.abort();
    const loading = new AbortController();
    this.#loading = loading;
    this.#wanted = number;
    this.#pane.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(this.address(number), {
        headers: { "HX-Request": "true", "HX-Target": "card" },
        signal: loading.signal,
      });
      // Signed out meanwhile: the sign-in page knows the way back.
      if (answer.redirected) location.reload();
      if (!answer.ok || answer.redirected) return false;
      this.#show(await answer.text());
      history.replaceState(history.state, "", this.address(number));
      return true;
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return false;
      const card = this.#instead(number);
      if (card) this.#show(card);
      return card !== null;
    } finally {
      if (this.#loading === loading) {
        this.#loading = null;
        this.#wanted = 0;
        this.#pane.removeAttribute("aria-busy");
      }
    }
  }

  /** The number that is being loaded, else the one that is shown. */
  get current() {
    return this.#wanted || this.number;
  }

  /** The question has changed: show it anew, or say so where somebody is writing. */
  refresh() {
    if (!this.number || this.#wanted) return;
    if (this.#isSending) {
      this.#missed = true;
      return;
    }
    if (!this.isBusy) {
      void this.open(this.number, { force: true });
      return;
    }
    const note = this.#pane.querySelector("[data-changed]");
    if (note instanceof HTMLElement) note.hidden = false;
  }

  /** @param {number} number */
  address(number) {
    return (this.#pane.dataset.address ?? "").replace("/0/", `/${number}/`);
  }

  #sending() {
    this.#loading?.abort();
    this.#isSending = true;
    this.#missed = false;
  }

  /** @param {{successful: boolean, xhr?: XMLHttpRequest}} answer */
  #answered({ successful, xhr }) {
    this.#isDone = successful;
    // An answer with a card is not over before htmx has brought its forms to life.
    const bringsCard = successful || [409, 422].includes(xhr?.status ?? 0);
    if (bringsCard && xhr && isOfDesk(xhr)) return;
    this.#isDone = false;
    this.#settled();
    if (this.#missed) this.refresh();
  }

  #settled() {
    this.#isSending = false;
    for (const tell of this.#waiting.splice(0)) tell(this.#isDone);
  }

  /** @param {string | HTMLElement} card */
  #show(card) {
    this.#lease.giveBack();
    if (typeof card === "string") this.#pane.innerHTML = card;
    else this.#pane.replaceChildren(card);
    this.#pane.scrollTop = 0;
    /** @type {any} */ (globalThis).htmx?.process(this.#pane);
  }

  /** After an answer: the eyes go to what is wrong with it. */
  #arrived() {
    this.#pane.scrollTop = 0;
    const wrong = this.#pane.querySelector("[data-problem], [data-invalid] :is(input, textarea, select)");
    if (wrong instanceof HTMLElement) wrong.focus();
    if (this.card && this.#pane.querySelector("details.move[open][data-claims]")) this.#lease.take(this.card);
  }

  /** @param {Event} event */
  #toggled = (event) => {
    const card = this.card;
    if (!(event.target instanceof HTMLDetailsElement) || !event.target.matches("[data-claims]") || !card) return;
    if (event.target.open) this.#lease.take(card);
    else if (!card.querySelector("details[open][data-claims]")) this.#lease.giveBack();
  };

  /** The public wording of a reason comes with it, as long as nobody wrote another one. @param {Event} event */
  #reasonChosen = (event) => {
    if (!(event.target instanceof HTMLInputElement) || event.target.dataset.wording === undefined) return;
    const text = event.target.form?.elements.namedItem("text");
    if (!(text instanceof HTMLTextAreaElement)) return;
    const offered = [...event.target.form?.querySelectorAll("[data-wording]") ?? []].map(
      (other) => /** @type {HTMLElement} */ (other).dataset.wording,
    );
    if (text.value === "" || offered.includes(text.value)) text.value = event.target.dataset.wording;
  };
}

/** Who was signed out meanwhile is led to the sign-in page, which has no place in a card. @param {XMLHttpRequest} xhr */
export function isOfDesk(xhr) {
  return new URL(xhr.responseURL, location.href).pathname.startsWith("/desk/");
}
