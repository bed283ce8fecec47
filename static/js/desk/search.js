// @ts-check
/**
 * Filters of the inbox. By state they only hide rows (CSS, by data-filter on the desk); by words and the rest the
 * server is asked: it says which numbers fit and writes out the closed ones. The lists stay live all the while.
 */
import { giveUpLate } from "../lib/patience.js";
import { isOffered } from "./rows.js";

const PAUSE_MS = 250;
/** Filters that the server answers: name of the chip → what is asked. */
const ASKED = { mine: ["mine", "on"], closed: ["status", "closed"], overdue: ["overdue", "on"] };

export class Search {
  #desk;
  #form;
  #place;
  #settled;
  /** @type {Set<number> | null} null = all fit */
  #fits = null;
  /** @type {AbortController | null} */
  #asking = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #errands;

  /**
   * @param {HTMLElement} desk
   * @param {HTMLFormElement} form
   * @param {HTMLElement} place where closed ones are written
   * @param {import("./errands.js").Errands} errands
   * @param {() => void} settled called after rows were hidden or shown
   */
  constructor(desk, form, place, errands, settled) {
    this.#desk = desk;
    this.#form = form;
    this.#place = place;
    this.#errands = errands;
    this.#settled = settled;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#askNow();
    });
    form.addEventListener("input", () => this.#askSoon());
    form.addEventListener("reset", () => this.#askSoon());
    desk.addEventListener("click", this.#clicked);
  }

  /** @param {string} name of a chip */
  show(name) {
    this.#desk.dataset.filter = name;
    for (const chip of this.#desk.querySelectorAll("[data-filter][href]")) {
      if (/** @type {HTMLElement} */ (chip).dataset.filter === name) chip.setAttribute("aria-current", "true");
      else chip.removeAttribute("aria-current");
    }
    this.#askNow();
  }

  async ask() {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    const wanted = this.#wanted();
    if (!wanted) {
      this.#fits = null;
      this.#place.replaceChildren();
      this.apply();
      return;
    }
    this.#asking = new AbortController();
    const isThere = giveUpLate(this.#asking);
    try {
      const answer = await fetch(`${this.#form.action}?${wanted}`, {
        headers: { "HX-Request": "true" },
        signal: this.#asking.signal,
      });
      if (!answer.ok || answer.redirected) return;
      this.#place.innerHTML = await answer.text();
    } catch {
      return; // Offline, or asked anew meanwhile: what is shown stays.
    } finally {
      isThere();
    }
    const numbers = this.#place.querySelector("[data-numbers]")?.getAttribute("data-numbers") ?? "";
    this.#fits = new Set(numbers.split(" ").filter(Boolean).map(Number));
    this.apply();
  }

  /** Hides what doesn't fit, new rows included. */
  apply() {
    // Who looks through the closed ones still wants the queue before their eyes.
    const fits = this.#desk.dataset.filter === "closed" ? null : this.#fits;
    for (const row of /** @type {NodeListOf<HTMLElement>} */ (this.#desk.querySelectorAll("[data-list] > .row"))) {
      const isUrgent = row.parentElement?.dataset.list === "urgent";
      row.hidden = fits !== null && !fits.has(Number(row.dataset.id)) && !isUrgent;
    }
    const inbox = this.#desk.querySelector('[data-list="inbox"]');
    const rows = [.../** @type {NodeListOf<HTMLElement>} */ (inbox?.querySelectorAll(".row") ?? [])];
    const nothing = this.#desk.querySelector("[data-nothing]");
    if (nothing instanceof HTMLElement) {
      const isClosed = this.#desk.dataset.filter === "closed";
      nothing.hidden = isClosed || !rows.length || rows.some(isOffered);
    }
    this.#settled();
  }

  /** A row that is live again no longer stands among the closed ones. @param {number} id */
  forget(id) {
    this.#place.querySelector(`.row[data-id="${id}"]`)?.remove();
  }

  /** Outcomes and reasons that nothing has are not offered. */
  settleOutcomes() {
    const chips = this.#desk.querySelectorAll("[data-outcome], [data-reason]");
    for (const chip of /** @type {NodeListOf<HTMLElement>} */ (chips)) {
      chip.hidden = chip.querySelector("[data-count]")?.textContent === "0";
    }
  }

  /** Asks again where closed questions are shown. */
  again() {
    if (this.#fits !== null) this.#askSoon();
  }

  /** @returns {URLSearchParams | null} null = nothing is asked for */
  #wanted() {
    const wanted = new URLSearchParams();
    for (const [name, value] of new FormData(this.#form)) if (value !== "") wanted.set(name, String(value));
    const chip = ASKED[/** @type {keyof typeof ASKED} */ (this.#desk.dataset.filter ?? "")];
    if (chip) wanted.set(chip[0], chip[1]);
    return wanted.size ? wanted : null;
  }

  /** The next key is meant for what is found. */
  #askNow() {
    void this.#errands.during(this.ask());
  }

  #askSoon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#askNow(), PAUSE_MS);
  }

  /** @param {MouseEvent} event */
  #clicked = (event) => {
    const link = /** @type {Element} */ (event.target).closest("[data-filter][href], [data-outcome], [data-reason]");
    if (!(link instanceof HTMLElement) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (link.dataset.filter) {
      this.show(link.dataset.filter);
      return;
    }
    const name = link.dataset.reason === undefined ? "outcome" : "reason";
    const field = this.#form.elements.namedItem(name);
    if (!(field instanceof HTMLSelectElement)) return;
    field.value = field.value === link.dataset[name] ? "" : link.dataset[name] ?? "";
    this.#askNow();
  };
}
