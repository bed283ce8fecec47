// @ts-check
const STEPS = 12;

/**
 * <fit-text data-min="28" data-max="160"><p>…</p></fit-text>: the largest type, in pixels, in which the text fits.
 * Fits again when the text or the room changes. Where even the smallest is too large: [data-overflows].
 */
class FitText extends HTMLElement {
  #room = new ResizeObserver(() => this.fit());
  #text = new MutationObserver(() => this.fit());

  connectedCallback() {
    this.#room.observe(this);
    this.#text.observe(this, { childList: true, characterData: true, subtree: true });
    // A font that arrives late has other widths.
    document.fonts?.ready.then(() => this.fit());
  }

  disconnectedCallback() {
    this.#room.disconnect();
    this.#text.disconnect();
  }

  fit() {
    const min = Number(this.dataset.min ?? 24);
    const max = Number(this.dataset.max ?? 160);
    let low = min;
    let high = max;
    for (let n = 0; n < STEPS && high - low > 0.5; n += 1) {
      const middle = (low + high) / 2;
      if (this.#fits(middle)) low = middle;
      else high = middle;
    }
    const overflows = !this.#fits(Math.floor(low));
    this.toggleAttribute("data-overflows", overflows);
    // What must be scrolled must be reachable from the keyboard.
    if (overflows) this.tabIndex = 0;
    else this.removeAttribute("tabindex");
  }

  /** @param {number} size_px */
  #fits(size_px) {
    this.style.fontSize = `${size_px}px`;
    return this.scrollHeight <= this.clientHeight + 1 && this.scrollWidth <= this.clientWidth + 1;
  }
}

customElements.define("fit-text", FitText);
