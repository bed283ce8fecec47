// @ts-check
import { isDecision } from "./late.js";

/**
 * What waits for the connection, said where it belongs: on the rows, and on the open card, whose forms hold it.
 * A row or card with a mark has [data-late="decision|mark"].
 *
 * @typedef {import("./late.js").Item} Item
 */
export class LateMarks {
  #desk;
  #template;

  /** @param {HTMLElement} desk */
  constructor(desk) {
    this.#desk = desk;
    this.#template = /** @type {HTMLTemplateElement} */ (document.getElementById("late-row"));
  }

  /** @param {Item[]} due */
  draw(due) {
    /** @type {Map<number, Item[]>} */
    const byNumber = new Map();
    for (const item of due) byNumber.set(item.number, [...(byNumber.get(item.number) ?? []), item]);
    for (const mark of /** @type {NodeListOf<HTMLElement>} */ (this.#desk.querySelectorAll(".row__late"))) {
      const place = /** @type {HTMLElement} */ (mark.closest("[data-late]"));
      if (mark.dataset.key === keysOf(byNumber.get(numberOf(place)))) continue;
      mark.remove();
      place.removeAttribute("data-late");
    }
    for (const [number, items] of byNumber) {
      for (const place of this.#places(number)) this.#mark(place, items);
    }
  }

  /** They are taken back: the forms of the card hold again what the server knows. @param {Item[]} items */
  forget(items) {
    for (const form of formsOf(this.#desk, items).keys()) form.reset();
  }

  /** @param {number} number @returns {Iterable<HTMLElement>} where no mark stands yet */
  #places(number) {
    const at = `.row[data-id="${number}"]:not(.leaving, [data-late]), .desk-card[data-number="${number}"]:not([data-late])`;
    return /** @type {NodeListOf<HTMLElement>} */ (this.#desk.querySelectorAll(at));
  }

  /** @param {HTMLElement} place @param {Item[]} items */
  #mark(place, items) {
    const mark = /** @type {HTMLElement} */ (this.#template.content.firstElementChild?.cloneNode(true));
    /** @type {HTMLElement} */ (mark.querySelector("[data-label]")).textContent = items.map(({ label }) => label).join(", ");
    mark.dataset.key = keysOf(items);
    place.dataset.late = items.some(isDecision) ? "decision" : "mark";
    if (place.matches(".row")) place.append(mark);
    else (place.querySelector(".desk-card__who") ?? place.querySelector("header"))?.after(mark);
    for (const [form, item] of formsOf(place, items)) if (!form.closest("details[open]")) fill(form, item);
  }
}

/** @param {HTMLElement} place @param {Item[]} items @returns {Map<HTMLFormElement, Item>} where marks are written */
function formsOf(place, items) {
  /** @type {Map<HTMLFormElement, Item>} */
  const forms = new Map();
  for (const item of items) {
    if (isDecision(item)) continue;
    const form = place.querySelector(`form[action="${CSS.escape(item.address)}"]:not(.desk-card__versions form)`);
    if (form instanceof HTMLFormElement) forms.set(form, item);
  }
  return forms;
}

/** As it was when it was sent. @param {HTMLFormElement} form @param {Item} item */
function fill(form, { fields }) {
  for (const control of form.elements) {
    if (control instanceof HTMLTextAreaElement) control.value = Object.fromEntries(fields)[control.name] ?? control.value;
    if (control instanceof HTMLInputElement && control.type === "checkbox") {
      control.checked = fields.some(([name, value]) => name === control.name && value === control.value);
    }
  }
}

/** @param {Item[]} [items] */
function keysOf(items = []) {
  return items.map(({ key }) => key).join(" ");
}

/** @param {HTMLElement} place */
function numberOf(place) {
  return Number(place.dataset.id ?? place.dataset.number ?? 0);
}
