// @ts-check
/**
 * [data-sure] on a button: what can't be taken back asks once more. With data-early, the moment it is meant for, it asks
 * only as long as that is more than half an hour away.
 */
const EARLY_MS = 30 * 60 * 1000;

// Before htmx and the form hear of the click.
document.addEventListener("click", (event) => {
  const button = /** @type {Element} */ (event.target).closest("button[data-sure]");
  if (!(button instanceof HTMLButtonElement)) return;
  const { sure, early } = button.dataset;
  if (early && Date.parse(early) - Date.now() < EARLY_MS) return;
  if (confirm(sure)) return;
  event.preventDefault();
  event.stopPropagation();
}, { capture: true });
