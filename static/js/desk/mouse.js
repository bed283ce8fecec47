// @ts-check
import { idOf } from "./rows.js";

/**
 * What a click on the desk does: opens a question, goes on to the next, ticks its row. Moves are forms of their own.
 *
 * @typedef {import("./ahead.js").Ahead} Ahead
 * @typedef {import("./card.js").CardPane} CardPane
 * @typedef {import("./navigation.js").Navigation} Navigation
 * @typedef {import("./rows.js").Rows} Rows
 * @typedef {import("./selection.js").Selection} Selection
 * @typedef {import("./view.js").View} View
 */
export class Mouse {
  #rows;
  #card;
  #ahead;
  #selection;
  #navigation;
  #view;

  /**
   * @param {HTMLElement} desk
   * @param {{rows: Rows, card: CardPane, ahead: Ahead, selection: Selection, navigation: Navigation, view: View}} parts
   */
  constructor(desk, { rows, card, ahead, selection, navigation, view }) {
    this.#rows = rows;
    this.#card = card;
    this.#ahead = ahead;
    this.#selection = selection;
    this.#navigation = navigation;
    this.#view = view;
    desk.addEventListener("click", this.#clicked);
    // Shift and the mouse would mark the text of all rows between.
    desk.addEventListener("mousedown", (event) => {
      if (event.shiftKey && /** @type {Element} */ (event.target).closest(".row")) event.preventDefault();
    });
  }

  /** @param {MouseEvent} event */
  #clicked = (event) => {
    const target = /** @type {Element} */ (event.target);
    if (event.ctrlKey || event.metaKey || this.#choose(event, target)) return;
    const named = target.closest("[data-opens-card]");
    if (named instanceof HTMLElement) {
      event.preventDefault();
      const { opensCard, opensForm } = named.dataset;
      this.#open(Number(opensCard), opensForm);
      return;
    }
    if (target.closest("[data-filter][href]")) this.#rows.restart();
    if (target.closest("[data-alone-switch]")) this.#view.switchAlone();
    const goes = target.closest("[data-go]");
    if (goes instanceof HTMLElement) this.#navigation.go(Number(goes.dataset.go));
    if (target.closest("[data-refresh]")) void this.#card.open(this.#card.number, { force: true });
    const row = target.closest(".row");
    if (!(row instanceof HTMLElement) || target.closest("button")) return;
    event.preventDefault();
    this.#open(idOf(row));
  };

  /** @param {number} id @param {string} [form] */
  #open(id, form) {
    this.#ahead.behind(() => void this.#navigation.open(id, { form }));
  }

  /**
   * A box ticks its row; Shift chooses all up to here.
   * @param {MouseEvent} event
   * @param {Element} target
   * @returns {boolean} whether the click was for that
   */
  #choose(event, target) {
    const row = target.closest(".row");
    const isBox = target.matches(".row__pick");
    if (!(row instanceof HTMLElement) || (!isBox && !event.shiftKey)) return false;
    if (!isBox) event.preventDefault();
    if (event.shiftKey) this.#selection.extendTo(idOf(row));
    else this.#selection.toggle(idOf(row));
    return true;
  }
}
