// @ts-check
import { enter } from "./keys.js";
import { idOf } from "./rows.js";

/**
 * From question to question: opens one, goes on to the next.
 *
 * @typedef {import("../elements/live-screen.js").LiveScreen} LiveScreen
 * @typedef {import("./card.js").CardPane} CardPane
 * @typedef {import("./rows.js").Rows} Rows
 * @typedef {import("./view.js").View} View
 */
const LOAD_AFTER_MS = 90;

export class Navigation {
  #screen;
  #pane;
  #rows;
  #card;
  #view;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #loading;

  /** @param {{screen: LiveScreen, pane: HTMLElement, rows: Rows, card: CardPane, view: View}} parts */
  constructor({ screen, pane, rows, card, view }) {
    this.#screen = screen;
    this.#pane = pane;
    this.#rows = rows;
    this.#card = card;
    this.#view = view;
  }

  /**
   * @param {number} id
   * @param {{focus?: boolean, form?: string}} [how] `form`: the move whose form is opened
   */
  async open(id, { focus = true, form = "" } = {}) {
    if (!id) return;
    clearTimeout(this.#loading);
    this.#rows.choose(id, { focus });
    const isShown = await this.#card.open(id);
    if (!isShown) return;
    if (this.#view.isNarrow) {
      this.#view.turnToCard();
      /** @type {HTMLElement | null} */ (this.#pane.querySelector("#card-title"))?.focus();
    }
    const details = form && this.#pane.querySelector(`#open-${CSS.escape(form)}`);
    if (details instanceof HTMLDetailsElement) {
      details.open = true;
      enter(details);
    }
  }

  /** Goes through the list; the card follows when the keys rest. @param {number} by */
  go(by) {
    let id = this.#rows.step(by);
    if (by > 0 && (!id || id === this.#rows.chosen)) {
      // At the end of the list: those that wait behind the button are next.
      this.#screen.release("inbox");
      id = this.#rows.step(by);
    }
    if (!id) return;
    this.#rows.choose(id, { focus: true });
    clearTimeout(this.#loading);
    // Back where the card is already, none other may come any more.
    if (id === this.#card.number) void this.#card.open(id);
    else this.#loading = setTimeout(() => void this.open(id), LOAD_AFTER_MS);
  }

  /** Where the work begins: at the question of the address, on a wide screen else at the first one. */
  start() {
    if (this.#card.number) this.#rows.choose(this.#card.number);
    else if (!this.#view.isNarrow) void this.open(idOf(this.#rows.all[0]), { focus: false });
    this.#rows.settle();
    if (this.#card.number) this.#view.turnToCard();
  }
}
