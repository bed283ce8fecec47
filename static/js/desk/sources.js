// @ts-check
/**
 * The chips of the sources. The server says states and figures; the words come with the page. Ages and countdowns
 * go on by themselves from the server's clock, and a listener without a sign of life is greyed.
 */
const STALE_AFTER_MS = 15_000;
const TICK_MS = 1000;

/**
 * @typedef {{health: string, code: string, last: string | null, beat: string | null, retry: string | null,
 *   minute: number, lag: number | null, double: number, gaps: number, missing: number, odd: number,
 *   quota: [number, number] | null}} Figures
 */

export class Sources {
  #desk;
  #words;
  /** @type {Record<string, Figures>} */
  #of = {};
  #ahead = 0;

  /** @param {HTMLElement} desk */
  constructor(desk) {
    this.#desk = desk;
    this.#words = JSON.parse(document.getElementById("source-words")?.textContent ?? "null");
    if (this.#words) setInterval(() => this.#draw(), TICK_MS);
  }

  /** @param {{now: string, of: Record<string, Figures>}} told */
  tell({ now, of }) {
    this.#of = of;
    this.#ahead = Date.now() - Date.parse(now);
    if (this.#words) this.#draw();
  }

  #draw() {
    const now = Date.now() - this.#ahead;
    for (const chip of /** @type {NodeListOf<HTMLElement>} */ (this.#desk.querySelectorAll(".source-chip"))) {
      const figures = this.#of[chip.dataset.source ?? ""];
      if (figures) this.#drawOne(chip, figures, now);
    }
  }

  /**
   * @param {HTMLElement} chip
   * @param {Figures} is
   * @param {number} now by the server's clock
   */
  #drawOne(chip, is, now) {
    const { health, tone, action, code } = this.#words;
    const isStale = is.beat !== null && now - Date.parse(is.beat) > STALE_AFTER_MS;
    chip.toggleAttribute("data-stale", isStale);
    if (tone[is.health]) chip.dataset.tone = tone[is.health];
    else delete chip.dataset.tone;
    const waits = is.retry ? Date.parse(is.retry) - now : 0;
    const what = code[is.code] ?? action[is.health] ?? "";
    write(chip, "state", health[is.health] ?? is.health);
    write(chip, "age", is.last ? this.#span(now - Date.parse(is.last)) : "");
    write(chip, "action", what, { hidden: !what });
    write(chip, "retry", this.#span(Math.max(0, waits)));
    show(chip, "waits", waits > 0);
    show(chip, "stale", isStale);
    write(chip, "minute", String(is.minute));
    write(chip, "lag", is.lag === null ? "–" : `${is.lag} ${this.#unit("seconds")}`);
    write(chip, "double", String(is.double));
    write(chip, "gaps", String(is.gaps));
    write(chip, "missing", String(is.missing));
    write(chip, "odd", String(is.odd));
    if (is.quota) {
      const bar = chip.querySelector('[data-f="quota"]');
      if (bar instanceof HTMLProgressElement) [bar.value, bar.max] = is.quota;
      write(chip, "quota-text", is.quota.join(" / "));
    }
  }

  /** @param {number} ms */
  #span(ms) {
    const s = Math.max(0, Math.floor(ms / 1000));
    if (s < 120) return `${s} ${this.#unit("seconds")}`;
    if (s < 7200) return `${Math.floor(s / 60)} ${this.#unit("minutes")}`;
    return `${Math.floor(s / 3600)} ${this.#unit("hours")}`;
  }

  /** @param {"seconds" | "minutes" | "hours"} name */
  #unit(name) {
    const row = /** @type {HTMLElement | null} */ (this.#desk.querySelector(".desk__sources"));
    return row?.dataset[name] ?? "";
  }
}

/**
 * @param {HTMLElement} chip
 * @param {string} name
 * @param {string} text
 * @param {{hidden?: boolean}} [how]
 */
function write(chip, name, text, { hidden } = {}) {
  const place = chip.querySelector(`[data-f="${name}"]`);
  if (!(place instanceof HTMLElement)) return;
  if (place.textContent !== text) place.textContent = text;
  if (hidden !== undefined) place.hidden = hidden;
}

/** @param {HTMLElement} chip @param {string} name @param {boolean} isShown */
function show(chip, name, isShown) {
  const place = chip.querySelector(`[data-f="${name}"]`);
  if (place instanceof HTMLElement) place.hidden = !isShown;
}
