// @ts-check
/**
 * Bottom tabs of a narrow screen: <panel-tabs data-for="desk"><button data-panel="inbox" aria-pressed="true">…
 * Sets data-shown on the element with that id; CSS hides the other [data-panel]s where there is no room.
 * Without JavaScript all panels stand one under another.
 */
export class PanelTabs extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      const button = /** @type {Element} */ (event.target).closest("[data-panel]");
      if (button instanceof HTMLElement) this.show(button.dataset.panel ?? "");
    });
    const first = this.querySelector('[data-panel][aria-pressed="true"]') ?? this.querySelector("[data-panel]");
    if (first instanceof HTMLElement) this.show(first.dataset.panel ?? "");
  }

  /** @param {string} panel */
  show(panel) {
    const target = document.getElementById(this.dataset.for ?? "");
    if (!target) return;
    target.dataset.shown = panel;
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll("[data-panel]"))) {
      button.setAttribute("aria-pressed", String(button.dataset.panel === panel));
    }
  }
}

customElements.define("panel-tabs", PanelTabs);
