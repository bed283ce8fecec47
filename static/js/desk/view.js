// @ts-check
/**
 * What of the desk is before the eyes: one panel at a time on a narrow screen, and wherever they want it only the open
 * question.
 */
export class View {
  #desk;
  #tabs;
  #rows;
  #narrow = matchMedia("(max-width: 1099.98px)");

  /**
   * @param {HTMLElement} desk
   * @param {import("../elements/panel-tabs.js").PanelTabs} tabs
   * @param {import("./rows.js").Rows} rows
   */
  constructor(desk, tabs, rows) {
    this.#desk = desk;
    this.#tabs = tabs;
    this.#rows = rows;
  }

  get isNarrow() {
    return this.#narrow.matches;
  }

  /** The card comes before the eyes, where it doesn't stand there anyway. */
  turnToCard() {
    if (this.isNarrow) this.#tabs.show("card");
  }

  switchAlone() {
    this.#stayAlone(!this.#desk.hasAttribute("data-alone"));
  }

  /** A filter or a field is of use only where it is seen. @param {HTMLElement} control */
  reveal(control) {
    if (control.checkVisibility() || !control.matches("input, [data-filter]")) return;
    if (this.#desk.hasAttribute("data-alone")) this.#stayAlone(false);
    const panel = control.closest("[data-panel]");
    if (this.isNarrow && panel instanceof HTMLElement) this.#tabs.show(panel.dataset.panel ?? "");
  }

  /** Only the open question is shown, or everything. @param {boolean} isAlone */
  #stayAlone(isAlone) {
    document.body.toggleAttribute("data-alone", isAlone);
    this.#desk.toggleAttribute("data-alone", isAlone);
    this.#desk.querySelector("[data-alone-switch]")?.setAttribute("aria-pressed", String(isAlone));
    if (this.isNarrow) this.turnToCard();
    else if (!isAlone) this.#rows.choose(this.#rows.chosen);
  }
}
