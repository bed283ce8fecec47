// @ts-check
/**
 * Keeps parts/_equation.html true while a page is live: the numbers come by [data-count] of the <live-screen>,
 * here only the widths of the bar and the marks of empty buckets follow. It listens to live:counts.
 */
class EquationBar extends HTMLElement {
  #listening = new AbortController();

  connectedCallback() {
    this.#listening = new AbortController();
    document.addEventListener("live:counts", (event) => this.#follow(/** @type {CustomEvent} */ (event).detail.counts), {
      signal: this.#listening.signal,
    });
  }

  disconnectedCallback() {
    this.#listening.abort();
  }

  /** @param {Record<string, number>} counts */
  #follow(counts) {
    const rects = /** @type {NodeListOf<SVGRectElement>} */ (this.querySelectorAll("rect[data-bucket]"));
    const numbers = [...rects].map((rect) => counts[rect.dataset.bucket ?? ""] ?? 0);
    const total = numbers.reduce((sum, n) => sum + n, 0);
    let x = 0;
    rects.forEach((rect, n) => {
      const width = total ? (1000 * numbers[n]) / total : 0;
      rect.setAttribute("x", x.toFixed(2));
      rect.setAttribute("width", width.toFixed(2));
      x += width;
    });
    for (const part of /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll("[data-bucket]:not(rect)"))) {
      part.toggleAttribute("data-zero", !counts[part.dataset.bucket ?? ""]);
    }
  }
}

customElements.define("equation-bar", EquationBar);
