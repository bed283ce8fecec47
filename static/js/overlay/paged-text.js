// @ts-check
const STEPS = 10;
// Its line-height in overlay.css, and a hair, so that rounding doesn't cost the last line.
const LINE = 1.26;
const MIN_PAGE_MS = 5000;
// As fast as subtitles are read; nobody who watches can turn a page back.
const CHARS_PER_S = 15;

/**
 * <paged-text><p>…</p></paged-text>: the largest type in which the text fits its box, between so small that
 * --lines-most lines fit and so large that --lines-least do. What needs more is shown page after page, and again.
 * The pages are columns as wide as the box; its parent's [data-page] "2 / 3" tells which one is seen. Of a
 * single page the box is as high as its words.
 */
class PagedText extends HTMLElement {
  #room = new ResizeObserver(() => this.fit());
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;

  connectedCallback() {
    this.#room.observe(this);
    document.fonts?.ready.then(() => this.fit());
  }

  disconnectedCallback() {
    this.#room.disconnect();
    clearInterval(this.#timer);
  }

  get #text() {
    return /** @type {HTMLElement | null} */ (this.firstElementChild);
  }

  fit() {
    const text = this.#text;
    if (!text || !this.clientWidth) return;
    clearInterval(this.#timer);
    this.style.blockSize = "";
    text.style.columnWidth = `${this.clientWidth}px`;
    let low = this.#size("--lines-most");
    let high = this.#size("--lines-least");
    for (let n = 0; n < STEPS; n += 1) {
      const middle = (low + high) / 2;
      if (this.#pages(text, middle) === 1) low = middle;
      else high = middle;
    }
    const pages = this.#pages(text, low);
    this.#show(text, 0, pages);
    if (pages > 1) this.#turn(text, pages);
    else this.#shrink(text);
  }

  /** No higher than its words; unless rounding would cost the last line. @param {HTMLElement} text */
  #shrink(text) {
    const words = document.createRange();
    words.selectNodeContents(text);
    this.style.blockSize = `${Math.ceil(words.getBoundingClientRect().height) + 2}px`;
    if (text.scrollWidth > this.clientWidth + 1) this.style.blockSize = "";
  }

  /** @param {string} lines the property that says how many @returns {number} pixels */
  #size(lines) {
    const count = Number.parseFloat(getComputedStyle(this).getPropertyValue(lines));
    return this.clientHeight / (count * LINE);
  }

  /** @param {HTMLElement} text @param {number} size_px @returns {number} how many pages it takes */
  #pages(text, size_px) {
    text.style.fontSize = `${size_px}px`;
    return Math.max(1, Math.round(text.scrollWidth / this.clientWidth));
  }

  /** @param {HTMLElement} text @param {number} pages */
  #turn(text, pages) {
    const chars = (text.textContent ?? "").length / pages;
    let page = 0;
    this.#timer = setInterval(() => {
      page = (page + 1) % pages;
      this.#show(text, page, pages);
    }, Math.max(MIN_PAGE_MS, (chars / CHARS_PER_S) * 1000));
  }

  /** @param {HTMLElement} text @param {number} page @param {number} pages */
  #show(text, page, pages) {
    text.style.transform = `translateX(${-page * this.clientWidth}px)`;
    const strip = this.parentElement;
    if (pages > 1) strip?.setAttribute("data-page", `${page + 1} / ${pages}`);
    else strip?.removeAttribute("data-page");
  }
}

customElements.define("paged-text", PagedText);
