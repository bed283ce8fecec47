// @ts-check
import { isTyping } from "./keys.js";

/**
 * Presses a key that had to wait, where the focus is now. What a key before it opened takes its letter.
 * @param {KeyboardEvent} event
 */
export function pressAgain(event) {
  const { key, code, shiftKey, ctrlKey, altKey, metaKey, repeat } = event;
  const how = { key, code, shiftKey, ctrlKey, altKey, metaKey, repeat, bubbles: true, cancelable: true };
  const isFree = focused().dispatchEvent(new KeyboardEvent("keydown", how));
  if (isFree && isText(event)) write(focused(), key);
}

/** @param {KeyboardEvent} key @returns {boolean} whether it would write, or press what has the focus */
export function isText({ key, ctrlKey, altKey, metaKey }) {
  return !ctrlKey && !altKey && !metaKey && (key.length === 1 || key === "Enter" || key === "Backspace");
}

function focused() {
  return document.activeElement ?? document.body;
}

/** What the browser does of itself with a key that a hand presses. @param {Element} target @param {string} key */
function write(target, key) {
  const isArea = target instanceof HTMLTextAreaElement;
  if ((isArea || target instanceof HTMLInputElement) && isTyping(target)) {
    // By the browser's own hand, so that Ctrl+Z there knows of it.
    if (key === "Backspace") document.execCommand("delete");
    else if (key === "Enter" && !isArea) target.form?.requestSubmit();
    else document.execCommand("insertText", false, key === "Enter" ? "\n" : key);
  } else if (target instanceof HTMLElement && target.matches(PRESSED[key] ?? ":not(*)")) target.click();
}

/** @type {Record<string, string>} */
const PRESSED = { " ": "button, summary, input", Enter: "button, summary, a[href]" };
