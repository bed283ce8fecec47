// @ts-check
/**
 * All that keys do, found by its words, and questions by their number: Ctrl+K. The field is a combobox over the list of
 * commands; what would do nothing now is not offered.
 */
const NUMBER = /^[№#]?\s*(\d{1,9})$/;

export class Palette {
  #dialog;
  #field;
  #can;
  #perform;
  #open;
  #active = 0;

  /**
   * @param {HTMLDialogElement} dialog
   * @param {{can: (code: string) => boolean, perform: (code: string) => void, open: (number: number) => void}} does
   */
  constructor(dialog, { can, perform, open }) {
    this.#dialog = dialog;
    this.#field = /** @type {HTMLInputElement} */ (dialog.querySelector("[role=combobox]"));
    this.#can = can;
    this.#perform = perform;
    this.#open = open;
    document.addEventListener("keydown", this.#called);
    document.addEventListener("click", (event) => {
      if (/** @type {Element} */ (event.target).closest("[data-palette]")) this.show();
    });
    this.#field.addEventListener("input", () => this.#filter());
    this.#field.addEventListener("keydown", this.#pressed);
    dialog.addEventListener("click", this.#clicked);
  }

  show() {
    /** @type {HTMLDialogElement | null} */ (document.querySelector("dialog[open]"))?.close();
    for (const option of this.#commands) option.toggleAttribute("data-off", !this.#can(option.dataset.does ?? ""));
    this.#field.value = "";
    this.#filter();
    this.#dialog.showModal();
    this.#field.focus();
  }

  /** @returns {HTMLElement[]} */
  get #commands() {
    return [.../** @type {NodeListOf<HTMLElement>} */ (this.#dialog.querySelectorAll("[data-does]"))];
  }

  /** @returns {HTMLElement[]} */
  get #offered() {
    return [.../** @type {NodeListOf<HTMLElement>} */ (this.#dialog.querySelectorAll("[role=option]:not([hidden])"))];
  }

  #filter() {
    const words = this.#field.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    const number = NUMBER.exec(this.#field.value.trim())?.[1] ?? "";
    for (const option of this.#commands) {
      const text = (option.textContent ?? "").toLocaleLowerCase();
      option.hidden = "off" in option.dataset || number !== "" || !words.every((word) => text.includes(word));
    }
    const go = /** @type {HTMLElement} */ (this.#dialog.querySelector("[data-goes]"));
    go.hidden = !number;
    go.dataset.goes = number;
    /** @type {HTMLElement} */ (go.querySelector("[data-number]")).textContent = number;
    /** @type {HTMLElement} */ (this.#dialog.querySelector("[data-nothing]")).hidden = this.#offered.length > 0;
    this.#point(0);
  }

  /** @param {number} place among what is offered */
  #point(place) {
    const offered = this.#offered;
    this.#active = offered.length ? (place + offered.length) % offered.length : 0;
    for (const [at, option] of offered.entries()) option.setAttribute("aria-selected", String(at === this.#active));
    const active = offered[this.#active];
    if (active) this.#field.setAttribute("aria-activedescendant", active.id);
    else this.#field.removeAttribute("aria-activedescendant");
    active?.scrollIntoView({ block: "nearest" });
  }

  /** @param {HTMLElement | undefined} option */
  #run(option) {
    if (!option) return;
    // First: the focus goes back, and the command may put it elsewhere.
    this.#dialog.close();
    if (option.dataset.does) this.#perform(option.dataset.does);
    else this.#open(Number(option.dataset.goes));
  }

  /** @param {KeyboardEvent} event */
  #called = (event) => {
    // It may have to wait, as other keys do.
    if (!isCall(event) || event.isComposing || event.defaultPrevented) return;
    event.preventDefault();
    if (this.#dialog.open) this.#dialog.close();
    else this.show();
  };

  /** @param {KeyboardEvent} event */
  #pressed = (event) => {
    if (event.key === "ArrowDown") this.#point(this.#active + 1);
    else if (event.key === "ArrowUp") this.#point(this.#active - 1);
    else if (event.key === "Enter" && !event.isComposing) this.#run(this.#offered[this.#active]);
    else return;
    event.preventDefault();
  };

  /** @param {MouseEvent} event */
  #clicked = (event) => {
    const option = /** @type {Element} */ (event.target).closest("[role=option]");
    if (option instanceof HTMLElement) this.#run(option);
  };
}

/** @param {KeyboardEvent} event */
export function isCall({ code, shiftKey, altKey, ctrlKey, metaKey }) {
  return code === "KeyK" && (ctrlKey || metaKey) && !shiftKey && !altKey;
}
