// @ts-check
import { idOf } from "./rows.js";

/**
 * The queue of the desk under the hand: rows are dragged, or moved with Alt+↑ and Alt+↓; the state of the last
 * message to the chief. The server decides on every place; the frame it sends moves the row.
 */
export class Rail {
  #list;
  #place;
  #note;
  #language;
  #zone;
  /** @type {HTMLElement | null} */
  #dragged = null;

  /**
   * @param {HTMLElement} desk
   * @param {(values: Record<string, string | number>) => void} place sends where a question goes
   */
  constructor(desk, place) {
    this.#list = /** @type {HTMLElement} */ (desk.querySelector('[data-list="queue"]'));
    this.#note = /** @type {HTMLElement} */ (desk.querySelector("[data-note]"));
    this.#place = place;
    this.#language = document.documentElement.lang;
    this.#zone = desk.dataset.tz;
    this.#list.addEventListener("dragstart", this.#started);
    this.#list.addEventListener("dragover", this.#over);
    this.#list.addEventListener("drop", this.#dropped);
    this.#list.addEventListener("dragend", () => this.#done());
    this.settle();
  }

  /** Rows that came by a frame can be dragged, too. */
  settle() {
    for (const row of this.#rows) row.draggable = true;
  }

  /** @param {number} id @param {"up" | "down"} where @returns {boolean} whether it stands in the queue */
  step(id, where) {
    if (!this.#rows.some((row) => idOf(row) === id)) return false;
    this.#place({ step: `${id}:${where}` });
    return true;
  }

  /** @param {{text: string, read_at: string | null} | null} note */
  tell(note) {
    this.#note.hidden = !note;
    if (!note) return;
    const [text, state, back] = ["[data-note-text]", "[data-note-state]", "[data-note-back]"].map(
      (one) => /** @type {HTMLElement} */ (this.#note.querySelector(one)),
    );
    text.textContent = note.text;
    state.textContent = note.read_at ? `${this.#note.dataset.read} ${this.#time(note.read_at)}` : this.#note.dataset.unread ?? "";
    back.hidden = note.read_at !== null;
  }

  /** @returns {HTMLElement[]} */
  get #rows() {
    return [.../** @type {NodeListOf<HTMLElement>} */ (this.#list.querySelectorAll(":scope > .row:not(.leaving)"))];
  }

  /** @param {string} at */
  #time(at) {
    const options = /** @type {const} */ ({ hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: this.#zone });
    return new Intl.DateTimeFormat(this.#language, options).format(new Date(at));
  }

  /** @param {DragEvent} event */
  #started = (event) => {
    const row = /** @type {Element} */ (event.target).closest?.(".row");
    if (!(row instanceof HTMLElement)) return;
    this.#dragged = row;
    row.classList.add("dragged");
    event.dataTransfer?.setData("text/plain", `№ ${idOf(row)}`);
    if (event.dataTransfer) event.dataTransfer.effectAllowed = "move";
  };

  /** @param {DragEvent} event */
  #over = (event) => {
    if (!this.#dragged) return;
    event.preventDefault();
    const before = this.#before(event.clientY);
    for (const row of this.#rows) row.toggleAttribute("data-drop", row === before);
    this.#list.toggleAttribute("data-drop-last", !before);
  };

  /** @param {DragEvent} event */
  #dropped = (event) => {
    if (!this.#dragged) return;
    event.preventDefault();
    const id = idOf(this.#dragged);
    const before = this.#before(event.clientY);
    const stays = before === this.#dragged || (before ? this.#after(this.#dragged) === before : this.#rows.at(-1) === this.#dragged);
    this.#done();
    if (!stays) this.#place({ number: id, before: before ? idOf(before) : "" });
  };

  /** The row above whose middle the pointer is; null: below all. @param {number} y */
  #before(y) {
    return this.#rows.find((row) => {
      const { top, height } = row.getBoundingClientRect();
      return y < top + height / 2;
    }) ?? null;
  }

  /** @param {HTMLElement} row */
  #after(row) {
    const rows = this.#rows;
    return rows[rows.indexOf(row) + 1] ?? null;
  }

  #done() {
    this.#dragged?.classList.remove("dragged");
    this.#dragged = null;
    this.#list.removeAttribute("data-drop-last");
    for (const row of this.#rows) row.removeAttribute("data-drop");
  }
}
