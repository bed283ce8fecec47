// @ts-check
import { giveUpLate } from "../lib/patience.js";
import { Lease } from "./lease.js";

/**
 * The open question in the middle. It is loaded as the server's HTML and made anew when the question changes,
 * unless somebody is writing in it: then it only says that it is old. Event: `desk:card`, when one is shown.
 */
export class CardPane {
  #pane;
  #lease;
  #instead;
  #failed;
  /** @type {AbortController | null} */
  #loading = null;
  #wanted = 0;
  /** @type {Promise<boolean>} */
  #coming = Promise.resolve(false);
  /**
   * Its answer brings the card, and news of the socket must not overtake it. A question that is opened meanwhile does:
   * then a good answer's card must not take its place. @type {XMLHttpRequest | null}
   */
  #asked = null;
  #missed = false;

  /**
   * @param {HTMLElement} pane
   * @param {(html: string) => void} toast shows a toast of the server
   * @param {(number: number) => HTMLElement | null} instead what is shown of a card that can't be loaded
   * @param {() => void} failed says that there is nothing to show of it either
   */
  constructor(pane, toast, instead, failed) {
    this.#pane = pane;
    this.#instead = instead;
    this.#failed = failed;
    this.#lease = new Lease((html, isTakenOver) => {
      toast(html);
      if (isTakenOver) this.#note("lost", true);
    });
    pane.addEventListener("click", (event) => {
      if (this.card && /** @type {Element} */ (event.target).closest("[data-take-back]")) this.#takeBack(this.card);
    });
    pane.addEventListener("toggle", this.#toggled, { capture: true });
    pane.addEventListener("change", this.#reasonChosen);
    pane.addEventListener("htmx:configRequest", (event) => {
      if (this.#lease.isKept) /** @type {CustomEvent} */ (event).detail.parameters.kept = "1";
    });
    // On the body: a card is also asked for from elsewhere, when a question is dealt.
    document.body.addEventListener("htmx:beforeRequest", (event) => {
      const { detail } = /** @type {CustomEvent} */ (event);
      if (detail.target === pane) this.#sending(detail.xhr);
    });
    pane.addEventListener("htmx:beforeSwap", (event) => {
      const { detail } = /** @type {CustomEvent} */ (event);
      if (detail.target !== pane || !detail.shouldSwap) return;
      if (detail.xhr !== this.#asked && detail.xhr.status < 300) detail.swapOverride = "none";
      else this.#makeWay();
    });
    document.body.addEventListener("htmx:afterRequest", (event) => {
      const { detail } = /** @type {CustomEvent} */ (event);
      if (detail.target === pane) this.#answered(detail);
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

  /** Whether somebody has a form of the card open, or has ticked questions like it. */
  get isBusy() {
    return this.#pane.querySelector("details.move[open], .beside__choice:checked") !== null;
  }

  /**
   * @param {number} number
   * @param {{force?: boolean, gently?: boolean}} [how] `force`: anew, where it is shown already; `gently`: not over a
   *   form that was opened meanwhile
   * @returns {Promise<boolean>} false where another card was wanted meanwhile
   */
  open(number, { force = false, gently = false } = {}) {
    if (number === this.#wanted && !force) return this.#coming;
    if (!gently) this.#asked = null;
    this.#loading?.abort();
    if (number === this.number && !force) return Promise.resolve(true);
    this.#coming = this.#load(number, gently);
    return this.#coming;
  }

  /** @param {number} number @param {boolean} gently */
  async #load(number, gently) {
    const loading = new AbortController();
    this.#loading = loading;
    this.#wanted = number;
    this.#pane.setAttribute("aria-busy", "true");
    const isThere = giveUpLate(loading);
    try {
      const answer = await fetch(this.address(number), {
        headers: { "HX-Request": "true", "HX-Target": "card" },
        signal: loading.signal,
      });
      // Signed out meanwhile: the sign-in page knows the way back.
      if (answer.redirected) location.reload();
      if (!answer.ok && !answer.redirected) this.#failed();
      if (!answer.ok || answer.redirected) return false;
      const html = await answer.text();
      if (gently && this.isBusy) {
        this.#note("changed", true);
        return false;
      }
      this.#show(html);
      history.replaceState(history.state, "", this.address(number));
      return true;
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return false;
      const card = this.#instead(number);
      if (card) this.#show(card);
      else this.#failed();
      return card !== null;
    } finally {
      isThere();
      if (this.#loading === loading) {
        this.#loading = null;
        this.#wanted = 0;
        this.#pane.removeAttribute("aria-busy");
        if (this.#missed) this.#catchUp();
      }
    }
  }

  /** The number that is being loaded, else the one that is shown. */
  get current() {
    return this.#wanted || this.number;
  }

  /** The question has changed: show it anew, or say so where somebody is writing. */
  refresh() {
    if (!this.number) return;
    if (this.#wanted || this.#asked) this.#missed = true;
    else if (this.isBusy) this.#note("changed", true);
    else void this.open(this.number, { force: true, gently: true });
  }

  /** News came while something was on its way. */
  #catchUp() {
    this.#missed = false;
    this.refresh();
  }

  /** @param {Record<string, import("./claims.js").Claim>} claims by number, all that hold now */
  told(claims) {
    const holder = String(claims[this.number]?.holder ?? "");
    if (holder && holder !== this.#me) this.#lease.doubt();
    if (this.card && (this.card.dataset.holder ?? "") !== holder && !this.isBusy) this.refresh();
  }

  /** @param {number} number */
  address(number) {
    return (this.#pane.dataset.address ?? "").replace("/0/", `/${number}/`);
  }

  /** @param {XMLHttpRequest} asked */
  #sending(asked) {
    this.#loading?.abort();
    this.#asked = asked;
    this.#missed = false;
  }

  /** @param {{successful: boolean, xhr: XMLHttpRequest}} answer */
  #answered({ successful, xhr }) {
    if (xhr !== this.#asked) return;
    this.#asked = null;
    const bringsCard = (successful || [409, 422].includes(xhr.status)) && isOfDesk(xhr);
    if (this.#missed && !bringsCard) this.#catchUp();
  }

  /** htmx puts the new card in before it takes the old one out: of forms with one name only the first stays open. */
  #makeWay() {
    for (const form of this.#pane.querySelectorAll("details[name]")) form.removeAttribute("name");
  }

  /** @param {string | HTMLElement} card */
  #show(card) {
    const [number, place] = [this.number, this.#focused()];
    if (typeof card === "string") this.#pane.innerHTML = card;
    else this.#pane.replaceChildren(card);
    this.#lease.turnTo(this.card, this.isBusy);
    this.#pane.scrollTop = 0;
    /** @type {any} */ (globalThis).htmx?.process(this.#pane);
    const same = place && number === this.number && this.#pane.querySelector(place);
    if (same instanceof HTMLElement) same.focus({ preventScroll: true });
    this.#told();
  }

  /** @returns {string} where in the card the focus is: made anew under a hand, the card has it there again */
  #focused() {
    const { activeElement: at } = document;
    if (!(at instanceof HTMLElement) || !this.#pane.contains(at)) return "";
    if (at.id) return `#${CSS.escape(at.id)}`;
    return at.dataset.code ? `[data-code="${at.dataset.code}"]` : "";
  }

  /** Another card stands there, or the same one anew. */
  #told() {
    this.#pane.dispatchEvent(new CustomEvent("desk:card", { bubbles: true }));
  }

  /** After an answer: the eyes go to what is wrong with it. */
  #arrived() {
    this.#pane.scrollTop = 0;
    const wrong = this.#pane.querySelector("[data-problem], [data-invalid] :is(input, textarea, select)");
    if (wrong instanceof HTMLElement) wrong.focus();
    const isFormOpen = this.#pane.querySelector("details.move[open][data-claims]") !== null;
    // Theirs by this very answer, without a form: taken by hand, or dealt.
    const isKept = !isFormOpen && this.card?.dataset.holder === this.#me && !this.#lease.isOn(this.card);
    this.#lease.turnTo(this.card, isFormOpen);
    if (this.card && (isFormOpen || isKept)) this.#lease.take(this.card, { keep: isKept });
    this.#told();
  }

  /** @param {HTMLElement} card */
  #takeBack(card) {
    this.#note("lost", false);
    this.#lease.take(card, { over: true });
  }

  /** @param {"changed" | "lost"} name @param {boolean} isShown */
  #note(name, isShown) {
    const note = this.#pane.querySelector(`[data-${name}]`);
    if (note instanceof HTMLElement) note.hidden = !isShown;
  }

  get #me() {
    return /** @type {HTMLElement | null} */ (this.#pane.closest("[data-user]"))?.dataset.user;
  }

  /** @param {Event} event */
  #toggled = (event) => {
    const card = this.card;
    if (!(event.target instanceof HTMLDetailsElement) || !event.target.matches("[data-claims]") || !card) return;
    if (event.target.open) this.#lease.take(card);
    else if (!card.querySelector("details[open][data-claims]")) this.#lease.rest();
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
