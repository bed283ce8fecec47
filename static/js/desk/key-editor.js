// @ts-check
/**
 * Choosing keys: in a field of [data-key-editor] the next key is the new one. Tab, Escape and what belongs to the
 * browser pass, so nobody is caught in the field.
 */
import { codeOf } from "./keys.js";

const FIELD = "[data-key-editor] [data-action]";
const MODIFIERS = /^(Shift|Control|Alt|Meta|OS|CapsLock)/;

document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (!(field instanceof HTMLInputElement) || !field.matches(FIELD)) return;
  if (event.ctrlKey || event.metaKey || ["Tab", "Escape"].includes(event.key) || MODIFIERS.test(event.code)) return;
  event.preventDefault();
  if (event.repeat || event.isComposing) return;
  const isOff = event.code === "Delete" || event.code === "Backspace";
  send(field, { action: field.dataset.action ?? "", code: isOff ? "" : codeOf(event) || event.code });
});

// What comes without a key (a phone's keyboard, an input method, the clipboard) doesn't write here either.
document.addEventListener("beforeinput", (event) => {
  if (event.target instanceof HTMLElement && event.target.matches(FIELD)) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const button = /** @type {Element} */ (event.target).closest("[data-swaps]");
  if (!(button instanceof HTMLElement)) return;
  const { swaps = "", codeWanted = "" } = button.dataset;
  send(button, { action: swaps, code: codeWanted, swap: "1" });
});

// The pressed button may be gone with the old form: its row's field takes the focus.
document.body.addEventListener("htmx:beforeRequest", (event) => {
  const { elt } = /** @type {CustomEvent} */ (event).detail;
  if (!(elt instanceof HTMLElement) || !elt.matches("[data-key-editor]")) return;
  const row = document.activeElement?.closest(".keys__row");
  const field = row?.querySelector("[data-action]");
  if (field instanceof HTMLElement) field.focus();
});

/**
 * @param {HTMLElement} from
 * @param {Record<string, string>} values
 */
function send(from, values) {
  const form = /** @type {HTMLFormElement} */ (from.closest("form"));
  const { htmx } = /** @type {any} */ (globalThis);
  htmx.ajax("POST", form.action, { source: form, target: form, swap: "outerHTML", values });
}
