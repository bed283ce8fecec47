// @ts-check
/** Typing questions in: Enter stores, the cursor is in the field again for the next one. */
const FORM = "form[data-entry]";

document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (!(field instanceof HTMLTextAreaElement) || !field.closest(FORM)) return;
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.repeat) return;
  event.preventDefault();
  field.form?.requestSubmit();
});

// Set anew by every answer: the form that stands there then is the next one, or the same with its errors.
document.body.addEventListener("htmx:afterSettle", (event) => {
  const { elt } = /** @type {CustomEvent} */ (event).detail;
  if (elt instanceof HTMLElement && elt.closest("#entry-form")) toField();
});

// A dialog gives the focus to its first button; here the words come first.
document.addEventListener("click", (event) => {
  if (/** @type {Element} */ (event.target).closest('[data-opens="entry"]')) requestAnimationFrame(toField);
});

function toField() {
  const form = document.querySelector(FORM);
  const wrong = form?.querySelector("[data-invalid] :is(input, textarea, select)");
  const field = wrong ?? form?.querySelector("textarea");
  if (field instanceof HTMLElement) field.focus();
}

if (!document.querySelector("dialog#entry")) toField();
