// @ts-check
/**
 * Single keys. They are places on the keyboard (KeyboardEvent.code), so Kazakh and Russian layouts work, and every
 * key belongs to a control on the page: [data-code="KeyA"]. What the page doesn't show can't be pressed.
 */
/**
 * @param {KeyboardEvent} event
 * @returns {string} the pressed place: "KeyA", "Shift+Slash", "Alt+KeyA"
 */
export function codeOf(event) {
  if (event.code === "KeyZ" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey) return "Undo";
  if (event.ctrlKey || event.metaKey) return "";
  return `${event.altKey ? "Alt+" : ""}${event.shiftKey ? "Shift+" : ""}${event.code}`;
}

/** @param {EventTarget | null} target @returns {boolean} whether keys are letters there */
export function isTyping(target) {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !["checkbox", "radio", "button", "submit"].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable;
}

/**
 * The choice that a digit picks: of an open menu of the bar, else of the card's open form.
 * @param {string} code
 * @returns {HTMLElement | null}
 */
export function choiceFor(code) {
  const digit = /^Digit([1-9])$/.exec(code);
  if (!digit) return null;
  const choice = `details[open] [data-digit="${digit[1]}"]`;
  return document.querySelector(`#bulk ${choice}`) ?? document.querySelector(`#card ${choice}`);
}

/**
 * The control that a key means: in the bar of the chosen questions, on the card, on the rest of the page.
 * @param {string} code the place that the key has by default
 * @returns {HTMLElement | null}
 */
export function controlFor(code) {
  if (!code) return null;
  const all = [
    ...document.querySelectorAll(`#bulk [data-code="${CSS.escape(code)}"]`),
    ...document.querySelectorAll(`#card [data-code="${CSS.escape(code)}"]`),
    ...document.querySelectorAll(`[data-code="${CSS.escape(code)}"]`),
  ];
  const control = all.find((one) => one.checkVisibility()) ?? all.find(isOnHiddenPanel);
  return control instanceof HTMLElement ? control : null;
}

/**
 * A phone shows one column at a time, and who works on one question alone sees only that: their keys work all the same.
 * @param {Element} control
 */
function isOnHiddenPanel(control) {
  const panel = control.closest(".desk__nav, [data-panel], .rail__now");
  return panel !== null && !panel.checkVisibility() && control.closest("[hidden]") === null;
}

/**
 * Does what a press of the control means.
 * @param {HTMLElement} control
 */
export function press(control) {
  if (control instanceof HTMLInputElement && control.type === "radio") {
    control.checked = true;
    control.dispatchEvent(new Event("change", { bubbles: true }));
    const text = control.form?.querySelector("textarea");
    text?.focus();
  } else if (control instanceof HTMLInputElement) {
    control.focus();
    if ("ticks" in control.dataset) control.checked = true;
    if (control.type !== "checkbox") control.select();
  } else if (control instanceof HTMLSelectElement) {
    control.focus();
  } else if (control.tagName === "SUMMARY") {
    const form = /** @type {HTMLDetailsElement} */ (control.parentElement);
    form.open = !form.open;
    if (form.open) enter(form);
    else control.focus();
  } else {
    control.click();
  }
}

/** Into the first field of an opened form. @param {HTMLElement} form */
export function enter(form) {
  const field = form.querySelector("input:not([type=hidden]), textarea, select, button");
  if (field instanceof HTMLElement) field.focus();
  form.scrollIntoView({ block: "nearest" });
}
