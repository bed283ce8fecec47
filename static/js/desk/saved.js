// @ts-check
/**
 * Saved replies in the answer form: a digit in the empty field puts one in and goes to the button that gives it, so
 * T, 1, Enter is an answer. Whoever types on there goes on writing the text.
 */
export class SavedReplies {
  #pane;
  /** What was put in last: another choice takes its place, as long as nobody wrote into it. */
  #put = "";

  /** @param {HTMLElement} pane the open question */
  constructor(pane) {
    this.#pane = pane;
    pane.addEventListener("keydown", this.#pressed, { capture: true });
    pane.addEventListener("change", this.#chosen);
    pane.addEventListener("click", (event) => {
      if (/** @type {Element} */ (event.target).closest("[data-finds-saved]")) this.#find();
    });
  }

  #find() {
    const form = this.#pane.querySelector("#open-answer_text");
    if (form instanceof HTMLDetailsElement) form.open = true;
    /** @type {HTMLElement | null} */ (this.#pane.querySelector("#saved-q"))?.focus();
  }

  /** @param {KeyboardEvent} event */
  #pressed = (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    const form = target.closest("form");
    const list = form?.querySelector("[data-saved]");
    if (!form || !list || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const text = /** @type {HTMLTextAreaElement} */ (form.elements.namedItem("text"));
    const isOnButton = target.matches("[data-gives]");
    const digit = /^Digit([1-9])$/.exec(event.shiftKey ? "" : event.code);
    /** @type {HTMLInputElement | null} */
    let choice = null;
    if (digit && (isOnButton || (target === text && text.value === ""))) {
      choice = list.querySelector(`[data-digit="${digit[1]}"]`);
    } else if (event.key === "Enter" && target.id === "saved-q") {
      // In the search Enter takes the first one found, and never sends the form.
      event.preventDefault();
      choice = list.querySelector("[data-reply]");
    }
    if (choice) {
      event.preventDefault();
      event.stopPropagation();
      choice.checked = true;
      choice.dispatchEvent(new Event("change", { bubbles: true }));
      /** @type {HTMLElement | null} */ (form.querySelector("[data-gives]"))?.focus();
    } else if (isOnButton && event.key.length === 1 && event.key !== " ") {
      event.stopPropagation();
      if (/\S$/.test(text.value)) text.value += " ";
      text.focus();
      text.setSelectionRange(text.value.length, text.value.length);
    }
  };

  /** @param {Event} event */
  #chosen = (event) => {
    const choice = event.target;
    if (!(choice instanceof HTMLInputElement) || choice.dataset.reply === undefined || !choice.form) return;
    const text = /** @type {HTMLTextAreaElement} */ (choice.form.elements.namedItem("text"));
    const isFree = text.value === "" || text.value === this.#put;
    text.value = isFree ? choice.dataset.reply : `${text.value}\n${choice.dataset.reply}`;
    this.#put = text.value;
    const language = choice.form.elements.namedItem("language");
    if (language instanceof HTMLSelectElement) language.value = choice.dataset.language ?? language.value;
  };
}
