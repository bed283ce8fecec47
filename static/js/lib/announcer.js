// @ts-check
const QUIET_MS = 5000;

/**
 * Speaks through one polite live region, at most once in five seconds: a busy broadcast must not
 * drown a screen reader. What comes meanwhile is added up and said together.
 */
export class Announcer {
  #region;
  #text;
  #count = 0;
  #spokeAt = -QUIET_MS;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {Element} region an element with role=status
   * @param {(n: number) => string} text
   */
  constructor(region, text) {
    this.#region = region;
    this.#text = text;
  }

  /** @param {number} n */
  add(n) {
    this.#count += n;
    if (this.#timer !== undefined || this.#count === 0) return;
    const wait = Math.max(0, this.#spokeAt + QUIET_MS - performance.now());
    this.#timer = setTimeout(() => this.#speak(), wait);
  }

  #speak() {
    this.#timer = undefined;
    this.#spokeAt = performance.now();
    this.#region.textContent = this.#text(this.#count);
    this.#count = 0;
  }

  stop() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
