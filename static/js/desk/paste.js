// @ts-check
/** The preview of pasted comments: all, none, and how many are chosen. */
const form = document.querySelector("form[data-choosing]");

function boxes() {
  return /** @type {NodeListOf<HTMLInputElement>} */ (
    document.querySelectorAll('form[data-choosing] input[name="pick"]:not(:disabled)')
  );
}

function count() {
  const shown = form?.querySelector("[data-chosen]");
  if (shown) shown.textContent = String([...boxes()].filter((box) => box.checked).length);
}

form?.addEventListener("change", count);
form?.addEventListener("click", (event) => {
  const button = /** @type {Element} */ (event.target).closest("[data-all]");
  if (!(button instanceof HTMLElement)) return;
  for (const box of boxes()) box.checked = button.dataset.all === "1";
  count();
});
count();
