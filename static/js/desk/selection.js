// @ts-check
import { idOf, isOffered } from "./rows.js";

/**
 * The chosen questions: ticked boxes of the rows, which belong to the form of the bar below. Frames bring rows anew,
 * so who is chosen is kept here and written into the boxes.
 */
export class Selection {
  #bar;
  #rows;
  #say;
  /** @type {Set<number>} */
  #chosen = new Set();
  /** Where an extension begins. */
  #anchor = 0;

  /**
   * @param {HTMLFormElement} bar
   * @param {import("./rows.js").Rows} rows
   * @param {(text: string) => void} say
   */
  constructor(bar, rows, say) {
    this.#bar = bar;
    this.#rows = rows;
    this.#say = say;
    bar.addEventListener("click", this.#clicked);
    // A browser that went back in its history brings ticked boxes along.
    this.#settle();
  }

  get isEmpty() {
    return this.#chosen.size === 0;
  }

  /** @param {number} id @returns {boolean} whether there is a row that can be chosen */
  toggle(id) {
    if (!boxOf(this.#rows.row(id))) return false;
    if (this.#chosen.has(id)) this.#chosen.delete(id);
    else this.#add([id]);
    this.#anchor = id;
    this.#settle();
    return true;
  }

  /** All from where the last choice was made up to here. @param {number} id */
  extendTo(id) {
    const all = this.#rows.all.filter(boxOf).map(idOf);
    const [from, to] = [all.indexOf(this.#anchor), all.indexOf(id)];
    if (to < 0) return;
    const between = from < 0 ? [id] : all.slice(Math.min(from, to), Math.max(from, to) + 1);
    if (from < 0) this.#anchor = id;
    this.#add(between);
    this.#settle();
  }

  /** All of the list in which this one stands, else of the first, as far as no filter hides them. @param {number} id */
  all(id) {
    const offered = this.#rows.all.filter(boxOf);
    const list = (this.#rows.row(id) ?? offered[0])?.parentElement;
    const mates = offered.filter((row) => row.parentElement === list);
    this.#add(mates.map(idOf));
    this.#settle();
  }

  clear() {
    this.#chosen.clear();
    this.#anchor = 0;
    for (const menu of this.#bar.querySelectorAll("details[open]")) menu.removeAttribute("open");
    this.#bar.querySelector("#bulk-left")?.replaceChildren();
    this.#settle();
  }

  /** These are done. @param {number[]} ids */
  drop(ids) {
    for (const id of ids) this.#chosen.delete(id);
    for (const menu of this.#bar.querySelectorAll("details[open]")) menu.removeAttribute("open");
    this.#settle();
  }

  /** Rows came, went or were hidden: what can't be seen isn't acted upon. */
  settle() {
    if (this.isEmpty) return;
    for (const id of this.#chosen) {
      const row = this.#rows.row(id);
      if (!row || !boxOf(row) || !isOffered(row)) this.#chosen.delete(id);
    }
    this.#settle();
  }

  /** @param {number[]} ids */
  #add(ids) {
    const most = Number(this.#bar.dataset.most);
    for (const id of ids) {
      if (this.#chosen.size >= most && !this.#chosen.has(id)) {
        this.#say(this.#bar.dataset.tooMany ?? "");
        return;
      }
      this.#chosen.add(id);
    }
  }

  /** Writes the choice into the boxes and the bar. */
  #settle() {
    for (const box of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll(".row__pick"))) {
      box.checked = this.#chosen.has(idOf(/** @type {HTMLElement | null} */ (box.closest(".row"))));
    }
    this.#bar.toggleAttribute("data-none", this.isEmpty);
    const count = this.#bar.querySelector("[data-chosen]");
    if (count && count.textContent !== String(this.#chosen.size)) count.textContent = String(this.#chosen.size);
    const merge = /** @type {HTMLButtonElement} */ (this.#bar.querySelector("[data-merge]"));
    const oldest = Math.min(...this.#chosen);
    merge.hidden = this.#chosen.size < 2;
    merge.value = `merge:${oldest}`;
    /** @type {HTMLElement} */ (merge.querySelector("[data-merge-into]")).textContent = String(oldest);
  }

  /** @param {MouseEvent} event */
  #clicked = (event) => {
    const target = /** @type {Element} */ (event.target);
    if (target.closest("[data-choose-none]")) this.clear();
    else if (target.closest("[data-choose-all]")) this.all(Math.min(...this.#chosen));
  };
}

/** @param {HTMLElement | null} row @returns {HTMLInputElement | null} */
function boxOf(row) {
  return row?.querySelector(".row__pick") ?? null;
}
