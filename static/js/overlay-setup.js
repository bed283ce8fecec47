// @ts-check
/** Copies an address; without the clipboard it is at least selected. */
import { copy } from "./lib/copy.js";

for (const button of document.querySelectorAll("[data-copies]")) {
  button.addEventListener("click", async () => {
    const { copies = "", done = "" } = /** @type {HTMLElement} */ (button).dataset;
    const field = /** @type {HTMLInputElement} */ (document.getElementById(copies));
    if (await copy(field.value)) button.textContent = done;
    else field.select();
  });
}
