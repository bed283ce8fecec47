// @ts-check
/**
 * Single keys. They are places on the keyboard (KeyboardEvent.code), so Kazakh and Russian layouts work, and every
 * key belongs to a control on the page: [data-code="KeyA"]. What the page doesn't show can't be pressed.
 */
const OFF = "desk-keys-off";

/**
 * @param {KeyboardEvent} event
 * @returns {string} as written in data-code: "KeyA", "Shift+Slash"
 */
export function codeOf(event) {
  if (event.code === "KeyZ" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey) return "Undo";
  if (event.ctrlKey || event.metaKey || event.altKey) return "";
  return event.shiftKey ? `Shift+${event.code}` : event.code;
}

/** @param {EventTarget | null} target @returns {boolean} whether keys are letters there */
export function isTyping(target) {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !["checkbox", "radio", "button", "submit"].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable;
}

export function keysAreOn() {
  return localStorage.getItem(OFF) === null;
}

/** @param {boolean} on */
export function turnKeys(on) {
  if (on) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, "1");
}

/**
 * The control that a key means: a choice of the open form first, then the card, then the rest of the page.
 * @param {string} code
 * @returns {HTMLElement | null}
 */
export function controlFor(code) {
  const digit = /^Digit([1-9])$/.exec(code);
  const choice = digit && document.querySelector(`#card details[open] [data-digit="${digit[1]}"]`);
  if (choice instanceof HTMLElement) return choice;
  const all = [
    ...document.querySelectorAll(`#card [data-code="${CSS.escape(code)}"]`),
    ...document.querySelectorAll(`[data-code="${CSS.escape(code)}"]`),
  ];
  const control = all.find((one) => one.checkVisibility() || one.matches("[data-code=KeyJ], [data-code=KeyK]"));
  return control instanceof HTMLElement ? control : null;
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
    if (control.type !== "checkbox") control.select();
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
