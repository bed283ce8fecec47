// @ts-check
/**
 * What the socket's frames mean for the open question: when its state is another one, its card is made anew.
 *
 * @typedef {import("../elements/live-screen.js").LiveScreen} LiveScreen
 * @typedef {import("./card.js").CardPane} CardPane
 */
export class CardNews {
  #desk;
  #card;
  /** The question on air stands on no list: the head tells what becomes of it. */
  #now = { ...document.getElementById("head")?.dataset };

  /**
   * @param {LiveScreen} screen
   * @param {HTMLElement} desk
   * @param {CardPane} card
   */
  constructor(screen, desk, card) {
    this.#desk = desk;
    this.#card = card;
    screen.addEventListener("live:put", (event) => {
      const { id, element } = /** @type {CustomEvent} */ (event).detail;
      if (id === 0) this.#nowChanged(element);
      else if (id === card.number) this.#compare(element.dataset.state);
    });
    screen.addEventListener("live:drop", (event) => {
      const { id } = /** @type {CustomEvent} */ (event).detail;
      if (id === card.number) this.#compare(this.#stampedState(id));
    });
    screen.addEventListener("live:state", (event) => {
      if (/** @type {CustomEvent} */ (event).detail.state === "online" && card.card?.matches("[data-offline]")) card.refresh();
    });
    screen.addEventListener("live:reload", (event) => {
      if (card.isBusy) event.preventDefault();
    });
  }

  /** @param {HTMLElement} head */
  #nowChanged(head) {
    const was = this.#now;
    const now = { ...head.dataset };
    this.#now = now;
    const { card } = this.#card;
    const isOpen = card && (was.now === card.dataset.number || now.now === card.dataset.number);
    const changed = was.now !== now.now || was.nowState !== now.nowState || was.state !== now.state;
    if (isOpen && changed) this.#compare(now.now === card.dataset.number ? now.nowState : undefined);
    else if (was.state !== now.state && !this.#card.isBusy) this.#card.refresh();
  }

  /** @param {number} id @returns {string | undefined} what the row says that stays stamped for a moment */
  #stampedState(id) {
    const stamped = this.#desk.querySelector(`.leaving[data-id="${id}"]`);
    return stamped instanceof HTMLElement ? stamped.dataset.state : undefined;
  }

  /** @param {string | undefined} state of the open question as it is now */
  #compare(state) {
    if (state === undefined || state !== this.#card.card?.dataset.state) this.#card.refresh();
  }
}
